"""Workbooks that come in: nothing is saved before the preview, and the preview is what is saved."""

from __future__ import annotations

import hashlib
import uuid
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
from documents.reading import read_book
from documents.states import IMPORT_TRANSITIONS

LONGEST_NAME = 200
SAVE = gettext_noop("save the rows of a workbook")


@action
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
    importer = _importer(kind, by, subject)
    importer.refuse_unless_allowed()
    book = read_book(content, file_name)
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
        total=sum(len(page.lines) for page in book),
    )


@action
def plan_import(*, by: User, workbook_import: WorkbookImport, progress: Progress = unheard) -> WorkbookImport:
    """Check every row and keep what each would do. A refusal of the whole file is kept too, in words."""
    found = locked(workbook_import)
    importer = importer_for(found)
    with translation.override(found.language):
        try:
            importer.refuse_unless_allowed()
            stamp = importer.stamp()
            plan = importer.plan(read_book(_content(found), found.file_name), progress)
        except Refusal as refusal:
            found.problems = [str(problem.message) for problem in refusal.problems]
            return _end(found, "refuse")
    found.state = _target(found, "preview")
    _keep(found, plan, stamp)
    return found


@action
def confirm_import(
    *, by: User, workbook_import: WorkbookImport, key: uuid.UUID | None = None
) -> WorkbookImport:
    """Save the rows that the preview says are added or changed; refused rows are left out.

    Raises ``Forbidden`` (another's, or no longer allowed), ``WrongState`` (saved, discarded or expired),
    ``Stale`` if what it would do has changed since the preview: see ``plan_import``.
    """
    found = locked(workbook_import)
    _refuse_strangers(by, found)
    _refuse_unless_open(found)
    importer = importer_for(found)
    importer.refuse_unless_allowed()
    plan = _current_plan(found, importer)
    found.state = _target(found, "confirm")
    found.details = plan.details | importer.save(plan)
    found.saved_at = clock.now()
    _end(found, "save")
    history.record(found, SAVE, by=by, added=found.added, changed=found.changed, refused=found.refused)
    return found


@action
def discard_import(*, by: User, workbook_import: WorkbookImport) -> WorkbookImport:
    """Drop the file and its preview. Raises ``Forbidden``, ``WrongState``."""
    found = locked(workbook_import)
    _refuse_strangers(by, found)
    return _end(found, "discard")


def importer_for(found: WorkbookImport) -> Importer:
    return _importer(found.kind, found.by, found.subject)


def _importer(kind: str, user: User, subject: Any) -> Importer:
    importer = importer_of(kind)
    if importer is None:
        raise Refusal(_("The portal does not read this kind of workbook (any more)."), code="unknown_kind")
    return importer(user, subject)


def _content(found: WorkbookImport) -> bytes:
    assert found.content is not None  # a constraint: an open import keeps its file
    return bytes(found.content)


def locked(workbook_import: WorkbookImport) -> WorkbookImport:
    return WorkbookImport.objects.select_for_update(no_key=True).get(pk=workbook_import.pk)


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


def _current_plan(found: WorkbookImport, importer: Importer) -> Plan:
    """The previewed plan, if it would still do the same."""
    assert found.plan is not None
    plan = Plan.from_json(found.plan)
    if found.stamp and found.stamp == importer.stamp():
        return plan
    with translation.override(found.language):
        fresh = importer.plan(read_book(_content(found), found.file_name))
    if fresh.digest() != plan.digest():
        message = _(
            "Nothing was saved: what the file would change has been changed meanwhile. "
            "See below what it would do now, then confirm again."
        )
        raise Stale(message, code="preview_outdated")
    return fresh


def _keep(found: WorkbookImport, plan: Plan, stamp: str) -> None:
    counts = plan.count()
    found.plan, found.stamp, found.done = plan.as_json(), stamp, found.total
    for fate in Fate:
        setattr(found, fate.value, counts[fate])
    found.moved_at = clock.now()
    found.save()


def _end(found: WorkbookImport, verb: str) -> WorkbookImport:
    """Over: the bytes and the rows are not kept."""
    found.state = _target(found, verb)
    found.content, found.plan, found.moved_at = None, None, clock.now()
    found.save()
    return found


def _target(found: WorkbookImport, verb: str) -> str:
    message = _("“%(file)s” is in the state “%(state)s”, so nothing was changed. Upload the file again.")
    shown = {"file": found.file_name, "state": found.get_state_display()}
    return target_of(IMPORT_TRANSITIONS, verb, found.state, message % shown)
