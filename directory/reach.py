"""Reach: what a user may see, decided in one place.

A commune's officers: their commune. An agency's: the areas that it leads within its scope, and every
record that it owns or is a party to. The coordinating office and leaders: their coordination scope.
Administrators: the directory only. A successor sees what its predecessors left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from directory.models.agency import AgencySuccession
from directory.models.area import LeadArea, SupportArea
from directory.models.unit import CoordinationScope, Succession, Unit
from directory.roles import Role

if TYPE_CHECKING:
    from directory.models.user import User


@dataclass(frozen=True)
class Reach:
    """Ids of what is within reach; every ``visible_to`` is a filter over these.

    communes: whose surveys, needs and deliveries may be seen. areas: in which support areas.
    scopes: the units whose whole coordination may be seen (rounds, pledges, reports).
    agencies: own agency and its predecessors: records that they own or are a party to.
    around: the units that contain the own ones: their rounds and issued reports may be read.
    led: the units within which the own agency leads ``areas`` (none for communes and unions): records of
    those areas that belong to the whole unit, such as pledges, may be seen.
    """

    communes: frozenset[int] = field(default_factory=frozenset)
    areas: frozenset[int] = field(default_factory=frozenset)
    scopes: frozenset[int] = field(default_factory=frozenset)
    agencies: frozenset[int] = field(default_factory=frozenset)
    around: frozenset[int] = field(default_factory=frozenset)
    led: frozenset[int] = field(default_factory=frozenset)

    def __or__(self, other: Reach) -> Reach:
        return Reach(
            self.communes | other.communes,
            self.areas | other.areas,
            self.scopes | other.scopes,
            self.agencies | other.agencies,
            self.around | other.around,
            self.led | other.led,
        )


def reach_of(user: User, day: date) -> Reach:
    """The user's own reach on ``day`` and that of everyone who has delegated to them."""
    reach = Reach()
    for principal in user.principals:
        reach |= _own_reach(principal, day)
    return reach


def _own_reach(user: User, day: date) -> Reach:
    if user.role == Role.ADMINISTRATOR or user.agency is None:
        return Reach()
    agencies = AgencySuccession.objects.predecessors([user.agency.pk], day)
    all_areas = frozenset(SupportArea.objects.values_list("pk", flat=True))
    if user.role == Role.COMMUNE_OFFICER:
        own = frozenset(Succession.objects.predecessors([user.agency.unit_id], day))
        return Reach(own, all_areas, frozenset(), frozenset(agencies), _around(own))
    if user.role == Role.AGENCY_OFFICER:
        leads = list(LeadArea.objects.on(day).filter(agency=user.agency))
        within = {lead.scope_id for lead in leads}
        communes = _communes_under(within, day)
        areas = frozenset(lead.area_id for lead in leads)
        led = frozenset(Succession.objects.predecessors(within, day))
        around = _around({user.agency.unit_id})
        return Reach(communes, areas, frozenset(), frozenset(agencies), around, led)
    # Coordinators by the scope that their agency holds; leaders by the unit that their committee governs.
    if user.role == Role.COORDINATOR:
        held = CoordinationScope.objects.on(day).filter(agency=user.agency).values_list("unit_id", flat=True)
        units = Succession.objects.predecessors(held, day)
    else:
        units = Succession.objects.predecessors([user.agency.unit_id], day)
    scopes = frozenset(Unit.objects.under(units))
    return Reach(_communes_under(scopes, day), all_areas, scopes, frozenset(agencies), _around(scopes))


def _communes_under(units: set[int] | frozenset[int], day: date) -> frozenset[int]:
    everything = Unit.objects.under(Succession.objects.predecessors(units, day))
    # A commune of the scope may itself have absorbed one that stood elsewhere.
    everything = Succession.objects.predecessors(everything, day)
    return frozenset(Unit.objects.communes().filter(pk__in=everything).values_list("pk", flat=True))


def _around(units: set[int] | frozenset[int]) -> frozenset[int]:
    """The units themselves and all those above them."""
    found, layer = set(units), set(units)
    while layer:
        parents = Unit.objects.filter(pk__in=layer, parent__isnull=False).values_list("parent_id", flat=True)
        layer = set(parents) - found
        found |= layer
    return frozenset(found)
