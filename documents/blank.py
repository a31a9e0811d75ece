"""Workbooks to fill in: headings, lists to choose from, locked structure, a column of errors, a hidden stamp.

How to use it (an importer's ``template``, or the workbook of one survey)::

    write_blank(
        BlankSheet(
            title="Áo ấm, xã Ia Dom",
            notes=["Điền số lượng; để trống nếu chưa báo cáo."],
            columns=[
                BlankColumn("Điểm", 28, locked=True),
                BlankColumn("3-5 tuổi", 10, Type.WHOLE, group="Áo ấm"),
                BlankColumn("Mức ưu tiên", 14, Type.CHOICE, choices=["1", "2", "3", "4"]),
            ],
            rows=[["Thôn 1", 12, "2"], ["Thôn 2", None, BLOCKED]],
            frozen=1,
        ),
        stamp={"kind": "survey", "survey": "12", "layout": "1"},
    )

The headings stand in one row (``head_row``), with the groups above it; the rows follow. Each sheet ends in
the column “Errors”, empty. ``read_book(content, name).stamp`` gives the stamp back, as text. Cells to fill in
are open, all others locked, without a password: that helps who fills it in and protects nothing. A list that
may grow has ``open_rows``: rows may be added and deleted there. What is only read: ``documents.spreadsheet``.

Nothing that somebody typed becomes a formula; numbers and days keep their types; None is an empty cell.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby, repeat, zip_longest
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from directory import clock
from directory.fields import VietnameseDateField
from documents.imports.columns import DAY_ZERO, ERRORS, MOST_DIGITS, MOST_DONG_DIGITS, Type
from documents.reading.book import STAMP_PAGE
from documents.spreadsheet import A4, FONT, Value, cell_text, printable, sheet_names

ERRORS_WIDTH = 44
# Rows to which the checks of a list that grows reach.
MOST_OPEN_ROWS = 20_000
# Of a row, in points.
LINE_HEIGHT, PADDING = 15, 3
# What Excel shows of a message beside a cell.
LONGEST_HELP = 255
NUMBER_FORMATS = {Type.WHOLE: "#,##0", Type.DONG: "#,##0", Type.DAY: "dd/mm/yyyy"}
# Behind the stamp (key, value, an empty column) each list to choose from has a column.
FIRST_LIST = 4


class Blocked:
    """A cell that stays empty: this row has nothing to say there."""


BLOCKED = Blocked()
BlankValue = Value | Blocked


@dataclass(frozen=True)
class BlankColumn:
    """``width`` in characters; ``most``: characters of a text, digits of a number; ``help``: at its cells.

    ``locked``: it is read, not filled in. ``group``: stands above the headings of neighbours with the same.
    """

    heading: str
    width: int = 14
    type: Type = Type.TEXT
    most: int = 200
    choices: Sequence[str] = ()
    required: bool = False
    locked: bool = False
    hidden: bool = False
    help: str = ""
    group: str = ""


@dataclass(frozen=True)
class BlankSheet:
    """``notes``: lines below the title; ``frozen``: columns at the left that stay in sight.

    ``open_rows``: empty rows below ``rows``, and as many more as somebody needs; 0: the rows are fixed.
    """

    title: str
    columns: Sequence[BlankColumn]
    rows: Iterable[Sequence[BlankValue]] = ()
    notes: Sequence[str] = ()
    name: str = ""
    open_rows: int = 0
    frozen: int = 0

    @property
    def head_row(self) -> int:
        """The row of the headings, from 1."""
        return len(self.notes) + 3 + any(column.group for column in self.columns)


def write_blank(*sheets: BlankSheet, stamp: Mapping[str, str] | None = None) -> bytes:
    """An XLSX workbook with a page for each sheet, and the stamp on a hidden page of its own."""
    book = Workbook(write_only=True)
    book.properties.title = printable(sheets[0].title)
    book.properties.created = book.properties.modified = clock.now().replace(tzinfo=None)
    book.security = WorkbookProtection(lockStructure=True)
    lists = _Lists()
    for sheet, name in zip(sheets, sheet_names([sheet.name or sheet.title for sheet in sheets]), strict=True):
        _Page(book.create_sheet(name), sheet, lists).write()
    write_stamp(book, stamp or {}, lists.texts)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_stamp(book: Workbook, stamp: Mapping[str, str], lists: Sequence[Sequence[str]] = ()) -> None:
    """The hidden page; without stamp and lists none."""
    if not stamp and not lists:
        return
    page = book.create_sheet(STAMP_PAGE)
    page.sheet_state = "hidden"
    page.protection.sheet = True
    pen = Pen(page)
    page.append([pen.write(_("This page belongs to the portal. Please leave it as it is."), "plain")])
    columns: list[Sequence[str]] = [list(stamp), list(stamp.values()), [], *lists]
    for row in zip_longest(*columns, fillvalue=""):
        page.append([pen.write(text, "plain") for text in row])


class _Lists:
    """The lists to choose from, each once, and where they stand on the hidden page."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, ...]] = []

    def range_of(self, choices: Sequence[str]) -> str:
        texts = tuple(choices)
        if texts not in self.texts:
            self.texts.append(texts)
        letter = get_column_letter(FIRST_LIST + self.texts.index(texts))
        return f"'{STAMP_PAGE}'!${letter}$2:${letter}${len(texts) + 1}"


