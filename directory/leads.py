"""Who leads which support area where, as of a day [plan II.3]."""

from __future__ import annotations

from datetime import date

from directory.models import Agency, LeadArea, Unit


def leads_in(commune: Unit, day: date) -> dict[int, Agency]:
    """The lead agency of each area where the commune lies, by the area's id."""
    leads = LeadArea.objects.on(day).filter(scope_id__in=Unit.objects.around([commune.pk], day))
    leads = leads.select_related("agency").order_by("valid_from", "pk")
    return {lead.area_id: lead.agency for lead in leads}
