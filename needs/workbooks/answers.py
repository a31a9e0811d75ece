"""A survey to read in Excel, for who reviews it: each section as the grid has it, what changed, what is said.

Its sheets are locked, as nothing that is changed in them is read again; to fill a survey in there is a
workbook of its own. It holds the sections that the reader sees, and no others.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory.models import Place, User
from documents.exports import local_day, made_on
from documents.spreadsheet import Heading, Sheet, Value
from needs.cells import is_number
from needs.grid import Grid, Row
from needs.models import Survey
from needs.notes import noted_warnings
from needs.sections import Tabs


def sheets_of(user: User, sections: Tabs) -> list[Sheet]:
    """Of a reader who sees one section at least."""
    survey, grids = sections[0].contents.survey, [Grid(section, editable=False) for section in sections]
    notes = _notes(user, survey)
    sheets = [_section(grid, notes) for grid in grids]
    if grids[0].year:
        sheets.append(_compared(grids, notes, grids[0].year))
    return [*sheets, _remarks(sections, notes)]


def _notes(user: User, survey: Survey) -> list[str]:
    facts = [
        str(user.agency or ""),
        f"{survey.round.name}, {survey.commune}",
        _("%(state)s, version %(version)s")
        % {"state": survey.get_state_display(), "version": survey.version},
    ]
    if survey.on_behalf_of:
        facts.append(f"{_('On behalf of')}: {survey.on_behalf_of}")
    if survey.submitted_at:
        moment = date_format(timezone.localtime(survey.submitted_at), "SHORT_DATETIME_FORMAT")
        facts.append(f"{_('Submitted')}: {moment}, {survey.submitted_by}")
    return [*facts, made_on(), _("To read only: what is changed here is not taken in.")]


def _section(grid: Grid, notes: list[str]) -> Sheet:
    """Rows as on the page, an empty cell is an answer that is not there, which is not 0."""
    answers = [Heading(column.full_label, 12) for column in grid.columns]
    beside = [Heading(_("Nothing needed"), 10)] if grid.has_priority else []
    after = _after_answers() if grid.has_priority else []
    return Sheet(
        title=grid.section.label,
        notes=notes,
        columns=[Heading(_("Place"), 26), Heading(_("Kind"), 14), *beside, *answers, *after],
        rows=[_row(grid, row) for row in grid.rows],
        totals=[_total(grid, total.label, total.values) for total in grid.totals],
        locked=True,
    )


def _after_answers() -> list[Heading]:
    return [
        Heading(_("The commune's own priority"), 12),
        Heading(_("The reviewer's priority"), 12),
        Heading(_("Reason"), 40),
    ]


def _row(grid: Grid, row: Row) -> list[Value]:
    answers = [_number(cell.value) for cell in row.cells]
    if not grid.has_priority:
        return [row.place.name, _kind(row.place), *answers]
    nothing = _("nothing needed") if row.nothing else ""
    said = [row.priority or "", row.reviewed or "", row.reason]
    return [row.place.name, _kind(row.place), nothing, *answers, *said]


def _total(grid: Grid, label: str, values: list[int | None]) -> list[Value]:
    sums = ["" if value is None else value for value in values]
    return [label, "", "", *sums, "", "", ""] if grid.has_priority else [label, "", *sums]


def _kind(place: Place) -> str:
    return place.get_kind_display()


def _number(text: str) -> Value:
    return int(text) if is_number(text) else text


def _compared(grids: list[Grid], notes: list[str], year: int) -> Sheet:
    """Every figure that is another one than in the review before."""
    columns = [
        Heading(_("Part"), 24),
        Heading(_("Place"), 26),
        Heading(_("What"), 30),
        Heading(_("Age"), 14),
        Heading(_("Figure"), 16),
        Heading(_("Now"), 12),
        Heading(_("Year %(year)s") % {"year": year}, 12),
        Heading(_("Change"), 12),
    ]
    rows = [line for grid in grids for line in _changes(grid)]
    return Sheet(_("Compared with %(year)s") % {"year": year}, notes, columns, rows, locked=True)


def _changes(grid: Grid) -> Iterator[list[Value]]:
    counts = not grid.has_priority
    for row in grid.rows:
        for column, cell in zip(grid.columns, row.cells, strict=True):
            if cell.value == cell.earlier:
                continue
            now, before = _number(cell.value), _number(cell.earlier)
            change = now - before if isinstance(now, int) and isinstance(before, int) else ""
            what = ("", column.group) if counts else (column.group, column.band)
            yield [grid.section.label, row.place.name, *what, column.label, now, before, change]


def _remarks(sections: Tabs, notes: list[str]) -> Sheet:
    """Comments on rows, and the warnings with what the commune says to them."""
    columns = [
        Heading(_("Part"), 24),
        Heading(_("Place"), 26),
        Heading(_("Comment or warning"), 60),
        Heading(_("Answer"), 40),
        Heading(_("By"), 24),
        Heading(_("On"), 12),
        Heading(_("Settled on"), 12),
    ]
    rows = [*_comments(sections), *_warnings(sections)]
    return Sheet(_("Comments and warnings"), notes, columns, rows, locked=True)


def _comments(sections: Tabs) -> Iterator[list[Value]]:
    for section, place, comments in sections.commented_rows:
        for comment in comments:
            days = local_day(comment.at), local_day(comment.settled_at)
            yield [section.label, place.name, comment.text, "", str(comment.by), *days]


def _warnings(sections: Tabs) -> Iterator[list[Value]]:
    for warning in noted_warnings(sections):
        said: list[Value] = ["", "", ""]
        if note := warning.note:
            said = [note.text, str(note.by), local_day(note.at)]
        yield [warning.section.label, warning.finding.place.name, str(warning.finding.message), *said, ""]
