"""What a file would do, row by row. Kept with the import as JSON until it is confirmed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# As it is shown: None is “nothing”, which is not 0. Days are in words.
Shown = str | int | None


class Fate(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: its heading, what is stored and what the file says."""

    label: str
    before: Shown
    after: Shown

    @property
    def empties(self) -> bool:
        return self.after is None and self.before is not None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row is refused. ``column`` counts from 0; None: the whole row."""

    message: str
    column: int | None = None


@dataclass(slots=True)
class PlannedRow:
    """What becomes of one row of the file. ``page`` counts the sheets from 0, ``number`` is the program's.

    ``label`` names what the row is about; ``data`` is what saving needs (JSON; kept for rows that are saved).
    """

    page: int
    number: int
    label: str
    fate: Fate
    changes: list[Change] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    data: Any = None

    @property
    def is_saved(self) -> bool:
        return self.fate in (Fate.ADDED, Fate.CHANGED)


@dataclass
class Plan:
    """``notes``: what was ignored or read in a certain way, in words. ``details``: for the importer itself.

    ``error_columns``: where the column of errors stands, by page; none: after the last column.
    ``heading_rows``: the row of the headings, by page. ``sheets``: names of the pages, set by whoever asks.
    """

    rows: list[PlannedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    error_columns: dict[int, int] = field(default_factory=dict)
    heading_rows: dict[int, int] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)

    def count(self) -> Counter[Fate]:
        return Counter(row.fate for row in self.rows)

    @property
    def to_save(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.is_saved]

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": [_packed(row) for row in self.rows],
            "notes": self.notes,
            "details": self.details,
            "error_columns": {str(page): column for page, column in self.error_columns.items()},
            "heading_rows": {str(page): row for page, row in self.heading_rows.items()},
            "sheets": self.sheets,
        }

    @classmethod
    def from_json(cls, packed: Mapping[str, Any]) -> Plan:
        return cls(
            [_unpacked(*row) for row in packed["rows"]],
            packed["notes"],
            packed["details"],
            _by_page(packed["error_columns"]),
            _by_page(packed["heading_rows"]),
            packed["sheets"],
        )

    def digest(self) -> str:
        """The same for a plan that does the same."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


def _by_page(packed: Mapping[str, int]) -> dict[int, int]:
    return {int(page): value for page, value in packed.items()}


def _packed(row: PlannedRow) -> list[Any]:
    changes = [[change.label, change.before, change.after] for change in row.changes]
    problems = [[problem.message, problem.column] for problem in row.problems]
    return [row.page, row.number, row.label, row.fate.value, changes, problems, row.data]


def _unpacked(
    page: int, number: int, label: str, fate: str, changes: Iterable[Any], problems: Iterable[Any], data: Any
) -> PlannedRow:
    return PlannedRow(
        page,
        number,
        label,
        Fate(fate),
        [Change(*change) for change in changes],
        [RowProblem(*problem) for problem in problems],
        data,
    )
