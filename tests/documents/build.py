"""Papers for tests, made through the actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from directory.models import User
from documents import actions
from documents.models import Paper
from documents.snapshot import Snapshot
from tests.documents.sample import sample
from tests.world import World

ISSUED_ON = date(2025, 6, 2)


def small_snapshot(**changes: Any) -> Snapshot:
    """One page, no annexes: laid out in a second."""
    snapshot: Any = {
        **sample(),
        "annexes": [],
        "body": [{"kind": "paragraph", "text": "Một đoạn."}],
        **changes,
    }
    return snapshot


def draft(world: World, **changes: Any) -> Paper:
    """A draft of UBND huyện by the coordinator."""
    arguments: dict[str, Any] = {
        "by": world.user("coordinator"),
        "kind": "report",
        "agency": world.agency("UBND huyện"),
        "symbol": "BC-UBND",
        "title": "Báo cáo 6 tháng đầu năm 2025",
        "snapshot": small_snapshot(),
    }
    return actions.draft_paper(**{**arguments, **changes})


def issued(world: World, number: int = 12, dated: date = ISSUED_ON, **changes: Any) -> Paper:
    """A paper issued by the leader, with its PDF."""
    paper = draft(world, **changes)
    by: User = world.user("leader")
    return actions.issue_paper(by=by, paper=paper, number=number, dated=dated, snapshot=paper.snapshot)
