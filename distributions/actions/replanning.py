"""Change a plan before it is sent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Stale, WrongState
from directory.models import HistoryEntry, User
from directory.scope import is_difficult
from distributions import ledger
from distributions.actions.distribution import check_lead, create_line, locked
from distributions.actions.planning import PlannedLine, check_lines, check_whole
from distributions.models import Allocation, Distribution
from distributions.permissions import may_distribute_for
from distributions.problems import Problems
from distributions.states import DistributionState
from distributions.wording import day, listed, number, state_refusal, thing
from donors.models import FundingSource
from needs.models import SupportItem


@action
def replan_distribution(
    *,
    by: User,
    distribution: Distribution,
    planned_on: date,
    lines: Sequence[PlannedLine],
    note: str = "",
    version: int,
    key: uuid.UUID | None = None,
) -> Distribution:
    """Another day, other lines or another note for a plan; area and place stay, its code too.

    ``version``: the number of changes that the writer had seen (``version_of``). Raises what
    ``plan_distribution`` raises; ``WrongState`` unless planned; ``Stale`` over somebody's newer change.
    """
    distribution = locked(distribution)
    if not may_distribute_for(by, distribution.lead_agency):
        raise Forbidden(
            _("%(code)s is led by %(agency)s: only its officers change the plan. Ask them.")
            % {"code": distribution.code, "agency": distribution.lead_agency}
        )
    if distribution.state != DistributionState.PLANNED:
        raise WrongState(state_refusal(distribution, _("be changed")))
    check_lead(by, distribution.lead_agency, distribution.area, distribution.place, planned_on)
    before, after = _plan_of(distribution), _plan(planned_on, lines, note)
    _refuse_stale(distribution, version, before, after)
    in_scope = _check(distribution, planned_on, lines, note)
    distribution.lines.all().delete()
    distribution.planned_on, distribution.note, distribution.in_scope = planned_on, note.strip(), in_scope
    distribution.save(update_fields=["planned_on", "note", "in_scope"])
    for line in lines:
        create_line(distribution, line)
    if changed := [name for name in after if after[name] != before[name]]:
        _record(by, distribution, before, after, changed)
    return distribution


def version_of(distribution: Distribution) -> int:
    """How often the plan was touched: a form carries it back, so that an edit over a newer one is seen."""
    return HistoryEntry.objects.of(distribution).count()


def _check(distribution: Distribution, planned_on: date, lines: Sequence[PlannedLine], note: str) -> bool:
    """Refuses what cannot be planned; returns whether the place is within the plan's scope that day."""
    held = distribution.lines.filter(allocation__isnull=False).values_list("allocation_id", flat=True)
    wanted = {line.allocation.pk for line in lines if line.allocation}
    balances = ledger.lock(allocations=wanted | set(held)).allocations
    problems, place = Problems(), distribution.place
    in_scope = is_difficult(place.unit, planned_on)
    check_whole(problems, place, planned_on, lines, note, in_scope)
    check_lines(problems, distribution.area, place, planned_on, lines, balances, distribution)
    problems.refuse()
    return in_scope


def _plan_of(distribution: Distribution) -> dict[str, str]:
    words = (
        _of_goods(row.planned, row.allocation)
        if row.allocation
        else _of_service(row.planned, row.service, row.funding_source, row.unit_value)
        for row in distribution.lines.with_names()
    )
    return _said(distribution.planned_on, words, distribution.note)


def _plan(planned_on: date, lines: Sequence[PlannedLine], note: str) -> dict[str, str]:
    words = (
        _of_goods(line.planned, line.allocation)
        if line.allocation
        else _of_service(line.planned, line.service, line.funding_source, line.worth_in(planned_on.year))
        for line in lines
    )
    return _said(planned_on, words, note.strip())


def _said(planned_on: date, lines: Iterable[str], note: str) -> dict[str, str]:
    """A plan as a reader compares it."""
    return {"planned_on": planned_on.isoformat(), "lines": listed(sorted(lines)), "note": note}


def _of_goods(planned: int, allocation: Allocation) -> str:
    """With all that tells it from another allocation: what it comes from, for whom."""
    need, pledge = allocation.need, allocation.supply_line.pledge_line.pledge
    return f"{number(planned)} {thing(need.item)} ({pledge.code}, {need.place.full_name}, {need.age_band})"


def _of_service(
    planned: int, service: SupportItem | None, source: FundingSource | None, unit_value: int
) -> str:
    """With who pays, and the đồng of one unit."""
    return f"{number(planned)} {thing(service)} ({source}, {number(unit_value)} đ)" if service else ""


def _refuse_stale(
    distribution: Distribution, version: int, before: dict[str, str], after: dict[str, str]
) -> None:
    newest = version_of(distribution)
    differing = [name for name in after if after[name] != before[name]]
    if newest == version or not differing:
        return
    last = HistoryEntry.objects.of(distribution)[0]
    message = _(
        "%(by)s has changed this plan meanwhile: %(theirs)s. You entered: %(yours)s. Look at both, then save "
        "again to put yours in its place."
    ) % {"by": last.by, "theirs": _in_words(before), "yours": _in_words(after)}
    raise Stale([Problem(message)], theirs=before, yours=after, by=last.by, version=newest)


def _in_words(plan: dict[str, str]) -> str:
    return listed(filter(None, [day(date.fromisoformat(plan["planned_on"])), plan["lines"], plan["note"]]))


def _record(
    by: User,
    distribution: Distribution,
    before: dict[str, str],
    after: dict[str, str],
    changed: list[str],
) -> None:
    history.record(
        distribution,
        "change plan",
        by=by,
        from_state=distribution.state,
        to_state=distribution.state,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
