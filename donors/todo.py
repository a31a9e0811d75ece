"""What is to be done about pledges now."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.models import User
from directory.roles import Permission
from directory.todo import Todo
from donors.models import Pledge

SHOWN = 5


def todo(user: User) -> list[Todo]:
    """Overdue pledges, for the coordinators of the scope and for the agency that mobilised them."""
    if not user.may(Permission.RECORD_DONATIONS):
        return []
    overdue = Pledge.objects.handled_by(user).overdue().select_related("donor", "source").order_by("due_on")
    late = list(overdue[: SHOWN + 1])
    if len(late) > SHOWN:
        return [_all_at_once(overdue.count(), late[0])]
    return [
        Todo(
            _("Ask after pledge %(pledge)s") % {"pledge": pledge},
            reverse("pledge_detail", args=[pledge.pk]),
            due_on=pledge.due_on,
        )
        for pledge in late
    ]


def _all_at_once(count: int, first: Pledge) -> Todo:
    label = ngettext("%(count)s pledge is overdue", "%(count)s pledges are overdue", count) % {"count": count}
    url = f"{reverse('pledge_list')}?{urlencode({'state': 'overdue'})}"
    return Todo(label, url, due_on=first.due_on)
