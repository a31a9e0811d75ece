"""Stock that is bought, goes to another custodian, or is lost: guarded updates and their rows.

As in ``donors.ledger``. What leaves a custodian's stock is never taken from what is allocated: the goods
that came cover the allocations first, and only what is over may go (``SupplyBalance.movable``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext as _

from directory.errors import NotEnough
from directory.models import User
from donors import claims
from donors.models import Purchase, StockMovement, SupplyBalance, SupplyLine, SupplyMove
from donors.numbers import grouped

Kind = SupplyMove.Kind


def lock_line(line: SupplyLine) -> SupplyBalance:
    """The balance of one supply line as it is now, held until the transaction ends."""
    rows = SupplyBalance.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("line__item", "line__custodian", "line__pledge_line__pledge").get(pk=line.pk)


def lock_lines(lines: Iterable[SupplyLine]) -> None:
    """Hold the balances of several lines, by pk, until the transaction ends: before any one of them alone."""
    rows = SupplyBalance.objects.select_for_update(no_key=True).order_by("pk")
    list(rows.filter(pk__in=[line.pk for line in lines]))


def check_movable(line: SupplyLine, quantity: int) -> None:
    """Raise ``NotEnough`` with a message that can be shown unless so much may leave the stock."""
    if quantity > SupplyBalance.objects.get(pk=line.pk).movable:
        raise _not_movable(line, quantity)


def receive_bought(purchase: Purchase, quantity: int, *, by: User, occurred_on: date, reason: str) -> None:
    """Book what the seller delivered; what is over the plan makes the supply line larger by as much.

    The caller has taken off what did not come (``ledger.withdraw_supply``).
    """
    line = purchase.supply_line
    over = max(quantity - purchase.quantity, 0)
    SupplyBalance.objects.filter(pk=line.pk).update(
        quantity=F("quantity") + over, received=F("received") + quantity
    )
    if over:
        _write(line, Kind.OPEN, over, by=by, occurred_on=occurred_on, purchase=purchase, reason=reason)
    _write(line, Kind.RECEIVE, quantity, by=by, occurred_on=occurred_on, purchase=purchase)


def take_back_bought(purchase: Purchase, *, by: User, occurred_on: date, reason: str) -> None:
    """What a wrong invoice booked is to be bought again, as many as planned.

    Raises ``NotEnough`` for pieces that went on since, or that were over the plan and are allocated.
    """
    line, came = purchase.supply_line, purchase.received or 0
    over, missing = max(came - purchase.quantity, 0), max(purchase.quantity - came, 0)
    gone = F("refused") + F("withdrawn") + F("written_off") + F("moved")
    changed = SupplyBalance.objects.filter(
        Q(received__gte=F("sent") + F("written_off") + F("moved") + came),
        Q(quantity__gte=F("allocated") + gone + over - missing),
        pk=line.pk,
        withdrawn__gte=missing,
    ).update(quantity=F("quantity") - over, received=F("received") - came, withdrawn=F("withdrawn") - missing)
    if not changed:
        raise _bought_went_on(purchase, came, over)
    for kind, quantity in ((Kind.RECEIVE, came), (Kind.OPEN, over), (Kind.WITHDRAW, missing)):
        if quantity:
            _write(line, kind, -quantity, by=by, occurred_on=occurred_on, purchase=purchase, reason=reason)


def move_out(movement: StockMovement, *, by: User) -> None:
    """Take the movement's quantity from its source and book it in its target. Raises ``NotEnough``."""
    q, day, reason = movement.quantity, movement.occurred_on, movement.reason
    _take("moved", movement.source, q)
    _write(movement.source, Kind.MOVE_OUT, q, by=by, occurred_on=day, movement=movement, reason=reason)
    SupplyBalance.objects.filter(pk=movement.target_id).update(received=F("received") + q)
    _write(movement.target, Kind.MOVE_IN, q, by=by, occurred_on=day, movement=movement, reason=reason)


def move_back(movement: StockMovement, quantity: int, *, by: User, occurred_on: date, reason: str) -> None:
    """Counter-rows of a movement: so much stands with its source again. Raises ``NotEnough``.

    As after no movement at all: the source's ``moved`` and the target's promise are smaller too, so that what
    booked the goods at the source may be taken back.
    """
    q, source, target = quantity, movement.source, movement.target
    changed = SupplyBalance.objects.filter(
        pk=target.pk, received__gte=F("allocated") + F("written_off") + F("moved") + q
    ).update(quantity=F("quantity") - q, received=F("received") - q)
    if not changed:
        raise _not_movable(target, q)
    # The CHECKs hold both: what stands at the target never exceeds what was moved there.
    SupplyBalance.objects.filter(pk=source.pk).update(moved=F("moved") - q)
    StockMovement.objects.filter(pk=movement.pk).update(moved_back=F("moved_back") + q)
    for line, kind in ((target, Kind.OPEN), (target, Kind.MOVE_IN), (source, Kind.MOVE_OUT)):
        _write(line, kind, -q, by=by, occurred_on=occurred_on, movement=movement, reason=reason)


