"""An invoice entered wrongly: taken back by counter-rows, then entered anew or given up."""

from __future__ import annotations

from datetime import date

import pytest

from directory import history
from directory.errors import Forbidden, NotEnough, Refusal, WrongState
from directory.models import HistoryEntry, User
from distributions.actions import allocate
from distributions.proof import faults
from donors.actions import (
    cancel_purchase,
    complete_purchase,
    move_stock,
    take_back_purchase,
    take_back_receipt,
    write_off_stock,
)
from donors.models import CashMove, Purchase, Receipt, SupplyLine, SupplyMove
from tests.distributions import build
from tests.donors.buying import bought, invoice, money_of, planned
from tests.donors.test_purchase_actions import nothing_booked, refusals, stock_of, way_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def taken_back(by: User, purchase: Purchase, reason: str = "Nhập nhầm hóa đơn") -> Purchase:
    return take_back_purchase(by=by, purchase=purchase, reason=reason)


def test_its_goods_are_promised_and_its_money_reserved_as_planned(world: World, coordinator: User) -> None:
    money = money_of(world)
    purchase = taken_back(coordinator, bought(world, money=money, spent=3_800_000))
    assert (purchase.state, purchase.received, purchase.spent) == ("planned", None, None)
    assert (purchase.invoice, purchase.invoiced_on, purchase.closed_by) == ("", None, None)
    assert way_of(money) == (10_000_000, 4_000_000, 0, 6_000_000)
    assert stock_of(purchase) == (20, 0, 0, 20)
    assert SupplyLine.objects.get(pk=purchase.supply_line_id).unit_value == 200_000
    assert list(faults()) == []


def test_counter_rows_of_today_say_what_was_wrong(world: World, coordinator: User) -> None:
    purchase = bought(world, spent=3_800_000)
    taken_back(coordinator, purchase)
    today = date(2025, 6, 2)
    paid = CashMove.objects.filter(purchase=purchase, amount__lt=0).order_by("pk")
    assert list(paid.values_list("kind", "amount", "occurred_on", "reason")) == [
        ("spend", -3_800_000, today, "Nhập nhầm hóa đơn"),
        ("release", -4_000_000, today, "Nhập nhầm hóa đơn"),
    ]
    came = SupplyMove.objects.get(purchase=purchase, quantity__lt=0)
    assert (came.kind, came.quantity, came.occurred_on) == ("receive", -20, today)
    entry = HistoryEntry.objects.of(purchase).latest("pk")
    assert (entry.verb, entry.from_state, entry.to_state) == ("take the purchase back", "done", "planned")
    assert (entry.details["invoice"], entry.details["spent"]) == ("1C25TAA-00012", 3_800_000)


@pytest.mark.parametrize(("received", "spent"), [(17, 3_400_000), (22, 4_600_000)])
def test_what_was_short_or_over_is_as_planned_again(
    world: World, coordinator: User, received: int, spent: int
) -> None:
    money = money_of(world)
    purchase = bought(world, received, spent, reason="Theo hóa đơn", money=money)
    purchase = taken_back(coordinator, purchase)
    assert (stock_of(purchase), way_of(money)) == ((20, 0, 0, 20), (10_000_000, 4_000_000, 0, 6_000_000))
    assert list(faults()) == []


def test_the_right_invoice_follows_or_the_purchase_is_given_up(world: World, coordinator: User) -> None:
    money = money_of(world)
    purchase = taken_back(coordinator, bought(world, 2, 400_000, reason="Gõ thiếu số 0", money=money))
    complete_purchase(by=coordinator, purchase=purchase, bought=invoice(20, 3_900_000))
    purchase.refresh_from_db()
    assert (purchase.received, purchase.spent, way_of(money)[2]) == (20, 3_900_000, 3_900_000)
    assert list(faults()) == []
    purchase = cancel_purchase(by=coordinator, purchase=taken_back(coordinator, purchase), reason="Không có")
    assert (stock_of(purchase), way_of(money)[3]) == ((20, 0, 20, 0), 10_000_000)
    assert list(faults()) == []
    # Nothing of the money is used any more: its receipt may be taken back too.
    take_back_receipt(by=coordinator, receipt=Receipt.objects.get(), reason="Nhập nhầm")
    assert list(faults()) == []


