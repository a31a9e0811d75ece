"""A block from Excel in a browser: pasted, seen, confirmed by keyboard alone; and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from directory.models import User
from needs.models import ChildCount, Survey
from tests.browser import violations
from tests.needs.build import filled_survey, started_survey
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]

# As Excel writes it: CRLF, both ways of grouping thousands, an empty column and blank lines at the end.
BLOCK = "1.234\t61\t\r\n1 234\t0\t\r\n\t\t\r\n\r\n"
PASTE_EVENT = """(cell, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const pasted = { clipboardData, bubbles: true, cancelable: true };
    return cell.dispatchEvent(new ClipboardEvent("paste", pasted));
}"""


def url(survey: Survey, section: str = "children") -> str:
    return f"/surveys/{survey.pk}/{section}/"


def cells(page: Page, row: int) -> list[str]:
    return [cell.input_value() for cell in page.locator("tr[data-row]").nth(row).locator("td input").all()]


def copy(page: Page, text: str) -> None:
    """Put the text on the clipboard, as Ctrl+C in Excel does."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)


def tab_to(page: Page, selector: str) -> None:
    """By Tab alone to the element."""
    for _step in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_block_is_pasted_seen_and_confirmed_by_keyboard_alone(
    world: World, officer: User, open_page: OpenPage
) -> None:
    survey = started_survey(world)
    page = open_page(url(survey), officer)
    copy(page, BLOCK)
    tab_to(page, "tr[data-row] input")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+v")
    page.wait_for_url("**/paste/")
    expect(page.locator("#paste-title")).to_be_focused()
    shown = page.locator(".paste-frame tbody td:last-child").all_inner_texts()
    assert shown == ["1.234", "61", "1.234", "0"]
    assert ChildCount.objects.count() == 0
    tab_to(page, "button[value=confirm]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{url(survey)}")
    assert cells(page, 1)[:2] == ["1234", "61"]
    assert cells(page, 2)[:2] == ["1234", "0"]
    villages = page.locator("tr[data-total=village] td")
    assert [villages.nth(column).inner_text() for column in range(3)] == ["2.468", "61", "–"]
    values = ChildCount.objects.order_by("pk").values_list("place__name", "value")
    assert list(values) == [("Thôn 1", 1234), ("Thôn 1", 61), ("Thôn 2", 1234), ("Thôn 2", 0)]


def test_a_single_value_is_pasted_as_ever(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    page = open_page(url(survey), officer)
    copy(page, "1.234\r\n")
    tab_to(page, "tr[data-row] input")
    page.keyboard.press("Control+v")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state]").first).to_have_class("row-state state-saved")
    assert page.url.endswith(url(survey))
    assert ChildCount.objects.get().value == 1234


def test_what_was_typed_before_is_saved_first(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    page = open_page(url(survey), officer)
    tab_to(page, "tr[data-row] input")
    page.keyboard.type("77")
    page.keyboard.press("ArrowRight")
    page.locator(":focus").evaluate(PASTE_EVENT, "5\t6\r\n")
    page.wait_for_url("**/paste/")
    assert page.locator(".paste-frame tbody td:last-child").all_inner_texts() == ["5", "6"]
    assert ChildCount.objects.get().value == 77
    page.locator("button[value=confirm]").click()
    page.wait_for_url(f"**{url(survey)}")
    assert cells(page, 0)[:3] == ["77", "5", "6"]


def test_a_row_that_cannot_be_saved_holds_the_block_and_does_not_lose_it(
    world: World, officer: User, open_page: OpenPage
) -> None:
    survey = started_survey(world)
    page = open_page(url(survey), officer)
    tab_to(page, "tr[data-row] input")
    page.keyboard.type("ba")
    page.keyboard.press("ArrowDown")
    page.locator(":focus").evaluate(PASTE_EVENT, "5\t6\r\n7\t8\r\n")
    expect(page.locator("#paste-form [role=alert]")).to_be_focused()
    expect(page.locator("#paste-text")).to_have_value("5\t6\n7\t8\n")
    assert violations(page) == []
    page.locator("tr[data-row] input[inputmode=numeric]").first.fill("3")
    page.locator("#paste-form button").press("Enter")
    page.wait_for_url("**/paste/")
    assert page.locator(".paste-frame tbody td:last-child").all_inner_texts() == ["5", "6", "7", "8"]
    assert ChildCount.objects.get().value == 3


def test_without_scripts_the_page_does_it_all(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    page = open_page(url(survey), officer, scripts=False, phone=True)
    page.locator("a[href$='/paste/']").click()
    page.locator("#id_block").fill("Thôn 2\t20\nthon 1\t10\n")
    page.locator("button[value=preview]").click()
    page.locator("button[value=confirm]").click()
    assert page.url.endswith(url(survey))
    values = ChildCount.objects.order_by("value").values_list("place__name", "value")
    assert list(values) == [("Thôn 1", 10), ("Thôn 2", 20)]


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_the_pages_keep_the_accessibility_rules(
    world: World, officer: User, open_page: OpenPage, phone: bool
) -> None:
    survey = filled_survey(world)
    page = open_page(url(survey) + "paste/", officer, phone=phone)
    assert violations(page) == []
    page.locator("#id_block").fill("Thôn\tSố trẻ\nThôn 1\t5\t\nThôn 2\t12abc\nThôn 9\t1\n")
    page.locator("button[value=preview]").click()
    page.wait_for_selector("#paste-title")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == (360 if phone else 1280)
