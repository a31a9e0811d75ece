"""Read one line of the grid from a posted form into final types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from directory.errors import Problem
from directory.fields import parse_whole_number
from directory.models import Place
from needs.cells import (
    DEFAULT_PRIORITY,
    PRIORITIES,
    NeedKey,
    StatedNeed,
    children_cell,
    count_cell,
    in_row,
    is_number,
    need_values,
    quantity_cell,
)
from needs.grid import texts
from needs.sections import Section

LONGEST_REASON = 300


@dataclass
class TypedRow:
    """``raw``: what was typed, by cell; ``cells``: what ``save_row`` takes; ``problems``: what is wrong."""

    section: Section
    place: Place
    version: int
    raw: dict[str, str]
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def differs_from(self, stored: Mapping[str, int | str | None]) -> bool:
        """Whether saving would change anything: priority and reason count only beside a need."""
        if self.problems:
            return True
        if self.section.area is None:
            typed: Mapping[str, Any] = {count_cell(*key): value for key, value in self.cells.items()}
        else:
            typed = need_values(self.cells)
        return any(text != texts(stored).get(name, "") for name, text in texts(typed).items())


def read_row(section: Section, place: Place, data: Mapping[str, str]) -> TypedRow:
    """The row of ``place`` as posted; a column that was not posted is left alone."""
    prefix = in_row(place.pk, "")
    raw = {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}
    version = raw.pop("v", "")
    row = TypedRow(section, place, int(version) if is_number(version) else 0, raw)
    if section.area is None:
        _read_counts(row)
    else:
        _read_needs(row)
    return row


def _read_counts(row: TypedRow) -> None:
    contents = row.section.contents
    for band in contents.bands:
        for group in contents.subgroups:
            name = count_cell(band.pk, group.pk)
            if name in row.raw:
                row.cells[band.pk, group.pk] = _number(row, name)


def _read_needs(row: TypedRow) -> None:
    priority, reason = _priority(row), _reason(row)
    for key in _posted_needs(row):
        children, quantity = _number(row, children_cell(*key)), _number(row, quantity_cell(*key))
        empty = children is None and quantity is None
        row.cells[key] = None if empty else StatedNeed(children, quantity, priority, reason)
    if reason and not any(row.cells.values()) and not row.problems:
        message = _("A reason, but no need in this row. Enter children and quantity, or clear the reason.")
        row.problems.append(Problem(message, "r"))


def _posted_needs(row: TypedRow) -> Iterator[NeedKey]:
    assert row.section.area is not None
    for item, band in row.section.contents.item_bands_of(row.section.area):
        key = (item.pk, band.pk)
        if children_cell(*key) in row.raw or quantity_cell(*key) in row.raw:
            yield key


def _number(row: TypedRow, name: str) -> int | None:
    try:
        return parse_whole_number(row.raw.get(name, ""))
    except ValidationError as error:
        row.problems.append(Problem(error.messages[0], name))
        return None


def _priority(row: TypedRow) -> int:
    typed = row.raw.get("p", str(DEFAULT_PRIORITY))
    if typed in PRIORITIES:
        return int(typed)
    row.problems.append(Problem(_("The priority is 1 (most urgent) to 4. Choose one of them."), "p"))
    return DEFAULT_PRIORITY


def _reason(row: TypedRow) -> str:
    # PostgreSQL keeps no NUL in a text.
    reason = row.raw.get("r", "").replace("\0", "").strip()
    if len(reason) > LONGEST_REASON:
        message = _("The reason has %(length)s characters; at most %(most)s fit. Shorten it.")
        row.problems.append(Problem(message % {"length": len(reason), "most": LONGEST_REASON}, "r"))
    return reason
