"""The grid in a browser: filled by keyboard only, saved row by row, two people on one row."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from directory.models import User
from needs.models import ChildCount, NeedStatement, Survey
from tests.browser import violations
from tests.needs.build import started_survey
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]


def url(survey: Survey, section: str) -> str:
    return f"/surveys/{survey.pk}/{section}/"


def type_row(page: Page, values: list[str]) -> None:
    """Type the values from the focused cell to the right; the next row's first cell is not touched."""
    for value in values[:-1]:
        page.keyboard.type(value)
        page.keyboard.press("ArrowRight")
    page.keyboard.type(values[-1])


def test_the_grid_keeps_the_accessibility_rules(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    for section in ("children", "warm_clothing", "check"):
        page = open_page(url(survey, section), officer)
        assert violations(page) == [], section


def focus_first(page: Page) -> None:
    """By Tab from the save button into the grid's first cell."""
    page.locator("form .grid-save button").focus()
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.classList.contains('grid-frame')"):
        page.keyboard.press("Tab")


def test_a_grid_is_filled_by_keyboard_alone(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    page = open_page(url(survey, "children"), officer)
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


def test_totals_follow_what_is_typed(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    page = open_page(url(survey, "warm_clothing"), officer, phone=True)
    focus_first(page)
    page.keyboard.press("ArrowRight")
    type_row(page, ["8", "800"])
    page.keyboard.press("ArrowDown")
    page.keyboard.type("900")
    expect(page.locator("tfoot td").nth(2)).to_have_text(re.compile("1[.,]700"))
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
    world: World, officer: User, open_page: OpenPage, button: str, expected: int
) -> None:
    survey = started_survey(world)
    first = open_page(url(survey, "children"), officer)
    second = open_page(url(survey, "children"), world.user("officer.iadom.2"))
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


def test_a_lost_connection_is_said_and_made_good(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    page = open_page(url(survey, "children"), officer)
    state = page.locator("[data-state]").first
    focus_first(page)
    page.context.set_offline(True)
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(state).to_have_class("row-state state-lost")
    page.context.set_offline(False)
    expect(state).to_have_class("row-state state-saved")
    assert ChildCount.objects.get().value == 12


def test_a_link_waits_for_what_was_typed(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    page = open_page(url(survey, "children"), officer)
    focus_first(page)
    page.keyboard.type("12")
    page.locator(".tabs a").last.click()
    page.wait_for_url(f"**/surveys/{survey.pk}/check/")
    assert ChildCount.objects.get().value == 12


def test_a_refused_row_holds_the_link_back_once(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    page = open_page(url(survey, "children"), officer)
    focus_first(page)
    page.keyboard.type("-2")
    page.locator(".tabs a").last.click()
    expect(page.locator("[data-state]").first).to_have_class("row-state state-refused")
    expect(page.locator("tr[data-row] td input").first).to_be_focused()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".tabs a").last.click()
    page.wait_for_url(f"**/surveys/{survey.pk}/check/")
    assert ChildCount.objects.count() == 0
