"""The scan of the signed record: hostile files, what survives, who sees it, and that it can go again."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from directory.errors import Forbidden, Refusal, WrongState
from directory.models import User
from distributions import scan
from distributions.actions import keep_scan, remove_scan
from distributions.models import DeliveryScan, Distribution
from distributions.scan import CleanScan
from tests.distributions import build
from tests.distributions.refused import refusal_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]
GPS, MAKER, ORIENTATION = 0x8825, 0x010F, 0x0112
HIDDEN = b"PK\x03\x04<script>alert(1)</script>"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **save: object) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 4, size[1] // 4))
    image.save(out, kind, **save)
    return out.getvalue()


def photographed() -> bytes:
    """A photograph turned on its side by its EXIF, with the maker and the place where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "Nokia-Bi-Mat"
    exif.get_ifd(GPS).update({1: "N", 2: (13.0, 30.0, 0.0), 3: "E", 4: (107.0, 30.0, 0.0)})
    return picture(exif=exif, comment=b"ghi chu bi mat")


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few hundred bytes that says it has 900 million pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def cleaned(content: bytes) -> bytes:
    return scan.clean(io.BytesIO(content), len(content)).content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_comes_out_as_a_plain_jpeg(kind: str) -> None:
    image = Image.open(io.BytesIO(cleaned(picture(kind))))
    assert (image.format, image.size, image.mode) == ("JPEG", (60, 40), "RGB")


def test_no_exif_no_place_no_comment_survives_and_the_page_stands_upright() -> None:
    content = photographed()
    assert b"Nokia-Bi-Mat" in content
    result = cleaned(content)
    image = Image.open(io.BytesIO(result))
    assert (dict(image.getexif()), image.getexif().get_ifd(GPS)) == ({}, {})
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert (b"Exif" in result, b"Nokia" in result, b"bi mat" in result) == (False, False, False)
    # Turned by a quarter: the mark of the top left corner is now at the top right.
    assert (image.size, image.getpixel((35, 5))[1] < 60, image.getpixel((5, 55))[1] > 200) == (
        (40, 60),
        True,
        True,
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_hides_behind_an_image_is_gone(kind: str) -> None:
    assert b"script" not in cleaned(picture(kind) + HIDDEN)


def test_what_is_transparent_is_white_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(cleaned(out.getvalue()))).getpixel((10, 10)) == (255, 255, 255)


