"""One need through the whole chain, in a browser, as the people who do it; the paper read at the end.

need → pledge → receipt → allocation → delivery → report, each step on a screen of the portal. It finds
its way by addresses, field names and the words of the data, so that it holds in every language.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from distributions.models import Distribution
from distributions.proof import prove
from donors.models import Pledge
from needs.cells import children_cell, in_row, quantity_cell
from needs.models import Need, SurveyRound
from needs.states import SurveyState
from reports.models import DistrictReport
from tests.day import DAY, SameDayInEveryThread
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.sqlite,
    pytest.mark.django_db(transaction=True),
]

ISSUED_ON = date(2025, 6, 18)


class Walk:
    """A browser in which one person after the other signs in, by the login page."""

    def __init__(self, chromium: Browser, url: str) -> None:
        self.chromium, self.url = chromium, url
        self.page: Page
        self.contexts: list[BrowserContext] = []

    def sign_in(self, username: str) -> Page:
        context = self.chromium.new_context(base_url=self.url, viewport={"width": 1280, "height": 800})
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        self.page = context.new_page()
        self.page.goto("/login/")
        self.page.fill("[name=login]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.press("main form")
        expect(self.page.locator(".user-menu")).to_be_attached()
        return self.page

    def press(self, form: str = "main form") -> None:
        """Send the form; the page that follows must not be a refusal."""
        self.page.locator(f"{form} button.btn-primary").last.click()
        self.page.wait_for_load_state()
        expect(self.page.locator(".error-summary")).to_have_count(0)

    def press_to(self, name: str) -> None:
        """Send the form whose address is that of the URL called ``name``."""
        self.press(f"form[action*='{name}']")

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.fill(f"[name='{name}']", value)

    def choose(self, name: str, label: str) -> None:
        option = self.page.locator(f"[name='{name}'] option", has_text=label).first
        self.page.select_option(f"[name='{name}']", value=option.get_attribute("value"))


@pytest.fixture
def walk(chromium: Browser, live_server: object, world: World) -> Iterator[Walk]:
    for user in ("officer.iadom", "coordinator", "leader"):
        account = world.user(user)
        account.set_password(PASSWORD)
        account.save(update_fields=["password"])
    walk = Walk(chromium, live_server.url)
    yield walk
    for context in walk.contexts:
        context.close()


@pytest.fixture
def day_of_issue() -> Iterator[Callable[[], None]]:
    """Calling it lets time pass, for the server too, until the report can be issued."""

    def pass_time() -> None:
        SameDayInEveryThread.day = ISSUED_ON

    yield pass_time
    SameDayInEveryThread.day = DAY


def test_one_need_through_the_whole_chain(
    walk: Walk, world: World, day_of_issue: Callable[[], None], tmp_path: Path
) -> None:
    open_round(walk)
    fill_in_survey(walk, world)
    need = approve(walk, world)
    promise_and_receive(walk, need)
    allocate(walk, need)
    deliver(walk, need)
    confirm(walk, need)
    day_of_issue()
    text = report(walk, tmp_path)
    assert_paper(text)
    assert prove().faults == []


def open_round(walk: Walk) -> None:
    page = walk.sign_in("coordinator")
    page.goto(reverse("round_create"))
    walk.fill(year="2025", name="Rà soát nhu cầu năm 2025", opens_on="01/06/2025", due_on="30/06/2025")
    walk.press()
    assert SurveyRound.objects.get().year == 2025


def fill_in_survey(walk: Walk, world: World) -> None:
    """The commune's officer types the children of every place, one need, and that nothing else is needed."""
    page = walk.sign_in("officer.iadom")
    page.goto(reverse("round_detail", args=[SurveyRound.objects.get().pk]))
    page.locator("form[action*='/surveys/'] button").click()
    page.wait_for_url("**/surveys/**")
    survey = page.url.rstrip("/").split("/")[-2]
    page.goto(f"/surveys/{survey}/children/")
    total, village = world.subgroup("total"), world.village("Ia Dom")
    for cell in page.locator(f"tr[data-row] input[id$='-{total.pk}']").all():
        cell.fill("40")
    # The commune is its two villages.
    for cell in page.locator(f"tr[data-kind=commune] input[id$='-{total.pk}']").all():
        cell.fill("80")
    page.locator("tr[data-row] input").last.press("Tab")
    for row in page.locator("tr[data-row]").all():
        expect(row.locator("[data-state]")).to_have_class("row-state state-saved")
    page.goto(f"/surveys/{survey}/warm_clothing/")
    item, band = world.item("warm_clothing"), world.band("3-5")
    page.fill(f"[name='{in_row(village.pk, children_cell(item.pk, band.pk))}']", "30")
    page.fill(f"[name='{in_row(village.pk, quantity_cell(item.pk, band.pk))}']", "30")
    row = page.locator(f"tr[data-row='{village.pk}']")
    row.locator("select").select_option("1")
    row.locator("input.reason").fill("Thôn ở vùng cao, lạnh")
    row.locator("input.reason").press("Tab")
    expect(row.locator("[data-state]")).to_have_class("row-state state-saved")
    for area in ("warm_clothing", "health_nutrition", "play"):
        page.goto(f"/surveys/{survey}/{area}/")
        page.locator("button[name=nothing]").click()
        expect(page.locator("button[name=nothing]")).to_have_count(0)
    page.goto(f"/surveys/{survey}/check/")
    walk.press_to("/submit/")


