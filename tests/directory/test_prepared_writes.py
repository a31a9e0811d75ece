"""Prepared writes: what ``save()``, ``bulk_create()`` and ``update()`` would have done."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.deeds import acting
from directory.models import HistoryEntry, RequestKey, User
from directory.prepared_writes import PreparedInsert, PreparedUpdate
from needs.models import NeedBalance
from tests.distributions import build
from tests.world import World

pytestmark = pytest.mark.sqlite

ENTRIES, KEYS = PreparedInsert(HistoryEntry), PreparedInsert(RequestKey, once=True)
COVER = PreparedUpdate(
    lambda pk, q: (
        NeedBalance.objects.filter(pk=pk, quantity__gte=F("covered") + q),
        {"covered": F("covered") + q},
    )
)


def entry_of(user: User, **more: object) -> HistoryEntry:
    kind = ContentType.objects.get_for_model(User)
    details = {"name": "Bữa ăn 100 %", "many": [1, None]}
    return HistoryEntry(
        content_type=kind, object_id=user.pk, verb="try", by=user, at=timezone.now(), details=details, **more
    )


def values_of(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_added_as_it_would_be_saved(coordinator: User) -> None:
    row, saved = entry_of(coordinator), entry_of(coordinator)
    assert ENTRIES.add(row)
    saved.at = row.at
    saved.save()
    stored, other = HistoryEntry.objects.get(pk=row.pk), HistoryEntry.objects.get(pk=saved.pk)
    assert values_of(stored) == values_of(other) | {"id": row.pk} == values_of(row)
    assert not row._state.adding


def test_many_rows_are_added_in_one_statement(coordinator: User) -> None:
    rows = [entry_of(coordinator) for _number in range(3)]
    with CaptureQueriesContext(connection) as queries:
        made = ENTRIES.add_all(rows)
    assert ([row.pk for row in made], len(queries)) == ([row.pk for row in rows], 1)


def test_what_is_there_already_is_left_out_without_an_error(coordinator: User) -> None:
    key = uuid.uuid4()
    first, second = (RequestKey(key=key, action="try", user=coordinator) for _time in range(2))
    assert (KEYS.add(first), KEYS.add(second), second.pk) == (True, False, None)
    assert RequestKey.objects.get(key=key).pk == first.pk


def test_an_index_refuses_where_once_was_not_said(coordinator: User) -> None:
    keys, key = PreparedInsert(RequestKey), uuid.uuid4()
    keys.add(RequestKey(key=key, action="try", user=coordinator))
    with pytest.raises(IntegrityError), transaction.atomic():
        keys.add(RequestKey(key=key, action="try", user=coordinator))


def test_an_update_says_how_many_rows_it_changed(world: World) -> None:
    need = build.need_of(world, 10)
    assert [COVER.run(pk=need.pk, q=q) for q in (7, 4, 3)] == [1, 0, 1]
    assert NeedBalance.objects.get(pk=need.pk).covered == 10


def test_rows_of_actions_are_added_by_actions_only(world: World) -> None:
    from distributions.models import AllocationMove

    allocation = build.allocated(world, 5)
    move = allocation.moves.get()
    move.pk = None
    moves = PreparedInsert(AllocationMove)
    with pytest.raises(RuntimeError):
        moves.add(move)
    with acting():
        assert moves.add(move)


@pytest.mark.postgresql
def test_a_connection_plans_each_write_once(coordinator: User) -> None:
    ENTRIES.add(entry_of(coordinator))
    with CaptureQueriesContext(connection) as queries:
        ENTRIES.add(entry_of(coordinator))
    assert [row["sql"].split()[0] for row in queries] == ["EXECUTE"]
