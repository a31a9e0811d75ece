"""Lay what a file says over the survey: which rows it adds, changes, leaves alone, and which are refused.

Reads only, within the queries that ``Contents`` takes. The rules are those of the grid and of pasting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from directory.models import Place, SupportArea
from documents.imports.importer import Progress, unheard
from documents.imports.plan import Change, Fate, Plan, PlannedRow, RowProblem, Shown
from needs.actions.paste import Outcome, PastedRow, outcome_of
from needs.cells import DEFAULT_PRIORITY, NOTHING, PRIORITY, REASON, Value, text_of
from needs.contents import Contents
from needs.models import SurveyRow
from needs.paste import labels_of
from needs.sections import Section
from needs.workbooks.survey.said import SaidBook, SaidRow
from needs.workbooks.survey.values import folded, read_values

SAY_EVERY = 50


def plan_of(contents: Contents, said: SaidBook, progress: Progress = unheard) -> Plan:
    """One planned row for each row of the file, in its order; what nothing becomes of stands last."""
    planner = Planner(contents, said)
    rows = list(said.lost)
    for done, row in enumerate(said.rows, start=1):
        rows.append(planner.planned(row))
        if done % SAY_EVERY == 0:
            progress(done, len(said.rows))
    rows.sort(key=lambda row: (row.fate is Fate.UNCHANGED, row.page, row.number))
    return Plan(rows, said.notes, error_columns=said.error_columns, heading_rows=said.heading_rows)


class Planner:
    """Compares rows with one survey; what is the same for all of them is read once."""

    def __init__(self, contents: Contents, said: SaidBook) -> None:
        self.contents = contents
        self._sections = {area: Section(contents, area) for area in [None, *contents.areas]}
        self._labels = {area: labels_with_nothing(section) for area, section in self._sections.items()}
        self._times = Counter((row.place.pk, row.area) for row in said.rows)

    def planned(self, row: SaidRow) -> PlannedRow:
        values, wrong = read_values(row.values)
        pasted = PastedRow(row.place, self._version(row), self._as_stored(row, values))
        outcome = outcome_of(self.contents, row.area, pasted)
        problems = [*row.problems, *self._problems(row, wrong, outcome)]
        if row.untouched:
            return self._made(row, Fate.UNCHANGED)
        if self._is_new_elsewhere(row) and not problems and outcome.saves:
            problems = list(self._both_values(row, outcome))
            return self._made(row, Fate.REFUSED, problems=problems, data=_seen(pasted, row.area))
        if problems:
            return self._made(row, Fate.REFUSED, problems=problems)
        if not outcome.saves:
            return self._made(row, Fate.UNCHANGED)
        changes = list(self._changes(row.area, outcome))
        return self._made(row, _fate(outcome), changes, data=_data(pasted, row.area, outcome))

    def _made(self, row: SaidRow, fate: Fate, *args: object, **more: object) -> PlannedRow:
        label = f"{self._sections[row.area].label}: {row.place.name}"
        return PlannedRow(row.page, row.number, label, fate, *args, **more)  # type: ignore[arg-type]

    def _stored(self, place: Place, area: SupportArea | None) -> SurveyRow | None:
        return self.contents.rows.get((place.pk, area.pk if area else None))

    def _version(self, row: SaidRow) -> int:
        """The version that saving goes out from: the stored one, whatever the file was made from."""
        stored = self._stored(row.place, row.area)
        return stored.version if stored else 0

    def _is_new_elsewhere(self, row: SaidRow) -> bool:
        return row.version is not None and row.version != self._version(row)

    def _as_stored(self, row: SaidRow, values: dict[str, Value]) -> dict[str, Value]:
        """A reason that differs in nothing but spaces and the way its letters are composed stays as it is."""
        stored = self.contents.values_at(row.place, row.area).get(REASON)
        if REASON in values and folded(stored) == values[REASON]:
            values[REASON] = stored
        return values

    def _problems(self, row: SaidRow, wrong: Mapping[str, str], outcome: Outcome) -> Iterator[RowProblem]:
        """All at once, each at its cell; a cell that could not be read is not complained of twice."""
        if self._times[row.place.pk, row.area] > 1:
            message = _("%(place)s stands in several rows of the file. Keep one of them.")
            yield RowProblem(message % {"place": row.place.name})
        labels = self._labels[row.area]
        for name, message in wrong.items():
            yield RowProblem(f"{labels.get(name, name)}: {message}", row.columns.get(name))
        for problem in outcome.problems:
            if problem.place not in wrong:
                label = labels.get(problem.place)
                text = f"{label}: {problem.message}" if label else str(problem.message)
                yield RowProblem(text, row.columns.get(problem.place))

    def _both_values(self, row: SaidRow, outcome: Outcome) -> Iterator[RowProblem]:
        """Somebody saved the row since the workbook was made: by whom, and at each cell both values."""
        stored = self._stored(row.place, row.area)
        message = _(
            "%(place)s was changed on %(when)s by %(by)s, after this workbook was made, and is not "
            "overwritten. The workbook with errors shows both values: what its row says when you upload that "
            "one is taken."
        )
        yield RowProblem(message % {"place": row.place.name, **_saved(stored)})
        differs = _("%(label)s: the survey says “%(theirs)s”, the file “%(yours)s”.")
        for change in self._changes(row.area, outcome, every=True):
            shown = {"label": change.label, "theirs": _said(change.before), "yours": _said(change.after)}
            name = next(name for name, label in self._labels[row.area].items() if label == change.label)
            yield RowProblem(differs % shown, row.columns.get(name))

    def _changes(self, area: SupportArea | None, outcome: Outcome, every: bool = False) -> Iterator[Change]:
        """In the order of the grid. The usual priority goes without saying, unless ``every``."""
        changing = set(outcome.changes)
        for name, label in self._labels[area].items():
            before, after = outcome.before.get(name), outcome.after.get(name)
            usual = name == PRIORITY and before is None and after == DEFAULT_PRIORITY
            if name in changing and (every or not usual):
                yield _ticked(label, before, after) if name == NOTHING else _change(label, before, after)


def labels_with_nothing(section: Section) -> dict[str, str]:
    """Every column of a section by cell name, “nothing needed” too."""
    return labels_of(section) | ({NOTHING: _("Nothing needed")} if section.area else {})


def _fate(outcome: Outcome) -> Fate:
    held = any(value is not None and text_of(value) for value in outcome.before.values())
    return Fate.CHANGED if held else Fate.ADDED


def _data(row: PastedRow, area: SupportArea | None, outcome: Outcome) -> dict[str, object]:
    """What saving needs: the cells that change, and the version of the row that they change."""
    before = outcome.before
    said = {name: value for name, value in row.values.items() if text_of(value) != text_of(before.get(name))}
    return _seen(row, area) | {"values": said}


def _seen(row: PastedRow, area: SupportArea | None) -> dict[str, object]:
    """The stored row that whoever decides has seen."""
    return {"place": row.place.pk, "area": area.pk if area else None, "version": row.version}


def _change(label: str, before: Value, after: Value) -> Change:
    """An empty reason is none."""
    return Change(label, before if before != "" else None, after if after != "" else None)


def _ticked(label: str, before: Value, after: Value) -> Change:
    """To take back that nothing is needed empties no figure."""
    return Change(label, _("ticked") if before else None, _("ticked") if after else _("not ticked"))


def _said(value: Shown) -> str:
    return _("nothing") if value is None else number_format(value) if isinstance(value, int) else value


def _saved(row: SurveyRow | None) -> dict[str, str]:
    if row is None or row.saved_at is None:
        return {"by": _("somebody else"), "when": ""}
    when = date_format(localtime(row.saved_at), "SHORT_DATETIME_FORMAT")
    return {"by": str(row.saved_by or _("somebody else")), "when": when}
