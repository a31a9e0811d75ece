"""The overview of a round: communes in rows, sections in columns, each cell one click from what is missing.

A fixed number of queries, however many communes, places and needs there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import Place, SupportArea, Unit, User
from needs import permissions
from needs.cells import children_cell, count_cell, in_row
from needs.checks import CHILDREN
from needs.models import (
    AgeBand,
    ChildCount,
    NeedStatement,
    Subgroup,
    SupportItem,
    Survey,
    SurveyRound,
    SurveyRow,
)
from needs.progress import Cell, Progress, Totals, progress_in


@dataclass(frozen=True)
class Column:
    """A section of the surveys. ``cells``: its cells of one place, in order; ``area`` None: child counts.

    Of an area one answer a place is enough (``Contents.is_answered``), of the child counts every cell.
    """

    code: str
    label: str
    cells: tuple[str, ...]
    area: SupportArea | None = None


class Overview:
    """The lines of ``communes`` (all within reach, if None), each with a cell for each column."""

    def __init__(self, survey_round: SurveyRound, user: User, communes: Iterable[int] | None = None) -> None:
        self.round, self.user = survey_round, user
        lines = progress_in(survey_round, user)
        wanted = None if communes is None else set(communes)
        lines = [line for line in lines if wanted is None or line.commune.pk in wanted]
        self._counting = {line.commune.pk for line in lines if permissions.sees_counts_in(user, line.commune)}
        self._bands, self._total = list(AgeBand.objects.counted()), _total()
        self.columns = self._columns()
        self._places = self._places_by_commune(lines)
        surveys = [line.survey for line in lines if line.survey]
        self._counted, self._answered = self._counted_at(surveys), self._answered_at(surveys)
        self.lines = [self._with_cells(line) for line in lines]

    @property
    def totals(self) -> Totals:
        return Totals.of(self.lines)

    @property
    def places(self) -> list[tuple[Unit, list[Place]]]:
        """Each commune with the places that are asked there."""
        return [(line.commune, self._places.get(line.commune.pk, [])) for line in self.lines]

    @property
    def sums(self) -> list[Cell]:
        """A cell for each column, over all communes."""
        columns = zip(*(line.cells for line in self.lines), strict=True)
        return [_sum(column.label, cells) for column, cells in zip(self.columns, columns, strict=False)]

    def _columns(self) -> list[Column]:
        cells = tuple(count_cell(band.pk, self._total.pk) for band in self._bands)
        counts = [Column(CHILDREN, _("Child counts"), cells)] if self._counting else []
        items = SupportItem.objects.askable_in(self.round).filter(area__in=self.user.reach.areas)
        areas: dict[int, Column] = {}
        for item, band in items.by_band():
            first = children_cell(item.pk, band.pk)
            areas.setdefault(item.area_id, Column(item.area.code, str(item.area), (first,), item.area))
        return [*counts, *areas.values()]

    def _places_by_commune(self, lines: Iterable[Progress]) -> dict[int, list[Place]]:
        places: dict[int, list[Place]] = {}
        for place in self.round.places_in([line.commune.pk for line in lines]):
            places.setdefault(place.unit_id, []).append(place)
        return places

    def _counted_at(self, surveys: list[Survey]) -> set[tuple[int, str]]:
        """(place, cell) of the child counts that are given."""
        counts = ChildCount.objects.filter(survey__in=surveys, subgroup=self._total)
        given = counts.values_list("place_id", "age_band_id")
        return {(place, count_cell(band, self._total.pk)) for place, band in given}

    def _answered_at(self, surveys: list[Survey]) -> set[tuple[int, int]]:
        """(place, area) that state a need, or that nothing is needed."""
        areas = [column.area.pk for column in self.columns if column.area]
        unneeding = SurveyRow.objects.filter(survey__in=surveys, nothing=True, area__in=areas)
        askable = SupportItem.objects.askable_in(self.round).filter(area__in=areas)
        stated = NeedStatement.objects.filter(survey__in=surveys, item__in=askable)
        return {
            *unneeding.values_list("place_id", "area_id"),
            *stated.order_by().values_list("place_id", "item__area_id").distinct(),
        }

    def _with_cells(self, line: Progress) -> Progress:
        places = self._places.get(line.commune.pk, [])
        counted = len(places) * len(self._bands) if line.commune.pk in self._counting else 0
        return replace(
            line, cells=tuple(self._cell(line, places, column) for column in self.columns), to_count=counted
        )

    def _cell(self, line: Progress, places: list[Place], column: Column) -> Cell | None:
        if column.area is None and line.commune.pk not in self._counting:
            return None
        asked = [(place.pk, cell) for place in places for cell in column.cells]
        missing = [one for one in asked if not self._is_given(column, *one)] if line.survey else asked
        first = missing[0] if missing else None
        return Cell(column.label, len(asked) - len(missing), len(asked), self._url(line, column, first))

    def _is_given(self, column: Column, place: int, cell: str) -> bool:
        if column.area is None:
            return (place, cell) in self._counted
        return (place, column.area.pk) in self._answered

    def _url(self, line: Progress, column: Column, first: tuple[int, str] | None) -> str:
        if line.survey is None:
            return ""
        url = reverse("survey_grid", args=[line.survey.pk, column.code])
        if first is None:
            return url
        place, cell = first
        if line.survey.is_editable and permissions.may_fill_in(self.user, line.survey):
            return f"{url}#{in_row(place, cell)}"
        return f"{url}#{column.code}.{place}"  # the grid of who only reads has rows, no fields


def _total() -> Subgroup:
    return next(group for group in Subgroup.objects.in_order() if group.is_total)


def _sum(label: str, cells: Iterable[Cell | None]) -> Cell:
    shown = [cell for cell in cells if cell]
    return Cell(label, sum(cell.given for cell in shown), sum(cell.to_give for cell in shown))
