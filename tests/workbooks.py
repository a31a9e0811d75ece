"""Workbooks for tests of any kind: written, uploaded, previewed and confirmed as the screens do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from directory.models import User
from documents.actions import confirm_import, upload_workbook
from documents.actions.workbook_import import plan_import
from documents.imports.importer import importer_of
from documents.imports.plan import Plan
from documents.models import WorkbookImport
from documents.reading import Book, Line, Page
from documents.spreadsheet import Heading, Sheet, as_xlsx

Rows = Sequence[Sequence[Any]]


def book(headings: Sequence[str], *rows: Sequence[Any]) -> Book:
    """The cells as they are read from a file."""
    lines = [Line(number, list(cells)) for number, cells in enumerate([headings, *rows], start=1)]
    return Book([Page("1", lines)])


def book_of(sheet: Sheet) -> Book:
    """What somebody gets who uploads a list that the portal made."""
    rows = [[None if cell == "" else cell for cell in row] for row in sheet.rows]
    return book([column.title for column in sheet.columns], *rows)


def planned(user: User, kind: str, headings: Sequence[str], *rows: Sequence[Any]) -> Plan:
    return plan_of(user, kind, book(headings, *rows))


def plan_of(user: User, kind: str, given: Book) -> Plan:
    importer = importer_of(kind)
    assert importer is not None
    return importer(user).plan(given)


def fates(plan: Plan) -> list[str]:
    return [row.fate.value for row in plan.rows]


def problems(plan: Plan) -> list[list[tuple[int | None, str]]]:
    """Of each refused row: the column and what is said there."""
    return [
        [(problem.column, problem.message) for problem in row.problems] for row in plan.rows if row.problems
    ]


def changes(plan: Plan) -> list[list[tuple[str, Any, Any]]]:
    return [
        [(change.label, change.before, change.after) for change in row.changes]
        for row in plan.rows
        if row.changes
    ]


def file_of(headings: Sequence[str], *rows: Sequence[Any]) -> bytes:
    cells = [["" if cell is None else cell for cell in row] for row in rows]
    return as_xlsx(Sheet("Danh sách", [], [Heading(title) for title in headings], cells))


def previewed(by: User, kind: str, content: bytes) -> WorkbookImport:
    found = upload_workbook(by=by, kind=kind, file_name="danh-sach.xlsx", content=content)
    return plan_import(by=by, workbook_import=found)


def imported(by: User, kind: str, headings: Sequence[str], *rows: Sequence[Any]) -> WorkbookImport:
    """From the file to what is saved."""
    return confirm_import(by=by, workbook_import=previewed(by, kind, file_of(headings, *rows)))


def unchanged_again(by: User, kind: str) -> int:
    """Take the list out, bring it back: the number of its rows, all of which are unchanged."""
    importer = importer_of(kind)
    assert importer is not None
    sheet = importer(by).export()
    assert sheet is not None
    plan = plan_of(by, kind, book_of(sheet))
    wrong = [(row.label, row.fate, row.changes, row.problems) for row in plan.rows if row.fate != "unchanged"]
    assert wrong == []
    return len(plan.rows)
