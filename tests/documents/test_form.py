"""The form of ND 30/2020, component by component, read back from the PDF (FIELD.md section 5)."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from directory import clock
from documents.layout import date_of
from documents.pdf import render
from documents.snapshot import Snapshot
from tests.documents.build import small_snapshot
from tests.documents.reader import MILLIMETRE, Line, Page, read, rules_of, text_of
from tests.documents.sample import annex_v, annex_vi, sample

A4 = (595.3, 841.9)
LEFT, RIGHT = 30 * MILLIMETRE, 595.3 - 15 * MILLIMETRE
TEXT_MIDDLE = (LEFT + RIGHT) / 2
NEAR = 0.7  # pdftohtml rounds to a third of a point


@cache
def the_report() -> bytes:
    return render(sample(), number=7, dated=date(2025, 2, 5))


@cache
def pages() -> list[Page]:
    return read(the_report())


@cache
def draft_pages() -> list[Page]:
    with clock.standing_on(date(2025, 6, 2)):
        return read(render(small_snapshot(annexes=[annex_v()])))


def pages_of(**changes: object) -> list[Page]:
    return read(render(small_snapshot(**changes), number=12, dated=date(2025, 6, 2)))


def line(text: str, page: int = 1) -> Line:
    return pages()[page - 1].starting(text)


def near(value: float, other: float, by: float = NEAR) -> bool:
    return abs(value - other) <= by


# The sheet ----------------------------------------------------------------------------------


def test_sheets_are_a4_upright_and_across_where_an_annex_is_wide() -> None:
    across = [False, False, False, True, True, True, False, True, False, False]
    found = [(page.width, page.height) for page in pages()]
    assert [width > height for width, height in found] == across
    assert all(near(min(size), A4[0]) and near(max(size), A4[1]) for size in found)


def test_margins_are_20_20_30_15_millimetres() -> None:
    for page in pages():
        text = [line for line in page.lines if not is_page_number(line, page)]
        assert near(min(line.left for line in text), LEFT, 4)
        assert max(line.right for line in text) <= page.width - 15 * MILLIMETRE + 1.5
        assert min(line.top for line in text) >= 20 * MILLIMETRE - NEAR
        assert max(line.top + line.size for line in text) <= page.height - 20 * MILLIMETRE + NEAR


def test_text_fills_the_lines_from_margin_to_margin() -> None:
    body = line("ban nhân dân huyện Ia H'Drai triển khai")
    assert near(body.left, LEFT)
    assert near(body.right, RIGHT)


def is_page_number(line: Line, page: Page) -> bool:
    return line.text.isdecimal() and line.top < 20 * MILLIMETRE - 14


def test_pages_are_numbered_from_2_and_each_annex_for_itself() -> None:
    numbers = [[line.text for line in page.lines if is_page_number(line, page)] for page in pages()]
    assert numbers == [[], ["2"], ["3"], [], [], [], [], [], [], ["2"]]


def test_a_page_number_is_arabic_14_points_in_the_middle_of_the_top_margin() -> None:
    (number,) = [line for line in pages()[1].lines if is_page_number(line, pages()[1])]
    assert (number.size, number.face) == (14, "Regular")
    assert near(number.middle, TEXT_MIDDLE)
    assert near(number.top + 8, 10 * MILLIMETRE, 5)


def test_wide_annexes_of_several_pages_count_for_themselves_too() -> None:
    wide = {**annex_vi(60), "landscape": True}
    found = read(render(small_snapshot(annexes=[wide, wide]), number=1, dated=date(2025, 6, 2)))
    numbers = [[line.text for line in page.lines if is_page_number(line, page)] for page in found]
    annex = [[], *([str(n)] for n in range(2, (len(found) - 1) // 2 + 1))]
    assert numbers == [[], *annex, *annex]
    assert len(annex) >= 3


# Letterhead ---------------------------------------------------------------------------------

COMPONENTS = [
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, "Bold"),
    ("Độc lập - Tự do - Hạnh phúc", 13, "Bold"),
    ("ỦY BAN NHÂN DÂN", 12, "Bold"),
    ("HUYỆN IA H'DRAI", 12, "Bold"),
    ("Số: 07/BC-UBND", 13, "Regular"),
    ("Ia H'Drai, ngày 05 tháng 02 năm 2025", 13, "Italic"),
    ("BÁO CÁO", 14, "Bold"),
    ("Kết quả thực hiện Đề án", 14, "Bold"),
    ("Kính gửi: Sở Lao động", 14, "Regular"),
    ("Thực hiện Kế hoạch số 45", 14, "Regular"),
    ("I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", 14, "Bold"),
    ("1. Truyền thông, vận động", 14, "Bold"),
]


@pytest.mark.parametrize(("text", "size", "face"), COMPONENTS)
def test_components_of_the_first_page(text: str, size: float, face: str) -> None:
    assert (line(text).size, line(text).face) == (size, face)


LATER_COMPONENTS = [
    (2, "3.1. Khám chữa bệnh, dinh dưỡng", 14, "Bold"),
    (2, "a) Khám sức khỏe", 14, "Regular"),
    (3, "TM. ỦY BAN NHÂN DÂN", 14, "Bold"),
    (3, "KT. CHỦ TỊCH", 14, "Bold"),
    (3, "PHÓ CHỦ TỊCH", 14, "Bold"),
    (3, "Pờ Ly Hảo", 14, "Bold"),
    (3, "Nơi nhận:", 12, "Bold-Italic"),
    (3, "- Như trên;", 11, "Regular"),
    (3, "- Lưu: VT, LĐTBXH.", 11, "Regular"),
    (5, "Phụ lục II", 14, "Bold"),
    (5, "NGUỒN LỰC HUY ĐỘNG 6 THÁNG ĐẦU NĂM 2025", 14, "Bold"),
    (5, "(Kèm theo Báo cáo số 07/BC-UBND ngày 05 tháng 02 năm 2025 của Ủy ban", 14, "Italic"),
    (5, "Đơn vị tính: đồng", 13, "Italic"),
    (5, "Nhà tài trợ mẫu 1", 11, "Regular"),
    (5, "TỔNG CỘNG", 11, "Bold"),
]


@pytest.mark.parametrize(("page", "text", "size", "face"), LATER_COMPONENTS)
def test_components_of_later_pages(page: int, text: str, size: float, face: str) -> None:
    assert (line(text, page).size, line(text, page).face) == (size, face)


def test_the_letterhead_stands_in_two_columns_and_two_rows() -> None:
    agency, country = line("ỦY BAN NHÂN DÂN"), line("CỘNG HÒA")
    number, place = line("Số:"), line("Ia H'Drai, ngày")
    assert agency.top == country.top
    assert number.top == place.top
    assert near(number.middle, agency.middle)
    assert near(place.middle, country.middle)
    assert near(line("Độc lập").middle, country.middle)
    assert agency.right < country.left
    assert country.right <= RIGHT


def test_rules_are_as_wide_as_the_decree_says() -> None:
    agency, motto = line("HUYỆN IA H'DRAI"), line("Độc lập")
    widest = max(line("ỦY BAN NHÂN DÂN").width, agency.width)
    under_agency, under_motto = sorted(rules_of(the_report(), 1, motto.top + 5, line("Số:").top))
    assert 1 / 3 <= under_agency[2] / widest <= 1 / 2
    assert near(under_agency[0] + under_agency[2] / 2, agency.middle)
    assert near(under_motto[2], motto.width, 1)
    assert near(under_motto[0], motto.left, 1)


def test_the_rule_under_the_subject_is_a_third_to_a_half_of_it() -> None:
    last, first = line("đầu năm 2025 trên địa bàn"), line("Kết quả thực hiện Đề án")
    ((left, _top, width),) = rules_of(the_report(), 1, last.top + 8, line("Kính gửi").top)
    assert 1 / 3 <= width / first.width <= 1 / 2
    assert near(left + width / 2, TEXT_MIDDLE, 1)


def test_type_and_subject_stand_in_the_middle() -> None:
    for text in ("BÁO CÁO", "Kết quả thực hiện Đề án", "Kính gửi: Sở"):
        assert near(line(text).middle, TEXT_MIDDLE)


def test_a_department_prints_its_superior_not_bold_above_it() -> None:
    letterhead = {
        "superior": "Ủy ban nhân dân huyện Ia H'Drai",
        "agency": "Phòng Lao động - Thương binh\nvà Xã hội",
        "locality": "Ia H'Drai",
    }
    (page,) = pages_of(letterhead=letterhead)
    superior = page.starting("HUYỆN IA H'DRAI")
    agency = page.starting("PHÒNG LAO ĐỘNG - THƯƠNG BINH")
    assert (superior.size, superior.face, agency.size, agency.face) == (12, "Regular", 12, "Bold")
    assert superior.top < agency.top < page.starting("VÀ XÃ HỘI").top
    assert near(superior.middle, agency.middle)


# Number and date ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 1, 9), "ngày 09 tháng 01 năm 2025"),
        (date(2025, 2, 10), "ngày 10 tháng 02 năm 2025"),
        (date(2025, 3, 1), "ngày 01 tháng 3 năm 2025"),
        (date(2025, 6, 20), "ngày 20 tháng 6 năm 2025"),
        (date(2025, 12, 31), "ngày 31 tháng 12 năm 2025"),
    ],
)
def test_days_below_10_and_the_months_1_and_2_take_a_zero(day: date, words: str) -> None:
    assert date_of(day) == words


def test_a_draft_leaves_number_and_date_blank() -> None:
    page, annex = draft_pages()
    blank = "\N{NO-BREAK SPACE}" * 7
    assert page.starting("Số:").text == f"Số: {blank}/BC-UBND"
    assert page.starting("Ia H'Drai, ngày").text == f"Ia H'Drai, ngày{blank}tháng{blank}năm 2025"
    reference = f"(Kèm theo Báo cáo số {blank}/BC-UBND ngày{blank}tháng{blank}năm 2025 của Ủy ban"
    assert annex.starting("(Kèm theo").text.startswith(reference)


@pytest.mark.parametrize(("number", "printed"), [(1, "01"), (9, "09"), (10, "10"), (123, "123")])
def test_numbers_below_10_take_a_zero(number: int, printed: str) -> None:
    pdf = render(small_snapshot(), number=number, dated=date(2025, 6, 2))
    assert f"Số: {printed}/BC-UBND" in text_of(pdf)[0]


# Text ---------------------------------------------------------------------------------------


def test_a_first_line_is_indented_by_127_hundredths_of_a_centimetre() -> None:
    for text in ("Thực hiện Kế hoạch", "I. CÔNG TÁC", "1. Truyền thông"):
        assert near(line(text).left, LEFT + 12.7 * MILLIMETRE)


def test_paragraphs_are_6_points_apart_and_lines_1_to_15() -> None:
    first, second = line("Thực hiện Kế hoạch"), line("ban nhân dân huyện Ia H'Drai triển khai")
    last, heading = line("cáo kết quả thực hiện"), line("I. CÔNG TÁC")
    spacing = second.top - first.top
    assert 14 * 1.15 <= spacing <= 14 * 1.15 * 1.5
    assert heading.top - last.top - spacing >= 6 - NEAR


def test_each_line_typed_is_a_paragraph() -> None:
    assert near(line("Các phòng, ban ngành và Ủy ban").left, LEFT + 12.7 * MILLIMETRE)


@pytest.mark.parametrize("typed", ["Hết", "Hết.", "Hết./.", "Hết ;"])
def test_the_text_ends_once_with_its_mark(typed: str) -> None:
    (page,) = pages_of(body=[{"kind": "paragraph", "text": typed}])
    assert page.starting("Hết").text == "Hết./."


def test_grounds_are_italic_and_end_with_a_semicolon_and_a_full_stop() -> None:
    (page,) = pages_of(grounds=["Căn cứ Luật Trẻ em năm 2016;", "Căn cứ Kế hoạch số 45/KH-UBND"])
    first, last = page.starting("Căn cứ Luật"), page.starting("Căn cứ Kế hoạch")
    assert [first.text, last.text] == ["Căn cứ Luật Trẻ em năm 2016;", "Căn cứ Kế hoạch số 45/KH-UBND."]
    assert (first.face, last.face, last.size) == ("Italic", "Italic", 14)


def test_several_addressees_stand_in_a_list() -> None:
    (page,) = pages_of(addressees=["Sở Y tế", "Sở Nội vụ"])
    first, second = page.starting("Kính gửi:"), page.starting("- Sở Nội vụ")
    assert [" ".join(first.text.split()), second.text] == ["Kính gửi: - Sở Y tế;", "- Sở Nội vụ."]
    assert first.left < second.left


def test_a_long_addressee_is_broken_within_the_margins() -> None:
    (page,) = pages_of(addressees=["Ban Chỉ đạo " + "hỗ trợ trẻ em " * 8, "Sở Nội vụ"])
    broken = [line for line in page.lines if "hỗ trợ trẻ em hỗ trợ" in line.text]
    assert len(broken) >= 2
    assert all(line.right <= RIGHT + NEAR for line in broken)
    assert near(broken[1].left, page.starting("- Sở Nội vụ").left)


def test_without_addressees_there_is_neither_kinh_gui_nor_nhu_tren() -> None:
    text = "\n".join(line.text for line in pages_of(addressees=[])[0].lines)
    assert "Kính gửi" not in text
    assert "Như trên" not in text


# Signature and recipients -------------------------------------------------------------------


def test_recipients_are_left_and_level_with_the_signers_power() -> None:
    heading, power = line("Nơi nhận:", 3), line("TM. ỦY BAN NHÂN DÂN", 3)
    assert near(heading.top + heading.size, power.top + power.size, 3)
    assert near(heading.left, LEFT)
    assert heading.right < TEXT_MIDDLE < power.left


def test_each_recipient_ends_with_a_semicolon_and_the_archive_with_a_full_stop() -> None:
    found = [line.text for line in pages()[2].lines if line.size == 11 and line.text.startswith("- ")]
    assert found == [
        "- Như trên;",
        "- Thường trực Huyện ủy (b/c);",
        "- Thường trực HĐND huyện (b/c);",
        "- Các tổ chức chính trị - xã hội;",
        "- Ban Tuyên giáo Huyện ủy;",
        "- Hội Chữ thập đỏ huyện;",
        "- Các cơ quan, đơn vị thuộc huyện;",
        "- Ủy ban nhân dân các xã;",
        "- Lưu: VT, LĐTBXH.",
    ]


def test_the_name_stands_in_the_middle_under_the_office_with_room_to_sign() -> None:
    office, name = line("PHÓ CHỦ TỊCH", 3), line("Pờ Ly Hảo", 3)
    assert near(office.middle, name.middle)
    assert 25 * MILLIMETRE <= name.top - office.top - 16 <= 40 * MILLIMETRE


@pytest.mark.parametrize("paragraphs", [20, 21, 22, 23, 24, 25])
def test_the_signature_is_neither_parted_nor_left_alone_on_a_page(paragraphs: int) -> None:
    found = pages_of(body=[{"kind": "paragraph", "text": f"Đoạn {n}"} for n in range(paragraphs)])
    last = [line.text for line in found[-1].lines]
    assert any(text.startswith("Đoạn") for text in last)
    for text in ("Nơi nhận:", "- Lưu: VT, LĐTBXH.", "TM. ỦY BAN NHÂN DÂN", "Pờ Ly Hảo"):
        assert text in last


# Annexes and tables -------------------------------------------------------------------------


def test_each_annex_starts_on_a_page_of_its_own() -> None:
    names = [(page, line.text) for page, sheet in enumerate(pages(), 1) for line in sheet.lines]
    found = [(page, text) for page, text in names if text.startswith("Phụ lục ") and len(text) <= 11]
    assert found == [
        (n + 3, f"Phụ lục {name}") for n, name in enumerate(["I", "II", "III", "IV", "V", "VI"], 1)
    ]


def test_an_only_annex_has_no_number() -> None:
    found = pages_of(annexes=[{**annex_v(), "numeral": ""}])
    assert found[1].starting("Phụ lục").text == "Phụ lục"


def test_the_heads_of_an_annex_stand_in_the_middle_and_the_unit_at_the_right() -> None:
    middle = (LEFT + pages()[4].width - 15 * MILLIMETRE) / 2
    for text in ("Phụ lục II", "NGUỒN LỰC HUY ĐỘNG", "(Kèm theo"):
        assert near(line(text, 5).middle, middle)
    assert near(line("Đơn vị tính: đồng", 5).right, pages()[4].width - 15 * MILLIMETRE)


def test_a_head_is_repeated_on_each_page_of_its_table() -> None:
    for page in (9, 10):
        assert line("Xã/trường", page).face == "Bold"


def test_a_head_of_two_levels_spans_its_columns() -> None:
    group, first, last = line("Nhu cầu theo nhóm tuổi", 8), line("0-2", 8), line("11-15", 8)
    assert first.top > group.top
    assert near(group.middle, (first.middle + last.middle) / 2, 2)


def test_figures_are_grouped_and_end_at_one_edge() -> None:
    figures = [line(text, 8) for text in ("88.200.000", "75.750.000", "163.950.000")]
    assert max(f.right for f in figures) - min(f.right for f in figures) <= NEAR
    assert line("xã Ia Đal", 8).top == line("58,7", 8).top


def test_not_reported_is_not_zero() -> None:
    page = pages()[6]
    missing = [line for line in page.lines if line.face == "Italic" and line.text.startswith("chưa")]
    zeros = [line for line in page.lines if line.text == "0"]
    assert (len(missing), len(zeros)) == (6, 4)


def test_group_rows_and_totals_are_bold() -> None:
    assert line("A. Khám chữa bệnh, dinh dưỡng", 4).face == "Bold"
    assert line("TỔNG CỘNG lượt trẻ em", 4).face == "Bold"
    assert line("2.300", 4).face == "Regular"


def test_a_replacing_paper_says_what_it_replaces() -> None:
    replaced = {"type": "Báo cáo", "reference": "09/BC-UBND", "dated": "2025-01-05"}
    (page,) = pages_of(replaces=replaced)
    found = page.starting("(thay thế Báo cáo số 09/BC-UBND ngày 05 tháng 01 năm 2025")
    assert (found.face, found.size) == ("Italic", 14)


def test_the_sample_is_not_changed_by_rendering() -> None:
    snapshot: Snapshot = sample()
    render(snapshot, number=1, dated=date(2025, 6, 2))
    assert snapshot == sample()
