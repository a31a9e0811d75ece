"""Two people at the same moment: nothing is booked twice, and nothing over what was pledged."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction

from directory import clock
from directory.errors import Refusal
from donors import ledger_stock
from donors.actions import ReceivedLine, move_stock, record_receipt, withdraw_pledge
from donors.models import CashBalance, Pledge, Receipt, StockMovement, SupplyBalance, SupplyLine, SupplyMove
from tests.donors.build import cash, pledged, received
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def world() -> World:
    return build_world()


def _at_once(*deeds: Callable[[], object]) -> list[object]:
    """Run the deeds in threads that start together; what each returned, or its refusal."""
    outcomes: list[object] = []
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        try:
            with clock.standing_on(date(2025, 6, 2)):
                start.wait()
                outcomes.append(deed())
        except Refusal as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(outcomes) == len(deeds)
    return outcomes


def _proven() -> None:
    """Every balance is the sum of its moves."""
    for balance in SupplyBalance.objects.all():
        moves = SupplyMove.objects.filter(line_id=balance.pk)
        for kind, value in (
            ("open", balance.quantity),
            ("receive", balance.received),
            ("refuse", balance.refused),
            ("withdraw", balance.withdrawn),
        ):
            assert sum(moves.filter(kind=kind).values_list("quantity", flat=True)) == value


def test_two_receipts_never_exceed_the_pledge_unless_booked_as_surplus(world: World) -> None:
    pledge = pledged(world, quantity=200)
    _at_once(*[lambda: received(world, pledge, 120)] * 2)
    lines = SupplyLine.objects.order_by("pk").values_list("origin", "balance__quantity", "balance__received")
    assert list(lines) == [("pledge", 200, 200), ("surplus", 40, 40)]
    assert Pledge.objects.get().state == "received"
    _proven()


def test_of_two_receipts_of_all_the_second_is_refused(world: World) -> None:
    pledge = pledged(world, quantity=200)
    outcomes = _at_once(*[lambda: received(world, pledge, 200)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Receipt", "WrongState"]
    assert SupplyBalance.objects.get().received == 200
    _proven()


def test_cash_never_exceeds_the_pledge(world: World) -> None:
    pledge = pledged(world, lines=[cash(1_000)])
    outcomes = _at_once(*[lambda: received(world, pledge, amount=600)] * 4)
    names = sorted(type(outcome).__name__ for outcome in outcomes)
    assert names == ["NotEnough", "NotEnough", "NotEnough", "Receipt"]
    assert CashBalance.objects.get().received == 600


def test_a_receipt_and_a_withdrawal_exclude_each_other(world: World) -> None:
    pledge, by = pledged(world), world.user("coordinator")
    outcomes = _at_once(
        lambda: received(world, pledge, 10),
        lambda: withdraw_pledge(by=by, pledge=pledge, reason="nhầm"),
    )
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 1
    balance = SupplyBalance.objects.get()
    assert (balance.received, balance.withdrawn) in ((10, 0), (0, 200))
    _proven()


def test_the_same_form_twice_at_once_is_booked_once(world: World) -> None:
    pledge, key, by = pledged(world), uuid.uuid4(), world.user("coordinator")
    line = ReceivedLine(pledge_line=pledge.lines.get(), accepted=50)

    def send() -> Receipt:
        return record_receipt(
            by=by,
            pledge=pledge,
            custodian=by.agency,
            occurred_on=date(2025, 3, 15),
            lines=[line],
            key=key,
        )

    first, second = _at_once(send, send)
    assert first == second
    assert SupplyBalance.objects.get().received == 50


def test_codes_are_given_once_in_a_row(world: World) -> None:
    pledged(world)
    _at_once(*[lambda: pledged(world)] * 4)
    codes = Pledge.objects.order_by("code").values_list("code", flat=True)
    assert list(codes) == [f"CK-2025-{number:03d}" for number in range(1, 6)]


def test_goods_that_go_back_wait_for_who_holds_their_former_line_and_hold_nothing_meanwhile(
    world: World,
) -> None:
    """All lines are locked in one order: who has the first and wants the second never waits for ever."""
    pledge, by = pledged(world), world.user("coordinator")
    received(world, pledge, 100)
    first = SupplyLine.objects.get()
    terms = {"by": by, "occurred_on": date(2025, 6, 2), "reason": "Để gần nơi trao"}
    there = world.agency("UBND xã Ia Đal")
    second = move_stock(line=first, to=there, quantity=30, **terms).target
    held = threading.Event()

    def hold_one_after_the_other() -> str:
        with transaction.atomic():
            ledger_stock.lock_line(first)
            held.set()
            _until_somebody_waits()
            ledger_stock.lock_line(second)
        return "both"

    def back() -> StockMovement:
        held.wait(60)
        return move_stock(line=second, to=first.custodian, quantity=30, **terms)

    outcomes = _at_once(hold_one_after_the_other, back)
    assert {type(outcome).__name__ for outcome in outcomes} == {"str", "StockMovement"}
    assert SupplyBalance.objects.get(line=first).moved == 0


def _until_somebody_waits() -> None:
    """For a row that is locked here."""
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if cursor.fetchone():
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
