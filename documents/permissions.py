"""Who may do what to a paper."""

from __future__ import annotations

from directory.models import Agency, User
from documents.kinds import kind_of
from documents.models import Paper


def speaks_for(user: User, agency: Agency) -> bool:
    """The agency is the user's own, or its unit is one that the user coordinates or leads."""
    return agency.unit_id in user.reach.scopes or agency.pk in user.reach.agencies


def may_draft(user: User, agency: Agency, kind: str = "") -> bool:
    return user.may(kind_of(kind).draft) and speaks_for(user, agency)


def may_issue(user: User, paper: Paper) -> bool:
    return user.may(kind_of(paper.kind).issue) and speaks_for(user, paper.agency)
