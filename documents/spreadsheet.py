"""Tables as files for Excel: XLSX and CSV in which nothing that somebody typed becomes a formula.

CSV is what Excel opens by a double click in Vietnamese: “;” between the cells (“,” is the decimal sign
there), UTF-8 with its mark, CRLF. Its numbers have no grouping, so that every program reads them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from directory import clock

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
# What a cell of Excel holds.
LONGEST_TEXT = 32_767
SIGN_BY_NUMBER = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
LONGEST_NAME = 31
A4 = 9
FONT = "Calibri"  # without a name LibreOffice takes one with serifs
# What begins a formula, the wide forms too, behind blanks, quotes and what is not seen: at the start of a
# cell, or behind a mark at which a program of another country would cut the line into cells.
BEFORE = r"(^|[,;|\t\r\n])([\s\"'\u00ad\u200b-\u200f\u2060\ufeff]*)"
STARTS = r"([=+\-@\uff1d\uff0b\uff0d\uff20])"
FORMULA, GUARDED = re.compile(BEFORE + STARTS), re.compile(f"{BEFORE}'{STARTS}")
# Some programs drop these at the start of a cell, and look at what follows.
DROPPED, KEPT = re.compile(r"(?='*[\t\r\n])"), re.compile(r"^'(?='*[\t\r\n])")

# An int is a number, None “not reported” (0 is 0), text is text whatever it looks like.
Value = str | int | date | None


@dataclass(frozen=True)
class Heading:
    """``width`` in characters."""

    title: str
    width: int = 12


@dataclass(frozen=True)
class Sheet:
    """``notes``: lines between title and table; ``totals``: rows below it. A file repeats what it is of.

    ``name``: of its page in a workbook of several; else the title. ``locked``: to read only, no password.
    """

    title: str
    notes: Sequence[str]
    columns: Sequence[Heading]
    rows: Iterable[Sequence[Value]]
    totals: Iterable[Sequence[Value]] = ()
    name: str = ""
    locked: bool = False


def as_xlsx(*sheets: Sheet) -> bytes:
    """A workbook with a page for each sheet, in this order."""
    book = Workbook(write_only=True)
    book.properties.title = printable(sheets[0].title)
    book.properties.created = book.properties.modified = clock.now().replace(tzinfo=None)
    for sheet, name in zip(sheets, sheet_names([sheet.name or sheet.title for sheet in sheets]), strict=True):
        _write_page(book.create_sheet(name), sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write_page(page: Any, sheet: Sheet) -> None:
    _set_up(page, sheet)
    write = _Writer(page)
    page.append([write.title(sheet.title)])
    for note in sheet.notes:
        page.append([write.text(note)])
    page.append([])
    page.append([write.head(column.title) for column in sheet.columns])
    rows = 0
    for rows, row in enumerate(sheet.rows, 1):  # noqa: B007
        page.append([write.cell(value) for value in row])
    _set_filter(page, sheet, rows)
    for row in sheet.totals:
        page.append([write.total(value) for value in row])


def _set_up(page: Any, sheet: Sheet) -> None:
    """Heads that stay in sight and are printed on each page; A4 landscape, as wide as the table."""
    head = len(sheet.notes) + 3
    page.freeze_panes = f"A{head + 1}"
    page.print_title_rows = f"{head}:{head}"
    page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = "landscape", A4, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = column.width


def _set_filter(page: Any, sheet: Sheet, rows: int) -> None:
    """Arrows at the headings, for the rows without the totals; they work in a locked page too."""
    head = len(sheet.notes) + 3
    page.auto_filter.ref = f"A{head}:{get_column_letter(len(sheet.columns))}{head + rows}"
    if sheet.locked:
        page.protection.sheet = True
        page.protection.autoFilter = page.protection.formatColumns = page.protection.formatRows = False


class _Writer:
    """Cells of one sheet. Each look is made once: a file has half a million cells."""

    def __init__(self, page: Any) -> None:
        self.page = page
        edge = Side(style="thin", color="808080")
        frame = Border(left=edge, right=edge, top=edge, bottom=edge)
        bold, fill = Font(name=FONT, bold=True), PatternFill("solid", fgColor="E6ECF7")
        middle = Alignment(wrap_text=True, vertical="center", horizontal="center")
        wrapped = Alignment(vertical="top", wrap_text=True)
        self._title = self._look(font=Font(name=FONT, bold=True, size=14), quotePrefix=True)
        self._note = self._look(quotePrefix=True)
        self._head = self._look(font=bold, fill=fill, border=frame, alignment=middle, quotePrefix=True)
        formats: dict[type, dict[str, Any]] = {
            str: {"alignment": wrapped, "quotePrefix": True},
            int: {"alignment": Alignment(vertical="top"), "number_format": "#,##0"},
            date: {"alignment": Alignment(vertical="top"), "number_format": "dd/mm/yyyy"},
        }
        self._looks = {kind: self._look(border=frame, **look) for kind, look in formats.items()}
        self._totals = {kind: self._look(border=frame, font=bold, **look) for kind, look in formats.items()}

    def _look(self, **style: Any) -> Any:
        cell = WriteOnlyCell(self.page)
        for name, value in style.items():
            setattr(cell, name, value)
        return cell._style

    def title(self, value: str) -> WriteOnlyCell:
        return self._made(value, self._title)

    def text(self, value: str) -> WriteOnlyCell:
        return self._made(value, self._note)

    def head(self, value: str) -> WriteOnlyCell:
        return self._made(value, self._head)

    def cell(self, value: Value) -> WriteOnlyCell:
        shown = _shown(value)
        return self._made(shown, self._looks[type(shown)])

    def total(self, value: Value) -> WriteOnlyCell:
        shown = _shown(value)
        return self._made(shown, self._totals[type(shown)])

    def _made(self, value: str | int | date, look: Any) -> WriteOnlyCell:
        if isinstance(value, str):
            text = cell_text(value)
            cell = WriteOnlyCell(self.page, text or None)
            cell.data_type = "s" if text else "n"  # it would be a formula if it began with “=”
        else:
            cell = WriteOnlyCell(self.page, value)
        cell._style = copy(look)
        return cell


def as_csv(*sheets: Sheet) -> Iterator[bytes]:
    """One below the other, an empty line between them."""
    yield "\ufeff".encode()
    for number, sheet in enumerate(sheets):
        if number:
            yield _line([])
        yield from _lines(sheet)


def _lines(sheet: Sheet) -> Iterator[bytes]:
    yield _line([sheet.title])
    for note in sheet.notes:
        yield _line([note])
    yield _line([])
    yield _line([column.title for column in sheet.columns])
    for rows in (sheet.rows, sheet.totals):
        for row in rows:
            yield _line([_plain(value) for value in row])


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(guarded(cell) for cell in cells)
    return line.getvalue().encode()


def guarded(text: str) -> str:
    """As it goes into a CSV file: an apostrophe before whatever a spreadsheet would take for a formula."""
    text = FORMULA.sub(r"\1\2'\3", printable(text))
    return f"'{text}" if DROPPED.match(text) else text


def unguarded(text: str) -> str:
    """As it was before ``guarded``: a file of the portal that comes back says what it said."""
    return GUARDED.sub(r"\1\2\3", KEPT.sub("", text))


def _plain(value: Value) -> str:
    shown = _shown(value)
    return date_format(shown, "d/m/Y") if isinstance(shown, date) else str(shown)


def _shown(value: Value) -> str | int | date:
    return _("not reported") if value is None else value


def printable(text: str) -> str:
    """``text`` without what XML cannot carry (control characters, half letters, non-characters)."""
    kept = ILLEGAL_CHARACTERS_RE.sub("", text).translate({0xFFFE: None, 0xFFFF: None})
    return kept.encode("utf-8", "ignore").decode()[:LONGEST_TEXT]


def cell_text(text: str) -> str:
    """``text`` as it is written into a cell: Excel takes “_x000D_” for the sign of that number."""
    return SIGN_BY_NUMBER.sub("_x005F_", printable(text))[:LONGEST_TEXT]


def sheet_name(title: str) -> str:
    """What Excel accepts as the name of a sheet."""
    name = " ".join(printable(title).translate(NOT_IN_NAMES).split())[:LONGEST_NAME].strip("' ")
    return name or "1"


def sheet_names(titles: Sequence[str]) -> list[str]:
    """The same of several: Excel opens no workbook in which two differ by nothing but capitals."""
    names: list[str] = []
    for title in titles:
        name, number = sheet_name(title), 1
        while name.casefold() in (taken.casefold() for taken in names):
            number += 1
            name = f"{sheet_name(title)[: LONGEST_NAME - 4]} ({number})"
        names.append(name)
    return names
