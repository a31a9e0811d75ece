"""One tab of a survey as a table: columns, rows with their values and state, totals. Read only.

Cells stay strings and plain numbers, because a page has a thousand of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _

from directory.errors import Refusal, Stale
from directory.models import Place, User
from needs.actions.row import stored_values
from needs.cells import (
    DEFAULT_PRIORITY,
    PRIORITIES,
    children_cell,
    count_cell,
    in_row,
    is_number,
    quantity_cell,
)
from needs.checks import Finding, Grade, findings_in
from needs.sections import Section

SCHOOLS = (Place.Kind.SCHOOL, Place.Kind.SITE)


@dataclass(frozen=True)
class Column:
    """``group`` (an age band, or an item), ``band`` (part B only) and ``label`` are its three headers."""

    name: str
    group: str
    band: str
    label: str

    @property
    def full_label(self) -> str:
        return ", ".join(part for part in (self.group, self.band, self.label) if part)


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
    """

    kind: str = ""
    at: datetime | None = None
    by: User | None = None
    version: int = 0
    newest: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    status: int = 200


@dataclass
class Cell:
    name: str
    value: str
    column: str
    wrong: bool = False


@dataclass
class Row:
    place: Place
    cells: list[Cell]
    priority: int | None
    reason: str
    state: RowState
    wrong: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        return str(self.place.pk)

    @property
    def kind(self) -> str:
        return kind_of(self.place)

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


def kind_of(place: Place) -> str:
    return "school" if place.kind in SCHOOLS else str(place.kind)


def columns_of(section: Section) -> list[Column]:
    contents = section.contents
    if section.area is None:
        return [
            Column(count_cell(band.pk, group.pk), str(band), "", str(group))
            for band in contents.bands
            for group in contents.subgroups
        ]
    columns = []
    for item, band in contents.item_bands_of(section.area):
        group = f"{item} ({item.unit})"
        columns.append(Column(children_cell(item.pk, band.pk), group, band.short_name, _("children")))
        columns.append(Column(quantity_cell(item.pk, band.pk), group, band.short_name, _("quantity")))
    return columns


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
        self._errors = errors_by_place(section)
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
        return 1 + len(self.columns) + (2 if self.has_priority else 0)

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
        values: Mapping[str, str] = self._typed.get(place.pk) or texts(
            stored_values(self.section.contents, place, self.section.area)
        )
        wrong = {name for name, _message in state.problems}
        cells = [
            Cell(
                in_row(place.pk, column.name), values.get(column.name, ""), column.name, column.name in wrong
            )
            for column in self.columns
        ]
        priority = values.get("p", "")
        return Row(
            place,
            cells,
            int(priority) if priority in PRIORITIES else None,
            values.get("r", ""),
            state,
            frozenset(wrong),
        )

    def _stored_state(self, place: Place) -> RowState:
        return stored_state(self.section, place, self._errors)


def errors_by_place(section: Section) -> dict[int, list[Finding]]:
    """The errors of the checks in this section; what is merely missing is named on the check page."""
    errors: dict[int, list[Finding]] = {}
    for finding in findings_in(section.contents):
        if finding.section == section.code and finding.grade is Grade.ERROR:
            errors.setdefault(finding.place.pk, []).append(finding)
    return errors


def stored_state(section: Section, place: Place, errors: Mapping[int, list[Finding]]) -> RowState:
    row = section.contents.rows.get((place.pk, section.area.pk if section.area else None))
    problems = [(finding.cell, finding.message) for finding in errors.get(place.pk, [])]
    if row is None:
        return RowState(problems=problems)
    kind = "saved" if row.saved_at else ""
    return RowState(kind, row.saved_at, row.saved_by, row.version, problems=problems)


def refused_state(section: Section, refusal: Refusal, version: int) -> RowState:
    """A refused save: its problems at their cells, or both values where somebody else was first."""
    problems = [(problem.place, str(problem.message)) for problem in refusal.problems]
    if not isinstance(refusal, Stale):
        return RowState("refused", version=version, problems=problems, status=refusal.status)
    labels = {column.name: column.full_label for column in columns_of(section)}
    labels |= {"p": _("Priority"), "r": _("Reason")}
    theirs, yours = texts(refusal.details["theirs"]), texts(refusal.details["yours"])
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
    )


def texts(values: Mapping[str, int | str | None]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _heads(keys: Iterable[tuple[str, ...]]) -> list[Head]:
    return [Head(key[-1], len(list(same))) for key, same in groupby(keys)]


def _sum(values: Iterable[str]) -> int | None:
    """The sum of what is given; None if nothing is."""
    numbers = [int(value) for value in values if is_number(value)]
    return sum(numbers) if numbers else None
