"""Accept a proposal as a support plan, in whole or in part [plan II.2]."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, NotEnough, Problem, Stale
from directory.models import Unit, User
from distributions.actions.allocation_checks import (
    check_allowed,
    check_need_left,
    check_overlap,
    check_supply_left,
)
from distributions.actions.allocation_sides import Sides, Wanted, hold, set_aside
from distributions.models import (
    Allocation,
    AllocationMove,
    SupportPlan,
    SupportPlanDeclined,
    SupportPlanGap,
    SupportPlanLine,
)
from distributions.overlap import Others
from distributions.permissions import may_plan_support
from distributions.problems import Problems
from distributions.wording import number, thing
from donors.models import SupplyLine
from needs.models import Need


@dataclass(frozen=True)
class ProposedLine:
    """``quantity`` (item's unit) of a supply line for a need, with the proposal's ``reason`` in words.

    ``left`` and ``lacking``: what the supply line and the need had left when it was proposed.
    """

    supply_line: SupplyLine
    need: Need
    quantity: int
    reason: str
    left: int
    lacking: int


@dataclass(frozen=True)
class ProposedGap:
    """What the proposal leaves uncovered of a need, and why."""

    need: Need
    lacking: int
    reason: str


@dataclass(frozen=True)
class Reasons:
    """LĐTBXH's, for all lines that need one: outside the difficult communes, beside another agency."""

    out_of_scope: str = ""
    overlap: str = ""


@action
def accept_plan(
    *,
    by: User,
    scope: Unit,
    year: int,
    lines: Sequence[ProposedLine],
    gaps: Sequence[ProposedGap] = (),
    declined: Sequence[ProposedLine] = (),
    proposed: int | None = None,
    narrowed_to: str = "",
    proposed_at: datetime | None = None,
    reasons: Reasons = Reasons(),
    key: uuid.UUID | None = None,
) -> SupportPlan:
    """Allocate all ``lines`` or none, and keep them with their reasons as the year's next support plan.

    ``proposed``: of how many lines these were chosen (None: of these). ``gaps``: what stayed uncovered;
    ``declined``: lines that were shown beside these and not chosen; ``narrowed_to``: filters in words.
    Raises ``Forbidden``; ``Stale`` if a supply line or a need has not as much left as when it was proposed,
    with what it has now and who moved it; else what ``allocate`` would raise, for every line that it would.
    """
    check_may_plan(by, scope)
    if not lines:
        message = _("Nothing was accepted: tick at least one line of the proposal.")
        raise NotEnough(message, code="nothing_chosen")
    sides = hold({line.supply_line.pk for line in lines}, {line.need.pk for line in lines})
    _refuse_stale(sides, lines, proposed_at)
    wanted = [
        Wanted(sides.supply[line.supply_line.pk], sides.needs[line.need.pk], line.quantity) for line in lines
    ]
    others = Others(scope, year, list(sides.needs.values()))
    _check_lines(scope, year, sides, wanted, others, reasons)
    made = set_aside(by, [_allocation(by, sides, each, others, reasons) for each in wanted])
    plan = _next_version(by, scope, year, len(lines) if proposed is None else proposed, reasons, narrowed_to)
    _write(plan, made, lines, gaps)
    _write_declined(plan, declined)
    history.record(plan, "accept_support_plan", by=by, reason=_both(reasons), lines=len(lines))
    return plan


def check_may_plan(by: User, scope: Unit) -> None:
    if not may_plan_support(by, scope):
        raise Forbidden(
            _("Only the coordinating office accepts and undoes support plans, within its own scope. Ask it.")
        )


def _both(reasons: Reasons) -> str:
    return "; ".join(filter(None, [reasons.out_of_scope.strip(), reasons.overlap.strip()]))


def _refuse_stale(sides: Sides, lines: Sequence[ProposedLine], since: datetime | None) -> None:
    """Everything must have as much left as when the proposal was made: else it would be another proposal."""
    changed: dict[object, str] = {}
    for line in lines:
        supply_line, need = sides.supply[line.supply_line.pk], sides.needs[line.need.pk]
        if supply_line.balance.unallocated != line.left:
            changed[supply_line] = _supply_changed(supply_line, line.left, since)
        if need.balance.uncovered != line.lacking:
            changed[need] = _need_changed(need, line.lacking, since)
    if changed:
        summary = _(
            "Nothing was allocated: the figures changed since this was proposed. Look at the new proposal "
            "below and accept it, or a part of it."
        )
        raise Stale([Problem(summary), *(Problem(words) for words in changed.values())], changed=len(changed))


def _supply_changed(line: SupplyLine, before: int, since: datetime | None) -> str:
    return _("%(thing)s of pledge %(pledge)s: %(before)s were left, now %(now)s%(moves)s.") % {
        "thing": thing(line.item),
        "pledge": line.pledge_line.pledge.code,
        "before": number(before),
        "now": number(line.balance.unallocated),
        "moves": _moved(Allocation.objects.filter(supply_line=line), since),
    }


def _need_changed(need: Need, before: int, since: datetime | None) -> str:
    return _("%(place)s, %(thing)s for %(band)s: %(before)s were lacking, now %(now)s%(moves)s.") % {
        "place": need.place.full_name,
        "thing": thing(need.item),
        "band": need.age_band,
        "before": number(before),
        "now": number(need.balance.uncovered),
        "moves": _moved(Allocation.objects.filter(need=need), since),
    }


def _moved(allocations: QuerySet[Allocation], since: datetime | None) -> str:
    """Who moved something since then, the latest: “ (Trần A: phân bổ 20 cho Thôn 1, xã Ia Đal)”."""
    moves = AllocationMove.objects.filter(allocation__in=allocations)
    if since is not None:
        moves = moves.filter(at__gte=since)
    latest = moves.select_related("by", "allocation__need__place__unit").order_by("pk").last()
    if latest is None:
        return ""
    return _(" (%(by)s: %(deed)s %(quantity)s, %(place)s)") % {
        "by": latest.by,
        "deed": latest.get_kind_display(),
        "quantity": number(latest.quantity),
        "place": latest.allocation.need.place.full_name,
    }


def _check_lines(
    scope: Unit, year: int, sides: Sides, wanted: Sequence[Wanted], others: Others, reasons: Reasons
) -> None:
    problems = Problems()
    from_supply: Counter[int] = Counter()
    to_need: Counter[int] = Counter()
    for each in wanted:
        _check_year(problems, scope, year, each)
        check_allowed(problems, sides, each, reasons.out_of_scope)
        beside = others.beside(each.need, each.supply_line.pledge_line.pledge)
        check_overlap(problems, each, beside, reasons.overlap)
        from_supply[each.supply_line.pk] += each.quantity
        to_need[each.need.pk] += each.quantity
    for pk, quantity in from_supply.items():
        check_supply_left(problems, sides.supply[pk], quantity)
    for pk, quantity in to_need.items():
        check_need_left(problems, sides.needs[pk], quantity)
    problems.refuse()


def _check_year(problems: Problems, scope: Unit, year: int, wanted: Wanted) -> None:
    pledge, survey_round = wanted.supply_line.pledge_line.pledge, wanted.need.round
    if (pledge.scope_id, survey_round.scope_id, survey_round.year) != (scope.pk, scope.pk, year):
        problems.add(
            "other_plan",
            _("%(need)s from pledge %(pledge)s does not belong in the plan of %(scope)s for %(year)s.")
            % {"need": wanted.need, "pledge": pledge.code, "scope": scope, "year": year},
        )


def _allocation(by: User, sides: Sides, wanted: Wanted, others: Others, reasons: Reasons) -> Allocation:
    beside = others.beside(wanted.need, wanted.supply_line.pledge_line.pledge)
    return wanted.allocation(by, sides, reasons.out_of_scope, beside, reasons.overlap)


def _next_version(
    by: User, scope: Unit, year: int, proposed: int, reasons: Reasons, narrowed_to: str
) -> SupportPlan:
    """One after the other: the scope is held until this transaction ends."""
    Unit.objects.select_for_update(no_key=True).get(pk=scope.pk)
    last = SupportPlan.objects.filter(scope=scope, year=year).aggregate(last=Max("version"))["last"]
    return SupportPlan.objects.create(
        scope=scope,
        year=year,
        version=(last or 0) + 1,
        accepted_by=by,
        proposed=proposed,
        narrowed_to=narrowed_to,
        out_of_scope_reason=reasons.out_of_scope.strip(),
        overlap_reason=reasons.overlap.strip(),
    )


def _write(
    plan: SupportPlan,
    made: Sequence[Allocation],
    lines: Sequence[ProposedLine],
    gaps: Sequence[ProposedGap],
) -> None:
    SupportPlanLine.objects.bulk_create(
        SupportPlanLine(plan=plan, allocation=allocation, position=position, reason=line.reason)
        for position, (allocation, line) in enumerate(zip(made, lines, strict=True), 1)
    )
    SupportPlanGap.objects.bulk_create(
        SupportPlanGap(plan=plan, need=gap.need, position=position, lacking=gap.lacking, reason=gap.reason)
        for position, gap in enumerate(gaps, 1)
    )


def _write_declined(plan: SupportPlan, lines: Sequence[ProposedLine]) -> None:
    SupportPlanDeclined.objects.bulk_create(
        SupportPlanDeclined(
            plan=plan,
            supply_line=line.supply_line,
            need=line.need,
            position=position,
            quantity=line.quantity,
            reason=line.reason,
        )
        for position, line in enumerate(lines, 1)
    )
