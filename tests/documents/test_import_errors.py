"""What was refused comes back as a workbook in which it is corrected; the empty template beside it."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from directory.models import User
from documents import actions
from documents.imports.errors import error_workbook
from documents.reading import read_book
from tests.documents.days_off import (  # noqa: F401
    HEADINGS,
    MIXED,
    NATIONAL,
    file,
    kinds,
    plan_of,
    previewed,
    stored,
    uploaded,
)
from tests.documents.files import saved
from tests.documents.importers import DaysOff

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("kinds", "stored")]


# The workbook with errors -------------------------------------------------------------------------


def test_errors_come_back_in_the_same_rows(officer: User) -> None:
    found = previewed(officer)
    plan = plan_of(found)
    made = error_workbook(read_book(MIXED, "a.xlsx"), plan)
    page = load_workbook(io.BytesIO(made)).active
    problems = {row.number: "\n".join(each.message for each in row.problems) for row in plan.rows}
    assert [cell.value for cell in page["C"]] == [
        None,
        page["C2"].value,
        *(problems[n] or None for n in range(3, 8)),
    ]
    assert [page["A6"].value, page["B6"].value, page["A3"].number_format] == [
        "31/02/2025",
        "Không có",
        "dd/mm/yyyy",
    ]
    marked = {
        cell.coordinate for row in page.iter_rows() for cell in row if cell.fill.fgColor.rgb == "00F6C9C5"
    }
    assert (marked, page.freeze_panes, page.title) == ({"A6", "B7"}, "A3", "Sheet1")


def test_a_corrected_workbook_with_errors_is_taken(officer: User) -> None:
    first = previewed(officer)
    actions.confirm_import(by=officer, workbook_import=first)
    book = load_workbook(io.BytesIO(error_workbook(read_book(MIXED, "a.xlsx"), plan_of(first))))
    page = book.active
    page["A6"], page["B6"], page["B7"] = date(2025, 10, 20), "Phụ nữ", "Giải phóng"
    corrected = io.BytesIO()
    book.save(corrected)
    again = previewed(officer, corrected.getvalue())
    plan = plan_of(again)
    assert (again.added, again.unchanged, again.refused, plan.notes) == (2, 3, 0, [])
    assert plan.error_columns == {0: 2}
    page = load_workbook(io.BytesIO(error_workbook(read_book(corrected.getvalue(), "a.xlsx"), plan))).active
    assert [cell.value for cell in page["C"]][2:] == [None] * 5


def test_what_was_typed_is_no_formula_in_it(officer: User) -> None:
    content = "Ngày;Tên ngày nghỉ;Khác\n=1+1;@SUM(A1);+1\n".encode()
    plan = plan_of(actions.plan_import(by=officer, workbook_import=uploaded(officer, content)))
    page = load_workbook(io.BytesIO(error_workbook(read_book(content, "a.csv"), plan))).active
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in page[2]][:3] == [
        ("=1+1", "s", True),
        ("@SUM(A1)", "s", True),
        ("+1", "s", True),
    ]


def test_a_stray_cell_far_below_costs_no_million_rows(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.imports.errors.MOST_EMPTY", 3)
    given = load_workbook(io.BytesIO(file([NATIONAL, "Quốc khánh"], above=0)))
    for row in (5, 60_000):
        given.active.cell(row, 1, "31/02/2025")
    found = previewed(officer, saved(given))
    book = read_book(bytes(found.content), "a.xlsx")
    page = load_workbook(io.BytesIO(error_workbook(book, plan_of(found)))).active
    assert [cell.value for cell in page["A"]] == [
        *(HEADINGS[:1]),
        page["A2"].value,
        None,
        None,
        *["31/02/2025"],
        None,
        "31/02/2025",
    ]


# The template -------------------------------------------------------------------------------------


def test_a_filled_in_template_is_taken(officer: User) -> None:
    book = load_workbook(io.BytesIO(DaysOff(officer).template() or b""))
    page = book.worksheets[0]
    head = next(cell.row for cell in page["A"] if cell.value == "Ngày *")
    page.cell(head + 1, 1, NATIONAL)
    page.cell(head + 1, 2, "Quốc khánh")
    content = io.BytesIO()
    book.save(content)
    assert read_book(content.getvalue(), "a.xlsx").stamp == {"kind": "days-off"}
    found = previewed(officer, content.getvalue())
    assert (found.state, found.added, found.refused, plan_of(found).notes) == ("previewed", 1, 0, [])
