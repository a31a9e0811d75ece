"""How a cell of the grid is called: short, because a page has a thousand of them.

Part A: ``c<age band>-<subgroup>``. Part B: ``n<item>-<age band>`` (children in need) beside
``q<item>-<age band>`` (quantity), between them ``g<item>-<age band>`` (girls among the children) for an
item by sex. Of a row of part B: ``z`` (nothing is needed here), ``p`` (priority), ``r`` (reason). In a form
each name stands behind its row: ``<place>.c3-1``; ``<place>.v`` is the version of the row that was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_PRIORITY = 3
MOST = 999_999_999
DIGITS = len(str(MOST))
PRIORITIES = (1, 2, 3, 4)
PRIORITY, REASON, NOTHING = "p", "r", "z"

CountKey = tuple[int, int]
NeedKey = tuple[int, int]
Value = int | str | None


@dataclass(frozen=True)
class StatedNeed:
    """What a survey says of one item and age band at a place: children (persons), quantity (item's unit).

    ``girls`` are part of the children, asked for items by sex only. ``reviewed`` is read only: the
    reviewer's priority beside the commune's own; saving a row leaves it alone.
    """

    children: int | None
    quantity: int | None
    priority: int = DEFAULT_PRIORITY
    reason: str = ""
    girls: int | None = None
    reviewed: int | None = None

    @property
    def priority_in_force(self) -> int:
        return self.reviewed or self.priority


CountCells = Mapping[CountKey, int | None]
NeedCells = Mapping[NeedKey, StatedNeed | None]


def is_number(text: str) -> bool:
    """Whether ``text`` is a plain number of a cell. “²” is a digit for Python, yet ``int`` dies of it."""
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def read_priority(text: str) -> int | None:
    """The priority that was typed; None if it is none."""
    return next((priority for priority in PRIORITIES if text == str(priority)), None)


def text_of(value: Value) -> str:
    """A value as its cell shows it. 0 and empty are different; no reason and an empty reason are not."""
    return "" if value is None else str(value)


def texts_of(values: Mapping[str, Value]) -> dict[str, str]:
    return {name: text_of(value) for name, value in values.items()}


def count_cell(band_id: int, subgroup_id: int) -> str:
    return f"c{band_id}-{subgroup_id}"


def children_cell(item_id: int, band_id: int) -> str:
    return f"n{item_id}-{band_id}"


def girls_cell(item_id: int, band_id: int) -> str:
    return f"g{item_id}-{band_id}"


def quantity_cell(item_id: int, band_id: int) -> str:
    return f"q{item_id}-{band_id}"


def key_of(name: str) -> CountKey | NeedKey:
    """The two numbers of a cell: “n3-4” is item 3, age band 4; “c3-1” age band 3, subgroup 1."""
    first, _dash, second = name[1:].partition("-")
    return int(first), int(second)


def in_row(place_id: int, cell: str) -> str:
    return f"{place_id}.{cell}"


def count_values(cells: CountCells) -> dict[str, Value]:
    return {count_cell(*key): value for key, value in cells.items()}


def need_values(cells: NeedCells) -> dict[str, Value]:
    """Children, girls and quantity by cell name; priority and reason once for the row, the most urgent's.

    The grid asks for one priority and one reason a row; the data carry them per statement.
    """
    values: dict[str, Value] = {}
    for key, need in cells.items():
        values[children_cell(*key)] = need.children if need else None
        values[quantity_cell(*key)] = need.quantity if need else None
        values[girls_cell(*key)] = need.girls if need else None
    stated = [need for need in cells.values() if need]
    if stated:
        urgent = min(stated, key=lambda need: need.priority)
        values |= {PRIORITY: urgent.priority, REASON: urgent.reason}
    return values
