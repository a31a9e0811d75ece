"""Moves that correct the ledger: a promise made larger or smaller, a receipt taken back.

Counter-rows of the same kinds, each a guarded update with its row, as in ``donors/ledger.py``.
"""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext as _

from directory.errors import NotEnough
from directory.models import User
from donors import claims
from donors.models import (
    CashBalance,
    CashMove,
    PledgeLine,
    ReceiptLine,
    SupplyBalance,
    SupplyLine,
    SupplyMove,
)
from donors.numbers import grouped


def resize_supply(line: SupplyLine, by_how_much: int, *, by: User, occurred_on: date, reason: str) -> None:
    """Promise more, or less: not below what came, was refused, withdrawn or allocated. ``NotEnough``."""
    gone = F("refused") + F("withdrawn")
    changed = SupplyBalance.objects.filter(
        Q(quantity__gte=F("received") + gone - by_how_much),
        Q(quantity__gte=F("allocated") + F("written_off") + F("moved") + gone - by_how_much),
        pk=line.pk,
    ).update(quantity=F("quantity") + by_how_much)
    if not changed:
        raise _below_what_is_held(line, by_how_much)
    _supply_move(line, SupplyMove.Kind.OPEN, by_how_much, by, occurred_on, reason)


def resize_cash(line: PledgeLine, by_how_much: int, *, by: User, occurred_on: date, reason: str) -> None:
    """Promise more đồng, or less: not below what came or was withdrawn. Raises ``NotEnough``."""
    changed = CashBalance.objects.filter(
        pk=line.pk, amount__gte=F("received") + F("withdrawn") - by_how_much
    ).update(amount=F("amount") + by_how_much)
    if not changed:
        raise _below_what_came(line, by_how_much)
    _cash_move(line, CashMove.Kind.PLEDGE, by_how_much, by, occurred_on, reason)


def take_back_supply(counter: ReceiptLine, *, by: User, occurred_on: date, reason: str) -> None:
    """What a receipt booked is to come again; ``counter`` says it in numbers below 0.

    Raises ``NotEnough`` for pieces that went on since.
    """
    line, accepted, refused = counter.supply_line, -counter.accepted, -counter.refused
    if line is None:
        raise TypeError("A line of cash moves no goods.")
    changed = SupplyBalance.objects.filter(
        Q(received__gte=F("sent") + F("written_off") + F("moved") + accepted),
        pk=line.pk,
        refused__gte=refused,
    ).update(received=F("received") - accepted, refused=F("refused") - refused)
    if not changed:
        raise _went_on(line, accepted)
    for kind, quantity in ((SupplyMove.Kind.RECEIVE, accepted), (SupplyMove.Kind.REFUSE, refused)):
        if quantity:
            _supply_move(line, kind, -quantity, by, occurred_on, reason, counter)


def take_back_cash(counter: ReceiptLine, *, by: User, occurred_on: date, reason: str) -> None:
    """The đồng of a receipt are to come again. Raises ``NotEnough`` for what is reserved or spent since."""
    line, amount = counter.pledge_line, -counter.amount
    changed = CashBalance.objects.filter(
        pk=line.pk, received__gte=F("reserved") + F("spent") + amount
    ).update(received=F("received") - amount)
    if not changed:
        raise _is_used(line, amount)
    _cash_move(line, CashMove.Kind.RECEIVE, -amount, by, occurred_on, reason, counter)


def _supply_move(
    line: SupplyLine,
    kind: str,
    quantity: int,
    by: User,
    occurred_on: date,
    reason: str,
    came: ReceiptLine | None = None,
) -> None:
    SupplyMove.objects.create(
        line=line,
        kind=kind,
        quantity=quantity,
        receipt_line=came,
        by=by,
        occurred_on=occurred_on,
        reason=reason,
    )


def _cash_move(
    line: PledgeLine,
    kind: str,
    amount: int,
    by: User,
    occurred_on: date,
    reason: str,
    came: ReceiptLine | None = None,
) -> None:
    CashMove.objects.create(
        line=line,
        kind=kind,
        amount=amount,
        receipt_line=came,
        by=by,
        occurred_on=occurred_on,
        reason=reason,
    )


