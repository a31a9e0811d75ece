"""The report on its screens: write, edit, look, issue; the list of all; the tasks at home."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from directory import clock
from directory.deeds import acting
from documents.models import PaperFile
from reports import todo
from reports.models import DistrictReport, ReportSection
from tests.reports.build import YEAR, draft, issued, period, saved

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

JUNE_18 = date(2025, 6, 18)


def test_write_edit_look_and_issue_on_the_screens(world, coordinator, leader, client_of) -> None:
    h1 = period(world)
    browser = client_of(coordinator)
    browser.post(reverse("report_create", args=[h1.pk]))
    report = DistrictReport.objects.get()
    section = report.sections.get(code="V")
    browser.post(
        reverse("report_section_save", args=[section.pk]),
        {"heading": section.heading, "body": "Đề nghị hỗ trợ thêm.", "version": 1},
    )
    section.refresh_from_db()
    assert section.body == "Đề nghị hỗ trợ thêm."
    preview = browser.get(reverse("report_preview", args=[report.pk]))
    assert (preview["Content-Type"], preview.content[:5]) == ("application/pdf", b"%PDF-")
    with clock.standing_on(JUNE_18):
        page = client_of(leader).get(reverse("report_issue", args=[report.pk]))
        assert page.context["form"].initial["number"] == 1
        response = client_of(leader).post(
            reverse("report_issue", args=[report.pk]), {"number": "7", "dated": "18/06/2025"}
        )
    (told,) = get_messages(response.wsgi_request)
    assert "07/BC-UBND" in str(told)
    assert (response.status_code, response.url) == (302, reverse("report_list"))
    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert ["07/BC-UBND" in one for one in said] == [True]
    report.paper.refresh_from_db()
    assert report.paper.reference == "07/BC-UBND"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["whole page", "htmx"])
def test_a_stale_section_on_the_screen_shows_both_texts(
    world, coordinator, second_coordinator, client_of, headers
) -> None:
    section = draft(world).sections.get(code="I")
    saved(second_coordinator, section, "Bản của người khác")
    response = client_of(coordinator).post(
        reverse("report_section_save", args=[section.pk]),
        {"heading": "H", "body": "Bản của tôi", "version": 1},
        headers=headers,
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert text.count("Bản của người khác") == 1
    assert text.count("Bản của tôi") == 1
    assert 'name="version" value="2"' in text


def test_a_section_is_found_by_its_number_however_high(world, coordinator, client_of) -> None:
    """1.084 is how a page writes the number of things, never how it names a part of itself."""
    report = draft(world)
    with acting():
        section = ReportSection.objects.create(
            pk=1_234_567, report=report, code="VI", order=99, heading="Khác"
        )
    text = client_of(coordinator).get(reverse("report_edit", args=[report.pk])).content.decode()
    assert f'id="section-{section.pk}"' in text
    assert f'hx-target="#section-{section.pk}"' in text


def test_letters_in_the_number_are_refused(world, leader, client_of) -> None:
    report = draft(world)
    response = client_of(leader).post(
        reverse("report_issue", args=[report.pk]), {"number": "mười hai", "dated": "18/06/2025"}
    )
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["number"]


def test_an_issued_report_is_downloaded_not_drawn_again(world, leader, client_of) -> None:
    report = issued(world)
    response = client_of(leader).get(reverse("report_preview", args=[report.pk]))
    assert response.url == reverse("paper_file", args=[report.paper_id, "pdf"])
    assert client_of(leader).get(reverse("report_issue", args=[report.pk])).url == reverse("report_list")


def test_an_issued_report_is_not_opened_for_editing(world, coordinator, client_of) -> None:
    report = issued(world)
    assert client_of(coordinator).get(reverse("report_edit", args=[report.pk])).status_code == 422


@pytest.mark.parametrize(
    ("username", "drafts"),
    [("officer.iadom", 0), ("health", 0), ("union", 0), ("coordinator", 1), ("leader", 1)],
)
def test_the_list_shows_issued_reports_to_all_and_drafts_to_their_makers(
    world, client_of, username, drafts
) -> None:
    report = issued(world, period(world, YEAR, 2024))
    open_one = draft(world)
    response = client_of(world.user(username)).get(reverse("report_list"))
    listed = [entry.report for period in response.context["periods"] for entry in period.reports]
    assert set(listed) == {report, *([open_one] if drafts else [])}
    text = response.content.decode()
    file = PaperFile.objects.get()
    assert file.sha256 in text
    assert reverse("paper_file", args=[report.paper_id, "pdf"]) in text


def test_the_list_costs_the_same_for_one_and_three_reports(world, leader, client_of) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = client_of(leader)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert browser.get(reverse("report_list")).status_code == 200
        return len(counted)

    issued(world, period(world, YEAR, 2023), number=1)
    queries()
    few = queries()
    for number, year in ((2, 2022), (3, 2024)):
        issued(world, period(world, YEAR, year), number=number)
    assert queries() == few


def test_the_coordinator_is_told_of_a_report_that_is_due(world, coordinator) -> None:
    h1 = period(world)
    assert [(t.url, t.due_on) for t in todo.todo(coordinator)] == [
        (reverse("period_detail", args=[h1.pk]), date(2025, 6, 20))
    ]
    report = draft(world, h1)
    assert [t.url for t in todo.todo(coordinator)] == [reverse("report_edit", args=[report.pk])]


def test_the_leader_is_told_of_a_draft_once_the_data_are_closed(world, leader) -> None:
    report = draft(world)
    assert todo.todo(leader) == []
    with clock.standing_on(JUNE_18):
        assert [t.url for t in todo.todo(leader)] == [reverse("report_issue", args=[report.pk])]


def test_nobody_is_told_of_an_issued_report(world, coordinator, leader) -> None:
    issued(world)
    with clock.standing_on(JUNE_18):
        assert todo.todo(coordinator) + todo.todo(leader) == []
