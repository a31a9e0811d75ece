"""What a pasted block would change in a tab of a survey, cell by cell, before anything is saved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from directory.errors import Problem
from directory.fields import parse_whole_number
from directory.models import Place
from needs.actions.paste import Outcome, PastedRow, outcome_of
from needs.cells import DEFAULT_PRIORITY, NOTHING, PRIORITY, REASON, Value, read_priority, text_of
from needs.clipboard import Line
from needs.forms.row import LONGEST_REASON
from needs.paste import Layout, labels_of
from needs.sections import Section


@dataclass(frozen=True)
class Change:
    """A cell that changes, or (``problem``) that is refused."""

    label: str
    before: str
    after: str
    problem: str = ""

    @property
    def empties(self) -> bool:
        return not self.after and not self.problem


@dataclass
class PreviewedRow:
    """A place of the block: what was read of it, and what that makes of the stored row."""

    pasted: PastedRow
    texts: Mapping[str, str]
    outcome: Outcome
    problems: list[Problem]
    changes: list[Change] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return self.pasted.place

    @property
    def version(self) -> int:
        return self.pasted.version

    @property
    def wrong(self) -> set[str]:
        return {problem.place for problem in self.problems}


class Preview:
    """``versions``: those of the rows that whoever pastes has seen; without them those that are stored."""

    def __init__(self, section: Section, layout: Layout, versions: Mapping[int, int] | None = None) -> None:
        self.section, self.layout = section, layout
        self.labels = labels_of(section) | {NOTHING: _("Nothing needed")}
        self._versions = versions
        places = [place for place in section.contents.places if place.pk in layout.cells]
        self.rows = [self._row(place, layout.cells[place.pk]) for place in places]

    @property
    def pasted(self) -> list[PastedRow]:
        return [row.pasted for row in self.rows]

    @property
    def changing(self) -> list[PreviewedRow]:
        return [row for row in self.rows if row.changes]

    @cached_property
    def changes(self) -> list[Change]:
        return [change for row in self.rows for change in row.changes]

    @property
    def changed(self) -> int:
        return len([change for change in self.changes if not change.problem])

    @property
    def emptied(self) -> int:
        return len([change for change in self.changes if change.empties])

    @property
    def refused(self) -> int:
        return len([change for change in self.changes if change.problem])

    @property
    def stays(self) -> int:
        """Cells of the block that hold already what it says."""
        return sum(
            name not in row.wrong and text_of(row.outcome.before.get(name)) == text_of(value)
            for row in self.rows
            for name, value in row.pasted.values.items()
        )

    @property
    def saves(self) -> int:
        """Rows that would be saved."""
        return len([row for row in self.rows if row.outcome.cells])

    @property
    def idle_priorities(self) -> list[Place]:
        """Places whose priority is not kept because they state no need."""
        return [
            row.place
            for row in self.rows
            if row.pasted.values.get(PRIORITY) and PRIORITY not in row.outcome.after
        ]

    def _row(self, place: Place, texts: Mapping[str, str]) -> PreviewedRow:
        values, problems = read_values(texts)
        area = self.section.area
        pasted = PastedRow(place, self._version(place), values)
        outcome = outcome_of(self.section.contents, area, pasted)
        wrong = {problem.place for problem in problems}
        problems += [problem for problem in outcome.problems if problem.place not in wrong]
        row = PreviewedRow(pasted, texts, outcome, problems)
        row.changes = list(self._changes(row))
        return row

    def _version(self, place: Place) -> int:
        if self._versions is not None:
            return self._versions.get(place.pk, 0)
        return version_of(self.section, place)

    def _changes(self, row: PreviewedRow) -> Iterator[Change]:
        problems = {problem.place: str(problem.message) for problem in row.problems}
        before, after = row.outcome.before, row.outcome.after
        changing = set(row.outcome.changes) | set(problems)
        for name, label in self.labels.items():
            if name not in changing or _is_default(name, row):
                continue
            now, then = _read(before.get(name)), _read(after.get(name))
            if name in problems:
                then = row.texts.get(name, then)
            if name == NOTHING:
                now, then = _("ticked"), _("not ticked")
            yield Change(label, now, then, problems.pop(name, ""))
        for message in problems.values():
            yield Change("", "", "", message)


def _read(value: Value) -> str:
    """A value as the reader writes it: 1.200."""
    return number_format(value) if isinstance(value, int) else text_of(value)


def read_values(texts: Mapping[str, str]) -> tuple[dict[str, Value], list[Problem]]:
    """The values of a row by cell name, and what is no value; an empty cell is None, which is not 0."""
    values: dict[str, Value] = {}
    problems = []
    for name, text in texts.items():
        try:
            values[name] = _value(name, text)
        except ValidationError as error:
            problems.append(Problem(error.messages[0], name))
    return values, problems


def _value(name: str, text: str) -> Value:
    if not text:
        return None
    if name == PRIORITY:
        priority = read_priority(text)
        if priority is None:
            raise ValidationError(_("The priority is 1 (most urgent) to 4. Choose one of them."))
        return priority
    if name == REASON:
        if len(text) > LONGEST_REASON:
            message = _("The reason has %(length)s characters; at most %(most)s fit. Shorten it.")
            raise ValidationError(message % {"length": len(text), "most": LONGEST_REASON})
        return text
    return parse_whole_number(text)


def _is_default(name: str, row: PreviewedRow) -> bool:
    """A row that states its first need takes the usual priority; the block did not ask for it."""
    return (
        name == PRIORITY
        and PRIORITY not in row.texts
        and row.outcome.before.get(PRIORITY) is None
        and row.outcome.after.get(PRIORITY) == DEFAULT_PRIORITY
    )


def version_of(section: Section, place: Place) -> int:
    """The stored version of a row; 0: never saved."""
    row = section.contents.rows.get((place.pk, section.area.pk if section.area else None))
    return row.version if row else 0


def seal_of(section: Section, lines: list[Line], place: Place, column: str) -> str:
    """Stands for what was previewed: the block, where it begins, and the table that it was laid over.

    A confirmation with another seal is of something that was not shown.
    """
    table = [[place.pk for place in section.contents.places], list(labels_of(section))]
    shown = [[line.cells for line in lines], place.pk, column, *table]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]
