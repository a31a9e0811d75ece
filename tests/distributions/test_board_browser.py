"""The board and the proposal in a browser: two coordinators at once, a telephone, no scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from distributions.models import Allocation, SupportPlan
from distributions.proof import prove
from tests.browser import violations
from tests.distributions import build
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.sqlite,
    pytest.mark.django_db(transaction=True),
]


def test_two_coordinators_on_the_same_board(world: World, open_page) -> None:
    """Who comes second is told what is left and who took the rest; nothing is half done."""
    need, line = build.need_of(world, 50), build.supply_of(world, 40)
    build.need_of(world, 5, band="0-2", priority=2)
    board = f"{reverse('allocation_board')}?need={need.pk}"
    first, second = (open_page(board, world.user(name)) for name in ("coordinator", "coordinator.2"))
    proposal = open_page(reverse("support_plan_propose"), world.user("coordinator.2"))
    _allocate(first, 30)
    _allocate(second, 30)
    expect(second.locator(".error-summary")).to_contain_text(line.pledge_line.pledge.code)
    expect(second.locator(".remainders")).to_contain_text("20")
    _allocate(second, 10)
    expect(second.locator(".error-summary")).to_have_count(0)
    assert list(Allocation.objects.order_by("pk").values_list("quantity", "by__username")) == [
        (30, "coordinator"),
        (10, "coordinator.2"),
    ]
    # What the second was shown before is no proposal any more.
    proposal.locator("button[name=which][value=all]").click()
    expect(proposal.locator(".error-summary")).to_contain_text("coordinator.2")
    assert (SupportPlan.objects.count(), prove().faults) == (0, [])


def _allocate(page: Page, quantity: int) -> None:
    page.locator("input[name=quantity]").first.fill(str(quantity))
    page.locator("form[action*='new'] button").first.click()
    page.wait_for_load_state()


def test_a_plan_is_accepted_by_keyboard_without_scripts_on_a_telephone(world: World, open_page) -> None:
    for priority, band in enumerate(("0-2", "3-5", "6-10"), 1):
        build.need_of(world, 10, band=band, priority=priority)
    build.supply_of(world, 25)
    page = open_page(reverse("support_plan_propose"), world.user("coordinator"), phone=True, scripts=False)
    page.locator("input[name=line]").nth(1).focus()
    page.keyboard.press("Space")
    page.locator("button[name=which][value=chosen]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/support-plans/*/")
    plan = SupportPlan.objects.get()
    assert list(plan.lines.values_list("allocation__quantity", flat=True)) == [10, 5]
    assert _overflow(page) <= 0


def test_what_is_left_on_both_sides_stays_in_sight(world: World, open_page) -> None:
    need = build.need_of(world, 50)
    for _time in range(8):
        build.supply_of(world, 10)
    for phone in (True, False):
        page = open_page(
            f"{reverse('allocation_board')}?need={need.pk}", world.user("coordinator"), phone=phone
        )
        page.locator("form[action*='new'] button").last.scroll_into_view_if_needed()
        box = page.locator(".remainders").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 60
        assert _overflow(page) <= 0
        assert violations(page) == []


@pytest.mark.parametrize("phone", [True, False])
def test_the_pages_of_a_plan_are_accessible(world: World, open_page, phone: bool) -> None:
    build.need_of(world, 10, band="0-2")
    plan = build.accepted(world)
    build.supply_of(world, 4)
    addresses = [
        reverse("support_plan_propose"),
        reverse("support_plan_list"),
        reverse("support_plan_detail", args=[plan.pk]),
    ]
    for address in addresses:
        page = open_page(address, world.user("coordinator"), phone=phone)
        assert (violations(page), max(0, _overflow(page))) == ([], 0), address


def _overflow(page: Page) -> int:
    """Pixels that the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
