"""The overlap guard of an allocation: which other agency serves the same place, item, age band and year.

Plans, pledges for a place and purchases are asked of ``donors.overlap``; allocations to other needs of the
place and services paid from a budget are added here. What other agencies gave to the *same* need is no
overlap: it is counted there, and nothing goes above a need [plan II.4].
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from directory import clock
from directory.models import AgencySuccession, Place, Unit, User
from directory.prepared import Prepared, Slot
from distributions.models import Allocation, DistributionLine
from distributions.states import DistributionState
from distributions.wording import listed
from donors import overlap
from donors.models import Pledge
from donors.overlap import Coverage, Items
from needs.models import Need


@dataclass(frozen=True)
class Service:
    """What an agency does at a place, in words; ``agency`` alone is for who may not see the record.

    ``need_id``: the need that it is counted in.
    """

    agency_id: int
    agency: str
    coverage: Coverage
    label: str
    need_id: int | None = None
    pledge_id: int | None = None


class Others:
    """Who serves the places of ``needs``, all of one year; asked once for many needs."""

    def __init__(self, scope: Unit, year: int, needs: Sequence[Need]) -> None:
        self._of_place: dict[tuple[int, str, int], list[Service]] = defaultdict(list)
        self._own: dict[int, set[int]] = {}
        self._agencies_of: dict[int, set[int]] = defaultdict(set)  # pledge → who promises something of it
        items = {need.item_id for need in needs}
        for service in [*_promised(scope, year, items), *_allocated(year, items), *_delivered(year, items)]:
            if service.pledge_id is not None:
                self._agencies_of[service.pledge_id].add(service.agency_id)
            for key in _keys(service.coverage):
                self._of_place[key].append(service)

    def at(self, need: Need) -> list[Service]:
        """Everything there that is not counted in the need itself."""
        asked = Coverage(need.item, need.place, need.age_band)
        found = {id(service): service for key in _keys(asked) for service in self._of_place.get(key, ())}
        return [
            service
            for service in found.values()
            if service.need_id != need.pk and service.coverage.meets(asked)
        ]

    def beside(self, need: Need, pledge: Pledge) -> list[Service]:
        """Those of other agencies than the one that mobilised ``pledge`` (and of what it took over)."""
        return [
            service
            for service in self.at(need)
            if service.pledge_id != pledge.pk and service.agency_id not in self.own(pledge.mobilised_by_id)
        ]

    def bought_by_others(self, pledge: Pledge, own: Iterable[int]) -> bool:
        """Whether another agency buys something for a place with the pledge's money."""
        return any(agency not in own for agency in self._agencies_of.get(pledge.pk, ()))

    def own(self, agency_id: int) -> set[int]:
        """The agency and what it has taken over."""
        if agency_id not in self._own:
            found = AgencySuccession.objects.predecessors([agency_id], clock.today())
            self._own[agency_id] = found
        return self._own[agency_id]


def others_beside(need: Need, pledge: Pledge) -> list[Service]:
    """What ``Others`` says of one need. One query, if no other agency has anything of the item there."""
    year = need.round.year
    if _nothing_near(need, pledge, year):
        return []
    return Others(pledge.scope, year, [need]).beside(need, pledge)


def served_beside(user: User, need: Need) -> list[str]:
    """All that serves the place of a need with its item in the year and is not counted in it, in words.

    Who does not reach the whole scope learns who serves it, not by which plan or pledge.
    """
    whole = need.round.scope_id in user.reach.scopes
    found = Others(need.round.scope, need.round.year, [need]).at(need)
    return [service.label if whole else service.agency for service in found]


def _nothing_near(need: Need, pledge: Pledge, year: int) -> bool:
    place = need.place
    if not place.is_valid_on(clock.today()):
        return False  # its successor may be named by others
    return not NEAR.ask(
        year=year,
        whole=place.kind == Place.Kind.COMMUNE,
        item=need.item_id,
        need=need.pk,
        place=place.pk,
        continued=place.continues_id or place.pk,
        around=place.lies_in_id or place.pk,
        commune=place.unit_id,
        before=place.continues.unit_id if place.continues else place.unit_id,
        scope=pledge.scope_id,
        agency=pledge.mobilised_by_id,
    )


