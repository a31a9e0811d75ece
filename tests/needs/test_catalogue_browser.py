"""The catalogue in a browser: with a keyboard, without scripts, on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from directory.models import User
from needs.actions import SizeRow, set_price, set_sizes
from tests.browser import violations
from tests.needs.build import approved_need
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_sizes_are_entered_without_scripts(
    world: World, coordinator: User, open_page: Callable[..., Page]
) -> None:
    item = world.item("warm_clothing")
    page = open_page(f"/items/{item.pk}/sizes/", coordinator, scripts=False)
    for number, (size, share) in enumerate((("100", "40"), ("110", "60"))):
        page.select_option(f"[name=lines-{number}-age_band]", str(world.band("3-5").pk))
        page.fill(f"[name=lines-{number}-label]", size)
        page.fill(f"[name=lines-{number}-percent]", share)
    page.press("[name=lines-1-percent]", "Enter")
    page.wait_for_url(f"**/items/{item.pk}/")
    assert list(item.sizes.values_list("label", "percent")) == [("100", 40), ("110", 60)]


def test_the_pages_break_no_rule_and_fit_a_phone(
    world: World, coordinator: User, open_page: Callable[..., Page]
) -> None:
    item = world.item("warm_clothing")
    approved_need(world)
    set_price(by=coordinator, item=item, year=2025, amount=200_000)
    rows = [SizeRow(world.band("3-5"), "100", 100)]
    set_sizes(by=coordinator, item=item, version=0, rows=rows)
    page = open_page("/items/", coordinator, phone=True)
    own = [f"/items/{item.pk}/{part}" for part in ("", "change/", "prices/", "sizes/", "retire/", "delete/")]
    school = world.school("Ia Dom").pk
    for address in ("/items/", "/items/new/", *own, "/needs/buying-list/", f"/places/{school}/change/"):
        page.goto(address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") == 360, address
