"""Workbooks that come in: nothing is saved before the preview, and the preview is what is saved.

Reading a file and checking its rows takes seconds and writes nothing, so both stand outside of the
transactions (SQLite lets one writer in at a time); what they found is handed to the action.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import User
from directory.states import target_of
from documents.imports.importer import Importer, Progress, importer_of, unheard
from documents.imports.plan import Fate, Plan
from documents.models import WorkbookImport
from documents.reading import Book, read_book
from documents.states import IMPORT_TRANSITIONS, ImportState

LONGEST_NAME = 200
SAVE = gettext_noop("save the rows of a workbook")


@dataclass(frozen=True)
class Checked:
    """What the check of a file found: a plan and the stamp of what it was compared with, or why none."""

    plan: Plan | None = None
    stamp: str = ""
    problems: list[str] = field(default_factory=list)


def upload_workbook(
    *,
    by: User,
    kind: str,
    file_name: str,
    content: bytes,
    subject: models.Model | None = None,
    key: uuid.UUID | None = None,
) -> WorkbookImport:
    """Take in a file (XLSX or CSV); nothing that it says is saved. ``plan_import`` checks its rows.

    Raises ``Forbidden``, ``WrongState``, ``Refusal`` for what is no workbook (``documents.reading``).
    """
    importer_to(kind, by, subject).refuse_unless_allowed()
    book = read_book(content, file_name)
    found = take_in_workbook(
        by=by, kind=kind, file_name=file_name, content=content, subject=subject, prepared=book, key=key
    )
    found.book = book
    return found


@action
def take_in_workbook(
    *,
    by: User,
    kind: str,
    file_name: str,
    content: bytes,
    subject: models.Model | None,
    prepared: Book,
    key: uuid.UUID | None = None,
) -> WorkbookImport:
    """Keep a file that was read as ``prepared``. See ``upload_workbook``."""
    importer_to(kind, by, subject).refuse_unless_allowed()
    return WorkbookImport.objects.create(
        kind=kind,
        subject_type=ContentType.objects.get_for_model(subject) if subject else None,
        subject_id=subject.pk if subject else None,
        by=by,
        language=translation.get_language(),
        file_name=file_name[-LONGEST_NAME:],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        total=sum(len(page.lines) for page in prepared),
    )


def check_rows(found: WorkbookImport, progress: Progress = unheard) -> Checked:
    """Check every row, in the language of whoever uploaded the file. Reads only."""
    with translation.override(found.language):
        try:
            importer = importer_for(found)
            importer.refuse_unless_allowed()
            stamp = importer.stamp()
            return Checked(_planned(importer, found, progress), stamp)
        except Refusal as refusal:
            return Checked(problems=[str(problem.message) for problem in refusal.problems])


@action
def plan_import(
    *, by: User, workbook_import: WorkbookImport, prepared: Checked | None = None
) -> WorkbookImport:
    """Keep what each row would do. A refusal of the whole file is kept too, in words.

    ``prepared``: what ``check_rows`` found; without it the rows are checked here.
    Raises ``Forbidden``, ``WrongState`` if it is not being checked (any more).
    """
    found = _locked(workbook_import)
    _refuse_strangers(by, found)
    checked = prepared or check_rows(found)
    if checked.plan is None:
        found.problems = checked.problems
        return _end(found, "refuse")
    found.state = _target(found, "preview")
    _keep(found, checked.plan, checked.stamp)
    return found


@action
def note_progress(*, by: User, workbook_import: WorkbookImport, done: int, total: int) -> None:
    """Say how many of the rows are checked, so that the page can show it."""
    rows = WorkbookImport.objects.filter(pk=workbook_import.pk, by=by, state=ImportState.PLANNING)
    rows.update(done=done, total=total, moved_at=clock.now())


@action
def confirm_import(
    *, by: User, workbook_import: WorkbookImport, key: uuid.UUID | None = None
) -> WorkbookImport:
    """Save the rows that the preview says are added or changed; refused rows are left out.

    Raises ``Forbidden`` (another's, or no longer allowed), ``WrongState`` (saved, discarded or expired),
    ``Stale`` if what it would do has changed since the preview: see ``check_again``.
    """
    return _saved(_confirmed(by, workbook_import), by)


@action
def start_saving(
    *, by: User, workbook_import: WorkbookImport, key: uuid.UUID | None = None
) -> WorkbookImport:
    """Confirm a long file: a job saves it (``save_import``). Raises as ``confirm_import`` does."""
    found = _confirmed(by, workbook_import)
    found.moved_at = clock.now()
    found.save(update_fields=["state", "problems", "moved_at"])  # not megabytes of rows that stay as they are
    return found


@action
def save_import(*, by: User, workbook_import: WorkbookImport) -> WorkbookImport:
    """Save what was confirmed. Raises ``Forbidden``, ``WrongState``, ``Stale``: then nothing was saved."""
    found = _locked(workbook_import)
    _refuse_strangers(by, found)
    _target(found, "save")
    importer_for(found).refuse_unless_allowed()
    return _saved(found, by)


@action
def preview_again(*, by: User, workbook_import: WorkbookImport, problem: str) -> WorkbookImport:
    """Back to the preview: it could not be saved, and ``problem`` says why. Raises ``WrongState``."""
    found = _locked(workbook_import)
    _refuse_strangers(by, found)
    found.state, found.problems = _target(found, "preview again"), [problem]
    found.save()
    return found


@action
def check_again(*, by: User, workbook_import: WorkbookImport) -> WorkbookImport:
    """Have the rows checked anew: what they are compared with has changed. Raises ``WrongState``."""
    found = _locked(workbook_import)
    _refuse_strangers(by, found)
    found.state, found.done, found.moved_at = _target(found, "check again"), 0, clock.now()
    found.save()
    return found


@action
def begin_again(*, by: User, workbook_import: WorkbookImport) -> bool:
    """Whether another job should take up the work: not while one holds it, nor if one was just asked to."""
    rows = WorkbookImport.objects.without_content().filter(pk=workbook_import.pk, by=by)
    found = rows.select_for_update(no_key=True, skip_locked=True).first()
    if found is None or not found.is_silent:
        return False
    found.moved_at = clock.now()
    found.save(update_fields=["moved_at"])
    return True


@action
def discard_import(*, by: User, workbook_import: WorkbookImport) -> WorkbookImport:
    """Drop the file and its preview. Raises ``Forbidden``, ``WrongState``."""
    found = _locked(workbook_import)
    _refuse_strangers(by, found)
    return _end(found, "discard")


@action
def expire_import(*, by: User, workbook_import: WorkbookImport) -> WorkbookImport:
    """Its time is over: what was not confirmed expires, and no bytes are kept. Nothing before its time."""
    found = _locked(workbook_import)
    if found.is_over:
        return _end(found, "expire")
    if found.state == ImportState.SAVED and found.expires_at < clock.now():
        _drop(found)
        found.save()
    return found


def importer_for(found: WorkbookImport) -> Importer:
    """Raises ``Refusal`` (unknown_kind, subject_gone)."""
    importer = importer_to(found.kind, found.by, found.subject)
    if importer.has_subject and importer.subject is None:
        raise Refusal(_("What this workbook is about does not exist any more."), code="subject_gone")
    return importer


def importer_to(kind: str, user: User, subject: Any = None) -> Importer:
    importer = importer_of(kind)
    if importer is None:
        raise Refusal(_("The portal does not read this kind of workbook (any more)."), code="unknown_kind")
    return importer(user, subject)


def book_of(found: WorkbookImport) -> Book:
    """Its cells, as long as its bytes are kept."""
    assert found.content is not None  # a constraint: an open import keeps its file
    return found.book or read_book(bytes(found.content), found.file_name)


def _planned(importer: Importer, found: WorkbookImport, progress: Progress = unheard) -> Plan:
    book = book_of(found)
    plan = importer.plan(book, progress)
    plan.sheets = [page.name for page in book]
    if book.hidden:
        note = _("These sheets are hidden and were not read: %(sheets)s.")
        plan.notes.append(note % {"sheets": ", ".join(book.hidden)})
    return plan


def _confirmed(by: User, workbook_import: WorkbookImport) -> WorkbookImport:
    found = _locked(workbook_import)
    _refuse_strangers(by, found)
    _refuse_unless_open(found)
    importer_for(found).refuse_unless_allowed()
    found.state, found.problems = _target(found, "confirm"), []
    return found


def _saved(found: WorkbookImport, by: User) -> WorkbookImport:
    _wait_for_others(found)
    importer = importer_for(found)
    plan = _current_plan(found, importer)
    with translation.override(found.language):  # what it compares with was shown in that language
        found.details = plan.details | importer.save(plan)
    found.saved_at = clock.now()
    _end(found, "save")
    history.record(found, SAVE, by=by, added=found.added, changed=found.changed, refused=found.refused)
    return found


def _wait_for_others(found: WorkbookImport) -> None:
    """Two files of one kind saved at once would both add what neither sees yet, so one follows the other.

    All hold the oldest import of the kind, after their own: nobody waits for two in another order.
    """
    alike = WorkbookImport.objects.filter(
        kind=found.kind, subject_type=found.subject_type_id, subject_id=found.subject_id
    )
    alike.without_content().select_for_update(no_key=True, of=["self"]).order_by("pk").first()


def _current_plan(found: WorkbookImport, importer: Importer) -> Plan:
    """The previewed plan, if it would still do the same."""
    assert found.plan is not None
    plan = Plan.from_json(found.plan)
    if found.stamp and found.stamp == importer.stamp():
        return plan
    with translation.override(found.language):
        fresh = _planned(importer, found)
    if fresh.digest() != plan.digest():
        message = _(
            "Nothing was saved: what the file would change has been changed meanwhile. "
            "See below what it would do now, then confirm again."
        )
        raise Stale(message, code="preview_outdated")
    return fresh


def _locked(workbook_import: WorkbookImport) -> WorkbookImport:
    found = (
        WorkbookImport.objects.without_content()  # which is read when it is needed
        .select_for_update(no_key=True, of=["self"])
        .select_related("by")
        .get(pk=workbook_import.pk)
    )
    found.book = workbook_import.book
    return found


def _refuse_strangers(by: User, found: WorkbookImport) -> None:
    if found.by_id != by.pk:
        raise Forbidden(_("Only who uploaded a workbook decides on it. Upload it yourself."))


def _refuse_unless_open(found: WorkbookImport) -> None:
    if found.is_open:
        return
    message = _(
        "Nothing was saved: the preview of “%(file)s” does not wait for a confirmation any more. "
        "Upload the file again."
    )
    raise WrongState(message % {"file": found.file_name}, code="import_over", state=found.state)


def _keep(found: WorkbookImport, plan: Plan, stamp: str) -> None:
    counts = plan.count()
    found.plan, found.stamp, found.done = plan.as_json(), stamp, found.total
    for fate in Fate:
        setattr(found, fate.value, counts[fate])
    found.moved_at = clock.now()
    kept = ["state", "plan", "stamp", "done", "moved_at", *(fate.value for fate in Fate)]
    found.save(update_fields=kept)  # the bytes stay as they are


def _end(found: WorkbookImport, verb: str) -> WorkbookImport:
    """Over. The bytes and the rows are kept only if refused rows can still be fetched."""
    found.state, found.moved_at = _target(found, verb), clock.now()
    if not (found.state == ImportState.SAVED and found.has_errors):
        _drop(found)
    found.save()
    return found


def _drop(found: WorkbookImport) -> None:
    found.content = found.plan = None


def _target(found: WorkbookImport, verb: str) -> str:
    message = _("“%(file)s” is in the state “%(state)s”, so nothing was changed. Upload the file again.")
    shown = {"file": found.file_name, "state": found.get_state_display()}
    return target_of(IMPORT_TRANSITIONS, verb, found.state, message % shown)
