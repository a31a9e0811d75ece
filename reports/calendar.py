"""When the year's windows open and close: common practice [field], each date may be overridden.

Half a year runs from 15 December to 14 June, the year from 15 December to 14 December. A deadline on a
day off moves to the next working day; a sending deadline lies at least one working day after the close
of data [ND 09/2019, art. 8(5)].
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from directory.models import Holiday
from reports.models import ReportingPeriod

Kind = ReportingPeriod.Kind

YEAR_STARTS = (12, 15)  # of the year before
ENDS = {Kind.HALF_YEAR: (6, 14), Kind.YEAR: (12, 14)}
UNITS_DUE = {Kind.HALF_YEAR: (6, 16), Kind.YEAR: (12, 16)}
DISTRICT_DUE = {Kind.HALF_YEAR: (6, 20), Kind.YEAR: (12, 20)}
CODES = {Kind.HALF_YEAR: "H1", Kind.YEAR: "Y"}


@dataclass(frozen=True)
class PeriodDates:
    """The dates of a period; see ``ReportingPeriod`` for what each means."""

    starts_on: date
    ends_on: date
    year_starts_on: date
    cut_off: date
    units_due_on: date
    district_due_on: date


def default_dates(kind: str, year: int) -> PeriodDates:
    """The usual dates of the period. Data close on the day by which communes and agencies report."""
    starts_on = date(year - 1, *YEAR_STARTS)
    units_due_on = Holiday.objects.next_working_day(date(year, *UNITS_DUE[Kind(kind)]))
    district_due_on = Holiday.objects.next_working_day(date(year, *DISTRICT_DUE[Kind(kind)]))
    return PeriodDates(
        starts_on=starts_on,
        ends_on=date(year, *ENDS[Kind(kind)]),
        year_starts_on=starts_on,
        cut_off=units_due_on,
        units_due_on=units_due_on,
        district_due_on=max(district_due_on, first_working_day_after(units_due_on)),
    )


def first_working_day_after(day: date) -> date:
    return Holiday.objects.next_working_day(day + timedelta(days=1))


def code_of(kind: str, year: int) -> str:
    """“2025-H1”, “2025-Y”."""
    return f"{year}-{CODES[Kind(kind)]}"
