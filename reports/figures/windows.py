"""What counts in a period: it occurred in the window and was confirmed by the close of data.

A later confirmation enters the cumulative figure of the next report of the year, marked “bổ sung”. What
belongs to the year before and was confirmed after its last report is told apart: it counts in no total
of this year.

A correction counts with its delivery as long as no report has counted that. What a report has counted stays:
its correction is a reversal, booked in the period whose data were open when it was made (decision 0011).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from directory.models import Succession
from documents.states import PaperState
from reports.models import DistrictReport, ReportingPeriod

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Reported:
    """The days of which a report has counted what was confirmed before ``closed_at``."""

    starts_on: date
    ends_on: date
    closed_at: datetime


@dataclass(frozen=True)
class Reversals:
    """Corrections made in [the last close of ``reported``, ``closed_at``) of what these have counted."""

    reported: tuple[Reported, ...]
    closed_at: datetime

    def filter(self, occurred: str, confirmed: str, corrected: str) -> Q:
        """The corrections that count, by the names of three date columns."""
        if not self.reported:
            return NOTHING
        counted = NOTHING
        for past in self.reported:
            counted |= Window(past.starts_on, past.ends_on, past.closed_at).filter(occurred, confirmed)
        opened_at = max(past.closed_at for past in self.reported)
        return counted & Q(**{f"{corrected}__gte": opened_at, f"{corrected}__lt": self.closed_at})


@dataclass(frozen=True)
class Window:
    """Days from ``starts_on`` to ``ends_on``, both included; confirmed in [``opened_at``, ``closed_at``).

    ``reversals``: of what the periods that ended before it have counted.
    """

    starts_on: date
    ends_on: date
    closed_at: datetime
    opened_at: datetime | None = None
    reversals: Reversals | None = None

    def filter(self, occurred: str, confirmed: str) -> Q:
        """The rows that count, by the names of their two date columns."""
        rows = Q(
            **{
                f"{occurred}__gte": self.starts_on,
                f"{occurred}__lte": self.ends_on,
                f"{confirmed}__lt": self.closed_at,
            }
        )
        return rows & Q(**{f"{confirmed}__gte": self.opened_at}) if self.opened_at else rows

    def corrections(self, occurred: str, confirmed: str, corrected: str) -> Q:
        """The corrections that count: of its own rows until it closed, and the reversals."""
        own = self.filter(occurred, confirmed) & Q(**{f"{corrected}__lt": self.closed_at})
        return own | self.reversals.filter(occurred, confirmed, corrected) if self.reversals else own


@dataclass(frozen=True)
class Windows:
    """The windows of one report. ``last_year`` is None if no such period was opened a year before.

    ``supplement`` is a part of ``cumulative``; ``carried`` (of the year before) is a part of nothing.
    ``reversals``: the part of ``cumulative`` that corrects what an earlier report has counted, of this year
    and of those before.
    """

    now: Window
    cumulative: Window
    supplement: Window | None
    last_year: Window | None
    carried: Window | None
    reversals: tuple[Reversals, Reversals]

    def named(self) -> dict[str, Window]:
        """Those that exist, by name."""
        return {name: window for name, window in vars(self).items() if isinstance(window, Window)}


def windows_of(period: ReportingPeriod) -> Windows:
    siblings = _siblings(period)
    closings = _closings([period, *siblings])
    close = closings[period.pk]
    earlier = [
        p for p in siblings if p.year_starts_on == period.year_starts_on and p.ends_on < period.ends_on
    ]
    before = [p for p in siblings if p.ends_on < period.year_starts_on]
    same = [p for p in siblings if (p.kind, p.year) == (period.kind, period.year - 1)]

    def window(starts_on: date, of: ReportingPeriod) -> Window:
        past = [p for p in siblings if p.ends_on < starts_on]
        reversals = Reversals(_reported(past, closings), closings[of.pk])
        return Window(starts_on, of.ends_on, closings[of.pk], reversals=reversals)

    return Windows(
        now=window(period.starts_on, period),
        cumulative=window(period.year_starts_on, period),
        supplement=_late(earlier, period.year_starts_on, close, closings),
        last_year=window(same[0].starts_on, same[0]) if same else None,
        carried=_late(before, date.min, close, closings),
        reversals=(
            Reversals(_reported(earlier, closings), close),
            Reversals(_reported(before, closings), close),
        ),
    )


def closed_at(period: ReportingPeriod) -> datetime:
    """The moment at which the period's data close: the end of the cut-off day, or its report's issue."""
    return _closings([period])[period.pk]


def _closings(periods: list[ReportingPeriod]) -> dict[int, datetime]:
    """The same of many, by the id of the period, in one query."""
    issued = dict(
        DistrictReport.objects.filter(period__in=periods, paper__replaces=None)
        .exclude(paper__state=PaperState.DRAFT)
        .values_list("period_id", "paper__issued_at")
    )
    return {p.pk: min(end, issued.get(p.pk) or end) for p in periods for end in [_end_of(p.cut_off)]}


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _reported(periods: list[ReportingPeriod], closings: dict[int, datetime]) -> tuple[Reported, ...]:
    return tuple(Reported(p.year_starts_on, p.ends_on, closings[p.pk]) for p in periods)


def _late(
    periods: list[ReportingPeriod], starts_on: date, close: datetime, closings: dict[int, datetime]
) -> Window | None:
    """What the last of ``periods`` should have held and was confirmed too late for it."""
    if not periods:
        return None
    last = max(periods, key=lambda p: p.ends_on)
    return Window(starts_on, last.ends_on, close, opened_at=closings[last.pk])


def _siblings(period: ReportingPeriod) -> list[ReportingPeriod]:
    """The other periods of the unit, and of those that it has taken over."""
    scopes = Succession.objects.predecessors([period.scope_id], period.ends_on)
    return list(ReportingPeriod.objects.filter(scope_id__in=scopes).exclude(pk=period.pk))
