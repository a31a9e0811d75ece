"""Allocate supply to needs, and take allocations back."""

from __future__ import annotations

import uuid

from django.db.models import Sum
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, NotEnough
from directory.models import User
from distributions import ledger
from distributions.actions.allocation_checks import (
    check_allowed,
    check_need_left,
    check_overlap,
    check_person,
    check_supply_left,
)
from distributions.actions.allocation_sides import Wanted, hold, set_aside
from distributions.models import Allocation, AllocationBalance, DistributionLine
from distributions.overlap import others_beside
from distributions.permissions import may_reverse
from distributions.problems import Problems
from distributions.states import DistributionState
from distributions.wording import listed, number
from donors.models import SupplyLine
from needs.models import Need


@action
def allocate(
    *,
    by: User,
    supply_line: SupplyLine,
    need: Need,
    quantity: int,
    out_of_scope_reason: str = "",
    overlap_reason: str = "",
    key: uuid.UUID | None = None,
) -> Allocation:
    """Set ``quantity`` (item's unit) of a supply line aside for a need, promised or in stock alike.

    A place outside the difficult communes needs the coordinating office's reason [plan I], and so does one
    that another agency serves with the same item for the same ages in the year [plan II.4]; both are kept.
    Raises ``Forbidden``; ``NotEnough`` (codes ``not_enough_supply``, ``not_enough_need``); ``WrongState``
    (closed need or round); ``Refusal`` (other item, binding earmark, scope, overlap, quantity).
    """
    # First, for it locks both sides too; whatever is refused below takes it back with the transaction.
    taken = quantity > 0 and ledger.take(supply_line.pk, need.pk, quantity)
    sides = hold({supply_line.pk}, {need.pk}, taken=taken)
    wanted = Wanted(sides.supply[supply_line.pk], sides.needs[need.pk], quantity)
    check_person(by, wanted.supply_line, wanted.need)
    problems = Problems()
    check_allowed(problems, sides, wanted, out_of_scope_reason)
    others = others_beside(wanted.need, wanted.supply_line.pledge_line.pledge)
    check_overlap(problems, wanted, others, overlap_reason)
    if not taken:
        check_supply_left(problems, wanted.supply_line, quantity, by)
        check_need_left(problems, wanted.need, quantity, by)
    problems.refuse()
    row = wanted.allocation(by, sides, out_of_scope_reason, others, overlap_reason)
    [allocation] = set_aside(by, [row], taken=taken)
    return allocation


@action
def reverse_allocation(
    *, by: User, allocation: Allocation, quantity: int, reason: str, key: uuid.UUID | None = None
) -> Allocation:
    """Take ``quantity`` (item's unit) back that is neither sent nor planned; both sides are free again.

    The row stays: a counter-row with the reason is written. Raises ``Forbidden``, ``NotEnough``
    (what is planned is named: cancel that distribution first), ``Refusal`` without a reason.
    """
    if not may_reverse(by, allocation):
        raise Forbidden(_("Only the coordinating office reverses allocations. Ask it, with your reason."))
    locked = ledger.lock_of([allocation]).allocations[allocation.pk]
    problems = Problems()
    if not reason.strip():
        problems.add("reason", _("A reversal needs a reason: say why it is taken back."), "reason")
    if quantity <= 0:
        problems.add("quantity", _("Nothing to reverse: enter a quantity of 1 or more."), "quantity")
    _check_free(problems, allocation, locked, quantity)
    problems.refuse()
    ledger.take_back(allocation, quantity, ledger.Deed(by, clock.today(), reason.strip()))
    history.record(allocation, "reverse", by=by, reason=reason.strip(), quantity=quantity)
    return allocation


def planned_of(allocation_id: int) -> int:
    """How much of an allocation stands in distributions that are planned and not yet sent."""
    lines = DistributionLine.objects.filter(
        allocation_id=allocation_id, distribution__state=DistributionState.PLANNED
    )
    return lines.aggregate(total=Sum("planned"))["total"] or 0


def planned_in(allocation_id: int) -> str:
    """The planned distributions that hold it: “HT-2025-004 (20)”."""
    lines = DistributionLine.objects.filter(
        allocation_id=allocation_id, distribution__state=DistributionState.PLANNED
    ).order_by("pk")
    return listed(
        f"{code} ({number(planned)})" for code, planned in lines.values_list("distribution__code", "planned")
    )


def _check_free(
    problems: Problems, allocation: Allocation, balance: AllocationBalance, quantity: int
) -> None:
    planned = planned_of(allocation.pk)
    free = balance.open - planned
    if quantity <= free:
        return
    gone = number(balance.quantity - balance.open)
    facts = [_("%(quantity)s already sent or reversed") % {"quantity": gone}]
    if planned:
        facts.append(_("planned: %(plans)s") % {"plans": planned_in(allocation.pk)})
    problems.add(
        "not_enough_open",
        _(
            "Only %(left)s/%(whole)s of this allocation can be reversed (%(facts)s). Reduce the quantity, "
            "or cancel the planned distribution first."
        )
        % {"left": number(free), "whole": number(balance.quantity), "facts": listed(facts)},
        "quantity",
        NotEnough,
        left=free,
        whole=balance.quantity,
    )
