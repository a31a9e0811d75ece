"""What the review before said of the same places, whoever surveyed them then.

Places are found again over a merger by what they continue, so last year's value stands beside the cell even
where the commune has another name today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Q, Value

from directory.models import Place
from needs.cells import StatedNeed
from needs.models import ChildCount, NeedStatement, Survey, SurveyRound, SurveyRow

CellKey = tuple[int, int, int]
BySurvey = dict[int, dict[Any, Any]]
V = TypeVar("V")
Kind = SurveyRound.Kind


@dataclass(frozen=True)
class Said:
    """``counts`` by (place, age band, subgroup); ``statements`` by (place, item, age band).

    ``nothing``: (place, area) that say they need nothing. What is not there was not reported.
    """

    counts: dict[CellKey, int] = field(default_factory=dict)
    statements: dict[CellKey, StatedNeed] = field(default_factory=dict)
    nothing: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Earlier(Said):
    """What was said at the places of today. ``year`` None: nothing approved was found."""

    year: int | None = None

    def counts_at(self, place: Place) -> dict[tuple[int, int], int]:
        return self._counts_by_place.get(place.pk, {})

    def needs_at(self, place: Place) -> dict[tuple[int, int], StatedNeed]:
        return self._needs_by_place.get(place.pk, {})

    @cached_property
    def _counts_by_place(self) -> dict[int, dict[tuple[int, int], int]]:
        return by_place(self.counts)

    @cached_property
    def _needs_by_place(self) -> dict[int, dict[tuple[int, int], StatedNeed]]:
        return by_place(self.statements)


def by_place(cells: Mapping[CellKey, V]) -> dict[int, dict[tuple[int, int], V]]:
    """Cells by (place, column, part) as those of each place by (column, part)."""
    places: dict[int, dict[tuple[int, int], V]] = {}
    for (place, column, part), value in cells.items():
        places.setdefault(place, {})[column, part] = value
    return places


@dataclass(frozen=True)
class Before:
    """The year and the surveys that are compared with; ``today``: places of theirs as places of today."""

    year: int | None
    surveys: tuple[int, ...]
    today: Mapping[int, int]


def before_of(survey: Survey, places: Iterable[Place]) -> Before:
    """The newest approved yearly surveys before this round that counted one of the places. One query, or one
    more for each merger but the last; ``places`` come with what they continue."""
    today = _places_of_today(places)
    year, surveys = _surveys_before(survey.round, today)
    return Before(year, surveys, today)


def earlier_in(before: Before, cells: Cells, rows: BySurvey) -> Earlier:
    """What they said, at the places of today."""
    nothing = (key for key, row in _today(before, rows).items() if key[1] and row.nothing)
    counts, statements = _today(before, cells.counts), _today(before, cells.statements)
    return Earlier(counts, statements, frozenset(nothing), before.year)


def _today(before: Before, cells: BySurvey) -> dict[Any, Any]:
    """The cells of all the surveys, each at its place of today; what has none is left out."""
    found = {}
    for survey in before.surveys:
        for (place, *rest), value in cells.get(survey, {}).items():
            if place in before.today:
                found[before.today[place], *rest] = value
    return found


@dataclass(frozen=True)
class Cells:
    """What surveys say, by survey, then by cell: the numbers of children, the stated needs."""

    counts: BySurvey = field(default_factory=dict)
    statements: BySurvey = field(default_factory=dict)


def cells_of(surveys: Iterable[int]) -> Cells:
    """Both in one query."""
    asked, names = list(surveys), ("children", "quantity", "priority", "reason", "girls", "reviewed_priority")
    stated = NeedStatement.objects.filter(survey__in=asked).values_list(
        Value(False), "survey_id", "place_id", "item_id", "age_band_id", *names
    )
    filled = (Value(0), Value(0), Value(""), Value(0), Value(0))
    counted = ChildCount.objects.filter(survey__in=asked).values_list(
        Value(True), "survey_id", "place_id", "age_band_id", "subgroup_id", "value", *filled
    )
    cells = Cells()
    for is_count, survey, place, column, part, *numbers in stated.union(counted, all=True):
        found = (cells.counts if is_count else cells.statements).setdefault(survey, {})
        found[place, column, part] = numbers[0] if is_count else StatedNeed(*numbers)
    return cells


def rows_of(survey: int | None, before: Iterable[int]) -> BySurvey:
    """All rows of the survey; of those before only what says that nothing is needed."""
    asked = Q(survey=survey) | Q(survey__in=before, nothing=True)
    found = SurveyRow.objects.filter(asked).select_related("saved_by")
    rows: BySurvey = {}
    for row in found:
        rows.setdefault(row.survey_id, {})[row.place_id, row.area_id] = row
    return rows


def _places_of_today(places: Iterable[Place]) -> dict[int, int]:
    """Each place, and each that it continues, to the place of this survey."""
    found = {place.pk: place.pk for place in places}
    layer = [(place.continues, place.pk) for place in places if place.continues]
    while layer:
        found |= {place.pk: of for place, of in layer}
        links = {place.continues_id: of for place, of in layer if place.continues_id}
        before = Place.objects.filter(pk__in=links.keys() - found.keys()) if links else ()
        layer = [(place, links[place.pk]) for place in before]
    return found


def _surveys_before(survey_round: SurveyRound, places: Iterable[int]) -> tuple[int | None, tuple[int, ...]]:
    """The year and the surveys (newest approved version of each commune) that are compared with."""
    same_year = Q(round__year=survey_round.year) if survey_round.kind == Kind.SUPPLEMENTARY else Q(pk=None)
    surveys = Survey.objects.approved().filter(
        Q(round__year__lt=survey_round.year) | same_year,
        round__kind=Kind.YEARLY,
        rows__place__in=list(places),
    )
    newest: dict[tuple[int, int], int] = {}
    columns = surveys.order_by("-round__year", "-version").values_list("round__year", "commune_id", "pk")
    for year, commune, pk in columns.distinct():
        newest.setdefault((year, commune), pk)
    year = max((year for year, _commune in newest), default=None)
    return year, tuple(pk for (of_year, _commune), pk in newest.items() if of_year == year)
