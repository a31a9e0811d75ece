"""A scan that somebody uploads: hostile files, and what survives when it is drawn anew."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from directory.errors import Refusal
from documents import scan

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


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_largest_page_that_is_taken_fits_into_the_memory_of_the_child(kind: str) -> None:
    image = Image.open(io.BytesIO(cleaned(picture(kind, size=(7_000, scan.MOST_PIXELS // 7_000)))))
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
