"""The district's own yearly targets (the plan sets none)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Forbidden
from directory.models import Unit, User
from reports.models import Indicator, IndicatorTarget
from reports.permissions import may_report_for

SET = gettext_noop("set targets")


@action
def set_targets(*, by: User, scope: Unit, year: int, values: Mapping[int, int | None]) -> int:
    """Set the targets of ``year`` by indicator id, in the indicator's unit; None takes a target away.

    Returns how many changed. Raises ``Forbidden`` outside the own scope.
    """
    if not may_report_for(by, scope):
        raise Forbidden(_("Only the coordinating office of %(scope)s sets its targets.") % {"scope": scope})
    before = dict(IndicatorTarget.objects.filter(scope=scope, year=year).values_list("indicator_id", "value"))
    changed = {pk: value for pk, value in values.items() if before.get(pk) != value}
    for pk, value in changed.items():
        if value is None:
            IndicatorTarget.objects.filter(scope=scope, year=year, indicator_id=pk).delete()
        else:
            IndicatorTarget.objects.update_or_create(
                scope=scope, year=year, indicator_id=pk, defaults={"value": value}
            )
    codes = dict(Indicator.objects.filter(pk__in=changed).values_list("pk", "code"))
    if changed:
        figures = {codes[pk]: [before.get(pk), value] for pk, value in changed.items()}
        history.record(scope, SET, by=by, year=year, targets=figures)
    return len(changed)
