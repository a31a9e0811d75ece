"""Undo a support plan, or lines of it: reversals with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import NotEnough, Problem, Refusal
from directory.models import User
from distributions import ledger
from distributions.actions.support_plan import check_may_plan
from distributions.models import SupportPlan, SupportPlanLine
from distributions.wording import number, thing


@action
def undo_plan(
    *,
    by: User,
    plan: SupportPlan,
    reason: str,
    lines: Sequence[SupportPlanLine] | None = None,
    key: uuid.UUID | None = None,
) -> SupportPlan:
    """Take back what is neither sent nor planned of a plan's ``lines`` (None: all); both sides are free.

    What is planned, sent or delivered stays: ``stays_of`` names it. Raises ``Forbidden``; ``Refusal`` without
    a reason; ``NotEnough`` if there is nothing to take back, with what holds it.
    """
    check_may_plan(by, plan.scope)
    if not reason.strip():
        message = _("A reversal needs a reason: say why it is taken back.")
        raise Refusal(message, code="reason", place="reason")
    chosen = plan.lines.with_names()
    if lines is not None:
        chosen = chosen.filter(pk__in=[line.pk for line in lines])
    held = ledger.lock_of(line.allocation for line in chosen).allocations
    # Read again: what was planned or sent while we waited is not free.
    rows = list(chosen.all())
    free = [(row.allocation, held[row.allocation_id].open - row.planned) for row in rows]
    free = [(allocation, quantity) for allocation, quantity in free if quantity > 0]
    if not free:
        raise NotEnough(_why_nothing(rows), code="nothing_to_undo")
    deed = ledger.Deed(by, clock.today(), reason.strip())
    for allocation, quantity in free:
        ledger.take_back(allocation, quantity, deed)
        history.record(allocation, "reverse", by=by, reason=deed.reason, quantity=quantity)
    history.record(plan, "undo_support_plan", by=by, reason=deed.reason, lines=len(free))
    return plan


def stays_of(rows: Iterable[SupportPlanLine]) -> list[str]:
    """What of the lines (``with_names()``) cannot be taken back, and where it is, in words."""
    return [words for row in rows if (words := _held_fast(row))]


def _held_fast(row: SupportPlanLine) -> str:
    balance = row.allocation.balance
    parts = [
        (row.planned, _("%(quantity)s planned")),  # type: ignore[attr-defined]
        (balance.in_transit, _("%(quantity)s in transit")),
        (balance.delivered, _("%(quantity)s delivered")),
        (balance.lost, _("%(quantity)s lost")),
        (balance.missing, _("%(quantity)s missing")),
    ]
    facts = ", ".join(words % {"quantity": number(quantity)} for quantity, words in parts if quantity)
    if not facts:
        return ""
    need = row.allocation.need
    return _("%(place)s, %(thing)s: %(facts)s.") % {
        "place": need.place.full_name,
        "thing": thing(need.item),
        "facts": facts,
    }


def _why_nothing(rows: Sequence[SupportPlanLine]) -> list[Problem]:
    if not rows:
        return [Problem(_("Nothing was taken back: tick at least one line of the plan."))]
    stays = stays_of(rows)
    if not stays:
        return [Problem(_("Nothing was taken back: all of it was taken back before."))]
    summary = _(
        "Nothing was taken back: all of it is planned, sent or delivered. Cancel the planned distribution "
        "first; what was sent can come back with its confirmation only."
    )
    return [Problem(summary), *map(Problem, stays)]
