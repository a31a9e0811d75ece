"""Everything that one survey says, read piece by piece: each piece costs one query, when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from directory.models import Place, SupportArea
from needs.cells import NOTHING, NeedKey, StatedNeed, Value, count_values, need_values
from needs.earlier import (
    Before,
    BySurvey,
    Cells,
    Earlier,
    before_of,
    by_place,
    cells_of,
    earlier_in,
    rows_of,
)
from needs.models import AgeBand, CheckNote, RowComment, Subgroup, SupportItem, Survey, SurveyRow
from needs.models.catalogue import bands_and_subgroups

ItemBand = tuple[SupportItem, AgeBand]


class Contents:
    """``compared``: ``earlier`` will be asked for, so read it by the same queries as the survey itself."""

    def __init__(self, survey: Survey, compared: bool = False) -> None:
        self.survey, self.compared = survey, compared

    def again(self) -> Contents:
        """After a save: the answers are read anew; what was asked, where, and last year's surveys stay."""
        fresh = Contents(self.survey, compared=True)
        for name in ("places", "item_bands", "_headings", "_before"):
            if name in self.__dict__:
                fresh.__dict__[name] = self.__dict__[name]
        return fresh

    @cached_property
    def places(self) -> list[Place]:
        return list(self.survey.round.places_in([self.survey.commune_id]).select_related("continues", "unit"))

    @property
    def bands(self) -> list[AgeBand]:
        return self._headings[0]

    @property
    def subgroups(self) -> list[Subgroup]:
        return self._headings[1]

    @cached_property
    def _headings(self) -> tuple[list[AgeBand], list[Subgroup]]:
        return bands_and_subgroups()

    @cached_property
    def total(self) -> Subgroup:
        """The subgroup that is the whole."""
        return next(subgroup for subgroup in self.subgroups if subgroup.is_total)

    @cached_property
    def girls(self) -> Subgroup | None:
        return next((subgroup for subgroup in self.subgroups if subgroup.code == "girls"), None)

    @cached_property
    def item_bands(self) -> list[ItemBand]:
        """The items that may be asked for, each with its age bands, in the order of the grid."""
        pairs = SupportItem.objects.askable_in(self.survey.round).by_band()
        return pairs if self.survey.round.is_open else self._with_bands_since_taken_away(pairs)

    def _with_bands_since_taken_away(self, pairs: list[ItemBand]) -> list[ItemBand]:
        """While a round is open nobody takes away a band that it states; a closed one still shows it."""
        known, items = set(pairs), {item.pk: item for item, _ in pairs}
        gone = {(item, band) for _, item, band in self.statements if item in items}
        gone -= {(item.pk, band.pk) for item, band in known}
        if not gone:
            return pairs
        bands = AgeBand.objects.in_bulk([band for _, band in gone])
        pairs = [*pairs, *((items[item], bands[band]) for item, band in gone)]
        order = list(items)
        return sorted(pairs, key=lambda p: (order.index(p[0].pk), p[1].is_all, p[1].from_year))

    @cached_property
    def areas(self) -> list[SupportArea]:
        """The areas that have something to ask for: a tab each."""
        return list({item.area_id: item.area for item, _ in self.item_bands}.values())

    def item_bands_of(self, area: SupportArea) -> list[ItemBand]:
        return self._item_bands_by_area.get(area.pk, [])

    @cached_property
    def _item_bands_by_area(self) -> dict[int, list[ItemBand]]:
        areas: dict[int, list[ItemBand]] = {}
        for item, band in self.item_bands:
            areas.setdefault(item.area_id, []).append((item, band))
        return areas

    @cached_property
    def counts(self) -> dict[tuple[int, int, int], int]:
        """Children by (place, age band, subgroup); not reported: no entry."""
        return self._cells.counts.get(self.survey.pk, {})

    @cached_property
    def statements(self) -> dict[tuple[int, int, int], StatedNeed]:
        """Stated needs by (place, item, age band)."""
        return self._cells.statements.get(self.survey.pk, {})

    def stated(self) -> Iterator[tuple[Place, SupportItem, AgeBand, StatedNeed]]:
        """Each stated need, place by place in the order of the grid."""
        for place in self.places:
            for item, band in self.item_bands:
                if need := self.statements.get((place.pk, item.pk, band.pk)):
                    yield place, item, band, need

    @cached_property
    def rows(self) -> dict[tuple[int, int | None], SurveyRow]:
        """Versions of the grid's lines by (place, area or None for the child counts)."""
        return self._rows.get(self.survey.pk, {})

    @cached_property
    def comments(self) -> list[RowComment]:
        """What was remarked on rows, the oldest first."""
        comments = RowComment.objects.filter(survey=self.survey)
        return list(comments.select_related("by__agency", "settled_by", "area", "place"))

    @cached_property
    def notes(self) -> dict[str, CheckNote]:
        """What the commune says to warnings, by the key of the finding."""
        notes = CheckNote.objects.filter(survey=self.survey).select_related("by")
        return {note.key: note for note in notes}

    @cached_property
    def earlier(self) -> Earlier:
        """What the review before this one said of the same places: last year's value beside the cell."""
        before = self._before
        if before.year is None:
            return Earlier()
        if self.compared:
            return earlier_in(before, self._cells, self._rows)
        return earlier_in(before, cells_of(before.surveys), rows_of(None, before.surveys))

    @cached_property
    def _before(self) -> Before:
        return before_of(self.survey, self.places)

    @property
    def _read_too(self) -> tuple[int, ...]:
        return self._before.surveys if self.compared else ()

    @cached_property
    def _cells(self) -> Cells:
        return cells_of([self.survey.pk, *self._read_too])

    @cached_property
    def _rows(self) -> BySurvey:
        return rows_of(self.survey.pk, self._read_too)

    @cached_property
    def committed(self) -> Survey | None:
        """The approved version before this one, which is in force until this one is approved."""
        versions = Survey.objects.versions_of(self.survey)
        return versions.approved().filter(version__lt=self.survey.version).first()

    def is_answered(self, place: Place, area: SupportArea) -> bool:
        """Whether the place states a need in the area or says that it has none. Empty is not zero."""
        row = self.rows.get((place.pk, area.pk))
        return bool(row and row.nothing) or bool(self.needs_at(place, area))

    def count_of(self, place: Place, band: AgeBand, group: Subgroup | None = None) -> int | None:
        """Children of a place in a band, of a subgroup or all; of several bands only if each was counted."""
        of = (group or self.total).pk
        if not band.is_all:
            return self.counts.get((place.pk, band.pk, of))
        parts = [self.counts.get((place.pk, part.pk, of)) for part in self.bands]
        return None if None in parts else sum(part for part in parts if part is not None)

    def values_at(self, place: Place, area: SupportArea | None) -> dict[str, Value]:
        """What a row of the grid holds now, by cell name."""
        if area is None:
            return count_values(self.counts_at(place))
        row = self.rows.get((place.pk, area.pk))
        return need_values(self.needs_at(place, area)) | {NOTHING: 1 if row and row.nothing else None}

    def counts_at(self, place: Place) -> dict[tuple[int, int], int]:
        return self._counts_by_place.get(place.pk, {})

    @cached_property
    def _counts_by_place(self) -> dict[int, dict[tuple[int, int], int]]:
        return by_place(self.counts)

    def needs_at(self, place: Place, area: SupportArea) -> dict[NeedKey, StatedNeed]:
        return self._needs_by_row.get((place.pk, area.pk), {})

    @cached_property
    def _needs_by_row(self) -> dict[tuple[int, int], dict[NeedKey, StatedNeed]]:
        area_of = {item.pk: item.area_id for item, _ in self.item_bands}
        rows: dict[tuple[int, int], dict[NeedKey, StatedNeed]] = {}
        for (place, item, band), need in self.statements.items():
            if item in area_of:
                rows.setdefault((place, area_of[item]), {})[item, band] = need
        return rows