class Pen:
    """Cells of one page in a few looks, each made once: a file has half a million cells."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self._looks: dict[tuple[str, str], Any] = {}

    def write(self, value: BlankValue | float, look: str, format: str = "General") -> WriteOnlyCell:
        if isinstance(value, str):
            text = cell_text(value)
            cell = WriteOnlyCell(self.page, text or None)
            cell.data_type = "s" if text else "n"  # it would be a formula if it began with “=”
        else:
            cell = WriteOnlyCell(self.page, None if isinstance(value, Blocked) else value)
        cell._style = copy(self._look(look, format))
        return cell

    def _look(self, name: str, format: str) -> Any:
        if (name, format) not in self._looks:
            cell = WriteOnlyCell(self.page)
            cell.number_format, cell.quotePrefix = format, format in ("General", "@")
            for attribute, value in LOOKS[name].items():
                setattr(cell, attribute, value)
            self._looks[name, format] = cell._style
        return self._looks[name, format]


_edge = Side(style="thin", color="808080")
_frame = {"border": Border(left=_edge, right=_edge, top=_edge, bottom=_edge)}
_open = {"protection": Protection(locked=False)}
_top = {"alignment": Alignment(vertical="top", wrap_text=True)}
_middle = {"alignment": Alignment(wrap_text=True, vertical="center", horizontal="center")}
LOOKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"font": Font(name=FONT, bold=True, size=14)},
    "head": {
        "font": Font(name=FONT, bold=True),
        "fill": PatternFill("solid", fgColor="E6ECF7"),
        **_frame,
        **_middle,
    },
    "open": {**_frame, **_top, **_open},
    "chosen": {**_frame, **_middle, **_open},
    "locked": {"fill": PatternFill("solid", fgColor="F2F0EA"), **_frame, **_top},
    "blocked": {"fill": PatternFill("solid", fgColor="BFBFBF"), **_frame},
    "errors": {"font": Font(name=FONT, color="A3241F"), **_frame, **_top},
    "errors_of": {"font": Font(name=FONT, color="A3241F", bold=True), **_top},
    "wrong": {"fill": PatternFill("solid", fgColor="F6C9C5"), **_frame, **_top, **_open},
}


class _Page:
    """One page: its set-up first (a file is written in one go), then its rows, then their checks."""

    def __init__(self, page: Any, sheet: BlankSheet, lists: _Lists) -> None:
        self.page, self.sheet, self.lists, self.pen = page, sheet, lists, Pen(page)
        self.grows = sheet.open_rows > 0
        self.first = sheet.head_row + 1
        self.width = len(sheet.columns) + 1

    def write(self) -> None:
        self._set_up()
        self._protect()
        for heads in self._heads():
            self.page.append(heads)
        empty: list[BlankValue] = [None] * len(self.sheet.columns)
        rows = 0
        for row in chain(self.sheet.rows, repeat(empty, self.sheet.open_rows)):
            self._set_height(self.first + rows, row)
            self.page.append(self._row(row))
            rows += 1
        last = self.first + rows - 1
        self.page.auto_filter.ref = (
            f"A{self.sheet.head_row}:{get_column_letter(self.width)}{max(last, self.first)}"
        )
        self._check(MOST_OPEN_ROWS if self.grows else last)

    def _set_up(self) -> None:
        """Heads that stay in sight and are printed on each page; A4 landscape, as wide as the table."""
        page, head = self.page, self.sheet.head_row
        page.freeze_panes = f"{get_column_letter(self.sheet.frozen + 1)}{self.first}"
        page.print_title_rows = f"{head}:{head}"
        page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = (
            "landscape",
            A4,
            0,
        )
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        for number, column in enumerate(self.sheet.columns, 1):
            self._set_column(number, column)
        page.column_dimensions[get_column_letter(self.width)].width = ERRORS_WIDTH
        self._set_heights()

    def _set_heights(self) -> None:
        """Headings as tall as what wraps in them: not every program measures rows when it opens a file."""
        columns, head = self.sheet.columns, self.sheet.head_row
        lines = max((lines_in(column.heading, column.width) for column in columns), default=1)
        self.page.row_dimensions[head].height = LINE_HEIGHT * lines + PADDING
        if any(column.group for column in columns):
            groups = groupby(columns, key=lambda column: column.group)
            widths = [(group, sum(column.width for column in same)) for group, same in groups]
            lines = max(lines_in(group, width) for group, width in widths)
            self.page.row_dimensions[head - 1].height = LINE_HEIGHT * lines + PADDING

    def _set_height(self, number: int, row: Sequence[BlankValue]) -> None:
        """Of a row in which a text wraps."""
        columns = zip(row, self.sheet.columns, strict=True)
        texts = [(value, column.width) for value, column in columns if isinstance(value, str)]
        lines = max((lines_in(text, width) for text, width in texts if len(text) > width), default=1)
        if lines > 1:
            self.page.row_dimensions[number].height = LINE_HEIGHT * lines

    def _set_column(self, number: int, column: BlankColumn) -> None:
        dimension = self.page.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.hidden = column.width, column.hidden
        if self.grows and not column.locked:  # below the last row, too
            dimension.protection, dimension.number_format = Protection(locked=False), _format_of(column)

    def _protect(self) -> None:
        """In a list that grows rows come and go; elsewhere nothing moves."""
        protection = self.page.protection
        protection.sheet = True
        protection.formatColumns = protection.formatRows = protection.autoFilter = False
        protection.insertRows = protection.deleteRows = protection.sort = not self.grows

    def _heads(self) -> Iterator[list[WriteOnlyCell]]:
        sheet, write = self.sheet, self.pen.write
        yield [write(sheet.title, "title")]
        for note in sheet.notes:
            yield [write(note, "plain")]
        yield []
        if any(column.group for column in sheet.columns):
            self._merge_groups(sheet.head_row - 1)
            yield [write(group, "head") for group in [*(column.group for column in sheet.columns), ""]]
        headings = [f"{column.heading} *" if column.required else column.heading for column in sheet.columns]
        yield [write(heading, "head") for heading in [*headings, str(ERRORS)]]

    def _merge_groups(self, row: int) -> None:
        at = 1
        for group, columns in groupby(self.sheet.columns, key=lambda column: column.group):
            end = at + len(list(columns))
            if group and end - at > 1:
                self.page.merged_cells.add(f"{get_column_letter(at)}{row}:{get_column_letter(end - 1)}{row}")
            at = end

    def _row(self, values: Sequence[BlankValue]) -> list[WriteOnlyCell]:
        cells = [
            self.pen.write(value, self._look_of(value, column), _format_of(column))
            for value, column in zip(values, self.sheet.columns, strict=True)
        ]
        return [*cells, self.pen.write(None, "open" if self.grows else "errors")]

    @staticmethod
    def _look_of(value: BlankValue, column: BlankColumn) -> str:
        if isinstance(value, Blocked):
            return "blocked"
        if column.locked:
            return "locked"
        return "chosen" if column.type is Type.CHOICE else "open"

    def _check(self, last: int) -> None:
        """What the program of whoever fills it in refuses at once. The portal checks all of it again."""
        for number, column in enumerate(self.sheet.columns, 1):
            if column.locked or last < self.first:
                continue
            check = self._check_of(column)
            check.showErrorMessage, check.errorTitle = True, printable(column.heading)[:31]
            if column.help:
                check.showInputMessage, check.promptTitle = True, check.errorTitle
                check.prompt = printable(column.help)[:LONGEST_HELP]
            letter = get_column_letter(number)
            check.add(f"{letter}{self.first}:{letter}{last}")
            self.page.data_validations.append(check)

    def _check_of(self, column: BlankColumn) -> DataValidation:
        if column.type is Type.CHOICE:
            error = _("Choose one of the list.")
            return DataValidation(
                "list", formula1=self.lists.range_of(column.choices), allow_blank=True, error=error
            )
        if column.type is Type.DAY:
            error = _("Type a day as day/month/year, for example 03/04/2025 for 3 April.")
            first, last = VietnameseDateField.FIRST, VietnameseDateField.LAST
            return _between("date", _serial(first), _serial(last), error)
        if column.type is Type.TEXT:
            error = _("At most %(most)s characters fit here.") % {"most": column.most}
            return _between("textLength", 0, column.most, error)
        error = _("Type a whole number, 0 or larger. Leave the cell empty if it is not known.")
        digits = MOST_DONG_DIGITS if column.type is Type.DONG else min(column.most, MOST_DIGITS)
        return _between("whole", 0, 10**digits - 1, error)


def lines_in(text: str, width: int) -> int:
    """How many lines a bold text takes in a column of ``width`` characters; words are not torn apart."""
    lines, left = 1, width - 2
    for word in text.split():
        if len(word) > left < width - 2:
            lines, left = lines + 1, width - 2
        left -= len(word) + 1
    return lines


def _format_of(column: BlankColumn) -> str:
    """“Text” where text is typed: a telephone number keeps its 0, and “=” begins no formula."""
    return NUMBER_FORMATS.get(column.type, "General" if column.locked else "@")


def _between(kind: str, least: int, most: int, error: str) -> DataValidation:
    return DataValidation(
        kind, operator="between", formula1=str(least), formula2=str(most), allow_blank=True, error=error
    )


def _serial(day: date) -> int:
    return (day - DAY_ZERO).days
