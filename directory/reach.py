"""Reach: what a user may see, decided in one place.

A commune's officers: their commune. An agency's: the areas that it leads within its scope, and every
record that it owns or is a party to. The coordinating office and leaders: their coordination scope.
Administrators: the directory only. A successor sees what its predecessors left; an agency that has ended
sees nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from directory.models.agency import Agency, AgencySuccession
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
    agency = user.agency
    if agency is None or user.role == Role.ADMINISTRATOR or not agency.is_valid_on(day):
        return Reach()  # an office that has ended acts no more; its successor sees what it left
    own = frozenset(AgencySuccession.objects.predecessors([agency.pk], day))
    home = _with_predecessors({agency.unit_id}, day)
    reach = Reach(agencies=own, around=frozenset(Unit.objects.around(home, day)))
    if user.role == Role.COMMUNE_OFFICER:
        return reach | Reach(communes=home, areas=_all_areas())
    if user.role == Role.AGENCY_OFFICER:
        leads = LeadArea.objects.on(day).filter(agency=agency)
        led = _with_predecessors({lead.scope_id for lead in leads}, day)
        areas = frozenset(lead.area_id for lead in leads)
        return reach | Reach(communes=_communes_under(led, day), areas=areas, led=led)
    scopes = frozenset(Unit.objects.within(_coordinated(user, day), day))
    around = frozenset(Unit.objects.around(scopes, day))
    return reach | Reach(_communes_under(scopes, day), _all_areas(), scopes, around=around)


def _coordinated(user: User, day: date) -> set[int]:
    """Coordinators: the units whose scope their agency holds; leaders: the unit that they govern."""
    if user.role == Role.COORDINATOR:
        held = CoordinationScope.objects.on(day).filter(agency=user.agency)
        return set(held.values_list("unit_id", flat=True))
    return {user.agency.unit_id} if user.agency and user.agency.kind == Agency.Kind.COMMITTEE else set()


def _all_areas() -> frozenset[int]:
    return frozenset(SupportArea.objects.values_list("pk", flat=True))


def _with_predecessors(units: Iterable[int], day: date) -> frozenset[int]:
    return frozenset(Succession.objects.predecessors(units, day))


def _communes_under(units: Iterable[int], day: date) -> frozenset[int]:
    within = Unit.objects.within(units, day)
    return frozenset(Unit.objects.communes().filter(pk__in=within).values_list("pk", flat=True))
