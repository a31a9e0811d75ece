"""Figures of past years, as a workbook brings them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.actions.register_list import FROM_FILE, lock_rows
from directory.deeds import action
from directory.errors import Forbidden
from directory.models import User
from reports.models import PastFigure
from reports.permissions import may_report_for

ENTER, CORRECT = (
    gettext_noop("enter the figure of a past year"),
    gettext_noop("correct the figure of a past year"),
)


@action
def enter_past_figures(*, by: User, added: Sequence[PastFigure], changed: Sequence[PastFigure]) -> None:
    """Save figures that ``reports.past`` has checked; those changed were locked by ``lock_past_figures``.

    Raises ``Forbidden`` outside the own scope.
    """
    for scope in {figure.scope for figure in (*added, *changed)}:
        if not may_report_for(by, scope):
            message = _("Only the coordinating office of %(scope)s enters its figures of past years.")
            raise Forbidden(message % {"scope": scope})
    history.save_many(changed, by=by, verb=CORRECT, fields=["value", "source"], reason=_(FROM_FILE))
    history.save_many(added, by=by, verb=ENTER, reason=_(FROM_FILE))


def lock_past_figures(ids: Sequence[int]) -> dict[int, Any]:
    """By id, held until the action that calls this ends."""
    return lock_rows(PastFigure, ids, ("scope",))
