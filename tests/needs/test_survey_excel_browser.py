"""A survey by Excel: downloaded, filled in, saved by LibreOffice, uploaded, seen, confirmed, mended."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from directory.models import User
from needs.actions import StatedNeed
from needs.contents import Contents
from needs.said import said_in
from tests.browser import violations
from tests.needs.build import started_survey
from tests.needs.workbook import Filled
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]


def saved_by_libreoffice(content: bytes, folder: Path) -> Path:
    """Opened and saved again, as whoever fills it in does."""
    file = folder / "phieu.xlsx"
    file.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "saved")]
    subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=120)
    return folder / "saved" / "phieu.xlsx"


def fetched(page: Page, link: str) -> bytes:
    with page.expect_download() as found:
        page.locator(link).click()
    return Path(found.value.path()).read_bytes()


def upload(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.locator("form[enctype] button").click()
    page.wait_for_selector("#preview-title")


def fates(page: Page) -> list[str]:
    return page.locator(".fate strong").all_inner_texts()


def test_from_the_download_to_the_table_and_back_with_the_errors(
    world: World, officer: User, open_page: OpenPage, tmp_path: Path
) -> None:
    survey, area = started_survey(world), world.area("warm_clothing")
    first, second = world.village("Ia Dom"), world.village("Ia Dom", 2)
    key = (world.item("warm_clothing").pk, world.band("3-5").pk)
    children, quantity = (f"{letter}{key[0]}-{key[1]}" for letter in "nq")
    page = open_page(f"/surveys/{survey.pk}/warm_clothing/", officer)
    page.locator("a[href$='/workbook/']").click()
    assert violations(page) == []
    file = Filled(officer, survey, fetched(page, "a[href$='/workbook/template/']"))
    file.write(first, area, {children: 30, quantity: "1.200", "p": "1", "r": "=1+1, rét đậm"})
    file.write(second, area, {children: "ba mươi", quantity: 30})
    upload(page, saved_by_libreoffice(file.content, tmp_path))
    assert (fates(page), violations(page)) == (["1", "0", "14", "1"], [])
    page.goto(f"/surveys/{survey.pk}/warm_clothing/")
    page.locator(".message a[href*='/workbooks/']").click()
    page.locator("form[action$='/confirm/'] button").click()
    page.wait_for_selector("#refused")
    stated = {(first.pk, *key): StatedNeed(30, 1200, 1, "=1+1, rét đậm")}
    assert said_in(Contents(survey)).statements == stated

    mended = Filled(officer, survey, fetched(page, "a[href$='/errors/']"))
    at = mended.cell(second, area, children)
    assert (at.value, at.fill.fgColor.rgb) == ("ba mươi", "00F6C9C5")
    assert mended.book.worksheets[3].cell(at.row, at.parent.max_column).value.startswith("Đồ ấm")
    mended.write(second, area, {children: 30})
    page.goto(f"/surveys/{survey.pk}/workbook/")
    upload(page, saved_by_libreoffice(mended.content, tmp_path))
    assert fates(page) == ["1", "0", "15", "0"]
    page.locator("form[action$='/confirm/'] button").click()
    page.wait_for_url("**/check/")
    page.goto(f"/surveys/{survey.pk}/warm_clothing/")
    shown = [page.locator(f"[name='{place.pk}.{quantity}']").input_value() for place in (first, second)]
    assert shown == ["1200", "30"]
