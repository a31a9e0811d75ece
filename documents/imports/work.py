"""Checking and saving: at once if it is short, else by the job worker, so that the page can be left."""

from __future__ import annotations

import logging
import time
import uuid

from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from directory.errors import Refusal, Stale, WrongState
from directory.models import User
from documents import actions
from documents.models import WorkbookImport
from documents.states import ImportState

logger = logging.getLogger(__name__)

# Rows that are checked or saved while the browser waits.
AT_ONCE = 500
# Between two words on how far the check is.
SECONDS = 1.0


def check(found: WorkbookImport) -> None:
    """Have an uploaded file checked, row by row; drop what nobody confirmed in time."""
    if found.total <= AT_ONCE:
        _check(found)
    else:
        check_later.enqueue(found.pk)
    clear_later.enqueue()


def save(found: WorkbookImport, *, by: User, key: uuid.UUID | None = None) -> WorkbookImport:
    """Have what was previewed saved. Raises as ``confirm_import`` does."""
    if found.saves <= AT_ONCE:
        return actions.confirm_import(by=by, workbook_import=found, key=key)
    started = actions.start_saving(by=by, workbook_import=found, key=key)
    save_later.enqueue(started.pk)
    return started


def go_on(found: WorkbookImport) -> None:
    """The job that worked on it has died (a power cut): another one begins again."""
    job = {ImportState.PLANNING: check_later, ImportState.SAVING: save_later}.get(ImportState(found.state))
    if job is not None and actions.begin_again(by=found.by, workbook_import=found):
        job.enqueue(found.pk)


@task()
def check_later(pk: int) -> None:
    if found := _found(pk, ImportState.PLANNING):
        _check(found)


@task()
def save_later(pk: int) -> None:
    if found := _found(pk, ImportState.SAVING):
        with translation.override(found.language):
            _save(found)


@task()
def clear_later() -> None:
    clear()


def clear() -> int:
    """Expire previews that nobody confirmed in time, and drop the bytes of files whose time is over."""
    over = list(WorkbookImport.objects.over().without_content().select_related("by"))
    for found in over:
        actions.expire_import(by=found.by, workbook_import=found)
    return len(over)


def _found(pk: int, state: ImportState) -> WorkbookImport | None:
    """What a job is about, unless another job or the user was faster."""
    found = WorkbookImport.objects.without_content().select_related("by")
    return found.filter(pk=pk, state=state).first()


def _check(found: WorkbookImport) -> None:
    if found.state != ImportState.PLANNING:  # the same form sent twice
        return
    try:
        checked = actions.check_rows(found, _Progress(found))
    except Exception:
        logger.exception("The check of import %s failed.", found.pk)
        checked = actions.Checked(problems=[_failed(found)])
    try:
        actions.plan_import(by=found.by, workbook_import=found, prepared=checked)
    except WrongState:
        logger.info("Import %s is not being checked any more.", found.pk)


def _save(found: WorkbookImport) -> None:
    try:
        actions.save_import(by=found.by, workbook_import=found)
    except Stale as stale:
        _back(found, str(stale))
        check(actions.check_again(by=found.by, workbook_import=found))
    except WrongState:
        logger.info("Import %s is not being saved any more.", found.pk)
    except Refusal as refusal:
        _back(found, str(refusal))
    except Exception:
        logger.exception("Import %s was not saved.", found.pk)
        _back(found, _failed(found))


def _back(found: WorkbookImport, problem: str) -> None:
    actions.preview_again(by=found.by, workbook_import=found, problem=problem)


def _failed(found: WorkbookImport) -> str:
    with translation.override(found.language):
        return _(
            "Nothing was saved: the portal failed over this file. Tell the administrator, who finds the "
            "cause in the server's log, then try again."
        )


class _Progress:
    """Called for each few rows; written down once a second, each time in a transaction of its own."""

    def __init__(self, found: WorkbookImport) -> None:
        self.found, self.said_at = found, time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self.said_at >= SECONDS:
            self.said_at = time.monotonic()
            actions.note_progress(by=self.found.by, workbook_import=self.found, done=done, total=total)
