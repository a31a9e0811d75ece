"""Purchases: what each step books, and what it refuses, leaving everything as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from directory import history
from directory.errors import Forbidden, NotEnough, Refusal, WrongState
from directory.models import HistoryEntry, User
from distributions.actions import allocate
from distributions.proof import faults
from donors.actions import Wanted, cancel_purchase, complete_purchase, plan_purchase
from donors.models import CashBalance, CashMove, PledgeLine, Purchase, SupplyBalance, SupplyLine, SupplyMove
from tests.distributions.build import need_of
from tests.donors.build import pledged
from tests.donors.buying import bought, invoice, money_of, planned, wanted
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def way_of(line: PledgeLine) -> tuple[int, int, int, int]:
    """What came, is reserved, spent and free of a cash line."""
    balance = CashBalance.objects.get(pk=line.pk)
    return balance.received, balance.reserved, balance.spent, balance.free


def stock_of(purchase: Purchase) -> tuple[int, int, int, int]:
    """What is promised in all, came, was taken off, and is left to allocate of the goods."""
    balance = SupplyBalance.objects.get(pk=purchase.supply_line_id)
    return balance.quantity, balance.received, balance.withdrawn, balance.unallocated


BOOKS = (Purchase, SupplyLine, SupplyBalance, SupplyMove, CashBalance, CashMove, HistoryEntry)


@contextmanager
def nothing_booked() -> Iterator[None]:
    """Every value of every row of the books is as before."""
    before = [list(model.objects.order_by("pk").values()) for model in BOOKS]
    yield
    assert [list(model.objects.order_by("pk").values()) for model in BOOKS] == before


def refusals(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [problem.place for problem in refusal.value.problems]


# Planned


def test_a_planned_purchase_reserves_and_promises(world: World, coordinator: User) -> None:
    money = money_of(world)
    purchase = planned(world, money=money, supplier="Cửa hàng Thanh Tâm", due_on=date(2025, 6, 30))
    assert (purchase.code, purchase.state, purchase.reserved) == ("MS-2025-001", "planned", 4_000_000)
    assert way_of(money) == (10_000_000, 4_000_000, 0, 6_000_000)
    assert stock_of(purchase) == (20, 0, 0, 20)
    line = purchase.supply_line
    assert (line.origin, line.item.code, line.unit_value, line.custodian.short_name) == (
        "purchase",
        "warm_clothing",
        200_000,
        "LĐTBXH",
    )
    entry = HistoryEntry.objects.of(purchase).get()
    assert (entry.verb, entry.to_state, entry.by) == ("plan the purchase", "planned", coordinator)
    assert list(faults()) == []


def test_what_is_planned_may_be_allocated_as_promised(world: World, coordinator: User) -> None:
    purchase, need = planned(world), need_of(world, 15)
    allocate(by=coordinator, supply_line=purchase.supply_line, need=need, quantity=15)
    assert stock_of(purchase) == (20, 0, 0, 5)


def test_one_line_of_money_feeds_several_purchases_to_the_last_dong(world: World) -> None:
    money = money_of(world)
    planned(world, money=money)
    planned(world, 3, 2_000_000, money=money, item="meal")
    assert way_of(money) == (10_000_000, 10_000_000, 0, 0)
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        planned(world, 1, 1, money=money)
    assert (refusal.value.details, refusals(refusal)) == ({"left": 0, "whole": 10_000_000}, ["unit_price"])
    assert "MS-2025-001, MS-2025-002" in str(refusal.value)


def test_only_money_that_came_is_spent(world: World) -> None:
    money = money_of(world, came=3_999_999)
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        planned(world, money=money)
    assert refusal.value.details == {"left": 3_999_999, "whole": 3_999_999}


def test_all_that_is_wrong_with_a_plan_is_said_at_once(world: World, coordinator: User) -> None:
    money = money_of(world)
    wrong = wanted(
        world, 0, -1, due_on=date(2025, 6, 1), age_band=world.band("3-5"), place=world.village("Ia Dom")
    )
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        plan_purchase(by=coordinator, cash_line=money, wanted=wrong)
    assert refusals(refusal) == ["quantity", "unit_price", "due_on"]


def test_goods_buy_nothing(world: World, coordinator: User) -> None:
    line = pledged(world).lines.get()
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        plan_purchase(by=coordinator, cash_line=line, wanted=wanted(world))
    assert refusals(refusal) == ["cash_line"]


@pytest.mark.parametrize(
    ("earmark", "chosen", "places"),
    [
        ({"earmark": "area", "area": "play"}, {}, ["item"]),
        ({"earmark": "area", "area": "warm_clothing"}, {}, []),
        ({"earmark": "place", "village": "Ia Đal"}, {"village": "Ia Dom"}, ["place"]),
        ({"earmark": "place", "village": "Ia Dom"}, {"village": "Ia Dom"}, []),
        ({"earmark": "need", "item": "meal"}, {}, ["item"]),
    ],
)
def test_a_binding_earmark_binds_what_the_money_buys(
    world: World, earmark: dict[str, str], chosen: dict[str, str], places: list[str]
) -> None:
    fields: dict[str, Any] = {"earmark": earmark["earmark"], "earmark_hard": True}
    if "area" in earmark:
        fields["earmark_area"] = world.area(earmark["area"])
    if "village" in earmark:
        fields["earmark_place"] = world.village(earmark["village"])
    if "item" in earmark:
        fields["earmark_need"] = need_of(world, item=earmark["item"])
    money = money_of(world, **fields)
    goal = {"place": world.village(chosen["village"])} if chosen else {}
    if not places:
        assert planned(world, money=money, **goal).supply_line.pledge_line == money
        return
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        planned(world, money=money, **goal)
    assert refusals(refusal) == places


def test_what_the_money_is_for_is_read_anew(world: World) -> None:
    """Somebody bound the money between the page and the purchase."""
    money = money_of(world)
    PledgeLine.objects.filter(pk=money.pk).update(
        earmark="area", earmark_area=world.area("play"), earmark_hard=True
    )
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        planned(world, money=money)
    assert refusals(refusal) == ["item"]


def test_only_who_handles_the_pledge_buys(world: World, officer: User, stranger: User, leader: User) -> None:
    money = money_of(world, by=officer)
    for by in (stranger, leader):
        with nothing_booked(), pytest.raises(Forbidden):
            planned(world, money=money, by=by)
    assert planned(world, money=money, by=officer).planned_by == officer


def test_the_same_plan_sent_twice_reserves_once(world: World, coordinator: User) -> None:
    money, key = money_of(world), "8a0f4b52-6a0d-4a76-9a39-0a8f9d2b7a10"
    first, second = (
        plan_purchase(by=coordinator, cash_line=money, wanted=wanted(world), key=key) for _ in range(2)
    )
    assert (first, way_of(money)[1]) == (second, 4_000_000)


# Done


def test_a_purchase_done_is_in_stock_and_the_rest_is_free(world: World, coordinator: User) -> None:
    money = money_of(world)
    purchase = bought(world, money=money, spent=3_800_000)
    assert (purchase.state, purchase.received, purchase.spent) == ("done", 20, 3_800_000)
    assert (purchase.invoice, purchase.supplier, purchase.closed_by) == (
        "1C25TAA-00012",
        "Cửa hàng Thanh Tâm",
        coordinator,
    )
    assert way_of(money) == (10_000_000, 0, 3_800_000, 6_200_000)
    assert stock_of(purchase) == (20, 20, 0, 20)
    assert SupplyLine.objects.get(pk=purchase.supply_line_id).unit_value == 190_000
    moves = CashMove.objects.filter(purchase=purchase).order_by("pk").values_list("kind", "amount")
    assert list(moves) == [("reserve", 4_000_000), ("release", 4_000_000), ("spend", 3_800_000)]
    assert list(faults()) == []


def test_a_short_purchase_shrinks_what_was_promised(world: World) -> None:
    purchase = bought(world, received=17, spent=3_400_000, reason="Cửa hàng hết cỡ nhỏ")
    assert stock_of(purchase) == (20, 17, 3, 17)
    taken = SupplyMove.objects.get(line=purchase.supply_line, kind="withdraw")
    assert (taken.quantity, taken.reason) == (3, "Cửa hàng hết cỡ nhỏ")
    assert list(faults()) == []


def test_more_pieces_than_planned_make_the_line_larger(world: World) -> None:
    purchase = bought(world, received=22, reason="Cửa hàng tặng thêm 2 bộ")
    assert stock_of(purchase) == (22, 22, 0, 22)
    assert list(faults()) == []


def test_more_dong_than_reserved_come_out_of_what_is_free(world: World) -> None:
    money = money_of(world)
    bought(world, money=money, spent=4_500_000, reason="Giá tăng")
    assert way_of(money) == (10_000_000, 0, 4_500_000, 5_500_000)


def test_more_dong_than_there_are_are_refused(world: World, coordinator: User) -> None:
    money = money_of(world, 4_000_000)
    purchase = planned(world, money=money)
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        complete_purchase(by=coordinator, purchase=purchase, bought=invoice(20, 4_000_001, "Giá tăng"))
    assert (refusals(refusal), refusal.value.details["left"]) == (["spent"], 4_000_000)


def test_pieces_that_did_not_come_must_not_be_allocated(world: World, coordinator: User) -> None:
    purchase = planned(world)
    allocate(by=coordinator, supply_line=purchase.supply_line, need=need_of(world, 18), quantity=18)
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        complete_purchase(by=coordinator, purchase=purchase, bought=invoice(17, 3_400_000, "Hết hàng"))
    assert (refusals(refusal), "18 xã Ia Dom" in str(refusal.value)) == (["received"], True)
    complete_purchase(by=coordinator, purchase=purchase, bought=invoice(18, 3_600_000, "Hết hàng"))
    assert stock_of(purchase) == (20, 18, 2, 0)


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        (
            {"received": 0, "spent": 0, "invoice": " ", "invoiced_on": date(2025, 6, 3)},
            ["invoice", "invoiced_on", "received", "spent", "reason"],
        ),
        ({"spent": 4_000_001}, ["reason"]),
        ({"received": 19}, ["reason"]),
        ({"received": 21}, ["reason"]),
        ({"invoiced_on": date(2025, 2, 28)}, ["invoiced_on"]),
    ],
)
def test_all_that_is_wrong_with_an_invoice_is_said_at_once(
    world: World, coordinator: User, typed: dict[str, Any], places: list[str]
) -> None:
    purchase = planned(world)
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        complete_purchase(by=coordinator, purchase=purchase, bought=invoice(**typed))
    assert refusals(refusal) == places


# Cancelled


def test_a_cancelled_purchase_frees_its_money(world: World, coordinator: User) -> None:
    money = money_of(world)
    purchase = cancel_purchase(by=coordinator, purchase=planned(world, money=money), reason="Hết kinh phí")
    assert (purchase.state, way_of(money)) == ("cancelled", (10_000_000, 0, 0, 10_000_000))
    assert stock_of(purchase) == (20, 0, 20, 0)
    assert HistoryEntry.objects.of(purchase).last() is not None
    assert list(faults()) == []


def test_what_is_allocated_keeps_its_purchase(world: World, coordinator: User) -> None:
    purchase = planned(world)
    allocate(by=coordinator, supply_line=purchase.supply_line, need=need_of(world, 5), quantity=5)
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        cancel_purchase(by=coordinator, purchase=purchase, reason="Thôi mua")
    assert "5 xã Ia Dom" in str(refusal.value)


def test_a_cancellation_says_why(world: World, coordinator: User) -> None:
    purchase = planned(world)
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        cancel_purchase(by=coordinator, purchase=purchase, reason="  ")
    assert refusals(refusal) == ["reason"]


def test_what_is_closed_stays_closed(world: World, coordinator: User) -> None:
    done = bought(world)
    cancelled = cancel_purchase(by=coordinator, purchase=planned(world), reason="Thôi mua")
    for purchase in (done, cancelled):
        with nothing_booked(), pytest.raises(WrongState):
            complete_purchase(by=coordinator, purchase=purchase, bought=invoice())
        with nothing_booked(), pytest.raises(WrongState):
            cancel_purchase(by=coordinator, purchase=purchase, reason="Thôi mua")


def test_only_who_handles_the_pledge_closes_it(world: World, officer: User, stranger: User) -> None:
    purchase = planned(world, money=money_of(world, by=officer), by=officer)
    with nothing_booked(), pytest.raises(Forbidden):
        complete_purchase(by=stranger, purchase=purchase, bought=invoice())
    with nothing_booked(), pytest.raises(Forbidden):
        cancel_purchase(by=stranger, purchase=purchase, reason="Thôi mua")


# All or nothing


def _complete(by: User, purchase: Purchase) -> Purchase:
    return complete_purchase(by=by, purchase=purchase, bought=invoice())


def _cancel(by: User, purchase: Purchase) -> Purchase:
    return cancel_purchase(by=by, purchase=purchase, reason="Thôi mua")


def _plan_another(by: User, purchase: Purchase) -> Purchase:
    same = Wanted(purchase.item, 1, 1, purchase.custodian)
    return plan_purchase(by=by, cash_line=purchase.cash_line, wanted=same)


@pytest.mark.parametrize("deed", [_plan_another, _complete, _cancel])
def test_without_its_history_nothing_is_booked(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch, deed: Callable[[User, Purchase], object]
) -> None:
    purchase = planned(world)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with nothing_booked(), pytest.raises(RuntimeError, match="no history"):
        deed(coordinator, purchase)
