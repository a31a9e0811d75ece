"""Read the lists of a book: which column is which cell, which row which place.

What cannot be placed is named and never guessed. ``plain`` and ``filled`` say what becomes of a row.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.errors import Refusal
from directory.models import Place
from documents.imports.columns import ERRORS, in_all_languages
from documents.imports.plan import Fate, PlannedRow, RowProblem
from documents.reading import Book, Cell, Line, Page
from needs.paste import Names
from needs.sections import Section
from needs.workbooks.survey.headings import Headings, words_of
from needs.workbooks.survey.lists import FoundList, lists_in
from needs.workbooks.survey.plan import labels_with_nothing
from needs.workbooks.survey.said import SaidBook

NAMES_WITHIN = 8
SHOWN = 12
TOTALS = (
    gettext_lazy("Total"),
    gettext_lazy("All villages"),
    gettext_lazy("All schools"),
    "tổng",
    "tổng số",
    "cộng",
)
RUNNING = re.compile(r"\(?\d{1,3}\)?")
Own = dict[str, int]


@dataclass
class Columns:
    """Which column (from 0) of a list is which cell, by section; ``places``, ``kinds``: what stands where."""

    places: int | None = None
    kinds: int | None = None
    by_section: dict[str, Own] = field(default_factory=dict)

    @property
    def read(self) -> list[int]:
        return [at for own in self.by_section.values() for at in own.values()]


class ListReader(ABC):
    """``also``: further texts over columns, by cell name, besides the known headings."""

    def __init__(self, sections: Sequence[Section], also: Mapping[str, str] | None = None) -> None:
        self.said = SaidBook()
        self.sections = {section.code: section for section in sections}
        self.labels = {section.code: labels_with_nothing(section) for section in sections}
        self.places = sections[0].contents.places
        self._headings = Headings(sections, also or {})
        self._names = Names(self.places)
        self._totals = {words_of(text) for each in TOTALS for text in in_all_languages(each)}
        self._errors = {words_of(text) for text in in_all_languages(ERRORS)}
        self._kind_words = {
            kind: {words_of(text) for text in in_all_languages(kind.label)} for kind in Place.Kind
        }
        self._lists = 0

    @abstractmethod
    def say(self, page: int, line: Line, place: Place, section: Section, own: Own) -> None:
        """What the line says of the place in the section."""

    @abstractmethod
    def note_columns(self, page: Page, found: FoundList, columns: Columns) -> None:
        """Say what was read as what, where that may surprise."""

    def read(self, book: Book) -> SaidBook:
        """Raises ``Refusal`` (no_headings, no_rows) if nothing of the book can be placed."""
        for number, page in enumerate(book):
            self._read_page(number, page)
        self._conclude()
        return self.said

    def _read_page(self, number: int, page: Page) -> None:
        lists = lists_in(page, self._headings)
        if not lists:
            message = _("The sheet “%(sheet)s” has no headings of this survey and was not read.")
            self.said.notes.append(message % {"sheet": page.name})
        for found in lists:
            self._lists += 1
            self.said.heading_rows.setdefault(number, found.heading.number)
            self._read_list(number, page, found)

    def _conclude(self) -> None:
        """Say which places the file leaves alone. Raises ``Refusal`` if it says nothing of any."""
        if not self._lists:
            raise self._no_headings()
        if not self.said.rows and not self.said.lost:
            message = _("Below the headings no row names a place of this survey. Its places are: %(places)s.")
            names = brief([place.name for place in self.places])
            raise Refusal(message % {"places": names}, code="no_rows", place="file")
        said = {row.place for row in self.said.rows}
        if missing := [place.name for place in self.places if place not in said]:
            message = _("The file says nothing of these places, which stay as they are: %(places)s.")
            self.said.notes.append(message % {"places": brief(missing)})

    def _no_headings(self) -> Refusal:
        message = _(
            "No headings of this survey were found. Over the columns there have to be words like: "
            "%(headings)s. It is easiest to download the survey's own workbook and to fill that in."
        )
        labels = [next(iter(labels.values())) for labels in self.labels.values() if labels]
        return Refusal(message % {"headings": "; ".join(labels)}, code="no_headings", place="file")

    def _read_list(self, number: int, page: Page, found: FoundList) -> None:
        columns = self._columns_of(number, page, found)
        columns.places = self._column_of_names(found, {*columns.read, columns.kinds})
        if columns.places is None:
            message = _("The list below row %(line)s of the sheet “%(sheet)s” names no place.")
            self.said.notes.append(message % {"line": found.heading.number, "sheet": page.name})
            return
        self.note_columns(page, found, columns)
        if found.beyond:
            message = _("Sheet “%(sheet)s”: from row %(line)s on stands another list, which was not read.")
            self.said.notes.append(message % {"sheet": page.name, "line": found.beyond.number})
        for index, line in enumerate(found.lines):
            if index or not _is_running(line):
                self._read_line(number, line, columns)

    def _columns_of(self, number: int, page: Page, found: FoundList) -> Columns:
        """The columns by what stands over them; what could be of two, or stands twice, is of none."""
        cells = [self._headings.cells(text) for text in found.texts]
        times = Counter(name for names in cells if len(names) == 1 for name in names)
        columns, others, doubtful = Columns(), [], []
        for at, (text, names) in enumerate(zip(found.texts, cells, strict=True)):
            if len(names) > 1 or any(times[name] > 1 for name in names):
                doubtful.append(text)
            elif names:
                name = next(iter(names))
                columns.by_section.setdefault(self._headings.section_of[name].code, {})[name] = at
            elif text:
                others.append(at)
        unknown = self._read_others(number, found, columns, others)
        self._note_unread(page, doubtful, unknown)
        return columns

    def _read_others(self, number: int, found: FoundList, columns: Columns, others: list[int]) -> list[str]:
        """Priority, reason, nothing needed, of the one area of the list or the one they name; errors, kinds.

        Returns the headings that are not known.
        """
        areas = [self.sections[code] for code in columns.by_section if self.sections[code].area]
        here = areas[0] if len(areas) == 1 else None
        unknown = []
        for at in others:
            text = found.own[at]
            known = self._headings.of_row(found.texts[at], None) or self._headings.of_row(text, here)
            own = columns.by_section.setdefault(known[1].code, {}) if known else {}
            if known and known[0] not in own:
                own[known[0]] = at
            elif words_of(text) in self._errors:
                self.said.error_columns[number] = at
            elif self._headings.is_kind(text):
                columns.kinds = at
            elif not self._headings.is_beside(text):
                unknown.append(text)
        return unknown

    def _note_unread(self, page: Page, doubtful: list[str], unknown: list[str]) -> None:
        if doubtful:
            message = _(
                "Sheet “%(sheet)s”: these headings stand twice or may be of several columns, so that none "
                "of them was read: %(headings)s. Write item, age and “quantity” or “children” over each."
            )
            self.said.notes.append(message % {"sheet": page.name, "headings": brief(doubtful)})
        if unknown:
            message = _("Sheet “%(sheet)s”: these columns are not known and were not read: %(headings)s.")
            self.said.notes.append(message % {"sheet": page.name, "headings": brief(unknown)})

    def _column_of_names(self, found: FoundList, taken: set[int | None]) -> int | None:
        """Which of the first columns names most places."""
        places = {
            at: {place.pk for line in found.lines for place in self._find(line.at(at))}
            for at in range(NAMES_WITHIN)
            if at not in taken
        }
        best = max(places, key=lambda at: (len(places[at]), -at), default=None)
        return best if best is not None and places[best] else None

    def _find(self, name: Cell, kind: Cell = None) -> list[Place]:
        """The places that may be meant: of several with one name those of the kind."""
        found = self._names.find(" ".join(name.split())) if isinstance(name, str) else []
        if len(found) > 1 and kind is not None:
            found = [place for place in found if words_of(kind) in self._kind_words[Place.Kind(place.kind)]]
        return found

    def _read_line(self, page: int, line: Line, columns: Columns) -> None:
        assert columns.places is not None
        name = line.at(columns.places)
        found = self._find(name, None if columns.kinds is None else line.at(columns.kinds))
        if len(found) == 1:
            for code, own in columns.by_section.items():
                self.say(page, line, found[0], self.sections[code], own)
        elif words_of(name) in self._totals or all(line.at(at) is None for at in columns.read):
            return  # a line of totals, of a caption, or of nothing
        else:
            label = str(name) if name is not None else _("Row %(number)s") % {"number": line.number}
            problem = RowProblem(_unplaced(name, found), columns.places)
            self.said.lost.append(PlannedRow(page, line.number, label, Fate.REFUSED, problems=[problem]))


def _unplaced(name: Cell, found: list[Place]) -> str:
    shown = {"name": name, "places": ", ".join(place.full_name for place in found)}
    if found:
        return _("“%(name)s” may be any of %(places)s. Write the name in full.") % shown
    if name is None:
        return _("This row names no place. Write its place, or empty the row.")
    return _("“%(name)s” is no place of this survey. Correct the name, or empty the row.") % shown


def _is_running(line: Line) -> bool:
    """A line “(1) (2) (3)” under the headings."""
    given = [str(cell).strip() for cell in line.cells if cell is not None]
    numbers = [int(text.strip("()")) for text in given if RUNNING.fullmatch(text)]
    return len(numbers) == len(given) > 1 and numbers == sorted(set(numbers))


def brief(texts: Sequence[str]) -> str:
    """The first ones, and how many more there are."""
    shown = ", ".join(texts[:SHOWN])
    more = len(texts) - SHOWN
    return _("%(first)s and %(more)s more") % {"first": shown, "more": more} if more > 0 else shown
