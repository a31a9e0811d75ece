"""Receipts: what arrived, what was refused, what was too much."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError

from directory import history
from directory.errors import Forbidden, NotEnough, Refusal, WrongState
from directory.models import HistoryEntry, User
from donors import claims
from donors.actions import ReceivedLine, withdraw_pledge
from donors.models import (
    CashBalance,
    CashMove,
    Pledge,
    Receipt,
    ReceiptLine,
    SupplyBalance,
    SupplyLine,
    SupplyMove,
)
from needs.claims import Claim
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.donors.counting import unchanged
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TABLES = (Receipt, ReceiptLine, SupplyLine, SupplyMove, CashMove, HistoryEntry)


def _balance(line: SupplyLine) -> tuple[int, int, int]:
    balance = SupplyBalance.objects.get(pk=line.pk)
    return balance.quantity, balance.received, balance.refused


def _state(pledge: Pledge) -> str:
    return Pledge.objects.get(pk=pledge.pk).state


def test_a_part_comes_then_the_rest(world: World) -> None:
    pledge = pledged(world)
    receipt = received(world, pledge, 150)
    assert (receipt.code, _state(pledge)) == ("TN-2025-001", "open")
    received(world, pledge, 50)
    assert (_balance(supply_of(pledge)), _state(pledge)) == ((200, 200, 0), "received")
    moves = SupplyMove.objects.filter(kind="receive").order_by("pk")
    assert list(moves.values_list("quantity", "occurred_on")) == [
        (150, date(2025, 3, 15)),
        (50, date(2025, 3, 15)),
    ]
    last = HistoryEntry.objects.of(pledge)[0]
    assert (last.from_state, last.to_state) == ("open", "received")


def test_a_refused_part_no_longer_comes(world: World) -> None:
    pledge = pledged(world)
    receipt = received(world, pledge, 180, refused=20, refuse_reason="rách")
    line = receipt.lines.get()
    assert (line.accepted, line.refused, line.refuse_reason) == (180, 20, "rách")
    assert (_balance(supply_of(pledge)), _state(pledge)) == ((200, 180, 20), "received")
    assert list(SupplyMove.objects.filter(kind="refuse").values_list("quantity", "reason")) == [(20, "rách")]


@pytest.mark.parametrize(
    ("accepted", "refused", "first", "surplus"),
    [
        (230, 0, (200, 200, 0), (30, 30, 0)),
        (220, 10, (200, 200, 0), (30, 20, 10)),
        (190, 30, (200, 190, 10), (20, 0, 20)),
    ],
)
def test_what_is_over_becomes_a_line_of_its_own(
    world: World, accepted: int, refused: int, first: tuple[int, ...], surplus: tuple[int, ...]
) -> None:
    pledge = pledged(world, unit_value=100)
    receipt = received(world, pledge, accepted, refused=refused, refuse_reason="rách" if refused else "")
    over = SupplyLine.objects.get(origin="surplus")
    assert (_balance(supply_of(pledge)), _balance(over), over.unit_value) == (first, surplus, 100)
    assert sum(line.accepted for line in receipt.lines.all()) == accepted
    assert sum(line.refused for line in receipt.lines.all()) == refused
    assert _state(pledge) == "received"


def test_surplus_of_a_line_that_is_complete(world: World) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    received(world, pledge, 200)
    receipt = received(world, pledge, 5)
    assert list(receipt.lines.values_list("supply_line__origin", "accepted")) == [("surplus", 5)]
    assert _state(pledge) == "open"


def test_cash_comes_in_parts(world: World) -> None:
    pledge = pledged(world, lines=[cash(1_000)])
    received(world, pledge, amount=400)
    assert _state(pledge) == "open"
    receipt = received(world, pledge, amount=600)
    assert (_state(pledge), receipt.lines.get().value) == ("received", 600)
    assert list(CashBalance.objects.values_list("received", flat=True)) == [1_000]
    assert list(CashMove.objects.order_by("pk").values_list("kind", "amount")) == [
        ("pledge", 1_000),
        ("receive", 400),
        ("receive", 600),
    ]


def test_more_cash_than_pledged_is_a_pledge_of_its_own(world: World) -> None:
    pledge = pledged(world, lines=[cash(1_000)])
    with unchanged(*TABLES), pytest.raises(NotEnough) as refusal:
        received(world, pledge, amount=1_001)
    assert refusal.value.details == {"left": 1_000, "whole": 1_000}
    assert [problem.place for problem in refusal.value.problems] == ["lines-0-amount"]
    assert list(CashBalance.objects.values_list("received", flat=True)) == [0]


def test_the_first_to_receive_keeps_the_line(world: World, union_officer: User) -> None:
    pledge = pledged(world)
    received(world, pledge, 10, custodian=union_officer.agency)
    assert supply_of(pledge).custodian == union_officer.agency
    with unchanged(*TABLES), pytest.raises(Refusal, match=union_officer.agency.name) as refusal:
        received(world, pledge, 10)
    assert [problem.place for problem in refusal.value.problems] == ["custodian"]


def test_a_value_at_receipt_values_what_had_none(world: World) -> None:
    pledge = pledged(world)
    receipt = received(world, pledge, 10, unit_value=120_000)
    assert (receipt.lines.get().value, supply_of(pledge).unit_value) == (1_200_000, 120_000)


def _refused(world: World, pledge: Pledge, **changes: Any) -> list[str]:
    before = _balance(supply_of(pledge))
    with unchanged(*TABLES), pytest.raises(Refusal) as refusal:
        received(world, pledge, **changes)
    assert (_balance(supply_of(pledge)), _state(pledge)) == (before, "open")
    return [problem.place for problem in refusal.value.problems]


def test_dates_stand_in_order(world: World) -> None:
    pledge = pledged(world)
    assert _refused(world, pledge, occurred_on=date(2025, 6, 3)) == ["occurred_on"]
    assert _refused(world, pledge, occurred_on=date(2025, 2, 28)) == ["occurred_on"]


@pytest.mark.parametrize(
    ("line", "places"),
    [
        ({"accepted": 0}, ["lines"]),
        ({"accepted": -1}, ["lines-0-accepted"]),
        ({"accepted": 10**12}, ["lines-0-accepted"]),
        ({"accepted": 5, "refused": 2}, ["lines-0-refuse_reason"]),
        ({"accepted": 5, "refuse_reason": "rách"}, ["lines-0-refused"]),
        ({"accepted": 5, "amount": 5}, ["lines-0-amount"]),
        ({"accepted": 5, "unit_value": 10**13}, ["lines-0-unit_value"] * 2),
    ],
)
def test_a_line_is_whole_bounded_and_explained(world: World, line: dict[str, Any], places: list[str]) -> None:
    assert _refused(world, pledged(world), **line) == places


def test_goods_do_not_come_on_a_cash_line(world: World) -> None:
    pledge = pledged(world, lines=[cash(1_000)])
    with unchanged(*TABLES), pytest.raises(Refusal) as refusal:
        received(world, pledge, accepted=5)
    assert [problem.place for problem in refusal.value.problems] == ["lines-0-accepted"]


def test_a_line_of_another_pledge_or_twice(world: World) -> None:
    pledge, other = pledged(world), pledged(world)
    strange = [ReceivedLine(pledge_line=other.lines.get(), accepted=1)]
    assert _refused(world, pledge, lines=strange) == ["lines-0-accepted"]
    twice = [ReceivedLine(pledge_line=pledge.lines.get(), accepted=1)] * 2
    assert _refused(world, pledge, lines=twice) == ["lines"]


def test_what_is_allocated_cannot_be_refused_at_the_door(world: World) -> None:
    pledge = pledged(world)
    SupplyBalance.objects.update(allocated=190)
    assert _refused(world, pledge, accepted=180, refused=20, refuse_reason="rách") == ["lines-0-refused"]


def test_the_refusal_names_who_holds_the_goods(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pledge = pledged(world)
    SupplyBalance.objects.update(allocated=190)
    monkeypatch.setattr(claims, "_providers", [lambda line: [Claim(190, "Thôn 1, xã Ia Dom")]])
    with pytest.raises(NotEnough, match="190 Thôn 1, xã Ia Dom"):
        received(world, pledge, 180, refused=20, refuse_reason="rách")


def test_only_an_open_pledge_receives(world: World, coordinator: User) -> None:
    withdrawn, full = pledged(world), pledged(world)
    withdraw_pledge(by=coordinator, pledge=withdrawn, reason="nhầm")
    received(world, full)
    for pledge in (withdrawn, full):
        with unchanged(*TABLES), pytest.raises(WrongState, match=pledge.code):
            received(world, pledge, 1)


def test_only_the_mobiliser_and_the_coordinators_receive(
    world: World, officer: User, stranger: User, leader: User, health_officer: User
) -> None:
    pledge = pledged(world, by=officer, giver=donor(world, by=officer))
    for user in (stranger, leader, health_officer):
        with unchanged(*TABLES), pytest.raises(Forbidden):
            received(world, pledge, 1, by=user)
    received(world, pledge, 1, by=officer)


def test_recording_is_atomic(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pledge = pledged(world)

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the history cannot be written")

    monkeypatch.setattr(history, "record", broken)
    with unchanged(*TABLES), pytest.raises(DatabaseError):
        received(world, pledge, 230)
    assert (_balance(supply_of(pledge)), _state(pledge)) == ((200, 0, 0), "open")