def _below_what_is_held(line: SupplyLine, by_how_much: int) -> NotEnough:
    balance = SupplyBalance.objects.get(pk=line.pk)
    gone = balance.refused + balance.withdrawn
    settled = balance.received + gone
    held = balance.allocated + balance.written_off + balance.moved + gone
    least = max(settled, held)
    named = claims.named(line)
    return NotEnough(
        _(
            "%(item)s cannot go down to %(wanted)s %(unit)s: %(came)s came, %(gone)s were refused or "
            "withdrawn, %(allocated)s are allocated%(claims)s. Enter %(least)s or more, or have allocations "
            "reversed first."
        )
        % {
            "item": line.item,
            "wanted": grouped(balance.quantity + by_how_much),
            "unit": line.item.unit,
            "came": grouped(balance.received),
            "gone": grouped(gone),
            "allocated": grouped(balance.allocated),
            "claims": f" ({named})" if named else "",
            "least": grouped(least),
        },
        left=balance.quantity - least,
        whole=balance.quantity,
    )


def _below_what_came(line: PledgeLine, by_how_much: int) -> NotEnough:
    balance = CashBalance.objects.get(pk=line.pk)
    least = balance.received + balance.withdrawn
    return NotEnough(
        _(
            "The amount cannot go down to %(wanted)s đồng: %(came)s came and %(gone)s were withdrawn. "
            "Enter %(least)s or more."
        )
        % {
            "wanted": grouped(balance.amount + by_how_much),
            "came": grouped(balance.received),
            "gone": grouped(balance.withdrawn),
            "least": grouped(least),
        },
        left=balance.amount - least,
        whole=balance.amount,
    )


def _went_on(line: SupplyLine, accepted: int) -> NotEnough:
    balance = SupplyBalance.objects.get(pk=line.pk)
    return NotEnough(
        _(
            "The %(accepted)s %(unit)s of %(item)s cannot be taken back: only %(left)s of what %(agency)s "
            "received are still in stock (sent: %(sent)s, written off: %(off)s, moved: %(moved)s). What was "
            "moved may be handed back first. If too many were counted, write the difference off where it "
            "is kept, saying why; if too few, record the rest as another receipt."
        )
        % {
            "accepted": grouped(accepted),
            "unit": line.item.unit,
            "item": line.item,
            "left": grouped(balance.in_stock),
            "agency": line.custodian.short_name,
            "sent": grouped(balance.sent),
            "off": grouped(balance.written_off),
            "moved": grouped(balance.moved),
        },
        left=balance.in_stock,
        whole=balance.received,
    )


def _is_used(line: PledgeLine, amount: int) -> NotEnough:
    balance = CashBalance.objects.get(pk=line.pk)
    free = balance.received - balance.reserved - balance.spent
    enough_when_cancelled = amount <= free + balance.reserved
    return NotEnough(
        _(
            "The %(amount)s đồng cannot be taken back: only %(left)s of %(whole)s are not reserved or spent "
            "(reserved: %(reserved)s, spent: %(spent)s). %(advice)s"
        )
        % {
            "amount": grouped(amount),
            "left": grouped(free),
            "whole": grouped(balance.received),
            "reserved": grouped(balance.reserved),
            "spent": grouped(balance.spent),
            "advice": _way_out(enough_when_cancelled=enough_when_cancelled),
        },
        left=free,
        whole=balance.received,
        enough_when_cancelled=enough_when_cancelled,
    )


def _way_out(*, enough_when_cancelled: bool) -> str:
    """A reservation is given up with its purchase; a purchase entered wrongly is taken back first."""
    if enough_when_cancelled:
        return _("Cancel planned purchases first: what they reserve is free again then.")
    return _(
        "If a purchase was entered wrongly, take it back and cancel it first. What was really spent stays on "
        "record, so this receipt stands too: write what was wrong into the note of the pledge."
    )
