"""One tab of a survey as a table: columns, rows with their values and state, totals. Read only.

Cells stay strings and plain numbers, because a page has a thousand of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Refusal, Stale
from directory.models import Place, User
from needs.cells import (
    DEFAULT_PRIORITY,
    NOTHING,
    PRIORITY,
    REASON,
    NeedKey,
    count_values,
    in_row,
    is_number,
    need_values,
    read_priority,
    texts_of,
)
from needs.checks import Finding, Grade, findings_in
from needs.columns import columns_of
from needs.models import RowComment
from needs.notes import unanswered
from needs.sections import Section

SCHOOLS = (Place.Kind.SCHOOL, Place.Kind.SITE)


@dataclass(frozen=True)
class Head:
    label: str
    span: int


@dataclass
class Difference:
    """A cell where somebody else's value and one's own differ."""

    name: str
    label: str
    theirs: str
    yours: str


@dataclass
class RowState:
    """What became of a row: "" (never saved), saved, refused or conflict.

    ``version`` is the one that the writer had read, ``newest`` the one that somebody else saved meanwhile.
    ``problems`` and ``warnings`` stand at their cells. ``unanswered``: neither a need nor “nothing needed”.
    ``own``: a conflict with oneself, in another window.
    """

    kind: str = ""
    at: datetime | None = None
    by: User | None = None
    version: int = 0
    newest: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    status: int = 200
    warnings: list[tuple[str, str]] = field(default_factory=list)
    unanswered: bool = False
    own: bool = False

    @property
    def is_of_today(self) -> bool:
        return self.at is not None and timezone.localdate(self.at) == clock.today()


@dataclass
class Cell:
    """``earlier``: what the review before said of it; empty if it said nothing, which is not 0."""

    name: str
    value: str
    column: str
    wrong: bool = False
    earlier: str = ""


@dataclass
class Row:
    """``earlier``: the values of the review before by cell name; ``copies``: whether it can be taken over.

    ``remarks``: the open comments on it. ``reviewed``: the reviewer's priority. ``url``: the row by itself.
    """

    place: Place
    cells: list[Cell]
    values: Mapping[str, str]
    earlier: Mapping[str, str]
    state: RowState
    wrong: frozenset[str] = frozenset()
    remarks: list[RowComment] = field(default_factory=list)
    reviewed: int | None = None
    url: str = ""
    may_copy: bool = True

    @property
    def key(self) -> str:
        return str(self.place.pk)

    @property
    def kind(self) -> str:
        return kind_of(self.place)

    @property
    def nothing(self) -> bool:
        return bool(self.values.get(NOTHING))

    @property
    def priority(self) -> int | None:
        return read_priority(self.values.get(PRIORITY, ""))

    @property
    def reason(self) -> str:
        return self.values.get(REASON, "")

    @property
    def copies(self) -> bool:
        """Whether the review before can be taken over: the row holds nothing yet, and it held something."""
        holds = any(value for name, value in self.values.items() if name not in (PRIORITY, REASON))
        return self.may_copy and bool(self.earlier) and not holds

    @property
    def choice(self) -> int:
        """The priority that stands selected; a row without a need has none yet."""
        return self.priority or DEFAULT_PRIORITY


@dataclass(frozen=True)
class Total:
    """A line of totals over the rows of one kind; children may not be added across villages and schools."""

    label: str
    kind: str
    values: list[int | None]


@dataclass(frozen=True)
class Body:
    """Rows of one kind under a heading. ``enrolled``: the children counted there live in the villages."""

    kind: str
    label: str
    rows: list[Row]

    @property
    def enrolled(self) -> bool:
        return self.kind == "school"


def kind_of(place: Place) -> str:
    return "school" if place.kind in SCHOOLS else str(place.kind)


class Grid:
    """The table of one section. ``typed`` and ``states`` stand in for what is stored after a refused save."""

    def __init__(
        self,
        section: Section,
        editable: bool,
        typed: Mapping[int, Mapping[str, str]] | None = None,
        states: Mapping[int, RowState] | None = None,
    ) -> None:
        self.section = section
        self.editable = editable
        self.columns = columns_of(section)
        self._typed, self._states = typed or {}, states or {}
        self._findings = findings_by_place(section)
        self.rows = [self._row(place) for place in section.contents.places]

    @property
    def has_priority(self) -> bool:
        return self.section.area is not None

    @property
    def groups(self) -> list[Head]:
        return _heads((column.group,) for column in self.columns)

    @property
    def bands(self) -> list[Head]:
        """The second line of headers of part B, an age band over its two columns."""
        return _heads((column.group, column.band) for column in self.columns) if self.has_priority else []

    @property
    def depth(self) -> int:
        return 3 if self.has_priority else 2

    @property
    def width(self) -> int:
        """Columns in all: the place; in part B also “nothing”, priority and reason."""
        return 1 + len(self.columns) + (3 if self.has_priority else 0)

    @property
    def is_untouched(self) -> bool:
        """Whether no row of the survey, in whatever tab, was saved yet."""
        return not any(row.saved_at for row in self.section.contents.rows.values())

    @property
    def year(self) -> int | None:
        """The year whose values stand beside the cells."""
        return self.section.contents.earlier.year

    @property
    def copies(self) -> bool:
        """Whether some row can take over what the review before said."""
        return any(row.copies for row in self.rows)

    @property
    def unanswered(self) -> bool:
        """Whether some row of part B still says neither a need nor that nothing is needed."""
        return any(row.state.unanswered for row in self.rows)

    @property
    def bodies(self) -> list[Body]:
        """Part A by kind of place, each under its heading; part B in one."""
        if self.has_priority:
            return [Body("", "", self.rows)]
        labels = {
            "commune": _("Whole commune"),
            "village": _("Villages"),
            "school": _("Schools and school sites"),
        }
        rows = {kind: [row for row in self.rows if row.kind == kind] for kind in labels}
        return [Body(kind, label, rows[kind]) for kind, label in labels.items() if rows[kind]]

    @property
    def totals(self) -> list[Total]:
        """Part A by kind of place, as the children of a school live in a village; part B over all rows."""
        if self.has_priority:
            return [Total(_("Total"), "", self._sums(self.rows))]
        labels = {"commune": _("Whole commune"), "village": _("All villages"), "school": _("All schools")}
        lines = []
        for kind, label in labels.items():
            rows = [row for row in self.rows if row.kind == kind]
            if kind != "commune" and rows:
                lines.append(Total(label, kind, self._sums(rows)))
        return lines

    def _sums(self, rows: list[Row]) -> list[int | None]:
        return [_sum(row.cells[index].value for row in rows) for index in range(len(self.columns))]

    def _row(self, place: Place) -> Row:
        state = self._states.get(place.pk) or self._stored_state(place)
        stored = self.section.contents.values_at(place, self.section.area)
        values = self._typed.get(place.pk) or texts_of(stored)
        earlier = self._earlier(place)
        wrong = frozenset(name for name, _message in state.problems)
        cells = [
            Cell(
                in_row(place.pk, column.name),
                values.get(column.name, ""),
                column.name,
                column.name in wrong,
                earlier.get(column.name, ""),
            )
            for column in self.columns
        ]
        remarks = [comment for comment in self.section.comments_at(place) if comment.is_open]
        url = self.section.row_url(place)
        may_copy = not (self.section.area and self.section.contents.survey.round.adds_to_the_year)
        return Row(place, cells, values, earlier, state, wrong, remarks, self._reviewed(place), url, may_copy)

    def _reviewed(self, place: Place) -> int | None:
        """The reviewer's priority of the row, beside the commune's own; None: none is set."""
        area = self.section.area
        stated = self.section.contents.needs_at(place, area).values() if area else ()
        return min((need.reviewed for need in stated if need.reviewed), default=None)

    def _earlier(self, place: Place) -> dict[str, str]:
        """What the review before said of this row; a cell of which it said nothing is left out."""
        said, area = self.section.contents.earlier, self.section.area
        if area is None:
            values = count_values(said.counts_at(place))
        else:
            needs = said.needs_at(place)
            values = need_values({key: needs[key] for key in self._keys if key in needs})
            values[NOTHING] = 1 if (place.pk, area.pk) in said.nothing else None
        return {name: text for name, text in texts_of(values).items() if text}

    @cached_property
    def _keys(self) -> list[NeedKey]:
        """Items and age bands that are asked for here."""
        area = self.section.area
        return (
            [(item.pk, band.pk) for item, band in self.section.contents.item_bands_of(area)] if area else []
        )

    def _stored_state(self, place: Place) -> RowState:
        return stored_state(self.section, place, self._findings)


def findings_by_place(section: Section) -> dict[int, list[Finding]]:
    """Errors, and warnings without a note, in this section; what is missing is named on the check page."""
    contents = section.contents
    found = findings_in(contents, Grade.ERROR, Grade.WARNING)
    here = [finding for finding in found if finding.section == section.code]
    errors = [finding for finding in here if finding.grade is Grade.ERROR]
    by_place: dict[int, list[Finding]] = {}
    for finding in errors + (unanswered(contents, here) if len(here) > len(errors) else []):
        by_place.setdefault(finding.place.pk, []).append(finding)
    return by_place


def stored_state(section: Section, place: Place, findings: Mapping[int, list[Finding]]) -> RowState:
    row = section.contents.rows.get((place.pk, section.area.pk if section.area else None))
    here = findings.get(place.pk, [])
    state = RowState(
        problems=[(finding.cell, finding.message) for finding in here if finding.grade is Grade.ERROR],
        warnings=[(finding.cell, finding.message) for finding in here if finding.grade is Grade.WARNING],
        unanswered=section.area is not None and not section.contents.is_answered(place, section.area),
    )
    if row is None:
        return state
    kind = "saved" if row.saved_at else ""
    return replace(state, kind=kind, at=row.saved_at, by=row.saved_by, version=row.version)


def refused_state(section: Section, refusal: Refusal, version: int, writer: User) -> RowState:
    """A refused save: its problems at their cells, or both values where somebody else was first."""
    problems = [(problem.place, str(problem.message)) for problem in refusal.problems]
    if not isinstance(refusal, Stale):
        return RowState("refused", version=version, problems=problems, status=refusal.status)
    labels = {column.name: column.full_label for column in columns_of(section)}
    labels |= {NOTHING: _("Nothing needed"), PRIORITY: _("Priority"), REASON: _("Reason")}
    theirs, yours = texts_of(refusal.details["theirs"]), texts_of(refusal.details["yours"])
    differences = [
        Difference(name, labels.get(name, name), theirs.get(name, ""), yours.get(name, "")) for name in yours
    ]
    details = refusal.details
    return RowState(
        "conflict",
        details["at"],
        details["by"],
        version,
        details["version"],
        problems,
        differences,
        refusal.status,
        own=details["by"] == writer,
    )


def _heads(keys: Iterable[tuple[str, ...]]) -> list[Head]:
    return [Head(key[-1], len(list(same))) for key, same in groupby(keys)]


def _sum(values: Iterable[str]) -> int | None:
    """The sum of what is given; None if nothing is."""
    numbers = [int(value) for value in values if is_number(value)]
    return sum(numbers) if numbers else None
