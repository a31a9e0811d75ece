"""A delivery that falls short, in a browser, by the people who do it, until what came back serves again."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from distributions.models import Distribution
from donors.models import SupplyLine
from needs.models import Need
from tests.distributions import build
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.sqlite,
    pytest.mark.django_db(transaction=True),
]


def test_what_a_short_delivery_brings_back_is_allocated_again(
    world: World, open_page: Callable[..., Page]
) -> None:
    """Match, plan, send, confirm short (the need opens at once), return, reallocate; with the books."""
    need, line = build.need_of(world, 30, item="meal"), build.supply_of(world, 20, item="meal")
    office, agency, commune = (world.user(name) for name in ("coordinator", "health", "officer.iadom"))
    board = open_page(f"{reverse('allocation_board')}?need={need.pk}", office)
    allocate(board, 20)
    assert books_of(need, line) == (20, 0, 0, 20)
    plan = f"{reverse('distribution_create')}?area={need.item.area_id}&place={need.place_id}"
    distribution = plan_and_send(open_page(plan, agency), "20")
    assert books_of(need, line) == (20, 0, 0, 0)
    confirm_short(open_page(reverse("delivery_confirm", args=[distribution.pk]), commune))
    assert books_of(need, line) == (12, 12, 3, 3)
    settle(open_page(reverse("distribution_detail", args=[distribution.pk]), office))
    assert books_of(need, line) == (12, 12, 8, 8)
    board.reload()
    expect(board.locator(".remainders")).to_contain_text("18")
    allocate(board, 8)
    assert books_of(need, line) == (20, 12, 0, 8)
    assert ledger_says() == (
        "ledger in order: 1 needs, 1 supply lines, 0 cash lines, 2 allocations, 1 distribution lines\n"
    )


def press(page: Page, form: str) -> None:
    """Send the form whose address contains ``form``; the page that follows must not be a refusal."""
    page.locator(f"form{form} button.btn-primary").last.click()
    page.wait_for_load_state()
    expect(page.locator(".error-summary")).to_have_count(0)


def allocate(board: Page, quantity: int) -> None:
    board.fill("form[action*='/allocations/new/'] [name=quantity]", str(quantity))
    press(board, "[action*='/allocations/new/']")


def plan_and_send(page: Page, quantity: str) -> Distribution:
    page.fill("[name^='allocation-']", quantity)
    page.fill("[name=planned_on]", "02/06/2025")
    press(page, "[method=post]:has([name=planned_on])")
    page.locator("a[href$='/send/']").click()
    press(page, "[method=post]:has([name=sent_on])")
    return Distribution.objects.get()


def confirm_short(page: Page) -> None:
    """Of 20 sent 12 reached children, 3 go back, 5 are missing."""
    page.fill("[name=occurred_on]", "02/06/2025")
    for name, value in (("received", "12"), ("returned", "3"), ("missing", "5")):
        page.fill(f"[name$='-{name}']", value)
    page.fill("[name$='-difference_reason']", "Xe hỏng dọc đường")
    page.fill("[name*='-band-']", "12")
    press(page, "[enctype='multipart/form-data']")


def settle(page: Page) -> None:
    """The missing five came back to the stock after all."""
    page.fill("[name=returned]", "5")
    page.fill("[name=reason]:visible", "Trạm y tế trả lại kho")
    press(page, "[action*='/missing/']")


def books_of(need: Need, line: SupplyLine) -> tuple[int, int, int, int]:
    """Of the need (covered, delivered), of the supply line (unallocated, in stock)."""
    need.balance.refresh_from_db()
    line.balance.refresh_from_db()
    return (need.balance.covered, need.balance.delivered, line.balance.unallocated, line.balance.in_stock)


def ledger_says() -> str:
    """Fails if the books are not in order."""
    out = StringIO()
    call_command("check_ledger", stdout=out)
    return out.getvalue()
