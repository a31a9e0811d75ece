"""What the year's money bought, and what of it went elsewhere. Sellers and invoices are invented."""

from __future__ import annotations

from directory import clock
from donors.actions import (
    Bought,
    Wanted,
    complete_purchase,
    move_stock,
    plan_purchase,
    write_off_stock,
)
from donors.models import PledgeLine, Purchase
from reports.demo.stage import Stage, on

SELLER = "Cửa hàng mẫu G"


def of_year(stage: Stage, year: int, money: PledgeLine) -> None:
    """Socks are bought and a part goes to a commune; this year's coats are planned."""
    done = _planned(stage, year, money, "socks", 60, 30_000)
    with clock.standing_on(on(year, 4, 10)):
        complete_purchase(
            by=stage.users["ldtbxh"],
            purchase=done,
            bought=Bought(f"1C{year % 100}TMA-00{year % 100}7", clock.today(), SELLER, 60, 1_740_000),
        )
    with clock.standing_on(on(year, 4, 20)):
        _handed_over(stage, done)
    if year == 2025:
        _planned(stage, year, money, "coat", 30, 240_000)


def _planned(
    stage: Stage, year: int, money: PledgeLine, item: str, quantity: int, unit_price: int
) -> Purchase:
    with clock.standing_on(on(year, 4, 1)):
        wanted = Wanted(
            stage.items[item],
            quantity,
            unit_price,
            stage.agencies["LĐTBXH"],
            supplier=SELLER,
            due_on=on(year, 6, 30),
        )
        return plan_purchase(by=stage.users["ldtbxh"], cash_line=money, wanted=wanted)


def _handed_over(stage: Stage, purchase: Purchase) -> None:
    movement = move_stock(
        by=stage.users["ldtbxh"],
        line=purchase.supply_line,
        to=stage.agencies["UBND xã Ia Đal"],
        quantity=20,
        occurred_on=clock.today(),
        reason="Để sẵn ở xã cho đợt trao",
    )
    write_off_stock(
        by=stage.users["canbo.iadal"],
        line=movement.target,
        quantity=2,
        occurred_on=clock.today(),
        reason="Bị ẩm mốc",
    )
