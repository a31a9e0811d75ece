"""Who may do what to a paper."""

from __future__ import annotations

from directory.models import Agency, User
from documents.kinds import kind_of
from documents.models import Paper, PaperFile


def speaks_for(user: User, agency: Agency) -> bool:
    """The agency is the user's own, or its unit is one that the user coordinates or leads."""
    return agency.unit_id in user.reach.scopes or agency.pk in user.reach.agencies


def may_draft(user: User, agency: Agency, kind: str = "") -> bool:
    return user.may(kind_of(kind).draft) and speaks_for(user, agency)


def may_issue(user: User, paper: Paper) -> bool:
    return user.may(kind_of(paper.kind).issue) and speaks_for(user, paper.agency)


def coordinates(user: User, paper: Paper) -> bool:
    """Whoever issues papers for the agency from the office that coordinates (or leads) its unit."""
    return user.may(kind_of(paper.kind).issue) and paper.agency.unit_id in user.reach.scopes


def may_take_away(user: User, file: PaperFile) -> bool:
    """A signed file: who brought it, while it counts; the coordinating office also what was set aside."""
    return coordinates(user, file.paper) or (
        file.is_kept and file.is_from(user) and may_issue(user, file.paper)
    )