def test_a_large_page_is_made_as_small_as_can_be_read() -> None:
    image = Image.open(io.BytesIO(cleaned(picture(size=(4000, 5600)))))
    assert max(image.size) == scan.LONGEST_SIDE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bomb(), "scan_too_many_pixels"),
        (bomb(60_000, 1_000), "scan_too_many_pixels"),
        (bomb(5_000, 5_000), "scan_unreadable"),
        (picture()[:300], "scan_unreadable"),
        (b"", "scan_no_image"),
        (b"%PDF-1.7\n1 0 obj", "scan_no_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "scan_no_image"),
        (picture("GIF"), "scan_no_image"),
        (picture("TIFF"), "scan_no_image"),
        (picture("BMP"), "scan_no_image"),
        (HIDDEN, "scan_no_image"),
        (b"\0" * (scan.MOST_BYTES + 1), "scan_too_large"),
    ],
    ids=[
        "bomb",
        "wide bomb",
        "lying",
        "cut off",
        "empty",
        "pdf",
        "svg",
        "gif",
        "tiff",
        "bmp",
        "zip",
        "too large",
    ],
)
def test_a_hostile_file_is_a_named_refusal(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        cleaned(content)
    assert caught.value.code == code


def test_a_size_that_lies_does_not_help() -> None:
    content = b"\0" * (scan.MOST_BYTES + 1)
    with pytest.raises(Refusal) as caught:
        scan.clean(io.BytesIO(content), 10)
    assert caught.value.code == "scan_too_large"


# Kept and removed -----------------------------------------------------------------------------------

PREPARED = CleanScan(b"\xff\xd8 mot anh")


@pytest.fixture
def confirmed(world: World) -> Distribution:
    return build.delivered(world, 20)


def test_it_is_kept_with_its_checksum(confirmed, officer) -> None:
    keep_scan(by=officer, distribution=confirmed, prepared=PREPARED)
    kept = DeliveryScan.objects.get()
    assert (bytes(kept.content), kept.sha256, kept.by) == (
        PREPARED.content,
        hashlib.sha256(PREPARED.content).hexdigest(),
        officer,
    )


def test_there_is_one_at_a_time(confirmed, officer, coordinator) -> None:
    keep_scan(by=officer, distribution=confirmed, prepared=PREPARED)
    again = refusal_of(lambda: keep_scan(by=officer, distribution=confirmed, prepared=PREPARED))
    assert type(again) is WrongState
    remove_scan(by=coordinator, distribution=confirmed, reason="Có tên trẻ em")
    removed = DeliveryScan.objects.get()
    assert (bytes(removed.content), removed.removed_by) == (b"", coordinator)
    keep_scan(by=officer, distribution=confirmed, prepared=PREPARED)
    assert DeliveryScan.objects.kept().count() == 1


def test_what_is_refused_changes_nothing(world, confirmed, officer, stranger) -> None:
    on_its_way = build.sent(world, 5, band="0-2")
    deeds = [
        (lambda: keep_scan(by=stranger, distribution=confirmed, prepared=PREPARED), Forbidden),
        (lambda: keep_scan(by=officer, distribution=on_its_way, prepared=PREPARED), WrongState),
        (lambda: remove_scan(by=officer, distribution=confirmed, reason="x"), WrongState),
    ]
    assert [type(refusal_of(deed)) for deed, _kind in deeds] == [kind for _deed, kind in deeds]
    keep_scan(by=officer, distribution=confirmed, prepared=PREPARED)
    assert (
        refusal_of(lambda: remove_scan(by=officer, distribution=confirmed, reason=" ")).problems[0].place
        == "reason"
    )
    assert type(refusal_of(lambda: remove_scan(by=stranger, distribution=confirmed, reason="x"))) is Forbidden
    assert DeliveryScan.objects.kept().count() == 1


# The pages ------------------------------------------------------------------------------------------


def uploaded(content: bytes, name: str = "trang-1.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def test_the_office_confirms_from_the_paper_with_its_scan(
    world: World, second_coordinator: User, client_of: ClientOf
) -> None:
    distribution = build.sent(world, 20)
    line = f"line-{distribution.lines.get().pk}"
    body = {
        "occurred_on": "02/06/2025",
        f"{line}-received": "20",
        f"{line}-returned": "0",
        f"{line}-lost": "0",
        f"{line}-band-{world.band('3-5').pk}": "20",
        "on_paper": "on",
    }
    url = reverse("delivery_confirm", args=[distribution.pk])
    client = client_of(second_coordinator)
    refused = client.post(url, {**body, "scan": uploaded(HIDDEN)})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["scan"])
    answer = client.post(url, {**body, "scan": uploaded(photographed(), "ten-nao-cung-duoc.exe")})
    assert answer.status_code == 302
    kept = DeliveryScan.objects.get()
    assert (kept.distribution, kept.is_intact, b"Nokia" in bytes(kept.content)) == (distribution, True, False)


def test_only_who_reaches_the_distribution_sees_it(
    confirmed: Distribution, officer: User, stranger: User, health_officer: User, client_of: ClientOf
) -> None:
    keep_scan(by=officer, distribution=confirmed, prepared=PREPARED)
    url = reverse("delivery_scan", args=[confirmed.pk])
    answer = client_of(officer).get(url)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        200,
        PREPARED.content,
        "image/jpeg",
    )
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert [client_of(user).get(url).status_code for user in (stranger, health_officer)] == [404, 404]
    assert Client().get(url).status_code == 302


def test_a_removed_or_damaged_one_is_not_sent(confirmed, officer, client_of) -> None:
    keep_scan(by=officer, distribution=confirmed, prepared=PREPARED)
    url, client = reverse("delivery_scan", args=[confirmed.pk]), client_of(officer)
    DeliveryScan.objects.update(content=b"khac")
    client.raise_request_exception = False
    assert client.get(url).status_code == 500
    remove = reverse("delivery_scan_remove", args=[confirmed.pk])
    assert client.post(remove, {"reason": ""}).status_code == 422
    assert client.post(remove, {"reason": "Nhầm trang"}).status_code == 302
    assert client.get(url).status_code == 404


def test_it_may_come_later(confirmed, officer, client_of) -> None:
    client = client_of(officer)
    url = reverse("delivery_scan_keep", args=[confirmed.pk])
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"scan": uploaded(picture())}).status_code == 302
    page = client.get(reverse("distribution_detail", args=[confirmed.pk]))
    assert page.context["scan"] == DeliveryScan.objects.get()
