"""One row of a survey: a place in a section, with what it says, what changed and what was remarked."""

from __future__ import annotations

from dataclasses import dataclass

from directory.models import Place
from needs.cells import NOTHING, PRIORITY, REASON, Value
from needs.columns import columns_of
from needs.differences import Comparison, Difference, changes_at, comparisons_of
from needs.models import RowComment, Survey
from needs.sections import Section


@dataclass(frozen=True)
class SurveyLine:
    section: Section
    place: Place
    values: list[tuple[str, Value]]
    priority: Value
    reason: Value
    nothing: bool

    @property
    def survey(self) -> Survey:
        return self.section.contents.survey

    @property
    def comments(self) -> list[RowComment]:
        return self.section.comments_at(self.place)

    @property
    def changes(self) -> list[tuple[Comparison, list[Difference]]]:
        """What changed in it, against each thing that it can be compared with."""
        found = [
            (each, changes_at(self.section, self.place, each))
            for each in comparisons_of(self.section.contents)
        ]
        return [(comparison, changes) for comparison, changes in found if changes]


def line_of(section: Section, place: Place) -> SurveyLine:
    stored = section.contents.values_at(place, section.area)
    values = [(column.full_label, stored.get(column.name)) for column in columns_of(section)]
    return SurveyLine(
        section,
        place,
        [(label, value) for label, value in values if value is not None],
        stored.get(PRIORITY),
        stored.get(REASON),
        bool(stored.get(NOTHING)),
    )
