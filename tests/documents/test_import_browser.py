"""Uploading a workbook in a real browser: its pages, how far the work is, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from directory.models import Holiday, User
from documents.imports import work
from documents.models import WorkbookImport
from documents.reading import MOST_BYTES
from tests.browser import violations
from tests.documents.files import workbook
from tests.documents.importers import DaysOff, registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADINGS = ["Ngày", "Tên ngày nghỉ"]


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    with registered(DaysOff):
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three rows to be added, one refused."""
    days = [[date(2024, 1, 1) + timedelta(days=number), "Nghỉ"] for number in range(3)]
    path = tmp_path / "ngày nghỉ.xlsx"
    path.write_bytes(workbook([HEADINGS, *days, ["x", "Nghỉ"]]))
    return path


def send(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form[enctype] button").click()


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_the_pages_keep_the_accessibility_rules(
    open_page: Callable[..., Page], officer: User, file: Path, phone: bool
) -> None:
    page = open_page("/workbooks/", officer, phone=phone)
    for _step in ("list", "upload", "preview", "saved"):
        assert violations(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        if page.url.endswith("/workbooks/"):
            page.locator("a[href='/workbooks/days-off/']").first.click()
        elif page.url.endswith("/days-off/"):
            send(page, file)
        elif page.locator("form[action$='/confirm/'] button").count():
            page.locator("form[action$='/confirm/'] button").click()
    expect(page.locator("a[href$='/errors/']")).to_be_visible()
    assert Holiday.objects.filter(name="Nghỉ").count() == 3


def test_without_javascript_all_of_it_works(
    open_page: Callable[..., Page], officer: User, file: Path
) -> None:
    page = open_page("/workbooks/days-off/", officer, scripts=False)
    send(page, file)
    expect(page.locator(".import-rows tbody tr")).to_have_count(4)
    page.locator("form[action$='/confirm/'] button").click()
    expect(page.locator(".import-rows tbody tr")).to_have_count(1)
    assert Holiday.objects.filter(name="Nghỉ").count() == 3


def test_the_page_shows_the_preview_once_the_check_is_done(
    open_page: Callable[..., Page], officer: User, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.views.workbook.work.check", lambda found: None)  # the job has yet to begin
    page = open_page("/workbooks/days-off/", officer)
    send(page, file)
    expect(page.locator("progress")).to_be_visible()
    assert violations(page) == []
    work._check(WorkbookImport.objects.get())
    expect(page.locator(".import-rows tbody tr")).to_have_count(4)


def test_a_file_over_the_limit_is_named_before_it_is_sent(
    open_page: Callable[..., Page], officer: User, tmp_path: Path
) -> None:
    large = tmp_path / "a.xlsx"
    large.write_bytes(b"\0" * (MOST_BYTES + 1))
    page = open_page("/workbooks/days-off/", officer)
    send(page, large)
    expect(page.locator(".too-large")).to_be_visible()
    assert page.url.endswith("/workbooks/days-off/")
    assert WorkbookImport.objects.count() == 0
