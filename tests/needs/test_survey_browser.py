"""A whole survey by keyboard alone, from the login to the submission; and the page to check it on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from directory.models import Place, User
from needs.cells import children_cell, count_cell, in_row, quantity_cell
from needs.models import CheckNote, ChildCount, NeedStatement, Survey, SurveyRow
from needs.states import SurveyState
from tests.browser import violations
from tests.needs.build import Statement, filled_survey, open_yearly_round, signing_survey
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]
# Where a cell stands in the grid: its row, and its place in the row.
POSITION = """id => {
  const rows = [...document.querySelectorAll('tr[data-row]')];
  const cell = document.getElementById(id), row = cell.closest('tr');
  return [rows.indexOf(row), [...row.querySelectorAll('td input, td select')].indexOf(cell)];
}"""


class Keyboard:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def is_on(self, selector: str) -> bool:
        return self.page.evaluate("s => document.activeElement.matches(s)", selector)

    def to(self, selector: str, key: str = "Tab") -> None:
        for _ in range(400):
            if self.is_on(selector):
                return
            self.press(key)
        raise AssertionError(f"{selector} is not reached by {key}")

    def follow(self) -> None:
        """Enter, on a link or a button that leads to another page."""
        with self.page.expect_navigation():
            self.press("Enter")

    def to_cell(self, cell: str) -> None:
        """By arrows, from the cell of the grid that has the focus."""
        row, column = self.page.evaluate(POSITION, cell)
        at_row, at_column = self.page.evaluate(POSITION, self.page.evaluate("document.activeElement.id"))
        self.press("ArrowDown" if row > at_row else "ArrowUp", abs(row - at_row))
        self.press("ArrowRight" if column > at_column else "ArrowLeft", abs(column - at_column))
        assert self.is_on(f"[id='{cell}']")

    def fill_in(self, values: dict[str, int]) -> None:
        """Each cell of the grid by its name; then the first cell again, so that the last row is left."""
        self.to("tr[data-row] td input")
        first = self.page.evaluate("document.activeElement.id")
        for cell, value in values.items():
            self.to_cell(cell)
            self.type(str(value))
        self.to_cell(first)

    def open_tab(self, name: str) -> None:
        self.to(f".tabs a[href$='/{name}/']", "Shift+Tab")
        self.follow()

    def all_others_need_nothing(self) -> None:
        self.to("button[name=nothing]")
        self.follow()


@pytest.fixture
def keyboard(open_page: OpenPage, world: World, officer: User) -> Keyboard:
    """The officer of Ia Dom before the login page; the yearly review is open."""
    officer.set_password(PASSWORD)
    officer.save()
    open_yearly_round(world)
    return Keyboard(open_page("/login/"))


def counts(world: World) -> dict[str, int]:
    """Children by cell: 100 in a village, 60 in the school, in the commune one less than in its villages."""
    numbers = {"commune": 199, "village": 100, "school": 60}
    cells = {}
    for place in Place.objects.filter(unit=world.commune("Ia Dom")).order_by("kind", "order"):
        for band in ("0-2", "3-5", "6-10", "11-15"):
            cell = count_cell(world.band(band).pk, world.subgroup("total").pk)
            cells[in_row(place.pk, cell)] = numbers[place.kind]
    return cells


def clothing(world: World, place: Place, children: int, quantity: int) -> dict[str, int]:
    item, band = world.item("warm_clothing").pk, world.band("3-5").pk
    return {
        in_row(place.pk, children_cell(item, band)): children,
        in_row(place.pk, quantity_cell(item, band)): quantity,
    }


def sign_in(keyboard: Keyboard) -> None:
    keyboard.to("[name=login]")
    keyboard.type("officer.iadom")
    keyboard.to("[name=password]")
    keyboard.type(PASSWORD)
    keyboard.follow()


def start(keyboard: Keyboard) -> Survey:
    keyboard.to("main a[href^='/rounds/']")
    keyboard.follow()
    keyboard.to("form[action*='/surveys/'] button")
    keyboard.follow()
    return Survey.objects.get()


def fill_in(keyboard: Keyboard, world: World) -> None:
    village, school = world.village("Ia Dom"), world.school("Ia Dom")
    keyboard.fill_in(counts(world))
    keyboard.open_tab("health_nutrition")
    keyboard.all_others_need_nothing()
    keyboard.open_tab("play")
    keyboard.to(f"[id='{village.pk}.z']")
    keyboard.press("Space")
    keyboard.all_others_need_nothing()
    keyboard.open_tab("warm_clothing")
    keyboard.fill_in(clothing(world, village, 20, 40) | clothing(world, school, 10, 10))
    keyboard.all_others_need_nothing()


def write_notes(keyboard: Keyboard, notes: int) -> None:
    keyboard.open_tab("check")
    for number in range(notes):
        keyboard.to("textarea")
        keyboard.type(f"Đã kiểm tra {number}")
        keyboard.press("Tab")
    keyboard.to("button[formaction$='/notes/']")
    keyboard.follow()


@pytest.mark.slow
def test_a_whole_survey_by_keyboard_alone(world: World, officer: User, keyboard: Keyboard) -> None:
    sign_in(keyboard)
    survey = start(keyboard)
    fill_in(keyboard, world)
    write_notes(keyboard, 5)
    assert CheckNote.objects.filter(survey=survey).count() == 5
    expect(keyboard.page.locator(".warning-open")).to_have_count(0)
    keyboard.to("#check-form .btn-primary")
    keyboard.follow()
    survey.refresh_from_db()
    assert (survey.state, survey.submitted_by) == (SurveyState.SUBMITTED, officer)
    stored = {
        in_row(count.place_id, count_cell(count.age_band_id, count.subgroup_id)): count.value
        for count in ChildCount.objects.filter(survey=survey)
    }
    assert stored == counts(world)
    needs = NeedStatement.objects.order_by("-children").values_list("place", "children", "quantity")
    assert list(needs) == [(world.village("Ia Dom").pk, 20, 40), (world.school("Ia Dom").pk, 10, 10)]
    assert SurveyRow.objects.filter(survey=survey, nothing=True).count() == 4 + 4 + 2


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_the_check_page_keeps_the_accessibility_rules(
    world: World, officer: User, coordinator: User, open_page: OpenPage, phone: bool
) -> None:
    needs = [Statement(world.village("Ia Dom")), Statement(world.school("Ia Dom"))]
    survey = filled_survey(world, needs=[*needs, Statement(world.village("Ia Dom", 2), children=101)])
    SurveyRow.objects.filter(survey=survey, area__code="play").update(nothing=False)
    page = open_page(f"/surveys/{survey.pk}/check/", officer, phone=phone)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#check-form .btn-primary").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert violations(page) == []
    page.locator(".error-summary a[href^='#']").first.click()
    expect(page.locator("textarea").first).to_be_focused()
    page = open_page(f"/surveys/{survey.pk}/check/", coordinator, phone=phone)
    assert violations(page) == []


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_the_chairs_page_keeps_the_accessibility_rules(
    world: World, chair: User, open_page: OpenPage, phone: bool
) -> None:
    survey = signing_survey(world)
    page = open_page(f"/surveys/{survey.pk}/check/", chair, phone=phone)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("form[action$='/send-back/'] button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert violations(page) == []
    page.locator("form[action$='/sign/'] button").click()
    page.wait_for_load_state()
    survey.refresh_from_db()
    assert (survey.state, survey.signed_by) == (SurveyState.SUBMITTED, chair)
