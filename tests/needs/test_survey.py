"""Starting, submitting and correcting a survey."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from directory import history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from needs.actions import close_round, correct_survey, return_survey, start_survey, submit_survey
from needs.models import ChildCount, NeedStatement, Survey
from needs.states import SurveyState
from tests.needs.build import (
    Statement,
    approved_survey,
    filled_survey,
    open_yearly_round,
    started_survey,
    state_need,
    submitted_survey,
)
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_starting_twice_returns_the_open_survey(world: World, officer: User) -> None:
    survey = started_survey(world)
    colleague = world.user("officer.iadom.2")
    again = start_survey(by=colleague, survey_round=survey.round, commune=survey.commune)
    assert (again, again.created_by) == (survey, officer)


@pytest.mark.parametrize("username", ["officer.iadal", "leader", "health", "union", "administrator"])
def test_strangers_start_nothing(world: World, username: str) -> None:
    with pytest.raises(Forbidden):
        start_survey(
            by=world.user(username),
            survey_round=open_yearly_round(world),
            commune=world.commune("Ia Dom"),
        )
    assert Survey.objects.count() == 0


@pytest.mark.parametrize("agency", [None, "UBND xã Ia Đal"])
def test_a_coordinator_says_for_whom(world: World, coordinator: User, agency: str | None) -> None:
    with pytest.raises(Refusal) as refusal:
        start_survey(
            by=coordinator,
            survey_round=open_yearly_round(world),
            commune=world.commune("Ia Dom"),
            on_behalf_of=world.agency(agency) if agency else None,
        )
    assert refusal.value.code == "on_behalf_missing"


def test_an_approved_survey_is_not_started_again(world: World, officer: User) -> None:
    survey = approved_survey(world)
    with pytest.raises(WrongState) as refusal:
        start_survey(by=officer, survey_round=survey.round, commune=survey.commune)
    assert refusal.value.code == "survey_approved"


def test_submitting_records_who_and_when(world: World, officer: User) -> None:
    survey = submitted_survey(world)
    assert (survey.state, survey.submitted_by) == (SurveyState.SUBMITTED, officer)
    entry = HistoryEntry.objects.of(survey).first()
    assert entry is not None
    assert (entry.verb, entry.from_state, entry.to_state) == ("submit_survey", "draft", "submitted")


def test_submitting_on_behalf_is_recorded(world: World, coordinator: User) -> None:
    agency = world.agency("UBND xã Ia Dom")
    start_survey(
        by=coordinator,
        survey_round=open_yearly_round(world),
        commune=world.commune("Ia Dom"),
        on_behalf_of=agency,
    )
    survey = submit_survey(by=coordinator, survey=filled_survey(world))
    entry = HistoryEntry.objects.of(survey).first()
    assert entry is not None
    assert (entry.by, entry.on_behalf_of) == (coordinator, agency)


def test_all_that_is_missing_or_wrong_is_named_at_once(world: World, officer: User) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    state_need(world, survey, Statement(place, children=101, quantity=101))
    empty = ChildCount.objects.get(
        place=world.school("Ia Dom"), age_band=world.band("0-2"), subgroup=world.subgroup("total")
    )
    empty.delete()
    girls = ChildCount.objects.create(
        survey=survey,
        place=place,
        age_band=world.band("0-2"),
        subgroup=world.subgroup("girls"),
        value=101,
    )
    with pytest.raises(Refusal) as refusal:
        submit_survey(by=officer, survey=survey)
    item = world.item("warm_clothing")
    assert [problem.place for problem in refusal.value.problems] == [
        f"children/{empty.place_id}.c{empty.age_band_id}-{empty.subgroup_id}",
        f"children/{place.pk}.c{girls.age_band_id}-{girls.subgroup_id}",
        f"warm_clothing/{place.pk}.n{item.pk}-{world.band('3-5').pk}",
    ]
    survey.refresh_from_db()
    assert survey.state == SurveyState.DRAFT


def test_children_of_all_ages_are_compared_with_the_sum(world: World, officer: User) -> None:
    place = world.village("Ia Dom")
    fits = Statement(place, "play_area", "all", children=400, quantity=1)
    survey = filled_survey(world, needs=[fits])
    state_need(world, survey, Statement(place, "activity", "all", children=401, quantity=1))
    with pytest.raises(Refusal) as refusal:
        submit_survey(by=officer, survey=survey)
    assert len(refusal.value.problems) == 1


def test_the_same_form_submits_once(world: World, officer: User) -> None:
    survey, key = filled_survey(world), uuid.uuid4()
    submit_survey(by=officer, survey=survey, key=key)
    submit_survey(by=officer, survey=survey, key=key)
    assert HistoryEntry.objects.of(survey).filter(verb="submit_survey").count() == 1


def test_submitting_a_submitted_survey_is_refused(world: World, officer: User) -> None:
    with pytest.raises(WrongState):
        submit_survey(by=officer, survey=submitted_survey(world))


@pytest.mark.parametrize("username", ["officer.iadal", "coordinator", "leader", "health", "administrator"])
def test_only_the_communes_officers_submit_their_survey(world: World, username: str) -> None:
    with pytest.raises(Forbidden):
        submit_survey(by=world.user(username), survey=filled_survey(world))


def test_nothing_is_submitted_into_a_closed_round(world: World, officer: User, coordinator: User) -> None:
    survey = filled_survey(world)
    close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    with pytest.raises(WrongState) as refusal:
        submit_survey(by=officer, survey=survey)
    assert refusal.value.code == "round_closed"


def test_submitting_is_atomic(world: World, officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = filled_survey(world)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        submit_survey(by=officer, survey=survey)
    survey.refresh_from_db()
    assert (survey.state, survey.submitted_by) == (SurveyState.DRAFT, None)


def _starts(world: World) -> Callable[[], object]:
    survey_round, commune = open_yearly_round(world), world.commune("Ia Dom")
    return lambda: start_survey(by=world.user("officer.iadom"), survey_round=survey_round, commune=commune)


def _corrects(world: World) -> Callable[[], object]:
    survey = approved_survey(world)
    return lambda: correct_survey(by=world.user("officer.iadom"), survey=survey)


def _returns(world: World) -> Callable[[], object]:
    survey = submitted_survey(world)
    return lambda: return_survey(by=world.user("coordinator"), survey=survey, reason="Thiếu thôn 2")


@pytest.mark.parametrize("deed", [_starts, _corrects, _returns])
def test_without_its_history_nothing_happens(
    world: World, monkeypatch: pytest.MonkeyPatch, deed: Callable[[World], Callable[[], object]]
) -> None:
    run = deed(world)
    before = list(Survey.objects.order_by("pk").values())

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        run()
    assert list(Survey.objects.order_by("pk").values()) == before


def test_a_correction_is_a_copy(world: World, officer: User) -> None:
    survey = approved_survey(world, needs=[Statement(world.village("Ia Dom"), children=7, quantity=8)])
    draft = correct_survey(by=officer, survey=survey)
    assert (draft.version, draft.state) == (2, SurveyState.DRAFT)
    assert draft.child_counts.count() == survey.child_counts.count() == 16
    assert list(draft.statements.values_list("children", "quantity")) == [(7, 8)]
    assert NeedStatement.objects.count() == 2


def test_an_open_correction_is_returned(world: World, officer: User) -> None:
    survey = approved_survey(world)
    assert correct_survey(by=officer, survey=survey) == correct_survey(by=officer, survey=survey)


def test_a_coordinator_corrects_on_behalf_of_the_commune(world: World, coordinator: User) -> None:
    draft = correct_survey(by=coordinator, survey=approved_survey(world))
    assert draft.on_behalf_of == world.agency("UBND xã Ia Dom")


def test_only_an_approved_survey_is_corrected(world: World, officer: User) -> None:
    with pytest.raises(WrongState):
        correct_survey(by=officer, survey=submitted_survey(world))


@pytest.mark.parametrize("username", ["officer.iadal", "leader", "health", "administrator"])
def test_strangers_correct_nothing(world: World, username: str) -> None:
    with pytest.raises(Forbidden):
        correct_survey(by=world.user(username), survey=approved_survey(world))
