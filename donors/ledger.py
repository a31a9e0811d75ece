"""The moves of supply and cash: each a guarded update of a balance and its ledger row. Called by actions.

The guarded update and the CHECKs of the tables are the guarantee; the locks make the messages right.
Locks are taken in one order: the pledge, its supply balances by pk, its cash balances by pk.
"""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext as _

from directory.errors import NotEnough
from directory.models import Agency, User
from donors import claims
from donors.models import (
    CashBalance,
    CashMove,
    Pledge,
    PledgeLine,
    ReceiptLine,
    SupplyBalance,
    SupplyLine,
    SupplyMove,
)
from donors.numbers import grouped
from needs.models import SupportItem


def lock_pledge(pledge: Pledge) -> Pledge:
    """The pledge as it is now, held until the transaction ends."""
    return Pledge.objects.select_for_update(no_key=True).get(pk=pledge.pk)


def lock_supply(pledge: Pledge) -> dict[int, SupplyBalance]:
    """The balances of what was pledged (not of the surplus), by pledge line."""
    rows = (
        SupplyBalance.objects.select_for_update(no_key=True, of=("self",))
        .select_related("line__item", "line__custodian")
        .filter(line__pledge_line__pledge=pledge, line__origin=SupplyLine.Origin.PLEDGE)
        .order_by("pk")
    )
    return {balance.line.pledge_line_id: balance for balance in rows}


def lock_goods(pledge: Pledge) -> list[SupplyBalance]:
    """The balances of all its goods, also of a surplus, what was moved and what was bought, by pk.

    After ``lock_supply`` it keeps the order: what was promised was opened before anything else.
    """
    rows = SupplyBalance.objects.select_for_update(no_key=True, of=("self",))
    return list(rows.select_related("line").filter(line__pledge_line__pledge=pledge).order_by("pk"))


def lock_cash(pledge: Pledge) -> dict[int, CashBalance]:
    """The balances of the pledge's cash lines, by pledge line."""
    rows = CashBalance.objects.select_for_update(no_key=True).filter(line__pledge=pledge).order_by("pk")
    return {balance.pk: balance for balance in rows}


def open_supply(
    pledge_line: PledgeLine,
    *,
    origin: str,
    quantity: int,
    unit_value: int,
    custodian: Agency,
    by: User,
    occurred_on: date,
    item: SupportItem | None = None,
    moved_from: SupplyLine | None = None,
) -> SupplyLine:
    """A new supply line of ``quantity`` of the pledge line's item, with its balance and first move.

    ``item``: what is bought with the đồng of a cash line. ``moved_from``: the line it leaves.
    """
    item = item or pledge_line.item
    if item is None:
        raise ValueError("A cash line has no supply until something is bought.")
    line = SupplyLine.objects.create(
        pledge_line=pledge_line,
        origin=origin,
        item=item,
        moved_from=moved_from,
        custodian=custodian,
        unit_value=unit_value,
    )
    SupplyBalance.objects.create(line=line, quantity=quantity)
    _move(line, SupplyMove.Kind.OPEN, quantity, by=by, occurred_on=occurred_on)
    return line


def open_cash(pledge_line: PledgeLine, amount: int, *, by: User, occurred_on: date) -> CashBalance:
    """The balance of a new cash line, whole đồng, with its first move."""
    balance = CashBalance.objects.create(line=pledge_line, amount=amount)
    CashMove.objects.create(
        line=pledge_line, kind=CashMove.Kind.PLEDGE, amount=amount, by=by, occurred_on=occurred_on
    )
    return balance


def receive_supply(line: SupplyLine, came: ReceiptLine, *, by: User, occurred_on: date) -> None:
    """Book what was accepted and refused of a supply line.

    Raises ``NotEnough`` if more than what is to come would be booked, or if the refused part is allocated.
    """
    accepted, refused = came.accepted, came.refused
    gone = F("refused") + F("withdrawn") + refused
    changed = SupplyBalance.objects.filter(
        Q(quantity__gte=F("received") + gone + accepted),
        Q(quantity__gte=F("allocated") + F("written_off") + F("moved") + gone),
        pk=line.pk,
    ).update(received=F("received") + accepted, refused=F("refused") + refused)
    if not changed:
        raise _not_to_come(line, accepted + refused, refused)
    for kind, quantity in ((SupplyMove.Kind.RECEIVE, accepted), (SupplyMove.Kind.REFUSE, refused)):
        if quantity:
            reason = came.refuse_reason if kind == SupplyMove.Kind.REFUSE else ""
            _move(line, kind, quantity, by=by, occurred_on=occurred_on, receipt_line=came, reason=reason)


