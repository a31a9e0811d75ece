"""Say something to the warnings of a survey."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Problem, Refusal, Stale
from directory.models import User
from needs.actions.row import refuse_unless_open_to
from needs.actions.survey import acts_for, locked, refuse_unless_filled_in_by
from needs.checks import Finding, Grade, findings_in
from needs.contents import Contents
from needs.models import CheckNote, Survey
from needs.notes import LONGEST, WrittenNote


@action
def note_warnings(*, by: User, survey: Survey, notes: Iterable[WrittenNote]) -> int:
    """Save what the commune says to warnings; an empty text takes a note back. Returns how many changed.

    A note answers its warning as long as the figures stand. Raises ``Stale`` where the figures or
    the note have changed since they were read, ``Refusal`` for texts that are too long, each at its field;
    ``WrongState`` (submitted, approved, round closed), ``Forbidden``.
    """
    survey = locked(survey)
    refuse_unless_filled_in_by(by, survey)
    contents = Contents(survey, compared=True)
    changed = [note for note in notes if _changes(contents, note)]
    if not changed:
        return 0
    refuse_unless_open_to(by, survey)
    warnings = {finding.key: finding for finding in findings_in(contents, Grade.WARNING)}
    if problems := [problem for note in changed for problem in _too_long(note)]:
        raise Refusal(problems, code="invalid_notes")
    if problems := [problem for note in changed for problem in _overtaken(contents, warnings, note)]:
        raise Stale(problems, code="warning_changed")
    for note in changed:
        _write(survey, by, warnings[note.key], note)
    history.record(survey, "note_warnings", by=by, on_behalf_of=acts_for(by, survey), notes=len(changed))
    return len(changed)


def place_of(key: str) -> str:
    """Where a problem with a note stands: the field on the check page."""
    return f"check/{key}"


def _changes(contents: Contents, note: WrittenNote) -> bool:
    """Whether there is anything to save: another text, or the same said again to other figures."""
    stored = contents.notes.get(note.key)
    if stored is None:
        return bool(note.text) and note.text != note.read
    if note.text == stored.text:
        return note.figures != stored.figures
    return note.text != note.read  # what was left alone does not undo what a colleague wrote meanwhile


def _too_long(note: WrittenNote) -> Iterator[Problem]:
    if len(note.text) > LONGEST:
        message = _("The note has %(length)s characters; at most %(most)s fit. Shorten it.")
        yield Problem(message % {"length": len(note.text), "most": LONGEST}, place_of(note.key))


def _overtaken(contents: Contents, warnings: dict[str, Finding], note: WrittenNote) -> Iterator[Problem]:
    warning, stored = warnings.get(note.key), contents.notes.get(note.key)
    if warning is None:
        message = _("The warning does not stand any more, so the note on it was not saved: “%(text)s”.")
        yield Problem(message % {"text": note.text}, place_of(note.key))
    elif warning.figures != note.figures:
        message = _("The figures have changed since you read them: %(warning)s Read them, then save again.")
        yield Problem(message % {"warning": warning.message}, place_of(note.key))
    elif stored and stored.text not in (note.read, note.text):
        message = _(
            "%(by)s has written another note meanwhile: “%(theirs)s”. Yours: “%(yours)s”. "
            "Save again to keep yours, or take over the other."
        )
        texts = {"by": stored.by, "theirs": stored.text, "yours": note.text}
        yield Problem(message % texts, place_of(note.key))


def _write(survey: Survey, by: User, warning: Finding, note: WrittenNote) -> None:
    where: dict[str, Any] = {
        "survey": survey,
        "check_code": warning.code,
        "section": warning.section,
        "place": warning.place,
        "cell": warning.cell,
    }
    if not note.text:
        CheckNote.objects.filter(**where).delete()
        return
    said = {"figures": warning.figures, "text": note.text, "by": by, "at": clock.now()}
    CheckNote.objects.update_or_create(**where, defaults=said)
