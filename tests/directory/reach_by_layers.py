"""Reach as it is defined, layer by layer: slow, and plain enough to be believed. The portal's equals it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from directory.models import (
    Agency,
    AgencySuccession,
    CoordinationScope,
    Delegation,
    LeadArea,
    Succession,
    SupportArea,
    Unit,
    User,
)
from directory.reach import Reach
from directory.roles import Role


def reach_of(user: User, day: date) -> Reach:
    reach = Reach()
    for principal in principals_of(user, day):
        reach |= _own_reach(principal, day)
    return reach


def principals_of(user: User, day: date) -> list[User]:
    delegations = Delegation.objects.in_force(day).filter(to_user=user).order_by("from_user_id")
    givers = [delegation.from_user for delegation in delegations]
    return [user, *(giver for giver in givers if giver.is_active and giver.agency_id == user.agency_id)]


def _own_reach(user: User, day: date) -> Reach:
    agency = user.agency
    if agency is None or user.role == Role.ADMINISTRATOR or not agency.is_valid_on(day):
        return Reach()
    own = frozenset(AgencySuccession.objects.predecessors([agency.pk], day))
    home = frozenset(Succession.objects.predecessors([agency.unit_id], day))
    reach = Reach(agencies=own, around=frozenset(around(home, day)))
    areas = frozenset(SupportArea.objects.values_list("pk", flat=True))
    if user.role == Role.COMMUNE_OFFICER:
        return reach | Reach(communes=home, areas=areas)
    if user.role == Role.AGENCY_OFFICER:
        leads = LeadArea.objects.on(day).filter(agency=agency)
        led = frozenset(Succession.objects.predecessors({lead.scope_id for lead in leads}, day))
        led_areas = frozenset(lead.area_id for lead in leads)
        return reach | Reach(communes=_communes(led, day), areas=led_areas, led=led)
    scopes = frozenset(within(_coordinated(user, day), day))
    return reach | Reach(_communes(scopes, day), areas, scopes, around=frozenset(around(scopes, day)))


def _coordinated(user: User, day: date) -> set[int]:
    if user.role == Role.COORDINATOR:
        held = CoordinationScope.objects.on(day).filter(agency=user.agency)
        return set(held.values_list("unit_id", flat=True))
    return {user.agency.unit_id} if user.agency and user.agency.kind == Agency.Kind.COMMITTEE else set()


def _communes(units: Iterable[int], day: date) -> frozenset[int]:
    communes = Unit.objects.communes().filter(pk__in=within(units, day))
    return frozenset(communes.values_list("pk", flat=True))


def within(ids: Iterable[int], day: date) -> set[int]:
    predecessors = Succession.objects.predecessors
    return predecessors(Unit.objects.under(predecessors(ids, day)), day)


def around(ids: Iterable[int], day: date) -> set[int]:
    found = set(ids)
    layer = set(found)
    while layer:
        parents = Unit.objects.filter(pk__in=layer, parent__isnull=False)
        layer = Succession.objects.successors(parents.values_list("parent_id", flat=True), day) - found
        found |= layer
    return found
