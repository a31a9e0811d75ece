"""The survey's own workbook: what it holds, what becomes of what is written into it, and what is refused."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext as _

from directory.errors import Refusal, Stale, WrongState
from directory.models import HistoryEntry, Place, SupportArea, User
from documents.actions import confirm_import
from documents.imports.plan import Fate, Plan
from documents.models import WorkbookImport
from documents.states import ImportState
from needs.actions import (
    StatedNeed,
    approve_survey,
    correct_survey,
    save_row,
    submit_survey,
)
from needs.contents import Contents
from needs.models import ChildCount, NeedStatement, Survey, SurveyRow
from needs.said import said_in
from needs.workbooks.survey.importer import SurveyImporter
from tests.needs.build import (
    Statement,
    filled_survey,
    note_all,
    started_survey,
    state_need,
)
from tests.needs.workbook import Filled, saved, uploaded
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def village(world: World) -> Place:
    return world.village("Ia Dom")


@pytest.fixture
def clothing(world: World) -> SupportArea:
    return world.area("warm_clothing")


def count(world: World, band: str = "3-5", group: str = "total") -> str:
    return f"c{world.band(band).pk}-{world.subgroup(group).pk}"


def need(world: World, letter: str, band: str = "3-5") -> str:
    return f"{letter}{world.item('warm_clothing').pk}-{world.band(band).pk}"


def stored(survey: Survey) -> object:
    """All that an import could touch."""
    return (
        list(ChildCount.objects.filter(survey=survey).order_by("pk").values()),
        list(NeedStatement.objects.filter(survey=survey).order_by("pk").values()),
        list(SurveyRow.objects.filter(survey=survey).order_by("pk").values()),
        HistoryEntry.objects.of(survey).count(),
    )


def fates(plan: Plan) -> dict[str, int]:
    return {fate.value: number for fate, number in plan.count().items()}


def changes(plan: Plan) -> list[tuple[str, object, object]]:
    return [(change.label, change.before, change.after) for row in plan.rows for change in row.changes]


# What it holds -------------------------------------------------------------------------------------


def test_a_sheet_for_each_section_with_all_that_is_stored(
    world: World, officer: User, village: Place, clothing: SupportArea
) -> None:
    survey = filled_survey(world, needs=[Statement(village, quantity=1200, reason="=1+1")])
    file = Filled(officer, survey)
    visible = [page.title for page in file.book if page.sheet_state == "visible"]
    assert visible == [_("Child counts"), "Khám chữa bệnh, dinh dưỡng", "Vui chơi, giải trí", "Đồ ấm"]
    row = {name: file.cell(village, clothing, name).value for name in (need(world, "n"), need(world, "q"))}
    assert row == {need(world, "n"): 20, need(world, "q"): 1200}
    assert [file.cell(village, clothing, name).value for name in "zpr"] == [None, "2", "=1+1"]
    other = world.village("Ia Dom", 2)
    assert [file.cell(other, clothing, name).value for name in "zpr"] == ["x", "3", None]
    assert file.cell(village, None, count(world)).value == 100
    assert file.cell(village, None, count(world, group="girls")).value is None


def test_places_and_headings_are_locked_answers_are_open_and_checked(
    world: World, officer: User, village: Place, clothing: SupportArea
) -> None:
    file = Filled(officer, started_survey(world))
    page = file.page(clothing)
    figure, priority = (file.cell(village, clothing, name) for name in (need(world, "q"), "p"))
    assert page.protection.sheet
    assert [page.cell(figure.row, 1).protection.locked, figure.protection.locked] == [True, False]
    checks = page.data_validations.dataValidation
    kinds = [[each.type for each in checks if cell.coordinate in each.sqref] for cell in (figure, priority)]
    assert kinds == [["whole"], ["list"]]


def test_last_years_figure_stands_beside_each_cell(
    world: World, officer: User, village: Place, clothing: SupportArea
) -> None:
    before = filled_survey(world, needs=[Statement(village, quantity=77)], year=2024)
    note_all(before)
    approve_survey(by=world.user("coordinator"), survey=submit_survey(by=officer, survey=before))
    file = Filled(officer, started_survey(world))
    cell = file.cell(village, clothing, need(world, "q"))
    beside = file.page(clothing).cell(cell.row, cell.column + 1)
    assert (cell.value, beside.value, beside.protection.locked) == (None, 77, True)


def test_making_it_costs_the_same_queries_however_many_places(world: World, officer: User) -> None:
    survey = filled_survey(world)
    assert queries_of_template(officer, survey) > 0  # reads reach once
    few = queries_of_template(officer, survey)
    for number in range(10, 40):
        Place.objects.create(
            unit=survey.commune, kind="village", name=f"Thôn {number}", valid_from="2019-01-01", order=number
        )
    assert queries_of_template(officer, survey) == few


def queries_of_template(user: User, survey: Survey) -> int:
    survey = Survey.objects.select_related("round", "commune").get(pk=survey.pk)
    with CaptureQueriesContext(connection) as queries:
        SurveyImporter(user, survey).template()
    return len(queries)


# What becomes of it --------------------------------------------------------------------------------


def test_rows_are_added_changed_and_left_alone(
    world: World, officer: User, village: Place, clothing: SupportArea
) -> None:
    survey = started_survey(world)
    other = world.village("Ia Dom", 2)
    state_need(world, survey, Statement(village, reason="Rét đậm"))
    file = Filled(officer, survey)
    file.write(village, clothing, {need(world, "q"): 25, "p": "1"})
    file.write(other, clothing, {need(world, "n"): 3, need(world, "q"): 3})
    plan = file.plan()
    assert fates(plan) == {"added": 1, "changed": 1, "unchanged": 14}
    label = f"Đồ ấm ({world.item('warm_clothing').unit}), 3-5, "
    assert changes(plan) == [
        (f"{label}{_('quantity')}", 20, 25),
        (_("Priority"), 2, 1),
        (f"{label}{_('children')}", None, 3),
        (f"{label}{_('quantity')}", None, 3),
    ]
    found = saved(officer, survey, file.content)
    assert (found.state, found.added, found.changed, found.refused) == (ImportState.SAVED, 1, 1, 0)
    needs = said_in(Contents(survey)).statements
    key = (world.item("warm_clothing").pk, world.band("3-5").pk)
    assert needs == {
        (village.pk, *key): StatedNeed(20, 25, 1, "Rét đậm"),
        (other.pk, *key): StatedNeed(3, 3, 3, ""),
    }
    entry = HistoryEntry.objects.of(survey).get(verb="save_workbook")
    assert (entry.by, entry.details) == (officer, {"rows": 2})


def test_an_emptied_cell_is_emptied_and_zero_is_a_figure(world: World, officer: User, village: Place) -> None:
    survey = filled_survey(world)
    file = Filled(officer, survey)
    file.write(village, None, {count(world): None, count(world, "0-2"): 0})
    saved(officer, survey, file.content)
    contents = Contents(survey)
    counts = {band.code: contents.count_of(village, band) for band in contents.bands}
    assert counts == {"0-2": 0, "3-5": None, "6-10": 100, "11-15": 100}


def test_nothing_needed_is_said_and_taken_back(
    world: World, officer: User, village: Place, clothing: SupportArea
) -> None:
    survey = started_survey(world)
    file = Filled(officer, survey)
    file.write(village, clothing, {"z": "X"})
    saved(officer, survey, file.content)
    row = SurveyRow.objects.get(survey=survey, place=village, area=clothing)
    assert (row.nothing, row.version) == (True, 1)
    file = Filled(officer, survey)
    file.write(village, clothing, {"z": None})
    plan = file.plan()
    assert changes(plan) == [(_("Nothing needed"), _("ticked"), _("not ticked"))]
    saved(officer, survey, file.content)
    row.refresh_from_db()
    assert (row.nothing, row.version) == (False, 2)


def test_a_need_takes_the_usual_priority_as_in_the_table(
    world: World, officer: User, village: Place, clothing: SupportArea
) -> None:
    survey = started_survey(world)
    file = Filled(officer, survey)
    file.write(village, clothing, {need(world, "n"): 30, need(world, "q"): "1.200"})
    saved(officer, survey, file.content)
    stated = NeedStatement.objects.get(survey=survey)
    assert (stated.children, stated.quantity, stated.priority) == (30, 1200, 3)


def test_what_is_wrong_is_named_at_its_cell_all_at_once_and_the_rest_is_saved(
    world: World, officer: User, village: Place, clothing: SupportArea
) -> None:
    survey = started_survey(world)
    file = Filled(officer, survey)
    wrong = {need(world, "n"): "ba", need(world, "q"): 1.5, "p": "9", "z": "?", "r": "a" * 301}
    file.write(village, clothing, wrong)
    file.write(village, None, {count(world): 5})
    plan = file.plan()
    assert fates(plan) == {"refused": 1, "added": 1, "unchanged": 14}
    (row,) = [row for row in plan.rows if row.fate is Fate.REFUSED]
    page = file.page(clothing)
    assert {problem.column for problem in row.problems} == {file.column(page, name) - 1 for name in wrong}
    assert page.cell(row.number, 1).value == village.name
    assert plan.error_columns[row.page] == page.max_column - 1
    saved(officer, survey, file.content)
    assert (ChildCount.objects.count(), NeedStatement.objects.count()) == (1, 0)


def test_nothing_needed_beside_a_need_is_refused(
    world: World, officer: User, village: Place, clothing: SupportArea
) -> None:
    file = Filled(officer, started_survey(world))
    file.write(village, clothing, {need(world, "n"): 1, need(world, "q"): 1, "z": "x"})
    (row,) = [row for row in file.plan().rows if row.fate is Fate.REFUSED]
    message = _(
        "The row says that nothing is needed, and yet states a need. Clear the numbers, or untick “nothing”."
    )
    assert [problem.message for problem in row.problems] == [f"{_('Nothing needed')}: {message}"]


def test_planning_costs_the_same_queries_however_many_rows(
    world: World, officer: User, clothing: SupportArea
) -> None:
    survey = filled_survey(world)
    few, many = Filled(officer, survey), Filled(officer, survey)
    few.write(world.village("Ia Dom"), clothing, {"z": None})
    for place in Contents(survey).places:
        many.write(place, None, {count(world): 7})
        many.write(place, clothing, {"z": None, need(world, "n"): 1, need(world, "q"): 1})
    assert queries_of_plan(few) == queries_of_plan(many) <= 8


def queries_of_plan(file: Filled) -> int:
    book, survey = file.read, Survey.objects.select_related("round", "commune").get(pk=file.survey.pk)
    importer = SurveyImporter(file.user, survey)
    importer.refuse_unless_allowed()  # reads reach once
    with CaptureQueriesContext(connection) as queries:
        importer.plan(book)
    return len(queries)


# Changed meanwhile ---------------------------------------------------------------------------------


def save_count(world: World, survey: Survey, place: Place, value: int, by: str = "officer.iadom.2") -> None:
    row = SurveyRow.objects.filter(survey=survey, place=place, area=None).first()
    cells = {(world.band("3-5").pk, world.subgroup("total").pk): value}
    save_row(
        by=world.user(by),
        survey=survey,
        place=place,
        area=None,
        version=row.version if row else 0,
        cells=cells,
    )


def test_a_row_that_a_colleague_changed_is_refused_with_both_values(
    world: World, officer: User, village: Place
) -> None:
    survey = filled_survey(world)
    file = Filled(officer, survey)
    save_count(world, survey, village, 7)
    file.write(village, None, {count(world): 9})
    (row,) = [row for row in file.plan().rows if row.fate is not Fate.UNCHANGED]
    assert row.fate is Fate.REFUSED
    whole, cell = row.problems
    assert (whole.column, cell.column) == (None, file.column(file.page(None), count(world)) - 1)
    assert "officer.iadom.2" in whole.message
    assert "“7”" in cell.message
    assert "“9”" in cell.message
    before = stored(survey)
    saved(officer, survey, file.content)
    assert stored(survey) == before


def test_a_row_that_only_a_colleague_changed_is_nobodys_conflict(
    world: World, officer: User, village: Place
) -> None:
    survey, other = filled_survey(world), world.village("Ia Dom", 2)
    file = Filled(officer, survey)
    save_count(world, survey, village, 7)
    file.write(other, None, {count(world): 9})
    assert fates(file.plan()) == {"changed": 1, "unchanged": 15}
    saved(officer, survey, file.content)
    contents = Contents(survey)
    assert [contents.count_of(place, world.band("3-5")) for place in (village, other)] == [7, 9]


def test_both_made_the_same_change(world: World, officer: User, village: Place) -> None:
    survey = filled_survey(world)
    file = Filled(officer, survey)
    save_count(world, survey, village, 7)
    file.write(village, None, {count(world): 7})
    assert fates(file.plan()) == {"unchanged": 16}


def test_a_row_changed_between_preview_and_confirmation_is_not_overwritten(
    world: World, officer: User, village: Place
) -> None:
    survey = filled_survey(world)
    file = Filled(officer, survey)
    file.write(village, None, {count(world): 9})
    found = uploaded(officer, survey, file.content)
    save_count(world, survey, village, 7)
    before = stored(survey)
    with pytest.raises(Stale):
        confirm_import(by=officer, workbook_import=found)
    assert stored(survey) == before


def test_another_row_changed_between_preview_and_confirmation_does_not_matter(
    world: World, officer: User, village: Place
) -> None:
    survey = filled_survey(world)
    file = Filled(officer, survey)
    file.write(village, None, {count(world): 9})
    found = uploaded(officer, survey, file.content)
    save_count(world, survey, world.village("Ia Dom", 2), 7)
    assert confirm_import(by=officer, workbook_import=found).state == ImportState.SAVED
    assert Contents(survey).count_of(village, world.band("3-5")) == 9


def test_what_was_handed_in_since_the_preview_is_not_changed(
    world: World, officer: User, village: Place
) -> None:
    survey = filled_survey(world)
    note_all(survey)
    file = Filled(officer, survey)
    file.write(village, None, {count(world): 101})
    found = uploaded(officer, survey, file.content)
    submit_survey(by=officer, survey=survey)
    before = stored(survey)
    with pytest.raises(WrongState) as refusal:
        confirm_import(by=officer, workbook_import=found)
    assert refusal.value.code == "survey_not_editable"
    assert stored(survey) == before


# Refused as a whole --------------------------------------------------------------------------------


def refused(user: User, survey: Survey, file: Filled) -> str:
    """The code of the refusal; the import keeps its words, and nothing else is touched."""
    before = stored(survey)
    with pytest.raises(Refusal) as refusal:
        SurveyImporter(user, survey).plan(file.read)
    found = uploaded(user, survey, file.content)
    assert (found.state, found.content, found.plan) == (ImportState.REFUSED, None, None)
    assert found.problems == [str(problem.message) for problem in refusal.value.problems]
    assert stored(survey) == before
    return refusal.value.code


def test_the_workbook_of_another_commune(world: World, officer: User, stranger: User) -> None:
    theirs = Filled(stranger, started_survey(world, "Ia Đal"))
    survey = started_survey(world)
    assert refused(officer, survey, theirs) == "wrong_commune"
    assert "xã Ia Đal" in WorkbookImport.objects.get().problems[0]


def test_the_workbook_of_another_round(world: World, officer: User) -> None:
    last_year = Filled(officer, started_survey(world, year=2024))
    assert refused(officer, started_survey(world), last_year) == "wrong_round"


def test_commune_and_round_are_both_named(world: World, officer: User, stranger: User) -> None:
    file = Filled(stranger, started_survey(world, "Ia Đal", year=2024))
    survey = started_survey(world)
    assert refused(officer, survey, file) == "wrong_commune"
    assert len(WorkbookImport.objects.get().problems) == 2


def test_the_workbook_of_an_older_version(world: World, officer: User, coordinator: User) -> None:
    survey = filled_survey(world)
    note_all(survey)
    old = Filled(officer, survey)
    approve_survey(by=coordinator, survey=submit_survey(by=officer, survey=survey))
    assert refused(officer, correct_survey(by=officer, survey=survey), old) == "old_version"


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("kind", "donors", "wrong_kind"),
        ("layout", "0", "wrong_layout"),
        ("columns", "{", "stamp_damaged"),
        ("rows.children", "[]", "stamp_damaged"),
    ],
)
def test_another_template(world: World, officer: User, key: str, value: str, code: str) -> None:
    survey = started_survey(world)
    file = Filled(officer, survey)
    file.stamp[key].value = value
    assert refused(officer, survey, file) == code


def test_a_survey_that_is_handed_in_takes_no_workbook(world: World, officer: User) -> None:
    survey = filled_survey(world)
    note_all(survey)
    file = Filled(officer, survey)
    survey = submit_survey(by=officer, survey=survey)
    with pytest.raises(WrongState):
        uploaded(officer, survey, file.content)
    with pytest.raises(WrongState):
        SurveyImporter(officer, survey).template()
    assert not WorkbookImport.objects.exists()
