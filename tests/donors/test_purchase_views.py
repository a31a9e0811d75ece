"""The screens of purchases and of the way of the money: what they show, save and refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import User
from distributions.actions import allocate
from donors.models import CashBalance, Purchase, SupplyLine
from tests.distributions.build import need_of
from tests.donors.build import pledged
from tests.donors.buying import bought, money_of, planned
from tests.donors.counting import unchanged
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, coordinator: User) -> Client:
    return client_of(coordinator)


def _form(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "item": world.item("warm_clothing").pk,
        "quantity": "20",
        "unit_price": "200.000",
        "custodian": world.agency("LĐTBXH").pk,
        "due_on": "30/06/2025",
        **changes,
    }


def _invoice(**changes: Any) -> dict[str, Any]:
    return {
        "invoice": "1C25TAA-00012",
        "invoiced_on": "02/06/2025",
        "supplier": "Cửa hàng Thanh Tâm",
        "received": "20",
        "spent": "3.800.000",
        **changes,
    }


def test_a_purchase_is_planned_done_and_shown(browser: Client, world: World) -> None:
    money = money_of(world)
    response = browser.post(reverse("purchase_create", args=[money.pk]), _form(world))
    purchase = Purchase.objects.get()
    assert response.headers["location"] == reverse("purchase_detail", args=[purchase.pk])
    assert (purchase.quantity, purchase.reserved, str(purchase.due_on)) == (20, 4_000_000, "2025-06-30")
    response = browser.post(reverse("purchase_complete", args=[purchase.pk]), _invoice())
    assert response.headers["location"] == reverse("purchase_detail", args=[purchase.pk])
    purchase.refresh_from_db()
    assert (purchase.state, purchase.received, purchase.spent) == ("done", 20, 3_800_000)
    page = browser.get(reverse("purchase_detail", args=[purchase.pk])).content.decode()
    assert "1C25TAA-00012" in page


def test_a_purchase_is_cancelled(browser: Client, world: World) -> None:
    purchase = planned(world)
    response = browser.post(reverse("purchase_cancel", args=[purchase.pk]), {"reason": "Thôi mua"})
    assert response.headers["location"] == reverse("purchase_detail", args=[purchase.pk])
    purchase.refresh_from_db()
    assert purchase.state == "cancelled"


def test_what_the_money_cannot_pay_is_said_at_its_field(browser: Client, world: World) -> None:
    money = money_of(world, came=1_000)
    with unchanged(Purchase, SupplyLine):
        response = browser.post(reverse("purchase_create", args=[money.pk]), _form(world))
    assert (response.status_code, list(response.context["form"].errors)) == (409, ["unit_price"])


@pytest.mark.parametrize(
    ("changes", "status", "fields"),
    [
        ({"quantity": "0"}, 422, ["quantity"]),
        ({"unit_price": "không"}, 422, ["unit_price"]),
        ({"item": ""}, 422, ["item"]),
        ({"due_on": "01/06/2025"}, 422, ["due_on"]),
    ],
)
def test_a_plan_that_makes_no_sense_is_shown_again(
    browser: Client, world: World, changes: dict[str, str], status: int, fields: list[str]
) -> None:
    money = money_of(world)
    with unchanged(Purchase, SupplyLine):
        response = browser.post(reverse("purchase_create", args=[money.pk]), _form(world, **changes))
    assert (response.status_code, list(response.context["form"].errors)) == (status, fields)


@pytest.mark.parametrize(
    ("changes", "status", "fields"),
    [
        ({"received": "19"}, 422, ["reason"]),
        ({"spent": "4.000.001"}, 422, ["reason"]),
        ({"spent": "10.000.001", "reason": "Giá tăng"}, 409, ["spent"]),
        ({"received": ""}, 422, ["received"]),
        ({"invoiced_on": "03/06/2025"}, 422, ["invoiced_on"]),
    ],
)
def test_an_invoice_that_makes_no_sense_is_shown_again(
    browser: Client, world: World, changes: dict[str, str], status: int, fields: list[str]
) -> None:
    purchase = planned(world)
    response = browser.post(reverse("purchase_complete", args=[purchase.pk]), _invoice(**changes))
    assert (response.status_code, list(response.context["form"].errors)) == (status, fields)
    purchase.refresh_from_db()
    assert purchase.state == "planned"


def test_a_purchase_is_taken_back_and_stands_in_the_way_of_its_money(browser: Client, world: World) -> None:
    purchase = bought(world)
    detail, url = (reverse(f"purchase_{page}", args=[purchase.pk]) for page in ("detail", "take_back"))
    assert f'href="{url}"' in browser.get(detail).content.decode()
    assert browser.post(url, {"reason": " "}).status_code == 422
    response = browser.post(url, {"reason": "Nhập nhầm"})
    purchase.refresh_from_db()
    assert (response.headers["location"], purchase.state) == (detail, "planned")
    assert f'href="{url}"' not in browser.get(detail).content.decode()
    moves = browser.get(reverse("cash_detail", args=[purchase.cash_line_id])).context["moves"]
    assert [move.amount for move in moves][-2:] == [-4_000_000, -4_000_000]
    response = browser.post(url, {"reason": "Nhập nhầm"})
    assert (response.status_code, len(response.context["form"].non_field_errors())) == (409, 1)


def test_a_purchase_done_already_says_so(browser: Client, world: World) -> None:
    purchase = bought(world)
    response = browser.post(reverse("purchase_complete", args=[purchase.pk]), _invoice())
    assert response.status_code == 409
    response = browser.post(reverse("purchase_cancel", args=[purchase.pk]), {"reason": "Thôi"})
    assert response.status_code == 409


def test_the_way_of_every_dong_adds_up(browser: Client, world: World, coordinator: User) -> None:
    money = money_of(world)
    done = bought(world, money=money, spent=3_800_000)
    waits = planned(world, 5, 200_000, money=money)
    allocate(by=coordinator, supply_line=done.supply_line, need=need_of(world, 12), quantity=12)
    context = browser.get(reverse("cash_detail", args=[money.pk])).context
    spent = [(spending.purchase, spending.purchase.used) for spending in context["spendings"]]
    assert spent == [(done, 3_800_000), (waits, 1_000_000)]
    cash = context["cash"]
    assert (cash.reserved, cash.spent, cash.free) == (1_000_000, 3_800_000, 5_200_000)
    assert cash.reserved + cash.spent + cash.free == cash.received == 10_000_000
    stock = context["spendings"][0].stock
    assert (stock.promised, stock.allocated, stock.left) == (20, 12, 8)
    kinds = [move.kind for move in context["moves"]]
    assert kinds == ["pledge", "receive", "reserve", "release", "spend", "reserve"]


def test_money_with_something_left_is_found(browser: Client, world: World) -> None:
    used, free = money_of(world, 4_000_000), money_of(world, 5_000_000)
    bought(world, money=used)
    every = browser.get(reverse("cash_list")).context
    left = browser.get(reverse("cash_list"), {"left": "yes"}).context
    assert set(every["page"].object_list) == {used, free}
    assert list(left["page"].object_list) == [free]
    assert every["sums"] == {"received": 9_000_000, "reserved": 0, "spent": 4_000_000}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [0, 1]),
        ({"state": "done"}, [0]),
        ({"state": "overdue"}, []),
        ({"q": "MS-2025-002"}, [1]),
        ({"q": "00012"}, [0]),
    ],
)
def test_purchases_are_found(browser: Client, world: World, asked: dict[str, str], found: list[int]) -> None:
    made = [bought(world), planned(world)]
    page = browser.get(reverse("purchase_list"), asked).context["page"]
    assert set(page.object_list) == {made[number] for number in found}


def test_each_sees_the_purchases_within_reach(
    client_of: ClientOf, world: World, officer: User, stranger: User, union_officer: User, coordinator: User
) -> None:
    purchase = planned(world, money=money_of(world, by=officer), custodian=world.agency("UBND xã Ia Đal"))
    for user in (officer, stranger, coordinator):
        assert list(client_of(user).get(reverse("purchase_list")).context["page"]) == [purchase]
    assert list(client_of(union_officer).get(reverse("purchase_list")).context["page"]) == []
    # Who keeps the goods sees them bought; the money stays with who mobilised it.
    assert client_of(stranger).get(reverse("purchase_detail", args=[purchase.pk])).status_code == 200
    response = client_of(stranger).post(reverse("purchase_cancel", args=[purchase.pk]), {"reason": "Thôi"})
    assert (response.status_code, Purchase.objects.get().state) == (403, "planned")


@pytest.mark.parametrize("name", ["purchase_list", "cash_list"])
def test_lists_cost_the_same_for_one_row_and_for_three(browser: Client, world: World, name: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse(name))
        return len(queries)

    planned(world)
    browser.get(reverse(name))
    before = cost()
    bought(world)
    planned(world, place=world.village("Ia Dom"), age_band=world.band("3-5"))
    assert cost() == before


def test_the_way_of_the_money_costs_the_same_for_one_purchase_and_for_three(
    browser: Client, world: World
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("cash_detail", args=[money.pk]))
        return len(queries)

    money = money_of(world)
    bought(world, money=money)
    browser.get(reverse("cash_detail", args=[money.pk]))
    before = cost()
    planned(world, 1, 1_000, money=money)
    bought(world, money=money, quantity=1, unit_price=1_000)
    assert cost() == before


def test_lists_go_out_as_files(browser: Client, world: World) -> None:
    money = money_of(world)
    bought(world, money=money)
    planned(world, 1, 1_000, money=money)
    for name, marks in (
        ("purchase_export", ["MS-2025-001", "MS-2025-002", "1C25TAA-00012"]),
        ("cash_export", ["CK-2025-001"]),
    ):
        answer = browser.get(reverse(name, args=["csv"]))
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert [mark in text.decode("utf-8-sig") for mark in marks] == [True] * len(marks)
    assert CashBalance.objects.get().free == 10_000_000 - 4_000_000 - 1_000


def test_a_purchase_that_covers_what_another_office_covers_is_asked_about(
    browser: Client, world: World, officer: User
) -> None:
    place = world.village("Ia Dom")
    pledged(world, by=officer, earmark="place", earmark_place=place)
    money = money_of(world)
    form = _form(world, place=place.pk)
    with unchanged(Purchase):
        response = browser.post(reverse("purchase_create", args=[money.pk]), form)
    assert response.status_code == 422
    assert [overlap.holder for overlap in response.context["form"].overlaps] == [officer.agency]
    browser.post(reverse("purchase_create", args=[money.pk]), {**form, "overlap_known": "on"})
    purchase = Purchase.objects.get()
    shown = browser.get(reverse("purchase_detail", args=[purchase.pk])).context["overlaps"]
    assert [overlap.holder for overlap in shown] == [officer.agency]
