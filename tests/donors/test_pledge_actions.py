"""Pledges: recorded with their supply, withdrawn while nothing hangs on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError

from directory import history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from donors.actions import PledgedLine, record_pledge, withdraw_pledge
from donors.models import (
    CashBalance,
    CashMove,
    FundingSource,
    Pledge,
    PledgeLine,
    SupplyBalance,
    SupplyLine,
    SupplyMove,
)
from needs.models import ReferencePrice
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.donors.counting import rows, unchanged
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_a_pledge_opens_its_supply_and_cash(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[goods(world, quantity=200, unit_value=150_000), cash(5_000_000)])
    assert pledge.code == "CK-2025-001"
    supply = supply_of(pledge)
    assert (supply.balance.quantity, supply.balance.to_come, supply.unit_value) == (200, 200, 150_000)
    assert supply.custodian == coordinator.agency
    assert list(SupplyMove.objects.values_list("kind", "quantity", "by")) == [("open", 200, coordinator.pk)]
    assert list(CashBalance.objects.values_list("amount", "received")) == [(5_000_000, 0)]
    assert list(CashMove.objects.values_list("kind", "amount")) == [("pledge", 5_000_000)]
    assert [entry.verb for entry in HistoryEntry.objects.of(pledge)] == ["record the pledge"]


def test_the_value_falls_back_to_the_reference_price_of_the_year(world: World) -> None:
    ReferencePrice.objects.create(item=world.item("warm_clothing"), year=2025, amount=180_000)
    ReferencePrice.objects.create(item=world.item("warm_clothing"), year=2024, amount=1)
    assert supply_of(pledged(world)).unit_value == 180_000
    assert supply_of(pledged(world, unit_value=90_000)).unit_value == 90_000
    assert supply_of(pledged(world, item="meal")).unit_value == 0


def test_a_fund_may_give(world: World, coordinator: User) -> None:
    fund = FundingSource.objects.get(name="Quỹ Bảo trợ trẻ em huyện")
    pledge = record_pledge(
        by=coordinator,
        scope=world.district,
        mobilised_by=coordinator.agency,
        source=fund,
        pledged_on=date(2025, 3, 1),
        lines=[goods(world)],
    )
    assert pledge.giver == fund


def test_an_agency_records_what_it_mobilised_itself(world: World, officer: User, union_officer: User) -> None:
    for user in (officer, union_officer):
        giver = donor(world, by=user, name=f"Nhà tài trợ của {user}")
        pledge = pledged(world, by=user, giver=giver)
        assert (pledge.mobilised_by, pledge.scope) == (user.agency, world.district)


def test_nobody_records_for_another_agency(world: World, officer: User, stranger: User, leader: User) -> None:
    giver = donor(world, by=officer)
    with unchanged(Pledge, SupplyLine), pytest.raises(Forbidden):
        pledged(world, by=officer, giver=giver, mobilised_by=stranger.agency)
    with unchanged(Pledge, SupplyLine), pytest.raises(Forbidden):
        pledged(world, by=leader, giver=giver)


def _refused(world: World, **changes: Any) -> list[str]:
    """The places that a pledge with ``changes`` is refused at; nothing may have been saved."""
    by = world.user("coordinator")
    good: dict[str, Any] = {
        "by": by,
        "scope": world.district,
        "mobilised_by": by.agency,
        "donor": donor(world, name="Ông Ba"),
        "pledged_on": date(2025, 3, 1),
        "lines": [goods(world)],
    }
    models = (Pledge, PledgeLine, SupplyLine, SupplyMove, CashMove, HistoryEntry)
    with unchanged(*models), pytest.raises(Refusal) as refusal:
        record_pledge(**{**good, **changes})
    return [problem.place for problem in refusal.value.problems]


def test_dates_stand_in_order(world: World) -> None:
    assert _refused(world, pledged_on=date(2025, 6, 3)) == ["pledged_on"]
    assert _refused(world, due_on=date(2025, 2, 28)) == ["due_on"]


def test_one_giver_within_reach(world: World, officer: User) -> None:
    fund = FundingSource.objects.get(name="Quỹ Bảo trợ trẻ em huyện")
    assert _refused(world, donor=None) == ["donor"]
    assert _refused(world, source=fund) == ["donor"]
    theirs = donor(world, name="Của LĐTBXH")
    with unchanged(Pledge), pytest.raises(Refusal) as refusal:
        pledged(world, by=officer, giver=theirs)
    assert [problem.place for problem in refusal.value.problems] == ["donor"]


def test_an_agency_of_another_time_did_not_mobilise(world: World) -> None:
    agency = world.agency("Hội LHPN")
    agency.valid_to = date(2025, 2, 1)
    agency.save()
    assert _refused(world, mobilised_by=agency) == ["mobilised_by"]


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"quantity": None}, ["lines-0-quantity"]),
        ({"quantity": 0}, ["lines-0-quantity"]),
        ({"quantity": -5}, ["lines-0-quantity"]),
        ({"quantity": 10**12}, ["lines-0-quantity"]),
        ({"unit_value": -1}, ["lines-0-unit_value"]),
        ({"unit_value": 10**13}, ["lines-0-unit_value"]),
        ({"quantity": 999_999_999, "unit_value": 9_999_999_999}, ["lines-0-unit_value"]),
        ({"amount": 5}, ["lines-0-amount"]),
        ({"item": None}, ["lines-0-item"]),
        ({"earmark": "area"}, ["lines-0-earmark"]),
    ],
)
def test_a_goods_line_is_whole_and_bounded(world: World, changes: dict[str, Any], places: list[str]) -> None:
    assert _refused(world, lines=[replace(goods(world), **changes)]) == places


def test_a_cash_line_has_an_amount_and_no_goods(world: World) -> None:
    assert _refused(world, lines=[PledgedLine(kind="cash")]) == ["lines-0-amount"]
    assert _refused(world, lines=[cash(10**14)]) == ["lines-0-amount"]
    assert _refused(world, lines=[cash(5, quantity=3)]) == ["lines-0-quantity"]


def test_a_pledge_has_lines_and_all_problems_are_named_at_once(world: World) -> None:
    assert _refused(world, lines=[]) == ["lines"]
    bad = [goods(world), goods(world, quantity=0), cash(0)]
    assert _refused(world, lines=bad, donor=None) == ["donor", "lines-1-quantity", "lines-2-amount"]


def test_an_earmark_fits_item_and_scope(world: World) -> None:
    play = world.area("play")
    assert _refused(world, lines=[goods(world, earmark="area", earmark_area=play)]) == ["lines-0-earmark"]
    village = world.village("Ia Dom")
    line = supply_of(pledged(world, earmark="place", earmark_place=village, earmark_hard=True)).pledge_line
    assert (line.earmarked_for, line.earmark_hard) == (village.full_name, True)
    village.unit = world.district.parent
    village.save()
    assert _refused(world, lines=[goods(world, earmark="place", earmark_place=village)]) == [
        "lines-0-earmark"
    ]


def test_an_item_no_longer_in_use_is_refused(world: World) -> None:
    item = world.item("warm_clothing")
    item.retired_on = date(2025, 6, 1)
    item.save()
    assert _refused(world) == ["lines-0-item"]


def test_recording_is_atomic(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    giver = donor(world)
    monkeypatch.setattr(history, "record", _broken)
    with unchanged(Pledge, PledgeLine, SupplyLine, SupplyBalance, SupplyMove), pytest.raises(DatabaseError):
        pledged(world, giver=giver)


def test_withdrawing_takes_everything_back(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    withdraw_pledge(by=coordinator, pledge=pledge, reason="Công ty giải thể")
    pledge.refresh_from_db()
    assert pledge.state == "withdrawn"
    balance = supply_of(pledge).balance
    assert (balance.withdrawn, balance.to_come, balance.unallocated) == (200, 0, 0)
    assert list(CashBalance.objects.values_list("withdrawn", flat=True)) == [1_000]
    assert list(SupplyMove.objects.order_by("pk").values_list("kind", "quantity", "reason")) == [
        ("open", 200, ""),
        ("withdraw", 200, "Công ty giải thể"),
    ]
    last = HistoryEntry.objects.of(pledge)[0]
    assert (last.from_state, last.to_state, last.reason) == ("open", "withdrawn", "Công ty giải thể")


def test_withdrawing_needs_a_reason(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    with unchanged(SupplyMove, HistoryEntry), pytest.raises(Refusal) as refusal:
        withdraw_pledge(by=coordinator, pledge=pledge, reason="  ")
    assert [problem.place for problem in refusal.value.problems] == ["reason"]


def test_what_came_is_not_withdrawn(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    receipt = received(world, pledge, 20)
    with unchanged(SupplyMove, HistoryEntry), pytest.raises(Refusal, match=receipt.code) as refusal:
        withdraw_pledge(by=coordinator, pledge=pledge, reason="nhầm")
    assert refusal.value.code == "in_use"
    assert supply_of(pledge).balance.withdrawn == 0


def test_what_is_allocated_is_not_withdrawn(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    SupplyBalance.objects.update(allocated=188)
    with unchanged(SupplyMove, HistoryEntry), pytest.raises(Refusal, match="188") as refusal:
        withdraw_pledge(by=coordinator, pledge=pledge, reason="nhầm")
    assert refusal.value.code == "in_use"


def test_a_withdrawn_pledge_is_not_withdrawn_again(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    withdraw_pledge(by=coordinator, pledge=pledge, reason="nhầm")
    with unchanged(SupplyMove, HistoryEntry), pytest.raises(WrongState):
        withdraw_pledge(by=coordinator, pledge=pledge, reason="nhầm")


def test_only_the_mobiliser_and_the_coordinators_withdraw(
    world: World, officer: User, stranger: User, leader: User, coordinator: User
) -> None:
    pledge = pledged(world, by=officer, giver=donor(world, by=officer))
    for user in (stranger, leader):
        with unchanged(SupplyMove), pytest.raises(Forbidden):
            withdraw_pledge(by=user, pledge=pledge, reason="nhầm")
    withdraw_pledge(by=officer, pledge=pledge, reason="nhầm")


def test_withdrawing_is_atomic(world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    pledge = pledged(world)
    monkeypatch.setattr(history, "record", _broken)
    with unchanged(SupplyMove), pytest.raises(DatabaseError):
        withdraw_pledge(by=coordinator, pledge=pledge, reason="nhầm")
    pledge.refresh_from_db()
    assert (pledge.state, supply_of(pledge).balance.withdrawn) == ("open", 0)
    assert rows(HistoryEntry) == 2  # the donor's and the pledge's own


def _broken(*args: object, **kwargs: object) -> None:
    raise DatabaseError("the history cannot be written")
