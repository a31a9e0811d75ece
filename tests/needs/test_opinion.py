"""Lead agencies are asked for their opinion on their area, and give it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from directory import clock, history
from directory.deeds import acting
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, LeadArea, User
from needs.actions import (
    approve_survey,
    ask_opinion,
    close_round,
    give_opinion,
    return_survey,
    submit_survey,
)
from needs.models import Opinion, Survey
from needs.opinions import askings, outstanding
from tests.needs.build import approved_survey, filled_survey, submitted_survey
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def asked(world: World, survey: Survey | None = None, area: str = "health_nutrition") -> Opinion:
    return ask_opinion(
        by=world.user("coordinator"),
        survey=survey or submitted_survey(world),
        area=world.area(area),
        question="Số bữa ăn có hợp lý không?",
    )


def given(world: World, opinion: Opinion, verdict: str = "agrees", text: str = "") -> Opinion:
    return give_opinion(by=world.user("health"), opinion=opinion, verdict=verdict, text=text)


def test_the_lead_agency_of_today_is_asked(world: World, coordinator: User) -> None:
    opinion = asked(world)
    assert (opinion.agency, opinion.asked_by) == (world.agency("TTYT"), coordinator)
    assert (opinion.given_at, opinion.verdict) == (None, "")


@pytest.mark.parametrize("username", ["officer.iadom", "leader", "health", "union", "administrator"])
def test_only_the_reviewer_asks(world: World, username: str) -> None:
    survey = submitted_survey(world)
    with pytest.raises(Forbidden):
        ask_opinion(by=world.user(username), survey=survey, area=world.area("health_nutrition"), question="")
    assert Opinion.objects.count() == 0


@pytest.mark.parametrize(
    ("build", "code"), [(filled_survey, "survey_not_submitted"), (approved_survey, "survey_approved")]
)
def test_only_a_submitted_survey_is_asked_about(
    world: World, build: Callable[[World], Survey], code: str
) -> None:
    survey = build(world)
    with pytest.raises(WrongState) as refusal:
        asked(world, survey)
    assert (refusal.value.code, Opinion.objects.count()) == (code, 0)


def test_an_office_does_not_ask_itself(world: World) -> None:
    survey = submitted_survey(world)
    with pytest.raises(Refusal) as refusal:
        asked(world, survey, "warm_clothing")
    assert [problem.place for problem in refusal.value.problems] == ["area"]
    assert Opinion.objects.count() == 0


def test_an_area_that_nobody_leads_is_not_asked_about(world: World) -> None:
    survey = submitted_survey(world)
    LeadArea.objects.filter(area=world.area("health_nutrition")).update(valid_to=date(2025, 6, 1))
    with pytest.raises(Refusal) as refusal:
        asked(world, survey)
    assert (refusal.value.code, Opinion.objects.count()) == ("invalid_question", 0)


def test_an_endless_question_is_refused(world: World, coordinator: User) -> None:
    survey = submitted_survey(world)
    with pytest.raises(Refusal) as refusal:
        ask_opinion(by=coordinator, survey=survey, area=world.area("play"), question="x" * 501)
    assert [problem.place for problem in refusal.value.problems] == ["question"]
    assert Opinion.objects.count() == 0


@pytest.mark.parametrize("answered", [False, True])
def test_asking_twice_is_refused(world: World, answered: bool) -> None:
    opinion = asked(world)
    if answered:
        given(world, opinion)
    with pytest.raises(WrongState) as refusal:
        asked(world, opinion.survey)
    assert (refusal.value.code, Opinion.objects.count()) == ("asked_already", 1)


def test_the_agency_answers(world: World, health_officer: User) -> None:
    opinion = given(world, asked(world), "with_changes", " Giảm suất của thôn 1 ")
    assert (opinion.verdict, opinion.text, opinion.given_by) == (
        "with_changes",
        "Giảm suất của thôn 1",
        health_officer,
    )
    assert outstanding(opinion.survey) == []


@pytest.mark.parametrize("username", ["officer.iadom", "coordinator", "leader", "culture", "union"])
def test_nobody_else_answers(world: World, username: str) -> None:
    opinion = asked(world)
    with pytest.raises(Forbidden):
        give_opinion(by=world.user(username), opinion=opinion, verdict="agrees", text="")
    opinion.refresh_from_db()
    assert opinion.given_at is None


@pytest.mark.parametrize(
    ("verdict", "text", "place"),
    [
        ("", "", "verdict"),
        ("maybe", "", "verdict"),
        ("disagrees", "  ", "text"),
        ("agrees", "x" * 2001, "text"),
    ],
)
def test_an_answer_says_what_and_why(world: World, verdict: str, text: str, place: str) -> None:
    opinion = asked(world)
    with pytest.raises(Refusal) as refusal:
        given(world, opinion, verdict, text)
    opinion.refresh_from_db()
    assert ([problem.place for problem in refusal.value.problems], opinion.given_at) == ([place], None)


def test_an_answer_is_changed_until_the_approval(
    world: World, health_officer: User, coordinator: User
) -> None:
    opinion = given(world, asked(world))
    with clock.standing_on(date(2025, 6, 3)):
        opinion = give_opinion(
            by=health_officer,
            opinion=opinion,
            verdict="disagrees",
            text="Quá nhiều",
            seen_at=opinion.given_at,
        )
    entry = HistoryEntry.objects.of(opinion).first()
    assert entry is not None
    assert (entry.verb, entry.details["former"]) == ("change_opinion", ["agrees", ""])
    approve_survey(by=coordinator, survey=opinion.survey)
    with pytest.raises(WrongState):
        given(world, opinion)
    opinion.refresh_from_db()
    assert opinion.verdict == "disagrees"


def test_a_colleagues_answer_is_not_overwritten_unseen(world: World, health_officer: User) -> None:
    opinion = given(world, asked(world))
    with pytest.raises(Stale) as refusal:
        give_opinion(by=health_officer, opinion=opinion, verdict="disagrees", text="Quá nhiều")
    opinion.refresh_from_db()
    assert (opinion.verdict, refusal.value.details["yours"]["verdict"]) == ("agrees", "disagrees")


def test_the_same_answer_twice_is_no_conflict(world: World) -> None:
    opinion = given(world, asked(world))
    assert given(world, opinion).verdict == "agrees"
    assert [entry.verb for entry in HistoryEntry.objects.of(opinion)] == ["give_opinion", "ask_opinion"]


def test_a_returned_survey_is_not_answered_about(world: World, coordinator: User) -> None:
    opinion = asked(world)
    return_survey(by=coordinator, survey=opinion.survey, reason="Sửa")
    with pytest.raises(WrongState) as refusal:
        given(world, opinion)
    opinion.refresh_from_db()
    assert (refusal.value.code, opinion.given_at) == ("survey_not_submitted", None)


def test_a_closed_round_is_not_answered_about(world: World, coordinator: User) -> None:
    opinion = asked(world)
    return_survey(by=coordinator, survey=opinion.survey, reason="Sửa")
    close_round(by=coordinator, survey_round=opinion.survey.round, reason="Hết năm")
    with pytest.raises(WrongState) as refusal:
        given(world, opinion)
    assert refusal.value.code == "round_closed"


def test_a_return_marks_what_was_answered_before(world: World, officer: User, coordinator: User) -> None:
    opinion = given(world, asked(world), "disagrees", "Quá nhiều")
    with clock.standing_on(date(2025, 6, 3)):
        survey = return_survey(by=coordinator, survey=opinion.survey, reason="Sửa")
        assert Opinion.objects.get().is_outdated
    with clock.standing_on(date(2025, 6, 4)):
        survey = submit_survey(by=officer, survey=survey)
        assert [each.text for each in outstanding(survey)] == ["Quá nhiều"]
        again = asked(world, survey)
    assert (again.pk, again.verdict, again.given_at) == (opinion.pk, "", None)
    said = HistoryEntry.objects.of(opinion).values_list("verb", "reason")
    assert ("give_opinion", "Quá nhiều") in list(said)


def test_an_approval_names_what_is_outstanding(world: World, coordinator: User) -> None:
    opinion = asked(world)
    approve_survey(by=coordinator, survey=opinion.survey)
    entry = HistoryEntry.objects.of(opinion.survey).filter(verb="approve_survey").get()
    assert entry.details["opinions_outstanding"] == ["health_nutrition"]


def test_who_may_be_asked(world: World, coordinator: User) -> None:
    survey = submitted_survey(world)
    asked(world, survey)
    areas = [world.area(code) for code in ("health_nutrition", "play", "warm_clothing")]
    assert [each.may_be_asked for each in askings(coordinator, survey, areas)] == [False, True, False]


def test_the_successor_of_the_agency_is_asked_anew(world: World, coordinator: User) -> None:
    opinion = asked(world)
    LeadArea.objects.filter(area=opinion.area).update(agency=world.agency("VH-TT-DL&TT"))
    assert asked(world, opinion.survey).agency == world.agency("VH-TT-DL&TT")


def test_opinions_are_written_with_their_history_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = submitted_survey(world)
    opinion = asked(world, survey)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        asked(world, survey, "play")
    with pytest.raises(RuntimeError):
        given(world, opinion)
    assert [each.given_at for each in Opinion.objects.all()] == [None]


def test_an_opinion_changes_by_actions_only(world: World) -> None:
    opinion = asked(world)
    with pytest.raises(RuntimeError):
        opinion.save()
    with acting():
        opinion.save()
