"""The receiving commune confirms what arrived and whom it reached."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Problem
from directory.models import Agency, User
from directory.scope import is_difficult
from directory.states import target_of
from distributions import ledger
from distributions.actions.delivery_checks import (
    ConfirmedLine,
    check_all_there,
    check_day,
    check_line,
    check_loss,
    check_quantities,
    check_reached,
    check_turns,
)
from distributions.actions.distribution import locked
from distributions.actions.scan import store_scan
from distributions.models import ChildTurns, Distribution, DistributionLine
from distributions.permissions import check_may_confirm
from distributions.problems import Problems
from distributions.states import DISTRIBUTION_TRANSITIONS
from distributions.wording import listed, state_refusal
from documents.scan import CleanScan
from needs.models import AgeBand


@action
def confirm_delivery(
    *,
    by: User,
    distribution: Distribution,
    occurred_on: date,
    lines: Sequence[ConfirmedLine],
    on_behalf_of: Agency | None = None,
    scan: CleanScan | None = None,
    key: uuid.UUID | None = None,
) -> Distribution:
    """Confirm what was received, returned to stock and lost, and the child-turns of each line.

    By an officer of the receiving commune; or by the coordinating office from the signed paper, then
    ``on_behalf_of`` is the commune's agency and is recorded. What did not arrive reopens the need;
    what became of the missing waits for ``settle_missing``. ``scan``: the signed paper's page without
    names. Raises ``Forbidden`` (strangers, the sender, a loss without the power to decide it), ``WrongState``
    unless sent, ``Refusal`` with all problems of all lines.
    """
    distribution = locked(distribution)
    on_behalf_of = check_may_confirm(by, distribution, on_behalf_of)
    refusal = state_refusal(distribution, _("be confirmed"))
    target = target_of(DISTRIBUTION_TRANSITIONS, "confirm", distribution.state, refusal)
    rows = _lines_of(distribution)
    by_id = {row.pk: row for row in rows}
    lines = [replace(line, line=by_id.get(line.line.pk, line.line)) for line in lines]
    ledger.lock_of([row.allocation for row in rows if row.allocation])
    check_loss(by, lines)
    problems = Problems()
    check_day(problems, distribution, occurred_on)
    check_all_there(problems, rows, lines)
    bands = {band.pk: band for band in age_bands()}
    for line in lines:
        check_line(problems, line, bands)
    problems.refuse()
    _write_lines(by, occurred_on, rows, lines)
    source, distribution.state = distribution.state, target
    distribution.occurred_on, distribution.on_behalf_of = occurred_on, on_behalf_of
    distribution.in_scope = is_difficult(distribution.place.unit, occurred_on)
    distribution.confirmed_by, distribution.confirmed_at = by, clock.now()
    distribution.save(
        update_fields=["state", "occurred_on", "on_behalf_of", "in_scope", "confirmed_by", "confirmed_at"]
    )
    history.record(
        distribution,
        "confirm",
        by=by,
        from_state=source,
        to_state=target,
        on_behalf_of=on_behalf_of,
        reason=listed(line.difference_reason.strip() for line in lines if line.difference_reason.strip()),
        child_turns=sum(sum(line.child_turns.values()) for line in lines),
    )
    if scan is not None:
        store_scan(by, distribution, scan)
    return distribution


@dataclass(frozen=True)
class Typed:
    """A line of a form that is wrong elsewhere, with what of it could be read."""

    line: ConfirmedLine
    quantities: bool
    turns: bool


def look_over(distribution: Distribution, occurred_on: date | None, lines: Sequence[Typed]) -> list[Problem]:
    """What ``confirm_delivery`` would refuse of a form that is not whole yet. Reads only.

    So that a person hears of everything at once, not first of the day and then of the sums.
    """
    problems, bands = Problems(), {band.pk: band for band in age_bands()}
    if occurred_on is not None:
        check_day(problems, distribution, occurred_on)
    for typed in lines:
        if typed.quantities:
            check_quantities(problems, typed.line)
        if typed.turns:
            check_turns(problems, typed.line, bands)
        if typed.quantities and typed.turns:
            check_reached(problems, typed.line)
    return [problem for _kind, _code, problem in problems.found]


def age_bands() -> list[AgeBand]:
    """All age bands, youngest first, the one for all ages last."""
    return list(AgeBand.objects.order_by("is_all", "from_year"))


def _lines_of(distribution: Distribution) -> list[DistributionLine]:
    return list(
        distribution.lines.select_related(
            "allocation__need__item",
            "allocation__need__age_band",
            "allocation__need__balance",
            "service",
            "distribution__place",
        ).order_by("pk")
    )


def _write_lines(
    by: User, occurred_on: date, rows: list[DistributionLine], lines: Sequence[ConfirmedLine]
) -> None:
    given = {line.line.pk: line for line in lines}
    # In the order of the allocations, as the locks were taken.
    for row in sorted(rows, key=lambda row: row.allocation_id or 0):
        line = given[row.pk]
        row.received, row.returned, row.lost = line.received, line.returned, line.lost
        row.missing, row.turns_note = line.missing, line.turns_note.strip()
        row.difference_reason = line.difference_reason.strip()
        row.save(update_fields=["received", "returned", "lost", "missing", "difference_reason", "turns_note"])
        for band, turns in line.child_turns.items():
            ChildTurns.objects.create(line=row, age_band_id=band, turns=turns)
        if row.allocation:
            ledger.arrive(row, line.parts, ledger.Deed(by, occurred_on, row.difference_reason))