def approve(walk: Walk, world: World) -> Need:
    page = walk.sign_in("coordinator")
    page.goto("/")
    page.locator("main a[href*='/surveys/']").first.click()
    if "/review/" not in page.url:
        page.locator("a[href*='/review/']").first.click()
    walk.press_to("/approve/")
    need = Need.objects.select_related("balance", "survey").get()
    assert need.survey.state == SurveyState.APPROVED
    assert (need.place, need.balance.quantity, need.priority) == (world.village("Ia Dom"), 30, 1)
    return need


def promise_and_receive(walk: Walk, need: Need) -> None:
    page = walk.page
    page.goto(reverse("donor_create"))
    walk.fill(name="Công ty Cao su mẫu")
    page.select_option("[name=kind]", "enterprise")
    page.select_option("[name=origin]", "in_country")
    walk.press()
    page.goto(reverse("pledge_create"))
    walk.choose("donor", "Công ty Cao su mẫu")
    walk.choose("mobilised_by", "Lao động")
    walk.fill(pledged_on="02/06/2025")
    walk.choose("lines-0-item", need.item.name)
    walk.fill(**{"lines-0-quantity": "25", "lines-0-unit_value": "150.000"})
    walk.press()
    pledge = Pledge.objects.get()
    page.goto(reverse("receipt_create", args=[pledge.pk]))
    page.locator("[name$='-accepted']").fill("25")
    walk.fill(occurred_on="02/06/2025")
    walk.choose("custodian", "Lao động")
    walk.press()


def allocate(walk: Walk, need: Need) -> None:
    walk.page.goto(f"{reverse('allocation_board')}?need={need.pk}")
    walk.page.fill("form[action*='/allocations/new/'] [name=quantity]", "25")
    walk.press_to("/allocations/new/")
    need.balance.refresh_from_db()
    assert need.balance.covered == 25


def deliver(walk: Walk, need: Need) -> None:
    """LĐTBXH leads warm clothing: it plans and sends."""
    page = walk.page
    page.goto(f"{reverse('distribution_create')}?area={need.item.area_id}&place={need.place_id}")
    page.locator("[name^='allocation-']").fill("25")
    walk.fill(planned_on="02/06/2025")
    walk.press()
    page.locator("a[href$='/send/']").click()
    walk.press()


def confirm(walk: Walk, need: Need) -> None:
    """Twenty of the twenty-five reached children; five were too small and go back to the stock."""
    page = walk.sign_in("officer.iadom")
    page.goto(reverse("delivery_confirm", args=[Distribution.objects.get().pk]))
    walk.fill(occurred_on="02/06/2025")
    page.locator("[name$='-received']").fill("20")
    page.locator("[name$='-returned']").fill("5")
    page.locator("[name$='-difference_reason']").fill("Năm bộ không đúng cỡ")
    page.locator("[name*='-band-']").first.fill("20")
    walk.press()
    need.balance.refresh_from_db()
    assert (need.balance.covered, need.balance.delivered) == (20, 20)


def report(walk: Walk, tmp_path: Path) -> str:
    """The coordinator opens the period and compiles; the leader issues, downloads; pdftotext reads."""
    page = walk.sign_in("coordinator")
    page.goto(reverse("period_create"))
    page.select_option("[name=kind]", "half_year")
    walk.fill(year="2025")
    walk.press()
    page.locator("form[action*='/compile/'] button").click()
    page.wait_for_load_state()
    section = page.locator("form[action*='/reports/sections/']").first
    section.locator("textarea").fill("Phòng Lao động đã tham mưu kịp thời.")
    section.locator("button").last.click()
    page.wait_for_load_state("networkidle")
    district_report = DistrictReport.objects.get()
    page = walk.sign_in("leader")
    page.goto(reverse("report_list"))
    page.locator(f"a[href='{reverse('report_issue', args=[district_report.pk])}']").click()
    walk.fill(number="12", dated=f"{ISSUED_ON:%d/%m/%Y}")
    walk.press()
    page.goto(reverse("report_list"))
    with page.expect_download() as download:
        page.locator(f"a[href='{reverse('paper_file', args=[district_report.paper_id, 'pdf'])}']").click()
    path = tmp_path / "report.pdf"
    download.value.save_as(path)
    read = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", read.stdout.decode())


def assert_paper(text: str) -> None:
    for words in (
        "ỦY BAN NHÂN DÂN",
        "HUYỆN IA H'DRAI",
        "Số: 12/BC-UBND",
        "ngày 18 tháng 6 năm 2025",
        "6 tháng đầu năm 2025",
        "Phòng Lao động đã tham mưu kịp thời.",
        "Công ty Cao su mẫu",
        "TỔNG CỘNG",
    ):
        assert words in text, words
    # the delivered quantity at its value, and the child-turns
    assert re.search(r"20 bộ", text) or re.search(r"Đồ ấm.{0,60}\b20\b", text)
    assert "3.000.000" in text
    assert re.search(r"20 lượt", text)
