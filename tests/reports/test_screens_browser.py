"""The report's screens in a real browser: accessible, at home on a phone, no typed text lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from directory.models import User
from reports.models import ReportSection
from tests.browser import violations
from tests.reports.build import YEAR, delivery, draft, issued, period
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MARCH = date(2025, 3, 10)


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_pages_keep_the_accessibility_rules(
    open_page: Callable[..., Page], world: World, coordinator: User, leader: User, phone: bool
) -> None:
    delivery(world, 20, MARCH, MARCH)
    issued(world, period(world, YEAR, 2024))
    h1 = period(world)
    report = draft(world, h1)
    for path, user in (
        (reverse("home"), coordinator),
        (reverse("report_list"), leader),
        (reverse("period_detail", args=[h1.pk]), coordinator),
        (reverse("period_rows", args=[h1.pk]), leader),
        (reverse("target_edit", args=[h1.pk]), coordinator),
        (reverse("period_create"), coordinator),
        (reverse("report_edit", args=[report.pk]), coordinator),
        (reverse("report_issue", args=[report.pk]), leader),
    ):
        page = open_page(path, user, phone=phone)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_section_is_saved_in_place_and_the_others_keep_what_was_typed(
    open_page: Callable[..., Page], world: World, coordinator: User
) -> None:
    report = draft(world)
    first, second = report.sections.get(code="I"), report.sections.get(code="II.1")
    page = open_page(reverse("report_edit", args=[report.pk]), coordinator)
    one, two = (page.locator(f"#section-{section.pk}") for section in (first, second))
    two.locator("textarea").fill("Chưa lưu")
    one.locator("textarea").fill("Đã lưu")
    one.locator("button").click()
    expect(one.locator(".status-good")).to_be_visible()
    expect(two.locator("textarea")).to_have_value("Chưa lưu")
    assert ReportSection.objects.get(pk=first.pk).body == "Đã lưu"
    assert ReportSection.objects.get(pk=second.pk).version == 1


def test_two_people_in_one_section(
    open_page: Callable[..., Page], world: World, coordinator: User, second_coordinator: User
) -> None:
    report = draft(world)
    section = report.sections.get(code="I")
    address = reverse("report_edit", args=[report.pk])
    mine, theirs = open_page(address, coordinator), open_page(address, second_coordinator)
    for page, text in ((theirs, "Bản của người khác"), (mine, "Bản của tôi")):
        panel = page.locator(f"#section-{section.pk}")
        panel.locator("textarea").fill(text)
        panel.locator("button").click()
        expect(panel.locator(".status-good, .error-summary")).to_be_visible()
    panel = mine.locator(f"#section-{section.pk}")
    expect(panel).to_contain_text("Bản của người khác")
    expect(panel.locator("textarea")).to_have_value("Bản của tôi")
    assert ReportSection.objects.get(pk=section.pk).body == "Bản của người khác"
    panel.locator("button").click()
    expect(panel.locator(".status-good")).to_be_visible()
    assert ReportSection.objects.get(pk=section.pk).body == "Bản của tôi"
