"""What is to be done about pledges now."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory import clock
from directory.models import User
from directory.roles import Permission
from directory.todo import Todo
from donors.models import Pledge
from donors.models.pledge import PledgeQuerySet
from donors.plan_todo import todo_of_plans

SHOWN = 5
# An instalment or a whole pledge that is due within so many days is asked after in time.
SOON = timedelta(days=7)


def todo(user: User) -> list[Todo]:
    """Pledges that are overdue or due soon, and plans that were returned or wait for a decision."""
    return [*_of_pledges(user), *todo_of_plans(user)]


def _of_pledges(user: User) -> list[Todo]:
    if not user.may(Permission.RECORD_DONATIONS):
        return []
    handled = Pledge.objects.handled_by(user)
    due = handled.due_before(clock.today() + SOON + timedelta(days=1)).in_order_of_due_day().for_list()
    nearest = list(due[: 2 * SHOWN])
    late = [pledge for pledge in nearest if pledge.is_overdue]
    soon = [pledge for pledge in nearest if not pledge.is_overdue]
    return [*_late(late, handled), *_soon(soon[:SHOWN])]


def _late(late: list[Pledge], handled: PledgeQuerySet) -> list[Todo]:
    if len(late) > SHOWN:
        count = handled.overdue().count()
        label = ngettext("%(count)s pledge is overdue", "%(count)s pledges are overdue", count)
        return [Todo(label % {"count": count}, reverse("pledge_overdue"), due_on=late[0].due_day)]
    return [_todo(_("Ask after pledge %(pledge)s"), pledge) for pledge in late]


def _soon(soon: list[Pledge]) -> list[Todo]:
    return [_todo(_("Prepare to receive what is due of pledge %(pledge)s"), pledge) for pledge in soon]


def _todo(label: str, pledge: Pledge) -> Todo:
    return Todo(label % {"pledge": pledge}, reverse("pledge_detail", args=[pledge.pk]), due_on=pledge.due_day)
