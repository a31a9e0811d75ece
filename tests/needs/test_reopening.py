"""A closed round, open again for one commune."""

from __future__ import annotations

from datetime import date

import pytest

from directory import clock, history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from needs.actions import (
    approve_survey,
    close_round,
    correct_survey,
    end_reopening,
    open_round,
    reopen_round,
    start_survey,
    submit_survey,
)
from needs.models import Need, NeedBalance, Reopening, Survey, SurveyRound
from needs.states import SurveyState
from tests.merger import DAY, Merger, merge
from tests.needs.build import (
    approved_need,
    approved_survey,
    filled_survey,
    open_yearly_round,
    submitted_survey,
)
from tests.needs.test_round import disaster
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
DUE = date(2025, 6, 20)
WHY = "Thôn 2 chưa kê khai"


def closed_round(world: World, year: int = 2025) -> SurveyRound:
    survey_round = open_yearly_round(world, year)
    return close_round(by=world.user("coordinator"), survey_round=survey_round, reason="Hết năm")


def reopened(world: World, survey_round: SurveyRound, commune: str = "Ia Dom") -> Reopening:
    return reopen_round(
        by=world.user("coordinator"),
        survey_round=survey_round,
        commune=world.commune(commune),
        due_on=DUE,
        reason=WHY,
    )


def ended(world: World, survey_round: SurveyRound, reason: str = "Đã bổ sung") -> Reopening:
    return end_reopening(
        by=world.user("coordinator"),
        survey_round=survey_round,
        commune=world.commune("Ia Dom"),
        reason=reason,
    )


def is_open(survey_round: SurveyRound, world: World, commune: str) -> bool:
    return SurveyRound.objects.get(pk=survey_round.pk).is_open_for(world.commune(commune).pk)


def test_it_opens_for_that_commune_alone(world: World, officer: User, stranger: User) -> None:
    survey_round = closed_round(world)
    reopening = reopened(world, survey_round)
    fresh = SurveyRound.objects.get(pk=survey_round.pk)
    assert (fresh.is_open, is_open(fresh, world, "Ia Dom"), is_open(fresh, world, "Ia Đal")) == (
        False,
        True,
        False,
    )
    assert fresh.due_for(world.commune("Ia Dom").pk) == DUE
    assert (reopening.reason, reopening.ended_at) == (WHY, None)
    start_survey(by=officer, survey_round=fresh, commune=world.commune("Ia Dom"))
    with pytest.raises(WrongState):
        start_survey(by=stranger, survey_round=fresh, commune=world.commune("Ia Đal"))


def test_its_unmet_needs_open_again_and_only_its_own(world: World, coordinator: User) -> None:
    met, unmet = approved_need(world, quantity=5), approved_need(world, band="6-10", quantity=5)
    others = approved_need(world, "Ia Đal", quantity=5)
    NeedBalance.objects.filter(pk=met.pk).update(covered=5, delivered=5)
    survey_round = closed_round(world)
    reopened(world, survey_round)
    assert list(Need.objects.open_needs()) == [unmet]
    unmet.refresh_from_db()
    others.refresh_from_db()
    assert (unmet.closed_at, unmet.close_reason, others.close_reason) == (None, "", "Hết năm")
    entry = HistoryEntry.objects.of(survey_round).first()
    assert (entry.verb, entry.reason, entry.by) == ("reopen_round", WHY, coordinator)
    assert entry.details == {"commune": "xã Ia Dom", "due_on": "2025-06-20", "needs_reopened": 1}


def test_a_correction_in_it_becomes_needs(world: World, officer: User, coordinator: User) -> None:
    survey = approved_survey(world)
    survey_round = closed_round(world)
    with pytest.raises(WrongState):
        correct_survey(by=officer, survey=survey)
    reopened(world, survey_round)
    need = approved_need(world, quantity=7)
    assert (need.round, need.balance.quantity, need.survey.version) == (survey_round, 7, 2)


