"""Files that mean harm, or are not what they say: each refused by name, in little time and memory.

The time that each takes is measured in docs/benchmarks.md; here only that nothing is unpacked or read that
should not be, and that the process that takes uploads stays small.
"""

from __future__ import annotations

import functools
import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from directory.errors import Refusal
from documents.reading import MOST_BYTES, archive, read_book, reader
from tests.documents.files import (
    RELATIONS,
    SHEET,
    TYPES,
    WORKBOOK,
    by_hand,
    changed,
    packed,
    parts_of,
    with_parts,
    with_rows,
    workbook,
)

MEGABYTE = 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
EXTERNAL = (
    b'<Relationships><Relationship Id="r1" Type="http://x/externalLinkPath" Target="http://x/a.xlsx" '
    b'TargetMode="External"/></Relationships>'
)
XXE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


def trickling(name: str, part: bytes, slowly: int) -> bytes:
    """A workbook whose part begins byte by byte: between two lie 66 KB that unpack to nothing."""
    nothing, more = b"\0\0\0\xff\xff" * 13_200, part[slowly:]
    stream = b"".join(b"\0\1\0\xfe\xff" + bytes([byte]) + nothing for byte in part[:slowly])
    stream += b"\1" + struct.pack("<HH", len(more), 0xFFFF - len(more)) + more
    content = bytearray(packed(parts_of(workbook()) | {name: stream}, zipfile.ZIP_STORED))
    local = content.find(name.encode()) - 30
    directory = content.rfind(name.encode()) - 46
    sizes = struct.pack("<III", zlib.crc32(part), len(stream), len(part))
    for at in (local + 8, directory + 10):
        content[at : at + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
        content[at + 6 : at + 18] = sizes
    return bytes(content)


def bomb() -> bytes:
    """A gigabyte of zeros in a part of its own, honestly announced."""
    return packed(parts_of(workbook()) | {"xl/media/image1.png": b"\0" * (161 * MEGABYTE)})


def lying_bomb() -> bytes:
    """The same, said to be ten bytes long."""
    content = bytearray(bomb())
    size = struct.pack("<I", 161 * MEGABYTE)
    for at in range(2):
        place = content.rfind(size) if at else content.find(size)
        if place >= 0:
            content[place : place + 4] = struct.pack("<I", 10)
    return bytes(content)


def many_parts(number: int) -> bytes:
    return packed(parts_of(workbook()) | {f"a{at}": b"" for at in range(number)}, zipfile.ZIP_STORED)


def overlapping() -> bytes:
    """Two parts in the directory that are the same bytes, as bombs without end are made."""
    content = with_parts(workbook(), b=b"x" * 200)
    at = content.rfind(b"PK\x01\x02")
    before = content.rfind(b"PK\x01\x02", 0, at)
    offset = content[before + 42 : before + 46]
    return content[: at + 42] + offset + content[at + 46 :]


def twice() -> bytes:
    file = io.BytesIO(workbook())
    with zipfile.ZipFile(file, "a") as inside, pytest.warns(UserWarning, match="Duplicate name"):
        inside.writestr(SHEET, b"<worksheet/>")
    return file.getvalue()


def encrypted_part() -> bytes:
    content = bytearray(workbook())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def wrong_sum() -> bytes:
    content = bytearray(packed(parts_of(workbook()), zipfile.ZIP_STORED))
    content[content.find(b"<worksheet") + 1] = ord("W")
    return bytes(content)


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip bomb": ("too_large_unpacked", bomb),
    "zip bomb with a lying header": ("damaged", lying_bomb),
    "overlapping parts": ("odd_parts", overlapping),
    "a thousand parts": ("too_many_parts", lambda: many_parts(1000)),
    "seventy thousand parts": ("too_many_parts", lambda: many_parts(70_000)),
    "a part twice": ("odd_parts", twice),
    "a part outside": ("odd_parts", lambda: with_parts(workbook(), **{"../../etc/passwd": b"x"})),
    "an archive inside": ("odd_parts", lambda: with_parts(workbook(), xl__media__a=workbook())),
    "another file inside": ("odd_parts", lambda: with_parts(workbook(), xl__embeddings__a=b"x")),
    "XXE in a sheet": ("entities", lambda: changed(workbook(), SHEET, lambda part: XXE + part)),
    "XXE behind 70 KB": (
        "entities",
        lambda: changed(workbook(), SHEET, lambda part: b"<!--" + b" " * 65_530 + b"-->" + XXE + part),
    ),
    "XXE byte by byte": ("entities", lambda: trickling(SHEET, XXE + b"<a/>", 40)),
    "UTF-16 byte by byte": ("odd_parts", lambda: trickling(SHEET, "<a/>".encode("utf-16"), 4)),
    "a part in UTF-16": (
        "odd_parts",
        lambda: changed(workbook(), SHEET, lambda part: part.decode().encode("utf-16")),
    ),
    "external link": (
        "external_links",
        lambda: with_parts(workbook(), xl__externalLinks__externalLink1=b"x"),
    ),
    "external relation": ("external_links", lambda: with_parts(workbook(), **{"xl/_rels/a.rels": EXTERNAL})),
    "external relation byte by byte": (
        "external_links",
        lambda: trickling("xl/_rels/a.rels", EXTERNAL, 120),
    ),
    "external relation of 130 KB": (
        "external_links",
        lambda: with_parts(
            workbook(), **{"xl/_rels/a.rels": EXTERNAL.replace(b" Target=", b" " * 130_000 + b" Target=")}
        ),
    ),
    "external relation with a mark in its address": (
        "external_links",
        lambda: with_parts(workbook(), **{"xl/_rels/a.rels": EXTERNAL.replace(b"http://x/a", b"http://x/>")}),
    ),
    "9 MB of relations": (
        "too_large_unpacked",
        lambda: with_parts(workbook(), **{"xl/_rels/a.rels": b"<Relationship" * 750_000}),
    ),
    "external data": ("external_links", lambda: with_parts(workbook(), **{"xl/connections.xml": b"<a/>"})),
    "macros": ("macros", lambda: with_parts(workbook(), **{"xl/vbaProject.bin": b"x"})),
    "macros by another name": (
        "macros",
        lambda: changed(
            workbook(), TYPES, lambda part: part.replace(b"sheet.main", b"sheet.macroEnabled.main")
        ),
    ),
    "macros of old": ("macros", lambda: with_parts(workbook(), xl__macrosheets__sheet1=b"x")),
    "encrypted by Office": ("encrypted", lambda: OLE + "EncryptedPackage".encode("utf-16-le")),
    "encrypted part": ("encrypted", encrypted_part),
    "old Excel": ("old_excel", lambda: OLE + "Workbook".encode("utf-16-le")),
    "truncated": ("truncated", lambda: workbook()[:-400]),
    "truncated in the middle": ("truncated", lambda: workbook()[:1500]),
    "wrong check sum": ("damaged", wrong_sum),
    "strict": (
        "strict",
        lambda: changed(
            workbook(),
            WORKBOOK,
            lambda part: part.replace(b"schemas.openxmlformats.org/spreadsheetml/2006/main", archive.STRICT),
        ),
    ),
    "PNG": ("not_a_workbook", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    "PDF": ("not_a_workbook", lambda: b"%PDF-1.7\n"),
    "web page": ("not_a_workbook", lambda: b"\r\n<html><table>"),
    "Word": ("not_a_workbook", lambda: packed({TYPES: b"<a/>", "word/document.xml": b"<a/>"})),
    "archive": ("not_a_workbook", lambda: packed({"a.txt": b"a"})),
    "binary workbook": ("binary_workbook", lambda: packed({TYPES: b"<a/>", "xl/workbook.bin": b"a"})),
    "noise": ("not_a_workbook", lambda: bytes(range(256)) * 9),
    "no relations": ("unreadable", lambda: changed(workbook(), RELATIONS, lambda part: b"<a/>")),
    "no XML": ("unreadable", lambda: changed(workbook(), SHEET, lambda part: part[:300])),
    "a cell in each corner": (
        "unreadable",
        lambda: changed(
            workbook(),
            SHEET,
            with_rows('<row r="1048576"><c r="GR1048576"><v>1</v></c></row>'),
        ),
    ),
    "wide rows with nothing but their end": (
        "too_many_cells",
        lambda: by_hand(
            "".join(f'<row r="{row}"><c r="GR{row}"><v>1</v></c></row>' for row in range(1, 3_002))
        ),
    ),
    "one string a thousand times": (
        "too_much_text",
        lambda: by_hand(
            "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 1_000)),
            f"<si><t>{'x' * 32_000}</t></si>",
        ),
    ),
}


@functools.cache
def content_of(name: str) -> bytes:
    return HOSTILE[name][1]()


# What is seen only once the cells are read.
READ = ("unreadable", "too_many_cells", "too_much_text")


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_refused_by_its_name(name: str) -> None:
    code, _make = HOSTILE[name]
    with pytest.raises(Refusal) as caught:
        read_book(content_of(name), "danh-sach.xlsx")
    (problem,) = caught.value.problems
    assert (caught.value.code, problem.place) == (code, "file")
    assert "danh-sach.xlsx" in str(problem.message)


@pytest.mark.parametrize("name", [name for name, (code, _make) in HOSTILE.items() if code not in READ])
def test_no_program_for_spreadsheets_sees_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_arguments: object) -> None:
        raise AssertionError("the child was asked")

    monkeypatch.setattr(reader, "_ask_child", asked)
    with pytest.raises(Refusal):
        read_book(content_of(name), "danh-sach.xlsx")


