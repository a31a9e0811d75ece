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
    NOTHING,
    PRIORITY,
    REASON,
    NeedKey,
    StatedNeed,
    children_cell,
    count_cell,
    girls_cell,
    in_row,
    is_number,
    need_values,
    quantity_cell,
    read_priority,
    texts_of,
)
from needs.contents import ItemBand
from needs.models import SupportItem
from needs.sections import Section

LONGEST_REASON = 300


@dataclass
class TypedRow:
    """``raw``: what was typed, by cell; ``cells`` and ``nothing``: what ``save_row`` takes.

    ``problems``: what is wrong. ``nothing`` None: the row did not say (part A).
    """

    section: Section
    place: Place
    version: int
    raw: dict[str, str]
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nothing: bool | None = None

    def differs_from(self, stored: Mapping[str, int | str | None]) -> bool:
        """Whether saving would change anything: priority and reason count only beside a need."""
        if self.problems:
            return True
        if self.section.area is None:
            typed: dict[str, Any] = {count_cell(*key): value for key, value in self.cells.items()}
        else:
            typed = need_values(self.cells)
            if self.nothing is not None:
                typed[NOTHING] = 1 if self.nothing else None
        return any(text != texts_of(stored).get(name, "") for name, text in texts_of(typed).items())


def read_row(section: Section, place: Place, data: Mapping[str, str]) -> TypedRow:
    """The row of ``place`` as posted; a column that was not posted is left alone."""
    prefix = in_row(place.pk, "")
    raw = {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}
    posted = "v" in raw
    version = raw.pop("v", "")
    row = TypedRow(section, place, int(version) if is_number(version) else 0, raw)
    if section.area is None:
        _read_counts(row)
    else:
        # A browser does not send a box that is not ticked, but always the row's version.
        row.nothing = NOTHING in raw if posted or NOTHING in raw else None
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
    for item, band in _posted_needs(row):
        key = (item.pk, band.pk)
        children, quantity = _number(row, children_cell(*key)), _number(row, quantity_cell(*key))
        girls = _girls(row, item, key)
        empty = children is None and quantity is None and girls is None
        row.cells[key] = None if empty else StatedNeed(children, quantity, priority, reason, girls)
    if reason and not any(row.cells.values()) and not row.problems:
        message = _("A reason, but no need in this row. Enter children and quantity, or clear the reason.")
        row.problems.append(Problem(message, REASON))


def _posted_needs(row: TypedRow) -> Iterator[ItemBand]:
    assert row.section.area is not None
    for item, band in row.section.contents.item_bands_of(row.section.area):
        key = (item.pk, band.pk)
        if not row.raw.keys().isdisjoint({children_cell(*key), girls_cell(*key), quantity_cell(*key)}):
            yield item, band


def _girls(row: TypedRow, item: SupportItem, key: NeedKey) -> int | None:
    """Of the children, if the page asked for them; else what is stored stays, beside children that stay."""
    if girls_cell(*key) in row.raw:
        return _number(row, girls_cell(*key))
    stored = row.section.contents.statements.get((row.place.pk, *key)) if item.by_sex else None
    return stored.girls if stored and row.raw.get(children_cell(*key)) else None


def _number(row: TypedRow, name: str) -> int | None:
    try:
        return parse_whole_number(row.raw.get(name, ""))
    except ValidationError as error:
        row.problems.append(Problem(error.messages[0], name))
        return None


def _priority(row: TypedRow) -> int:
    priority = read_priority(row.raw.get(PRIORITY, str(DEFAULT_PRIORITY)))
    if priority is not None:
        return priority
    row.problems.append(Problem(_("The priority is 1 (most urgent) to 4. Choose one of them."), PRIORITY))
    return DEFAULT_PRIORITY


def _reason(row: TypedRow) -> str:
    # PostgreSQL keeps no NUL in a text.
    reason = row.raw.get(REASON, "").replace("\0", "").strip()
    if len(reason) > LONGEST_REASON:
        message = _("The reason has %(length)s characters; at most %(most)s fit. Shorten it.")
        row.problems.append(Problem(message % {"length": len(reason), "most": LONGEST_REASON}, REASON))
    return reason
