"""Reach: what a user may see, decided in one place.

A commune's officers: their commune. An agency's: the areas that it leads within its scope, and every
record that it owns or is a party to. The coordinating office and leaders: their coordination scope.
Administrators: the directory only. A successor sees what its predecessors left; an agency that has ended
sees nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from directory.atlas import Atlas
from directory.models.agency import Agency
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
    """The user's own reach on ``day`` and that of everyone who has delegated to them. One query."""
    atlas, reach = Atlas.on(day), Reach()
    for principal in user.principals:
        reach |= _own_reach(principal, atlas, day)
    return reach


def _own_reach(user: User, atlas: Atlas, day: date) -> Reach:
    agency = user.agency
    if agency is None or user.role == Role.ADMINISTRATOR or not agency.is_valid_on(day):
        return Reach()  # an office that has ended acts no more; its successor sees what it left
    own = frozenset(atlas.agency_predecessors([agency.pk]))
    home = frozenset(atlas.predecessors([agency.unit_id]))
    reach = Reach(agencies=own, around=frozenset(atlas.around(home)))
    every_area = frozenset(atlas.areas)
    if user.role == Role.COMMUNE_OFFICER:
        return reach | Reach(communes=home, areas=every_area)
    if user.role == Role.AGENCY_OFFICER:
        leads = atlas.leads.get(agency.pk, set())
        led = frozenset(atlas.predecessors(scope for _area, scope in leads))
        areas = frozenset(area for area, _scope in leads)
        return reach | Reach(communes=frozenset(atlas.communes_within(led)), areas=areas, led=led)
    scopes = frozenset(atlas.within(_coordinated(user, agency, atlas)))
    around, communes = frozenset(atlas.around(scopes)), frozenset(atlas.communes_within(scopes))
    return reach | Reach(communes, every_area, scopes, around=around)


def _coordinated(user: User, agency: Agency, atlas: Atlas) -> set[int]:
    """Coordinators: the units whose scope their agency holds; leaders: the unit that they govern."""
    if user.role == Role.COORDINATOR:
        return atlas.coordinated.get(agency.pk, set())
    return {agency.unit_id} if agency.kind == Agency.Kind.COMMITTEE else set()
