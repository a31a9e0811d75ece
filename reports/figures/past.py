"""What reports made before the portal counted said of the same period a year before."""

from __future__ import annotations

from directory.models import Succession
from reports.models import PastFigure, ReportingPeriod


def figures(period: ReportingPeriod) -> dict[str, int]:
    """By code of the indicator. A successor takes over the figures of its one predecessor that has any:
    those of several were never one figure, and are not added up here."""
    scopes = Succession.objects.predecessors([period.scope_id], period.ends_on)
    by_scope: dict[int, dict[str, int]] = {}
    for figure in PastFigure.objects.of_period(scopes, period.kind, period.year - 1):
        by_scope.setdefault(figure.scope_id, {})[figure.indicator.code] = figure.value or 0
    if period.scope_id in by_scope:
        return by_scope[period.scope_id]
    return next(iter(by_scope.values())) if len(by_scope) == 1 else {}
