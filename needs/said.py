"""What one version of a survey says, all cells at once: to lay two versions side by side, and to keep one."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from needs.cells import StatedNeed
from needs.contents import Contents
from needs.earlier import Said
from needs.models import Survey


def said_in(contents: Contents) -> Said:
    nothing = frozenset(
        (place, area) for (place, area), row in contents.rows.items() if area is not None and row.nothing
    )
    return Said(contents.counts, contents.statements, nothing)


def kept_cells(survey: Survey) -> dict[str, Any]:
    """All cells of a survey as JSON, for ``Survey.returned_cells``: kept by whoever sends it back."""
    said = said_in(Contents(survey))
    return {
        "counts": [[*key, value] for key, value in said.counts.items()],
        "statements": [[*key, *astuple(need)] for key, need in said.statements.items()],
        "nothing": [list(key) for key in said.nothing],
    }


def said_when_returned(survey: Survey) -> Said | None:
    """What a survey said when it was last returned; None if it never was."""
    kept = survey.returned_cells
    if kept is None:
        return None
    counts = {(place, band, group): value for place, band, group, value in kept["counts"]}
    stated = {(place, item, band): StatedNeed(*need) for place, item, band, *need in kept["statements"]}
    return Said(counts, stated, frozenset((place, area) for place, area in kept["nothing"]))