def withdraw_supply(line: SupplyLine, quantity: int, *, by: User, occurred_on: date, reason: str) -> None:
    """Take back ``quantity`` that has neither come nor been allocated. Raises ``NotEnough``."""
    gone = F("refused") + F("withdrawn") + quantity
    changed = SupplyBalance.objects.filter(
        Q(quantity__gte=F("received") + gone),
        Q(quantity__gte=F("allocated") + F("written_off") + F("moved") + gone),
        pk=line.pk,
    ).update(withdrawn=F("withdrawn") + quantity)
    if not changed:
        raise _not_to_come(line, quantity, quantity)
    _move(line, SupplyMove.Kind.WITHDRAW, quantity, by=by, occurred_on=occurred_on, reason=reason)


def receive_cash(line: PledgeLine, came: ReceiptLine, *, by: User, occurred_on: date) -> None:
    """Book ``came.amount`` đồng of a cash line. Raises ``NotEnough`` over what is to come."""
    changed = CashBalance.objects.filter(
        pk=line.pk, amount__gte=F("received") + F("withdrawn") + came.amount
    ).update(received=F("received") + came.amount)
    if not changed:
        raise _cash_not_to_come(line, came.amount)
    CashMove.objects.create(
        line=line,
        kind=CashMove.Kind.RECEIVE,
        amount=came.amount,
        receipt_line=came,
        by=by,
        occurred_on=occurred_on,
    )


def withdraw_cash(line: PledgeLine, amount: int, *, by: User, occurred_on: date, reason: str) -> None:
    """Take back ``amount`` đồng that has not come. Raises ``NotEnough``."""
    changed = CashBalance.objects.filter(
        pk=line.pk, amount__gte=F("received") + F("withdrawn") + amount
    ).update(withdrawn=F("withdrawn") + amount)
    if not changed:
        raise _cash_not_to_come(line, amount)
    CashMove.objects.create(
        line=line,
        kind=CashMove.Kind.WITHDRAW,
        amount=amount,
        by=by,
        occurred_on=occurred_on,
        reason=reason,
    )


def _move(
    line: SupplyLine,
    kind: str,
    quantity: int,
    *,
    by: User,
    occurred_on: date,
    receipt_line: ReceiptLine | None = None,
    reason: str = "",
) -> None:
    SupplyMove.objects.create(
        line=line,
        kind=kind,
        quantity=quantity,
        receipt_line=receipt_line,
        by=by,
        occurred_on=occurred_on,
        reason=reason,
    )


def _not_to_come(line: SupplyLine, asked: int, taken_off: int) -> NotEnough:
    balance = SupplyBalance.objects.get(pk=line.pk)
    left = balance.to_come if asked > balance.to_come else balance.unallocated
    message = (
        _(
            "%(asked)s %(unit)s of %(item)s cannot be booked: only %(left)s of %(whole)s are still to come. "
            "Load the page again and correct the number."
        )
        if asked > balance.to_come
        else _(
            "%(taken)s %(unit)s of %(item)s cannot be taken off: only %(left)s of %(whole)s are not "
            "allocated (allocated: %(allocated)s%(claims)s). Have the allocation reversed first."
        )
    )
    named = claims.named(line)
    return NotEnough(
        message
        % {
            "asked": grouped(asked),
            "taken": grouped(taken_off),
            "unit": line.item.unit,
            "item": line.item,
            "left": grouped(left),
            "whole": grouped(balance.quantity),
            "allocated": grouped(balance.allocated),
            "claims": f"; {named}" if named else "",
        },
        left=left,
        whole=balance.quantity,
    )


def _cash_not_to_come(line: PledgeLine, asked: int) -> NotEnough:
    balance = CashBalance.objects.get(pk=line.pk)
    return NotEnough(
        _(
            "%(asked)s đồng cannot be booked: only %(left)s of %(whole)s đồng are still to come. "
            "Correct the amount; record what was given besides as a pledge of its own."
        )
        % {"asked": grouped(asked), "left": grouped(balance.to_come), "whole": grouped(balance.amount)},
        left=balance.to_come,
        whole=balance.amount,
    )
