"""Pasting a block as a deed: all rows or none, over nobody's newer save; and its preview says the same."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import pytest

from directory import history
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, Place, User
from needs.actions import PastedRow, StatedNeed, paste_block, save_row, submit_survey
from needs.cells import Value
from needs.clipboard import read_block
from needs.contents import Contents
from needs.models import ChildCount, NeedStatement, SupportItem, Survey, SurveyRow
from needs.paste import labels_of, lay_out
from needs.preview import Preview
from needs.sections import Section
from tests.needs.build import Statement, filled_survey, started_survey, state_need
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def count_cell(world: World, band: str = "3-5", group: str = "total") -> str:
    return f"c{world.band(band).pk}-{world.subgroup(group).pk}"


def need_cell(world: World, letter: str, band: str = "3-5") -> str:
    return f"{letter}{world.item('warm_clothing').pk}-{world.band(band).pk}"


def version_of(survey: Survey, place: Place, area: object = None) -> int:
    row = SurveyRow.objects.filter(survey=survey, place=place, area=area).first()
    return row.version if row else 0


def pasted(survey: Survey, place: Place, values: Mapping[str, Value], area: object = None) -> PastedRow:
    return PastedRow(place, version_of(survey, place, area), values)


def stored(survey: Survey) -> object:
    """All that a paste could touch."""
    return (
        list(ChildCount.objects.filter(survey=survey).order_by("pk").values()),
        list(NeedStatement.objects.filter(survey=survey).order_by("pk").values()),
        list(SurveyRow.objects.filter(survey=survey).order_by("pk").values()),
        HistoryEntry.objects.count(),
    )


def test_rows_are_saved_and_the_rest_stays(world: World, officer: User) -> None:
    survey, name = filled_survey(world), count_cell(world)
    first, second = world.village("Ia Dom"), world.village("Ia Dom", 2)
    rows = [pasted(survey, first, {name: 7}), pasted(survey, second, {name: None})]
    paste_block(by=officer, survey=survey, area=None, rows=rows)
    contents = Contents(survey)
    bands = {band.code: contents.count_of(first, band) for band in contents.bands}
    assert bands == {"0-2": 100, "3-5": 7, "6-10": 100, "11-15": 100}
    assert contents.count_of(second, world.band("3-5")) is None
    assert (version_of(survey, first), version_of(survey, second)) == (2, 2)


def test_a_row_that_would_not_change_keeps_its_version(world: World, officer: User) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    paste_block(by=officer, survey=survey, area=None, rows=[pasted(survey, place, {count_cell(world): 100})])
    assert version_of(survey, place) == 1
    assert not HistoryEntry.objects.filter(verb="paste_block").exists()


def test_it_is_written_into_the_history(world: World, officer: User) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    paste_block(by=officer, survey=survey, area=None, rows=[pasted(survey, place, {count_cell(world): 7})])
    entry = HistoryEntry.objects.of(survey).get(verb="paste_block")
    assert (entry.by, entry.details) == (officer, {"area": "", "rows": 1})


def test_one_stale_row_holds_back_all_and_every_stale_one_is_named(world: World, officer: User) -> None:
    survey, name = filled_survey(world), count_cell(world)
    places = [world.village("Ia Dom"), world.village("Ia Dom", 2), world.school("Ia Dom")]
    rows = [pasted(survey, place, {name: 7}) for place in places]
    for place in places[1:]:
        save_row(
            by=world.user("officer.iadom.2"),
            survey=survey,
            place=place,
            area=None,
            version=1,
            cells={(world.band("3-5").pk, world.subgroup("total").pk): 55},
        )
    before = stored(survey)
    with pytest.raises(Stale) as refused:
        paste_block(by=officer, survey=survey, area=None, rows=rows)
    assert stored(survey) == before
    assert [problem.place.partition(".")[0] for problem in refused.value.problems] == [
        str(place.pk) for place in places[1:]
    ]


def test_one_wrong_row_holds_back_all_and_every_wrong_cell_is_named(world: World, officer: User) -> None:
    survey, area = filled_survey(world), world.area("warm_clothing")
    children, quantity = need_cell(world, "n"), need_cell(world, "q")
    first, second = world.village("Ia Dom"), world.village("Ia Dom", 2)
    rows = [
        pasted(survey, first, {children: 5, quantity: 5}, area),
        pasted(survey, second, {children: None, quantity: 5}, area),
        pasted(survey, world.school("Ia Dom"), {children: 0, quantity: 5, "p": None}, area),
    ]
    before = stored(survey)
    with pytest.raises(Refusal) as refused:
        paste_block(by=officer, survey=survey, area=area, rows=rows)
    assert stored(survey) == before
    assert refused.value.code == "invalid_cells"
    school = world.school("Ia Dom").pk
    assert [problem.place for problem in refused.value.problems] == [
        f"{second.pk}.{children}",
        f"{school}.{quantity}",
        f"{school}.p",
    ]
    assert all(":" in str(problem.message) for problem in refused.value.problems)


def test_a_failure_half_way_saves_nothing(
    world: World, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey, name = filled_survey(world), count_cell(world)
    rows = [pasted(survey, world.village("Ia Dom", number), {name: 7}) for number in (1, 2)]
    before = stored(survey)

    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(history, "record", fails)
    with pytest.raises(RuntimeError):
        paste_block(by=officer, survey=survey, area=None, rows=rows, key=uuid.uuid4())
    assert stored(survey) == before


def test_the_same_form_twice_changes_once(world: World, officer: User) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    key, rows = uuid.uuid4(), [pasted(survey, place, {count_cell(world): 7})]
    answers = [
        paste_block(by=officer, survey=survey, area=None, rows=rows, key=key),
        paste_block(by=officer, survey=survey, area=None, rows=rows, key=key),
    ]
    assert answers == [survey, survey]
    assert version_of(survey, place) == 2
    assert HistoryEntry.objects.filter(verb="paste_block").count() == 1


@pytest.mark.parametrize(
    ("username", "error"), [("officer.iadal", Forbidden), ("coordinator", Forbidden), ("leader", Forbidden)]
)
def test_others_may_not(world: World, username: str, error: type[Refusal]) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    before = stored(survey)
    with pytest.raises(error):
        paste_block(
            by=world.user(username),
            survey=survey,
            area=None,
            rows=[pasted(survey, place, {count_cell(world): 7})],
        )
    assert stored(survey) == before


def test_a_submitted_survey_takes_none(world: World, officer: User) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    submit_survey(by=officer, survey=survey)
    before = stored(survey)
    with pytest.raises(WrongState):
        paste_block(
            by=officer, survey=survey, area=None, rows=[pasted(survey, place, {count_cell(world): 7})]
        )
    assert stored(survey) == before


# Part B: a block may hold part of a stated need ------------------------------------------------------


def _coats(world: World, **stated: object) -> tuple[Survey, Place]:
    place = world.village("Ia Dom")
    survey = filled_survey(world)
    state_need(
        world, survey, Statement(place, band="3-5", children=20, quantity=40, priority=1, reason="Rét")
    )
    state_need(world, survey, Statement(place, band="6-10", children=9, quantity=9, priority=3, reason="Mưa"))
    return survey, place


def _paste_coats(world: World, survey: Survey, place: Place, values: Mapping[str, Value]) -> None:
    area = world.area("warm_clothing")
    paste_block(
        by=world.user("officer.iadom"),
        survey=survey,
        area=area,
        rows=[pasted(survey, place, values, area)],
    )


def _needs(survey: Survey) -> list[tuple[object, ...]]:
    needs = NeedStatement.objects.filter(survey=survey).order_by("age_band__from_year")
    return list(needs.values_list("children", "quantity", "priority", "reason"))


def test_a_pasted_quantity_keeps_children_priority_and_reason_of_its_need(world: World) -> None:
    survey, place = _coats(world)
    _paste_coats(world, survey, place, {need_cell(world, "q", "6-10"): 18})
    assert _needs(survey) == [(20, 40, 1, "Rét"), (9, 18, 3, "Mưa")]


def test_a_pasted_priority_is_that_of_the_row(world: World) -> None:
    survey, place = _coats(world)
    _paste_coats(world, survey, place, {"p": 2})
    assert _needs(survey) == [(20, 40, 2, "Rét"), (9, 9, 2, "Mưa")]


def test_empty_cells_clear_the_need(world: World) -> None:
    survey, place = _coats(world)
    _paste_coats(world, survey, place, {need_cell(world, "n"): None, need_cell(world, "q"): None})
    assert _needs(survey) == [(9, 9, 3, "Mưa")]


def test_a_pasted_need_takes_nothing_needed_back(world: World) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    _paste_coats(world, survey, place, {need_cell(world, "n"): 3, need_cell(world, "q"): 3})
    assert _needs(survey) == [(3, 3, 3, "")]
    assert not SurveyRow.objects.get(survey=survey, place=place, area=world.area("warm_clothing")).nothing


def test_a_reason_without_a_need_is_refused(world: World) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    with pytest.raises(Refusal) as refused:
        _paste_coats(world, survey, place, {"p": 1, "r": "Rét"})
    assert [problem.place for problem in refused.value.problems] == [f"{place.pk}.r"]


def test_the_reviewers_priority_stays(world: World) -> None:
    survey, place = _coats(world)
    NeedStatement.objects.filter(survey=survey).update(reviewed_priority=4)
    _paste_coats(world, survey, place, {need_cell(world, "q"): 41, "p": 2})
    reviewed = NeedStatement.objects.filter(survey=survey).values_list("reviewed_priority", flat=True)
    assert set(reviewed) == {4}


def test_girls_of_an_item_by_sex_are_pasted_and_stay(world: World) -> None:
    survey, place = _coats(world)
    SupportItem.objects.filter(code="warm_clothing").update(by_sex=True)
    _paste_coats(world, survey, place, {need_cell(world, "g"): 12})
    _paste_coats(world, survey, place, {need_cell(world, "q"): 41})
    need = NeedStatement.objects.get(survey=survey, age_band=world.band("3-5"))
    assert (need.children, need.girls, need.quantity) == (20, 12, 41)


def test_girls_go_where_an_item_is_no_longer_asked_by_sex(world: World) -> None:
    survey, place = _coats(world)
    NeedStatement.objects.filter(survey=survey).update(girls=4)
    _paste_coats(world, survey, place, {need_cell(world, "q"): 41})
    need = NeedStatement.objects.get(survey=survey, age_band=world.band("3-5"))
    assert (need.girls, need.quantity) == (None, 41)


def test_girls_without_children_are_refused(world: World) -> None:
    survey, place = _coats(world)
    SupportItem.objects.filter(code="warm_clothing").update(by_sex=True)
    cells = {need_cell(world, "n"): None, need_cell(world, "g"): 3, need_cell(world, "q"): None}
    with pytest.raises(Refusal) as refused:
        _paste_coats(world, survey, place, cells)
    assert [problem.place for problem in refused.value.problems] == [f"{place.pk}.{need_cell(world, 'n')}"]


# The preview -----------------------------------------------------------------------------------------


def previewed(world: World, survey: Survey, text: str, area: str = "", column: int = 0) -> Preview:
    section = Section(Contents(survey), world.area(area) if area else None)
    place = world.village("Ia Dom")
    layout = lay_out(section, read_block(text), place, list(labels_of(section))[column])
    return Preview(section, layout)


def changes(preview: Preview) -> list[tuple[str, str, bool]]:
    return [(change.before, change.after, bool(change.problem)) for change in preview.changes]


def test_a_preview_names_what_changes_what_is_emptied_and_what_stays(world: World) -> None:
    preview = previewed(world, filled_survey(world), "1.234\t1 234\r\n\t\r\n100\t\r\n")
    assert changes(preview) == [("100", "1.234", False), ("", "1.234", False), ("100", "", False)]
    assert (preview.changed, preview.emptied, preview.stays, preview.refused) == (3, 1, 3, 0)
    assert preview.saves == 2


@pytest.mark.parametrize("text", ["1.234,5", "12abc", "-3", "1234567890", "²", "#N/A"])
def test_what_is_no_whole_number_is_refused_at_its_cell(world: World, text: str) -> None:
    preview = previewed(world, filled_survey(world), f"5\t{text}")
    assert changes(preview) == [("100", "5", False), ("", text, True)]
    assert (preview.changed, preview.refused) == (1, 1)


def test_half_a_need_is_refused_at_the_other_half(world: World) -> None:
    preview = previewed(world, filled_survey(world), "5\t\n\t6\n", "warm_clothing", 0)
    refused = [change for change in preview.changes if change.problem]
    assert len(refused) == 2
    assert {change.after for change in refused} == {""}


def test_a_preview_says_that_nothing_needed_is_taken_back(world: World) -> None:
    preview = previewed(world, filled_survey(world), "5\t5", "warm_clothing")
    assert [change.label for change in preview.changes][:2] == list(preview.labels.values())[:2]
    assert len(preview.changes) == 3
    assert preview.changes[-1].label == preview.labels["z"]


def test_a_priority_without_a_need_is_named(world: World) -> None:
    survey = filled_survey(world)
    at = len(labels_of(Section(Contents(survey), world.area("warm_clothing")))) - 2
    preview = previewed(world, survey, "2\n3", "warm_clothing", at)
    assert preview.idle_priorities == [world.village("Ia Dom"), world.village("Ia Dom", 2)]
    assert (preview.changes, preview.saves) == ([], 0)


@pytest.mark.parametrize("text", ["0", "5", "x", "", "1,5"])
def test_a_priority_beside_a_need_is_1_to_4(world: World, text: str) -> None:
    survey, _place = _coats(world)
    at = len(labels_of(Section(Contents(survey), world.area("warm_clothing")))) - 2
    preview = previewed(world, survey, f"{text}\tMưa", "warm_clothing", at)
    assert [(change.after, bool(change.problem)) for change in preview.changes] == [
        (text, True),
        ("Mưa", False),
    ]


def test_a_long_reason_is_refused(world: World) -> None:
    survey, _place = _coats(world)
    at = len(labels_of(Section(Contents(survey), world.area("warm_clothing")))) - 1
    assert previewed(world, survey, "x" * 301, "warm_clothing", at).refused == 1


def test_the_preview_and_the_saving_say_the_same(world: World, officer: User) -> None:
    survey = filled_survey(world)
    preview = previewed(world, survey, "5\t3\n\t2\n0\t0")
    paste_block(by=officer, survey=survey, area=None, rows=preview.pasted)
    again = previewed(world, survey, "5\t3\n\t2\n0\t0")
    assert (again.changes, again.saves, again.stays) == ([], 0, 6)


def test_a_stated_need_can_be_pasted_back(world: World, officer: User) -> None:
    """The values of a stored row, as the table shows them, change nothing."""
    survey, place = _coats(world)
    section = Section(Contents(survey), world.area("warm_clothing"))
    need = section.contents.needs_at(place, world.area("warm_clothing"))
    assert StatedNeed(20, 40, 1, "Rét") in need.values()
    first = previewed(world, survey, "20\t40", "warm_clothing", _at(section, need_cell(world, "n")))
    assert (first.changes, first.stays) == ([], 2)


def _at(section: Section, name: str) -> int:
    return list(labels_of(section)).index(name)
