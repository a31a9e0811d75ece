"""The warnings of a survey, each with what the commune says to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from needs.checks import Finding, Grade, findings_in
from needs.contents import Contents
from needs.models import CheckNote
from needs.sections import Section

LONGEST = 300


@dataclass(frozen=True)
class WrittenNote:
    """What somebody wrote to a warning: its ``figures`` and the note (``read``) as they saw them."""

    key: str
    figures: str
    text: str
    read: str = ""


@dataclass(frozen=True)
class NotedWarning:
    """``note`` None: nothing was said yet. ``typed``: what was written and could not be saved."""

    section: Section
    finding: Finding
    note: CheckNote | None = None
    typed: str | None = None

    @property
    def is_answered(self) -> bool:
        return answers(self.note, self.finding)

    @property
    def is_outdated(self) -> bool:
        """A note that was written to other figures asks to be read again."""
        return self.note is not None and not self.is_answered

    @property
    def stored(self) -> str:
        return self.note.text if self.note else ""

    @property
    def text(self) -> str:
        return self.stored if self.typed is None else self.typed


def answers(note: CheckNote | None, finding: Finding) -> bool:
    """A note answers a warning as long as the figures that it was written to stand."""
    return note is not None and note.figures == finding.figures


def unanswered(contents: Contents, findings: Iterable[Finding]) -> list[Finding]:
    """The warnings among ``findings`` to which nothing is said."""
    warnings = (finding for finding in findings if finding.grade is Grade.WARNING)
    return [warning for warning in warnings if not answers(contents.notes.get(warning.key), warning)]


def noted_warnings(
    sections: Sequence[Section],
    findings: Iterable[Finding] | None = None,
    typed: Mapping[str, str] | None = None,
) -> list[NotedWarning]:
    """The warnings of these sections with their notes: what ``needs/warnings.html`` shows."""
    if not sections:
        return []
    contents, by_code, typed = (
        sections[0].contents,
        {section.code: section for section in sections},
        typed or {},
    )
    found = findings_in(contents, Grade.WARNING) if findings is None else findings
    return [
        NotedWarning(by_code[each.section], each, contents.notes.get(each.key), typed.get(each.key))
        for each in found
        if each.grade is Grade.WARNING and each.section in by_code
    ]
