"""Workbooks as other programs write them, sound and crafted."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"
TYPES, WORKBOOK, RELATIONS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(rows: Iterable[Sequence[Any]] = (("Tên", "Số"), ("Áo", 3)), title: str = "Sheet1") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    parts = parts_of(content)
    before = parts[name]
    parts[name] = change(before)
    assert parts[name] != before
    return packed(parts)


def with_parts(content: bytes, **more: bytes) -> bytes:
    """``more``: a part by its name, “/” written “__”."""
    return packed(parts_of(content) | {name.replace("__", "/"): part for name, part in more.items()})


def with_rows(rows: str) -> Callable[[bytes], bytes]:
    """Puts ``rows`` below those of a sheet."""
    return lambda sheet: sheet.replace(b"</sheetData>", rows.encode() + b"</sheetData>")


def by_hand(sheet: str, strings: str = "", styles: str = "") -> bytes:
    """A workbook of as few parts as there can be: what is in ``<sheetData>``, in ``<sst>``, its styles."""
    more = {"sharedStrings": strings and f'<sst xmlns="{MAIN}">{strings}</sst>', "styles": styles}
    more = {name: part for name, part in more.items() if part}
    relations = {"sheet1": "worksheet", **{name: name for name in more}}
    targets = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" '
        f'Target="{"worksheets/" if kind == "worksheet" else ""}{name}.xml"/>'
        for number, (name, kind) in enumerate(relations.items(), 1)
    )
    texts = {
        TYPES: f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        WORKBOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Trang tính1" sheetId="1" r:id="r1"/></sheets></workbook>',
        RELATIONS: f'<Relationships xmlns="{PACKAGE}/relationships">{targets}</Relationships>',
        SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        **{f"xl/{name}.xml": part for name, part in more.items()},
    }
    return packed({name: (HEAD + text).encode() for name, text in texts.items()})


def resaved(content: bytes, ending: str = "xlsx", name: str = "a.xlsx") -> bytes:
    """The file as LibreOffice saves it."""
    with tempfile.TemporaryDirectory(prefix="resaved-") as folder:
        Path(folder, name).write_bytes(content)
        out = Path(folder, "out")
        subprocess.run(
            [
                *("soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"),
                *("--convert-to", ending, "--outdir", str(out), str(Path(folder, name))),
            ],
            check=True,
            capture_output=True,
            timeout=120,
            env={"HOME": folder, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )
        return next(out.iterdir()).read_bytes()
