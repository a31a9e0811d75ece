"""What the database itself refuses of money reserved and spent, purchases and movements, by raw SQL."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from directory import clock
from donors.actions import move_stock
from donors.models import CashBalance, Purchase, StockMovement
from tests.donors.buying import bought, money_of, planned
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def books(world: World) -> None:
    """Of 10 million đồng 8 came, 4 are reserved, 3 spent; 5 of the 15 pieces bought lie elsewhere."""
    money, by = money_of(world, came=8_000_000), world.user("coordinator")
    line = bought(world, 15, quantity=15, money=money).supply_line
    planned(world, money=money)
    move_stock(
        by=by,
        line=line,
        to=world.agency("UBND xã Ia Dom"),
        quantity=5,
        occurred_on=clock.today(),
        reason="Gần nơi trao",
    )


BREAKS: list[tuple[type[models.Model], str, dict[str, Any], str]] = [
    (CashBalance, "true", {"received": 10_000_001}, "cash_within_pledge"),
    (CashBalance, "true", {"withdrawn": 2_000_001}, "cash_within_pledge"),
    (CashBalance, "true", {"reserved": 5_000_001}, "cash_within_received"),
    (CashBalance, "true", {"spent": 4_000_001}, "cash_within_received"),
    (CashBalance, "true", {"received": 6_999_999}, "cash_within_received"),
    (CashBalance, "true", {"reserved": -1}, "reserved"),
    (CashBalance, "true", {"spent": -1}, "spent"),
    (Purchase, "true", {"quantity": 0}, "purchase_of_something"),
    (Purchase, "true", {"reserved": 0}, "purchase_of_something"),
    (Purchase, "state = 'done'", {"closed_at": None}, "purchase_closed_who_and_when"),
    (Purchase, "state = 'planned'", {"closed_at": "2025-06-02 00:00"}, "purchase_closed_who_and_when"),
    (Purchase, "state = 'done'", {"invoice": ""}, "purchase_done_by_invoice"),
    (Purchase, "state = 'done'", {"invoiced_on": None}, "purchase_done_by_invoice"),
    (Purchase, "state = 'done'", {"spent": None}, "purchase_done_by_invoice"),
    (Purchase, "state = 'done'", {"received": None}, "purchase_done_by_invoice"),
    (Purchase, "state = 'done'", {"state": "planned"}, "purchase_done_by_invoice"),
    (Purchase, "state = 'planned'", {"spent": 1}, "purchase_done_by_invoice"),
    (StockMovement, "true", {"quantity": 0}, "stock_movement_moves"),
    (StockMovement, "true", {"moved_back": 6}, "stock_movement_back_within_moved"),
]


@pytest.mark.parametrize(("model", "where", "change", "name"), BREAKS)
def test_no_raw_sql_breaks_it(
    books: None, model: type[models.Model], where: str, change: dict[str, Any], name: str
) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(column)} = %s" for column in change)
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # Names of our own tables only.
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {where}",
            list(change.values()),
        )


def test_nothing_moves_within_one_line(books: None) -> None:
    movement = StockMovement.objects.get()
    with pytest.raises(IntegrityError, match="stock_movement_between_lines"), transaction.atomic():
        StockMovement.objects.update(source=movement.target_id)


def test_rows_are_written_by_actions_only(books: None) -> None:
    for row in (Purchase.objects.first(), StockMovement.objects.first()):
        with pytest.raises(RuntimeError, match="written by actions only"):
            row.save()
