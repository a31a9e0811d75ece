"""Write the history of one row, or of many at once, in the transaction of the deed itself."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections, models, router
from django.db.models import F, Value
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from simple_history.signals import pre_create_historical_record

from directory import clock
from directory.deeds import demand_action
from directory.errors import Stale
from directory.models import Agency, HistoryEntry, User
from directory.prepared_writes import PreparedInsert

# Rows in one statement: as many as SQLite takes values in one.
AT_ONCE = 900
ENTRIES = PreparedInsert(HistoryEntry)


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
    states = {"from_state": from_state, "to_state": to_state}
    made = entry(subject, verb, by=by, on_behalf_of=on_behalf_of, reason=reason, **states, **details)
    ENTRIES.add(made)
    return made


def entry(
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
    """What ``record`` writes, for who writes it together with other rows."""
    return HistoryEntry(
        content_type=ContentType.objects.get_for_model(subject),
        object_id=subject.pk,
        verb=verb,
        from_state=from_state,
        to_state=to_state,
        by=by,
        on_behalf_of=on_behalf_of,
        at=clock.now(),
        reason=reason,
        details=details | _delegated(by),
    )


def _delegated(by: User) -> dict[str, str]:
    delegators = by.deputising_for
    return {"delegated_by": ", ".join(str(user) for user in delegators)} if delegators else {}


def save(row: models.Model, *, by: User) -> None:
    """Save a row of a register; its table of former values says who did it."""
    row._history_user = by  # type: ignore[attr-defined]
    row.save()


def _keep_time(history_instance: Any, **_others: Any) -> None:
    """A former value bears the time of the deed, as its entry does."""
    history_instance.history_date = clock.now()


pre_create_historical_record.connect(_keep_time)


def save_many(
    rows: Sequence[models.Model],
    *,
    by: User,
    verb: str,
    fields: Sequence[str] = (),
    reason: str = "",
    **details: Any,
) -> None:
    """Save many rows of one register as ``save`` and ``record`` would one by one, in a few statements.

    Rows without a primary key are added and get one; of the others only ``fields`` are written. Each gets its
    row in the table of former values and an entry that says ``verb``, ``reason`` and ``details``. The caller
    has checked the rows: no ``full_clean``, no signal. Links to many are the caller's to set.
    Call it inside an action. Raises ``Stale`` if a row is gone meanwhile: then the action saves nothing.
    """
    demand_action("A register")
    if not rows:
        return
    added, changed = [row for row in rows if row.pk is None], [row for row in rows if row.pk is not None]
    if changed and not fields:
        raise ValueError("Name the fields in which stored rows are changed.")
    _lock(changed)
    manager = type(rows[0])._base_manager
    manager.bulk_create(added)
    if changed:  # not bulk_update: that writes a CASE for each row and field
        manager.bulk_create(changed, update_conflicts=True, update_fields=fields, unique_fields=["pk"])
    for kind, saved in (("+", added), ("~", changed)):
        _keep_values(saved, kind, by=by)
    _record_many(rows, verb, by=by, reason=reason, details=details | _delegated(by))


def _lock(rows: Sequence[models.Model]) -> None:
    """In one order; nobody changes or deletes them until the action ends."""
    there = sum(len(batch.select_for_update(no_key=True).values_list("pk")) for batch in _stored(rows))
    if there < len(rows):
        raise Stale(_("A row was deleted meanwhile, so nothing was saved. Upload the file again."))


def _keep_values(rows: Sequence[models.Model], kind: str, *, by: User) -> None:
    """What simple-history writes when a row is saved, copied within the database."""
    register = getattr(rows[0], "history", None) if rows else None
    if register is None:
        return
    told = {"history_type": kind, "history_date": clock.now(), "history_user_id": by.pk}
    values = {field.attname: F(field.attname) for field in register.model.tracked_fields}
    _insert(register.model, values | _constants(register.model, told), rows)


def _record_many(rows: Sequence[models.Model], verb: str, *, by: User, **told: Any) -> None:
    told |= {"verb": verb, "by_id": by.pk, "at": clock.now(), "from_state": "", "to_state": ""}
    told["content_type_id"] = ContentType.objects.get_for_model(rows[0]).pk
    _insert(HistoryEntry, {"object_id": F("pk")} | _constants(HistoryEntry, told), rows)


def _constants(model: type[models.Model], told: Mapping[str, Any]) -> dict[str, Value]:
    fields = _columns(model)
    return {name: Value(value, output_field=fields[name]) for name, value in told.items()}


def _columns(model: type[models.Model]) -> dict[str, models.Field]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _insert(into: type[models.Model], values: Mapping[str, Any], rows: Sequence[models.Model]) -> None:
    """INSERT … SELECT: a row for each of ``rows``, in their order by primary key."""
    connection = connections[router.db_for_write(into)]
    quote = connection.ops.quote_name
    columns = _columns(into)
    names = ", ".join(quote(str(columns[name].column)) for name in values)
    for batch in _stored(rows):
        made = batch.annotate(**{f"_{name}": value for name, value in values.items()})
        query = made.values_list(*(f"_{name}" for name in values)).query
        select, parameters = query.get_compiler(connection=connection).as_sql()
        with connection.cursor() as cursor:
            # No value is in the text: names of our own tables, and what the ORM compiled.
            cursor.execute(f"INSERT INTO {quote(into._meta.db_table)} ({names}) {select}", parameters)


def _stored(rows: Sequence[models.Model]) -> Iterator[models.QuerySet]:
    keys = sorted(row.pk for row in rows)
    for start in range(0, len(keys), AT_ONCE):
        manager = type(rows[0])._base_manager
        yield manager.filter(pk__in=keys[start : start + AT_ONCE]).order_by("pk")


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
