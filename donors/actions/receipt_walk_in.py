"""What somebody brings without a pledge: donor, lines and receipt in one [plan IV.8, IV.9]."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.codes import next_code
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal
from directory.models import Agency, Unit, User
from donors.actions.donor import register_donor
from donors.actions.pledge import PledgedLine, open_line
from donors.actions.receipt import ReceivedLine, book
from donors.checks import agency_within, problems_of_pledge, received_line
from donors.merging import lock_donor
from donors.models import (
    Donor,
    FundingSource,
    Pledge,
    PledgeLine,
    Receipt,
    ReceiptLine,
    SupplyBalance,
    SupplyLine,
)
from donors.permissions import may_record_pledge
from donors.states import PledgeState
from needs.models import SupportItem


@dataclass(frozen=True)
class NewDonor:
    """Who is not in the registry yet."""

    kind: str
    origin: str
    name: str
    phone: str = ""


@dataclass(frozen=True)
class BroughtLine:
    """Pieces of an item that were accepted and refused (with the reason), or ``amount`` đồng in cash."""

    kind: str
    item: SupportItem | None = None
    accepted: int | None = None
    refused: int | None = None
    refuse_reason: str = ""
    quality: str = ReceiptLine.Quality.UNSAID
    unit_value: int | None = None
    amount: int | None = None
    purpose: str = ""

    @property
    def pledged(self) -> PledgedLine:
        """What stands for it among the pledges: all that was brought."""
        goods = self.kind == PledgeLine.Kind.GOODS
        return PledgedLine(
            kind=self.kind,
            item=self.item,
            quantity=(self.accepted or 0) + (self.refused or 0) if goods else None,
            unit_value=self.unit_value,
            amount=self.amount,
            purpose=self.purpose,
        )

    def received(self, line: PledgeLine) -> ReceivedLine:
        return ReceivedLine(
            pledge_line=line,
            accepted=self.accepted or 0,
            refused=self.refused or 0,
            refuse_reason=self.refuse_reason,
            amount=self.amount or 0,
            unit_value=self.unit_value if self.item else None,
            quality=self.quality,
        )


@action
def record_walk_in(
    *,
    by: User,
    scope: Unit,
    mobilised_by: Agency,
    custodian: Agency,
    occurred_on: date,
    lines: Sequence[BroughtLine],
    donor: Donor | None = None,
    new_donor: NewDonor | None = None,
    source: FundingSource | None = None,
    anonymous: bool = False,
    handed_over_by: str = "",
    received_by: str = "",
    note: str = "",
    key: uuid.UUID | None = None,
) -> Receipt:
    """Book what was brought without a pledge; a donor who is not registered yet is registered with it.

    It stands among the pledges as one that was received on its first day. Raises ``Forbidden``; ``Refusal``
    naming all problems at their places (``lines-0-accepted``).
    """
    if not may_record_pledge(by, scope, mobilised_by):
        raise Forbidden(
            _(
                "You may not record what %(agency)s mobilised. Record what your own agency mobilised, or ask "
                "the coordinating office."
            )
            % {"agency": mobilised_by}
        )
    if new_donor is not None and donor is None:
        donor = _register(by, scope, new_donor)
    donor = donor and lock_donor(donor)
    problems = problems_of_pledge(
        by=by,
        scope=scope,
        mobilised_by=mobilised_by,
        pledged_on=occurred_on,
        due_on=None,
        donor=donor,
        source=source,
        lines=[line.pledged for line in lines],
    )
    problems = [_placed(problem) for problem in problems]
    problems += agency_within(by, custodian, occurred_on, "custodian")
    if problems := problems + list(_refusals(lines)):
        raise Refusal(problems, code="invalid_receipt")
    pledge = Pledge.objects.create(
        code=next_code("CK", occurred_on.year),
        scope=scope,
        donor=donor,
        source=source,
        mobilised_by=mobilised_by,
        pledged_on=occurred_on,
        state=PledgeState.RECEIVED,
        anonymous=anonymous,
        walk_in=True,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    receipt = Receipt.objects.create(
        code=next_code("TN", occurred_on.year),
        pledge=pledge,
        custodian=custodian,
        occurred_on=occurred_on,
        confirmed_by=by,
        confirmed_at=clock.now(),
        handed_over_by=handed_over_by.strip(),
        received_by=received_by.strip(),
        note=note,
    )
    for number, line in enumerate(lines):
        _take_in(receipt, line, by, f"lines-{number}-")
    history.record(receipt, gettext_noop("record the receipt"), by=by)
    history.record(
        pledge,
        gettext_noop("record what was brought without a pledge"),
        by=by,
        to_state=pledge.state,
        receipt=receipt.code,
    )
    return receipt


def _register(by: User, scope: Unit, new: NewDonor) -> Donor:
    try:
        return register_donor(
            by=by, scope=scope, kind=new.kind, origin=new.origin, name=new.name, phone=new.phone
        )
    except Refusal as refusal:
        refusal.problems = [
            Problem(problem.message, f"new_{problem.place}" if problem.place else "")
            for problem in refusal.problems
        ]
        raise


def _take_in(receipt: Receipt, line: BroughtLine, by: User, place: str) -> None:
    row = open_line(
        receipt.pledge, line.pledged, by, origin=SupplyLine.Origin.WALK_IN, custodian=receipt.custodian
    )
    balances = SupplyBalance.objects.filter(line__pledge_line=row).select_related("line__item")
    supply = {balance.line.pledge_line_id: balance for balance in balances}
    book(receipt, line.received(row), supply, by, place)


def _placed(problem: Problem) -> Problem:
    """The places of a pledge's form as those of this one."""
    place = {"pledged_on": "occurred_on"}.get(problem.place, problem.place)
    return Problem(problem.message, place.replace("-quantity", "-accepted"))


def _refusals(lines: Sequence[BroughtLine]) -> Iterator[Problem]:
    """What a receipt would say of each line: reasons, bounds."""
    draft = Pledge()
    for number, line in enumerate(lines):
        stands_for = PledgeLine(kind=line.kind, item=line.item)
        yield from received_line(line.received(stands_for), draft, f"lines-{number}-")
