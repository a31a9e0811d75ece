"""A survey's workbook in the hands of somebody who fills it in: cells by their names."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from functools import cache

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from directory.models import Place, SupportArea, User
from documents.actions import confirm_import, upload_workbook
from documents.actions.workbook_import import plan_import
from documents.imports.plan import Plan
from documents.models import WorkbookImport
from documents.reading import Book, Line, Page, read_book
from documents.reading.book import STAMP_PAGE
from documents.spreadsheet import cell_text
from needs.cells import NOTHING, PRIORITY, REASON
from needs.models import Survey
from needs.workbooks.survey.importer import SurveyImporter


class Filled:
    """The workbook that the portal gives for a survey, open in a program like Excel."""

    def __init__(self, user: User, survey: Survey, content: bytes | None = None) -> None:
        self.user, self.survey = user, survey
        content = SurveyImporter(user, survey).template() if content is None else content
        self.book: Workbook = load_workbook(io.BytesIO(content))
        stamp = self.book[STAMP_PAGE]
        self.stamp = {row[0].value: row[1] for row in stamp.iter_rows(max_col=2)}
        self.texts = {name: text for text, name in json.loads(self.stamp["columns"].value).items()}

    def page(self, area: SupportArea | None) -> Worksheet:
        return self.book[str(area) if area else _("Child counts")]

    def cell(self, place: Place, area: SupportArea | None, name: str) -> Cell:
        page = self.page(area)
        return page.cell(self._rows(page.title)[place.name], self.column(page, name))

    def write(self, place: Place, area: SupportArea | None, values: Mapping[str, object]) -> None:
        """The cells of a text are formatted as text: “=” begins no formula there."""
        for name, value in values.items():
            cell = self.cell(place, area, name)
            cell.value = cell_text(value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"

    def column(self, page: Worksheet, name: str) -> int:
        of_row = {NOTHING: _("Nothing needed"), PRIORITY: _("Priority"), REASON: _("Reason")}
        return self._columns(page.title)[of_row.get(name) or self.texts[name]]

    @cache  # noqa: B019 - the book of one test
    def _rows(self, title: str) -> dict[str, int]:
        names = [row[0] for row in self.book[title].iter_rows(max_col=1, values_only=True)]
        return {name: number for number, name in enumerate(names, start=1) if name}

    @cache  # noqa: B019
    def _columns(self, title: str) -> dict[str, int]:
        """By what stands over them: a group holds until the next one begins."""
        page, head, group, columns = self.book[title], self._rows(title)[_("Place")], "", {}
        for column in range(1, page.max_column + 1):
            group, heading = page.cell(head - 1, column).value or group, page.cell(head, column).value
            columns |= {heading: column, f"{group} {heading}": column}
        return columns

    @property
    def content(self) -> bytes:
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()

    @property
    def read(self) -> Book:
        return read_book(self.content, "phieu.xlsx")

    def plan(self) -> Plan:
        return SurveyImporter(self.user, self.survey).plan(self.read)


def uploaded(user: User, survey: Survey, content: bytes, name: str = "phieu.xlsx") -> WorkbookImport:
    """Uploaded and checked: it waits for its confirmation, or was refused as a whole."""
    found = upload_workbook(
        by=user, kind=SurveyImporter.kind, subject=survey, file_name=name, content=content
    )
    return plan_import(by=user, workbook_import=found)


def saved(user: User, survey: Survey, content: bytes) -> WorkbookImport:
    return confirm_import(by=user, workbook_import=uploaded(user, survey, content))


def book_of(*pages: Iterable[list[object]]) -> Book:
    """A book as it was read, of rows of cells: without the rows that hold nothing."""
    return Book(
        [
            Page(f"Sheet{at}", [Line(number, row) for number, row in enumerate(rows, 1) if set(row) - {None}])
            for at, rows in enumerate(pages, 1)
        ]
    )
