"""Write one row of history, in the transaction of the deed itself."""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock
from directory.models import Agency, HistoryEntry, User


def record(
    subject: models.Model,
    verb: str,
    *,
    by: User,
    from_state: str = "",
    to_state: str = "",
    on_behalf_of: Agency | None = None,
    reason: str = "",
    **details: Any,
) -> HistoryEntry:
    """Say that ``by`` did ``verb`` (an imperative in English, translated where it is shown) to ``subject``.

    ``details`` are figures worth showing, as JSON. Call it inside an action. While ``by`` holds powers that
    a colleague has delegated, the entry names that colleague.
    """
    if delegators := by.deputising_for:
        details["delegated_by"] = ", ".join(str(user) for user in delegators)
    return HistoryEntry.objects.create(
        content_type=ContentType.objects.get_for_model(subject),
        object_id=subject.pk,
        verb=verb,
        from_state=from_state,
        to_state=to_state,
        by=by,
        on_behalf_of=on_behalf_of,
        at=clock.now(),
        reason=reason,
        details=details,
    )


def save(row: models.Model, *, by: User) -> None:
    """Save a row of a register; its table of former values says who did it."""
    row._history_user = by  # type: ignore[attr-defined]
    row.save()


def value_in_words(value: Any) -> str:
    """A value of the history as its reader knows it: “30/06/2025”, “yes”, the names of places."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(part[0]) if isinstance(part, list) else str(part) for part in value)
    try:
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    except (TypeError, ValueError):
        return str(value) if value not in (None, "") else "–"


def version_of(row: models.Model) -> int:
    """The number of a row's newest entry in its table of former values: a form carries it back, so that
    an edit over somebody else's newer edit is seen."""
    entries = row.history.order_by("-history_id")  # type: ignore[attr-defined]
    return entries.values_list("history_id", flat=True).first() or 0


def last_writer(row: models.Model) -> User | None:
    """Who saved the row last, if the portal knows."""
    entry = row.history.select_related("history_user").order_by("-history_id").first()  # type: ignore[attr-defined]
    return entry.history_user if entry else None
