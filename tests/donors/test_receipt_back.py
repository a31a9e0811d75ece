"""A wrong receipt is taken back by a counter-row; a walk-in is one form and one transaction."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError

from directory import history
from directory.errors import Forbidden, NotEnough, Refusal, WrongState
from directory.models import Agency, HistoryEntry, User
from donors.actions import (
    BroughtLine,
    NewDonor,
    expire_pledge,
    record_walk_in,
    take_back_receipt,
)
from donors.models import (
    CashBalance,
    CashMove,
    Donor,
    Pledge,
    PledgeLine,
    Receipt,
    ReceiptLine,
    SupplyBalance,
    SupplyLine,
    SupplyMove,
)
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.donors.counting import unchanged
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TABLES = (Donor, Pledge, Receipt, ReceiptLine, SupplyLine, SupplyMove, CashMove, HistoryEntry)


def _state(pledge: Pledge) -> str:
    return Pledge.objects.get(pk=pledge.pk).state


def _back(by: User, receipt: Receipt, reason: str = "Đếm nhầm") -> Receipt:
    return take_back_receipt(by=by, receipt=receipt, reason=reason)


def test_a_receipt_is_taken_back_by_a_row_of_its_own(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[goods(world, unit_value=100), cash(1_000)])
    wrong = received(world, pledge, 180, refused=20, refuse_reason="rách")
    money = received(world, pledge, lines=[_money(pledge, 1_000)])
    assert _state(pledge) == "received"
    counter = _back(coordinator, wrong)
    assert (counter.code, counter.reverses, counter.note) == ("TN-2025-003", wrong, "Đếm nhầm")
    assert counter.occurred_on == date(2025, 6, 2)
    assert list(counter.lines.values_list("accepted", "refused")) == [(-180, -20)]
    balance = supply_of(pledge).balance
    assert (balance.received, balance.refused, balance.to_come) == (0, 0, 200)
    moves = SupplyMove.objects.order_by("pk").values_list("kind", "quantity", "reason")
    assert list(moves)[-2:] == [("receive", -180, "Đếm nhầm"), ("refuse", -20, "Đếm nhầm")]
    assert _state(pledge) == "open"
    assert Receipt.objects.totals() == {"goods": 0, "cash": 1_000, "unvalued": 0}
    assert list(Receipt.objects.standing()) == [money]
    _back(coordinator, money)
    assert list(CashBalance.objects.values_list("received", "withdrawn")) == [(0, 0)]
    received(world, pledge, 170, refused=30, refuse_reason="rách")
    assert supply_of(pledge).balance.received == 170


def test_a_mistyped_value_goes_with_its_receipt(world: World, coordinator: User) -> None:
    pledge = pledged(world, unit_value=0)
    wrong = received(world, pledge, 20, unit_value=9_000_000)
    other = received(world, pledge, 30)
    _back(coordinator, wrong)
    assert supply_of(pledge).unit_value == 9_000_000  # of what the other receipt brought
    _back(coordinator, other)
    assert supply_of(pledge).unit_value == 0
    received(world, pledge, 20, unit_value=90_000)
    assert supply_of(pledge).unit_value == 90_000


def _money(pledge: Pledge, amount: int) -> Any:
    from donors.actions import ReceivedLine

    return ReceivedLine(pledge_line=pledge.lines.get(kind="cash"), amount=amount)


def test_a_surplus_goes_when_its_receipt_does(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    receipt = received(world, pledge, 230)
    surplus = SupplyLine.objects.get(origin="surplus")
    _back(coordinator, receipt)
    balance = SupplyBalance.objects.get(pk=surplus.pk)
    assert (balance.quantity, balance.received, balance.withdrawn, balance.unallocated) == (30, 0, 30, 0)
    assert (supply_of(pledge).balance.to_come, _state(pledge)) == (200, "open")


def test_what_came_of_a_pledge_that_expired_does_not_come_again(world: World, coordinator: User) -> None:
    pledge = pledged(world, due_on=date(2025, 6, 1))
    receipt = received(world, pledge, 50)
    expire_pledge(by=coordinator, pledge=pledge, reason="Không liên hệ được")
    _back(coordinator, receipt)
    balance = supply_of(pledge).balance
    assert (balance.received, balance.withdrawn, _state(pledge)) == (0, 200, "expired")


@pytest.mark.parametrize(
    "went_on", [{"sent": 31, "allocated": 31}, {"written_off": 31}, {"moved": 31}], ids=lambda went: str(went)
)
def test_what_went_on_is_not_taken_back(world: World, coordinator: User, went_on: dict[str, int]) -> None:
    pledge = pledged(world)
    first, second = received(world, pledge, 30), received(world, pledge, 20)
    SupplyBalance.objects.update(**went_on)
    with unchanged(*TABLES), pytest.raises(NotEnough) as refused:
        _back(coordinator, second)
    assert refused.value.details == {"left": 19, "whole": 50}
    with unchanged(*TABLES), pytest.raises(NotEnough):
        _back(coordinator, first)
    assert supply_of(pledge).balance.received == 50


def test_money_reserved_for_a_purchase_is_not_taken_back(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[cash(1_000)])
    receipt = received(world, pledge, amount=1_000)
    CashBalance.objects.update(reserved=1)
    with unchanged(*TABLES), pytest.raises(NotEnough) as refused:
        _back(coordinator, receipt)
    assert refused.value.details == {"left": 999, "whole": 1_000, "enough_when_cancelled": True}


def test_money_that_is_spent_is_never_taken_back(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[cash(1_000)])
    receipt = received(world, pledge, amount=1_000)
    CashBalance.objects.update(reserved=300, spent=1)
    with unchanged(*TABLES), pytest.raises(NotEnough) as refused:
        _back(coordinator, receipt)
    assert refused.value.details == {"left": 699, "whole": 1_000, "enough_when_cancelled": False}


def test_promised_goods_stay_allocated(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    receipt = received(world, pledge, 200)
    SupplyBalance.objects.update(allocated=200)
    _back(coordinator, receipt)
    balance = supply_of(pledge).balance
    assert (balance.to_come, balance.allocated, balance.in_stock) == (200, 200, 0)


def test_a_surplus_that_is_allocated_stays(world: World, coordinator: User) -> None:
    receipt = received(world, pledged(world), 230)
    SupplyBalance.objects.filter(line__origin="surplus").update(allocated=1)
    with unchanged(*TABLES), pytest.raises(NotEnough):
        _back(coordinator, receipt)


def test_once_only_with_a_reason_and_no_counter_row(world: World, coordinator: User) -> None:
    receipt = received(world, pledged(world), 30)
    with unchanged(*TABLES), pytest.raises(Refusal) as refusal:
        _back(coordinator, receipt, " ")
    assert [problem.place for problem in refusal.value.problems] == ["reason"]
    counter = _back(coordinator, receipt)
    for again in (receipt, counter):
        with unchanged(*TABLES), pytest.raises(WrongState, match=counter.code):
            _back(coordinator, again)


def test_only_who_handles_the_pledge_takes_a_receipt_back(
    world: World, officer: User, stranger: User, leader: User
) -> None:
    receipt = received(world, pledged(world, by=officer, giver=donor(world, by=officer)), 30, by=officer)
    for user in (stranger, leader):
        with unchanged(*TABLES), pytest.raises(Forbidden):
            _back(user, receipt)
    _back(officer, receipt)


def test_taking_back_is_atomic(world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    pledge = pledged(world)
    receipt = received(world, pledge, 30)
    monkeypatch.setattr(history, "record", _broken)
    with unchanged(*TABLES), pytest.raises(DatabaseError):
        _back(coordinator, receipt)
    assert supply_of(pledge).balance.received == 30


# Brought without a pledge


def brought(world: World, *, by: User | None = None, **changes: Any) -> Receipt:
    by = by or world.user("coordinator")
    good: dict[str, Any] = {
        "scope": world.district,
        "mobilised_by": by.agency,
        "custodian": by.agency,
        "occurred_on": date(2025, 5, 30),
        "new_donor": NewDonor("individual", "in_district", "Bà Lan"),
        "lines": [BroughtLine("goods", world.item("warm_clothing"), 18, 2, "rách", "good", 1_000)],
    }
    return record_walk_in(by=by, **{**good, **changes})


def test_what_is_brought_is_donor_pledge_and_receipt_at_once(world: World, coordinator: User) -> None:
    money = BroughtLine("cash", amount=5_000_000, purpose="mua áo ấm")
    receipt = brought(
        world,
        lines=[BroughtLine("goods", world.item("warm_clothing"), 18, 2, "rách", "good", 1_000), money],
        handed_over_by="Bà Lan",
        received_by="Ông Nam, Trưởng phòng",
    )
    pledge = receipt.pledge
    assert (pledge.state, pledge.walk_in, pledge.donor.name) == ("received", True, "Bà Lan")
    assert (receipt.handed_over_by, receipt.received_by) == ("Bà Lan", "Ông Nam, Trưởng phòng")
    assert list(receipt.lines.values_list("accepted", "refused", "quality", "amount")) == [
        (18, 2, "good", 0),
        (0, 0, "", 5_000_000),
    ]
    line = SupplyLine.objects.get()
    assert (line.origin, line.custodian, line.balance.in_stock) == ("walk_in", coordinator.agency, 18)
    assert list(CashBalance.objects.values_list("amount", "received")) == [(5_000_000, 5_000_000)]


def test_a_commune_takes_in_what_it_is_brought(world: World, officer: User, stranger: User) -> None:
    assert brought(world, by=officer).custodian == officer.agency
    with unchanged(*TABLES), pytest.raises(Forbidden):
        brought(world, by=officer, mobilised_by=stranger.agency)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"occurred_on": date(2025, 6, 3)}, ["occurred_on", "custodian"]),
        ({"new_donor": None}, ["donor"]),
        ({"new_donor": NewDonor("individual", "in_district", "  ")}, ["new_name"]),
        ({"lines": []}, ["lines"]),
        ({"lines": [BroughtLine("cash", amount=0)]}, ["lines-0-amount"]),
        ({"lines": [BroughtLine("goods", None, 5)]}, ["lines-0-item"]),
        ({"lines": [BroughtLine("goods", None, 5, 2)]}, ["lines-0-item", "lines-0-refuse_reason"]),
    ],
)
def test_all_that_is_wrong_is_named_and_nothing_is_saved(
    world: World, changes: dict[str, Any], places: list[str]
) -> None:
    closed = Agency.objects.get(short_name="LĐTBXH")
    if "occurred_on" in changes:
        closed.valid_to = date(2025, 6, 2)
        closed.save()
        places = ["mobilised_by", *places]
    with unchanged(*TABLES), pytest.raises(Refusal) as refusal:
        brought(world, **changes)
    assert [problem.place for problem in refusal.value.problems] == places


def test_the_same_form_sent_twice_is_one_receipt(world: World) -> None:
    key = uuid.uuid4()
    assert brought(world, key=key) == brought(world, key=key)
    assert (Donor.objects.count(), Pledge.objects.count(), Receipt.objects.count()) == (1, 1, 1)
    assert SupplyBalance.objects.get().received == 18


def test_what_was_brought_is_taken_back_whole(world: World, coordinator: User) -> None:
    receipt = brought(world)
    _back(coordinator, receipt)
    balance = SupplyBalance.objects.get()
    assert (balance.received, balance.refused, balance.withdrawn) == (0, 0, 20)
    assert _state(receipt.pledge) == "withdrawn"
    assert PledgeLine.objects.totals() == {"goods": 0, "cash": 0, "unvalued": 0}


def test_taking_in_is_atomic(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "record", _broken)
    with unchanged(*TABLES), pytest.raises(DatabaseError):
        brought(world, new_donor=None, donor=None, source=_fund())


def _fund() -> Any:
    from donors.models import FundingSource

    return FundingSource.objects.get(name="Quỹ Bảo trợ trẻ em huyện")


def _broken(*args: object, **kwargs: object) -> None:
    raise DatabaseError("the history cannot be written")
