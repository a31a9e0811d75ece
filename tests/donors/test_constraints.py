"""What the database itself refuses, whoever writes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from donors.actions import ReceivedLine
from donors.models import (
    CashBalance,
    CashMove,
    FundingSource,
    Pledge,
    PledgeLine,
    Receipt,
    ReceiptLine,
    SupplyBalance,
    SupplyMove,
)
from tests.donors.build import cash, goods, pledged, received
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def chain(world: World) -> Pledge:
    """200 coats and 1,000 đồng promised; 100 coats and 400 đồng came."""
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    received(world, pledge, 100)
    money = pledge.lines.get(kind="cash")
    received(world, pledge, lines=[ReceivedLine(pledge_line=money, amount=400)])
    return pledge


def _breaks(rows: models.QuerySet[Any], constraint: str | None, **values: Any) -> None:
    """An ``update`` past all actions is refused by the constraint (of that name)."""
    assert rows.exists()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**values)


def test_supply_comes_within_what_was_promised(chain: Pledge) -> None:
    _breaks(SupplyBalance.objects.all(), "supply_come_within_promised", received=201)


def test_supply_is_allocated_within_what_there_is(chain: Pledge) -> None:
    _breaks(SupplyBalance.objects.all(), "supply_allocated_within_supply", allocated=201)


def test_supply_is_sent_within_what_came(chain: Pledge) -> None:
    _breaks(SupplyBalance.objects.all(), "supply_sent_within_received", allocated=150, sent=101)


def test_supply_is_sent_within_what_was_allocated(chain: Pledge) -> None:
    _breaks(SupplyBalance.objects.all(), "supply_sent_within_allocated", allocated=10, sent=11)


@pytest.mark.parametrize("column", ["quantity", "received", "refused", "withdrawn", "allocated", "sent"])
def test_no_balance_of_supply_is_negative(chain: Pledge, column: str) -> None:
    _breaks(SupplyBalance.objects.all(), None, **{column: -1})


def test_a_supply_move_moves(chain: Pledge) -> None:
    _breaks(SupplyMove.objects.all(), "supply_move_moves", quantity=0)


def test_cash_comes_within_what_was_promised(chain: Pledge) -> None:
    _breaks(CashBalance.objects.all(), "cash_within_pledge", received=1_001)


def test_cash_is_spent_within_what_came(chain: Pledge) -> None:
    _breaks(CashBalance.objects.all(), "cash_within_received", spent=401)


def test_a_cash_move_moves(chain: Pledge) -> None:
    _breaks(CashMove.objects.all(), "cash_move_moves", amount=0)


def test_a_pledge_has_one_giver(chain: Pledge, world: World) -> None:
    fund = FundingSource.objects.first()
    _breaks(Pledge.objects.all(), "pledge_from_donor_or_source", donor=None)
    _breaks(Pledge.objects.all(), "pledge_from_donor_or_source", source=fund)


def test_a_pledge_is_not_due_before_it_was_made(chain: Pledge) -> None:
    _breaks(Pledge.objects.all(), "pledge_dates_in_order", due_on="2025-02-28")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("goods", {"quantity": None}),
        ("cash", {"amount": None}),
        ("goods", {"amount": 5}),
        ("goods", {"item": None}),
        ("goods", {"quantity": 0}),
        ("cash", {"quantity": 5}),
        ("cash", {"amount": 0}),
        ("cash", {"kind": "goods"}),
    ],
)
def test_a_pledge_line_is_goods_or_cash(chain: Pledge, kind: str, values: dict[str, Any]) -> None:
    _breaks(PledgeLine.objects.filter(kind=kind), "pledge_line_goods_or_cash", **values)


def test_an_earmark_names_what_it_says(chain: Pledge, world: World) -> None:
    place, area = world.village("Ia Dom"), world.area("play")
    for values in ({"earmark": "place"}, {"earmark_area": area}, {"earmark": "area", "earmark_place": place}):
        _breaks(PledgeLine.objects.all(), "pledge_line_earmark_names_one", **values)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("goods", {"accepted": 0}),
        ("goods", {"amount": 5}),
        ("cash", {"accepted": 5}),
        ("cash", {"amount": 0}),
    ],
)
def test_a_receipt_line_is_goods_or_cash(chain: Pledge, kind: str, values: dict[str, Any]) -> None:
    lines = ReceiptLine.objects.filter(pledge_line__kind=kind)
    _breaks(lines, "receipt_line_goods_or_cash", **values)


def test_a_refused_part_has_a_reason(chain: Pledge) -> None:
    goods_came = ReceiptLine.objects.filter(supply_line__isnull=False)
    _breaks(goods_came, "receipt_line_refusal_has_reason", refused=5)


def test_codes_are_given_once(chain: Pledge, world: World) -> None:
    other = pledged(world)
    _breaks(Pledge.objects.filter(pk=other.pk), None, code=chain.code)
    first, second = Receipt.objects.order_by("pk")
    _breaks(Receipt.objects.filter(pk=second.pk), None, code=first.code)


def test_a_fund_stands_once_in_a_scope(chain: Pledge) -> None:
    first, second = FundingSource.objects.order_by("pk")[:2]
    rows = FundingSource.objects.filter(pk=second.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(name=first.name)


def test_rows_are_written_by_actions_only(chain: Pledge) -> None:
    for row in (chain, chain.lines.first(), Receipt.objects.first(), SupplyMove.objects.first()):
        with pytest.raises(RuntimeError):
            row.save()
        with pytest.raises(RuntimeError):
            row.delete()