def test_ending_it_closes_what_is_unmet_again(world: World, officer: User) -> None:
    need = approved_need(world)
    survey_round = closed_round(world)
    reopened(world, survey_round)
    reopening = ended(world, survey_round)
    need.refresh_from_db()
    assert (need.close_reason, list(Need.objects.open_needs())) == ("Đã bổ sung", [])
    assert (reopening.ended_by.username, reopening.ended_at is None) == ("coordinator", False)
    assert not is_open(survey_round, world, "Ia Dom")
    entry = HistoryEntry.objects.of(survey_round).first()
    assert (entry.verb, entry.details) == ("end_reopening", {"commune": "xã Ia Dom", "needs_closed": 1})
    with pytest.raises(WrongState):
        correct_survey(by=officer, survey=need.survey)


def test_it_may_be_reopened_once_more(world: World) -> None:
    survey_round = closed_round(world)
    for _time in range(2):
        reopened(world, survey_round)
        ended(world, survey_round)
    assert Reopening.objects.count() == 2


def test_an_open_round_is_not_reopened(world: World) -> None:
    with pytest.raises(WrongState) as refusal:
        reopened(world, open_yearly_round(world))
    assert refusal.value.code == "round_open"


def test_what_is_reopened_is_not_reopened_again(world: World) -> None:
    survey_round = closed_round(world)
    reopened(world, survey_round)
    with pytest.raises(WrongState) as refusal:
        reopened(world, survey_round)
    assert refusal.value.code == "reopened_already"
    assert "20/06/2025" in str(refusal.value)
    assert Reopening.objects.count() == 1


def test_only_a_commune_of_the_round(world: World, coordinator: User) -> None:
    survey_round = open_round(**disaster(world))
    close_round(by=coordinator, survey_round=survey_round, reason="Xong")
    with pytest.raises(Refusal) as refusal:
        reopened(world, survey_round, "Ia Đal")
    assert refusal.value.code == "not_in_round"


def test_a_day_in_the_past_and_no_reason_are_named_at_once(world: World, coordinator: User) -> None:
    survey_round = closed_round(world)
    with pytest.raises(Refusal) as refusal:
        reopen_round(
            by=coordinator,
            survey_round=survey_round,
            commune=world.commune("Ia Dom"),
            due_on=date(2025, 6, 1),
            reason=" ",
        )
    assert [problem.place for problem in refusal.value.problems] == ["due_on", "reason"]
    assert Reopening.objects.count() == 0


@pytest.mark.parametrize("username", ["officer.iadom", "leader", "health", "administrator"])
def test_only_coordinators_reopen_and_end(world: World, username: str) -> None:
    survey_round, by = closed_round(world), world.user(username)
    names = {"by": by, "survey_round": survey_round, "commune": world.commune("Ia Dom")}
    with pytest.raises(Forbidden):
        reopen_round(**names, due_on=DUE, reason=WHY)
    reopened(world, survey_round)
    with pytest.raises(Forbidden):
        end_reopening(**names, reason="Xong")


def test_nothing_counts_in_two_years(world: World) -> None:
    approved_need(world, year=2024)
    last_year = closed_round(world, 2024)
    approved_survey(world)
    with pytest.raises(WrongState) as refusal:
        reopened(world, last_year)
    assert refusal.value.code == "newer_review"
    assert "Rà soát nhu cầu năm 2025" in str(refusal.value)
    assert list(Need.objects.open_needs()) == []
    reopened(world, last_year, "Ia Đal")  # which has no approved survey in the newer round


def test_a_newer_review_is_approved_once_the_reopening_has_ended(world: World, coordinator: User) -> None:
    last_year = closed_round(world, 2024)
    reopened(world, last_year)
    survey = submitted_survey(world)
    with pytest.raises(WrongState) as refusal:
        approve_survey(by=coordinator, survey=survey)
    assert refusal.value.code == "earlier_reopened"
    assert "Rà soát nhu cầu năm 2024" in str(refusal.value)
    ended(world, last_year)
    assert approve_survey(by=coordinator, survey=survey).state == SurveyState.APPROVED


def test_a_neighbours_reopening_holds_no_approval(world: World, coordinator: User) -> None:
    reopened(world, closed_round(world, 2024), "Ia Đal")
    approved_survey(world)


