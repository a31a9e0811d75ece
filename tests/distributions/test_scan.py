"""The scan of the signed record: kept, who sees it, and that it can go again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from directory.deeds import acting
from directory.errors import Forbidden, WrongState
from directory.models import User
from distributions.actions import keep_scan, take_scan_away
from distributions.models import DeliveryScan, Distribution
from documents.scan import CleanScan
from tests.distributions import build
from tests.distributions.refused import refusal_of
from tests.documents.test_scan import HIDDEN, photographed, picture
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]

PREPARED = CleanScan(b"\xff\xd8 mot anh")


@pytest.fixture
def confirmed(world: World) -> Distribution:
    return build.delivered(world, 20)


def test_it_is_kept_with_its_checksum(confirmed, officer) -> None:
    keep_scan(by=officer, distribution=confirmed, scan=PREPARED)
    kept = DeliveryScan.objects.get()
    assert (bytes(kept.content), kept.sha256, kept.by) == (
        PREPARED.content,
        hashlib.sha256(PREPARED.content).hexdigest(),
        officer,
    )


def test_there_is_one_at_a_time(confirmed, officer, coordinator) -> None:
    keep_scan(by=officer, distribution=confirmed, scan=PREPARED)
    again = refusal_of(lambda: keep_scan(by=officer, distribution=confirmed, scan=PREPARED))
    assert type(again) is WrongState
    take_scan_away(by=coordinator, scan=DeliveryScan.objects.get(), how="aside", why="Của đợt khác")
    keep_scan(by=officer, distribution=confirmed, scan=PREPARED)
    assert DeliveryScan.objects.kept().count() == 1


def test_what_is_refused_changes_nothing(world, confirmed, officer, stranger) -> None:
    on_its_way = build.sent(world, 5, band="0-2")
    deeds = [
        (lambda: keep_scan(by=stranger, distribution=confirmed, scan=PREPARED), Forbidden),
        (lambda: keep_scan(by=officer, distribution=on_its_way, scan=PREPARED), WrongState),
    ]
    assert [type(refusal_of(deed)) for deed, _kind in deeds] == [kind for _deed, kind in deeds]
    assert DeliveryScan.objects.count() == 0


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
    keep_scan(by=officer, distribution=confirmed, scan=PREPARED)
    url = reverse("delivery_scan", args=[DeliveryScan.objects.get().pk])
    answer = client_of(officer).get(url)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        200,
        PREPARED.content,
        "image/jpeg",
    )
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert [client_of(user).get(url).status_code for user in (stranger, health_officer)] == [404, 404]
    assert Client().get(url).status_code == 302


def test_a_damaged_one_is_not_sent(confirmed, officer, client_of) -> None:
    with acting():  # nothing changes the bytes of a stored one, so it comes damaged
        scan = DeliveryScan.objects.create(
            distribution=confirmed, content=b"khac", sha256="0" * 64, by=officer
        )
    url, client = reverse("delivery_scan", args=[scan.pk]), client_of(officer)
    client.raise_request_exception = False
    assert client.get(url).status_code == 500


def test_it_may_come_later(confirmed, officer, client_of) -> None:
    client = client_of(officer)
    url = reverse("delivery_scan_keep", args=[confirmed.pk])
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"scan": uploaded(picture())}).status_code == 302
    page = client.get(reverse("distribution_detail", args=[confirmed.pk]))
    assert [scan for scan, _form in page.context["scans"]] == [DeliveryScan.objects.get()]


def test_the_same_form_with_another_scan_is_no_second_sending(confirmed, officer) -> None:
    """Somebody went back and chose another page: it is not kept, and must not look so."""
    key, other = uuid.uuid4(), CleanScan(b"\xff\xd8 anh khac")
    for _ in range(2):
        keep_scan(by=officer, distribution=confirmed, scan=PREPARED, key=key)
    again = refusal_of(lambda: keep_scan(by=officer, distribution=confirmed, scan=other, key=key))
    assert again.code == "key_reused"
    assert bytes(DeliveryScan.objects.get().content) == PREPARED.content
