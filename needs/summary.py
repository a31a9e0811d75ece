"""A survey in short: what each section adds up to, for who checks before submitting and who reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from directory.models import Place, SupportArea
from needs.cells import StatedNeed
from needs.contents import Contents
from needs.grid import kind_of
from needs.models import AgeBand, SupportItem
from needs.sections import Section
from needs.states import EDITABLE


@dataclass(frozen=True)
class CountLine:
    """Children of a kind of place (villages and schools overlap: never added) by band; None: incomplete.

    ``before``: what the same places had in the review before; None: nothing was given.
    """

    kind: str
    values: list[int | None]
    before: list[int | None] = field(default_factory=list)

    @property
    def pairs(self) -> list[tuple[int | None, int | None]]:
        return list(zip(self.values, self.before, strict=True))


@dataclass(frozen=True)
class BandLine:
    """What is needed of an item for a band, beside what was in the review before (None: nothing stated).

    ``children``, ``quantity`` None: nothing is stated, and some places have not answered yet, so it is no 0.
    """

    label: str
    children: int | None
    quantity: int | None
    before: int | None


@dataclass(frozen=True)
class NeedLine:
    """One item: per band that is or was asked for, and the whole. ``answered``: by every place."""

    label: str
    unit: str
    bands: list[BandLine]
    children: int
    quantity: int
    urgent: int
    answered: bool


@dataclass(frozen=True)
class Summary:
    section: Section
    bands: list[str]
    counts: list[CountLine]
    needs: list[NeedLine]
    year: int | None = None


def summaries_of(sections: Sequence[Section]) -> list[Summary]:
    return [_of_counts(section) if section.area is None else _of_needs(section) for section in sections]


def _of_counts(section: Section) -> Summary:
    contents = section.contents
    lines = []
    for kind in ("commune", "village", "school"):
        places = [place for place in contents.places if kind_of(place) == kind]
        if places:
            columns = [[contents.count_of(place, band) for place in places] for band in contents.bands]
            before = [_before(contents, places, band) for band in contents.bands]
            lines.append(CountLine(kind, [_sum(column) for column in columns], before))
    return Summary(section, [str(band) for band in contents.bands], lines, [], contents.earlier.year)


def _before(contents: Contents, places: list[Place], band: AgeBand) -> int | None:
    """The children of those places that had been counted; a village may be new."""
    cells = [(place.pk, band.pk, contents.total.pk) for place in places]
    counts = [contents.earlier.counts[cell] for cell in cells if cell in contents.earlier.counts]
    return sum(counts) if counts else None


def _sum(values: list[int | None]) -> int | None:
    return None if None in values else sum(value for value in values if value is not None)


def _of_needs(section: Section) -> Summary:
    assert section.area is not None
    contents, lines = section.contents, []
    item_bands = contents.item_bands_of(section.area)
    answered = _is_answered(contents, section.area)
    for item, pairs in groupby(item_bands, key=lambda pair: pair[0]):
        bands = [line for _item, band in pairs if (line := _band_line(contents, item, band, answered))]
        urgent = sum(1 for _place, of, _band, need in contents.stated() if of == item and _is_urgent(need))
        children = sum(line.children or 0 for line in bands)
        quantity = sum(line.quantity or 0 for line in bands)
        lines.append(NeedLine(str(item), item.unit, bands, children, quantity, urgent, answered))
    return Summary(section, [], [], lines, contents.earlier.year)


def _is_answered(contents: Contents, area: SupportArea) -> bool:
    """By every place; without that nothing is submitted."""
    if contents.survey.state not in EDITABLE:
        return True
    return all(contents.is_answered(place, area) for place in contents.places)


def _band_line(contents: Contents, item: SupportItem, band: AgeBand, answered: bool) -> BandLine | None:
    keys = [(place.pk, item.pk, band.pk) for place in contents.places]
    stated = [contents.statements[key] for key in keys if key in contents.statements]
    earlier = [contents.earlier.statements[key] for key in keys if key in contents.earlier.statements]
    if not stated and not earlier:
        return None
    known = bool(stated) or answered
    return BandLine(
        band.short_name,
        sum(need.children or 0 for need in stated) if known else None,
        sum(need.quantity or 0 for need in stated) if known else None,
        sum(need.quantity or 0 for need in earlier) if earlier else None,
    )


def _is_urgent(need: StatedNeed) -> bool:
    return need.priority == 1 and bool(need.quantity)
