"""The pages of the review in a real browser: accessibility rules, and no page wider than a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from directory.models import User
from needs.actions import ask_opinion, comment_row, prioritise_row, return_survey, submit_survey
from needs.models import Opinion, RowComment, Survey
from tests.browser import violations
from tests.needs.build import Statement, approved_need, state_need, submitted_survey
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def survey(world: World, coordinator: User, officer: User) -> Survey:
    """Returned and handed in again, with a comment, a question and a priority."""
    place = world.village("Ia Dom")
    survey = submitted_survey(world, needs=[Statement(place), Statement(place, item="meal", quantity=40)])
    comment_row(by=coordinator, survey=survey, place=place, area=world.area("warm_clothing"), text="Xem lại")
    survey = return_survey(by=coordinator, survey=survey, reason="Sửa số áo")
    state_need(world, survey, Statement(place, quantity=15))
    survey = submit_survey(by=officer, survey=survey)
    ask_opinion(by=coordinator, survey=survey, area=world.area("health_nutrition"), question="Số bữa ăn?")
    prioritise_row(
        by=coordinator,
        survey=survey,
        place=place,
        area=world.area("warm_clothing"),
        priority=1,
        reason="Vùng cao",
    )
    return survey


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_the_pages_keep_the_accessibility_rules(
    open_page: Callable[..., Page], world: World, survey: Survey, coordinator: User, phone: bool
) -> None:
    comments = reverse("survey_comment", args=[survey.pk])
    row = f"{comments}?section=warm_clothing&place={world.village('Ia Dom').pk}"
    opinion = reverse("opinion_give", args=[Opinion.objects.get().pk])
    need = reverse("need_detail", args=[approved_need(world, "Ia Đal").pk])
    for path, user in (
        (reverse("survey_review", args=[survey.pk]), coordinator),
        (reverse("survey_grid", args=[survey.pk, "warm_clothing"]), coordinator),
        (comments, coordinator),
        (row, coordinator),
        (need, coordinator),
        (opinion, world.user("health")),
    ):
        page = open_page(path, user, phone=phone)
        page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_row_is_commented_on_without_scripts(
    open_page: Callable[..., Page], world: World, survey: Survey, coordinator: User
) -> None:
    page = open_page(reverse("survey_review", args=[survey.pk]), coordinator, scripts=False)
    page.locator(".changes th a").first.click()
    page.fill("#id_text", "Đã xem, còn thiếu nhóm 6-10")
    page.locator("form:has(#id_text) button").click()
    expect(page.locator(".remarks li")).to_have_count(2)
    page.locator(".remarks button").first.click()
    expect(page.locator(".remarks li.settled")).to_have_count(1)
    assert RowComment.objects.filter(settled_at__isnull=True).count() == 1
