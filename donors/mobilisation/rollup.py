"""The district's plan of a year: what its units' approved plans make together, and whose is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Q

from directory import clock
from directory.atlas import Atlas
from directory.models import Agency, CoordinationScope, Unit, User
from donors.mobilisation.progress import TargetProgress, given, progress_among
from donors.mobilisation.targets import PlannedTarget, SourceKind
from donors.models import MobilisationPlan, MobilisationTarget

Kind = Agency.Kind


@dataclass
class RollupLine:
    """All units' targets for one area or item, from one kind of source; None: no unit said it."""

    target: PlannedTarget
    units: list[str] = field(default_factory=list)
    progress: TargetProgress | None = None


@dataclass(frozen=True)
class Missing:
    """A unit without an approved plan; ``state``: of what the reader sees of its plan, else empty."""

    agency: Agency
    state: str = ""


@dataclass(frozen=True)
class Rollup:
    """``lines`` in the order of the catalogue."""

    scope: Unit
    year: int
    plans: list[MobilisationPlan]
    lines: list[RollupLine]
    missing: list[Missing]

    @cached_property
    def amounts(self) -> list[tuple[str, int]]:
        """Whole đồng by kind of source, of the lines that say an amount."""
        found: dict[str, int] = {}
        for line in self.lines:
            if line.target.amount is not None:
                label = str(SourceKind(line.target.source_kind).label)
                found[label] = found.get(label, 0) + line.target.amount
        return list(found.items())

    @property
    def shows_progress(self) -> bool:
        return any(line.progress for line in self.lines)

    @property
    def amount(self) -> int | None:
        return sum(amount for _label, amount in self.amounts) if self.amounts else None


def rollup(user: User, scope: Unit, year: int) -> Rollup:
    """Of the plans in force that the user sees. Who coordinates the scope also sees how far they are."""
    seen = MobilisationPlan.objects.visible_to(user).filter(scope=scope, year=year)
    plans = list(seen.in_force().select_related("agency").order_by("agency__unit__level", "agency__name"))
    lines = _lines(plans)
    if scope.pk in user.reach.scopes:
        rows = list(given(Q(), scope.pk, year))
        for line, done in zip(lines, progress_among(rows, [line.target for line in lines]), strict=True):
            line.progress = done
    states = {plan.agency_id: str(plan.get_state_display()) for plan in seen.order_by("version")}
    missing = _missing(scope, year, {plan.agency_id for plan in plans})
    return Rollup(scope, year, plans, lines, [Missing(one, states.get(one.pk, "")) for one in missing])


def _lines(plans: Iterable[MobilisationPlan]) -> list[RollupLine]:
    targets = MobilisationTarget.objects.for_page().filter(plan__in=plans).select_related("plan__agency")
    lines: dict[tuple[int, int | None, str], RollupLine] = {}
    for row in targets:
        key = (row.area_id, row.item_id, row.source_kind)
        line = lines.setdefault(key, RollupLine(PlannedTarget(row.area, row.item, row.source_kind)))
        was = line.target
        line.target = PlannedTarget(
            row.area,
            row.item,
            row.source_kind,
            children=_sum(was.children, row.children),
            quantity=_sum(was.quantity, row.quantity),
            amount=_sum(was.amount, row.amount),
        )
        name = row.plan.agency.short_name
        if name not in line.units:
            line.units.append(name)
    return list(lines.values())


def _sum(one: int | None, other: int | None) -> int | None:
    """0 was said; None was not: it adds nothing and stays None if nobody said anything."""
    if one is None or other is None:
        return one if other is None else other
    return one + other


def _missing(scope: Unit, year: int, planned: set[int]) -> list[Agency]:
    """Who is to have a plan and has none approved, nor an office that it took over from."""
    day = min(clock.today(), date(year, 12, 31))
    atlas = Atlas.on(day)
    return [agency for agency in expected(scope, day) if not atlas.agency_predecessors([agency.pk]) & planned]


def expected(scope: Unit, day: date) -> list[Agency]:
    """Communes, funds, mass organisations and the coordinating office [plan II.4, IV.1, IV.8, IV.9]."""
    units = Unit.objects.within([scope.pk], day)
    agencies = Agency.objects.on(day).filter(unit_id__in=units).select_related("unit")
    coordinating = CoordinationScope.objects.on(day).filter(unit=scope).values("agency_id")
    plans = (
        Q(kind=Kind.COMMITTEE, unit__level=Unit.Level.COMMUNE)
        | Q(kind__in=(Kind.FUND, Kind.MASS_ORGANISATION))
        | Q(pk__in=coordinating)
    )
    return list(agencies.filter(plans).order_by("unit__level", "name"))
