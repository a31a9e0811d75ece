"""Pledges: what was promised, recorded [plan II.2, II.4, IV.8, IV.9]."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.codes import next_code
from directory.deeds import action
from directory.errors import Forbidden, Refusal
from directory.models import Agency, Place, SupportArea, Unit, User
from donors import ledger
from donors.checks import problems_of_pledge
from donors.merging import lock_donor
from donors.models import Donor, FundingSource, Pledge, PledgeLine, SupplyLine
from donors.permissions import may_record_pledge
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
    donor = donor and lock_donor(donor)
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
        own_due_on=due_on,
        anonymous=anonymous,
        note=note,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    for line in lines:
        open_line(pledge, line, by)
    history.record(pledge, gettext_noop("record the pledge"), by=by, to_state=pledge.state)
    return pledge


def open_line(
    pledge: Pledge,
    line: PledgedLine,
    by: User,
    *,
    origin: str = SupplyLine.Origin.PLEDGE,
    custodian: Agency | None = None,
) -> PledgeLine:
    """The line with its supply or cash; ``custodian`` is to keep the goods (None: who mobilised them)."""
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
            origin=origin,
            quantity=row.quantity or 0,
            unit_value=value or 0,
            custodian=custodian or pledge.mobilised_by,
            by=by,
            occurred_on=pledge.pledged_on,
        )
    else:
        ledger.open_cash(row, row.amount or 0, by=by, occurred_on=pledge.pledged_on)
    return row
