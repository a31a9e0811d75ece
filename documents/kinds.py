"""The kinds of paper: who drafts and issues them, and who reads them beside who has them within reach.

A room registers its kinds when it starts; a kind that nobody registered is a report.
"""

from __future__ import annotations

from dataclasses import dataclass

from directory.roles import Permission


@dataclass(frozen=True)
class PaperKind:
    """``read_around``: issued ones are read in all units around the agency, as reports are."""

    name: str
    draft: Permission
    issue: Permission
    read_around: bool = False


REPORT = PaperKind("", Permission.COMPILE_REPORT, Permission.ISSUE_REPORT, read_around=True)
_kinds: dict[str, PaperKind] = {}


def register(kind: PaperKind) -> None:
    """Registering twice changes nothing."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> PaperKind:
    return _kinds.get(name, REPORT)


def kept_within_reach() -> list[str]:
    """The names of the kinds that are no business of the units around."""
    return [kind.name for kind in _kinds.values() if not kind.read_around]
