"""The way of the đồng that came: reserved for a purchase, given up, spent. Called by actions.

As in ``donors.ledger``: each a guarded update of the balance and its ledger row. The caller holds the
cash balances of the pledge (``ledger.lock_cash``).
"""

from __future__ import annotations

from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from directory.errors import NotEnough
from directory.models import User
from donors.models import CashBalance, CashMove, PledgeLine, Purchase
from donors.models.purchase import PurchaseQuerySet
from donors.numbers import grouped


def check_free(line: PledgeLine, amount: int, *, place: str) -> None:
    """Raise ``NotEnough`` with a message that can be shown unless ``amount`` đồng are free to spend."""
    balance = CashBalance.objects.get(pk=line.pk)
    if amount > balance.free:
        raise _not_free(line, balance, amount, place)


def reserve_cash(purchase: Purchase, amount: int, *, by: User, occurred_on: date) -> None:
    """Set ``amount`` đồng that came aside for a purchase. Raises ``NotEnough``."""
    line = purchase.cash_line
    changed = CashBalance.objects.filter(
        pk=line.pk, received__gte=F("reserved") + F("spent") + amount
    ).update(reserved=F("reserved") + amount)
    if not changed:
        raise _not_free(line, CashBalance.objects.get(pk=line.pk), amount, "unit_price")
    _write(purchase, CashMove.Kind.RESERVE, amount, by=by, occurred_on=occurred_on)


def release_cash(purchase: Purchase, *, by: User, occurred_on: date, reason: str) -> None:
    """Give the whole reservation of a purchase up. Raises ``NotEnough`` if the balance is off."""
    amount = purchase.reserved
    changed = CashBalance.objects.filter(pk=purchase.cash_line_id, reserved__gte=amount).update(
        reserved=F("reserved") - amount
    )
    if not changed:
        raise _moved_meanwhile()
    _write(purchase, CashMove.Kind.RELEASE, amount, by=by, occurred_on=occurred_on, reason=reason)


def spend_cash(purchase: Purchase, amount: int, *, by: User, occurred_on: date, reason: str = "") -> None:
    """Pay ``amount`` đồng for a purchase whose reservation was given up before.

    Raises ``NotEnough`` over what is free.
    """
    line = purchase.cash_line
    changed = CashBalance.objects.filter(
        pk=line.pk, received__gte=F("reserved") + F("spent") + amount
    ).update(spent=F("spent") + amount)
    if not changed:
        raise _not_free(line, CashBalance.objects.get(pk=line.pk), amount, "spent")
    _write(purchase, CashMove.Kind.SPEND, amount, by=by, occurred_on=occurred_on, reason=reason)


def take_back_spending(purchase: Purchase, *, by: User, occurred_on: date, reason: str) -> None:
    """The đồng of a wrong invoice are reserved again as planned. Raises ``NotEnough`` if less was spent than
    planned and the difference is used meanwhile."""
    spent, again = purchase.spent or 0, purchase.reserved
    changed = CashBalance.objects.filter(
        pk=purchase.cash_line_id,
        spent__gte=spent,
        received__gte=F("reserved") + F("spent") + again - spent,
    ).update(reserved=F("reserved") + again, spent=F("spent") - spent)
    if not changed:
        raise _used_meanwhile(purchase, again - spent)
    _write(purchase, CashMove.Kind.SPEND, -spent, by=by, occurred_on=occurred_on, reason=reason)
    _write(purchase, CashMove.Kind.RELEASE, -again, by=by, occurred_on=occurred_on, reason=reason)


def _write(
    purchase: Purchase, kind: str, amount: int, *, by: User, occurred_on: date, reason: str = ""
) -> None:
    CashMove.objects.create(
        line=purchase.cash_line,
        kind=kind,
        amount=amount,
        purchase=purchase,
        by=by,
        occurred_on=occurred_on,
        reason=reason,
    )


def _not_free(line: PledgeLine, balance: CashBalance, asked: int, place: str) -> NotEnough:
    return NotEnough(
        _(
            "%(asked)s đồng cannot be used: only %(left)s of the %(came)s đồng that came of pledge %(code)s "
            "are free (reserved: %(reserved)s; spent: %(spent)s%(purchases)s). "
            "Buy less, cancel a planned purchase, or record the money that came."
        )
        % {
            "asked": grouped(asked),
            "left": grouped(balance.free),
            "came": grouped(balance.received),
            "code": line.pledge.code,
            "reserved": grouped(balance.reserved),
            "spent": grouped(balance.spent),
            "purchases": _named(line),
        },
        place=place,
        left=balance.free,
        whole=balance.received,
    )


def _used_meanwhile(purchase: Purchase, asked: int) -> NotEnough:
    line = purchase.cash_line
    balance = CashBalance.objects.get(pk=line.pk)
    return NotEnough(
        _(
            "Purchase %(code)s cannot be taken back: it would reserve %(asked)s đồng more than it spent, and "
            "only %(left)s of the %(came)s đồng that came of pledge %(pledge)s are free (%(purchases)s hold "
            "the rest). Cancel a planned one of these first."
        )
        % {
            "code": purchase.code,
            "asked": grouped(asked),
            "left": grouped(balance.free),
            "came": grouped(balance.received),
            "pledge": line.pledge.code,
            "purchases": _codes(line.purchases.exclude(pk=purchase.pk)),
        },
        left=balance.free,
        whole=balance.received,
    )


def _named(line: PledgeLine) -> str:
    """“; MS-2025-001, MS-2025-004”: the purchases that hold or spent the line's money."""
    return "".join(f"; {part}" for part in [_codes(line.purchases.all())] if part)


def _codes(purchases: PurchaseQuerySet) -> str:
    return ", ".join(purchases.holding_money().order_by("pk").values_list("code", flat=True))


def _moved_meanwhile() -> NotEnough:
    # Only a balance that is off leads here: the state of the purchase was read under its lock.
    return NotEnough(
        _(
            "The figures changed while this was being saved, so nothing was saved. "
            "Reload the page and look at what is left."
        ),
        code="balance_moved",
    )
