"""What a file holds, cell by cell, whichever program wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

# A number that is whole is an int. Nothing, and text of spaces only, is None, which is not 0.
Cell = str | int | float | bool | date | None
# The hidden page on which a workbook of the portal says what it is.
STAMP_PAGE = "_portal"


@dataclass(frozen=True, slots=True)
class Line:
    """A row that holds something. ``number`` as the program shows it: the first is 1."""

    number: int
    cells: list[Cell]

    def at(self, column: int) -> Cell:
        """``column`` counts from 0."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True)
class Page:
    """One sheet, without the rows that are empty."""

    name: str
    lines: list[Line]

    def line(self, number: int) -> Line | None:
        return next((line for line in self.lines if line.number == number), None)


@dataclass(frozen=True)
class Book:
    """``stamp``: what a workbook of the portal says of itself (``documents.blank``), as text; else empty.

    ``pages`` are those that whoever sent it sees. ``hidden``: names of the others, which are not read.
    """

    pages: list[Page] = field(default_factory=list)
    stamp: dict[str, str] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Page]:
        return iter(self.pages)

    def page(self, name: str) -> Page | None:
        return next((page for page in self.pages if page.name == name), None)
