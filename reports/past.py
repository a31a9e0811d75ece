"""Which periods may have figures of past years: those that are over and that the portal does not count."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from directory import clock
from reports.actions.period import FIRST_YEAR
from reports.calendar import ENDS
from reports.models import ReportingPeriod

# The plan's first year is compared with the one before it.
FIRST_PAST_YEAR = FIRST_YEAR - 1


def problem_of_past_period(kind: str, year: int, counted: ReportingPeriod | None) -> str:
    """Why a figure of that period is not taken; empty: it is. ``counted``: the portal's own such period."""
    if counted is not None:
        message = _("The portal counts %(period)s itself, so no older figure is taken. Leave this row out.")
        return message % {"period": counted}
    if year < FIRST_PAST_YEAR:
        return _("The year lies before %(first)s. Check the year.") % {"first": FIRST_PAST_YEAR}
    if date(year, *ENDS[ReportingPeriod.Kind(kind)]) >= clock.today():
        return _("That period is not over yet, so it has no figures of the past. Check period and year.")
    return ""
