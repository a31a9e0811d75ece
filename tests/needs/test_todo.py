"""The task list of this room: who has to enter, to review, to remind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from directory import clock
from directory.models import User
from needs.actions import close_round, correct_survey, reopen_round, return_survey
from needs.models import Survey, SurveyRound
from needs.states import SurveyState
from needs.todo import todo
from tests.needs.build import (
    approved_survey,
    filled_survey,
    open_yearly_round,
    started_survey,
    submitted_survey,
)
from tests.needs.test_reopening import closed_round, reopened
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db
AFTER_DUE = date(2025, 7, 5)  # due on 30/06


def tasks_of(user: User) -> list[tuple[str, date | None]]:
    return [(task.url, task.due_on) for task in todo(user)]


def test_a_reopened_commune_has_its_own_day(world: World, officer: User, stranger: User) -> None:
    survey = filled_survey(world)
    survey_round = closed_round(world)
    assert todo(officer) == []
    reopening = reopened(world, survey_round)
    assert tasks_of(officer) == [(f"/surveys/{survey.pk}/children/", reopening.due_on)]
    assert todo(stranger) == []


def test_a_reopened_commune_that_never_began_starts_now(world: World, officer: User) -> None:
    survey_round = closed_round(world)
    reopening = reopened(world, survey_round)
    assert tasks_of(officer) == [(f"/rounds/{survey_round.pk}/", reopening.due_on)]


def test_what_was_approved_is_corrected_with_the_reason(world: World, officer: User) -> None:
    survey = approved_survey(world)
    assert todo(officer) == []
    survey_round = closed_round(world)
    reopening = reopened(world, survey_round)
    assert tasks_of(officer) == [(f"/surveys/{survey.pk}/check/", reopening.due_on)]
    assert reopening.reason in str(todo(officer)[0].label)


@pytest.mark.parametrize("state", [SurveyState.SIGNING, SurveyState.SUBMITTED, SurveyState.APPROVED])
def test_what_others_decide_is_not_the_officers_task(world: World, officer: User, state: SurveyState) -> None:
    survey = filled_survey(world)
    Survey.objects.filter(pk=survey.pk).update(state=state)
    assert todo(officer) == []


def test_late_ones_come_first(world: World, officer: User, coordinator: User) -> None:
    open_yearly_round(world)
    next_year = open_yearly_round(world, 2026)
    SurveyRound.objects.filter(pk=next_year.pk).update(opens_on=date(2025, 1, 2), due_on=date(2025, 5, 1))
    assert [task.due_on for task in todo(officer)] == [date(2025, 5, 1), date(2025, 6, 30)]
    assert [task.is_late for task in todo(officer)] == [True, False]


def test_the_coordinator_has_one_line_for_all_who_are_late(world: World, coordinator: User) -> None:
    survey = submitted_survey(world)
    started_survey(world, "Ia Đal")
    with clock.standing_on(AFTER_DUE):
        late, review = todo(coordinator)
    assert (late.url, late.due_on) == (f"/rounds/{survey.round_id}/", date(2025, 6, 30))
    assert str(late.status) == "xã Ia Tơi, xã Ia Đal"
    assert review.url == f"/surveys/{survey.pk}/review/"


def test_nobody_is_late_before_the_day(world: World, coordinator: User) -> None:
    open_yearly_round(world)
    assert todo(coordinator) == []


@pytest.mark.parametrize("username", ["leader", "health", "union", "administrator"])
def test_others_have_nothing_to_enter_or_to_remind(world: World, username: str) -> None:
    open_yearly_round(world)
    with clock.standing_on(AFTER_DUE):
        assert todo(world.user(username)) == []


def test_a_reopened_commune_is_reminded_and_reviewed(world: World, coordinator: User, officer: User) -> None:
    survey = filled_survey(world)
    close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    reopen_round(
        by=coordinator,
        survey_round=survey.round,
        commune=survey.commune,
        due_on=date(2025, 6, 20),
        reason="Bổ sung",
    )
    with clock.standing_on(AFTER_DUE):
        assert [task.due_on for task in todo(coordinator)] == [date(2025, 6, 20)]
    Survey.objects.filter(pk=survey.pk).update(
        state=SurveyState.SUBMITTED, submitted_by=officer, submitted_at=clock.now()
    )
    assert [task.url for task in todo(coordinator)] == [f"/surveys/{survey.pk}/review/"]


def test_a_returned_survey_says_why(world: World, officer: User, coordinator: User) -> None:
    survey = return_survey(by=coordinator, survey=submitted_survey(world), reason="Thiếu thôn 2")
    assert tasks_of(officer) == [(f"/surveys/{survey.pk}/children/", date(2025, 6, 30))]
    label = str(todo(officer)[0].label)
    assert "Thiếu thôn 2" in label
    assert survey.round.name in label


def test_a_correction_is_called_one(world: World, officer: User, client_of: Callable[[User], Client]) -> None:
    survey = correct_survey(by=officer, survey=approved_survey(world))
    (task,) = todo(officer)
    with translation.override("en"):
        assert todo(officer)[0].label == f"Correct the survey of {survey.commune}: {survey.round.name}"
        assert todo(officer)[0].status == "version 2, not submitted"
    page = client_of(officer).get(task.url)
    assert page.context["survey"].in_force == 1
    assert approved_survey(world, "Ia Đal").in_force is None


def test_home_costs_the_same_with_more_communes(world: World, coordinator: User, client_of: object) -> None:
    open_yearly_round(world)
    with clock.standing_on(AFTER_DUE):
        before = queries_of(client_of(coordinator), "/")  # type: ignore[operator]
        started_survey(world)
        started_survey(world, "Ia Đal")
        assert queries_of(client_of(coordinator), "/") == before  # type: ignore[operator]
