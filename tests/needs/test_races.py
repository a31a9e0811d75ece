"""Two officers at once, with real row locks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from directory import clock
from directory.errors import Stale, WrongState
from directory.models import User
from needs.actions import (
    approve_survey,
    close_round,
    correct_survey,
    end_reopening,
    prioritise_need,
    reopen_round,
    submit_survey,
)
from needs.actions.round import held
from needs.models import Need, NeedStatement, Reopening, Survey, SurveyRound, SurveyRow
from needs.states import SurveyState
from tests.day import DAY
from tests.needs.build import Statement, approved_need, filled_survey, started_survey, submitted_survey
from tests.needs.test_row import save_count
from tests.world import World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_of_two_at_once_one_wins(world: World, officer: User) -> None:
    survey, outcomes = started_survey(world), []
    together = threading.Barrier(4)

    def save(value: int) -> None:
        together.wait()
        try:
            save_count(world, survey, officer, value)
            outcomes.append("saved")
        except Stale:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "stale", "stale", "stale"]
    assert SurveyRow.objects.get().version == 1


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """What became of deeds begun together: “done”, or the code of the refusal."""
    outcomes = [""] * len(deeds)
    together = threading.Barrier(len(deeds))

    def run(index: int) -> None:
        together.wait()
        try:
            deeds[index]()
            outcomes[index] = "done"
        except WrongState as refusal:
            outcomes[index] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def reopened_for(survey: Survey, by: User) -> Callable[[], Reopening]:
    def reopen() -> Reopening:
        with clock.standing_on(DAY):  # a thread of its own does not know the tests' day
            return reopen_round(
                by=by, survey_round=survey.round, commune=survey.commune, due_on=DAY, reason="Bổ sung"
            )

    return reopen


def ended_for(survey: Survey, by: User) -> Callable[[], Reopening]:
    return lambda: end_reopening(by=by, survey_round=survey.round, commune=survey.commune, reason="Xong")


def test_two_reopen_it_once(world: World, coordinator: User, second_coordinator: User) -> None:
    survey = started_survey(world)
    close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    deeds = [reopened_for(survey, by) for by in (coordinator, second_coordinator)]
    assert sorted(at_once(*deeds)) == ["done", "reopened_already"]
    assert Reopening.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_no_save_slips_into_an_ended_reopening(
    world: World, officer: User, coordinator: User, attempt: int
) -> None:
    """Either the row is saved and then the reopening ends, or the save is refused: never saved afterwards."""
    survey = started_survey(world)
    close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    reopened_for(survey, coordinator)()
    saved, ended = at_once(
        lambda: save_count(world, survey, officer, attempt), ended_for(survey, coordinator)
    )
    assert (ended, saved in ("done", "round_closed")) == ("done", True)
    if saved == "done":
        assert SurveyRow.objects.get().saved_at <= Reopening.objects.get().ended_at


@pytest.mark.parametrize("attempt", range(3))
def test_a_survey_is_handed_in_or_shut_out(
    world: World, officer: User, coordinator: User, attempt: int
) -> None:
    survey = filled_survey(world)
    close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    reopened_for(survey, coordinator)()
    outcomes = at_once(lambda: submit_survey(by=officer, survey=survey), ended_for(survey, coordinator))
    assert outcomes in (["done", "surveys_waiting"], ["round_closed", "done"])
    in_force = Reopening.objects.in_force().exists()
    state = Survey.objects.get(pk=survey.pk).state
    assert (state == SurveyState.SUBMITTED) == in_force


@pytest.mark.parametrize("attempt", range(3))
def test_an_approval_leaves_no_need_open_in_a_closed_round(
    world: World, officer: User, coordinator: User, second_coordinator: User, attempt: int
) -> None:
    survey = filled_survey(world, needs=[Statement(world.village("Ia Dom"))])
    close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    reopened_for(survey, coordinator)()
    submit_survey(by=officer, survey=survey)
    outcomes = at_once(
        lambda: approve_survey(by=second_coordinator, survey=survey), ended_for(survey, coordinator)
    )
    assert outcomes in (["done", "surveys_waiting"], ["done", "done"])
    assert Need.objects.open_needs().exists() == Reopening.objects.in_force().exists()


@pytest.mark.parametrize("attempt", range(3))
def test_one_year_counts_whoever_is_first(
    world: World, coordinator: User, second_coordinator: User, attempt: int
) -> None:
    """Last year's round is reopened while this year's survey is approved: never both."""
    last_year = started_survey(world, year=2024)
    close_round(by=coordinator, survey_round=last_year.round, reason="Hết năm")
    survey = submitted_survey(world)
    outcomes = at_once(
        reopened_for(last_year, coordinator),
        lambda: approve_survey(by=second_coordinator, survey=survey),
    )
    assert outcomes in (["done", "earlier_reopened"], ["newer_review", "done"])


def test_what_reopens_while_something_is_saved_elsewhere_waits_for_nobody_for_ever(
    world: World, stranger: User, coordinator: User
) -> None:
    """Reopening and ending take round and surveys in one order, as closing does: no deadlock."""
    need = approved_need(world)
    other = started_survey(world, "Ia Đal")
    survey_round = SurveyRound.objects.get()
    close_round(by=coordinator, survey_round=survey_round, reason="Hết năm")
    reopened_for(other, coordinator)()
    outcomes = at_once(
        reopened_for(need.survey, coordinator),
        lambda: save_count(world, other, stranger, 3, place="Ia Đal"),
        ended_for(other, coordinator),
    )
    assert (outcomes[0], outcomes[1] in ("done", "round_closed"), outcomes[2]) == ("done", True, "done")


def begun_while_a_correction_begins(survey: Survey, officer: User, deed: Callable[[], object]) -> None:
    """``deed`` waits for the version in force, which the correction holds until it is there."""
    with transaction.atomic():
        correct_survey(by=officer, survey=survey)
        waiting = threading.Thread(target=at_once, args=[deed])
        waiting.start()
        _wait_for_a_waiting_lock()
    waiting.join()


def _wait_for_a_waiting_lock() -> None:
    until = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_correction_begun_meanwhile_takes_the_priority_too(
    world: World, officer: User, coordinator: User
) -> None:
    need = approved_need(world)
    begun_while_a_correction_begins(
        need.survey,
        officer,
        lambda: prioritise_need(by=coordinator, need=need, priority=1, reason="Mưa lũ"),
    )
    stated = NeedStatement.objects.order_by("survey__version")
    assert list(stated.values_list("survey__version", "reviewed_priority")) == [(1, 1), (2, 1)]


def test_a_correction_begun_meanwhile_is_held_with_its_round(world: World, officer: User) -> None:
    survey, versions = approved_need(world).survey, []

    def hold() -> None:
        with transaction.atomic():
            versions.extend(found.version for found in held(survey.round)[1])

    begun_while_a_correction_begins(survey, officer, hold)
    assert versions == [1, 2]
