"""Saving a line of the grid."""

from __future__ import annotations

import pytest

from directory import clock
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import User
from needs.actions import StatedNeed, approve_survey, close_round, save_row, start_survey
from needs.models import ChildCount, NeedStatement, Survey, SurveyRow
from tests.needs.build import (
    Statement,
    filled_survey,
    open_yearly_round,
    started_survey,
    state_need,
    submitted_survey,
)
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def save_count(
    world: World, survey: Survey, by: User, value: int | None, version: int = 0, place: str = "Ia Dom"
) -> SurveyRow:
    key = (world.band("3-5").pk, world.subgroup("total").pk)
    return save_row(
        by=by, survey=survey, place=world.village(place), area=None, version=version, cells={key: value}
    )


def save_need(world: World, survey: Survey, by: User, need: StatedNeed | None, version: int = 0) -> SurveyRow:
    item = world.item("warm_clothing")
    return save_row(
        by=by,
        survey=survey,
        place=world.village("Ia Dom"),
        area=item.area,
        version=version,
        cells={(item.pk, world.band("3-5").pk): need},
    )


def test_each_save_is_a_version(world: World, officer: User) -> None:
    survey = started_survey(world)
    assert save_count(world, survey, officer, 12).version == 1
    row = save_count(world, survey, officer, 13, version=1)
    assert (row.version, row.saved_by) == (2, officer)
    assert ChildCount.objects.get().value == 13


def test_zero_is_not_empty(world: World, officer: User) -> None:
    survey = started_survey(world)
    save_count(world, survey, officer, 0)
    assert ChildCount.objects.get().value == 0
    save_count(world, survey, officer, None, version=1)
    assert ChildCount.objects.count() == 0


def test_cells_that_are_not_given_stay(world: World, officer: User) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    save_count(world, survey, officer, 12)
    key = (world.band("0-2").pk, world.subgroup("girls").pk)
    save_row(by=officer, survey=survey, place=place, area=None, version=1, cells={key: 3})
    assert sorted(ChildCount.objects.values_list("value", flat=True)) == [3, 12]


def test_a_need_is_cleared(world: World, officer: User) -> None:
    survey = started_survey(world)
    save_need(world, survey, officer, StatedNeed(4, 4, 1, "Rét"))
    save_need(world, survey, officer, None, version=1)
    assert NeedStatement.objects.count() == 0


def test_no_children_need_nothing(world: World, officer: User) -> None:
    survey = started_survey(world)
    save_need(world, survey, officer, StatedNeed(0, 0))
    assert NeedStatement.objects.get().quantity == 0


def test_a_stale_save_overwrites_nothing(world: World, officer: User) -> None:
    survey, colleague = started_survey(world), world.user("officer.iadom.2")
    save_need(world, survey, colleague, StatedNeed(4, 5, 1, "Rét"))
    with pytest.raises(Stale) as refusal:
        save_need(world, survey, officer, StatedNeed(4, 9, 2, "Mưa"))
    quantity = f"q{world.item('warm_clothing').pk}-{world.band('3-5').pk}"
    assert refusal.value.details == {
        "theirs": {quantity: 5, "p": 1, "r": "Rét"},
        "yours": {quantity: 9, "p": 2, "r": "Mưa"},
        "by": colleague,
        "at": clock.now(),
        "version": 1,
    }
    assert NeedStatement.objects.get().quantity == 5
    assert SurveyRow.objects.get().version == 1


def test_zero_over_empty_is_a_difference(world: World, officer: User) -> None:
    survey = started_survey(world)
    save_count(world, survey, officer, 0)
    with pytest.raises(Stale):
        save_count(world, survey, officer, None)


@pytest.mark.parametrize(
    ("need", "cell"),
    [
        (StatedNeed(None, 5), "n"),
        (StatedNeed(5, None), "q"),
        (StatedNeed(0, 5), "q"),
        (StatedNeed(-1, 5), "n"),
        (StatedNeed(5, 10**12), "q"),
        (StatedNeed(5, 5, priority=5), "p"),
    ],
)
def test_what_cannot_be_is_refused_at_its_cell(
    world: World, officer: User, need: StatedNeed, cell: str
) -> None:
    survey = started_survey(world)
    with pytest.raises(Refusal) as refusal:
        save_need(world, survey, officer, need)
    assert [problem.place[0] for problem in refusal.value.problems] == [cell]
    assert (NeedStatement.objects.count(), SurveyRow.objects.count()) == (0, 0)


@pytest.mark.parametrize("value", [-1, 10**12])
def test_a_count_stays_within_bounds(world: World, officer: User, value: int) -> None:
    with pytest.raises(Refusal) as refusal:
        save_count(world, started_survey(world), officer, value)
    assert refusal.value.code == "invalid_cells"


def test_an_unknown_column_is_refused(world: World, officer: User) -> None:
    survey, meal = started_survey(world), world.item("meal")
    cells = {(meal.pk, world.band("3-5").pk): StatedNeed(1, 1)}
    with pytest.raises(Refusal):
        save_row(
            by=officer,
            survey=survey,
            place=world.village("Ia Dom"),
            area=world.area("play"),
            version=0,
            cells=cells,
        )


def test_a_place_of_another_commune_is_refused(world: World, officer: User) -> None:
    with pytest.raises(Refusal) as refusal:
        save_count(world, started_survey(world), officer, 5, place="Ia Đal")
    assert refusal.value.code == "not_in_survey"


@pytest.mark.parametrize("username", ["officer.iadal", "coordinator", "leader", "health", "administrator"])
def test_others_save_nothing(world: World, username: str) -> None:
    survey = started_survey(world)
    with pytest.raises(Forbidden):
        save_count(world, survey, world.user(username), 5)
    assert ChildCount.objects.count() == 0


def test_a_coordinator_saves_what_is_entered_on_behalf(world: World, coordinator: User) -> None:
    survey = start_survey(
        by=coordinator,
        survey_round=open_yearly_round(world),
        commune=world.commune("Ia Dom"),
        on_behalf_of=world.agency("UBND xã Ia Dom"),
    )
    assert save_count(world, survey, coordinator, 5).saved_by == coordinator
    assert save_count(world, survey, world.user("officer.iadom"), 6, version=1).version == 2


@pytest.mark.parametrize("approved", [False, True])
def test_nothing_is_saved_after_submission(
    world: World, officer: User, coordinator: User, approved: bool
) -> None:
    survey = submitted_survey(world)
    if approved:
        survey = approve_survey(by=coordinator, survey=survey)
    with pytest.raises(WrongState) as refusal:
        save_count(world, survey, officer, 5, version=1)
    assert refusal.value.code == "survey_not_editable"
    assert not ChildCount.objects.filter(value=5).exists()


def test_nothing_is_saved_in_a_closed_round(world: World, officer: User, coordinator: User) -> None:
    survey = started_survey(world)
    close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    with pytest.raises(WrongState) as refusal:
        save_count(world, survey, officer, 5)
    assert refusal.value.code == "round_closed"


def test_a_refused_write_takes_the_version_back(
    world: World, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = filled_survey(world)
    state_need(world, survey, Statement(world.village("Ia Dom")))

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(type(NeedStatement.objects), "bulk_create", fail)
    with pytest.raises(RuntimeError):
        save_need(world, survey, officer, StatedNeed(1, 1), version=2)
    row = SurveyRow.objects.get(place=world.village("Ia Dom"), area=world.area("warm_clothing"))
    assert row.version == 2
    assert NeedStatement.objects.get().quantity == 20