def _near(
    year: int,
    whole: bool,
    item: Slot,
    need: Slot,
    place: Slot,
    continued: Slot,
    around: Slot,
    commune: Slot,
    before: Slot,
    scope: Slot,
    agency: Slot,
) -> QuerySet[Any, Any]:
    """One row if another agency may have something of the item at the place, or around it.

    Wider than the truth, and cheap. What was allocated is asked more closely than the rest: by the end of a
    year it is much.
    """
    needs = Need.objects.filter(item=item, round__year=year).exclude(pk=need)
    touching = _touching(place, continued, around, commune)
    near_it = needs.filter(touching | Q(place__unit=commune) if whole else touching)
    allocated = Allocation.objects.filter(need__in=near_it)
    served = _services(year, item).filter(overlap.in_units("distribution__place__unit", commune, before))
    questions = [
        allocated.exclude(supply_line__pledge_line__pledge__mobilised_by=agency),
        served.exclude(distribution__lead_agency=agency),
        *overlap.near(scope, year, item, (commune, before), agency),
    ]
    first, *rest = [rows.order_by().values_list("pk") for rows in questions]
    return first.union(*rest, all=True)[:1]


def _touching(place: Slot, continued: Slot, around: Slot, commune: Slot) -> Q:
    """At the place, also by its name of before, at what it lies in, what lies in it, or the whole commune."""
    return (
        overlap.in_units("place", place, continued, around)
        | overlap.in_units("place__continues", place, continued)
        | Q(place__lies_in=place)
        | Q(place__unit=commune, place__kind=Place.Kind.COMMUNE)
    )


NEAR = Prepared(_near, fixed=("year", "whole"))


def in_words(services: Iterable[Service]) -> str:
    """“Hội LHPN: cam kết CK-2025-004; TTYT: đợt hỗ trợ HT-2025-002”, each once."""
    return listed(dict.fromkeys(service.label for service in services))


def _keys(coverage: Coverage) -> Iterator[tuple[int, str, int]]:
    """Coverages that meet have one of these in common."""
    item, place = coverage.item.pk, coverage.place
    yield (item, "unit", place.unit_id)
    yield (item, "place", place.pk)
    if place.continues_id:
        yield (item, "place", place.continues_id)


def _promised(scope: Unit, year: int, items: set[int]) -> Iterator[Service]:
    for held in overlap.held_in(scope, year, items):
        label = _("%(agency)s: %(kind)s %(code)s") % {
            "agency": held.holder.short_name,
            "kind": held.kind,
            "code": held.name,
        }
        yield Service(held.holder.pk, held.holder.short_name, held.coverage, label, pledge_id=held.pledge_id)


def _allocated(year: int, items: set[int]) -> Iterator[Service]:
    names = ("need__item", "need__place", "need__age_band")
    for row in _allocations(year, items).select_related(
        *names, "supply_line__pledge_line__pledge__mobilised_by"
    ):
        pledge = row.supply_line.pledge_line.pledge
        label = _("%(agency)s: pledge %(code)s, allocated there") % {
            "agency": pledge.mobilised_by.short_name,
            "code": pledge.code,
        }
        coverage = Coverage(row.need.item, row.need.place, row.need.age_band, row.quantity)
        yield Service(
            pledge.mobilised_by_id, pledge.mobilised_by.short_name, coverage, label, row.need_id, pledge.pk
        )


def _delivered(year: int, items: set[int]) -> Iterator[Service]:
    for row in _services(year, items).select_related(
        "service", "distribution__place", "distribution__lead_agency"
    ):
        distribution = row.distribution
        label = _("%(agency)s: distribution %(code)s") % {
            "agency": distribution.lead_agency.short_name,
            "code": distribution.code,
        }
        coverage = Coverage(row.item, distribution.place, None, row.planned)
        yield Service(distribution.lead_agency_id, distribution.lead_agency.short_name, coverage, label)


def _allocations(year: int, items: Items) -> QuerySet[Allocation]:
    rows = Allocation.objects.covering().filter(overlap.of_items("need__item", items))
    return rows.filter(need__round__year=year).order_by("pk")


def _services(year: int, items: Items) -> QuerySet[DistributionLine]:
    """Services paid from a budget, planned or done in the year."""
    done = Q(distribution__occurred_on__year=year)
    planned = Q(distribution__occurred_on=None, distribution__planned_on__year=year)
    rows = DistributionLine.objects.filter(done | planned, overlap.of_items("service", items))
    return rows.exclude(distribution__state=DistributionState.CANCELLED).order_by("pk")
