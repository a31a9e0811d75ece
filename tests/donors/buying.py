"""Money that came and what is bought with it, for the tests of this and other rooms, made by the actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from directory import clock
from directory.models import User
from donors.actions import Bought, ReceivedLine, Wanted, complete_purchase, plan_purchase, record_receipt
from donors.models import PledgeLine, Purchase
from tests.donors.build import cash, pledged
from tests.world import World


def money_of(
    world: World, amount: int = 10_000_000, *, came: int | None = None, by: User | None = None, **line: Any
) -> PledgeLine:
    """A pledged line of cash; ``came`` of it were received (None: all)."""
    by = by or world.user("coordinator")
    pledge = pledged(world, by=by, lines=[cash(amount, **line)])
    row = pledge.lines.get()
    came = amount if came is None else came
    if came:
        record_receipt(
            by=by,
            pledge=pledge,
            custodian=by.agency,
            occurred_on=date(2025, 3, 15),
            lines=[ReceivedLine(pledge_line=row, amount=came)],
        )
    row.refresh_from_db()
    return row


def wanted(world: World, quantity: int = 20, unit_price: int = 200_000, **more: Any) -> Wanted:
    more.setdefault("custodian", world.agency("LĐTBXH"))
    return Wanted(world.item(more.pop("item", "warm_clothing")), quantity, unit_price, **more)


def planned(
    world: World,
    quantity: int = 20,
    unit_price: int = 200_000,
    *,
    money: PledgeLine | None = None,
    by: User | None = None,
    **more: Any,
) -> Purchase:
    """20 pieces for 4.000.000 of 10.000.000 đồng, unless told otherwise."""
    return plan_purchase(
        by=by or world.user("coordinator"),
        cash_line=money or money_of(world),
        wanted=wanted(world, quantity, unit_price, **more),
    )


def invoice(received: int = 20, spent: int = 4_000_000, reason: str = "", **more: Any) -> Bought:
    return Bought(
        invoice=more.get("invoice", "1C25TAA-00012"),
        invoiced_on=more.get("invoiced_on") or clock.today(),
        supplier=more.get("supplier", "Cửa hàng Thanh Tâm"),
        received=received,
        spent=spent,
        reason=reason,
    )


def bought(
    world: World, received: int | None = None, spent: int | None = None, *, reason: str = "", **given: Any
) -> Purchase:
    """Planned and done, all of it as planned unless told otherwise."""
    purchase = planned(world, **given)
    return complete_purchase(
        by=given.get("by") or world.user("coordinator"),
        purchase=purchase,
        bought=invoice(
            purchase.quantity if received is None else received,
            purchase.reserved if spent is None else spent,
            reason,
        ),
    )
