"""Workbooks to fill in: what is open and what is locked, what may be typed, and what comes back."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

from django.utils.translation import gettext
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from documents.blank import BLOCKED, BlankColumn, BlankSheet, write_blank
from documents.imports.columns import Type
from documents.reading import read_book

COLUMNS = [
    BlankColumn("Điểm", 28, locked=True),
    BlankColumn("3-5 tuổi", 10, Type.WHOLE, group="Áo ấm"),
    BlankColumn("6-10 tuổi", 10, Type.WHOLE, group="Áo ấm", required=True),
    BlankColumn("Ngày", 12, Type.DAY, help="Ngày khảo sát"),
    BlankColumn("Mức", 14, Type.CHOICE, choices=["Cao, rất cao", "Thấp"]),
    BlankColumn("Ghi chú", 30, most=20),
]
ROWS = [
    ["Thôn 1", 12, 0, date(2025, 6, 2), "Thấp", "=1+1"],
    ["=HYPERLINK(1)", None, 7, None, BLOCKED, "0905"],
]
SURVEY = BlankSheet("Áo ấm: Ia Dom", COLUMNS, ROWS, notes=["@SUM(A1)"], name="Áo ấm", frozen=1)
STAMP = {"kind": "survey", "survey": "12", "layout": "=1"}


def opened(*sheets: BlankSheet) -> Worksheet:
    return load_workbook(io.BytesIO(write_blank(*sheets, stamp=STAMP))).worksheets[0]


def test_what_was_written_is_read_back_with_its_types_and_the_stamp() -> None:
    book = read_book(write_blank(SURVEY, stamp=STAMP), "a.xlsx")
    assert (book.stamp, book.hidden, [page.name for page in book]) == (STAMP, [], ["Áo ấm"])
    lines = {line.number: [cell for cell in line.cells if cell is not None] for line in book.pages[0].lines}
    assert lines == {
        1: ["Áo ấm: Ia Dom"],
        2: ["@SUM(A1)"],
        4: ["Áo ấm", "Áo ấm"],
        5: ["Điểm", "3-5 tuổi", "6-10 tuổi *", "Ngày", "Mức", "Ghi chú", gettext("Errors")],
        6: ["Thôn 1", 12, 0, date(2025, 6, 2), "Thấp", "=1+1"],
        7: ["=HYPERLINK(1)", 7, "0905"],
    }
    assert SURVEY.head_row == 5


def test_rows_are_as_tall_as_what_wraps_in_them() -> None:
    columns = [BlankColumn("Địa điểm", 20), BlankColumn("Dân tộc thiểu số", 10, group="3-5 tuổi")]
    page = opened(BlankSheet("Trẻ em", columns, [["Thôn 1", None], ["Trường Mầm non xã Ia Dom", None]]))
    assert [page.row_dimensions[row].height for row in (3, 4, 5, 6)] == [18, 33, None, 30]


def test_what_excel_takes_for_a_sign_by_its_number_stays_as_it_was_typed() -> None:
    sheet = BlankSheet("Áo ấm", [BlankColumn("Ghi chú")], [["_x000D_ a_x0041_"]])
    assert read_book(write_blank(sheet), "a.xlsx").pages[0].lines[-1].at(0) == "_x000D_ a_x0041_"


def test_no_cell_is_a_formula() -> None:
    with zipfile.ZipFile(io.BytesIO(write_blank(SURVEY, stamp=STAMP))) as inside:
        pages = [inside.read(name) for name in inside.namelist() if name.startswith("xl/worksheets/sheet")]
    assert [re.findall(rb"<f[ >/]", page) for page in pages] == [[], []]
    page = opened(SURVEY)
    assert [page[cell].data_type for cell in ("A2", "A7", "F6", "F7")] == ["s", "s", "s", "s"]
    assert [page[cell].quotePrefix for cell in ("A2", "A7", "F6", "F7")] == [True, True, True, True]


def test_only_the_cells_to_fill_in_are_open() -> None:
    page = opened(SURVEY)
    assert page.protection.sheet
    assert page.parent.security.lockStructure
    locked = {cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked}
    assert locked == {"B6", "C6", "D6", "E6", "F6", "B7", "C7", "D7", "F7"}
    assert (page.protection.insertRows, page.protection.deleteRows) == (True, True)


def test_a_list_that_grows_lets_rows_come_and_go() -> None:
    page = opened(BlankSheet("Nhà tài trợ", COLUMNS[1:], open_rows=3))
    assert (page.protection.insertRows, page.protection.deleteRows) == (False, False)
    assert (page.max_row, page["A7"].protection.locked, page["F7"].protection.locked) == (7, False, False)
    assert page["C7"].value is None
    assert next(str(check.sqref) for check in page.data_validations.dataValidation) == "A5:A20000"


def test_a_program_refuses_at_once_what_the_portal_would() -> None:
    checks = {str(check.sqref): check for check in opened(SURVEY).data_validations.dataValidation}
    told = {where: (check.type, check.formula1, check.formula2) for where, check in checks.items()}
    assert told == {
        "B6:B7": ("whole", "0", "999999999"),
        "C6:C7": ("whole", "0", "999999999"),
        "D6:D7": ("date", "36526", "73415"),
        "E6:E7": ("list", "'_portal'!$D$2:$D$3", None),
        "F6:F7": ("textLength", "0", "20"),
    }
    assert checks["D6:D7"].prompt == "Ngày khảo sát"


def test_lists_stand_on_the_hidden_page_each_once() -> None:
    book = load_workbook(io.BytesIO(write_blank(SURVEY, SURVEY, stamp=STAMP)))
    hidden = book["_portal"]
    assert hidden.sheet_state == "hidden"
    assert [hidden["D2"].value, hidden["D3"].value, hidden["E2"].value] == ["Cao, rất cao", "Thấp", None]
    assert "_portal" not in load_workbook(io.BytesIO(write_blank(BlankSheet("Tên", COLUMNS[:1])))).sheetnames


def test_a_page_looks_as_offices_expect() -> None:
    page = opened(SURVEY)
    assert (page.title, page.freeze_panes, page.print_title_rows) == ("Áo ấm", "B6", "$5:$5")
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert [str(merged) for merged in page.merged_cells.ranges] == ["B4:C4"]
    assert [page[cell].number_format for cell in ("B6", "D6", "F6", "A6")] == [
        "#,##0",
        "dd/mm/yyyy",
        "@",
        "General",
    ]
    assert page["D6"].value == datetime(2025, 6, 2)
    assert page.auto_filter.ref == "A5:G7"
