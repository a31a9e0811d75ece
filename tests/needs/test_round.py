"""Opening and closing survey rounds."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from directory import history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from needs.actions import close_round, open_round, start_survey
from needs.models import Need, NeedBalance, SurveyRound
from needs.states import RoundState
from tests.needs.build import approved_need, open_yearly_round, started_survey, submitted_survey
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def given(world: World, **changed: Any) -> dict[str, Any]:
    return {
        "by": world.user("coordinator"),
        "scope": world.district,
        "year": 2025,
        "name": "Rà soát nhu cầu năm 2025",
        "opens_on": date(2025, 6, 2),
        "due_on": date(2025, 9, 30),
    } | changed


def disaster(world: World, **changed: Any) -> dict[str, Any]:
    places = [world.village("Ia Dom"), world.school("Ia Dom")]
    return given(world, kind="supplementary", event="Lốc xoáy ngày 20/5", places=places) | changed


def test_a_yearly_round_takes_in_all_communes(world: World) -> None:
    survey_round = open_round(**given(world))
    assert survey_round.state == RoundState.OPEN
    assert sorted(commune.short_name for commune in survey_round.communes()) == ["Ia Dom", "Ia Tơi", "Ia Đal"]
    assert [place.kind for place in survey_round.places_in([world.commune("Ia Dom").pk])] == [
        "commune",
        "village",
        "village",
        "school",
    ]
    assert HistoryEntry.objects.of(survey_round).get().verb == "open_round"


def test_a_supplementary_round_takes_in_its_places_only(world: World) -> None:
    survey_round = open_round(**disaster(world))
    assert [commune.short_name for commune in survey_round.communes()] == ["Ia Dom"]
    assert list(survey_round.places_in([world.commune("Ia Dom").pk])) == [
        world.village("Ia Dom"),
        world.school("Ia Dom"),
    ]


@pytest.mark.parametrize(
    "username", ["officer.iadom", "leader", "health", "culture", "union", "administrator"]
)
def test_only_coordinators_open_rounds(world: World, username: str) -> None:
    with pytest.raises(Forbidden):
        open_round(**given(world, by=world.user(username)))


@pytest.mark.parametrize("scope", ["commune", "province"])
def test_a_round_is_opened_only_for_the_coordinated_scope(world: World, scope: str) -> None:
    unit = world.commune("Ia Dom") if scope == "commune" else world.district.parent
    with pytest.raises(Forbidden):
        open_round(**given(world, scope=unit))


@pytest.mark.parametrize(
    ("changed", "places"),
    [
        ({"name": "  "}, ["name"]),
        ({"year": 1999}, ["year"]),
        ({"due_on": date(2025, 6, 1)}, ["due_on"]),
        ({"name": "", "year": 2050, "due_on": date(2025, 6, 1)}, ["year", "due_on", "name"]),
    ],
)
def test_all_that_is_wrong_is_named_at_once(world: World, changed: dict[str, Any], places: list[str]) -> None:
    with pytest.raises(Refusal) as refusal:
        open_round(**given(world, **changed))
    assert [problem.place for problem in refusal.value.problems] == places
    assert SurveyRound.objects.count() == 0


def test_a_supplementary_round_needs_event_and_places(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        open_round(**disaster(world, event="", places=[]))
    assert [problem.place for problem in refusal.value.problems] == ["event", "places"]


def test_a_yearly_round_has_no_places(world: World) -> None:
    with pytest.raises(Refusal):
        open_round(**given(world, places=[world.village("Ia Dom")]))


def test_one_yearly_round_a_year(world: World) -> None:
    open_round(**given(world))
    with pytest.raises(WrongState) as refusal:
        open_round(**given(world, name="Lần hai"))
    assert refusal.value.code == "yearly_round_exists"
    open_round(**disaster(world))
    open_round(**given(world, year=2026))
    assert SurveyRound.objects.count() == 3


def test_the_same_form_opens_one_round(world: World) -> None:
    key = uuid.uuid4()
    assert open_round(**given(world), key=key) == open_round(**given(world), key=key)
    assert SurveyRound.objects.count() == 1


def test_opening_is_atomic(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "record", _fail)
    with pytest.raises(RuntimeError):
        open_round(**given(world))
    assert SurveyRound.objects.count() == 0


def test_closing_closes_what_is_unmet(world: World, coordinator: User) -> None:
    met, unmet = approved_need(world, quantity=5), approved_need(world, band="6-10", quantity=5)
    NeedBalance.objects.filter(pk=met.pk).update(covered=5, delivered=5)
    NeedBalance.objects.filter(pk=unmet.pk).update(covered=5, delivered=4)
    close_round(by=coordinator, survey_round=met.round, reason="Hết năm")
    met.refresh_from_db()
    unmet.refresh_from_db()
    assert (met.closed_at, unmet.close_reason) == (None, "Hết năm")
    assert list(Need.objects.open_needs()) == []


def test_closing_needs_a_reason(world: World, coordinator: User) -> None:
    survey_round = open_yearly_round(world)
    with pytest.raises(Refusal) as refusal:
        close_round(by=coordinator, survey_round=survey_round, reason=" ")
    assert refusal.value.code == "reason_missing"


def test_surveys_that_wait_keep_the_round_open(world: World, coordinator: User) -> None:
    survey = submitted_survey(world)
    with pytest.raises(WrongState) as refusal:
        close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    assert "xã Ia Dom" in str(refusal.value)


def test_a_round_closes_once(world: World, coordinator: User) -> None:
    survey_round = open_yearly_round(world)
    close_round(by=coordinator, survey_round=survey_round, reason="Hết năm")
    with pytest.raises(WrongState):
        close_round(by=coordinator, survey_round=survey_round, reason="Hết năm")


@pytest.mark.parametrize("username", ["officer.iadom", "leader", "health", "administrator"])
def test_only_coordinators_close_rounds(world: World, username: str) -> None:
    with pytest.raises(Forbidden):
        close_round(by=world.user(username), survey_round=open_yearly_round(world), reason="Hết năm")


def test_nothing_starts_in_a_closed_round(world: World, officer: User, coordinator: User) -> None:
    survey_round = open_yearly_round(world)
    close_round(by=coordinator, survey_round=survey_round, reason="Hết năm")
    with pytest.raises(WrongState) as refusal:
        start_survey(by=officer, survey_round=survey_round, commune=world.commune("Ia Dom"))
    assert refusal.value.code == "round_closed"


def test_closing_is_atomic(world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    survey_round = started_survey(world).round
    monkeypatch.setattr(history, "record", _fail)
    with pytest.raises(RuntimeError):
        close_round(by=coordinator, survey_round=survey_round, reason="Hết năm")
    survey_round.refresh_from_db()
    assert survey_round.state == RoundState.OPEN


def _fail(*args: object, **kwargs: object) -> None:
    raise RuntimeError("no history")
