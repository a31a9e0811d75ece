"""The lists of supervision as files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from distributions.models import Recommendation, SupervisionVisit
from documents.exports import ListColumn, ListFile, local_day
from documents.spreadsheet import Value


def _if_done(row: SupervisionVisit, count: str) -> Value:
    """A count that the list brings along; before the visit there is nothing to say."""
    return getattr(row, count) if row.done_on else ""


VISITS = ListFile[SupervisionVisit](
    gettext_lazy("Supervision visits"),
    "giam-sat",
    [
        ListColumn(gettext_lazy("Code"), 14, lambda row: row.code),
        ListColumn(gettext_lazy("Commune"), 18, lambda row: row.place.unit.name),
        ListColumn(gettext_lazy("Place"), 24, lambda row: row.place.name),
        ListColumn(
            gettext_lazy("Distribution"), 14, lambda row: row.distribution.code if row.distribution else ""
        ),
        ListColumn(gettext_lazy("Support area"), 22, lambda row: str(row.area) if row.area else ""),
        ListColumn(gettext_lazy("Planned on"), 12, lambda row: row.planned_on),
        ListColumn(gettext_lazy("Visited on"), 12, lambda row: row.done_on or ""),
        ListColumn(gettext_lazy("State"), 12, lambda row: row.get_state_display()),
        ListColumn(gettext_lazy("Who goes"), 34, lambda row: row.team),
        ListColumn(gettext_lazy("Not in order"), 10, lambda row: _if_done(row, "wrong")),
        ListColumn(gettext_lazy("Recommendations"), 10, lambda row: _if_done(row, "asked")),
        ListColumn(gettext_lazy("Conclusion"), 40, lambda row: row.conclusion),
    ],
)

RECOMMENDATIONS = ListFile[Recommendation](
    gettext_lazy("Recommendations"),
    "kien-nghi",
    [
        ListColumn(gettext_lazy("Visit"), 14, lambda row: row.visit.code),
        ListColumn(gettext_lazy("Commune"), 18, lambda row: row.visit.place.unit.name),
        ListColumn(gettext_lazy("Place"), 24, lambda row: row.visit.place.name),
        ListColumn(gettext_lazy("Recommendation"), 40, lambda row: row.text),
        ListColumn(gettext_lazy("Who is to do it"), 24, lambda row: row.owner.short_name),
        ListColumn(gettext_lazy("Due on"), 12, lambda row: row.due_on),
        ListColumn(gettext_lazy("State"), 12, lambda row: row.get_state_display()),
        ListColumn(gettext_lazy("Answer"), 40, lambda row: row.answer),
        ListColumn(gettext_lazy("Answered on"), 12, lambda row: local_day(row.answered_at)),
        ListColumn(gettext_lazy("Closed on"), 12, lambda row: local_day(row.closed_at)),
    ],
)
