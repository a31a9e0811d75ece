"""The list of needs in a real browser: accessibility rules, a phone, filters without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from directory.models import User
from needs.models import Need
from tests.browser import violations
from tests.needs.build import approved_need
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_the_list_keeps_the_accessibility_rules(
    open_page: Callable[..., Page], world: World, coordinator: User, phone: bool
) -> None:
    need = approved_need(world)
    Need.objects.filter(pk=need.pk).update(girls=3, priority=1, reason="lạnh")
    village = world.village("Ia Dom")
    for path in (
        "/needs/",
        f"/needs/?commune={village.unit_id}&place={village.pk}&q=thon&round=all",
        "/needs/?priority=9",
        "/needs/?q=khong-co",
        f"/needs/{need.pk}/",
    ):
        page = open_page(path, coordinator, phone=phone)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_list_is_narrowed_without_scripts(
    open_page: Callable[..., Page], world: World, coordinator: User
) -> None:
    approved_need(world, "Ia Dom")
    approved_need(world, "Ia Đal")
    page = open_page("/needs/", coordinator, scripts=False)
    rows = page.locator("table:has(.need-reason) tbody tr")
    expect(rows).to_have_count(2)
    page.select_option("#id_commune", label="xã Ia Dom")
    page.locator("form.panel button").click()
    expect(rows).to_have_count(1)
    page.select_option("#id_place", label="Thôn 2")
    page.locator("form.panel button").click()
    expect(page.locator(".empty")).to_be_visible()
    page.locator(".chip").first.click()
    expect(rows).to_have_count(2)
