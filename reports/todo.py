"""What waits in this room: a report that is due, a draft that a leader may issue."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from directory import clock
from directory.models import User
from directory.roles import Permission
from directory.todo import Todo
from reports.listing import Listed, PeriodReports, periods_of
from reports.permissions import may_report_for

AHEAD = timedelta(days=30)


def todo(user: User) -> list[Todo]:
    """One line for each period whose report is not issued yet."""
    if not (user.may(Permission.COMPILE_REPORT) or user.may(Permission.ISSUE_REPORT)):
        return []
    open_ones = [entry for entry in periods_of(user) if not any(r.is_issued for r in entry.reports)]
    return [task for entry in open_ones for task in _tasks(user, entry)]


def _tasks(user: User, entry: PeriodReports) -> list[Todo]:
    period, today = entry.period, clock.today()
    drafts: list[Listed] = entry.reports
    tasks = []
    if may_report_for(user, period.scope) and today >= period.district_due_on - AHEAD:
        url = reverse("report_edit", args=[drafts[0].report.pk]) if drafts else _period_url(entry)
        status = _("being written") if drafts else _("not begun")
        label = _("Write the report of %(period)s") % {"period": period}
        tasks.append(Todo(label, url, status, period.district_due_on))
    if drafts and drafts[0].may_issue and today >= period.cut_off:
        label = _("Issue the report of %(period)s") % {"period": period}
        url = reverse("report_issue", args=[drafts[0].report.pk])
        tasks.append(Todo(label, url, _("draft ready"), period.district_due_on))
    return tasks


def _period_url(entry: PeriodReports) -> str:
    return reverse("period_detail", args=[entry.period.pk])
