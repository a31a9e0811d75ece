"""The pages of workbooks: kinds, upload, preview, progress, confirmation, errors."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from directory import clock
from directory.deeds import acting
from directory.models import Holiday, User
from documents import actions
from documents.imports import work
from documents.models import WorkbookImport
from documents.reading import MOST_BYTES
from tests.documents.files import workbook
from tests.documents.importers import Another, DaysOff, registered
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

HEADINGS = ["Ngày", "Tên ngày nghỉ"]
NATIONAL, LABOUR = date(2025, 9, 2), date(2025, 5, 1)
MIXED = workbook(
    [
        HEADINGS,
        [NATIONAL, "Quốc khánh"],
        [LABOUR, "Quốc tế lao động"],
        ["31/02/2025", "<b>Không có</b>"],
        [date(2025, 4, 30), None],
    ]
)


@pytest.fixture(autouse=True)
def kinds(world: object) -> Iterator[None]:
    with acting():
        Holiday.objects.all().delete()
        Holiday.objects.create(day=LABOUR, name="Ngày 1/5")
    with registered(DaysOff, Another):
        yield


@pytest.fixture
def browser(officer: User, client_of: Callable[[User], Client]) -> Client:
    client = client_of(officer)
    client.cookies["django_language"] = "en"
    return client


def send(browser: Client, content: bytes = MIXED, name: str = "days.xlsx", **more: Any) -> HttpResponse:
    return browser.post("/workbooks/days-off/", {"file": SimpleUploadedFile(name, content), **more})


def only() -> WorkbookImport:
    return WorkbookImport.objects.get()


def words(response: HttpResponse) -> str:
    return text_of(response.content.decode())


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def messages_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def rows_of(response: HttpResponse) -> list[str]:
    body = response.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    return [text_of(row) for row in body.split("</tr>")[:-1]]


# Kinds and upload ---------------------------------------------------------------------------------


def test_the_list_shows_the_kinds_one_may_bring_in_and_ones_own_files(
    browser: Client, officer: User, coordinator: User
) -> None:
    for by, name in ((officer, "mine.xlsx"), (coordinator, "theirs.xlsx")):
        actions.upload_workbook(by=by, kind="days-off", file_name=name, content=MIXED)
    page = browser.get("/workbooks/")
    text = page.content.decode()
    assert re.findall(r'href="/workbooks/(another|days-off)/', text) == ["days-off"] * 3
    assert ("mine.xlsx" in text, "theirs.xlsx" in text) == (True, False)


def test_the_list_takes_no_more_queries_for_more_files(browser: Client, officer: User) -> None:
    def upload(number: int) -> None:
        for _file in range(number):
            actions.upload_workbook(by=officer, kind="days-off", file_name="a.xlsx", content=MIXED)

    upload(1)
    one = queries_of(browser, "/workbooks/")
    upload(2)
    assert queries_of(browser, "/workbooks/") == one


def test_an_upload_leads_to_its_preview(browser: Client) -> None:
    response = send(browser)
    assert (response.status_code, response["Location"]) == (302, f"/workbooks/{only().pk}/")
    assert only().state == "previewed"


def test_saving_that_stopped_does_not_say_that_nothing_was_saved(
    browser: Client, officer: User, at_work: WorkbookImport
) -> None:
    work.check(at_work)
    actions.start_saving(by=officer, workbook_import=at_work)
    with clock.standing_on(clock.now() + timedelta(minutes=3)):
        said = words(browser.get(f"/workbooks/{at_work.pk}/"))
        assert ("Nothing was saved" in said, "Either all rows were saved or none" in said) == (False, True)
        browser.post(f"/workbooks/{at_work.pk}/resume/")
    assert only().state == "saved"


def test_a_file_that_is_none_is_refused_at_its_field(browser: Client) -> None:
    response = send(browser, b"\x89PNG\r\n", "danh-sach.xlsx")
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["file"]
    assert "a picture (PNG)" in words(response)
    assert WorkbookImport.objects.count() == 0


def test_no_file_and_an_empty_one_are_named(browser: Client) -> None:
    assert "No file was chosen" in words(browser.post("/workbooks/days-off/", {}))
    assert "The file is empty" in words(send(browser, b""))


def test_a_file_over_the_limit_is_not_read(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.views.workbook.upload_workbook", lambda **_arguments: 1 / 0)
    response = send(browser, b"PK\x03\x04" + b"\0" * MOST_BYTES)
    assert (response.status_code, "has 11 MB; at most 10 MB" in words(response)) == (422, True)


def test_kinds_of_other_roles_are_forbidden_and_unknown_ones_not_there(browser: Client) -> None:
    asked = ("another/", "another/template/", "another/xlsx/", "nothing/", "days-off/xlsx/", "days-off/pdf/")
    statuses = [browser.get(f"/workbooks/{path}").status_code for path in asked]
    assert statuses == [403, 403, 403, 404, 404, 404]


def test_the_template_is_a_workbook(browser: Client) -> None:
    response = browser.get("/workbooks/days-off/template/")
    assert 'filename="days-off-template-2025-06-02.xlsx"' in response["Content-Disposition"]
    page = load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert [cell.value for cell in page[5]] == ["Ngày *", "Tên ngày nghỉ *", "Errors"]


# A body that is too large -------------------------------------------------------------------------


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, *_arguments: Any) -> bytes:
        raise AssertionError("the body was read")


def post_raw(browser: Client, length: str, stream: io.BytesIO) -> HttpResponse:
    raw = {"CONTENT_LENGTH": length, "CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": stream}
    return browser.generic("POST", "/workbooks/days-off/", **raw)


@pytest.mark.parametrize("length", [str(200 * 2**20), "-1", "a lot"])
def test_200_mb_are_refused_by_their_announced_length(browser: Client, length: str) -> None:
    response = post_raw(browser, length, Unread())
    assert (response.status_code, "at most 25 MB" in words(response)) == (413, True)


BODY = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + b"a" * 1000


@pytest.mark.parametrize(("length", "read"), [("100", 100), ("", 0)])
def test_a_body_is_read_to_its_announced_length_and_no_further(
    browser: Client, length: str, read: int
) -> None:
    stream = io.BytesIO(BODY)
    assert post_raw(browser, length, stream).status_code == 422
    assert (stream.tell(), WorkbookImport.objects.count()) == (read, 0)


# Preview ------------------------------------------------------------------------------------------


def test_the_preview_says_row_by_row_what_would_be(browser: Client) -> None:
    send(browser)
    page = browser.get(f"/workbooks/{only().pk}/")
    assert rows_of(page) == [
        "2 02/09/2025 will be added Tên: Quốc khánh",
        "3 01/05/2025 will be changed Tên: Ngày 1/5 → Quốc tế lao động",
        "4 – refused A4: This is not a day of the calendar. Type day/month/year, for example 03/04/2025 "
        "or 03042025 for 3 April.",
        "5 30/04/2025 refused B5: “Tên ngày nghỉ” is empty. Fill it in.",
    ]
    text = words(page)
    assert "1 Will be added 1 Will be changed 0 Stay as they are 2 Refused" in text
    assert "Save 2 rows without rows 4, 5" in text
    assert "This preview waits until" in text
    assert "<b>Không có</b>" not in page.content.decode()


def test_a_new_row_of_a_register_says_all_that_would_be_stored(browser: Client) -> None:
    content = "name;kind;origin;phone\nÔng A;individual;foreign;\n".encode()
    browser.post("/workbooks/donors/", {"file": SimpleUploadedFile("a.csv", content)})
    assert rows_of(browser.get(f"/workbooks/{only().pk}/")) == [
        "2 Ông A will be added Name: Ông A Kind: Individual Where from: foreign"
    ]


def test_the_preview_shows_one_fate_alone(browser: Client) -> None:
    send(browser)
    address = f"/workbooks/{only().pk}/"
    assert [row[0] for row in rows_of(browser.get(address + "?fate=refused"))] == ["4", "5"]
    assert [row[0] for row in rows_of(browser.get(address + "?fate=changed"))] == ["3"]
    assert "No row of the file is so" in words(browser.get(address + "?fate=unchanged"))
    assert len(rows_of(browser.get(address + "?fate=nonsense&page=99"))) == 4


def test_a_long_preview_comes_in_pages(browser: Client) -> None:
    rows = [[date(2024, 1, 1) + timedelta(days=number), "Nghỉ"] for number in range(250)]
    send(browser, workbook([HEADINGS, *rows]))
    page = browser.get(f"/workbooks/{only().pk}/?page=3")
    assert [row.split()[0] for row in rows_of(page)] == [str(number) for number in range(202, 252)]
    assert "Page 3 of 3" in words(page)
    assert "Save 250 rows" in words(page)


def test_many_refused_rows_are_named_by_the_first(browser: Client) -> None:
    rows = [[NATIONAL, "Quốc khánh"], *[["x", "Nghỉ"]] * 8]
    send(browser, workbook([HEADINGS, *rows]))
    assert "Save 1 row without rows 3, 4, 5, 6, 7 and 3 more" in words(
        browser.get(f"/workbooks/{only().pk}/")
    )


def test_a_file_that_changes_nothing_has_nothing_to_save(browser: Client) -> None:
    send(browser, workbook([HEADINGS, [LABOUR, "Ngày 1/5"]]))
    page = browser.get(f"/workbooks/{only().pk}/")
    assert "there is nothing to save" in words(page)
    assert "/confirm/" not in page.content.decode()


def test_a_file_refused_whole_says_why_and_leads_to_the_next(browser: Client) -> None:
    send(browser, workbook([["Khác"], [1]]))
    page = browser.get(f"/workbooks/{only().pk}/")
    assert "No row with the headings of this list was found" in words(page)
    assert 'href="/workbooks/days-off/"' in page.content.decode()


def test_strangers_find_nothing(
    browser: Client, coordinator: User, client_of: Callable[[User], Client]
) -> None:
    send(browser)
    theirs = client_of(coordinator)
    for page in ("", "progress/", "errors/"):
        assert theirs.get(f"/workbooks/{only().pk}/{page}").status_code == 404
    for page in ("confirm/", "discard/", "resume/"):
        assert theirs.post(f"/workbooks/{only().pk}/{page}").status_code == 404
    assert (only().state, Holiday.objects.count()) == ("previewed", 1)


# Decision -----------------------------------------------------------------------------------------


def test_confirming_saves_and_shows_what_was_refused(browser: Client) -> None:
    send(browser)
    response = browser.post(f"/workbooks/{only().pk}/confirm/")
    assert (response.status_code, response["Location"]) == (302, f"/workbooks/{only().pk}/")
    assert messages_of(response) == ["2 rows were saved."]
    assert Holiday.objects.get(day=NATIONAL).name == "Quốc khánh"
    page = browser.get(response["Location"])
    assert [row[0] for row in rows_of(page)] == ["4", "5"]
    assert f"/workbooks/{only().pk}/errors/" in page.content.decode()


def test_confirming_leads_to_what_was_saved_if_all_was(browser: Client) -> None:
    send(browser, workbook([HEADINGS, [NATIONAL, "Quốc khánh"]]))
    assert browser.post(f"/workbooks/{only().pk}/confirm/")["Location"] == "/"


def test_a_double_click_saves_once_and_a_second_tab_is_told(browser: Client) -> None:
    send(browser)
    address = f"/workbooks/{only().pk}/confirm/"
    key = {"client_key": "6f0e8f4c-8f4a-4c8e-9d52-1a2b3c4d5e6f"}
    assert [browser.post(address, key).status_code for _click in range(2)] == [302, 302]
    assert browser.post(address).status_code == 409
    assert Holiday.history.filter(day=NATIONAL).count() == 1


def test_a_form_sent_again_after_saving_failed_says_nothing_of_success(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(browser)
    monkeypatch.setattr(work, "AT_ONCE", 0)
    monkeypatch.setattr(DaysOff, "fails", True)
    key = {"client_key": "6f0e8f4c-8f4a-4c8e-9d52-1a2b3c4d5e6f"}
    for _click in range(2):
        response = browser.post(f"/workbooks/{only().pk}/confirm/", key)
        assert (response["Location"], messages_of(response)) == (f"/workbooks/{only().pk}/", [])
        assert only().state == "previewed"


def test_what_changed_meanwhile_is_shown_anew(browser: Client) -> None:
    send(browser)
    with acting():
        Holiday.objects.create(day=NATIONAL, name="Tết Độc lập")
    response = browser.post(f"/workbooks/{only().pk}/confirm/")
    assert (response.status_code, only().state, only().changed) == (302, "previewed", 2)
    page = browser.get(response["Location"])
    assert "has been changed meanwhile" in words(page)
    assert rows_of(page)[0] == "2 02/09/2025 will be changed Tên: Tết Độc lập → Quốc khánh"


def test_dropping_leads_back_to_the_list(browser: Client) -> None:
    send(browser)
    response = browser.post(f"/workbooks/{only().pk}/discard/")
    assert (response["Location"], only().state, only().content) == ("/workbooks/", "discarded", None)
    assert "You dropped this file" in words(browser.get(f"/workbooks/{only().pk}/"))


def test_a_preview_expires_when_it_is_looked_at(browser: Client) -> None:
    send(browser)
    with clock.standing_on(clock.now() + timedelta(hours=25)):
        assert browser.post(f"/workbooks/{only().pk}/confirm/").status_code == 409
        assert "Expired" in words(browser.get("/workbooks/"))
        assert "Nobody confirmed the preview within a day" in words(browser.get(f"/workbooks/{only().pk}/"))
    assert (only().state, only().content, only().plan) == ("expired", None, None)


def test_the_workbook_with_errors_is_a_file(browser: Client) -> None:
    send(browser)
    response = browser.get(f"/workbooks/{only().pk}/errors/")
    assert 'filename="days-off-errors-2025-06-02.xlsx"' in response["Content-Disposition"]
    page = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in page["C"]][:3] == ["Errors", None, None]
    assert page["C5"].value == "“Tên ngày nghỉ” is empty. Fill it in."


def test_without_errors_there_is_no_such_file(browser: Client) -> None:
    send(browser, workbook([HEADINGS, [NATIONAL, "Quốc khánh"]]))
    assert browser.get(f"/workbooks/{only().pk}/errors/").status_code == 404


# Progress -----------------------------------------------------------------------------------------


@pytest.fixture
def at_work(officer: User, monkeypatch: pytest.MonkeyPatch) -> WorkbookImport:
    """A long file whose check has come to the third row."""
    monkeypatch.setattr(work, "AT_ONCE", 0)
    with translation.override("en"):
        found = actions.upload_workbook(by=officer, kind="days-off", file_name="a.xlsx", content=MIXED)
    actions.note_progress(by=officer, workbook_import=found, done=3, total=4)
    return found


def test_the_progress_asks_for_itself_until_the_work_is_done(
    browser: Client, at_work: WorkbookImport
) -> None:
    page = browser.get(f"/workbooks/{at_work.pk}/")
    assert "3 of 4 rows are checked." in words(page)
    assert f'hx-get="/workbooks/{at_work.pk}/progress/"' in page.content.decode()
    htmx = {"HX-Request": "true"}
    fragment = browser.get(f"/workbooks/{at_work.pk}/progress/", headers=htmx)
    assert ("<html" in fragment.content.decode(), 'value="3" max="4"' in fragment.content.decode()) == (
        False,
        True,
    )
    work.check(at_work)
    assert browser.get(f"/workbooks/{at_work.pk}/progress/", headers=htmx)["HX-Refresh"] == "true"
    assert browser.get(f"/workbooks/{at_work.pk}/progress/")["Location"] == f"/workbooks/{at_work.pk}/"


def test_a_long_file_is_saved_while_the_page_is_left(browser: Client, at_work: WorkbookImport) -> None:
    work.check(at_work)
    response = browser.post(f"/workbooks/{at_work.pk}/confirm/")
    assert response["Location"] == f"/workbooks/{at_work.pk}/"
    assert (only().state, Holiday.objects.count()) == ("saved", 2)


def test_work_that_stopped_begins_again(browser: Client, at_work: WorkbookImport) -> None:
    with clock.standing_on(clock.now() + timedelta(minutes=3)):
        page = browser.get(f"/workbooks/{at_work.pk}/")
        assert "The work on this file has stopped" in words(page)
        assert browser.post(f"/workbooks/{at_work.pk}/resume/").status_code == 302
    assert only().state == "previewed"
