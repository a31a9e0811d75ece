"""From the mobilisation plan to the receipt record, in a browser, as the people who do it; the paper is read.

plan → approval → pledge in instalments → receipt → record, each step on a screen. It finds its way by
addresses, field names and the words of the data, so that it holds in every language.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from donors.forms.choices import What
from donors.models import MobilisationPlan, Pledge, Receipt
from tests.browser import violations
from tests.donors.build import donor
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.sqlite,
    pytest.mark.django_db(transaction=True),
]

OpenPage = Callable[..., Page]
GIVER = "Hợp tác xã Cao su Ia Đal"


def test_from_the_plan_to_the_receipt_record(open_page: OpenPage, world: World, tmp_path: Path) -> None:
    donor(world, GIVER)
    plan_warm_clothing(open_page, world)
    pledge = promise_in_instalments(open_page, world)
    receipt = receive(open_page, world, pledge)
    issue(open_page, world, receipt)
    words = read(open_page, world, receipt, tmp_path)
    for part in ("12/BB-LĐTBXH", GIVER, "ngày 02 tháng 6 năm 2025", "rách", "12.980.000", "BÊN GIAO"):
        assert part in words
    receipt.pledge.refresh_from_db()
    assert (receipt.pledge.state, receipt.paper.state) == ("open", "issued")


def _fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"[name='{name}']", value)


def _choose(page: Page, name: str, label: str) -> None:
    option = page.locator(f"[name='{name}'] option", has_text=label).first
    page.select_option(f"[name='{name}']", value=option.get_attribute("value"))


def _press(page: Page, form: str = "main form") -> None:
    """Send the form; the page that follows must not be a refusal."""
    page.locator(f"{form} button.btn-primary").last.click()
    page.wait_for_load_state()
    expect(page.locator(".error-summary")).to_have_count(0)


def plan_warm_clothing(open_page: OpenPage, world: World) -> None:
    page = open_page(reverse("plan_create"), world.user("coordinator"))
    _choose(page, "agency", "Phòng Lao động")
    _fill(page, year="2025")
    _press(page)
    item = world.item("warm_clothing")
    page.select_option("[name='lines-0-what']", value=What(item.area, item).key)
    _fill(page, **{"lines-0-quantity": "200"})
    _press(page, "#id_lines")
    plan = MobilisationPlan.objects.get()
    page.goto(reverse("plan_submit", args=[plan.pk]))
    _press(page)
    page = open_page(reverse("plan_detail", args=[plan.pk]), world.user("leader"))
    _press(page, f"form[action='{reverse('plan_approve', args=[plan.pk])}']")
    plan.refresh_from_db()
    assert plan.state == "approved"


def promise_in_instalments(open_page: OpenPage, world: World) -> Pledge:
    page = open_page(reverse("pledge_create"), world.user("coordinator"))
    _choose(page, "donor", GIVER)
    _choose(page, "lines-0-item", "Đồ ấm")
    _fill(page, pledged_on="01/03/2025", **{"lines-0-quantity": "200", "lines-0-unit_value": "110.000"})
    _press(page)
    pledge = Pledge.objects.get()
    line = pledge.lines.get().pk
    page.goto(reverse("pledge_instalments", args=[pledge.pk]))
    _fill(page, **{"lines-0-due_on": "31/05/2025", f"lines-0-line-{line}": "120"})
    _fill(page, **{"lines-1-due_on": "31/08/2025", f"lines-1-line-{line}": "80"})
    _fill(page, reason="Theo thỏa thuận với nhà tài trợ")
    assert violations(page) == []
    _press(page)
    page.goto(reverse("pledge_overdue"))
    expect(page.locator("main table")).to_contain_text(pledge.code)
    return pledge


def receive(open_page: OpenPage, world: World, pledge: Pledge) -> Receipt:
    page = open_page(reverse("receipt_create", args=[pledge.pk]), world.user("coordinator"), scripts=False)
    _fill(page, **{"lines-0-accepted": "118", "lines-0-refused": "2", "lines-0-refuse_reason": "rách"})
    _choose(page, "custodian", "Phòng Lao động")
    _fill(page, occurred_on="02/06/2025", handed_over_by="Bà Y Lan, Giám đốc", received_by="Ông Trần Văn Nam")
    _press(page)
    page.goto(reverse("pledge_overdue"))
    expect(page.locator("main table")).to_have_count(0)
    return Receipt.objects.select_related("pledge").get()


def issue(open_page: OpenPage, world: World, receipt: Receipt) -> None:
    page = open_page(reverse("receipt_detail", args=[receipt.pk]), world.user("coordinator"), phone=True)
    assert violations(page) == []
    page.locator(f"a[href='{reverse('receipt_issue', args=[receipt.pk])}']").click()
    _fill(page, number="12", dated="02/06/2025")
    _press(page)
    receipt.refresh_from_db()


def read(open_page: OpenPage, world: World, receipt: Receipt, folder: Path) -> str:
    """The words of the paper that the page offers for download."""
    page = open_page(reverse("receipt_detail", args=[receipt.pk]), world.user("coordinator"))
    with page.expect_download() as download:
        page.locator(f"a[href='{reverse('receipt_paper', args=[receipt.pk])}']").click()
    file = folder / "record.pdf"
    download.value.save_as(file)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return " ".join(text.stdout.split())
