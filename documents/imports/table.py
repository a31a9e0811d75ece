"""Kinds of workbooks that are one list: a row each, under known headings in any order."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from directory.errors import Refusal
from documents.blank import BlankColumn, BlankSheet, write_blank
from documents.imports.columns import ERRORS, Column, Value, in_all_languages, key_of, reader_of
from documents.imports.importer import Importer, Progress, importer_of, unheard
from documents.imports.plan import Plan, PlannedRow, RowProblem
from documents.reading import Book, Line

# Above the headings stand at most a title, an agency, a motto and a few notes.
HEADINGS_WITHIN = 40
# Of a template; more may be added.
OPEN_ROWS = 200


@dataclass(frozen=True)
class Found:
    """Where the list stands: its page, the row of its headings, its columns (from 0) by name."""

    page: int
    heading: Line
    columns: dict[str, int]
    lines: list[Line]


@dataclass(slots=True)
class TypedRow:
    """``values`` by column name, of the columns that the file has; what could not be read is in ``problems``.

    ``columns``: where each column stands, to say so.
    """

    page: int
    number: int
    values: dict[str, Value]
    columns: dict[str, int]
    problems: list[RowProblem] = field(default_factory=list)

    def refuse(self, message: str, column: str | None = None) -> None:
        self.problems.append(RowProblem(message, self.columns.get(column) if column else None))

    def get(self, column: str) -> Value:
        return self.values.get(column)


class TableImporter(Importer):
    """A list under known headings. Subclasses say the columns and what the rows would do."""

    @property
    @abstractmethod
    def columns(self) -> Sequence[Column]: ...

    @abstractmethod
    def plan_rows(self, rows: Sequence[TypedRow], progress: Progress) -> list[PlannedRow]:
        """One planned row for each row, in the same order; a row with problems is refused."""

    def template(self) -> bytes | None:
        """The headings to fill in, with what may be chosen."""
        title, purpose = str(self.title), str(self.purpose)
        advice = _("One row each; * must be filled in. Upload the file here again: nothing is saved unseen.")
        sheet = BlankSheet(
            title, [blank_column(each) for each in self.columns], notes=[purpose, advice], open_rows=OPEN_ROWS
        )
        return write_blank(sheet, stamp={"kind": self.kind})

    def plan(self, book: Book, progress: Progress = unheard) -> Plan:
        refuse_other_kind(self, book)
        found = find_table(book, self.columns)
        rows = list(read_rows(found, self.columns))
        plan = Plan(self.plan_rows(rows, progress), notes_on(found, self.columns))
        plan.heading_rows[found.page] = found.heading.number
        errors = {key_of(text) for text in _all_errors()}
        for position, cell in enumerate(found.heading.cells):
            if key_of(cell) in errors:
                plan.error_columns[found.page] = position
        return plan


def blank_column(column: Column) -> BlankColumn:
    """The column as it stands in a workbook to fill in."""
    return BlankColumn(
        str(column.heading),
        column.width,
        column.type,
        column.most,
        [str(label) for _value, label in column.choices],
        required=column.required,
        help=str(column.help),
    )


def refuse_other_kind(importer: Importer, book: Book) -> None:
    """A template of the portal says of which kind it is. Raises ``Refusal`` (wrong_kind)."""
    told = book.stamp.get("kind")
    if told in (None, importer.kind):
        return
    other = importer_of(told)
    shown = {"told": other.title if other else told, "title": importer.title}
    message = _(
        "This is the workbook of “%(told)s”, not of “%(title)s”. Upload it there, or choose another file."
    )
    raise Refusal(message % shown, code="wrong_kind", place="file")


def find_table(book: Book, columns: Sequence[Column]) -> Found:
    """The row with the most known headings, on whatever page.

    Raises ``Refusal``: no_headings, headings_missing, headings_twice, no_rows.
    """
    best: tuple[int, int, Line, dict[str, list[int]]] | None = None
    for number, page in enumerate(book):
        for line in page.lines[:HEADINGS_WITHIN]:
            positions = _positions(line, columns)
            if positions and (best is None or len(positions) > best[0]):
                best = (len(positions), number, line, positions)
    if best is None:
        known = ", ".join(str(column.heading) for column in columns)
        message = _("No row with the headings of this list was found. It needs: %(headings)s.")
        raise Refusal(message % {"headings": known}, code="no_headings", place="file")
    _count, number, line, positions = best
    _refuse_headings(line, columns, positions)
    lines = [each for each in book.pages[number].lines if each.number > line.number]
    if not lines:
        message = _("There is no row below the headings in line %(line)s. Fill in at least one.")
        raise Refusal(message % {"line": line.number}, code="no_rows", place="file")
    return Found(number, line, {name: where[0] for name, where in positions.items()}, lines)


def _positions(line: Line, columns: Sequence[Column]) -> dict[str, list[int]]:
    keys = [key_of(cell) if isinstance(cell, str) else "" for cell in line.cells]
    found = {column.name: [at for at, key in enumerate(keys) if key in column.keys] for column in columns}
    return {name: where for name, where in found.items() if where}


def _refuse_headings(line: Line, columns: Sequence[Column], positions: dict[str, list[int]]) -> None:
    missing = [str(column.heading) for column in columns if column.required and column.name not in positions]
    if missing:
        message = _("The headings in line %(line)s lack: %(headings)s. Add these columns.")
        shown = {"line": line.number, "headings": ", ".join(missing)}
        raise Refusal(message % shown, code="headings_missing", place="file")
    twice = [str(column.heading) for column in columns if len(positions.get(column.name, ())) > 1]
    if twice:
        message = _("The headings in line %(line)s have twice: %(headings)s. Keep one of each.")
        shown = {"line": line.number, "headings": ", ".join(twice)}
        raise Refusal(message % shown, code="headings_twice", place="file")


def read_rows(found: Found, columns: Sequence[Column]) -> Iterator[TypedRow]:
    """Each row as final types; what is missing or wrong is named at its cell, all of it."""
    readers = [
        (column, reader_of(column), found.columns[column.name])
        for column in columns
        if column.name in found.columns
    ]
    for line in found.lines:
        row = TypedRow(found.page, line.number, {}, found.columns)
        for column, read, at in readers:
            try:
                value = read(line.at(at))
            except ValidationError as error:
                row.problems.append(RowProblem(error.messages[0], at))
                continue
            if value is None and column.required:
                row.problems.append(RowProblem(_missing(column), at))
            row.values[column.name] = value
        yield row


def _missing(column: Column) -> str:
    return _("“%(heading)s” is empty. Fill it in.") % {"heading": column.heading}


def notes_on(found: Found, columns: Sequence[Column]) -> list[str]:
    """Headings that nobody knows: their columns are not read."""
    known = {position for position in found.columns.values()}
    errors = {key_of(text) for text in _all_errors()}
    ignored = [
        str(cell)
        for position, cell in enumerate(found.heading.cells)
        if cell is not None and position not in known and key_of(cell) not in errors
    ]
    if not ignored:
        return []
    return [
        _("These columns are not known and were not read: %(headings)s.") % {"headings": ", ".join(ignored)}
    ]


def _all_errors() -> list[str]:
    return in_all_languages(ERRORS)
