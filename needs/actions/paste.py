"""Save a block of rows that was pasted into the grid: all of them or none."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from directory import history
from directory.deeds import action
from directory.errors import Problem, Refusal, Stale
from directory.models import Place, SupportArea, User
from needs.actions.row import nothing_beside_needs, problems_in, refuse_unless_open_to, save_in
from needs.actions.survey import locked
from needs.cells import (
    DEFAULT_PRIORITY,
    NOTHING,
    PRIORITY,
    REASON,
    NeedKey,
    StatedNeed,
    Value,
    children_cell,
    girls_cell,
    in_row,
    key_of,
    need_values,
    quantity_cell,
    text_of,
)
from needs.contents import Contents
from needs.models import Survey


@dataclass(frozen=True)
class PastedRow:
    """What a block says of one place: ``values`` by cell name, None clears the cell; others stay.

    ``NOTHING`` among them: 1 says that nothing is needed, None takes that back.
    ``version`` is the version of the row that whoever pastes has seen.
    """

    place: Place
    version: int
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Outcome:
    """What a pasted row would make of the stored one. ``cells`` and ``nothing``: what ``save_row`` takes."""

    before: Mapping[str, Value]
    after: Mapping[str, Value]
    cells: Mapping[tuple[int, int], Any]
    problems: list[Problem]
    nothing: bool | None = None

    @property
    def saves(self) -> bool:
        """Whether there is anything to save."""
        return bool(self.cells) or self.nothing is not None

    @property
    def changes(self) -> list[str]:
        names = dict.fromkeys([*self.before, *self.after])
        return [name for name in names if text_of(self.before.get(name)) != text_of(self.after.get(name))]


@action
def paste_block(
    *,
    by: User,
    survey: Survey,
    area: SupportArea | None,
    rows: Iterable[PastedRow],
    key: uuid.UUID | None = None,
) -> Survey:
    """Save the pasted rows one by one as ``save_row`` does; a row that would not change is left alone.

    If any row is refused nothing is saved and all problems are named, each with its place and cell:
    ``Stale`` if somebody else saved one of the rows meanwhile, else ``Refusal`` (invalid_cells).
    Raises ``Forbidden`` and ``WrongState`` like ``save_row``.
    """
    survey = locked(survey)
    refuse_unless_open_to(by, survey)
    contents = Contents(survey)
    saved, refusals = 0, []
    for row in rows:
        try:
            saved += save_outcome(by, contents, area, row)
        except Refusal as refusal:
            refusals.append((row.place, refusal))
    if refusals:
        raise _all_of(refusals)
    if saved:
        history.record(survey, "paste_block", by=by, area=area.code if area else "", rows=saved)
    return survey


def save_outcome(by: User, contents: Contents, area: SupportArea | None, row: PastedRow) -> int:
    """Save one row within an action that has locked the survey; returns how many were (0 or 1)."""
    outcome = outcome_of(contents, area, row)
    if outcome.problems:
        raise Refusal(outcome.problems, code="invalid_cells")
    if not outcome.saves:
        return 0
    save_in(contents, by, row.place, area, row.version, outcome.cells, outcome.nothing)
    return 1


def _all_of(refusals: list[tuple[Place, Refusal]]) -> Refusal:
    """One refusal that names what is wrong in every row."""
    stale = any(isinstance(refusal, Stale) for _place, refusal in refusals)
    problems = [
        Problem(_named(place, refusal, problem), in_row(place.pk, problem.place))
        for place, refusal in refusals
        for problem in refusal.problems
    ]
    return Stale(problems) if stale else Refusal(problems, code="invalid_cells")


def _named(place: Place, refusal: Refusal, problem: Problem) -> str:
    if isinstance(refusal, Stale):
        message = _(
            "%(place)s was changed meanwhile by somebody else, so nothing of the block was saved. "
            "See below what stands there now, then save again."
        )
        return message % {"place": place.name}
    return f"{place.name}: {problem.message}"


def outcome_of(contents: Contents, area: SupportArea | None, row: PastedRow) -> Outcome:
    """What the stored row becomes; read only, so that the preview and the saving say the same."""
    before = contents.values_at(row.place, area)
    values = {name: value for name, value in row.values.items() if name != NOTHING}
    said = {name: value for name, value in values.items() if text_of(value) != text_of(before.get(name))}
    if area is None:
        counts = {key_of(name): value for name, value in said.items()}
        return Outcome(before, {**before, **said}, counts, list(problems_in(contents, None, counts)))
    stored = contents.needs_at(row.place, area)
    by_sex = {item.pk for item, _band in contents.item_bands_of(area) if item.by_sex}
    needs = _needs(stored, said, by_sex)
    whole = {key: need for key, need in {**stored, **needs}.items() if need}
    nothing = bool(row.values[NOTHING]) if NOTHING in row.values else None
    problems = [*problems_in(contents, area, needs), *_row_problems(values, said, whole)]
    problems += nothing_beside_needs(contents, row.place, area, needs, nothing)
    stands = bool(before.get(NOTHING)) if nothing is None else nothing
    after = need_values(whole) | {NOTHING: 1 if stands and not whole else None}
    changes = nothing is not None and nothing != bool(before.get(NOTHING))
    return Outcome(before, after, needs, problems, nothing if changes else None)


def _needs(
    stored: Mapping[NeedKey, StatedNeed], said: Mapping[str, Value], by_sex: Container[int]
) -> dict[NeedKey, StatedNeed | None]:
    """The stated needs that change. Priority and reason stand once a row; where they change, all needs do."""
    row = {**need_values(stored), **said}
    fresh = StatedNeed(None, None, int(row.get(PRIORITY) or DEFAULT_PRIORITY), str(row.get(REASON) or ""))
    keys = dict.fromkeys(key_of(name) for name in said if name not in (PRIORITY, REASON))
    if PRIORITY in said or REASON in said:
        keys |= dict.fromkeys(stored)
    # An item that is no longer asked for by sex loses its girls, as there is no column to clear them in.
    old = {key: need if key[0] in by_sex else replace(need, girls=None) for key, need in stored.items()}
    return {key: _need(old.get(key, fresh), key, said, fresh) for key in keys}


def _need(
    stated: StatedNeed, key: NeedKey, said: Mapping[str, Value], fresh: StatedNeed
) -> StatedNeed | None:
    changed: dict[str, int | None] = {}
    for field, cell in (("children", children_cell), ("girls", girls_cell), ("quantity", quantity_cell)):
        if (name := cell(*key)) in said:
            value = said[name]
            changed[field] = None if value is None else int(value)
    need = replace(
        stated,
        **changed,
        priority=fresh.priority if PRIORITY in said else stated.priority,
        reason=fresh.reason if REASON in said else stated.reason,
    )
    return need if (need.children, need.girls, need.quantity) != (None, None, None) else None


def _row_problems(
    pasted: Mapping[str, Value], said: Mapping[str, Value], whole: Mapping[NeedKey, StatedNeed]
) -> Iterator[Problem]:
    if whole and PRIORITY in pasted and pasted[PRIORITY] is None:
        message = _("A need has a priority: 1 (most urgent) to 4. Enter it, or leave the column out.")
        yield Problem(message, PRIORITY)
    if not whole and said.get(REASON):
        message = _("A reason, but no need in this row. Enter children and quantity, or clear the reason.")
        yield Problem(message, REASON)
