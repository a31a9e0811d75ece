"""Stock: handed to another custodian, written off, put right [plan II.4]."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.codes import next_code
from directory.deeds import action
from directory.errors import Problem, Refusal
from directory.models import Agency, User
from donors import ledger, ledger_stock
from donors.checks import agency_within, day_in_words, not_in_future, size_of
from donors.models import StockMovement, SupplyLine
from donors.numbers import MOST_PIECES
from donors.permissions import demand_keeping


@action
def move_stock(
    *,
    by: User,
    line: SupplyLine,
    to: Agency,
    quantity: int,
    occurred_on: date,
    reason: str,
    key: uuid.UUID | None = None,
) -> StockMovement:
    """Hand ``quantity`` (item's unit) that came and is not allocated to another custodian.

    Who keeps it hands over; it stands in a line of its own with the other from then on. To one who kept it
    before it goes back the way it came: counter-rows undo as much of those movements, of which the last is
    returned. Raises ``Forbidden``; ``Refusal`` naming all problems at their
    places; ``NotEnough`` over what is not allocated.
    """
    demand_keeping(by, line)
    way = _way_back(line, to)
    ledger_stock.lock_lines(_along(way))
    line = ledger_stock.lock_line(line).line
    if problems := [
        *_out_of_stock(line, quantity, occurred_on, reason),
        *_goal(by, line, to, occurred_on),
    ]:
        raise Refusal(problems, code="invalid_movement")
    ledger_stock.check_movable(line, quantity)
    if way:
        return _move_back(by, way, quantity, occurred_on, reason.strip())
    movement = StockMovement.objects.create(
        code=next_code("DC", occurred_on.year),
        source=line,
        target=_open_at(to, line, quantity, by, occurred_on),
        quantity=quantity,
        occurred_on=occurred_on,
        reason=reason.strip(),
        by=by,
        at=clock.now(),
    )
    ledger_stock.move_out(movement, by=by)
    for end in (line, movement.target):
        history.record(
            end,
            gettext_noop("move to another custodian"),
            by=by,
            reason=reason.strip(),
            movement=movement.code,
            quantity=quantity,
        )
    return movement


@action
def write_off_stock(
    *,
    by: User,
    line: SupplyLine,
    quantity: int,
    occurred_on: date,
    reason: str,
    key: uuid.UUID | None = None,
) -> SupplyLine:
    """Take lost or spoiled pieces (item's unit) off the stock, with the reason; never what is allocated.

    Raises ``Forbidden``; ``Refusal`` naming all problems at their places; ``NotEnough``.
    """
    demand_keeping(by, line)
    line = ledger_stock.lock_line(line).line
    if problems := list(_out_of_stock(line, quantity, occurred_on, reason)):
        raise Refusal(problems, code="invalid_write_off")
    ledger_stock.write_off(line, quantity, by=by, occurred_on=occurred_on, reason=reason.strip())
    history.record(line, gettext_noop("write off"), by=by, reason=reason.strip(), quantity=quantity)
    return line


@action
def restore_stock(
    *, by: User, line: SupplyLine, quantity: int, reason: str, key: uuid.UUID | None = None
) -> SupplyLine:
    """Put pieces back that were written off by mistake or found again: a counter-row with the reason.

    Raises ``Forbidden``; ``Refusal`` naming all problems at their places; ``NotEnough`` over what was
    written off.
    """
    demand_keeping(by, line)
    line = ledger_stock.lock_line(line).line
    if problems := list(_size_and_reason(quantity, reason)):
        raise Refusal(problems, code="invalid_restoration")
    ledger_stock.restore(line, quantity, by=by, occurred_on=clock.today(), reason=reason.strip())
    history.record(
        line, gettext_noop("put back what was written off"), by=by, reason=reason.strip(), quantity=quantity
    )
    return line


def _way_back(line: SupplyLine, to: Agency) -> list[StockMovement]:
    """The movements that brought the goods here from ``to``, the last first; none if they never lay there."""
    way: list[StockMovement] = []
    while line.moved_from is not None:
        way.append(line.movement_in)
        line = line.moved_from
        if line.custodian_id == to.pk:
            return way
    return []


def _along(way: list[StockMovement]) -> list[SupplyLine]:
    """All lines on a way back, from where the goods lie to where they go."""
    return [*(movement.target for movement in way), *(movement.source for movement in way[-1:])]


def _move_back(
    by: User, way: list[StockMovement], quantity: int, occurred_on: date, reason: str
) -> StockMovement:
    """Undo as much of each movement, step by step: whoever kept the goods in between sees them pass."""
    if occurred_on < way[0].occurred_on:
        raise Refusal(
            _("The goods came here on %(day)s. Correct the day on which they went back.")
            % {"day": day_in_words(way[0].occurred_on)},
            code="invalid_movement",
            place="occurred_on",
        )
    for movement in way:
        ledger_stock.move_back(movement, quantity, by=by, occurred_on=occurred_on, reason=reason)
    for line in _along(way):
        history.record(
            line,
            gettext_noop("move back to who kept it before"),
            by=by,
            reason=reason,
            movement=", ".join(movement.code for movement in way),
            quantity=quantity,
        )
    way[0].refresh_from_db()
    return way[0]


def _open_at(to: Agency, line: SupplyLine, quantity: int, by: User, occurred_on: date) -> SupplyLine:
    return ledger.open_supply(
        line.pledge_line,
        origin=SupplyLine.Origin.MOVED,
        item=line.item,
        quantity=quantity,
        unit_value=line.unit_value,
        custodian=to,
        moved_from=line,
        by=by,
        occurred_on=occurred_on,
    )


def _out_of_stock(line: SupplyLine, quantity: int, occurred_on: date, reason: str) -> Iterator[Problem]:
    yield from _size_and_reason(quantity, reason)
    yield from not_in_future(occurred_on, "occurred_on")
    pledged_on = line.pledge_line.pledge.pledged_on
    if occurred_on < pledged_on:
        yield Problem(
            _("%(day)s lies before the pledge of %(pledged)s. Correct the day.")
            % {"day": day_in_words(occurred_on), "pledged": day_in_words(pledged_on)},
            "occurred_on",
        )


def _size_and_reason(quantity: int, reason: str) -> Iterator[Problem]:
    yield from size_of(quantity, MOST_PIECES, "quantity", _("The quantity is missing. Type it."))
    if not reason.strip():
        yield Problem(_("No reason was given. Say why."), "reason")


def _goal(by: User, line: SupplyLine, to: Agency, occurred_on: date) -> Iterator[Problem]:
    if to.pk == line.custodian_id:
        yield Problem(
            _("%(agency)s keeps the goods already. Choose the office that takes them over.") % {"agency": to},
            "to",
        )
    yield from agency_within(by, to, occurred_on, "to")
