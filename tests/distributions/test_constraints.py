"""The database itself refuses what would break a balance, whoever writes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, models, transaction

from directory.deeds import acting
from distributions.models import Allocation, AllocationBalance, AllocationMove, Distribution, DistributionLine
from donors.models import SupplyBalance
from needs.models import NeedBalance
from tests.distributions import build
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# table of the balance, what is written past the actions, the CHECK that must refuse it
BREAKS: list[tuple[type[models.Model], dict[str, int], str]] = [
    (NeedBalance, {"covered": 51}, "need_covered_within_need"),
    (NeedBalance, {"quantity": 19}, "need_covered_within_need"),
    (NeedBalance, {"delivered": 21}, "need_delivered_within_covered"),
    (SupplyBalance, {"received": 201}, "supply_come_within_promised"),
    (SupplyBalance, {"refused": 101}, "supply_come_within_promised"),
    (SupplyBalance, {"allocated": 201}, "supply_allocated_within_supply"),
    (SupplyBalance, {"withdrawn": 90, "written_off": 91}, "supply_allocated_within_supply"),
    (SupplyBalance, {"allocated": 120, "sent": 101}, "supply_sent_within_received"),
    (SupplyBalance, {"sent": 21}, "supply_sent_within_allocated"),
    (SupplyBalance, {"moved": 101}, "supply_sent_within_received"),
    (SupplyBalance, {"moved": 60, "written_off": 41}, "supply_sent_within_received"),
    (SupplyBalance, {"received": 200, "moved": 181}, "supply_allocated_within_supply"),
    (SupplyBalance, {"received": 200, "written_off": 181}, "supply_allocated_within_supply"),
    (AllocationBalance, {"open": 19}, "allocation_parts_make_the_whole"),
    (AllocationBalance, {"quantity": 21}, "allocation_parts_make_the_whole"),
    (AllocationBalance, {"delivered": 1}, "allocation_parts_make_the_whole"),
]


def refused_by(deed: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        deed()
    return str(caught.value)


@pytest.fixture
def books(world: World) -> None:
    """20 of 200 (100 received) allocated to a need of 50."""
    line = build.supply_of(world, 200, received=100)
    build.allocated(world, 20, need=build.need_of(world, 50), supply_line=line)


@pytest.mark.parametrize(("model", "change", "name"), BREAKS)
def test_no_update_breaks_a_balance(books: None, model, change: dict[str, int], name: str) -> None:
    assert name in refused_by(lambda: model.objects.update(**change))


@pytest.mark.parametrize(("model", "change", "name"), BREAKS)
def test_no_raw_sql_breaks_a_balance(books: None, model, change: dict[str, int], name: str) -> None:
    columns = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in change)
    table = connection.ops.quote_name(model._meta.db_table)

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {columns}", list(change.values()))

    assert name in refused_by(write)


@pytest.mark.parametrize(
    ("model", "change", "column"),
    [
        (NeedBalance, {"covered": 0, "delivered": -1}, "delivered"),
        (SupplyBalance, {"allocated": 5, "sent": -1}, "sent"),
        (SupplyBalance, {"refused": -1}, "refused"),
        (AllocationBalance, {"open": -1, "in_transit": 21}, "open"),
    ],
)
def test_nothing_falls_below_zero(books: None, model, change: dict[str, int], column: str) -> None:
    assert column in refused_by(lambda: model.objects.update(**change))


def test_rows_that_make_no_sense_are_refused(world: World) -> None:
    distribution = build.sent(world, 20)
    line = distribution.lines.get()
    breaks: list[tuple[Callable[[], object], str]] = [
        (lambda: Allocation.objects.update(quantity=0), "allocation_of_something"),
        (lambda: AllocationMove.objects.update(quantity=0), "allocation_move_moves"),
        (lambda: DistributionLine.objects.update(planned=0), "distribution_line_of_something"),
        (
            lambda: DistributionLine.objects.update(service=world.item("check_up")),
            "distribution_line_goods_or_service",
        ),
        (lambda: DistributionLine.objects.update(received=19), "distribution_line_adds_up"),
        (lambda: DistributionLine.objects.update(lost=1), "distribution_line_adds_up"),
        (lambda: Distribution.objects.update(sent_at=None), "distribution_sent_who_and_when"),
        (
            lambda: Distribution.objects.update(confirmed_by=distribution.sent_by),
            "distribution_confirmed_who_and_when",
        ),
    ]
    assert [name in refused_by(deed) for deed, name in breaks] == [True] * len(breaks)
    line.refresh_from_db()
    assert line.planned == 20


def test_rows_of_the_ledger_are_written_by_actions_only(world: World) -> None:
    allocation = build.allocated(world, 20)
    with pytest.raises(RuntimeError, match="written by actions only"):
        allocation.save()
    with pytest.raises(RuntimeError, match="written by actions only"):
        allocation.moves.get().delete()
    with acting():
        allocation.save()
