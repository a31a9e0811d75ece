"""Tables for Excel: what is read back is what was given, and never a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime

import pytest
from django.utils.translation import gettext
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from documents.spreadsheet import Heading, Sheet, as_csv, as_xlsx, sheet_name

COLUMNS = [Heading("Nội dung", 30), Heading("Số lượng"), Heading("Ngày")]
SHEET = Sheet(
    "Danh sách nhu cầu",
    ["Đợt: =2025", "Ngày lập: 02/06/2025"],
    COLUMNS,
    [["Áo ấm", 1234, date(2025, 6, 2)], ["=1+1", 0, None]],
    [["Cộng", 1234, ""]],
)


def cells(data: bytes) -> list[list[tuple[object, str]]]:
    page = load_workbook(io.BytesIO(data)).active
    return [[(cell.value, cell.data_type) for cell in row] for row in page.iter_rows()]


def lines(sheet: Sheet) -> list[list[str]]:
    text = b"".join(as_csv(sheet)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_a_workbook_is_read_back_as_it_was_given() -> None:
    rows = cells(as_xlsx(SHEET))
    assert [[value for value, _kind in row] for row in rows] == [
        ["Danh sách nhu cầu", None, None],
        ["Đợt: =2025", None, None],
        ["Ngày lập: 02/06/2025", None, None],
        [None, None, None],
        ["Nội dung", "Số lượng", "Ngày"],
        ["Áo ấm", 1234, datetime(2025, 6, 2)],
        ["=1+1", 0, gettext("not reported")],
        ["Cộng", 1234, None],
    ]
    assert [kind for _value, kind in rows[5]] == ["s", "n", "d"]


def test_a_workbook_looks_as_offices_expect() -> None:
    page = load_workbook(io.BytesIO(as_xlsx(SHEET))).active
    assert (page.title, page.freeze_panes, page.print_title_rows) == ("Danh sách nhu cầu", "A6", "$5:$5")
    assert [page.column_dimensions[letter].width for letter in "ABC"] == [30, 12, 12]
    assert [page["B6"].number_format, page["C6"].number_format] == ["#,##0", "dd/mm/yyyy"]
    assert (page["A7"].quotePrefix, page["A6"].quotePrefix, page["A8"].font.bold) == (True, True, True)


def test_csv_is_what_excel_opens_in_vietnamese() -> None:
    data = b"".join(as_csv(SHEET))
    assert data.startswith(b"\xef\xbb\xbfDanh s")
    assert data.decode("utf-8-sig").splitlines() == [
        "Danh sách nhu cầu",
        "Đợt: =2025",
        "Ngày lập: 02/06/2025",
        "",
        "Nội dung;Số lượng;Ngày",
        "Áo ấm;1234;02/06/2025",
        f"'=1+1;0;{gettext('not reported')}",
        "Cộng;1234;",
    ]
    assert data.count(b"\r\n") == data.count(b"\n") == 8


text = st.text(max_size=40) | st.sampled_from(
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C'!A0"]
)
row = st.tuples(text, st.integers(0, 10**15), st.dates(date(2000, 1, 1)))


@settings(max_examples=60, deadline=None)
@given(title=text, note=text, rows=st.lists(row, max_size=4))
@example(title="=1+1", note="=1+1", rows=[("=HYPERLINK(1)", 1, date(2025, 1, 1))])
def test_no_cell_is_ever_a_formula(title: str, note: str, rows: list[tuple[str, int, date]]) -> None:
    sheet = Sheet(title, [note], COLUMNS, rows, rows)
    data = as_xlsx(sheet)
    assert {kind for row in cells(data) for _value, kind in row} <= {"s", "n", "d"}
    assert [row[1][0] for row in cells(data)[4:]] == [number for _text, number, _day in [*rows, *rows]]
    inside = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert re.search(rb"<f[ >/]", inside) is None


@settings(max_examples=200, deadline=None)
@given(title=text, rows=st.lists(row, max_size=4))
def test_no_line_of_csv_begins_a_formula(title: str, rows: list[tuple[str, int, date]]) -> None:
    for line in lines(Sheet(title, [], COLUMNS, rows)):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Nhu cầu", "Nhu cầu"),
        ("a/b\\c[d]:*?", "a-b-c-d----"),
        ("'x'", "x"),
        ("", "1"),
        ("x" * 40, "x" * 31),
    ],
)
def test_names_of_sheets(title: str, name: str) -> None:
    assert sheet_name(title) == name
