"""Open reporting periods."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace
from datetime import date
from typing import TypedDict, Unpack

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, WrongState
from directory.models import Unit, User
from reports.calendar import PeriodDates, code_of, default_dates, first_working_day_after
from reports.models import ReportingPeriod
from reports.permissions import may_report_for

OPEN = gettext_noop("open the period")
FIRST_YEAR = 2019  # the plan runs from 2019
LAST_YEAR = 2100


class OtherDates(TypedDict, total=False):
    starts_on: date
    ends_on: date
    year_starts_on: date
    cut_off: date
    units_due_on: date
    district_due_on: date


@action
def open_period(
    *,
    by: User,
    scope: Unit,
    kind: str,
    year: int,
    key: uuid.UUID | None = None,
    **dates: Unpack[OtherDates],
) -> ReportingPeriod:
    """Open the 6-month or yearly period of ``year``; ``dates`` override the usual ones.

    Raises ``Forbidden`` outside the own scope, ``WrongState`` if the period exists, ``Refusal`` with every
    date that is out of order.
    """
    if not may_report_for(by, scope):
        raise Forbidden(
            _("Only the coordinating office of %(scope)s opens its reporting periods.") % {"scope": scope}
        )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = _("The year %(year)s is out of range. Enter a year from %(first)s on.")
        raise Refusal(message % {"year": year, "first": FIRST_YEAR}, place="year")
    code = code_of(kind, year)
    if ReportingPeriod.objects.filter(scope=scope, code=code).exists():
        message = _("The period %(code)s of %(scope)s is already open. Use it instead of opening another.")
        raise WrongState(message % {"code": code, "scope": scope}, place="year")
    chosen = replace(default_dates(kind, year), **dates)
    if problems := _problems_of(chosen):
        raise Refusal(problems, code="dates")
    period = ReportingPeriod.objects.create(scope=scope, kind=kind, year=year, code=code, **asdict(chosen))
    history.record(period, OPEN, by=by, cut_off=chosen.cut_off.isoformat())
    return period


def _problems_of(dates: PeriodDates) -> list[Problem]:
    """Every date that is out of order, each at its field."""
    problems = []
    if dates.year_starts_on > dates.starts_on:
        text = _("The year's window starts on %(later)s, after the period itself. Choose %(day)s or earlier.")
        problems.append(_problem(text, "year_starts_on", later=dates.year_starts_on, day=dates.starts_on))
    if dates.starts_on >= dates.ends_on:
        text = _("The period ends on %(later)s, not after its first day. Choose a day after %(day)s.")
        problems.append(_problem(text, "ends_on", later=dates.ends_on, day=dates.starts_on))
    if dates.cut_off < dates.ends_on:
        text = _("Data would close on %(later)s, before the period ends. Choose %(day)s or later.")
        problems.append(_problem(text, "cut_off", later=dates.cut_off, day=dates.ends_on))
    for field, close in (("units_due_on", dates.ends_on), ("district_due_on", dates.cut_off)):
        due, earliest = getattr(dates, field), first_working_day_after(close)
        if due < earliest:
            text = _(
                "The deadline %(later)s is less than one working day after the close of data. "
                "Choose %(day)s or later."
            )
            problems.append(_problem(text, field, later=due, day=earliest))
    return problems


def _problem(text: str, place: str, *, later: date, day: date) -> Problem:
    values = {"later": later, "day": day}
    return Problem(text % {k: date_format(v, "SHORT_DATE_FORMAT") for k, v in values.items()}, place)
