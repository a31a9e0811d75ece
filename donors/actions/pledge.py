"""Pledges: recorded, withdrawn [plan II.2, II.4, IV.8, IV.9]."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.codes import next_code
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal
from directory.models import Agency, Place, SupportArea, Unit, User
from directory.states import target_of
from donors import claims, ledger
from donors.checks import problems_of_pledge
from donors.models import Donor, FundingSource, Pledge, PledgeLine, SupplyBalance, SupplyLine
from donors.numbers import grouped
from donors.permissions import demand_handling, may_record_pledge
from donors.states import PLEDGE_TRANSITIONS
from donors.values import unit_value_of
from needs.models import Need, SupportItem


@dataclass(frozen=True)
class PledgedLine:
    """``quantity`` of an item (in its unit, each worth ``unit_value`` đồng), or ``amount`` đồng in cash."""

    kind: str
    item: SupportItem | None = None
    quantity: int | None = None
    unit_value: int | None = None
    amount: int | None = None
    purpose: str = ""
    earmark: str = PledgeLine.Earmark.NONE
    earmark_hard: bool = False
    earmark_area: SupportArea | None = None
    earmark_place: Place | None = None
    earmark_need: Need | None = None


@action
def record_pledge(
    *,
    by: User,
    scope: Unit,
    mobilised_by: Agency,
    pledged_on: date,
    lines: list[PledgedLine],
    donor: Donor | None = None,
    source: FundingSource | None = None,
    due_on: date | None = None,
    anonymous: bool = False,
    note: str = "",
    key: uuid.UUID | None = None,
) -> Pledge:
    """Record what a donor (or a fund or budget) promised; its goods may be allocated at once.

    A line without ``unit_value`` takes the item's reference price of the year, or 0: not valued.
    Raises ``Forbidden``; ``Refusal`` naming all problems at their places (``lines-0-quantity``).
    """
    if not may_record_pledge(by, scope, mobilised_by):
        raise Forbidden(
            _(
                "You may not record pledges that %(agency)s mobilised. "
                "Record what your own agency mobilised, or ask the coordinating office."
            )
            % {"agency": mobilised_by}
        )
    problems = problems_of_pledge(
        by=by,
        scope=scope,
        mobilised_by=mobilised_by,
        pledged_on=pledged_on,
        due_on=due_on,
        donor=donor,
        source=source,
        lines=lines,
    )
    if problems:
        raise Refusal(problems, code="invalid_pledge")
    pledge = Pledge.objects.create(
        code=next_code("CK", pledged_on.year),
        scope=scope,
        donor=donor,
        source=source,
        mobilised_by=mobilised_by,
        pledged_on=pledged_on,
        due_on=due_on,
        anonymous=anonymous,
        note=note,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    for line in lines:
        _open_line(pledge, line, by)
    history.record(pledge, gettext_noop("record the pledge"), by=by, to_state=pledge.state)
    return pledge


@action
def withdraw_pledge(*, by: User, pledge: Pledge, reason: str) -> Pledge:
    """The donor takes the pledge back, before anything of it was received or allocated.

    Raises ``Forbidden``, ``WrongState``, ``Refusal`` (no reason; code ``in_use``: received or allocated).
    """
    demand_handling(by, pledge)
    if not reason.strip():
        raise Refusal(_("No reason was given. Say why the pledge is withdrawn."), place="reason")
    pledge = ledger.lock_pledge(pledge)
    before = pledge.state
    pledge.state = target_of(PLEDGE_TRANSITIONS, "withdraw", before, _not_open(pledge))
    supply, cash = ledger.lock_supply(pledge), ledger.lock_cash(pledge)
    if held := list(_held(pledge, supply.values())):
        raise Refusal(held, code="in_use")
    today = clock.today()
    for balance in supply.values():
        ledger.withdraw_supply(balance.line, balance.to_come, by=by, occurred_on=today, reason=reason)
    for money in cash.values():
        ledger.withdraw_cash(money.line, money.to_come, by=by, occurred_on=today, reason=reason)
    pledge.save(update_fields=["state"])
    history.record(
        pledge,
        gettext_noop("withdraw the pledge"),
        by=by,
        from_state=before,
        to_state=pledge.state,
        reason=reason,
    )
    return pledge


def _open_line(pledge: Pledge, line: PledgedLine, by: User) -> None:
    value = unit_value_of(line.item, line.unit_value, pledge.pledged_on.year) if line.item else None
    row = PledgeLine.objects.create(
        pledge=pledge,
        kind=line.kind,
        item=line.item,
        quantity=line.quantity,
        unit_value=value,
        amount=line.amount,
        purpose=line.purpose,
        earmark=line.earmark,
        earmark_hard=line.earmark_hard,
        earmark_area=line.earmark_area,
        earmark_place=line.earmark_place,
        earmark_need=line.earmark_need,
    )
    if row.is_goods:
        ledger.open_supply(
            row,
            origin=SupplyLine.Origin.PLEDGE,
            quantity=row.quantity or 0,
            unit_value=value or 0,
            custodian=pledge.mobilised_by,
            by=by,
            occurred_on=pledge.pledged_on,
        )
    else:
        ledger.open_cash(row, row.amount or 0, by=by, occurred_on=pledge.pledged_on)


def _not_open(pledge: Pledge) -> str:
    return _("Pledge %(code)s cannot be withdrawn: it is “%(state)s”, and only an open one can be.") % {
        "code": pledge.code,
        "state": pledge.get_state_display(),
    }


def _held(pledge: Pledge, balances: Iterable[SupplyBalance]) -> Iterator[Problem]:
    """What stands against a withdrawal: receipts by code, allocations by quantity and holder."""
    if codes := list(pledge.receipts.order_by("pk").values_list("code", flat=True)):
        yield Problem(
            _(
                "Pledge %(code)s cannot be withdrawn: goods or money of it came in (%(receipts)s). "
                "What came stays; what is still to come can only be let go as a default."
            )
            % {"code": pledge.code, "receipts": ", ".join(codes)}
        )
    for balance in balances:
        if balance.allocated:
            named = claims.named(balance.line)
            yield Problem(
                _(
                    "Pledge %(code)s cannot be withdrawn: %(allocated)s of %(whole)s %(unit)s of %(item)s "
                    "are allocated%(claims)s. Have the allocations reversed first."
                )
                % {
                    "code": pledge.code,
                    "allocated": grouped(balance.allocated),
                    "whole": grouped(balance.quantity),
                    "unit": balance.line.item.unit,
                    "item": balance.line.item,
                    "claims": f" ({named})" if named else "",
                }
            )
