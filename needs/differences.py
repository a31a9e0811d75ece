"""What changed in a survey, cell by cell: against last year, the version in force, or what was returned.

“New” and “gone” are no changes from or to 0: before or after, nothing was said. Items that are not asked for
any more are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.utils.translation import gettext as _

from directory.models import Place
from needs.cells import (
    NOTHING,
    PRIORITY,
    REASON,
    CountKey,
    NeedKey,
    Value,
    count_values,
    need_values,
)
from needs.columns import columns_of
from needs.contents import Contents
from needs.earlier import Said
from needs.said import said_in, said_when_returned
from needs.sections import Section

SHORT = 12
GREAT = 50  # per cent: from here on a reviewer should look twice


class Against(StrEnum):
    RETURN = "return"
    VERSION = "version"
    YEAR = "year"


@dataclass(frozen=True)
class Comparison:
    """Something to compare with, by the name of its tab."""

    against: Against
    label: str
    before: Said


@dataclass(frozen=True)
class Difference:
    """One cell that changed. None: nothing was said, which is not 0."""

    label: str
    before: Value
    now: Value

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_gone(self) -> bool:
        return self.now is None

    @property
    def is_number(self) -> bool:
        return not isinstance(self.before, str) and not isinstance(self.now, str)

    @property
    def change(self) -> int | None:
        """By how much; None if one side says nothing, or it is no number."""
        return self.now - self.before if isinstance(self.before, int) and isinstance(self.now, int) else None

    @property
    def percent(self) -> int | None:
        """Of what it was before; None from 0 or from nothing."""
        if self.change is None or not self.before:
            return None
        return round(100 * self.change / int(self.before))

    @property
    def is_great(self) -> bool:
        return self.change is not None and (self.percent is None or abs(self.percent) >= GREAT)

    @property
    def size(self) -> int:
        """What it is sorted by: how many children or things more or less, new and gone ones in full."""
        before, now = (value if isinstance(value, int) else 0 for value in (self.before, self.now))
        return abs(now - before)


@dataclass(frozen=True)
class PlaceChanges:
    section: Section
    place: Place
    cells: list[Difference]

    @property
    def url(self) -> str:
        return self.section.row_url(self.place)

    @property
    def open_comments(self) -> int:
        return sum(1 for comment in self.section.comments_at(self.place) if comment.is_open)

    @property
    def size(self) -> int:
        return max(cell.size for cell in self.cells)


@dataclass(frozen=True)
class SectionChanges:
    """The places of a section where something changed, the biggest change first."""

    section: Section
    places: list[PlaceChanges]

    @property
    def number(self) -> int:
        return sum(len(place.cells) for place in self.places)

    @property
    def great(self) -> int:
        """How many of them a reviewer should look at twice."""
        return sum(1 for place in self.places for cell in place.cells if cell.is_great)

    @property
    def is_short(self) -> bool:
        """Short enough to stand open on the page."""
        return self.number <= SHORT


@dataclass(frozen=True)
class Differences:
    """Everything that changed against one thing, and what else may be compared with."""

    choices: list[Comparison]
    chosen: Comparison | None
    sections: list[SectionChanges]

    @property
    def number(self) -> int:
        return sum(section.number for section in self.sections)

    @cached_property
    def places(self) -> int:
        return len({place.place.pk for section in self.sections for place in section.places})


def differences_in(contents: Contents, sections: Sequence[Section], against: str = "") -> Differences:
    """What changed in ``sections``; by default against the latest thing that can be compared with."""
    choices = comparisons_of(contents)
    chosen = next((choice for choice in choices if choice.against == against), None)
    chosen = chosen or (choices[0] if choices else None)
    changed = [_section(section, chosen) for section in sections] if chosen else []
    return Differences(choices, chosen, [section for section in changed if section.places])


def comparisons_of(contents: Contents) -> list[Comparison]:
    """What a survey can be compared with, the latest first."""
    found: list[Comparison] = []
    if returned := said_when_returned(contents.survey):
        found.append(Comparison(Against.RETURN, _("What was returned"), returned))
    if contents.committed:
        label = _("Version %(version)s, in force") % {"version": contents.committed.version}
        found.append(Comparison(Against.VERSION, label, said_in(Contents(contents.committed))))
    if contents.earlier.year is not None:
        label = _("Year %(year)s") % {"year": str(contents.earlier.year)}
        found.append(Comparison(Against.YEAR, label, contents.earlier))
    return found


def changes_at(section: Section, place: Place, comparison: Comparison) -> list[Difference]:
    """What changed in one row, the biggest change first."""
    return _SideBySide(section, comparison).at(place)


def _section(section: Section, comparison: Comparison) -> SectionChanges:
    rows = _SideBySide(section, comparison)
    places = [
        PlaceChanges(section, place, cells) for place in section.contents.places if (cells := rows.at(place))
    ]
    return SectionChanges(section, sorted(places, key=lambda each: each.size, reverse=True))


Pair = tuple[str, Value, Value]


class _SideBySide:
    """The rows of one section, before and now."""

    def __init__(self, section: Section, comparison: Comparison) -> None:
        self.section, self.comparison = section, comparison
        self.now = said_in(section.contents)
        self.columns = columns_of(section)
        self.counts: list[CountKey] = []
        self.needs: list[NeedKey] = []
        if section.area is None:
            groups = section.contents.subgroups
            self.counts = [(band.pk, group.pk) for band in section.contents.bands for group in groups]
        else:
            self.needs = [(item.pk, band.pk) for item, band in section.contents.item_bands_of(section.area)]

    def at(self, place: Place) -> list[Difference]:
        before, now = self._row(place, self.comparison.before), self._row(place, self.now)
        pairs = [*self._cells(before, now), *self._beside(before, now)]
        changed = [Difference(label, was, is_) for label, was, is_ in pairs if was != is_]
        return sorted(changed, key=lambda each: each.size, reverse=True)

    def _row(self, place: Place, said: Said) -> dict[str, Value]:
        """The values of a row by cell name, as in the grid."""
        if self.section.area is None:
            return count_values({key: said.counts.get((place.pk, *key)) for key in self.counts})
        stated = {key: said.statements.get((place.pk, *key)) for key in self.needs}
        nothing = (place.pk, self.section.area.pk) in said.nothing
        return need_values(stated) | {NOTHING: 1 if nothing else None}

    def _cells(self, before: Mapping[str, Value], now: Mapping[str, Value]) -> Iterator[Pair]:
        for column in self.columns:
            yield column.full_label, before.get(column.name), now.get(column.name)

    def _beside(self, before: Mapping[str, Value], now: Mapping[str, Value]) -> Iterator[Pair]:
        """What is said once for the row: of another year the priority alone, as each year has its reasons."""
        if self.section.area is not None:
            was, is_ = (_("said") if row[NOTHING] else None for row in (before, now))
            yield _("Nothing is needed"), was, is_
        if PRIORITY in before and PRIORITY in now:  # else the need itself is new or gone, and says so
            yield _("Priority"), before[PRIORITY], now[PRIORITY]
            if self.comparison.against is not Against.YEAR:
                yield _("Reason"), before[REASON] or None, now[REASON] or None
