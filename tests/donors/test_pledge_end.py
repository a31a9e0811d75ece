"""Pledges that end before all of them came: withdrawn in part, expired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError

from directory import history
from directory.errors import Forbidden, NotEnough, Refusal, WrongState
from directory.models import HistoryEntry, User
from donors import claims
from donors.actions import WithdrawnPart, expire_pledge, withdraw_part, withdraw_pledge
from donors.models import CashBalance, CashMove, Pledge, PledgeLine, SupplyBalance, SupplyMove
from needs.claims import Claim
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.donors.counting import unchanged
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TABLES = (SupplyMove, CashMove, HistoryEntry)
LATE = date(2025, 6, 1)


def _state(pledge: Pledge) -> str:
    return Pledge.objects.get(pk=pledge.pk).state


def _parts(pledge: Pledge, *sizes: int) -> list[WithdrawnPart]:
    lines = pledge.lines.order_by("pk")
    return [WithdrawnPart(line, size, f"lines-{line.pk}") for line, size in zip(lines, sizes, strict=True)]


def _left(pledge: Pledge) -> list[int]:
    return [line.to_come for line in pledge.lines.with_progress().order_by("pk")]


def test_a_part_is_withdrawn_and_the_rest_is_still_to_come(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[goods(world, unit_value=1_000), cash(9_000)])
    withdraw_part(by=coordinator, pledge=pledge, parts=_parts(pledge, 50, 4_000), reason="Thiếu vải")
    assert (_left(pledge), _state(pledge)) == ([150, 5_000], "open")
    assert list(SupplyMove.objects.filter(kind="withdraw").values_list("quantity", "reason")) == [
        (50, "Thiếu vải")
    ]
    assert PledgeLine.objects.filter(pledge=pledge).totals() == {
        "goods": 150_000,
        "cash": 5_000,
        "unvalued": 0,
    }
    entry = HistoryEntry.objects.of(pledge)[0]
    assert (entry.details["before"], entry.details["after"]) == (
        {"to_come": ["200 bộ Đồ ấm", "9.000 đồng"]},
        {"to_come": ["150 bộ Đồ ấm", "5.000 đồng"]},
    )


@pytest.mark.parametrize(("came", "state"), [(0, "withdrawn"), (60, "received")])
def test_withdrawing_the_rest_closes_the_pledge(
    world: World, coordinator: User, came: int, state: str
) -> None:
    pledge = pledged(world)
    if came:
        received(world, pledge, came)
    withdraw_part(by=coordinator, pledge=pledge, parts=_parts(pledge, 200 - came), reason="nhầm")
    assert (_left(pledge), _state(pledge)) == ([0], state)


def test_no_more_is_withdrawn_than_is_free(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    SupplyBalance.objects.update(allocated=188)
    monkeypatch.setattr(claims, "_providers", [lambda line: [Claim(188, "xã Ia Đal")]])
    with unchanged(*TABLES), pytest.raises(NotEnough, match="188 xã Ia Đal") as refusal:
        withdraw_part(by=coordinator, pledge=pledge, parts=_parts(pledge, 13, 1_001), reason="nhầm")
    places = [problem.place for problem in refusal.value.problems]
    assert places == [part.at for part in _parts(pledge, 1, 1)]
    withdraw_part(by=coordinator, pledge=pledge, parts=_parts(pledge, 12, 1_000), reason="nhầm")
    assert _left(pledge) == [188, 0]


@pytest.mark.parametrize(("sizes", "reason"), [((0,), "nhầm"), ((5,), "  "), ((-5,), "nhầm")])
def test_a_part_has_a_size_and_a_reason(
    world: World, coordinator: User, sizes: tuple[int, ...], reason: str
) -> None:
    pledge = pledged(world)
    with unchanged(*TABLES), pytest.raises(Refusal):
        withdraw_part(by=coordinator, pledge=pledge, parts=_parts(pledge, *sizes), reason=reason)


def test_a_part_of_another_pledge_is_none_of_this(world: World, coordinator: User) -> None:
    pledge, other = pledged(world), pledged(world)
    with unchanged(*TABLES), pytest.raises(Refusal):
        withdraw_part(by=coordinator, pledge=pledge, parts=_parts(other, 5), reason="nhầm")


def test_what_is_late_expires_and_what_came_stays(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)], due_on=LATE)
    received(world, pledge, 60)
    SupplyBalance.objects.update(allocated=60)
    expire_pledge(by=coordinator, pledge=pledge, reason="Không liên hệ được")
    assert (_left(pledge), _state(pledge)) == ([0, 0], "expired")
    balance = supply_of(pledge).balance
    assert (balance.received, balance.withdrawn, balance.allocated) == (60, 140, 60)
    assert CashBalance.objects.get().withdrawn == 1_000
    entry = HistoryEntry.objects.of(pledge)[0]
    assert (entry.from_state, entry.to_state, entry.reason) == ("open", "expired", "Không liên hệ được")


@pytest.mark.parametrize("due_on", [None, date(2025, 6, 2)])
def test_what_is_not_late_does_not_expire(world: World, coordinator: User, due_on: date | None) -> None:
    pledge = pledged(world, due_on=due_on)
    with unchanged(*TABLES), pytest.raises(Refusal) as refusal:
        expire_pledge(by=coordinator, pledge=pledge, reason="nhầm")
    assert (refusal.value.code, _state(pledge)) == ("not_due", "open")


def test_what_is_allocated_and_awaited_does_not_expire(world: World, coordinator: User) -> None:
    pledge = pledged(world, due_on=LATE)
    received(world, pledge, 60)
    SupplyBalance.objects.update(allocated=61)
    with unchanged(*TABLES), pytest.raises(Refusal) as refusal:
        expire_pledge(by=coordinator, pledge=pledge, reason="nhầm")
    assert (refusal.value.code, _state(pledge)) == ("in_use", "open")
    assert refusal.value.details == {"allocated_of": [(1, 140)]}


def _withdraw_five(by: User, pledge: Pledge) -> Pledge:
    return withdraw_part(by=by, pledge=pledge, parts=_parts(pledge, 5), reason="nhầm")


def _expire(by: User, pledge: Pledge) -> Pledge:
    return expire_pledge(by=by, pledge=pledge, reason="nhầm")


DEEDS = pytest.mark.parametrize("deed", [_withdraw_five, _expire])


@DEEDS
def test_a_closed_pledge_does_not_end_again(
    world: World, coordinator: User, deed: Callable[[User, Pledge], Pledge]
) -> None:
    pledge = pledged(world, due_on=LATE)
    withdraw_pledge(by=coordinator, pledge=pledge, reason="nhầm")
    with unchanged(*TABLES), pytest.raises(WrongState):
        deed(coordinator, pledge)


@DEEDS
def test_only_the_mobiliser_and_the_coordinators_end_it(
    world: World, officer: User, stranger: User, leader: User, deed: Callable[[User, Pledge], Pledge]
) -> None:
    pledge = pledged(world, by=officer, giver=donor(world, by=officer), due_on=LATE)
    for user in (stranger, leader):
        with unchanged(*TABLES), pytest.raises(Forbidden):
            deed(user, pledge)
    deed(officer, pledge)


@DEEDS
def test_ending_is_atomic(
    world: World,
    coordinator: User,
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[User, Pledge], Pledge],
) -> None:
    pledge = pledged(world, due_on=LATE)

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the history cannot be written")

    monkeypatch.setattr(history, "record", broken)
    with unchanged(*TABLES), pytest.raises(DatabaseError):
        deed(coordinator, pledge)
    assert (_left(pledge), _state(pledge)) == ([200], "open")
