"""What each version of a recorded visit said, as a reader compares them; kept by its corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from distributions.models import Finding, SupervisionSample, SupervisionVisit, VisitCorrection
from distributions.wording import day

Said = dict[str, str]
"""What a version says, by the name of its field in the form."""


@dataclass(frozen=True)
class Change:
    """One correction, and what it changed: (label, before, after)."""

    correction: VisitCorrection
    parts: list[tuple[str, str, str]]


def in_words(
    done_on: date | None,
    team: str,
    sample: SupervisionSample | None,
    conclusion: str,
    answers: Iterable[tuple[int, str, str]],
) -> Said:
    """``answers``: (id of the question, answer, note)."""
    said = {
        "done_on": day(done_on) if done_on else "",
        "team": team,
        "sample": named(sample) if sample else "",
        "conclusion": conclusion.replace("\r\n", "\n"),  # as a browser sends it, and as it was stored
    }
    for item, answer, note in answers:
        said |= _answered(item, answer, note)
    return said


def stands(visit: SupervisionVisit, findings: Iterable[Finding]) -> Said:
    """What the visit says now."""
    answers = [(row.item_id, row.answer, row.note) for row in findings]
    return in_words(visit.done_on, visit.team, visit.sample, visit.conclusion, answers)


def named(sample: SupervisionSample) -> str:
    """A sample by its days and how it was drawn."""
    return _("%(size)s of %(population)s deliveries of %(from)s to %(to)s, seed %(seed)s") % {
        "size": sample.size,
        "population": sample.population,
        "from": day(sample.from_on),
        "to": day(sample.to_on),
        "seed": sample.seed,
    }


def versions(now: Said, corrections: Iterable[VisitCorrection]) -> list[Said]:
    """Each version in turn: first what was written down at first, last what stands ``now``."""
    said = [now]
    for correction in sorted(corrections, key=lambda row: -row.number):
        said.append(said[-1] | _before(correction))
    return said[::-1]


def changes(
    visit: SupervisionVisit, findings: Iterable[Finding], corrections: Iterable[VisitCorrection]
) -> list[Change]:
    """What each correction changed, in their order."""
    findings, corrections = list(findings), list(corrections)
    said, labels = versions(stands(visit, findings), corrections), labels_of(findings)
    return [
        Change(correction, [(labels[name], before[name], after[name]) for name in differing(before, after)])
        for correction, before, after in zip(corrections, said, said[1:], strict=False)
    ]


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return [name for name in one if one[name] != other[name]]


def labels_of(findings: Iterable[Finding]) -> Said:
    labels = {
        "done_on": _("Visited on"),
        "team": _("Who goes"),
        "sample": _("How it was chosen"),
        "conclusion": _("Conclusion"),
    }
    for row in findings:
        answer, note = _names(row.item_id)
        labels |= {answer: row.question, note: f"{row.question} ({_('Note')})"}
    return labels


def _before(correction: VisitCorrection) -> Said:
    """What the correction took the place of; answers that it left alone are not in it."""
    answers = [(row.finding.item_id, row.answer, row.note) for row in correction.findings.all()]
    return in_words(correction.done_on, correction.team, correction.sample, correction.conclusion, answers)


def _answered(item: int, answer: str, note: str) -> Said:
    label = str(Finding.Answer(answer).label) if answer in Finding.Answer.values else answer
    return dict(zip(_names(item), (label, note), strict=True))


def note_of(item: int) -> str:
    """The field of a question's note in the form."""
    return _names(item)[1]


def _names(item: int) -> tuple[str, str]:
    """The fields of a question in the form."""
    return f"item-{item}-answer", f"item-{item}-note"
