"""Many rows saved at once leave the same history as one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from directory import history
from directory.deeds import acting
from directory.errors import Stale
from directory.models import Delegation, HistoryEntry, Holiday, Unit, User
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

VERB = "enter in the register"


def days(count: int, first: int = 1) -> list[Holiday]:
    return [Holiday(day=date(2026, 3, first + number), name=f"Ngày nghỉ {number}") for number in range(count)]


def kept_of(row: models.Model) -> list[dict[str, Any]]:
    """Its former values, but for their own ids and moments."""
    own = {"history_id", "history_date"}
    return [
        {name: value for name, value in entry.items() if name not in own}
        for entry in row.history.order_by("history_id").values()  # type: ignore[attr-defined]
    ]


def entries_of(row: models.Model) -> list[tuple[Any, ...]]:
    told = ("verb", "by", "at", "reason", "details", "from_state", "to_state", "on_behalf_of")
    return list(HistoryEntry.objects.of(row).values_list(*told))


def without_id(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in entry.items() if name not in ("id", "day")} for entry in entries]


def test_the_same_history_as_one_by_one(world: World, administrator: User) -> None:
    one, other = days(2)
    other.name = one.name
    with acting():
        history.save(one, by=administrator)
        history.record(one, VERB, by=administrator, reason="theo tệp", file="a.xlsx")
        history.save_many([other], by=administrator, verb=VERB, reason="theo tệp", file="a.xlsx")
    assert without_id(kept_of(one)) == without_id(kept_of(other))
    assert kept_of(other)[0]["id"] == other.pk
    assert entries_of(one) == entries_of(other)


def test_a_changed_row_keeps_its_former_values(world: World, administrator: User) -> None:
    (day,) = days(1)
    with acting():
        history.save_many([day], by=administrator, verb=VERB)
        day.name = "Ngày khác"
        history.save_many([day], by=administrator, verb="correct in the register", fields=["name"])
    assert Holiday.objects.get(pk=day.pk).name == "Ngày khác"
    told = day.history.order_by("history_id").values_list("name", "history_type", "history_user")
    assert list(told) == [("Ngày nghỉ 0", "+", administrator.pk), ("Ngày khác", "~", administrator.pk)]


def test_only_the_named_fields_are_written(world: World, administrator: User) -> None:
    (day,) = days(1)
    with acting():
        history.save_many([day], by=administrator, verb=VERB)
        Holiday.objects.filter(pk=day.pk).update(day=date(2026, 4, 30))  # somebody else, meanwhile
        day.name = "Ngày khác"
        history.save_many([day], by=administrator, verb=VERB, fields=["name"])
    assert Holiday.objects.filter(pk=day.pk).values_list("day", "name").get() == (
        date(2026, 4, 30),
        "Ngày khác",
    )
    assert day.history.latest().day == date(2026, 4, 30)


def test_new_and_stored_rows_together(world: World, administrator: User) -> None:
    old, new = days(2)
    with acting():
        history.save_many([old], by=administrator, verb=VERB)
        old.name = "Ngày khác"
        history.save_many([new, old], by=administrator, verb=VERB, fields=["name"])
    assert [day.history.latest().history_type for day in (old, new)] == ["~", "+"]
    assert [len(entries_of(day)) for day in (old, new)] == [2, 1]


def test_a_dated_row_under_an_exclusion_constraint_can_be_changed(world: World, administrator: User) -> None:
    commune = world.commune("Ia Dom")
    commune.name = "xã Ia Đom"
    with acting():
        history.save_many([commune], by=administrator, verb=VERB, fields=["name"])
    assert Unit.objects.get(pk=commune.pk).name == "xã Ia Đom"


def test_a_row_that_is_gone_stops_all(world: World, administrator: User) -> None:
    gone, stays = days(2)
    with acting():
        history.save_many([gone, stays], by=administrator, verb=VERB)
        Holiday.objects.filter(pk=gone.pk).delete()
        stays.name = gone.name = "Ngày khác"
        with pytest.raises(Stale):
            history.save_many([gone, stays], by=administrator, verb=VERB, fields=["name"])
    assert list(Holiday.objects.filter(name="Ngày khác")) == []


def test_nothing_to_save_asks_nothing(world: World, administrator: User) -> None:
    with acting(), CaptureQueriesContext(connection) as asked:
        history.save_many([], by=administrator, verb=VERB)
    assert len(asked) == 0


def test_outside_an_action_nothing_is_saved(world: World, administrator: User) -> None:
    with pytest.raises(RuntimeError):
        history.save_many(days(1), by=administrator, verb=VERB)
    assert not Holiday.objects.filter(name="Ngày nghỉ 0").exists()


def test_changed_rows_without_fields_are_a_mistake(world: World, administrator: User) -> None:
    (day,) = days(1)
    with acting():
        history.save_many([day], by=administrator, verb=VERB)
        with pytest.raises(ValueError, match="fields"):
            history.save_many([day], by=administrator, verb=VERB)


def test_a_deputy_names_whose_powers_they_hold(world: World, coordinator: User, leader: User) -> None:
    second = world.user("coordinator.2")
    User.objects.filter(pk=second.pk).update(role="agency_officer")
    Delegation.objects.create(
        from_user=coordinator, to_user=second, reason="nghỉ phép", valid_from=date(2025, 6, 1)
    )
    deputy, rows = User.objects.get(pk=second.pk), days(1)
    with acting():
        history.save_many(rows, by=deputy, verb=VERB)
    assert entries_of(rows[0])[0][4] == {"delegated_by": str(coordinator)}


def test_more_rows_than_one_statement_takes(
    world: World, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "AT_ONCE", 2)
    rows = days(5)
    with acting():
        history.save_many(rows, by=administrator, verb=VERB)
    assert [day.history.count() for day in rows] == [1] * 5
    assert [len(entries_of(day)) for day in rows] == [1] * 5


def test_many_rows_take_no_more_statements_than_one(world: World, administrator: User) -> None:
    counts = []
    for rows in (days(1), days(1, first=2), days(28, first=3)):  # the first remembers who and what
        with acting(), CaptureQueriesContext(connection) as asked:
            history.save_many(rows, by=administrator, verb=VERB)
        counts.append(len(asked))
    assert counts[1] == counts[2]
