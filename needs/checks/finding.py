"""What a check finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.utils.formats import number_format

from directory.errors import Problem
from directory.models import Place
from needs.cells import in_row
from needs.contents import Contents

CHILDREN = "children"


class Grade(Enum):
    MISSING = "missing"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """``message`` about a cell: ``section`` is "children" or an area's code, ``cell`` its name in the row.

    ``code`` names the check. ``figures`` are the numbers that it is about: a note on a warning stands as
    long as they do. ``label`` is the cell in a word, for lists that name the place once.
    """

    grade: Grade
    code: str
    section: str
    place: Place
    cell: str
    message: str
    label: str = ""
    figures: str = ""

    @property
    def name(self) -> str:
        """The cell's name (and id) on the page of its section."""
        return in_row(self.place.pk, self.cell)

    @property
    def key(self) -> str:
        """What the finding is about, whatever its figures; the name of its field on the check page."""
        return f"{self.code}:{self.section}:{self.name}"

    @property
    def blocks(self) -> bool:
        return self.grade is not Grade.WARNING

    def as_problem(self) -> Problem:
        return Problem(self.message, f"{self.section}/{self.name}")


Check = Callable[[Contents], Iterator[Finding]]


def shown(number: int) -> str:
    """A number as the reader writes it: 1.200."""
    return number_format(number)
