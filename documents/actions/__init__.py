"""Every write of this room. One file per noun."""

from documents.actions.paper import (
    draft_paper,
    freeze_paper,
    issue_paper,
    prepare_issue,
    redraft_paper,
    suggest_number,
)
from documents.actions.removal import refuse_erased, take_away
from documents.actions.signed import keep_signed, removal_verb, take_signed_away, tell_paper
from documents.actions.workbook_import import (
    Checked,
    begin_again,
    check_again,
    check_rows,
    confirm_import,
    discard_import,
    expire_import,
    note_progress,
    plan_import,
    preview_again,
    save_import,
    start_saving,
    take_in_workbook,
    upload_workbook,
)

__all__ = [
    "Checked",
    "begin_again",
    "check_again",
    "check_rows",
    "confirm_import",
    "discard_import",
    "draft_paper",
    "expire_import",
    "freeze_paper",
    "issue_paper",
    "keep_signed",
    "note_progress",
    "plan_import",
    "prepare_issue",
    "preview_again",
    "redraft_paper",
    "refuse_erased",
    "removal_verb",
    "save_import",
    "start_saving",
    "suggest_number",
    "take_away",
    "take_in_workbook",
    "take_signed_away",
    "tell_paper",
    "upload_workbook",
]
