"""The screens of stock: figures that add up, movements, write-offs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import User
from donors.models import StockMovement, SupplyBalance, SupplyLine
from donors.stock import Stock
from tests.distributions.build import allocated, need_of, sent, supply_of
from tests.donors.buying import bought
from tests.donors.test_stock_actions import lost, moved
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, coordinator: User) -> Client:
    return client_of(coordinator)


@pytest.fixture
def line(world: World) -> SupplyLine:
    """200 promised, 100 came; 40 allocated, of these 30 sent; 25 moved to Ia Đal, 5 lost."""
    line = supply_of(world, 200, received=100)
    allocation = allocated(world, 40, need=need_of(world, 50), supply_line=line)
    sent(world, 30, allocation=allocation)
    moved(world, line)
    return lost(world, line)


def test_every_piece_counts_once(browser: Client, world: World, line: SupplyLine) -> None:
    supply_of(world, 10, received=0, item="meal")
    meals, coats = browser.get(reverse("stock_list")).context["groups"]
    assert meals.stock == Stock(10, 0, 0, 0, 0)
    kept = {row.custodian.short_name: (row.stock, row.lines) for row in coats.rows}
    assert kept == {
        "LĐTBXH": (Stock(promised=175, received=75, allocated=40, sent=30, written_off=5), 1),
        "UBND xã Ia Đal": (Stock(promised=25, received=25), 1),
    }
    assert coats.stock == Stock(promised=200, received=100, allocated=40, sent=30, written_off=5)
    for stock in (coats.stock, meals.stock, *(row.stock for row in coats.rows)):
        assert stock.promised == stock.received + stock.to_come
        assert stock.received == stock.in_stock + stock.sent + stock.written_off
        assert stock.promised == stock.allocated + stock.written_off + stock.left


@pytest.mark.parametrize(
    ("has", "found"), [("", {"a", "b", "c"}), ("stock", {"a", "c"}), ("come", {"b"}), ("left", {"a", "b"})]
)
def test_lines_are_sifted(browser: Client, world: World, has: str, found: set[str]) -> None:
    lines = {"a": supply_of(world, 10), "b": supply_of(world, 10, received=0), "c": supply_of(world, 5)}
    allocated(world, 5, supply_line=lines["c"])
    page = browser.get(reverse("supply_list"), {"has": has}).context["page"]
    assert set(page.object_list) == {lines[name] for name in found}


def test_stock_is_sifted_by_who_keeps_it(browser: Client, world: World, line: SupplyLine) -> None:
    keeper = world.agency("UBND xã Ia Đal")
    [group] = browser.get(reverse("stock_list"), {"custodian": keeper.pk}).context["groups"]
    assert [(row.custodian, row.stock.received) for row in group.rows] == [(keeper, 25)]
    page = browser.get(reverse("supply_list"), {"custodian": keeper.pk}).context["page"]
    assert [row.origin for row in page] == ["moved"]


def test_what_went_away_to_the_last_piece_is_not_listed(browser: Client, world: World) -> None:
    movement = moved(world, supply_of(world, 25))
    assert list(browser.get(reverse("supply_list")).context["page"]) == [movement.target]


def test_each_sees_what_it_keeps(
    client_of: ClientOf, line: SupplyLine, stranger: User, officer: User, leader: User
) -> None:
    def sees(user: User) -> list[int]:
        return [
            group.stock.promised for group in client_of(user).get(reverse("stock_list")).context["groups"]
        ]

    assert [sees(user) for user in (stranger, officer, leader)] == [[25], [], [200]]
    assert [
        len(client_of(user).get(reverse("movement_list")).context["page"]) for user in (stranger, officer)
    ] == [1, 0]


def test_goods_are_handed_over(browser: Client, world: World) -> None:
    line = supply_of(world, 50)
    to = world.agency("UBND xã Ia Dom")
    form = {"to": to.pk, "quantity": "20", "occurred_on": "02/06/2025", "reason": "Gần nơi trao"}
    response = browser.post(reverse("stock_move", args=[line.pk]), form)
    assert response.headers["location"] == reverse("supply_detail", args=[line.pk])
    movement = StockMovement.objects.get()
    assert (movement.quantity, movement.target.custodian) == (20, to)
    for page in (line.pk, movement.target_id):
        context = browser.get(reverse("supply_detail", args=[page])).context
        assert list(context["movements"]) == [movement]


def test_goods_are_written_off_and_put_back(browser: Client, world: World) -> None:
    line = supply_of(world, 50)
    form = {"quantity": "20", "occurred_on": "02/06/2025", "reason": "Mưa dột kho"}
    browser.post(reverse("stock_write_off", args=[line.pk]), form)
    browser.post(reverse("stock_restore", args=[line.pk]), {"quantity": "5", "reason": "Tìm thấy lại"})
    assert SupplyBalance.objects.get(pk=line.pk).written_off == 15
    moves = browser.get(reverse("supply_detail", args=[line.pk])).context["moves"]
    assert [(move.kind, move.quantity) for move in moves][-2:] == [("write_off", 20), ("write_off", -5)]


@pytest.mark.parametrize(
    ("name", "form", "status", "fields"),
    [
        ("stock_move", {"quantity": "51", "occurred_on": "02/06/2025", "reason": "Gần"}, 409, ["quantity"]),
        (
            "stock_move",
            {"quantity": "", "occurred_on": "03/06/2025", "reason": ""},
            422,
            ["quantity", "reason"],
        ),
        (
            "stock_write_off",
            {"quantity": "51", "occurred_on": "02/06/2025", "reason": "Hỏng"},
            409,
            ["quantity"],
        ),
        (
            "stock_write_off",
            {"quantity": "1", "occurred_on": "03/06/2025", "reason": "Hỏng"},
            422,
            ["occurred_on"],
        ),
        ("stock_restore", {"quantity": "1", "reason": "Nhầm"}, 409, ["quantity"]),
    ],
)
def test_what_is_refused_stands_at_its_field(
    browser: Client, world: World, name: str, form: dict[str, str], status: int, fields: list[str]
) -> None:
    line = supply_of(world, 50)
    before = SupplyBalance.objects.values().get()
    to = world.agency("UBND xã Ia Dom").pk
    response = browser.post(reverse(name, args=[line.pk]), {"to": to, **form})
    assert (response.status_code, list(response.context["form"].errors)) == (status, fields)
    assert SupplyBalance.objects.values().get() == before


def test_who_keeps_nothing_hands_nothing_over(
    client_of: ClientOf, world: World, officer: User, line: SupplyLine
) -> None:
    theirs = moved(world, line, 5, to=world.agency("UBND xã Ia Dom")).target
    assert client_of(officer).get(reverse("stock_move", args=[line.pk])).status_code == 404
    assert client_of(officer).get(reverse("stock_move", args=[theirs.pk])).status_code == 200


@pytest.mark.parametrize("name", ["stock_list", "movement_list", "supply_list"])
def test_lists_cost_the_same_for_one_row_and_for_three(browser: Client, world: World, name: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse(name))
        return len(queries)

    moved(world, supply_of(world, 50))
    browser.get(reverse(name))
    before = cost()
    moved(world, supply_of(world, 50), to=world.agency("UBND xã Ia Dom"))
    bought(world, item="meal")
    assert cost() == before


def test_lists_go_out_as_files(browser: Client, line: SupplyLine) -> None:
    stock = browser.get(reverse("stock_export", args=["csv"])).content.decode("utf-8-sig")
    assert ["UBND xã Ia Đal" in stock or "Ủy ban nhân dân xã Ia Đal" in stock, ";175;" in stock] == [
        True,
        True,
    ]
    movements = browser.get(reverse("movement_export", args=["csv"])).content.decode("utf-8-sig")
    assert ["DC-2025-001" in movements, "Để gần nơi trao" in movements] == [True, True]


def test_a_pledges_page_counts_moved_goods_once(browser: Client, line: SupplyLine) -> None:
    [row] = browser.get(reverse("pledge_detail", args=[line.pledge_line.pledge_id])).context["progress"]
    assert (row.promised, row.received, row.allocated, row.sent, row.left) == (200, 100, 45, 35, 155)


def test_the_receipt_form_asks_for_the_promise_only(browser: Client, line: SupplyLine) -> None:
    form = browser.get(reverse("receipt_create", args=[line.pledge_line.pledge_id])).context["form"]
    assert [row.supply for row in form.progress] == [line]