def test_nothing_counts_in_two_years_over_a_merger(world: World, administrator: User) -> None:
    """Ia Dom's successor is surveyed, so Ia Dom's last year stays closed."""
    last_year = closed_round(world, 2024)
    with clock.standing_on(DAY):
        merger = merge(world, administrator)
        health = _health_coordinator(merger)
        _approved_in_a_round_of(merger, health)
        with pytest.raises(WrongState) as refusal:
            reopen_round(
                by=health,
                survey_round=last_year,
                commune=world.commune("Ia Dom"),
                due_on=DAY,
                reason=WHY,
            )
    assert refusal.value.code == "newer_review"
    assert "Rà soát của tỉnh" in str(refusal.value)


def _approved_in_a_round_of(merger: Merger, by: User) -> None:
    survey_round = open_round(
        by=by,
        scope=merger.province,
        year=2025,
        name="Rà soát của tỉnh",
        opens_on=DAY,
        due_on=date(2025, 9, 30),
    )
    survey = start_survey(
        by=by, survey_round=survey_round, commune=merger.commune, on_behalf_of=merger.committee
    )
    Survey.objects.filter(pk=survey.pk).update(state=SurveyState.APPROVED)


def _health_coordinator(merger: Merger) -> User:
    return User.objects.create(
        username="coordinator.soyte", full_name="Sở Y tế", role="coordinator", agency=merger.health
    )


def test_what_is_not_reopened_does_not_end(world: World) -> None:
    with pytest.raises(WrongState) as refusal:
        ended(world, closed_round(world))
    assert refusal.value.code == "not_reopened"


def test_it_ends_with_a_reason(world: World) -> None:
    survey_round = closed_round(world)
    reopened(world, survey_round)
    with pytest.raises(Refusal) as refusal:
        ended(world, survey_round, " ")
    assert refusal.value.code == "reason_missing"
    assert is_open(survey_round, world, "Ia Dom")


@pytest.mark.parametrize("state", [SurveyState.SUBMITTED, SurveyState.SIGNING])
def test_neither_round_nor_reopening_ends_while_a_survey_waits(
    world: World, coordinator: User, state: SurveyState
) -> None:
    survey = filled_survey(world)
    Survey.objects.filter(pk=survey.pk).update(state=state)
    with pytest.raises(WrongState) as refusal:
        close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    assert refusal.value.code == "surveys_waiting"
    assert "xã Ia Dom" in str(refusal.value)
    Survey.objects.filter(pk=survey.pk).update(state=SurveyState.DRAFT)
    survey_round = closed_round(world)
    reopened(world, survey_round)
    Survey.objects.filter(pk=survey.pk).update(state=state)
    with pytest.raises(WrongState) as refusal:
        ended(world, survey_round)
    assert refusal.value.code == "surveys_waiting"
    assert is_open(survey_round, world, "Ia Dom")


def test_a_neighbours_waiting_survey_does_not_hold_it(world: World, stranger: User) -> None:
    survey = filled_survey(world, "Ia Đal")
    survey_round = closed_round(world)
    reopened(world, survey_round)
    reopened(world, survey_round, "Ia Đal")
    submit_survey(by=stranger, survey=survey)
    ended(world, survey_round)
    assert not is_open(survey_round, world, "Ia Dom")


def test_a_survey_is_handed_in_and_approved_in_it(world: World, officer: User, coordinator: User) -> None:
    survey = filled_survey(world)
    survey_round = closed_round(world)
    with pytest.raises(WrongState):
        submit_survey(by=officer, survey=survey)
    reopened(world, survey_round)
    approve_survey(by=coordinator, survey=submit_survey(by=officer, survey=survey))
    assert Survey.objects.get(pk=survey.pk).state == SurveyState.APPROVED


@pytest.mark.parametrize("deed", [reopened, ended])
def test_both_are_atomic(world: World, monkeypatch: pytest.MonkeyPatch, deed: object) -> None:
    need = approved_need(world)
    survey_round = closed_round(world)
    if deed is ended:
        reopened(world, survey_round)
    before = list(Need.objects.values()), list(Reopening.objects.values())
    monkeypatch.setattr(history, "record", _fail)
    with pytest.raises(RuntimeError):
        deed(world, survey_round)  # type: ignore[operator]
    assert (list(Need.objects.values()), list(Reopening.objects.values())) == before
    assert need.round_id == survey_round.pk


def _fail(*args: object, **kwargs: object) -> None:
    raise RuntimeError("no history")
