"""Where support may go, and who leads an area at a place, as of a day."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from directory import clock
from directory.leads import leads_in
from directory.models import Agency, LeadArea, Place, Succession, SupportArea, Unit, User
from distributions.models import Distribution
from donors.models import FundingSource, SupplyLine


def absorbed_by(commune: Unit, day: date) -> set[int]:
    """The ids of the commune and of those that had gone into it by ``day``."""
    return Succession.objects.predecessors([commune.pk], day)


def around(commune: Unit, day: date) -> set[int]:
    """The ids of the commune, of what stands above it, and of what these have absorbed by ``day``."""
    return Succession.objects.predecessors(Unit.objects.around([commune.pk], day), day)


def same_place(place: Place, other: Place) -> bool:
    """Whether ``place`` is ``other``, perhaps under a name or in a commune of before or after a merger."""
    return place.pk in _chain(other) or other.pk in _chain(place)


def _chain(place: Place) -> set[int]:
    """The ids of the place and of what it continues."""
    found = {place.pk}
    step = place.continues
    while step is not None and step.pk not in found:
        found.add(step.pk)
        step = step.continues
    return found


def lead_agency_of(area: SupportArea, commune: Unit, day: date) -> Agency | None:
    """The agency that leads ``area`` where the commune lies, on ``day`` [plan II.3]."""
    return leads_in(commune, day).get(area.pk)


def areas_seen_by(user: User) -> QuerySet[SupportArea]:
    return SupportArea.objects.filter(pk__in=user.reach.areas)


def areas_led_by(user: User, day: date) -> QuerySet[SupportArea]:
    """The areas that the user's own agency leads on ``day``."""
    leads = LeadArea.objects.on(day).filter(agency_id__in=user.reach.agencies)
    return SupportArea.objects.filter(pk__in=leads.values("area_id"))


def custodians_seen_by(user: User) -> QuerySet[Agency]:
    """Who keeps, or is to keep, supply that the user sees and that has something left."""
    keep = SupplyLine.objects.visible_to(user).available().values("custodian_id")
    return Agency.objects.filter(pk__in=keep).order_by("name", "pk")


def leaders_seen_by(user: User) -> QuerySet[Agency]:
    """Agencies that lead a distribution which the user sees."""
    led = Distribution.objects.visible_to(user).order_by().values("lead_agency_id")
    return Agency.objects.filter(pk__in=led).order_by("name", "pk")


def funding_sources_for(user: User) -> QuerySet[FundingSource]:
    """The funds and budgets that may pay a service where the user works: those of the units around."""
    around = FundingSource.objects.filter(scope_id__in=user.reach.around | user.reach.scopes)
    return around.for_support().open_on(clock.today())


def follows(agency: Agency, commune: Unit, day: date) -> bool:
    """Whether the agency is one of the commune, or of the commune that absorbed it by ``day``."""
    return commune.pk in Succession.objects.predecessors([agency.unit_id], day)


def committee_of(commune: Unit, day: date) -> Agency | None:
    """The people's committee that answers for the commune on ``day``: its own, or its successor's."""
    heir = Succession.objects.heir_of(commune, day)
    committees = Agency.objects.on(day).filter(unit=heir, kind=Agency.Kind.COMMITTEE)
    return committees.order_by("pk").first()


def scopes_inspected_by(user: User) -> QuerySet[Unit]:
    """The units whose child support the user's office coordinates today: it inspects there [plan II.3.3]."""
    units = Unit.objects.on(clock.today()).filter(pk__in=user.reach.scopes)
    return units.filter(coordinations__agency_id__in=user.reach.agencies).distinct().order_by("code")
