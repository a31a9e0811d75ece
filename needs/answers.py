"""Check your answers: what each section of a survey says, and what is still open in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from directory.models import Place
from needs.checks import Finding, Grade, findings_in
from needs.notes import NotedWarning, noted_warnings
from needs.sections import Section
from needs.summary import Summary, summaries_of


@dataclass(frozen=True)
class Answers:
    """``missing`` row by row: one line names a place and each of its empty cells."""

    section: Section
    summary: Summary
    missing: list[tuple[Place, list[Finding]]] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    warnings: list[NotedWarning] = field(default_factory=list)

    @property
    def gaps(self) -> int:
        """Empty cells and unanswered rows."""
        return sum(len(findings) for _place, findings in self.missing)

    @property
    def unnoted(self) -> list[NotedWarning]:
        return [warning for warning in self.warnings if not warning.is_answered]

    @property
    def is_complete(self) -> bool:
        return not (self.missing or self.errors or self.unnoted)


def answers_in(sections: Sequence[Section], typed: Mapping[str, str] | None = None) -> list[Answers]:
    """For the sections that somebody may see; ``typed``: notes that could not be saved, by key."""
    findings = findings_in(sections[0].contents) if sections else []
    warnings = noted_warnings(sections, findings, typed)
    return [
        Answers(
            section,
            summary,
            _by_row([f for f in findings if f.section == section.code and f.grade is Grade.MISSING]),
            [f for f in findings if f.section == section.code and f.grade is Grade.ERROR],
            [warning for warning in warnings if warning.section == section],
        )
        for section, summary in zip(sections, summaries_of(sections), strict=True)
    ]


def _by_row(findings: list[Finding]) -> list[tuple[Place, list[Finding]]]:
    order = {finding.place: index for index, finding in reversed(list(enumerate(findings)))}
    by_place = sorted(findings, key=lambda finding: order[finding.place])
    return [(place, list(cells)) for place, cells in groupby(by_place, key=lambda finding: finding.place)]
