"""Questions compiled once: the same answers as the queryset gives, whoever asks, however often."""

from __future__ import annotations

import gc
import threading
from datetime import date
from typing import Any

import pytest
from django.db import NotSupportedError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from directory.models import Agency, Place, Unit
from directory.prepared import Prepared, Slot, _Session
from tests.world import World

pytestmark = pytest.mark.sqlite


def places_of(unit: Slot, day: Slot) -> QuerySet[Place]:
    rows = Place.objects.on(day).filter(unit=unit, name__contains="ô")
    return rows.select_related("unit").only("name", "kind", "unit__name").order_by("pk")


def codes_from(level: str, code: Slot) -> QuerySet[Unit, tuple[Any, ...]]:
    one = Unit.objects.filter(level=level, code=code).order_by().values_list("pk")
    return one.union(Unit.objects.filter(level=level, code__gt=code).order_by().values_list("pk"), all=True)


PLACES, CODES = Prepared(places_of), Prepared(codes_from, fixed=("level",))
DAY = date(2025, 6, 2)


def test_it_answers_as_the_queryset_does(world: World, django_assert_num_queries: Any) -> None:
    for name in ("Ia Dom", "Ia Đal", "Ia Dom"):
        unit = world.commune(name)
        expected = list(Place.objects.on(DAY).filter(unit=unit, name__contains="ô").order_by("pk"))
        with django_assert_num_queries(1):
            found = PLACES.ask(unit=unit.pk, day=DAY)
            assert [place.full_name for place in found] == [
                f"{place.name}, {unit.name}" for place in expected
            ]
    assert PLACES.ask(unit=world.commune("Ia Dom").pk, day=date(2018, 1, 1)) == []


def test_what_was_not_asked_is_read_when_it_is_needed(world: World) -> None:
    [first, *_] = PLACES.ask(unit=world.commune("Ia Dom").pk, day=DAY)
    assert first.get_deferred_fields() >= {"order", "valid_from"}
    assert first.valid_from == date(2019, 1, 1)


def test_it_reads_anew_each_time(world: World) -> None:
    unit = world.commune("Ia Dom")
    before = len(PLACES.ask(unit=unit.pk, day=DAY))
    Place.objects.create(unit=unit, kind="village", name="Thôn mới", valid_from=date(2020, 1, 1))
    assert len(PLACES.ask(unit=unit.pk, day=DAY)) == before + 1


def test_a_fixed_value_has_a_statement_of_its_own(world: World) -> None:
    for level in ("commune", "district", "commune"):
        lowest = Unit.objects.filter(level=level).order_by("code").first()
        assert lowest is not None
        found = CODES.ask(level=level, code=lowest.code)
        assert sorted(found) == sorted(Unit.objects.filter(level=level).values_list("pk"))


@pytest.mark.postgresql
def test_a_connection_plans_it_once_whatever_becomes_of_the_transaction(world: World) -> None:
    asked = Prepared(lambda name: Agency.objects.filter(short_name=name))
    with transaction.atomic():
        assert [agency.short_name for agency in asked.ask(name="LĐTBXH")] == ["LĐTBXH"]
        transaction.set_rollback(True)
    with CaptureQueriesContext(connection) as queries:
        assert [agency.short_name for agency in asked.ask(name="TTYT")] == ["TTYT"]
    assert [row["sql"].split()[0] for row in queries] == ["EXECUTE"]


@pytest.mark.postgresql
def test_behind_a_pool_nothing_is_prepared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's setting for pools that hand a connection on between transactions."""
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    unit = world.commune("Ia Dom").pk
    with CaptureQueriesContext(connection) as queries:
        assert PLACES.ask(unit=unit, day=DAY)
    assert [row["sql"].split()[0] for row in queries] == ["SELECT"]


@pytest.mark.postgresql
def test_once_a_column_has_another_type_it_is_planned_anew(world: World) -> None:
    """A migration while the portal runs: one request fails, not all that come by the same connection."""
    asked = Prepared(lambda name: Agency.objects.filter(short_name=name))
    assert asked.ask(name="TTYT")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE directory_agency ALTER COLUMN short_name TYPE varchar(199)")
    with pytest.raises(NotSupportedError), transaction.atomic():
        asked.ask(name="TTYT")
    assert [agency.short_name for agency in asked.ask(name="TTYT")] == ["TTYT"]


@pytest.mark.postgresql
def test_a_connection_that_was_closed_leaves_nothing_behind(world: World) -> None:
    """In a thread of its own, as a worker of the web server is."""
    asked, answers = Prepared(lambda name: Agency.objects.filter(short_name=name)), []

    def work() -> None:
        for _time in range(3):
            answers.append(asked.ask(name="nobody"))
            connection.close()

    before = {id(session) for session in _sessions()}
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert answers == [[], [], []]
    assert {id(session) for session in _sessions()} <= before


def _sessions() -> list[_Session]:
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, _Session)]
