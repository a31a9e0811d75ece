"""Workbooks and CSV files as people have them, read to the same cells."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from directory.errors import Refusal
from documents.reading import Book, read_book
from documents.spreadsheet import Heading, Sheet, as_csv, as_xlsx
from tests.documents.files import SHEET, by_hand, changed, resaved, saved, with_rows, workbook


def cells(content: bytes, name: str = "a.xlsx") -> dict[int, list[Any]]:
    """The lines of the only page, by number."""
    return {line.number: line.cells for line in page_of(read_book(content, name)).lines}


def page_of(book: Book) -> Any:
    (page,) = book.pages
    return page


def refused(content: bytes, name: str = "a.csv") -> str:
    with pytest.raises(Refusal) as caught:
        read_book(content, name)
    (problem,) = caught.value.problems
    assert problem.place == "file"
    assert name in str(problem.message)
    return caught.value.code


# Cells --------------------------------------------------------------------------------------------


def test_cells_keep_their_types_and_their_places() -> None:
    book = Workbook()
    page = book.active
    page["C4"], page["D4"], page["E4"], page["F4"] = "Áo", 3, 1.5, True
    page["C6"], page["D6"], page["E6"] = date(2025, 6, 2), datetime(2025, 6, 2, 8, 30), 0
    page["A8"], page["B8"], page["C8"] = "0905 123", time(8, 0), timedelta(hours=30)
    assert cells(saved(book)) == {
        4: [None, None, "Áo", 3, 1.5, True],
        6: [None, None, date(2025, 6, 2), date(2025, 6, 2), 0],
        8: ["0905 123", "08:00:00", "1 day, 6:00:00"],
    }


def test_a_number_shown_as_a_day_is_a_day_in_whatever_words() -> None:
    book = Workbook()
    for row, format in enumerate(["dd/mm/yyyy", "[$-42A]dd/mm/yyyy", "d-m-yy", "0%", "General"], 1):
        book.active.cell(row, 1, 45810).number_format = format
    day = date(2025, 6, 2)
    assert [line[0] for line in cells(saved(book)).values()] == [day, day, day, 45810, 45810]


def test_spaces_are_nothing_and_nothing_is_not_0() -> None:
    assert cells(workbook([["a", " ", "\n", "", 0, None]])) == {1: ["a", None, None, None, 0]}


def test_letters_taken_apart_are_put_together() -> None:
    apart = unicodedata.normalize("NFD", "Thôn Ia Đal, áo ấm")
    assert cells(workbook([[apart]])) == {1: ["Thôn Ia Đal, áo ấm"]}
    assert cells(apart.encode(), "a.csv") == {1: ["Thôn Ia Đal", " áo ấm"]}


def test_merged_titles_stand_where_they_begin() -> None:
    book = Workbook()
    book.active["A1"] = "DANH SÁCH"
    book.active.merge_cells("A1:E2")
    book.active["A4"] = "Tên"
    assert cells(saved(book)) == {1: ["DANH SÁCH"], 4: ["Tên"]}


def test_a_formula_is_read_as_what_it_came_to_and_never_as_nothing() -> None:
    sheet = (
        '<row r="2"><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C2"><f>1+1</f><v>2</v></c>'
        '<c r="D2" t="str"><f>"a"</f><v>a</v></c><c r="E2" s="0" t="e"><v>#N/A</v></c></row>'
    )
    assert cells(by_hand(sheet)) == {2: [None, "#DIV/0!", 2, "a", "#N/A"]}


# Programs -----------------------------------------------------------------------------------------


def test_as_excel_writes_shared_strings_with_runs_and_spaces() -> None:
    sheet = '<row r="1" spans="1:2"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    strings = (
        '<si><r><t xml:space="preserve">Áo </t></r><r><rPr><b/></rPr><t>ấm</t></r></si>'
        "<si><t>a_x000D_b</t></si>"
    )
    assert cells(by_hand(sheet, strings)) == {1: ["Áo ấm", "a\rb"]}


def test_as_google_sheets_writes_without_dimension_and_with_inline_strings() -> None:
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1">'
        '<numFmt numFmtId="164" formatCode="d/m/yyyy"/></numFmts><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    sheet = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Ngày</t></is></c><c r="C1" t="b"><v>1</v></c></row>'
        '<row r="2"><c r="A2" s="1"><v>45810.0</v></c><c r="B2"><v>12.0</v></c></row>'
    )
    assert cells(by_hand(sheet, styles=styles)) == {1: ["Ngày", None, True], 2: [date(2025, 6, 2), 12]}


def test_cells_without_addresses_follow_each_other() -> None:
    assert cells(by_hand("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")) == {
        1: [1, 2],
        2: [3],
    }


def test_addresses_in_cells_are_no_external_links() -> None:
    book = Workbook()
    book.active["A1"] = "a@b.vn"
    book.active["A1"].hyperlink = "mailto:a@b.vn"
    assert cells(saved(book)) == {1: ["a@b.vn"]}


@pytest.mark.slow
def test_as_libreoffice_saves_it() -> None:
    rows = [
        ["DANH SÁCH"],
        [],
        ["Tên", "Số lượng", "Ngày", "Điện thoại"],
        ["Áo ấm", 1234, date(2025, 6, 2), "0905"],
    ]
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A1:D1")
    book.active["A5"] = "=1/0"
    read = {1: ["DANH SÁCH"], 3: rows[2], 4: rows[3], 5: ["#DIV/0!"]}
    assert cells(resaved(saved(book))) == read


@pytest.mark.slow
def test_an_opendocument_file_is_named() -> None:
    assert refused(resaved(workbook(), "ods"), "a.ods") == "open_document"


# Sheets -------------------------------------------------------------------------------------------


def test_hidden_sheets_are_named_and_not_read() -> None:
    book = Workbook()
    book.active["A1"] = "a"
    for name, state in (("Ẩn", "hidden"), ("Ẩn kỹ", "veryHidden")):
        book.create_sheet(name).sheet_state = state
        book[name]["A1"] = "secret"
    read = read_book(saved(book), "a.xlsx")
    assert ([page.name for page in read], read.hidden) == (["Sheet"], ["Ẩn", "Ẩn kỹ"])


def test_charts_are_no_sheets() -> None:
    book = Workbook()
    book.create_chartsheet("Biểu đồ", 0)
    book["Sheet"]["A1"] = "a"
    assert [page.name for page in read_book(saved(book), "a.xlsx")] == ["Sheet"]


def test_nothing_to_be_seen_is_refused() -> None:
    book = Workbook()
    book.create_sheet("Ẩn").sheet_state = "hidden"
    book["Ẩn"]["A1"] = "a"
    assert refused(saved(book), "a.xlsx") == "no_sheets"


# Sizes --------------------------------------------------------------------------------------------


def test_a_million_empty_rows_are_none() -> None:
    blank = "".join(
        f'<row r="{row}" spans="1:2" ht="15"><c r="A{row}" s="0"/></row>' for row in range(3, 2**20 + 1)
    )
    assert cells(changed(workbook(), SHEET, with_rows(blank))) == {1: ["Tên", "Số"], 2: ["Áo", 3]}


def test_a_space_in_the_last_row_is_none() -> None:
    last = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>'
    assert list(cells(changed(workbook(), SHEET, with_rows(last)))) == [1, 2]


def test_too_many_rows_and_columns_are_named() -> None:
    assert refused(b"a;b\r\n" * 20_001) == "too_many_rows"
    assert len(cells(b"a;b\r\n" * 20_000, "a.csv")) == 20_000
    assert refused(workbook([[None] * 200 + ["a"]]), "a.xlsx") == "too_many_columns"
    assert refused(b";" * 200 + b"a") == "too_many_columns"
    assert cells(b"a" + b";" * 400, "a.csv") == {1: ["a"]}


# CSV ----------------------------------------------------------------------------------------------

LINES = {1: ["Tên", "Ghi chú"], 2: ["Áo ấm, mũ", "dòng 1\ndòng 2"], 3: ["Quần", "1,5"]}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_by_whichever_sign_it_is_cut(delimiter: str, end: str, mark: str) -> None:
    quoted = [[f'"{text}"' for text in line] for line in LINES.values()]
    text = mark + end.join(delimiter.join(line) for line in quoted) + end
    assert cells(text.encode(), "a.csv") == LINES


def test_csv_with_commas_in_its_texts_is_cut_at_semicolons() -> None:
    text = "Danh sách, năm 2025\nTên;Số;Giá\nÁo, mũ, tất;3;1,5\nQuần;4;2,5\n"
    assert cells(text.encode(), "a.csv") == {
        1: ["Danh sách, năm 2025"],
        2: ["Tên", "Số", "Giá"],
        3: ["Áo, mũ, tất", "3", "1,5"],
        4: ["Quần", "4", "2,5"],
    }


def test_csv_that_says_its_sign() -> None:
    assert cells(b"sep=,\r\na,b\r\n", "a.csv") == {2: ["a", "b"]}


def test_what_the_portal_wrote_comes_back_as_it_was() -> None:
    sheet = Sheet("T", [], [Heading("Tên"), Heading("Số")], [["=1+1", 3], ["-5 %;@a", 0], ["'x", 1]])
    rows = {4: ["=1+1", 3], 5: ["-5 %;@a", 0], 6: ["'x", 1]}
    read = cells(as_xlsx(sheet))
    assert {number: read[number] for number in rows} == rows
    read = cells(b"".join(as_csv(sheet)), "a.csv")
    assert {number: read[number] for number in rows} == {n: [text, str(v)] for n, (text, v) in rows.items()}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Tên;Số\n".encode("utf-16"), "utf16"),
        ("Tên;Số\n".encode("utf-16-be"), "not_a_workbook"),
        ("Tên;Số lượng ấm\n".encode("cp1258", "replace"), "not_utf8"),
        (b'a;"' + b"b" * 40_000, "cell_too_long"),
        (b" \r\n\t\r\n", "empty_file"),
        (b";;\r\n;\r\n" * 3, "empty_file"),
        (b"", "empty_file"),
    ],
    ids=["utf-16", "utf-16 without mark", "windows-1258", "open quote", "spaces", "empty cells", "empty"],
)
def test_text_that_cannot_be_read_is_named(content: bytes, code: str) -> None:
    assert refused(content) == code
