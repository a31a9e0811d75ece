"""Where support may go: difficult communes, and who leads an area at a place, as of a day."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from directory.models import Agency, AreaStatus, LeadArea, Succession, SupportArea, Unit, User
from donors.models import FundingSource


def is_difficult(commune: Unit, day: date) -> bool:
    """Whether the commune is specially difficult on ``day``: the plan's support is for its children."""
    return AreaStatus.objects.on(day).filter(unit=commune).exists()


def lineage(commune: Unit) -> list[int]:
    """The ids of the commune, its district and its province."""
    found: list[int] = []
    unit: Unit | None = commune
    while unit is not None:
        found.append(unit.pk)
        unit = unit.parent
    return found


def lead_agency_of(area: SupportArea, commune: Unit, day: date) -> Agency | None:
    """The agency that leads ``area`` where the commune lies, on ``day`` [plan II.3]."""
    lead = (
        LeadArea.objects.on(day)
        .filter(area=area, scope_id__in=lineage(commune))
        .select_related("agency")
        .order_by("-valid_from", "-pk")
        .first()
    )
    return lead.agency if lead else None


def areas_seen_by(user: User) -> QuerySet[SupportArea]:
    return SupportArea.objects.filter(pk__in=user.reach.areas)


def areas_led_by(user: User, day: date) -> QuerySet[SupportArea]:
    """The areas that the user's own agency leads on ``day``."""
    leads = LeadArea.objects.on(day).filter(agency_id__in=user.reach.agencies)
    return SupportArea.objects.filter(pk__in=leads.values("area_id"))


def funding_sources_for(user: User) -> QuerySet[FundingSource]:
    """The funds and budgets that may pay a service where the user works: those of the units around."""
    return FundingSource.objects.filter(scope_id__in=user.reach.around | user.reach.scopes)


def follows(agency: Agency, commune: Unit, day: date) -> bool:
    """Whether the agency is one of the commune, or of the commune that absorbed it by ``day``."""
    return commune.pk in Succession.objects.predecessors([agency.unit_id], day)


def committee_of(commune: Unit, day: date) -> Agency | None:
    """The people's committee that answers for the commune on ``day``: its own, or its successor's."""
    units = [commune.pk]
    for step in Succession.objects.filter(predecessor=commune, on__lte=day).order_by("on"):
        units.append(step.successor_id)
    return (
        Agency.objects.on(day)
        .filter(unit_id__in=units, kind=Agency.Kind.COMMITTEE)
        .order_by("-unit__valid_from", "-pk")
        .first()
    )
