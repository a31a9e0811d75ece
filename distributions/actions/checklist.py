"""Keep the checklist of supervision visits: add, change, retire a question."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal
from directory.models import Unit, User
from directory.stale import refuse_stale
from distributions.models import ChecklistItem
from distributions.permissions import may_supervise


@action
def add_question(
    *, by: User, scope: Unit, question: str, order: int = 0, key: uuid.UUID | None = None
) -> ChecklistItem:
    """A question for all visits from now on. Raises ``Forbidden``, ``Refusal`` (empty, asked already)."""
    _check(by, scope, question)
    item = ChecklistItem(scope=scope, question=question.strip(), order=order)
    history.save(item, by=by)
    history.record(item, "add question", by=by)
    return item


@action
def change_question(
    *, by: User, item: ChecklistItem, question: str, order: int, version: int, key: uuid.UUID | None = None
) -> ChecklistItem:
    """Other words or another place in the list; findings keep the words that were asked.

    ``version``: ``history.version_of`` when it was read. Raises ``Stale`` over a colleague's newer change.
    """
    _check(by, item.scope, question, item)
    item.refresh_from_db()
    before = {"question": item.question, "order": item.order}
    yours = {"question": question.strip(), "order": str(order)}
    refuse_stale(item, version, theirs={name: str(value) for name, value in before.items()}, yours=yours)
    item.question, item.order = question.strip(), order
    history.save(item, by=by)
    after = {"question": item.question, "order": item.order}
    history.record(item, "change question", by=by, before=before, after=after)
    return item


@action
def retire_question(*, by: User, item: ChecklistItem, key: uuid.UUID | None = None) -> ChecklistItem:
    """Not asked any more; findings on it stay."""
    _check_person(by, item.scope)
    if item.retired_on is None:
        item.retired_on = clock.today()
        history.save(item, by=by)
        history.record(item, "retire question", by=by)
    return item


def _check_person(by: User, scope: Unit) -> None:
    if not may_supervise(by, scope):
        raise Forbidden(
            _("Only the coordinating office of %(scope)s keeps its checklist.") % {"scope": scope}
        )


def _check(by: User, scope: Unit, question: str, item: ChecklistItem | None = None) -> None:
    _check_person(by, scope)
    Unit.objects.select_for_update(no_key=True).get(pk=scope.pk)  # one change of the list after the other
    question = question.strip()
    if not question:
        raise Refusal([Problem(_("Write the question."), "question")], code="empty")
    same = ChecklistItem.objects.in_use().filter(scope=scope, question=question)
    if same.exclude(pk=item.pk if item else None).exists():
        raise Refusal(
            [Problem(_("“%(question)s” is asked already.") % {"question": question}, "question")],
            code="twice",
        )
