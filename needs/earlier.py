"""What the review before said of the same places, whoever surveyed them then.

Places are found again over a merger by what they continue, so last year's value stands beside the cell even
where the commune has another name today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from directory.models import Place
from needs.cells import StatedNeed
from needs.models import ChildCount, NeedStatement, Survey, SurveyRound, SurveyRow

CellKey = tuple[int, int, int]
Kind = SurveyRound.Kind


@dataclass(frozen=True)
class Earlier:
    """``counts`` by (place of today, age band, subgroup); ``statements`` by (place, item, age band).

    ``year`` None: nothing approved was found. ``nothing``: (place, area) that said they need nothing.
    """

    year: int | None = None
    counts: dict[CellKey, int] = field(default_factory=dict)
    statements: dict[CellKey, StatedNeed] = field(default_factory=dict)
    nothing: frozenset[tuple[int, int]] = frozenset()

    def counts_at(self, place: Place) -> dict[tuple[int, int], int]:
        return {(band, group): value for (at, band, group), value in self.counts.items() if at == place.pk}

    def needs_at(self, place: Place) -> dict[tuple[int, int], StatedNeed]:
        return {(item, band): need for (at, item, band), need in self.statements.items() if at == place.pk}


def earlier_of(survey: Survey, places: Iterable[Place]) -> Earlier:
    """The newest approved yearly survey before this round that counted one of the places."""
    today = _places_of_today(places)
    year, surveys = _surveys_before(survey.round, today)
    if year is None:
        return Earlier()
    at = {"survey__in": surveys, "place__in": today}
    rows = SurveyRow.objects.filter(**at, nothing=True, area__isnull=False).values_list("place_id", "area_id")
    return Earlier(
        year,
        _moved(counts_by_cell(ChildCount.objects.filter(**at)), today),
        _moved(statements_by_cell(NeedStatement.objects.filter(**at)), today),
        frozenset((today[place], area) for place, area in rows),
    )


def counts_by_cell(counts: QuerySet[ChildCount]) -> dict[CellKey, int]:
    columns = counts.values_list("place_id", "age_band_id", "subgroup_id", "value")
    return {(place, band, group): value for place, band, group, value in columns}


def statements_by_cell(statements: QuerySet[NeedStatement]) -> dict[CellKey, StatedNeed]:
    names = ("children", "quantity", "priority", "reason", "girls", "reviewed_priority")
    columns = statements.values_list("place_id", "item_id", "age_band_id", *names)
    return {(place, item, band): StatedNeed(*stated) for place, item, band, *stated in columns}


def _moved(cells: Mapping[CellKey, Any], today: dict[int, int]) -> dict[CellKey, Any]:
    return {(today[place], column, part): value for (place, column, part), value in cells.items()}


def _places_of_today(places: Iterable[Place]) -> dict[int, int]:
    """Each place, and each that it continues, to the place of this survey."""
    found = {place.pk: place.pk for place in places}
    links = {place.continues_id: place.pk for place in places if place.continues_id}
    while links:
        found |= links
        before = Place.objects.filter(pk__in=links).exclude(continues__in=found)
        links = {place.continues_id: found[place.pk] for place in before if place.continues_id}
    return found


def _surveys_before(survey_round: SurveyRound, places: Iterable[int]) -> tuple[int | None, list[int]]:
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
    return year, [pk for (of_year, _commune), pk in newest.items() if of_year == year]
