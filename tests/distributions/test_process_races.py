"""Processes that want the same thing at the same moment, on real row locks: never over, never under."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import F

from directory import clock, prepared
from directory.models import Place
from distributions import ledger
from distributions.actions import allocate, reverse_allocation
from distributions.models import Allocation
from distributions.proof import faults
from donors.actions import cancel_purchase, complete_purchase, move_stock, plan_purchase, write_off_stock
from donors.models import CashBalance, PledgeLine, Purchase, SupplyBalance, SupplyLine
from needs.models import Need, NeedBalance
from tests.distributions import build
from tests.donors import buying
from tests.donors.build import pledged, received, supply_of
from tests.processes import FORK, PATIENCE, crew
from tests.world import World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ROUNDS = [10, pytest.param(50, marks=pytest.mark.deep), pytest.param(200, marks=pytest.mark.deep)]
CLAIMS, CAPACITY = 20, 10


def need_apart(world: World, quantity: int = 100) -> Need:
    """At a new place: there is one need for an item at a place in a round."""
    first = world.village("Ia Dom")
    place = Place.objects.create(
        unit=first.unit,
        kind=first.kind,
        name=f"Thôn mới {Place.objects.count()}",
        valid_from=first.valid_from,
    )
    return build.need_of(world, quantity, place=place)


def claiming(world: World) -> Callable[..., Allocation]:
    by = world.user("coordinator")

    def claim(_number: int, line: int, need: int) -> Allocation:
        return allocate(
            by=by,
            supply_line=SupplyLine.objects.get(pk=line),
            need=Need.objects.get(pk=need),
            quantity=1,
        )

    return claim


@pytest.mark.parametrize("rounds", ROUNDS)
def test_twenty_claims_on_ten_pieces(world: World, rounds: int) -> None:
    with crew(CLAIMS, claiming(world)) as at_once:
        for _ in range(rounds):
            line, need = build.supply_of(world, CAPACITY), need_apart(world)
            assert at_once(line.pk, need.pk) == {"Allocation": 10, "not_enough_supply": 10}
            assert SupplyBalance.objects.get(pk=line.pk).allocated == CAPACITY
    assert list(faults()) == []


@pytest.mark.parametrize("rounds", ROUNDS)
def test_twenty_claims_on_a_need_of_ten(world: World, rounds: int) -> None:
    line = build.supply_of(world, 10_000)
    with crew(CLAIMS, claiming(world)) as at_once:
        for _ in range(rounds):
            need = need_apart(world, CAPACITY)
            assert at_once(line.pk, need.pk) == {"Allocation": 10, "not_enough_need": 10}
            assert NeedBalance.objects.get(pk=need.pk).covered == CAPACITY
    assert list(faults()) == []


@pytest.mark.parametrize("rounds", ROUNDS)
def test_twenty_purchases_with_money_for_ten(world: World, rounds: int) -> None:
    by, wanted = world.user("coordinator"), buying.wanted(world, 1, 1_000)

    def buy(_number: int, money: int) -> Purchase:
        line = PledgeLine.objects.select_related("pledge").get(pk=money)
        return plan_purchase(by=by, cash_line=line, wanted=wanted)

    with crew(CLAIMS, buy) as at_once:
        for _ in range(rounds):
            money = buying.money_of(world, CAPACITY * 1_000)
            assert at_once(money.pk) == {"Purchase": 10, "not_enough": 10}
            balance = CashBalance.objects.get(pk=money.pk)
            assert (balance.reserved, balance.free) == (CAPACITY * 1_000, 0)
    assert list(faults()) == []


@pytest.mark.parametrize("rounds", ROUNDS)
def test_movements_losses_and_allocations_want_the_same_ten(world: World, rounds: int) -> None:
    by, to, claim = world.user("coordinator"), world.agency("UBND xã Ia Dom"), claiming(world)

    def take(number: int, line: int, need: int) -> object:
        if number % 3 == 0:
            return claim(number, line, need)
        found: dict[str, Any] = {
            "by": by,
            "line": SupplyLine.objects.select_related("pledge_line__pledge").get(pk=line),
            "quantity": 1,
            "occurred_on": clock.today(),
            "reason": "Thử",
        }
        return move_stock(to=to, **found) if number % 3 == 1 else write_off_stock(**found)

    with crew(CLAIMS, take) as at_once:
        for _ in range(rounds):
            line, need = build.supply_of(world, CAPACITY), need_apart(world)
            outcomes = at_once(line.pk, need.pk)
            taken = {"Allocation", "StockMovement", "SupplyLine"}
            assert set(outcomes) <= taken | {"not_enough", "not_enough_supply"}
            assert sum(outcomes.get(name, 0) for name in taken) == CAPACITY
            balance = SupplyBalance.objects.get(pk=line.pk)
            assert (balance.allocated + balance.moved + balance.written_off, balance.unallocated) == (10, 0)
    assert list(faults()) == []


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_two_agencies_at_one_place_the_second_sees_the_first(world: World, rounds: int) -> None:
    """Two needs, each for one of the two: nothing else than the place keeps them apart [plan II.4]."""
    claim, union = claiming(world), world.agency("Hội LHPN")
    ours = build.supply_of(world, 10_000)
    theirs = supply_of(pledged(world, "warm_clothing", 10_000, mobilised_by=union, pledged_on=clock.today()))

    def serve(number: int, *needs: int) -> Allocation:
        return claim(number, (ours, theirs)[number].pk, needs[number])

    with crew(2, serve) as at_once:
        for _ in range(rounds):
            some = need_apart(world)
            all_ages = build.need_of(world, 100, place=some.place, band="all")
            assert at_once(some.pk, all_ages.pk) == {"Allocation": 1, "overlap": 1}


def test_a_purchase_is_done_or_cancelled_once(world: World) -> None:
    by, bought = world.user("coordinator"), buying.invoice()

    def close(number: int, pk: int) -> Purchase:
        purchase = Purchase.objects.for_list().get(pk=pk)
        if number % 2:
            return complete_purchase(by=by, purchase=purchase, bought=bought)
        return cancel_purchase(by=by, purchase=purchase, reason="Thôi mua")

    with crew(8, close) as at_once:
        for _ in range(5):
            assert at_once(buying.planned(world).pk) == {"Purchase": 1, "wrong_state": 7}
    assert list(faults()) == []


def test_opposing_orders_lock_nobody_up(world: World) -> None:
    """Each wants the same supply, needs and money in an order of its own; all come back."""
    by, claim = world.user("coordinator"), claiming(world)
    lines, needs = [build.supply_of(world, 500) for _ in range(3)], [need_apart(world, 500) for _ in range(3)]
    pledge = buying.money_of(world, 100_000, came=40_000).pledge
    to = world.agency("UBND xã Ia Dom")

    def work(number: int) -> None:
        forwards = number % 2 == 0
        for step in range(3):
            place = step if forwards else 2 - step
            allocation = claim(number, lines[place].pk, needs[2 - place].pk)
            purchase = buying.planned(world, 1, 10, money=pledge.lines.get())
            move_stock(
                by=by,
                line=lines[2 - place],
                to=to,
                quantity=1,
                occurred_on=clock.today(),
                reason="Thử ngược chiều",
            )
            received(world, pledge, amount=1)
            reverse_allocation(by=by, allocation=allocation, quantity=1, reason="Thử ngược chiều")
            cancel_purchase(by=by, purchase=purchase, reason="Thử ngược chiều")

    with crew(8, work) as at_once:
        assert at_once() == {"NoneType": 8}
    assert list(faults()) == []


# Negative controls: what holds the line if something is taken away -----------------------------------


CHECKS: list[tuple[type[models.Model], str]] = [
    (SupplyBalance, "supply_allocated_within_supply"),
    (NeedBalance, "need_covered_within_need"),
]


@contextmanager
def without_checks() -> Iterator[None]:
    """The tables without the constraints that keep an allocation within both caps."""
    named = [
        (model, next(one for one in model._meta.constraints if one.name == name)) for model, name in CHECKS
    ]
    with connection.schema_editor() as editor:
        for model, constraint in named:
            editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        SupplyBalance.objects.update(allocated=0)
        NeedBalance.objects.update(covered=0)
        with connection.schema_editor() as editor:
            for model, constraint in named:
                editor.add_constraint(model, constraint)


def look_without_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is taken first, nothing locked, and all have looked before the first of them writes."""
    thinking, write = FORK.Barrier(CLAIMS), ledger.take_all

    def think_and_write(allocations: Sequence[Allocation]) -> None:
        thinking.wait(PATIENCE)
        write(allocations)

    monkeypatch.setattr(ledger, "take", lambda *_wanted: False)
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda rows, **_given: rows.all())
    monkeypatch.setattr(prepared, "_compiled", {})  # none that was compiled with its lock
    monkeypatch.setattr(ledger, "take_all", think_and_write)


