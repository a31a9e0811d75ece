"""Supervision in figures: visits done in a period, and what became of their recommendations [plan II.3.3]."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from distributions.models import Recommendation, SupervisionVisit, VisitCorrection
from reports.figures.windows import Window

# Named one by one in the text; more are counted.
NAMED = 5


@dataclass(frozen=True)
class Visited:
    """One visit; ``area`` is None if it looked at everything."""

    area: int | None
    commune: int


@dataclass(frozen=True)
class Followed:
    """Recommendations made by the close of data: how many, how many closed, and the texts of the others."""

    made: int
    closed: int
    open_ones: tuple[str, ...]


def visits(window: Window, communes: Collection[int]) -> list[Visited]:
    """Those that count in a window, as figures ask for them."""
    done = counted(window, communes).order_by("pk")
    return [Visited(*row) for row in done.values_list("area_id", "place__unit_id")]


def counted(window: Window, communes: Collection[int]) -> QuerySet[SupervisionVisit]:
    """The visits done in a window and written down by its close; on the day that stood then."""
    done = _dated(SupervisionVisit.objects.done(), window)
    return done.filter(window.filter("stood_on", "done_at"), place__unit_id__in=communes)


def followed(window: Window, communes: Collection[int]) -> Followed:
    """Of the visits of a window; as they stood at the close of data."""
    rows = _dated(Recommendation.objects.all(), window, "visit__").filter(
        window.filter("stood_on", "visit__done_at"),
        visit__place__unit_id__in=communes,
        made_at__lt=window.closed_at,
    )
    still_open = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=window.closed_at))
    made = rows.count()
    left = still_open.select_related("owner").order_by("due_on", "pk")
    texts = tuple(f"{row.text} ({row.owner})" for row in left)
    return Followed(made, made - len(texts), texts)


def _dated(rows: QuerySet, window: Window, path: str = "") -> QuerySet:
    """``rows`` (visits, or what hangs on one by ``path``) with the day of the visit at the close of data.

    A correction made later counts in the reports that were open then; this one says what it has said. None
    moves a visit from a closed year to another (``reports/visited.py``), so each counts once.
    """
    later = VisitCorrection.objects.filter(visit=OuterRef(f"{path}pk"), at__gte=window.closed_at)
    former = Subquery(later.order_by("number").values("done_on")[:1])
    return rows.annotate(stood_on=Coalesce(former, F(f"{path}done_on")))
