"""Lay a block of the clipboard over a tab of a survey: which cell goes where.

Read only. Rows go by the names of their places if the block carries any, else one below the other from the
chosen cell. What cannot be placed is named and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from django.utils.translation import gettext as _

from directory.models import Place
from directory.text import unaccented
from needs.cells import PRIORITY, REASON
from needs.clipboard import Line
from needs.columns import columns_of
from needs.sections import Section

# Before the names stand at most a running number and a commune.
NAMES_WITHIN = 3
SHOWN = 6
# “3-5 tuổi” heads a column; “-3”, “12abc” and “1.234,5” are figures, if wrong ones.
AGES = re.compile(r"\d+\s*[-\N{EN DASH}\N{EM DASH}]\s*\d+")
FIGURE = re.compile(r"[-+\N{MINUS SIGN}\N{EN DASH}]?\s*\d")


@dataclass
class Layout:
    """``cells``: what the block says, by place and cell name.

    ``skipped`` names what is no data (headings), ``left_out`` what is data and has no cell to go to.
    """

    by_name: bool = False
    cells: dict[int, dict[str, str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def labels_of(section: Section) -> dict[str, str]:
    """The columns that can be pasted into, by cell name, in the order in which a block is read."""
    labels = {column.name: column.full_label for column in columns_of(section)}
    return labels | ({PRIORITY: _("Priority"), REASON: _("Reason")} if section.area else {})


def lay_out(section: Section, lines: list[Line], place: Place, column: str) -> Layout:
    """Place the block: its first value at ``column``, its first line, if it has no names, at ``place``."""
    names = list(labels_of(section))
    targets = names[names.index(column) :]
    places = section.contents.places
    known = Names(places)
    at = known.column_in(lines)
    if at is None:
        return _by_position(lines, places[places.index(place) :], targets)
    return _by_name(lines, known, at, targets)


class Names:
    """The survey's places by name: as it is written, else without diacritics and case."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._written: dict[str, list[Place]] = {}
        self._loose: dict[str, list[Place]] = {}
        for place in places:
            for name in {place.name, place.full_name}:
                self._written.setdefault(_folded(name), []).append(place)
            for name in {unaccented(place.name), unaccented(place.full_name)}:
                self._loose.setdefault(name, []).append(place)

    def find(self, text: str) -> list[Place]:
        """The places that may be meant: one, none, or several that differ in their diacritics only."""
        written = self._written.get(_folded(text), [])
        return written if len(written) == 1 else self._loose.get(unaccented(text), [])

    def column_in(self, lines: list[Line]) -> int | None:
        """Which of the block's first columns holds the names of places, with values beside them."""
        width = max((len(line.cells) for line in lines), default=0)
        found = {
            at: {place.pk for line in lines for place in self.find(_cell(line, at))}
            for at in range(min(NAMES_WITHIN, width - 1))
        }
        best = max(found, key=lambda at: (len(found[at]), at), default=None)
        return best if best is not None and found[best] else None


def _by_position(lines: list[Line], places: list[Place], targets: list[str]) -> Layout:
    numbers = len([name for name in targets if name != REASON])
    layout = Layout()
    lines = _after_headings(layout, lines, lambda line: _is_heading(line.cells[:numbers]))
    for index, line in enumerate(lines):
        if index < len(places):
            _take(layout, line, places[index], line.cells, targets)
        elif line.given:
            message = _("Line %(line)s (%(values)s) would fall below the last place of the table.")
            layout.left_out.append(message % {"line": line.number, "values": _brief(line.given)})
    return layout


def _by_name(lines: list[Line], known: Names, at: int, targets: list[str]) -> Layout:
    layout = Layout(by_name=True)
    lines = _after_headings(
        layout, lines, lambda line: not known.find(_cell(line, at)) and _is_heading(line.cells[at:])
    )
    _say_what_stands_before(layout, lines, at)
    found: dict[Place, list[Line]] = {}
    for line in lines:
        places = known.find(_cell(line, at))
        if len(places) == 1:
            found.setdefault(places[0], []).append(line)
        elif any(line.cells[at:]):
            layout.left_out.append(_unplaced(line, at, places))
    for place, same in found.items():
        if len(same) == 1:
            _take(layout, same[0], place, same[0].cells[at + 1 :], targets)
        else:
            layout.left_out.append(_twice(place, same))
    return layout


def _take(layout: Layout, line: Line, place: Place, values: list[str], targets: list[str]) -> None:
    layout.cells[place.pk] = dict(zip(targets, values, strict=False))
    beyond = [value for value in values[len(targets) :] if value]
    if beyond:
        message = _("Line %(line)s, %(place)s: %(values)s would fall to the right of the last column.")
        shown = {"line": line.number, "place": place.name, "values": _brief(beyond)}
        layout.left_out.append(message % shown)


def _after_headings(layout: Layout, lines: list[Line], heads: Callable[[Line], bool]) -> list[Line]:
    """The lines below those that were copied along from the head of a table, which are named.

    Nothing but words is no head without a table: it is refused cell by cell.
    """
    above = list(takewhile(heads, lines))
    if len(above) == len(lines):
        return lines
    for line in above:
        message = _("Line %(line)s is a heading: %(values)s.")
        layout.skipped.append(message % {"line": line.number, "values": _brief(line.given)})
    return lines[len(above) :]


def _is_heading(cells: list[str]) -> bool:
    """Words and no figure; the ages over a column (“3-5 tuổi”) are words."""
    words = [AGES.sub("", cell) for cell in cells if cell]
    return bool(words) and not any(FIGURE.match(word) for word in words)


def _say_what_stands_before(layout: Layout, lines: list[Line], at: int) -> None:
    for column in range(at):
        if given := [line.cells[column] for line in lines if _cell(line, column)]:
            message = _("Column %(column)s stands before the names of the places: %(values)s.")
            layout.skipped.append(message % {"column": column + 1, "values": _brief(given)})


def _unplaced(line: Line, at: int, places: list[Place]) -> str:
    shown = {
        "line": line.number,
        "name": _cell(line, at),
        "values": _brief([value for value in line.cells[at + 1 :] if value]),
        "places": ", ".join(place.full_name for place in places),
    }
    if places:
        return _("Line %(line)s: “%(name)s” may be any of %(places)s. Write the name in full.") % shown
    if not shown["name"]:
        return _("Line %(line)s (%(values)s) names no place.") % shown
    return _("Line %(line)s: “%(name)s” is no place of this survey.") % shown


def _twice(place: Place, lines: list[Line]) -> str:
    message = _("%(place)s stands in lines %(lines)s of the block, so none of them was taken. Keep one.")
    return message % {"place": place.name, "lines": ", ".join(str(line.number) for line in lines)}


def _cell(line: Line, at: int) -> str:
    return line.cells[at] if at < len(line.cells) else ""


def _brief(values: list[str]) -> str:
    """The first values in quotation marks; how many more there are."""
    first = ", ".join(f"“{value[:40]}”" for value in values[:SHOWN])
    more = len(values) - SHOWN
    return _("%(first)s and %(more)s more") % {"first": first, "more": more} if more > 0 else first


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
