"""What the lists of registers share: each row is compared with the stored one, column by column, and what is
stored goes out under the same headings, so that a list taken out and brought back changes nothing."""

from __future__ import annotations

import hashlib
import unicodedata
from abc import abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory.errors import Problem, Refusal, Stale
from documents.blank import BlankColumn, BlankSheet, write_blank
from documents.exports import made_on
from documents.imports.columns import Column, Type, Value
from documents.imports.importer import Progress
from documents.imports.plan import Change, Fate, PlannedRow, Shown
from documents.imports.table import TableImporter, TypedRow
from documents.spreadsheet import Heading, Sheet, printable
from documents.spreadsheet import Value as Written

# Empty rows of a template; more may be added.
OPEN_ROWS = 50
# How often somebody who waits hears how far it is.
ROWS_BETWEEN = 500

Values = Mapping[str, Value]
K = TypeVar("K", bound=Hashable)


class RegisterImporter(TableImporter):
    """A list of one register. Subclasses say what is stored, how a row finds its own, and how it is saved."""

    @property
    def shown_columns(self) -> Sequence[Column]:
        """The columns of what goes out; more may be read."""
        return self.columns

    @abstractmethod
    def listed(self) -> Iterable[Values]:
        """What is stored within reach: a value for each column, in the order of the list."""

    def export(self) -> Sheet:
        columns = self.shown_columns
        return Sheet(
            str(self.title),
            [made_on()],
            [Heading(str(column.heading), column.width) for column in columns],
            ([written(column, values.get(column.name)) for column in columns] for values in self.listed()),
        )

    def template(self) -> bytes:
        sheet = BlankSheet(
            str(self.title),
            [self._blank(column) for column in self.shown_columns],
            notes=[str(self.purpose)],
            open_rows=OPEN_ROWS,
        )
        return write_blank(sheet, stamp={"kind": self.kind})

    def _blank(self, column: Column) -> BlankColumn:
        offered = self.offered(column)
        return BlankColumn(
            str(column.heading),
            column.width,
            Type.CHOICE if offered else column.type,
            column.most,
            offered,
            column.required,
            help=str(column.help),
        )

    def offered(self, column: Column) -> Sequence[str]:
        """What the template lets choose in a column."""
        return [str(label) for _value, label in column.choices]

    def decide(self, row: TypedRow, label: str, stored: Values | None, key: Any = None) -> PlannedRow:
        """What becomes of a row whose problems are all known.

        ``stored``: what it would change; None: it is new. ``key`` finds the stored row again when saving.
        """
        if row.problems:
            return PlannedRow(row.page, row.number, label, Fate.REFUSED, problems=row.problems)
        if stored is None:
            data = {"key": key, "values": packed(row.values)}
            return PlannedRow(row.page, row.number, label, Fate.ADDED, data=data)
        if not (differing := differences(self.columns, stored, row.values)):
            return PlannedRow(row.page, row.number, label, Fate.UNCHANGED)
        data = {"key": key, "values": packed({column.name: row.values[column.name] for column in differing})}
        changes = changes_in(differing, stored, row.values)
        return PlannedRow(row.page, row.number, label, Fate.CHANGED, changes, data=data)

    def changes_of(self, row: PlannedRow) -> list[Change]:
        """Of a new row what it says; made for the page alone, as a long list has too many of them to keep."""
        if row.fate is not Fate.ADDED:
            return row.changes
        values = self.values_of(row)
        return changes_in([column for column in self.columns if column.name in values], {}, values)

    def values_of(self, row: PlannedRow) -> dict[str, Any]:
        """What the row says, as final types; of a row that is changed, what differs."""
        values = dict(row.data["values"])
        for name in self._days:
            if values.get(name):
                values[name] = date.fromisoformat(values[name])
        return values

    @cached_property
    def _days(self) -> list[str]:
        return [column.name for column in self.columns if column.type is Type.DAY]

    def refuse_moved(self, row: PlannedRow, stored: Values) -> None:
        """Raise ``Stale`` if the row would change something else than was shown.

        Call it with what is ``stored`` locked.
        """
        said = self.values_of(row)
        differing = [column for column in self.columns if column.name in said]
        if changes_in(differing, stored, said) != row.changes:
            message = _("“%(row)s” was changed meanwhile, so nothing was saved. Upload the file again.")
            raise Stale(message % {"row": row.label}, code="row_moved")


def differences(columns: Sequence[Column], stored: Values, said: Values) -> list[Column]:
    """The columns in which a row differs from what is stored; one that the file lacks changes nothing."""
    return [
        column
        for column in columns
        if column.name in said and comparable(stored.get(column.name)) != comparable(said[column.name])
    ]


def changes_in(columns: Iterable[Column], stored: Values, said: Values) -> list[Change]:
    return [
        Change(str(column.heading), shown(column, stored.get(column.name)), shown(column, said[column.name]))
        for column in columns
    ]


def comparable(value: Value) -> Value:
    """A value as it comes back from a file: text in one line, without what no file can carry."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", printable(value))
    return " ".join(text.split()) or None


def shown(column: Column, value: Value) -> Shown:
    """A value as a preview says it; nothing is None."""
    found = written(column, value)
    if isinstance(found, date):
        return date_format(found, "SHORT_DATE_FORMAT")
    return None if found == "" else found


def written(column: Column, value: Value) -> Written:
    """A value as it stands in a file: a choice by its label, nothing as an empty cell."""
    if value is None:
        return ""
    if column.type is Type.CHOICE:
        return next((str(label) for code, label in column.choices if code == value), str(value))
    return value


def packed(values: Values) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def refuse_repeated(row: TypedRow, key: K, seen: dict[K, int], column: str | None = None) -> None:
    """Two lines about the same cannot both be meant."""
    if key in seen:
        message = _("Line %(line)s is about the same already. Keep one of the two.")
        row.refuse(message % {"line": seen[key]}, column)
    else:
        seen[key] = row.number


def refuse_all(row: TypedRow, problems: Iterable[Problem]) -> None:
    """The problems that a screen would show at its fields, at the columns of the same name."""
    for problem in problems:
        row.refuse(str(problem.message), problem.place or None)


@contextmanager
def refusing_overlaps() -> Iterator[None]:
    """Raise ``Refusal`` (overlap) over what somebody entered at a screen while the rows were saved."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        message = _("Somebody else has just entered the same. Upload the file again.")
        raise Refusal(message, code="overlap") from error


def heard(rows: Sequence[TypedRow], progress: Progress) -> Iterator[TypedRow]:
    """The rows one by one, while somebody hears how many are done."""
    for number, row in enumerate(rows):
        if number % ROWS_BETWEEN == 0:
            progress(number, len(rows))
        yield row


def stamp_of(*parts: object) -> str:
    """Another one as soon as any part is another."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()
