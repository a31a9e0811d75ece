"""Donors, pledges and receipts for the tests of other rooms, made by the actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from directory.models import Agency, User
from donors.actions import PledgedLine, ReceivedLine, record_pledge, record_receipt, register_donor
from donors.models import Donor, Pledge, Receipt, SupplyLine
from tests.remembered import step
from tests.world import World


@step
def donor(world: World, name: str = "Công ty Đại Phát", *, by: User | None = None, **fields: Any) -> Donor:
    """``donor(world)``: registered by the coordinator unless ``by`` says otherwise."""
    return register_donor(
        by=by or world.user("coordinator"),
        scope=world.district,
        name=name,
        **{"kind": Donor.Kind.ENTERPRISE, "origin": Donor.Origin.IN_COUNTRY, **fields},
    )


def goods(world: World, item: str = "warm_clothing", quantity: int = 200, **fields: Any) -> PledgedLine:
    return PledgedLine(kind="goods", item=world.item(item), quantity=quantity, **fields)


def cash(amount: int, **fields: Any) -> PledgedLine:
    return PledgedLine(kind="cash", amount=amount, **fields)


@step
def pledged(
    world: World,
    item: str = "warm_clothing",
    quantity: int = 200,
    *,
    by: User | None = None,
    giver: Donor | None = None,
    mobilised_by: Agency | None = None,
    pledged_on: date = date(2025, 3, 1),
    due_on: date | None = None,
    lines: list[PledgedLine] | None = None,
    anonymous: bool = False,
    **line: Any,
) -> Pledge:
    """A pledge of ``quantity`` of one item (or of ``lines``); further keywords go to that line."""
    by = by or world.user("coordinator")
    giver = giver or Donor.objects.visible_to(by).first() or donor(world, by=by)
    return record_pledge(
        by=by,
        scope=world.district,
        mobilised_by=mobilised_by or by.agency,
        donor=giver,
        pledged_on=pledged_on,
        due_on=due_on,
        anonymous=anonymous,
        lines=lines or [goods(world, item, quantity, **line)],
    )


@step
def received(
    world: World,
    pledge: Pledge,
    accepted: int | None = None,
    *,
    by: User | None = None,
    custodian: Agency | None = None,
    occurred_on: date = date(2025, 3, 15),
    lines: list[ReceivedLine] | None = None,
    **line: Any,
) -> Receipt:
    """A receipt of the pledge's first line: ``accepted`` pieces, or all that was promised."""
    first = pledge.lines.order_by("pk").first()
    if lines is None:
        if accepted is None:
            accepted = first.quantity or 0
        lines = [ReceivedLine(pledge_line=first, accepted=accepted, **line)]
    return record_receipt(
        by=by or world.user("coordinator"),
        pledge=pledge,
        custodian=custodian or pledge.mobilised_by,
        occurred_on=occurred_on,
        lines=lines,
    )


def supply_of(pledge: Pledge) -> SupplyLine:
    """The supply line that the pledge's first line opened."""
    return SupplyLine.objects.select_related("balance").get(
        pledge_line=pledge.lines.order_by("pk").first(), origin=SupplyLine.Origin.PLEDGE
    )
