"""Every figure of a period's roll-up beside the sum of the rows that its page lists."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import QueryDict

from directory.models import User
from reports.behind import Chosen, behind, correcting, corrections_behind, lines_behind, sums_of
from reports.figures import Figures
from reports.figures.figure import added
from reports.models import ReportingPeriod
from reports.rollup import Row, by_area, by_item, by_place

WINDOWS = ("now", "cumulative", "supplement")


def differing(period: ReportingPeriod, user: User) -> list[tuple]:
    """The figures that the rows do not make, or of which the page's total says something else."""
    figures = Figures(period, user)
    found = []
    for row in _rows(figures):
        for window in WINDOWS:
            chosen = Chosen.from_query(QueryDict(f"{row.link}&window={window}"))
            lines = lines_behind(figures, chosen, user)
            corrections = corrections_behind(figures, chosen, user)
            rows = [each for each in [*map(behind, lines), *map(correcting, corrections)] if not each.policy]
            listed = (added(r.turns for r in rows), sum(r.value for r in rows), sum(r.quantity for r in rows))
            _of_lines, whole = sums_of(lines, corrections)
            figure = [getattr(each, window) for each in (row.turns, row.value, row.quantity) if each]
            for says in (listed, (whole.turns, whole.value, whole.quantity)):
                if list(says[: len(figure)]) != figure:
                    found.append((row.name, window, figure, says))
    return found


def _rows(figures: Figures) -> Iterator[Row]:
    for row in [*by_area(figures), *by_place(figures), *by_item(figures)]:
        yield row
        yield from row.below
