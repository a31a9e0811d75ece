"""The look in a real browser: focus, the menu without scripts, refusals of htmx, accessibility rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Request, Route, expect

from directory.errors import NotEnough
from directory.models import User
from tests.browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIVE = "htmx.ajax('GET', '/live/', {target: 'main form'}).catch(() => {})"


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_pages_keep_the_accessibility_rules(
    open_page: Callable[..., Page], officer: User, phone: bool
) -> None:
    for path, user in (
        ("/login/", None),
        ("/", officer),
        ("/password/", officer),
        ("/no-such-page/", officer),
        ("/logout/", officer),
    ):
        page = open_page(path, user, phone=phone)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_what_is_wrong_has_the_focus_and_leads_to_its_field(open_page: Callable[..., Page], db: None) -> None:
    page = open_page("/login/")
    page.locator("main button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()
    expect(page.locator("#id_login")).to_be_focused()
    assert violations(page) == []


def test_the_menu_opens_on_a_phone_without_scripts(open_page: Callable[..., Page], officer: User) -> None:
    page = open_page("/password/", officer, phone=True, scripts=False)
    home = page.locator("#menu a[href='/']")
    expect(home).to_be_hidden()
    page.locator(".menu-button").click()
    home.click()
    assert page.url.endswith("/")
    page.locator(".user-menu summary").click()
    expect(page.locator(".user-panel button")).to_be_visible()


def test_a_double_click_sends_a_form_once(open_page: Callable[..., Page], db: None) -> None:
    page = open_page("/login/")
    posts: list[Request] = []

    def wait_and_answer(route: Route) -> None:
        posts.append(route.request)
        page.wait_for_timeout(300)
        route.fulfill(status=200, body="sent", content_type="text/html")

    page.route("**/login/", wait_and_answer)
    page.fill("#id_login", "somebody")
    page.fill("#id_password", "something")
    page.locator("main button").dblclick(no_wait_after=True)
    page.wait_for_timeout(600)
    assert len(posts) == 1


def test_a_refusal_of_a_live_part_is_shown_on_top_and_the_part_stays(
    open_page: Callable[..., Page], officer: User
) -> None:
    page = open_page("/password/", officer)
    fragment = render_to_string("components/refusal.html", {"refusal": NotEnough("Only 12 coats are left.")})
    page.route("**/live/", lambda route: route.fulfill(status=409, body=fragment, content_type="text/html"))
    page.evaluate(LIVE)
    expect(page.locator("#refusals .refusal")).to_contain_text("Only 12 coats are left.")
    expect(page.locator("#refusals .refusal")).to_be_focused()
    expect(page.locator("#id_password1")).to_be_visible()


def test_a_save_that_did_not_happen_says_so(open_page: Callable[..., Page], officer: User) -> None:
    page = open_page("/password/", officer)
    page.fill("#id_password1", "typed and kept")
    for answer in (lambda route: route.abort(), lambda route: route.fulfill(status=502, body="bad gateway")):
        page.route("**/live/", answer)
        page.evaluate("document.getElementById('refusals').replaceChildren()")
        page.evaluate(LIVE)
        expect(page.locator("#refusals")).not_to_be_empty()
        expect(page.locator("#id_password1")).to_have_value("typed and kept")
