"""The grid in a browser: filled by keyboard only, saved row by row, two people on one row."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from directory.models import Place, User
from needs.actions import approve_survey, submit_survey
from needs.models import ChildCount, NeedStatement, Survey, SurveyRow
from tests.browser import violations
from tests.needs.build import Statement, filled_survey, started_survey
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
    page.locator(".tabs a[href$='/check/']").click()
    page.wait_for_url(f"**/surveys/{survey.pk}/check/")
    assert ChildCount.objects.get().value == 12


def test_a_refused_row_holds_the_link_back_once(world: World, officer: User, open_page: OpenPage) -> None:
    survey = started_survey(world)
    page = open_page(url(survey, "children"), officer)
    focus_first(page)
    page.keyboard.type("-2")
    page.locator(".tabs a[href$='/check/']").click()
    expect(page.locator("[data-state]").first).to_have_class("row-state state-refused")
    expect(page.locator("tr[data-row] td input").first).to_be_focused()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".tabs a[href$='/check/']").click()
    page.wait_for_url(f"**/surveys/{survey.pk}/check/")
    assert ChildCount.objects.count() == 0


def reviewed_last_year(world: World, officer: User) -> None:
    """2024 stated 9 children and 18 sets for the first village, else nothing; 100 children everywhere."""
    need = Statement(world.village("Ia Dom"), children=9, quantity=18, priority=1, reason="Rét đậm")
    survey = filled_survey(world, needs=[need], year=2024)
    submit_survey(by=officer, survey=survey)
    approve_survey(by=world.user("coordinator"), survey=survey)


def cell_of(world: World, page: Page, part: str, place: Place, band: str = "3-5") -> Locator:
    name = f"{place.pk}.{part}{world.item('warm_clothing').pk}-{world.band(band).pk}"
    return page.locator(f'[id="{name}"]')


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_last_years_values_keep_the_accessibility_rules(
    world: World, officer: User, leader: User, open_page: OpenPage, phone: bool
) -> None:
    reviewed_last_year(world, officer)
    survey = started_survey(world)
    for user, section in ((officer, "children"), (officer, "warm_clothing"), (leader, "warm_clothing")):
        page = open_page(url(survey, section), user, phone=phone)
        assert violations(page) == [], (user, section)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect(page.locator(".tabs a[href$='/check/']")).to_be_in_viewport()


def test_the_bar_names_the_cell_one_is_in(world: World, officer: User, open_page: OpenPage) -> None:
    reviewed_last_year(world, officer)
    page = open_page(url(started_survey(world), "warm_clothing"), officer, phone=True)
    cell = cell_of(world, page, "q", world.village("Ia Dom"))
    cell.focus()
    bar = page.locator("#grid-where")
    expect(bar).to_be_in_viewport()
    place, what, earlier = bar.locator("> *").all_inner_texts()
    assert (place, earlier.split()[-2:]) == ("Thôn 1", ["2024:", "18"])
    assert "3-5" in what
    expect(cell).to_have_accessible_description(re.compile("2024.*18"))
    # Neither the heads nor the bar cover it.
    page.wait_for_function(
        "e => { const b = e.getBoundingClientRect();"
        "return document.elementFromPoint(b.x + b.width / 2, b.y + 4) === e }",
        arg=cell.element_handle(),
    )


def test_escape_gives_back_the_value_that_the_cell_had(
    world: World, officer: User, open_page: OpenPage
) -> None:
    survey = started_survey(world)
    page = open_page(url(survey, "children"), officer)
    focus_first(page)
    page.keyboard.type("12")
    page.keyboard.press("Escape")
    first = page.locator("tr[data-row] td input").first
    expect(first).to_have_value("")
    expect(page.locator("tfoot td").first).to_have_text("–")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Enter")
    expect(first).to_be_focused()
    expect(page.locator("[data-state].state-saved")).to_have_count(0)
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state].state-saved")).to_have_count(1)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("8")
    page.keyboard.press("Escape")
    expect(first).to_have_value("7")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert SurveyRow.objects.get().version == 1
    assert ChildCount.objects.get().value == 7


def test_nothing_is_ticked_by_the_space_bar_and_taken_back_by_a_number(
    world: World, officer: User, open_page: OpenPage
) -> None:
    survey = started_survey(world)
    page = open_page(url(survey, "warm_clothing"), officer)
    rows = page.locator("tr[data-row]")
    focus_first(page)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(rows.nth(0).locator("[data-state]")).to_have_class("row-state state-saved")
    assert SurveyRow.objects.get().nothing is True
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    type_row(page, ["4", "5"])
    expect(rows.nth(0).locator("input[type=checkbox]")).not_to_be_checked()
    page.keyboard.press("Enter")
    expect(rows.nth(0).locator("[data-state].state-saved")).to_have_count(1)
    assert SurveyRow.objects.get().nothing is False
    assert NeedStatement.objects.values_list("children", "quantity").get() == (4, 5)


def test_girls_are_totalled_in_their_own_column(world: World, officer: User, open_page: OpenPage) -> None:
    item = world.item("warm_clothing")
    item.by_sex = True
    item.save()
    page = open_page(url(started_survey(world), "warm_clothing"), officer)
    for number, typed in ((1, ("8", "3", "8")), (2, ("9", "4", "9"))):
        for part, value in zip("ngq", typed, strict=True):
            cell_of(world, page, part, world.village("Ia Dom", number)).fill(value)
    columns = page.locator("tfoot tr").first.locator("td")
    assert columns.all_inner_texts()[4:7] == ["17", "7", "17"]
    assert columns.all_inner_texts()[1:4] == ["–", "–", "–"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_copy_then_nothing_in_the_rest(
    world: World, officer: User, open_page: OpenPage, scripts: bool
) -> None:
    reviewed_last_year(world, officer)
    survey, village = started_survey(world), world.village("Ia Dom")
    page = open_page(url(survey, "warm_clothing"), officer, scripts=scripts)
    second = world.village("Ia Dom", 2)
    cell_of(world, page, "n", second).fill("5")
    cell_of(world, page, "q", second).fill("6")
    page.locator(f"button[name=copy][value='{village.pk}']").click()
    page.wait_for_url(f"**/warm_clothing/#p{village.pk}")
    expect(cell_of(world, page, "q", village)).to_have_value("18")
    expect(cell_of(world, page, "q", second)).to_have_value("6")
    page.locator("button[name=nothing]").click()
    expect(page.locator("tr[data-row] input:checked")).to_have_count(2)
    expect(page.locator("button[name=nothing]")).to_have_count(0)
    assert sorted(NeedStatement.objects.filter(survey=survey).values_list("children", "quantity")) == [
        (5, 6),
        (9, 18),
    ]


def test_other_scripts_may_ask_for_all_rows_to_be_saved(
    world: World, officer: User, open_page: OpenPage
) -> None:
    survey = started_survey(world)
    page = open_page(url(survey, "children"), officer)
    focus_first(page)
    page.keyboard.type("12")
    flush = (
        "async () => { const event = new CustomEvent('grid:flush', {detail: {}});"
        "document.querySelector('table.grid').dispatchEvent(event); return await event.detail.saved }"
    )
    assert page.evaluate(flush) is True
    assert ChildCount.objects.get().value == 12
    page.keyboard.type("x")
    assert page.evaluate(flush) is False
