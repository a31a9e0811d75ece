"""The workbook in which a survey is filled in: a page for each section, with all that is stored in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from documents.blank import BlankColumn, BlankSheet, write_blank
from documents.imports.columns import Type
from documents.spreadsheet import Value
from needs import cells
from needs.cells import DIGITS, NOTHING, PRIORITIES, PRIORITY, REASON, is_number
from needs.columns import Column
from needs.forms.row import LONGEST_REASON
from needs.grid import Grid, Row
from needs.sections import Section
from needs.workbooks.survey.stamp import digest_of, stamp_of
from needs.workbooks.survey.values import TICK, folded


def workbook_of(sections: Sequence[Section]) -> bytes:
    """Of a survey as whoever may fill it in sees it, all its sections."""
    pages = [_Page(section) for section in sections]
    columns = {text: name for page in pages for text, name in page.texts.items()}
    rows = {page.section.code: page.made_from for page in pages}
    stamp = stamp_of(sections[0].contents.survey, columns, rows)
    return write_blank(*(page.sheet for page in pages), stamp=stamp)


class _Page:
    def __init__(self, section: Section) -> None:
        self.section = section
        self.grid = Grid(section, editable=True)

    @property
    def sheet(self) -> BlankSheet:
        survey = self.section.contents.survey
        return BlankSheet(
            title=f"{self.section.label}, {survey.commune}",
            notes=list(self._notes()),
            columns=list(self._columns()),
            rows=[list(self._row(row)) for row in self.grid.rows],
            name=self.section.label,
            frozen=1,
        )

    @property
    def texts(self) -> dict[str, str]:
        """What stands over the columns of figures, with the names of their cells."""
        return {f"{column.group} {_heading(column)}": column.name for column in self.grid.columns}

    @property
    def made_from(self) -> dict[str, tuple[int, str]]:
        return {row.key: (row.state.version, digest_of(self._values(row))) for row in self.grid.rows}

    def _notes(self) -> Iterator[str]:
        survey = self.section.contents.survey
        due = date_format(survey.due_on, "d/m/Y")
        yield _("%(round)s. To be handed in by %(day)s.") % {"round": survey.round.name, "day": due}
        if self.section.area:
            yield _(
                "For each item and age: how many children need it, and how much of it. Where a place needs "
                "nothing choose %(tick)s under “Nothing needed”: empty means not answered."
            ) % {"tick": TICK}
        else:
            yield _(
                "Children of each place by age. Type 0 where there are none; "
                "leave empty only what you do not know yet."
            )
        grey = _("White cells are filled in, grey ones only read.")
        if self.grid.year:
            beside = _("Beside each stands what the review of %(year)s said.")
            grey = f"{grey} {beside % {'year': self.grid.year}}"
        yield grey
        yield _(
            "Save the file and upload it on the page of the survey, under “Fill in by Excel”: you see what "
            "changes before anything is saved."
        )

    def _columns(self) -> Iterator[BlankColumn]:
        yield BlankColumn(_("Place"), 26, locked=True)
        yield BlankColumn(_("Kind"), 13, locked=True)
        if self.grid.has_priority:
            tick = _("Choose %(tick)s if the place needs nothing in this area.") % {"tick": TICK}
            yield BlankColumn(_("Nothing needed"), 11, Type.CHOICE, choices=[TICK], help=tick)
        for column in self.grid.columns:
            yield BlankColumn(_heading(column), 10, Type.WHOLE, DIGITS, group=column.group)
            if self.grid.year:
                yield BlankColumn(str(self.grid.year), 7, Type.WHOLE, locked=True, group=column.group)
        if self.grid.has_priority:
            urgent = _("1 is the most urgent, 4 the least.")
            choices = [str(priority) for priority in PRIORITIES]
            yield BlankColumn(_("Priority"), 10, Type.CHOICE, choices=choices, help=urgent)
            yield BlankColumn(_("Reason"), 36, most=LONGEST_REASON)

    def _row(self, row: Row) -> Iterator[Value]:
        values = self._values(row)
        yield row.place.name
        yield row.place.get_kind_display()
        if self.grid.has_priority:
            yield TICK if values[NOTHING] else None
        for cell in row.cells:
            yield values[cell.column]
            if self.grid.year:
                yield _number(cell.earlier)
        if self.grid.has_priority:
            yield str(values[PRIORITY])
            yield _text(values[REASON])

    def _values(self, row: Row) -> dict[str, cells.Value]:
        """What the row says, as it will be read again. The usual priority is chosen, as in the grid."""
        values: dict[str, cells.Value] = {cell.column: _number(cell.value) for cell in row.cells}
        if not self.grid.has_priority:
            return values
        of_row = {NOTHING: 1 if row.nothing else None, PRIORITY: row.choice, REASON: folded(row.reason)}
        return values | of_row


def _heading(column: Column) -> str:
    return ", ".join(part for part in (column.band, column.label) if part)


def _number(text: str) -> int | None:
    return int(text) if is_number(text) else None


def _text(value: cells.Value) -> str | None:
    return None if value is None else str(value)