def write_without_a_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before ``look_without_a_lock``, which writes by it."""

    def take_all(allocations: Sequence[Allocation]) -> None:
        for one in allocations:
            q = one.quantity
            SupplyBalance.objects.filter(pk=one.supply_line_id).update(allocated=F("allocated") + q)
            NeedBalance.objects.filter(pk=one.need_id).update(covered=F("covered") + q)

    monkeypatch.setattr(ledger, "take_all", take_all)


def test_without_locks_guard_and_checks_the_race_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If these claims kept the cap, the tests above would prove nothing."""
    write_without_a_guard(monkeypatch)
    look_without_a_lock(monkeypatch)
    with without_checks(), crew(CLAIMS, claiming(world)) as at_once:
        for _ in range(3):
            line, need = build.supply_of(world, CAPACITY), need_apart(world)
            assert at_once(line.pk, need.pk) == {"Allocation": CLAIMS}
            assert SupplyBalance.objects.get(pk=line.pk).allocated == CLAIMS


def test_what_is_taken_first_keeps_the_cap_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guarded updates, with no lock and no CHECK behind them; who comes too late is told what is left."""
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda rows, **_given: rows.all())
    monkeypatch.setattr(prepared, "_compiled", {})
    with without_checks(), crew(CLAIMS, claiming(world)) as at_once:
        line, need = build.supply_of(world, CAPACITY), need_apart(world)
        assert at_once(line.pk, need.pk) == {"Allocation": 10, "not_enough_supply": 10}
        assert SupplyBalance.objects.get(pk=line.pk).allocated == CAPACITY


def test_the_guard_alone_keeps_the_cap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    look_without_a_lock(monkeypatch)
    with without_checks(), crew(CLAIMS, claiming(world)) as at_once:
        line, need = build.supply_of(world, CAPACITY), need_apart(world)
        assert at_once(line.pk, need.pk) == {"Allocation": 10, "balance_moved": 10}
        assert SupplyBalance.objects.get(pk=line.pk).allocated == CAPACITY


def test_the_checks_alone_keep_the_cap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    write_without_a_guard(monkeypatch)
    look_without_a_lock(monkeypatch)
    with crew(CLAIMS, claiming(world)) as at_once:
        line, need = build.supply_of(world, CAPACITY), need_apart(world)
        outcomes = at_once(line.pk, need.pk)
    assert outcomes.pop("Allocation") == CAPACITY
    assert [name for name in outcomes if "supply_allocated_within_supply" not in name] == []
    assert SupplyBalance.objects.get(pk=line.pk).allocated == CAPACITY
