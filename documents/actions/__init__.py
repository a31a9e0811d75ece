"""Every write of this room. One file per noun."""

from documents.actions.paper import (
    draft_paper,
    freeze_paper,
    issue_paper,
    prepare_issue,
    redraft_paper,
    suggest_number,
)
from documents.actions.workbook_import import confirm_import, discard_import, upload_workbook

__all__ = [
    "confirm_import",
    "discard_import",
    "draft_paper",
    "freeze_paper",
    "issue_paper",
    "prepare_issue",
    "redraft_paper",
    "suggest_number",
    "upload_workbook",
]
