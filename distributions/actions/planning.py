"""What a distribution may be planned of: the lines and their checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from directory.errors import NotEnough
from directory.models import Place, SupportArea
from distributions.models import Allocation, AllocationBalance, Distribution, DistributionLine
from distributions.problems import Problems
from distributions.scope import absorbed_by, around
from distributions.states import DistributionState
from distributions.wording import day, listed, number, thing
from donors.checks import out_of_bounds
from donors.models import FundingSource
from donors.numbers import MOST_DONG
from donors.values import unit_value_of
from needs.models import SupportItem


@dataclass(frozen=True)
class PlannedLine:
    """Goods of an ``allocation``, or a ``service`` paid from ``funding_source``; ``planned`` in its unit.

    ``unit_value``: whole đồng for one unit of a service; None: the reference price of the year, if any.
    ``at``: the field of the form where the line stands, for messages.
    """

    planned: int
    allocation: Allocation | None = None
    service: SupportItem | None = None
    funding_source: FundingSource | None = None
    unit_value: int | None = None
    at: str = ""

    def place(self, number_of_service: int) -> str:
        if self.at:
            return self.at
        return f"allocation-{self.allocation.pk}" if self.allocation else f"service-{number_of_service}"

    def worth_in(self, year: int) -> int:
        """Whole đồng of one unit: the goods' own value; a service's price, or its reference price."""
        if self.allocation is not None:
            return self.allocation.supply_line.unit_value
        return unit_value_of(self.service, self.unit_value, year) if self.service else 0


def check_whole(
    problems: Problems,
    place: Place,
    planned_on: date,
    lines: Sequence[PlannedLine],
    note: str,
    in_scope: bool,
) -> None:
    if not place.is_valid_on(planned_on):
        problems.add(
            "place_ended",
            _("%(place)s does not exist on %(day)s. Choose another place or day.")
            % {"place": place.full_name, "day": day(planned_on)},
            "place",
        )
    if not lines:
        problems.add("no_lines", _("Nothing is planned: enter the quantity of at least one line."))
    # Goods carry LĐTBXH's reason in their allocation; a service has none, so its plan must say it.
    if not in_scope and any(line.service for line in lines) and not note.strip():
        problems.add(
            "out_of_scope",
            _(
                "%(commune)s is not a specially difficult commune on %(day)s, and the plan's support is for "
                "those. Enter in the note why it is helped, or choose another place."
            )
            % {"commune": place.unit.name, "day": day(planned_on)},
            "note",
        )


def check_lines(
    problems: Problems,
    area: SupportArea,
    place: Place,
    planned_on: date,
    lines: Sequence[PlannedLine],
    balances: dict[int, AllocationBalance],
    besides: Distribution | None = None,
) -> None:
    """``besides``: the plan that these lines replace; what it holds itself is free for them."""
    planned = _planned_elsewhere(balances, besides)
    seen: set[int] = set()
    services = 0
    for line in lines:
        services += line.service is not None
        field = line.place(services)
        if line.planned <= 0:
            problems.add("quantity", _("Enter a quantity of 1 or more, or leave the line empty."), field)
        if (line.allocation is None) == (line.service is None):
            problems.add("goods_or_service", _("A line is either goods or a service: choose one."), field)
        elif line.allocation is not None:
            _check_goods(problems, area, place, planned_on, line.allocation, field)
            if line.allocation.pk in seen:
                problems.add("twice", _("This allocation stands twice. Add the two lines up."), field)
            seen.add(line.allocation.pk)
            free = balances[line.allocation.pk].open - planned.get(line.allocation.pk, 0)
            _check_open(problems, line, balances[line.allocation.pk], free, field, besides)
        elif line.service is not None:
            _check_service(problems, area, place, planned_on, line, field)


def _planned_elsewhere(
    balances: dict[int, AllocationBalance], besides: Distribution | None
) -> dict[int, int]:
    rows = _planned_lines(besides).filter(allocation_id__in=balances)
    return dict(rows.values_list("allocation_id").annotate(Sum("planned")).order_by())


def _planned_lines(besides: Distribution | None) -> QuerySet[DistributionLine]:
    rows = DistributionLine.objects.filter(distribution__state=DistributionState.PLANNED)
    return rows.exclude(distribution=besides) if besides else rows


def _check_goods(
    problems: Problems,
    area: SupportArea,
    place: Place,
    planned_on: date,
    allocation: Allocation,
    field: str,
) -> None:
    need = allocation.need
    facts = {
        "thing": thing(need.item),
        "pledge": allocation.supply_line.pledge_line.pledge.code,
        "there": need.place.unit.name,
        "here": place.unit.name,
        "its": need.item.area,
        "area": area,
    }
    if need.item.area_id != area.pk:
        problems.add(
            "other_area",
            _(
                "The %(thing)s of pledge %(pledge)s belong to “%(its)s”, this distribution to “%(area)s”. "
                "Plan them in a distribution of their own area."
            )
            % facts,
            field,
        )
    if need.place.unit_id not in absorbed_by(place.unit, planned_on):
        problems.add(
            "other_commune",
            _(
                "The %(thing)s of pledge %(pledge)s are allocated to %(there)s, this distribution goes to "
                "%(here)s. Plan them for their own commune, or have the allocation reversed."
            )
            % facts,
            field,
        )


def _check_open(
    problems: Problems,
    line: PlannedLine,
    balance: AllocationBalance,
    free: int,
    field: str,
    besides: Distribution | None,
) -> None:
    if line.allocation is None or line.planned <= free:
        return
    plans = _plans_of(line.allocation, besides)
    problems.add(
        "not_enough_open",
        _(
            "Only %(left)s/%(whole)s %(thing)s of pledge %(pledge)s are open for a new plan%(facts)s. "
            "Plan at most %(left)s."
        )
        % {
            "left": number(free),
            "whole": number(balance.quantity),
            "thing": thing(line.allocation.need.item),
            "pledge": line.allocation.supply_line.pledge_line.pledge.code,
            "facts": _why_not_more(plans, free < balance.quantity),
        },
        field,
        NotEnough,
        left=free,
        whole=balance.quantity,
    )


def _why_not_more(plans: str, taken: bool) -> str:
    """Which plan could be cancelled for more; nothing, if all that was allocated is open."""
    if plans:
        return _("; planned already, to be cancelled if need be: %(plans)s") % {"plans": plans}
    return _("; the rest was sent or taken back") if taken else ""


def _plans_of(allocation: Allocation, besides: Distribution | None) -> str:
    """The other plans that hold it: “HT-2025-004 (20)”."""
    rows = _planned_lines(besides).filter(allocation=allocation).order_by("pk")
    return listed(f"{code} ({number(q)})" for code, q in rows.values_list("distribution__code", "planned"))


def _check_service(
    problems: Problems, area: SupportArea, place: Place, planned_on: date, line: PlannedLine, field: str
) -> None:
    service, source = line.service, line.funding_source
    if service is None:
        return
    if service.kind != SupportItem.Kind.SERVICE or service.is_retired:
        problems.add(
            "not_a_service",
            _("“%(item)s” is no service in use. Goods are planned from an allocation.") % {"item": service},
            field,
        )
    if service.area_id != area.pk:
        problems.add(
            "other_area",
            _(
                "“%(item)s” belongs to “%(its)s”, this distribution to “%(area)s”. "
                "Choose a service of its area."
            )
            % {"item": service, "its": service.area, "area": area},
            field,
        )
    if source is None or source.scope_id not in around(place.unit, planned_on):
        problems.add(
            "funding_source",
            _("Say from which fund or budget of this district “%(item)s” is paid.") % {"item": service},
            field,
        )
    value = line.planned * line.worth_in(planned_on.year)
    if not 0 <= value <= MOST_DONG:
        problems.add("value", str(out_of_bounds(value, MOST_DONG, field).message), field)
