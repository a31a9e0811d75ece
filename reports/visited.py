"""Which closed reports another day of a supervision visit would belie."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from directory import clock
from distributions.models import SupervisionVisit
from reports.figures import Figures
from reports.figures.supervision import counted
from reports.models import ReportingPeriod


def years_belied(visit: SupervisionVisit, done_on: date) -> Iterator[str]:
    """Closed years that counted the visit and would lose it to another, or would gain it and not count it.

    Years only: within one, its own report counts the visit once, whatever its first half has counted.
    """
    for period in ReportingPeriod.objects.filter(kind=ReportingPeriod.Kind.YEAR):
        was, would_be = (
            day is not None and period.year_starts_on <= day <= period.ends_on
            for day in (visit.done_on, done_on)
        )
        if was == would_be:
            continue
        figures = Figures(period)
        window = figures.windows.cumulative
        if window.closed_at > clock.now() or visit.place.unit_id not in figures.communes.ids:
            continue
        if counted(window, figures.communes.ids).filter(pk=visit.pk).exists() == was:
            yield str(period)