def test_what_is_allocated_and_not_sent_stays_allocated(world: World, coordinator: User) -> None:
    purchase = bought(world)
    allocate(by=coordinator, supply_line=purchase.supply_line, need=build.need_of(world, 15), quantity=15)
    assert stock_of(taken_back(coordinator, purchase)) == (20, 0, 0, 5)


def test_what_is_over_the_plan_and_allocated_is_named(world: World, coordinator: User) -> None:
    purchase = bought(world, 22, reason="Tặng thêm 2 bộ")
    allocate(by=coordinator, supply_line=purchase.supply_line, need=build.need_of(world, 21), quantity=21)
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        taken_back(coordinator, purchase)
    assert ("21 xã Ia Dom" in str(refusal.value), refusal.value.details["left"]) == (True, 1)


def test_what_went_on_is_named_with_who_holds_it(world: World, coordinator: User) -> None:
    moved, lost, sent = bought(world), bought(world), bought(world)
    move_stock(
        by=coordinator,
        line=moved.supply_line,
        to=world.agency("UBND xã Ia Dom"),
        quantity=7,
        occurred_on=date(2025, 6, 1),
        reason="Để gần nơi trao",
    )
    write_off_stock(
        by=coordinator, line=lost.supply_line, quantity=3, occurred_on=date(2025, 6, 1), reason="Hỏng"
    )
    build.sent(world, 5, supply_line=sent.supply_line)
    for purchase, left, said in ((moved, 13, "UBND xã Ia Dom"), (lost, 17, "3"), (sent, 15, "Ia Dom")):
        with nothing_booked(), pytest.raises(NotEnough) as refusal:
            taken_back(coordinator, purchase)
        assert (refusal.value.details["left"], said in str(refusal.value)) == (left, True)


def test_money_used_meanwhile_is_named(world: World, coordinator: User) -> None:
    money = money_of(world)
    purchase = bought(world, money=money, spent=3_000_000)
    other = planned(world, 7, 1_000_000, money=money)
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        taken_back(coordinator, purchase)
    assert (refusal.value.details["left"], other.code in str(refusal.value)) == (0, True)


def test_only_what_is_done_is_taken_back_by_who_handles_it_with_a_reason(
    world: World, coordinator: User, stranger: User
) -> None:
    waiting, done = planned(world), bought(world)
    with nothing_booked(), pytest.raises(WrongState):
        taken_back(coordinator, waiting)
    with nothing_booked(), pytest.raises(Forbidden):
        taken_back(stranger, done)
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        taken_back(coordinator, done, "  ")
    assert refusals(refusal) == ["reason"]
    taken_back(coordinator, done)
    with nothing_booked(), pytest.raises(WrongState):
        taken_back(coordinator, done)


def test_without_its_history_nothing_is_booked(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = bought(world)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with nothing_booked(), pytest.raises(RuntimeError, match="no history"):
        taken_back(coordinator, purchase)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("spend", ["spent", "spent"]), ("release", ["reserved", "reserved"])],
)
def test_the_proof_names_a_lost_counter_row_of_money(
    world: World, coordinator: User, kind: str, said: list[str]
) -> None:
    taken_back(coordinator, bought(world))
    CashMove.objects.filter(kind=kind, amount__lt=0).delete()
    assert [fault.column for fault in faults()] == said


def test_the_proof_names_a_lost_counter_row_of_goods(world: World, coordinator: User) -> None:
    taken_back(coordinator, bought(world))
    SupplyMove.objects.filter(kind="receive", quantity__lt=0).delete()
    assert [fault.column for fault in faults()] == ["received", "received"]
