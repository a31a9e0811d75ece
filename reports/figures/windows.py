"""What counts in a period: it occurred in the window and was confirmed by the close of data.

A later confirmation enters the cumulative figure of the next report of the year, marked “bổ sung”. What
belongs to the year before and was confirmed after its last report is told apart: it counts in no total
of this year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from directory.models import Succession
from documents.states import PaperState
from reports.models import DistrictReport, ReportingPeriod


@dataclass(frozen=True)
class Window:
    """Days from ``starts_on`` to ``ends_on``, both included; confirmed in [``opened_at``, ``closed_at``)."""

    starts_on: date
    ends_on: date
    closed_at: datetime
    opened_at: datetime | None = None

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


@dataclass(frozen=True)
class Windows:
    """The windows of one report. ``last_year`` is None if no such period was opened a year before.

    ``supplement`` is a part of ``cumulative``; ``carried`` (of the year before) is a part of nothing.
    """

    now: Window
    cumulative: Window
    supplement: Window | None
    last_year: Window | None
    carried: Window | None

    def named(self) -> dict[str, Window]:
        """Those that exist, by name."""
        return {name: window for name, window in vars(self).items() if window is not None}


def windows_of(period: ReportingPeriod) -> Windows:
    close = closed_at(period)
    siblings = _siblings(period)
    earlier = [
        p for p in siblings if p.year_starts_on == period.year_starts_on and p.ends_on < period.ends_on
    ]
    before = [p for p in siblings if p.ends_on < period.year_starts_on]
    same = [p for p in siblings if (p.kind, p.year) == (period.kind, period.year - 1)]
    return Windows(
        now=Window(period.starts_on, period.ends_on, close),
        cumulative=Window(period.year_starts_on, period.ends_on, close),
        supplement=_late(earlier, period.year_starts_on, close),
        last_year=Window(same[0].starts_on, same[0].ends_on, closed_at(same[0])) if same else None,
        carried=_late(before, date.min, close),
    )


def closed_at(period: ReportingPeriod) -> datetime:
    """The moment at which the period's data close: the end of the cut-off day, or its report's issue."""
    end = timezone.make_aware(datetime.combine(period.cut_off + timedelta(days=1), time()))
    issued = (
        DistrictReport.objects.filter(period=period, paper__replaces=None)
        .exclude(paper__state=PaperState.DRAFT)
        .values_list("paper__issued_at", flat=True)
        .first()
    )
    return min(end, issued) if issued else end


def _late(periods: list[ReportingPeriod], starts_on: date, close: datetime) -> Window | None:
    """What the last of ``periods`` should have held and was confirmed too late for it."""
    if not periods:
        return None
    last = max(periods, key=lambda p: p.ends_on)
    return Window(starts_on, last.ends_on, close, opened_at=closed_at(last))


def _siblings(period: ReportingPeriod) -> list[ReportingPeriod]:
    """The other periods of the unit, and of those that it has taken over."""
    scopes = Succession.objects.predecessors([period.scope_id], period.ends_on)
    return list(ReportingPeriod.objects.filter(scope_id__in=scopes).exclude(pk=period.pk))