def test_a_file_over_the_limit_is_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "kind_of", lambda content, name: 1 / 0)
    with pytest.raises(Refusal, match="11 MB") as caught:
        read_book(b"PK" + b"\0" * MOST_BYTES, "danh-sach.xlsx")
    assert caught.value.code == "too_large"


def test_a_child_that_goes_on_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "WAIT_SECONDS", 0.001)
    with pytest.raises(Refusal) as caught:
        read_book(workbook(), "danh-sach.xlsx")
    assert caught.value.code == "unreadable"


@pytest.mark.slow
def test_the_process_that_takes_them_stays_small(tmp_path: Path) -> None:
    grown = measure(tmp_path)
    assert {name: found.code for name, found in grown.items()} == {
        name: code for name, (code, _make) in HOSTILE.items()
    }
    assert {name: found.megabytes for name, found in grown.items() if found.megabytes >= 50} == {}


# Measuring ----------------------------------------------------------------------------------------


class Measured(NamedTuple):
    """How one file was refused: ``megabytes`` that the process grew by, ``seconds`` that it took."""

    code: str
    megabytes: int
    seconds: float


def measure(folder: Path) -> dict[str, Measured]:
    """In a process of its own, as a worker of the web server is; the files lie in ``folder``."""
    for name in HOSTILE:
        (folder / name).write_bytes(content_of(name))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    child = subprocess.run(
        [sys.executable, "-c", REFUSE, str(folder)],
        env=environment,
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    return {name: Measured(*found) for name, found in json.loads(child.stdout).items()}


# The kernel's count, set back before each file: getrusage() would begin with the peak of whoever started it.
REFUSE = """
import json, pathlib, re, sys, time
import django
django.setup()
from directory.errors import Refusal
from documents.reading import read_book

status = pathlib.Path("/proc/self/status")

def megabytes(name):
    return int(re.search(name + r":\\s+(\\d+) kB", status.read_text())[1]) // 1024

read_book(b"a;b", "a.csv")
found = {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    content = path.read_bytes()
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before, began = megabytes("VmRSS"), time.perf_counter()
    try:
        read_book(content, path.name)
    except Refusal as refusal:
        found[path.name] = [refusal.code, megabytes("VmHWM") - before, time.perf_counter() - began]
print(json.dumps(found))
"""

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for kind, refused in sorted(measure(Path(place)).items(), key=lambda each: -each[1].seconds):
            row = f"| {kind} | {refused.code} | {refused.seconds:.3f} | {refused.megabytes} |\n"
            sys.stdout.write(row)
