"""Changing an open round: what may move, what may not, and who was first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from directory import history
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, Place, User
from needs.actions import change_round, close_round, open_round, start_survey
from needs.actions.round import version_of
from needs.models import Survey, SurveyRound
from needs.states import SurveyState
from tests.needs.build import open_yearly_round, started_survey
from tests.needs.test_round import disaster
from tests.needs.test_row import save_count
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def changed(survey_round: SurveyRound, by: User, **wanted: Any) -> SurveyRound:
    """The round with ``wanted`` in place of what it says; read just now, unless a version is given."""
    as_it_is = {
        "version": version_of(survey_round),
        "name": survey_round.name,
        "due_on": survey_round.due_on,
        "instructions": survey_round.instructions,
        "asks_chair": survey_round.asks_chair,
    }
    return change_round(by=by, survey_round=survey_round, **(as_it_is | wanted))


def places_of(survey_round: SurveyRound) -> list[str]:
    return sorted(place.full_name for place in survey_round.places.all())


def test_a_round_says_that_it_asks_the_chair(world: World) -> None:
    assert open_round(**disaster(world, asks_chair=True)).asks_chair
    assert not open_round(**disaster(world)).asks_chair


def test_what_is_changed_stands_in_the_history_before_and_after(world: World, coordinator: User) -> None:
    survey_round = changed(
        open_yearly_round(world),
        coordinator,
        name=" Rà soát 2025 ",
        instructions="Ghi 0 nếu không có",
        due_on=date(2025, 7, 31),
        reason="Mưa lớn",
        asks_chair=True,
    )
    survey_round.refresh_from_db()
    assert (survey_round.name, survey_round.due_on, survey_round.asks_chair) == (
        "Rà soát 2025",
        date(2025, 7, 31),
        True,
    )
    entry = HistoryEntry.objects.of(survey_round).first()
    assert (entry.verb, entry.by, entry.reason) == ("change_round", coordinator, "Mưa lớn")
    assert entry.details["before"] == {
        "name": "Rà soát nhu cầu năm 2025",
        "due_on": "2025-06-30",
        "instructions": "",
        "asks_chair": False,
    }
    assert entry.details["after"] == {
        "name": "Rà soát 2025",
        "due_on": "2025-07-31",
        "instructions": "Ghi 0 nếu không có",
        "asks_chair": True,
    }


def test_nothing_changed_is_no_deed(world: World, coordinator: User) -> None:
    survey_round = changed(open_yearly_round(world), coordinator)
    assert [entry.verb for entry in HistoryEntry.objects.of(survey_round)] == ["open_round"]


@pytest.mark.parametrize("username", ["officer.iadom", "leader", "health", "administrator"])
def test_only_coordinators_change_rounds(world: World, username: str) -> None:
    with pytest.raises(Forbidden):
        changed(open_yearly_round(world), world.user(username), name="Khác")


def test_a_closed_round_is_not_changed(world: World, coordinator: User) -> None:
    survey_round = close_round(by=coordinator, survey_round=open_yearly_round(world), reason="Hết năm")
    with pytest.raises(WrongState) as refusal:
        changed(survey_round, coordinator, name="Khác")
    assert refusal.value.code == "round_closed"


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({"name": " "}, ["name"]),
        ({"due_on": date(2024, 12, 31), "reason": "Gấp"}, ["due_on", "due_on"]),
        ({"due_on": date(2025, 6, 1), "reason": "Gấp"}, ["due_on"]),
        ({"due_on": date(2025, 7, 31)}, ["reason"]),
        ({"name": "", "due_on": date(2025, 6, 1)}, ["name", "due_on", "reason"]),
    ],
)
def test_all_that_is_wrong_is_named_and_nothing_changes(
    world: World, coordinator: User, wanted: dict[str, Any], places: list[str]
) -> None:
    survey_round = open_yearly_round(world)
    with pytest.raises(Refusal) as refusal:
        changed(survey_round, coordinator, **wanted)
    assert [problem.place for problem in refusal.value.problems] == places
    survey_round.refresh_from_db()
    assert (survey_round.name, survey_round.due_on) == ("Rà soát nhu cầu năm 2025", date(2025, 6, 30))
    assert version_of(survey_round) == 0


def test_the_opening_moves_only_before_the_first_survey(world: World, coordinator: User) -> None:
    survey_round = changed(open_yearly_round(world), coordinator, opens_on=date(2025, 2, 1))
    assert survey_round.opens_on == date(2025, 2, 1)
    started_survey(world)
    with pytest.raises(Refusal) as refusal:
        changed(survey_round, coordinator, opens_on=date(2025, 3, 1))
    assert [problem.place for problem in refusal.value.problems] == ["opens_on"]


def test_of_two_who_change_the_same_the_second_sees_the_first(
    world: World, coordinator: User, second_coordinator: User
) -> None:
    survey_round = open_yearly_round(world)
    changed(survey_round, coordinator, name="Rà soát đợt 1")
    with pytest.raises(Stale) as refusal:
        changed(survey_round, second_coordinator, name="Rà soát 2025", version=0)
    details = refusal.value.details
    assert (details["theirs"], details["yours"]) == ({"name": "Rà soát đợt 1"}, {"name": "Rà soát 2025"})
    assert (details["by"], details["version"]) == (coordinator, 1)
    assert [problem.place for problem in refusal.value.problems] == ["name"]


def test_a_change_beside_somebody_elses_goes_through(
    world: World, coordinator: User, second_coordinator: User
) -> None:
    survey_round = changed(open_yearly_round(world), coordinator, asks_chair=True)
    changed(survey_round, second_coordinator, name="Rà soát 2025", version=0)
    survey_round.refresh_from_db()
    assert (survey_round.name, survey_round.asks_chair) == ("Rà soát 2025", True)


def test_the_same_change_twice_is_made_once(world: World, coordinator: User) -> None:
    survey_round = open_yearly_round(world)
    for _time in range(2):
        changed(survey_round, coordinator, name="Rà soát 2025", version=0)
    assert version_of(survey_round) == 1


def test_places_are_added_while_it_is_open(world: World, coordinator: User) -> None:
    survey_round = open_round(**disaster(world))
    places = [*survey_round.places.all(), world.village("Ia Đal")]
    changed(survey_round, coordinator, places=places)
    assert places_of(survey_round) == [
        "Thôn 1, xã Ia Dom",
        "Thôn 1, xã Ia Đal",
        "Trường Mầm non Ia Dom, xã Ia Dom",
    ]
    details = HistoryEntry.objects.of(survey_round).first().details
    assert len(details["after"]["places"]) == len(details["before"]["places"]) + 1


def test_a_yearly_round_still_has_no_places(world: World, coordinator: User) -> None:
    with pytest.raises(Refusal):
        changed(open_yearly_round(world), coordinator, places=[world.village("Ia Dom")])


def test_a_place_without_entries_may_be_taken_out(world: World, officer: User, coordinator: User) -> None:
    survey_round = open_round(**disaster(world))
    survey = start_survey(by=officer, survey_round=survey_round, commune=world.commune("Ia Dom"))
    save_count(world, survey, officer, 5)  # of the first village
    changed(survey_round, coordinator, places=[world.village("Ia Dom")])
    assert places_of(survey_round) == ["Thôn 1, xã Ia Dom"]


def test_a_place_with_entries_stays(world: World, officer: User, coordinator: User) -> None:
    survey_round = open_round(**disaster(world))
    survey = start_survey(by=officer, survey_round=survey_round, commune=world.commune("Ia Dom"))
    save_count(world, survey, officer, 5)
    with pytest.raises(Refusal) as refusal:
        changed(survey_round, coordinator, places=[world.school("Ia Dom")])
    assert "Thôn 1, xã Ia Dom" in str(refusal.value)
    assert len(places_of(survey_round)) == 2


def test_a_survey_keeps_one_place_at_least(world: World, officer: User, coordinator: User) -> None:
    survey_round = open_round(**disaster(world))
    start_survey(by=officer, survey_round=survey_round, commune=world.commune("Ia Dom"))
    with pytest.raises(Refusal) as refusal:
        changed(survey_round, coordinator, places=[world.village("Ia Đal")])
    assert [problem.place for problem in refusal.value.problems] == ["places"]


@pytest.mark.parametrize("state", [SurveyState.SUBMITTED, SurveyState.SIGNING])
def test_nothing_is_added_to_a_survey_that_waits(
    world: World, officer: User, coordinator: User, state: SurveyState
) -> None:
    survey_round = open_round(**disaster(world))
    survey = start_survey(by=officer, survey_round=survey_round, commune=world.commune("Ia Dom"))
    Survey.objects.filter(pk=survey.pk).update(state=state)
    places = [*survey_round.places.all(), world.village("Ia Dom", 2)]
    with pytest.raises(Refusal) as refusal:
        changed(survey_round, coordinator, places=places)
    assert "Thôn 2, xã Ia Dom" in str(refusal.value)


def test_a_place_must_stand_when_the_round_opens(world: World) -> None:
    village = world.village("Ia Dom")
    Place.objects.filter(pk=village.pk).update(valid_from=date(2025, 6, 3))
    village.refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        open_round(**disaster(world, places=[village]))
    assert [problem.place for problem in refusal.value.problems] == ["places"]
    assert SurveyRound.objects.count() == 0


def test_changing_is_atomic(world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    survey_round = open_round(**disaster(world))
    monkeypatch.setattr(history, "record", _fail)
    with pytest.raises(RuntimeError):
        changed(survey_round, coordinator, name="Khác", places=[world.village("Ia Dom")])
    survey_round.refresh_from_db()
    assert (survey_round.name, len(places_of(survey_round))) == ("Rà soát nhu cầu năm 2025", 2)


def _fail(*args: object, **kwargs: object) -> None:
    raise RuntimeError("no history")