def write_off(line: SupplyLine, quantity: int, *, by: User, occurred_on: date, reason: str) -> None:
    """Take lost or spoiled pieces off the stock. Raises ``NotEnough``."""
    _take("written_off", line, quantity)
    _write(line, Kind.WRITE_OFF, quantity, by=by, occurred_on=occurred_on, reason=reason)


def restore(line: SupplyLine, quantity: int, *, by: User, occurred_on: date, reason: str) -> None:
    """The counter-row of a write-off: pieces written off by mistake are there again. Raises ``NotEnough``."""
    changed = SupplyBalance.objects.filter(pk=line.pk, written_off__gte=quantity).update(
        written_off=F("written_off") - quantity
    )
    if not changed:
        raise _not_written_off(line, quantity)
    _write(line, Kind.WRITE_OFF, -quantity, by=by, occurred_on=occurred_on, reason=reason)


def _take(column: str, line: SupplyLine, quantity: int) -> None:
    changed = SupplyBalance.objects.filter(
        pk=line.pk, received__gte=F("allocated") + F("written_off") + F("moved") + quantity
    ).update(**{column: F(column) + quantity})
    if not changed:
        raise _not_movable(line, quantity)


def _write(
    line: SupplyLine,
    kind: str,
    quantity: int,
    *,
    by: User,
    occurred_on: date,
    purchase: Purchase | None = None,
    movement: StockMovement | None = None,
    reason: str = "",
) -> None:
    SupplyMove.objects.create(
        line=line,
        kind=kind,
        quantity=quantity,
        purchase=purchase,
        movement=movement,
        by=by,
        occurred_on=occurred_on,
        reason=reason,
    )


def _not_movable(line: SupplyLine, asked: int) -> NotEnough:
    balance = SupplyBalance.objects.get(pk=line.pk)
    named = claims.named(line)
    return NotEnough(
        _(
            "%(asked)s %(unit)s of %(item)s cannot leave the stock: of %(stock)s that lie with %(agency)s "
            "only %(left)s are not allocated (allocated: %(allocated)s%(claims)s). "
            "Enter less, or have the allocation reversed first."
        )
        % {
            "asked": grouped(asked),
            "unit": line.item.unit,
            "item": line.item,
            "stock": grouped(balance.in_stock),
            "agency": line.custodian,
            "left": grouped(balance.movable),
            "allocated": grouped(balance.allocated),
            "claims": f"; {named}" if named else "",
        },
        place="quantity",
        left=balance.movable,
        whole=balance.in_stock,
    )


def _bought_went_on(purchase: Purchase, came: int, over: int) -> NotEnough:
    line = purchase.supply_line
    balance = SupplyBalance.objects.get(pk=line.pk)
    shown = {
        "code": purchase.code,
        "came": grouped(came),
        "unit": line.item.unit,
        "item": line.item,
        "agency": line.custodian,
        "claims": claims.named(line) or "–",
    }
    if balance.in_stock >= came:
        message = _(
            "Purchase %(code)s cannot be taken back: %(over)s %(unit)s of %(item)s were bought over the "
            "plan, and only %(left)s are not allocated (allocated: %(claims)s). Have as many reversed first."
        )
        shown.update(over=grouped(over), left=grouped(balance.unallocated))
        return NotEnough(message % shown, left=balance.unallocated, whole=balance.quantity)
    message = _(
        "Purchase %(code)s cannot be taken back: only %(left)s of the %(came)s %(unit)s of %(item)s still "
        "lie with %(agency)s (sent: %(sent)s; moved: %(moved)s; written off: %(off)s; allocated: "
        "%(claims)s). Have moved goods come back and put back what was written off by mistake; what was sent "
        "stays on record."
    )
    shown.update(
        left=grouped(balance.in_stock),
        sent=grouped(balance.sent),
        moved=_moved_to(line, balance),
        off=grouped(balance.written_off),
    )
    return NotEnough(message % shown, left=balance.in_stock, whole=came)


def _moved_to(line: SupplyLine, balance: SupplyBalance) -> str:
    """“7 (7 UBND xã Ia Dom)”: how many went on, and to whom."""
    went = line.moved_to.filter(balance__quantity__gt=0).select_related("custodian", "balance").order_by("pk")
    named = ", ".join(f"{grouped(one.balance.quantity)} {one.custodian.short_name}" for one in went)
    return f"{grouped(balance.moved)} ({named})" if named else grouped(balance.moved)


def _not_written_off(line: SupplyLine, asked: int) -> NotEnough:
    balance = SupplyBalance.objects.get(pk=line.pk)
    return NotEnough(
        _(
            "%(asked)s %(unit)s of %(item)s cannot be put back: only %(left)s were written off. "
            "Enter at most as many."
        )
        % {
            "asked": grouped(asked),
            "unit": line.item.unit,
            "item": line.item,
            "left": grouped(balance.written_off),
        },
        place="quantity",
        left=balance.written_off,
        whole=balance.written_off,
    )
