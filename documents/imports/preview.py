"""The preview of a file as its page shows it: how many rows of each fate, and one page of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from openpyxl.utils import get_column_letter

from documents.imports.importer import Importer
from documents.imports.plan import Change, Fate, Plan, PlannedRow
from documents.models import WorkbookImport

ROWS_ON_A_PAGE = 100
# Refused rows that the button names by their numbers.
NAMED = 5

LABELS: dict[Fate, str | Promise] = {
    Fate.ADDED: gettext_lazy("Will be added"),
    Fate.CHANGED: gettext_lazy("Will be changed"),
    Fate.UNCHANGED: gettext_lazy("Stay as they are"),
    Fate.REFUSED: pgettext_lazy("row of a workbook", "Refused"),
}
OF_ONE: dict[Fate, str | Promise] = {
    Fate.ADDED: gettext_lazy("will be added"),
    Fate.CHANGED: gettext_lazy("will be changed"),
    Fate.UNCHANGED: gettext_lazy("stays as it is"),
    Fate.REFUSED: pgettext_lazy("row of a workbook", "refused"),
}
TONES = {Fate.ADDED: "good", Fate.CHANGED: "warn", Fate.UNCHANGED: "neutral", Fate.REFUSED: "bad"}


@dataclass(frozen=True)
class Counted:
    """How many rows share a fate; ``shown``: only these are shown now."""

    fate: Fate
    count: int
    shown: bool

    @property
    def label(self) -> str | Promise:
        return LABELS[self.fate]

    @property
    def tone(self) -> str:
        return TONES[self.fate]


@dataclass(frozen=True)
class ShownRow:
    """``sheet``: its name, if the file has several; ``changes``: what it says, or what differs."""

    row: PlannedRow
    sheet: str
    changes: list[Change]

    @property
    def status(self) -> str | Promise:
        return OF_ONE[self.row.fate]

    @property
    def tone(self) -> str:
        return TONES[self.row.fate]

    @property
    def is_added(self) -> bool:
        return self.row.fate == Fate.ADDED

    @property
    def problems(self) -> Iterator[tuple[str, str]]:
        """The cell (“C7”, or nothing) and why."""
        for problem in self.row.problems:
            column = "" if problem.column is None else get_column_letter(problem.column + 1)
            yield (f"{column}{self.row.number}" if column else "", problem.message)


class Preview:
    """``fate`` and ``page``: what the address asks for."""

    def __init__(self, found: WorkbookImport, importer: Importer, fate: str = "", page: str = "1") -> None:
        assert found.plan is not None
        self.importer = importer
        self.plan = Plan.from_json(found.plan)
        self.fate = Fate(fate) if fate in list(Fate) else None
        chosen = [row for row in self.plan.rows if self.fate in (None, row.fate)]
        self.page: Page[PlannedRow] = Paginator(chosen, ROWS_ON_A_PAGE).get_page(page)

    @property
    def counts(self) -> list[Counted]:
        counts = self.plan.count()
        return [Counted(fate, counts[fate], fate == self.fate) for fate in Fate]

    @property
    def rows(self) -> list[ShownRow]:
        sheets = self.plan.sheets
        return [
            ShownRow(row, sheets[row.page] if len(sheets) > 1 else "", self._changes(row))
            for row in self.page
        ]

    def _changes(self, row: PlannedRow) -> list[Change]:
        """Of a new row without what it leaves empty."""
        changes = self.importer.changes_of(row)
        return [each for each in changes if each.after is not None] if row.fate == Fate.ADDED else changes

    @property
    def emptied(self) -> int:
        """Cells that hold a value now and would become empty."""
        return sum(change.empties for row in self.plan.to_save for change in row.changes)

    @property
    def refused_numbers(self) -> str:
        """“rows 5, 9 and 14” as the button says it."""
        return numbers_of([row for row in self.plan.rows if row.fate == Fate.REFUSED])


def numbers_of(rows: Sequence[PlannedRow]) -> str:
    """The numbers of rows, the first few of them."""
    named = ", ".join(str(row.number) for row in rows[:NAMED])
    if len(rows) <= NAMED:
        return ngettext("row %(numbers)s", "rows %(numbers)s", len(rows)) % {"numbers": named}
    shown = {"numbers": named, "more": len(rows) - NAMED}
    return _("rows %(numbers)s and %(more)s more") % shown
