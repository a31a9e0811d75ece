"""Former words of a visit that name a child are erased: in every version that it keeps, not in the last only.

A name may have stood through several corrections, each of which keeps it. So all kept words go that differ
from those that are right; answers, days, samples, who, when and why stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from distributions.models import CorrectedFinding, VisitCorrection
from distributions.visit_versions import Said, note_of

ERASED = "(đã xoá: có tên trẻ)"
Kept = VisitCorrection | CorrectedFinding


def holds_other_words(corrections: Iterable[VisitCorrection], right: Said) -> bool:
    return any(True for _found in _other_words(corrections, right))


def erase_other_words(corrections: Iterable[VisitCorrection], right: Said) -> list[str]:
    """Within an action. The names of the fields of which words were erased."""
    erased = []
    for row, column, name in list(_other_words(corrections, right)):
        setattr(row, column, ERASED)
        row.save(update_fields=[column])
        erased.append(name)
    return list(dict.fromkeys(erased))


def _other_words(corrections: Iterable[VisitCorrection], right: Said) -> Iterator[tuple[Kept, str, str]]:
    """(row, its column, the field of the form) of each text that differs from the right one."""
    texts: list[tuple[Kept, str, str]] = []
    for correction in corrections:
        texts += [(correction, name, name) for name in ("team", "conclusion")]
        texts += [(row, "note", note_of(row.finding.item_id)) for row in correction.findings.all()]
    for row, column, name in texts:
        text = getattr(row, column).replace("\r\n", "\n")
        if text not in ("", ERASED, right[name]):
            yield row, column, name
