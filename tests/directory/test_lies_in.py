"""In which village a school lies: entered, changed, and carried over by a merger."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from directory import clock, history
from directory.actions.place import change_place, end_place, enter_place
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, Place, User
from tests.merger import DAY, merge
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TODAY = date(2025, 6, 2)


def put(place: Place, village: Place | None, by: User) -> Place:
    return change_place(by=by, place=place, version=history.version_of(place), lies_in=village)


def state(place: Place) -> list[Any]:
    place = Place.objects.get(pk=place.pk)
    return [place.lies_in, history.version_of(place), HistoryEntry.objects.of(place).count()]


def test_a_school_lies_in_a_village_of_its_commune(world: World, coordinator: User) -> None:
    school, village = world.school("Ia Dom"), world.village("Ia Dom")
    assert put(school, village, coordinator).lies_in == village
    entry = HistoryEntry.objects.of(school).get()
    assert (entry.details["before"], entry.details["after"]) == ({"lies_in": ""}, {"lies_in": "Thôn 1"})
    assert school.history.latest().history_user == coordinator
    assert put(school, None, coordinator).lies_in is None


def test_a_site_is_entered_with_its_village(world: World, coordinator: User) -> None:
    commune, village = world.commune("Ia Dom"), world.village("Ia Dom")
    facts = {"by": coordinator, "unit": commune, "valid_from": TODAY, "lies_in": village}
    assert enter_place(kind="site", name="Điểm trường Thôn 1", **facts).lies_in == village
    with pytest.raises(Refusal) as refused:
        enter_place(kind="village", name="Thôn 9", **facts)
    assert (refused.value.code, refused.value.problems[0].place) == ("lies_elsewhere", "lies_in")
    assert not Place.objects.filter(name="Thôn 9").exists()


def test_where_it_cannot_lie(world: World, coordinator: User) -> None:
    school, other = world.school("Ia Dom"), world.village("Ia Dom", 2)
    ended = enter_place(
        by=coordinator, unit=school.unit, kind="village", name="Thôn 9", valid_from=date(2019, 1, 1)
    )
    Place.objects.filter(pk=school.pk).update(valid_from=date(2025, 1, 1))
    ended = end_place(by=coordinator, place=ended, last_day=date(2024, 12, 31), reason="x")
    before = state(school)
    for village in (world.village("Ia Đal"), school, ended):
        with pytest.raises(Refusal) as refused:
            put(school, village, coordinator)
        assert refused.value.problems[0].place == "lies_in"
    with pytest.raises(Refusal):
        put(other, world.village("Ia Dom"), coordinator)
    assert (state(school), state(other)[0]) == (before, None)


def test_a_newer_change_is_not_overwritten(world: World, coordinator: User, second_coordinator: User) -> None:
    school, mine, theirs = world.school("Ia Dom"), world.village("Ia Dom"), world.village("Ia Dom", 2)
    read = history.version_of(school)
    put(school, theirs, second_coordinator)
    before = state(school)
    with pytest.raises(Stale) as stale:
        change_place(by=coordinator, place=school, version=read, lies_in=mine)
    assert (stale.value.details["theirs"], stale.value.details["yours"]) == (
        {"lies_in": "Thôn 2"},
        {"lies_in": "Thôn 1"},
    )
    assert state(school) == before
    change_place(by=coordinator, place=school, version=read, lies_in=theirs)  # the same: no conflict
    assert state(school) == before


def test_only_who_keeps_places_and_only_places_that_exist(
    world: World, coordinator: User, officer: User, leader: User
) -> None:
    school, village = world.school("Ia Dom"), world.village("Ia Dom")
    for user in (officer, leader):
        with pytest.raises(Forbidden):
            put(school, village, user)
    end_place(by=coordinator, place=school, last_day=TODAY, reason="giải thể")
    with pytest.raises(WrongState):
        put(school, village, coordinator)
    assert state(school)[0] is None


def test_nothing_is_saved_when_history_fails(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = world.school("Ia Dom")
    before = state(school)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        put(school, world.village("Ia Dom"), coordinator)
    assert state(school) == before


def test_after_a_merger_it_lies_in_the_village_that_goes_on(
    world: World, coordinator: User, administrator: User
) -> None:
    school, village = world.school("Ia Dom"), world.village("Ia Dom")
    put(school, village, coordinator)
    with clock.standing_on(DAY):
        merger = merge(world, administrator)
        now = Place.objects.get(continues=school)
        assert (now.unit, now.lies_in.name) == (merger.commune, "Thôn 3")
        assert now.lies_in.continues == village
    school.refresh_from_db()
    assert (school.lies_in, school.valid_to) == (village, date(2025, 6, 30))


def test_a_village_that_ended_before_the_merger_leaves_the_question_open(
    world: World, coordinator: User, administrator: User
) -> None:
    school = world.school("Ia Dom")
    gone = enter_place(
        by=coordinator, unit=school.unit, kind="village", name="Thôn 9", valid_from=date(2019, 1, 1)
    )
    put(school, gone, coordinator)
    end_place(by=coordinator, place=gone, last_day=date(2025, 5, 31), reason="sáp nhập thôn")
    with clock.standing_on(DAY):
        merge(world, administrator)
        assert Place.objects.get(continues=school).lies_in is None


# The screens ---------------------------------------------------------------------------------------


def test_from_the_list_to_the_village(world: World, coordinator: User, client_of: Any) -> None:
    browser, school = client_of(coordinator), world.school("Ia Dom")
    address = f"/places/{school.pk}/change/"
    assert address in browser.get("/places/").content.decode()
    form = browser.get(address).context["form"]
    villages = [str(village.pk) for village in form.fields["lies_in"].queryset]
    assert villages == [str(world.village("Ia Dom", n).pk) for n in (1, 2)]
    typed = {"version": form["version"].value(), "lies_in": villages[0]}
    put(school, world.village("Ia Dom", 2), coordinator)
    response = browser.post(address, typed)
    assert (response.status_code, list(response.context["form"].errors)) == (409, ["lies_in"])
    assert "Thôn 2" in response.content.decode()
    again = {"version": response.context["form"]["version"].value(), "lies_in": villages[0]}
    assert browser.post(address, again)["Location"] == "/places/"
    assert state(school)[0] == world.village("Ia Dom")
    stranger = browser.post(address, again | {"lies_in": world.village("Ia Đal").pk})
    assert (stranger.status_code, list(stranger.context["form"].errors)) == (422, ["lies_in"])
