"""What a file says of the places of a survey, before it is compared with what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from directory.models import Place, SupportArea
from documents.imports.plan import PlannedRow, RowProblem
from documents.reading import Cell


@dataclass(slots=True)
class SaidRow:
    """One row of the file about one row of the grid. ``area`` None: the child counts.

    ``values`` by cell name (``needs/cells.py``), as they stand in the file: None is an empty cell, which
    empties the stored one; a cell that is not there leaves it alone. ``columns``: where each stands (from 0).
    ``version``: of the stored row that the workbook was made from; None: the file does not say.
    ``untouched``: it says what the workbook said when it was made, so nobody wants anything of it.
    """

    page: int
    number: int
    place: Place
    area: SupportArea | None
    values: Mapping[str, Cell]
    columns: Mapping[str, int]
    version: int | None = None
    problems: list[RowProblem] = field(default_factory=list)
    untouched: bool = False


@dataclass
class SaidBook:
    """All that a file says. ``lost``: rows that hold something and have no place to go to: refused.

    ``notes``: what was read as what, and what was not. ``error_columns``, ``heading_rows``: as in ``Plan``.
    """

    rows: list[SaidRow] = field(default_factory=list)
    lost: list[PlannedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error_columns: dict[int, int] = field(default_factory=dict)
    heading_rows: dict[int, int] = field(default_factory=dict)
