"""Save what a workbook says of a survey: all rows that were previewed as saved, or none."""

from __future__ import annotations

from collections.abc import Iterable

from directory import history
from directory.deeds import action
from directory.errors import Problem, Refusal, Stale
from directory.models import Place, SupportArea, User
from needs.actions.paste import PastedRow, save_outcome
from needs.actions.row import refuse_unless_open_to
from needs.actions.survey import acts_for, locked
from needs.cells import in_row
from needs.contents import Contents
from needs.models import Survey


@action
def save_workbook(
    *,
    by: User,
    survey: Survey,
    rows: Iterable[tuple[SupportArea | None, PastedRow]],
) -> Survey:
    """Save rows of all sections, each as ``save_row`` does; a row that would not change is left alone.

    If any row is refused nothing is saved and all problems are named, each with its place: ``Stale`` if
    somebody else saved one of the rows meanwhile, else ``Refusal`` (invalid_cells). Raises ``Forbidden``
    and ``WrongState`` like ``save_row``.
    """
    survey = locked(survey)
    refuse_unless_open_to(by, survey)
    contents = Contents(survey)
    saved, refusals = 0, []
    for area, row in rows:
        try:
            saved += save_outcome(by, contents, area, row)
        except Refusal as refusal:
            refusals.append((row.place, refusal))
    if refusals:
        raise _all_of(refusals)
    if saved:
        for_agency = acts_for(by, survey)
        history.record(survey, "save_workbook", by=by, on_behalf_of=for_agency, rows=saved)
    return survey


def _all_of(refusals: list[tuple[Place, Refusal]]) -> Refusal:
    """One refusal that names what is wrong in every row; a stale one names its place itself."""
    problems, stale = [], False
    for place, refusal in refusals:
        stale = stale or isinstance(refusal, Stale)
        before = "" if isinstance(refusal, Stale) else f"{place.name}: "
        problems += [
            Problem(f"{before}{problem.message}", in_row(place.pk, problem.place))
            for problem in refusal.problems
        ]
    return Stale(problems) if stale else Refusal(problems, code="invalid_cells")
