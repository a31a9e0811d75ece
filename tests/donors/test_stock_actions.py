"""Stock that goes to another custodian, is written off or put back; what is refused leaves all as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from directory import clock, history
from directory.errors import Forbidden, NotEnough, Refusal
from directory.models import HistoryEntry, User
from distributions.actions import allocate
from distributions.proof import faults
from donors.actions import move_stock, restore_stock, take_back_receipt, write_off_stock
from donors.models import Receipt, StockMovement, SupplyBalance, SupplyLine, SupplyMove
from tests.distributions.build import allocated, need_of, sent, supply_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

BOOKS = (StockMovement, SupplyLine, SupplyBalance, SupplyMove, HistoryEntry)
DAY = date(2025, 6, 2)


@contextmanager
def nothing_booked() -> Iterator[None]:
    """Every value of every row of the books is as before."""
    before = [list(model.objects.order_by("pk").values()) for model in BOOKS]
    yield
    assert [list(model.objects.order_by("pk").values()) for model in BOOKS] == before


@pytest.fixture
def line(world: World) -> SupplyLine:
    """200 promised, 100 of them with LĐTBXH, 40 of those allocated."""
    line = supply_of(world, 200, received=100)
    allocated(world, 40, need=need_of(world, 50), supply_line=line)
    return line


def moved(world: World, line: SupplyLine, quantity: int = 25, **changes: object) -> StockMovement:
    given = {
        "by": world.user("coordinator"),
        "to": world.agency("UBND xã Ia Đal"),
        "occurred_on": DAY,
        "reason": "Để gần nơi trao",
    }
    return move_stock(line=line, quantity=quantity, **{**given, **changes})  # type: ignore[arg-type]


def books(line: SupplyLine) -> tuple[int, ...]:
    """Promised, received, allocated, written off, moved, in stock, left to allocate."""
    balance = SupplyBalance.objects.get(pk=line.pk)
    return (
        balance.quantity,
        balance.received,
        balance.allocated,
        balance.written_off,
        balance.moved,
        balance.in_stock,
        balance.unallocated,
    )


def places(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [problem.place for problem in refusal.value.problems]


def test_goods_stand_with_their_new_custodian(world: World, line: SupplyLine, coordinator: User) -> None:
    movement = moved(world, line)
    target = movement.target
    assert (movement.code, movement.by, movement.source) == ("DC-2025-001", coordinator, line)
    assert (
        target.origin,
        target.custodian.short_name,
        target.moved_from,
        target.item,
        target.unit_value,
    ) == (
        "moved",
        "UBND xã Ia Đal",
        line,
        line.item,
        line.unit_value,
    )
    assert books(line) == (200, 100, 40, 0, 25, 75, 135)
    assert books(target) == (25, 25, 0, 0, 0, 25, 25)
    moves = SupplyMove.objects.filter(movement=movement).order_by("pk").values_list("kind", "quantity")
    assert list(moves) == [("move_out", 25), ("move_in", 25)]
    assert [HistoryEntry.objects.of(row).first().reason for row in (line, target)] == ["Để gần nơi trao"] * 2
    assert list(faults()) == []


def test_moved_goods_are_allocated_and_sent_from_where_they_are(world: World, line: SupplyLine) -> None:
    target = moved(world, line).target
    allocation = allocated(world, 25, need=need_of(world, 25, commune="Ia Đal"), supply_line=target)
    sent(world, 25, allocation=allocation)
    assert books(target) == (25, 25, 25, 0, 0, 0, 0)
    assert list(faults()) == []


def test_both_custodians_see_the_movement(
    world: World, line: SupplyLine, stranger: User, union_officer
) -> None:
    movement = moved(world, line)
    assert [list(StockMovement.objects.visible_to(user)) for user in (stranger, union_officer)] == [
        [movement],
        [],
    ]
    assert list(SupplyLine.objects.visible_to(stranger)) == [movement.target]


def test_goods_that_go_back_undo_their_movement(world: World, line: SupplyLine, stranger: User) -> None:
    movement = moved(world, line)
    back = moved(world, movement.target, 10, by=stranger, to=world.agency("LĐTBXH"), reason="Chuyển nhầm")
    assert (back, back.moved_back, StockMovement.objects.count()) == (movement, 10, 1)
    assert books(line) == (200, 100, 40, 0, 15, 85, 145)
    assert books(movement.target) == (15, 15, 0, 0, 0, 15, 15)
    rows = SupplyMove.objects.filter(movement=movement, quantity__lt=0).order_by("pk")
    assert list(rows.values_list("line", "kind", "quantity", "reason")) == [
        (movement.target_id, "open", -10, "Chuyển nhầm"),
        (movement.target_id, "move_in", -10, "Chuyển nhầm"),
        (line.pk, "move_out", -10, "Chuyển nhầm"),
    ]
    assert HistoryEntry.objects.of(line).latest("pk").details["movement"] == movement.code
    assert list(faults()) == []


def test_once_all_is_back_its_receipt_may_be_taken_back(world: World, coordinator: User) -> None:
    line = supply_of(world, 30)
    movement = moved(world, line)
    receipt = Receipt.objects.get(lines__supply_line=line)
    with nothing_booked(), pytest.raises(NotEnough):
        take_back_receipt(by=coordinator, receipt=receipt, reason="Đếm nhầm")
    moved(world, movement.target, to=world.agency("LĐTBXH"))
    assert list(SupplyLine.objects.standing()) == [line]
    take_back_receipt(by=coordinator, receipt=receipt, reason="Đếm nhầm")
    assert books(line) == (30, 0, 0, 0, 0, 0, 30)
    assert list(faults()) == []


def test_goods_go_back_over_all_who_kept_them(world: World, line: SupplyLine) -> None:
    first = moved(world, line)
    second = moved(world, first.target, 20, to=world.agency("UBND xã Ia Dom"))
    moved(world, second.target, 12, to=world.agency("LĐTBXH"))
    assert (books(line)[4], books(first.target), books(second.target)) == (
        13,
        (13, 13, 0, 0, 8, 5, 5),
        (8, 8, 0, 0, 0, 8, 8),
    )
    assert list(StockMovement.objects.order_by("pk").values_list("moved_back", flat=True)) == [12, 12]
    assert list(faults()) == []


def test_what_is_allocated_elsewhere_does_not_go_back(world: World, line: SupplyLine) -> None:
    target = moved(world, line).target
    allocated(world, 20, need=need_of(world, 25, commune="Ia Đal"), supply_line=target)
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        moved(world, target, 6, to=world.agency("LĐTBXH"))
    assert (refusal.value.details["left"], "20 xã Ia Đal" in str(refusal.value)) == (5, True)


def test_nothing_goes_back_before_it_came(world: World, line: SupplyLine) -> None:
    with clock.standing_on(DAY + timedelta(days=2)):
        target = moved(world, line, occurred_on=DAY + timedelta(days=1)).target
        with nothing_booked(), pytest.raises(Refusal) as refusal:
            moved(world, target, to=world.agency("LĐTBXH"))
    assert places(refusal) == ["occurred_on"]


@pytest.mark.parametrize("deed", [moved, lambda world, line, quantity: lost(world, line, quantity)])
def test_nothing_allocated_leaves_the_stock(
    world: World, line: SupplyLine, deed: Callable[[World, SupplyLine, int], object]
) -> None:
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        deed(world, line, 61)
    assert refusal.value.details == {"left": 60, "whole": 100}
    assert (places(refusal), "40 xã Ia Dom" in str(refusal.value)) == (["quantity"], True)
    deed(world, line, 60)
    with nothing_booked(), pytest.raises(NotEnough):
        deed(world, line, 1)


def test_what_is_promised_only_cannot_be_moved(world: World) -> None:
    line = supply_of(world, 200, received=0)
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        moved(world, line, 1)
    assert refusal.value.details == {"left": 0, "whole": 0}


def test_all_that_is_wrong_with_a_movement_is_said_at_once(world: World, line: SupplyLine) -> None:
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        moved(world, line, 0, to=world.agency("LĐTBXH"), occurred_on=date(2025, 6, 3), reason=" ")
    assert places(refusal) == ["quantity", "reason", "occurred_on", "to"]
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        moved(world, line, occurred_on=date(2025, 6, 1))
    assert places(refusal) == ["occurred_on"]


def lost(world: World, line: SupplyLine, quantity: int = 5, **changes: object) -> SupplyLine:
    given = {"by": world.user("coordinator"), "occurred_on": DAY, "reason": "Mưa dột kho"}
    return write_off_stock(line=line, quantity=quantity, **{**given, **changes})  # type: ignore[arg-type]


def test_what_is_lost_is_written_off_and_may_be_put_back(
    world: World, line: SupplyLine, coordinator: User
) -> None:
    lost(world, line)
    assert books(line) == (200, 100, 40, 5, 0, 95, 155)
    restore_stock(by=coordinator, line=line, quantity=2, reason="Tìm thấy lại")
    assert books(line) == (200, 100, 40, 3, 0, 97, 157)
    moves = SupplyMove.objects.filter(kind="write_off").order_by("pk").values_list("quantity", "reason")
    assert list(moves) == [(5, "Mưa dột kho"), (-2, "Tìm thấy lại")]
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        restore_stock(by=coordinator, line=line, quantity=4, reason="Tìm thấy lại")
    assert (refusal.value.details, places(refusal)) == ({"left": 3, "whole": 3}, ["quantity"])
    assert list(faults()) == []


def test_a_loss_says_what_and_why(world: World, line: SupplyLine, coordinator: User) -> None:
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        lost(world, line, -1, reason="", occurred_on=date(2025, 6, 3))
    assert places(refusal) == ["quantity", "reason", "occurred_on"]
    with nothing_booked(), pytest.raises(Refusal) as refusal:
        restore_stock(by=coordinator, line=line, quantity=0, reason="")
    assert places(refusal) == ["quantity", "reason"]


def test_who_keeps_the_goods_hands_them_over(
    world: World, line: SupplyLine, stranger: User, officer: User, leader: User
) -> None:
    target = moved(world, line).target
    for by in (officer, leader):
        with nothing_booked(), pytest.raises(Forbidden):
            moved(world, target, 5, by=by, to=world.agency("LĐTBXH"))
        with nothing_booked(), pytest.raises(Forbidden):
            lost(world, target, by=by)
        with nothing_booked(), pytest.raises(Forbidden):
            restore_stock(by=by, line=target, quantity=1, reason="Nhầm")
    with nothing_booked(), pytest.raises(Forbidden):
        moved(world, line, 5, by=stranger)
    assert lost(world, target, by=stranger) == target


def put_back(world: World, line: SupplyLine) -> SupplyLine:
    by = world.user("coordinator")
    return restore_stock(by=by, line=line, quantity=1, reason="Tìm thấy lại")


@pytest.mark.parametrize("deed", [moved, lost, put_back])
def test_without_its_history_nothing_is_booked(
    world: World,
    line: SupplyLine,
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[World, SupplyLine], object],
) -> None:
    lost(world, line)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with nothing_booked(), pytest.raises(RuntimeError, match="no history"):
        deed(world, line)


def test_the_same_form_sent_twice_moves_once(world: World, line: SupplyLine) -> None:
    key = "0c0b54a2-51a9-4a2b-8a0d-0f3d5b1b7a11"
    first, second = (moved(world, line, key=key) for _ in range(2))
    assert (first, books(line)[4]) == (second, 25)


def test_what_is_moved_is_not_allocated_from_where_it_was(
    world: World, line: SupplyLine, coordinator: User
) -> None:
    moved(world, line, 60)
    need = need_of(world, 200, commune="Ia Đal")
    with nothing_booked(), pytest.raises(NotEnough) as refusal:
        allocate(by=coordinator, supply_line=line, need=need, quantity=101)
    assert refusal.value.details["left"] == 100
