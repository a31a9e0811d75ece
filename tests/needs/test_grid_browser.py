"""The grid in a browser: filled by keyboard only, saved row by row, two people on one row."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from directory.models import User
from needs.models import ChildCount, NeedStatement, Survey
from tests.needs.build import started_survey
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's own loop runs in this thread; the ORM is used between its calls only.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


def page_of(browser: Browser, live_server: LiveServer, user: User, width: int = 1280) -> Page:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN")
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return context.new_page()


def url(live_server: LiveServer, survey: Survey, section: str) -> str:
    return f"{live_server.url}/surveys/{survey.pk}/{section}/"


def type_row(page: Page, values: list[str]) -> None:
    """Type the values from the focused cell to the right; the next row's first cell is not touched."""
    for value in values[:-1]:
        page.keyboard.type(value)
        page.keyboard.press("ArrowRight")
    page.keyboard.type(values[-1])


def focus_first(page: Page) -> None:
    """By Tab from the save button into the grid's first cell."""
    page.locator("form .grid-save button").focus()
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.classList.contains('grid-frame')"):
        page.keyboard.press("Tab")


def test_a_grid_is_filled_by_keyboard_alone(
    world: World, officer: User, browser: Browser, live_server: LiveServer
) -> None:
    survey = started_survey(world)
    page = page_of(browser, live_server, officer)
    page.goto(url(live_server, survey, "children"))
    rows = page.locator("tr[data-row]")
    focus_first(page)
    type_row(page, ["1.200", "61"])
    page.keyboard.press("Enter")
    expect(rows.nth(0).locator("[data-state]")).to_have_class("row-state state-saved")
    type_row(page, ["0"])
    page.keyboard.press("Enter")
    expect(rows.nth(1).locator("[data-state]")).to_have_class("row-state state-saved")
    page.keyboard.type("ba")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(2).locator("[data-state]")).to_have_class("row-state state-refused")
    expect(rows.nth(2).locator("input[aria-invalid=true]")).to_have_value("ba")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    expect(rows.nth(2).locator("[data-state]")).to_have_class("row-state state-saved")
    page.reload()
    assert rows.nth(0).locator("td input").nth(0).input_value() == "1200"
    assert rows.nth(1).locator("td input").nth(1).input_value() == "0"
    assert rows.nth(2).locator("td input").nth(1).input_value() == "30"
    assert sorted(ChildCount.objects.values_list("value", flat=True)) == [0, 30, 61, 1200]


def test_totals_follow_what_is_typed(
    world: World, officer: User, browser: Browser, live_server: LiveServer
) -> None:
    survey = started_survey(world)
    page = page_of(browser, live_server, officer, width=360)
    page.goto(url(live_server, survey, "warm_clothing"))
    focus_first(page)
    type_row(page, ["8", "800"])
    page.keyboard.press("ArrowDown")
    page.keyboard.type("900")
    expect(page.locator("tfoot td").nth(1)).to_have_text("1.700")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-row] [data-state].state-saved")).to_have_count(2)
    assert sorted(NeedStatement.objects.values_list("children", "quantity")) == [(8, 800), (9, 900)]


@pytest.mark.parametrize(("button", "expected"), [("keep", 47), ("take", 31)])
def test_two_people_on_one_row(
    world: World, officer: User, browser: Browser, live_server: LiveServer, button: str, expected: int
) -> None:
    survey = started_survey(world)
    first = page_of(browser, live_server, officer)
    second = page_of(browser, live_server, world.user("officer.iadom.2"))
    for page in (first, second):
        page.goto(url(live_server, survey, "children"))
    focus_first(second)
    second.keyboard.type("31")
    second.keyboard.press("Enter")
    expect(second.locator("[data-state]").first).to_have_class("row-state state-saved")
    focus_first(first)
    first.keyboard.type("47")
    first.keyboard.press("Enter")
    state = first.locator("[data-state]").first
    expect(state).to_have_class("row-state state-conflict")
    assert first.locator(".conflict tbody td").all_inner_texts() == ["31", "47"]
    first.locator(f"button[name={button}]").focus()
    first.keyboard.press("Enter")
    expect(state).to_have_class("row-state state-saved")
    assert first.locator("tr[data-row] td input").first.input_value() == str(expected)
    assert ChildCount.objects.get().value == expected


def test_a_lost_connection_is_said_and_made_good(
    world: World, officer: User, browser: Browser, live_server: LiveServer
) -> None:
    survey = started_survey(world)
    page = page_of(browser, live_server, officer)
    page.goto(url(live_server, survey, "children"))
    state = page.locator("[data-state]").first
    focus_first(page)
    page.context.set_offline(True)
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(state).to_have_class("row-state state-lost")
    page.context.set_offline(False)
    expect(state).to_have_class("row-state state-saved")
    assert ChildCount.objects.get().value == 12
