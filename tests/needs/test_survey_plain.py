"""Anybody's list as a survey: which column is which, which row which place, and what is said of the rest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date

import pytest
from django.utils.translation import gettext as _

from directory.errors import Refusal
from directory.models import Place, User
from documents.imports.plan import Fate, Plan
from documents.reading import read_book
from documents.spreadsheet import as_csv, as_xlsx
from needs.actions import StatedNeed
from needs.contents import Contents
from needs.models import SupportItem, Survey
from needs.said import said_in
from needs.sections import sections_for
from needs.workbooks.answers import sheets_of
from needs.workbooks.survey.importer import SurveyImporter
from tests.needs.build import Statement, filled_survey, started_survey
from tests.needs.workbook import book_of, saved
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("vietnamese")]
Rows = Iterable[list[object]]


def plan_of(user: User, survey: Survey, *pages: Rows) -> Plan:
    return SurveyImporter(user, survey).plan(book_of(*pages))


def said(plan: Plan) -> list[tuple[str, str, object]]:
    """Place, heading and value of each cell that changes."""
    return [
        (row.label.rsplit(": ", 1)[1], change.label, change.after)
        for row in plan.rows
        for change in row.changes
    ]


@pytest.fixture
def survey(world: World) -> Survey:
    return started_survey(world)


@pytest.fixture
def quantity(world: World) -> str:
    return f"Đồ ấm (bộ), 3-5, {_('quantity')}"


@pytest.fixture
def children(world: World) -> str:
    return f"Đồ ấm (bộ), 3-5, {_('children')}"


def test_titles_above_any_order_and_letters_of_any_make(
    officer: User, survey: Survey, children: str, quantity: str
) -> None:
    rows = [
        ["UBND XÃ IA DOM", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["BIỂU TỔNG HỢP NHU CẦU ĐỒ ẤM NĂM 2025"],
        [],
        ["STT", "Lý do", "Số lượng đồ ấm 3–5 tuổi", "Thôn", "ĐỒ ẤM 3-5 TUỔI: SỐ TRẺ EM", "Ưu tiên"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        [1, "Rét đậm", "1.234", unicodedata.normalize("NFD", "Thôn 2"), 30.0, 2],
        [2, None, 4, "thon 1", 4, "1"],
        [None, None, 1238, "Tổng cộng", 34, None],
    ]
    rows = [[unicodedata.normalize("NFD", c) if isinstance(c, str) else c for c in row] for row in rows]
    rows[5][4] = 30
    plan = plan_of(officer, survey, rows)
    assert said(plan) == [
        ("Thôn 2", children, 30),
        ("Thôn 2", quantity, 1234),
        ("Thôn 2", _("Priority"), 2),
        ("Thôn 2", _("Reason"), "Rét đậm"),
        ("Thôn 1", children, 4),
        ("Thôn 1", quantity, 4),
        ("Thôn 1", _("Priority"), 1),
    ]
    assert [row.fate for row in plan.rows] == [Fate.ADDED, Fate.ADDED]
    read, rest = plan.notes
    assert f"C = {quantity}" in read
    assert "D" in read
    assert rest == _("The file says nothing of these places, which stay as they are: %(places)s.") % {
        "places": "xã Ia Dom, Trường Mầm non Ia Dom"
    }


def test_headings_over_several_lines_merged_or_not(
    world: World, officer: User, survey: Survey, children: str, quantity: str
) -> None:
    """The lines of a merged head: text only in its first cell, what is beside it merged downwards."""
    rows = [
        ["Thôn", "Đồ ấm (bộ)", None, None, None, "Mức ưu tiên"],
        [None, "3-5 tuổi", None, "0-2 tuổi", None, None],
        [None, "Số trẻ", "Số lượng", "Số trẻ", "Số lượng", None],
        ["Thôn 1", 3, 5, None, None, 4],
    ]
    plan = plan_of(officer, survey, rows)
    assert said(plan) == [("Thôn 1", children, 3), ("Thôn 1", quantity, 5), ("Thôn 1", _("Priority"), 4)]


def test_several_sheets_and_several_lists_on_one(officer: User, survey: Survey, quantity: str) -> None:
    counts = [["Địa bàn", "3-5 tuổi, Trẻ em gái", "3-5 tuổi, Tổng số"], ["Thôn 1", 0, 7]]
    both = [
        ["Đồ ấm"],
        ["Thôn", "Đồ ấm 3-5 số trẻ", "Đồ ấm 3-5 số lượng"],
        ["Thôn 1", 2, 2],
        [],
        ["Vui chơi"],
        ["Thôn", "Khu vui chơi, giải trí, số trẻ", "Khu vui chơi, giải trí, số lượng"],
        ["Thôn 2", 9, 1],
    ]
    plan = plan_of(officer, survey, [["Ghi chép riêng"]], counts, both)
    assert [(row.page, row.number, len(row.changes)) for row in plan.rows] == [
        (1, 2, 2),
        (2, 3, 2),
        (2, 7, 2),
    ]
    assert plan.rows[0].changes[1].after == 0
    note = _("The sheet “%(sheet)s” has no headings of this survey and was not read.")
    assert plan.notes[0] == note % {"sheet": "Sheet1"}


def test_what_cannot_be_placed_is_refused_at_its_row_and_never_guessed(officer: User, survey: Survey) -> None:
    rows = [
        ["Thôn", "Đồ ấm 3-5 số trẻ", "Đồ ấm 3-5 số lượng"],
        ["Thôn 1", 1, 1],
        ["Thôn 9", 1, 1],
        [None, 2, 2],
        ["Ghi chú", None, None],
        ["Thôn 1", 3, 3],
    ]
    plan = plan_of(officer, survey, rows)
    assert [(row.number, row.fate, [problem.column for problem in row.problems]) for row in plan.rows] == [
        (2, Fate.REFUSED, [None]),
        (3, Fate.REFUSED, [0]),
        (4, Fate.REFUSED, [0]),
        (6, Fate.REFUSED, [None]),
    ]
    twice = _("%(place)s stands in several rows of the file. Keep one of them.") % {"place": "Thôn 1"}
    unknown = _("“%(name)s” is no place of this survey. Correct the name, or empty the row.")
    assert [row.problems[0].message for row in plan.rows[:2]] == [twice, unknown % {"name": "Thôn 9"}]


def test_unknown_and_doubtful_columns_are_named_and_left_out(
    world: World, officer: User, survey: Survey
) -> None:
    other = SupportItem.objects.create(
        area=world.area("play"), code="coat", name="Đồ ấm", name_en="Coats", unit="bộ", order=9
    )
    other.age_bands.set([world.band("3-5")])
    heads = ["Thôn", "Đồ ấm 3-5 số lượng", "Điện thoại", "Đồ ấm 0-2 số trẻ", "Đồ ấm 0-2 số trẻ em", "Lỗi"]
    rows = [[*heads, "Khu vui chơi, giải trí số trẻ"], ["Thôn 1", 1, "0905", 2, 2, None, 5]]
    plan = plan_of(officer, survey, rows)
    doubtful, unknown, read, _rest = plan.notes
    assert all(text in doubtful for text in (heads[1], heads[3], heads[4]))
    assert heads[2] in unknown
    assert "G = " in read
    assert plan.error_columns == {0: 5}
    assert [row.fate for row in plan.rows] == [Fate.REFUSED]  # children in need of nothing


def test_a_list_of_several_areas_says_of_which_one_its_priority_is(officer: User, survey: Survey) -> None:
    heads = ["Thôn", "Đồ ấm 3-5 số trẻ", "Đồ ấm 3-5 số lượng", "Khu vui chơi, giải trí số trẻ"]
    rows = [
        [*heads, "Khu vui chơi, giải trí số lượng", "Ưu tiên", "Ưu tiên đồ ấm"],
        ["Thôn 1", 1, 1, 2, 2, 1, 4],
    ]
    plan = plan_of(officer, survey, rows)
    assert [(row.changes[-1].label, row.changes[-1].after) for row in plan.rows] == [
        (_("Priority"), 4),
        (f"Khu vui chơi, giải trí (khu), {_('all ages')}, {_('quantity')}", 2),
    ]
    unknown = _("Sheet “%(sheet)s”: these columns are not known and were not read: %(headings)s.")
    assert plan.notes[0] == unknown % {"sheet": "Sheet1", "headings": "Ưu tiên"}


def test_an_empty_row_says_nothing_an_empty_cell_beside_others_is_emptied(
    world: World, officer: User
) -> None:
    survey = filled_survey(world)
    rows = [["Thôn", "3-5 tuổi Tổng số", "0-2 tuổi Tổng số"], ["Thôn 1", None, None], ["Thôn 2", None, 5]]
    (row,) = plan_of(officer, survey, rows).rows
    assert [(change.before, change.after, change.empties) for change in row.changes] == [
        (100, 5, False),
        (100, None, True),
    ]


def test_places_of_one_name_are_told_apart_by_their_kind(world: World, officer: User, survey: Survey) -> None:
    Place.objects.create(unit=survey.commune, kind="school", name="Thôn 1", valid_from=date(2019, 1, 1))
    head = ["3-5 tuổi Tổng số", "Địa bàn", _("Kind")]
    rows = [head, [1, "Thôn 1", _("School")], [2, "Thôn 1", _("Village")], [3, "Thôn 1", None]]
    plan = plan_of(officer, survey, rows)
    assert [row.fate for row in plan.rows] == [Fate.ADDED, Fate.ADDED, Fate.REFUSED]
    kinds = [Place.objects.get(pk=row.data["place"]).kind for row in plan.to_save]
    assert kinds == ["school", "village"]


@pytest.mark.parametrize("wrong", ["-1", "1,5", "12abc", 1.5, date(2025, 5, 3), 10**9])
def test_what_is_no_number_is_refused_at_its_cell(officer: User, survey: Survey, wrong: object) -> None:
    (row,) = plan_of(officer, survey, [["Thôn", "3-5 tuổi Tổng số"], ["Thôn 1", wrong]]).rows
    assert [(problem.column) for problem in row.problems] == [1]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["Họ tên", "Số điện thoại"], ["A", "0905"]], "no_headings"),
        ([["Thôn", "3-5 tuổi Tổng số"], [None, None]], "no_rows"),
        ([["Thôn", "3-5 tuổi Tổng số"], ["Buôn khác", 3]], "no_rows"),
    ],
)
def test_a_list_of_something_else_is_refused_by_name(
    officer: User, survey: Survey, rows: Rows, code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        plan_of(officer, survey, rows)
    assert refusal.value.code == code


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_the_survey_as_a_file_to_read_changes_nothing_when_it_comes_back(
    world: World, officer: User, format: str
) -> None:
    village = world.village("Ia Dom")
    survey = filled_survey(world, needs=[Statement(village, quantity=1200, reason="-1 độ; rét")])
    sheets = sheets_of(officer, sections_for(officer, Contents(survey, compared=True)))
    content = as_xlsx(*sheets) if format == "xlsx" else b"".join(as_csv(*sheets))
    plan = SurveyImporter(officer, survey).plan(read_book(content, f"a.{format}"))
    assert {fate: number for fate, number in plan.count().items()} == {Fate.UNCHANGED: 16}


def test_a_csv_is_saved(world: World, officer: User, survey: Survey) -> None:
    content = "\ufeffThôn;Đồ ấm 3-5 số trẻ;Đồ ấm 3-5 số lượng\r\nThôn 1;30;1.200\r\n".encode()
    saved(officer, survey, content)
    key = (world.village("Ia Dom").pk, world.item("warm_clothing").pk, world.band("3-5").pk)
    assert said_in(Contents(survey)).statements == {key: StatedNeed(30, 1200, 3, "")}
