"""The workbook that was uploaded, built anew from the cells that were read: errors at their rows.

Every row stands where it stood, so that whoever sent it finds it (but for what lies below thousands of empty
rows); nothing in it is a formula. Colours of the sender's own are lost.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from directory import clock
from documents.blank import ERRORS_WIDTH, Pen, write_stamp
from documents.imports.columns import ERRORS
from documents.imports.plan import Plan, PlannedRow
from documents.reading import Book, Cell, Line, Page
from documents.spreadsheet import A4, sheet_names

NARROWEST, WIDEST = 8, 48
# Lines that are looked at for the width of the columns.
LOOKED_AT = 200
# Empty rows between others that are written: a stray cell in the last row would cost a million.
MOST_EMPTY = 5_000
DAY = "dd/mm/yyyy"


def error_workbook(book: Book, plan: Plan, stamp: Mapping[str, str] | None = None) -> bytes:
    """XLSX: the cells of ``book``, what ``plan`` refuses in the column of errors, its cells marked.

    ``stamp``: its own, if it is not that of ``book``.
    """
    made = Workbook(write_only=True)
    made.properties.created = made.properties.modified = clock.now().replace(tzinfo=None)
    refused: dict[int, dict[int, PlannedRow]] = defaultdict(dict)
    for row in plan.rows:
        if row.problems:
            refused[row.page][row.number] = row
    for number, (page, name) in enumerate(zip(book, sheet_names([page.name for page in book]), strict=True)):
        _Page(page, refused[number], plan.error_columns.get(number), plan.heading_rows.get(number)).write(
            made.create_sheet(name)
        )
    write_stamp(made, book.stamp if stamp is None else stamp)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


class _Page:
    """``errors_at``: where the column of errors stands, from 0; ``heading``: the row of the headings."""

    def __init__(
        self, page: Page, refused: dict[int, PlannedRow], errors_at: int | None, heading: int | None
    ) -> None:
        self.page, self.refused, self.heading = page, refused, heading
        self.width = max((len(line.cells) for line in page.lines), default=0)
        self.errors_at = self.width if errors_at is None else errors_at

    def write(self, made: Any) -> None:
        pen = Pen(made)
        self._set_up(made)
        at, left = 1, MOST_EMPTY
        for line in self.page.lines:
            empty = min(line.number - at, left)
            for _row in range(empty):
                made.append([])
            made.append(list(self._cells(line, pen)))
            at, left = line.number + 1, left - empty

    def _set_up(self, made: Any) -> None:
        made.page_setup.orientation, made.page_setup.paperSize, made.page_setup.fitToHeight = (
            "landscape",
            A4,
            0,
        )
        made.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        if self.heading and self.heading <= MOST_EMPTY:  # else it does not stand where it stood
            made.freeze_panes = f"A{self.heading + 1}"
        for column in range(self.width):
            dimension = made.column_dimensions[get_column_letter(column + 1)]
            dimension.width = min(max(self._longest(column) + 2, NARROWEST), WIDEST)
        made.column_dimensions[get_column_letter(self.errors_at + 1)].width = ERRORS_WIDTH

    def _longest(self, column: int) -> int:
        """Of what stands in the table: a title above it runs over its neighbours."""
        lines = (line for line in self.page.lines[:LOOKED_AT] if line.number >= (self.heading or 0))
        return max((len(str(line.at(column) or "")) for line in lines), default=0)

    def _cells(self, line: Line, pen: Pen) -> Iterator[WriteOnlyCell]:
        row = self.refused.get(line.number)
        wrong = {problem.column for problem in row.problems} if row else set()
        for column in range(max(len(line.cells), self.errors_at + 1)):
            if column == self.errors_at:
                yield pen.write(
                    self._errors(line, row), "head" if line.number == self.heading else "errors_of"
                )
            else:
                yield self._cell(line.at(column), self._look(line, column in wrong), pen)

    def _look(self, line: Line, wrong: bool) -> str:
        if line.number == self.heading:
            return "head"
        return "wrong" if wrong else "plain"

    @staticmethod
    def _cell(value: Cell, look: str, pen: Pen) -> WriteOnlyCell:
        return pen.write(value, look, DAY if isinstance(value, date) else "General")

    def _errors(self, line: Line, row: PlannedRow | None) -> str | None:
        """What was said there before is over."""
        if line.number == self.heading:
            return str(ERRORS)
        return "\n".join(problem.message for problem in row.problems) if row else None
