"""Villages and schools: entered and ended by coordinators and administrators."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from directory import history
from directory.actions.place import end_place, enter_place
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, Place, User
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

DAY = date(2025, 6, 2)


def enter(world: World, by: User, **changes: Any) -> Place:
    wanted = {"unit": world.commune("Ia Dom"), "kind": "village", "name": "Thôn 3", "valid_from": DAY}
    return enter_place(by=by, **(wanted | changes))


def test_a_village_is_entered(world: World, coordinator: User) -> None:
    place = enter(world, coordinator, name="  Thôn   3 ")
    assert (place.full_name, place.valid_to) == ("Thôn 3, xã Ia Dom", None)
    assert HistoryEntry.objects.of(place).get().by == coordinator
    assert place.history.get().history_user == coordinator


def test_the_same_place_twice_on_one_day_is_refused_by_name(world: World, coordinator: User) -> None:
    before = Place.objects.count()
    with pytest.raises(Refusal) as refused:
        enter(world, coordinator, name="Thôn 1")
    assert (refused.value.code, refused.value.problems[0].place) == ("overlap", "valid_from")
    assert "Thôn 1" in str(refused.value)
    assert "01/01/2019" in str(refused.value)
    assert Place.objects.count() == before


def test_after_its_end_a_name_is_free(world: World, coordinator: User) -> None:
    village = world.village("Ia Dom", 1)
    end_place(by=coordinator, place=village, last_day=date(2025, 5, 31), reason="sáp nhập thôn")
    later = enter(world, coordinator, name="Thôn 1")
    named = Place.objects.filter(unit=later.unit, name="Thôn 1")
    assert [named.on(day).get() for day in (date(2024, 6, 1), DAY)] == [village, later]
    assert HistoryEntry.objects.of(village).get().reason == "sáp nhập thôn"


def test_a_commune_must_exist_on_that_day(world: World, coordinator: User) -> None:
    with pytest.raises(Refusal) as refused:
        enter(world, coordinator, valid_from=date(2018, 12, 31))
    assert refused.value.code == "unit_not_valid"


def test_only_coordinators_and_administrators(
    world: World, officer: User, health_officer: User, administrator: User
) -> None:
    for user in (officer, health_officer):
        with pytest.raises(Forbidden):
            enter(world, user)
        with pytest.raises(Forbidden):
            end_place(by=user, place=world.village("Ia Dom"), last_day=DAY, reason="x")
    assert enter(world, administrator).pk


def test_an_end_that_cannot_be(world: World, coordinator: User) -> None:
    place = enter(world, coordinator)
    with pytest.raises(Refusal) as refused:
        end_place(by=coordinator, place=place, last_day=date(2025, 6, 1), reason="x")
    assert refused.value.code == "before_start"
    end_place(by=coordinator, place=place, last_day=DAY, reason="x")
    with pytest.raises(WrongState):
        end_place(by=coordinator, place=place, last_day=DAY, reason="x")


def test_nothing_is_saved_when_history_fails(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        enter(world, coordinator)
    assert not Place.objects.filter(name="Thôn 3").exists()


@pytest.mark.postgresql
def test_postgresql_refuses_an_overlap_even_without_the_action(world: World) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="place_one_a_day"), transaction.atomic():
        Place.objects.create(unit=world.commune("Ia Dom"), kind="village", name="Thôn 1", valid_from=DAY)


# The screens ---------------------------------------------------------------------------------------


def test_from_the_form_to_the_end(world: World, coordinator: User, client_of: Any) -> None:
    browser = client_of(coordinator)
    form = {
        "unit": world.commune("Ia Dom").pk,
        "kind": "school",
        "name": "Trường Tiểu học Ia Dom",
        "valid_from": "01/06/2025",
        "order": "",
        "client_key": str(uuid.uuid4()),
    }
    assert browser.get("/places/new/").status_code == 200
    for _ in range(2):  # a double click
        assert browser.post("/places/new/", form)["Location"] == "/places/"
    place = Place.objects.get(name="Trường Tiểu học Ia Dom")
    assert browser.get(f"/places/{place.pk}/end/").status_code == 200
    response = browser.post(f"/places/{place.pk}/end/", {"last_day": "30/06/2025", "reason": "giải thể"})
    assert response["Location"] == "/places/"
    place.refresh_from_db()
    assert place.valid_to == date(2025, 6, 30)


def test_refusals_keep_what_was_typed(world: World, coordinator: User, client_of: Any) -> None:
    form = {"unit": world.commune("Ia Dom").pk, "kind": "village", "name": "Thôn 1", "valid_from": "1/6/2025"}
    response = client_of(coordinator).post("/places/new/", form)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["valid_from"])
    assert 'value="Thôn 1"' in response.content.decode()


def test_the_list_takes_as_many_queries_for_three_as_for_one(coordinator: User, client_of: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = client_of(coordinator)
    browser.get("/places/")
    with CaptureQueriesContext(connection) as one:
        assert len(browser.get("/places/", {"q": "mam non ia dom"}).context["page"]) == 1
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get("/places/").context["page"]) > 3
    assert len(one) == len(many)
