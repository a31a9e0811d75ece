"""Compile, edit and issue: who may, in which state, and that an issued report never changes."""

import uuid
from datetime import date

import pytest

from directory import clock
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import Delegation, Signer
from documents.models import PaperFile
from documents.states import PaperState
from reports.actions import compile_report, issue_report, save_section
from reports.models import DistrictReport, ReportSection
from reports.outline import OUTLINE
from tests.reports.build import YEAR, delivery, draft, issued, period, saved

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

JUNE_18 = date(2025, 6, 18)
MARCH = date(2025, 3, 10)


def test_a_draft_has_the_outline_with_the_figures_in_its_text(world) -> None:
    delivery(world, 20, MARCH, MARCH)
    report = draft(world)
    assert list(report.sections.values_list("code", flat=True)) == [part.code for part in OUTLINE]
    assert "20 lượt trẻ em" in report.sections.get(code="II.3").body
    assert (report.paper.number, report.paper.dated) == (None, None)


@pytest.mark.parametrize("username", ["officer.iadom", "health", "leader"])
def test_only_the_coordinating_office_compiles(world, username) -> None:
    h1 = period(world)
    with pytest.raises(Forbidden):
        compile_report(by=world.user(username), period=h1)
    assert not DistrictReport.objects.exists()


def test_one_draft_at_a_time(world) -> None:
    report = draft(world)
    with pytest.raises(WrongState) as refused:
        draft(world, report.period, by="coordinator.2")
    assert refused.value.code == "draft_exists"
    assert DistrictReport.objects.count() == 1


def test_compile_saves_nothing_if_the_history_fails(world, monkeypatch) -> None:
    h1 = period(world)
    monkeypatch.setattr("directory.history.record", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        draft(world, h1)
    assert not DistrictReport.objects.exists()


def test_an_untouched_section_follows_the_figures_an_edited_one_does_not(world, coordinator) -> None:
    from reports.figures import Figures
    from reports.texts import texts_of

    report = draft(world)
    saved(coordinator, report.sections.get(code="II.3.3"), "Của chúng tôi.")
    delivery(world, 20, MARCH, MARCH)
    texts = {text.section.code: text for text in texts_of(report, Figures(report.period))}
    assert "20 lượt trẻ em" in texts["II.3"].body
    assert texts["II.3.3"].body == "Của chúng tôi."
    assert "20 lượt trẻ em" in texts["II.3.3"].suggested


def test_a_stale_edit_is_refused_with_both_texts(world, coordinator, second_coordinator) -> None:
    section = draft(world).sections.get(code="I")
    saved(second_coordinator, section, "Bản của người khác")
    with pytest.raises(Stale) as refused:
        saved(coordinator, section, "Bản của tôi", version=1)
    assert refused.value.details["theirs"]["body"] == "Bản của người khác"
    assert refused.value.details["yours"]["body"] == "Bản của tôi"
    section.refresh_from_db()
    assert (section.body, section.version) == ("Bản của người khác", 2)


def test_an_empty_heading_is_refused(world, coordinator) -> None:
    section = draft(world).sections.get(code="I")
    with pytest.raises(Refusal):
        save_section(by=coordinator, section=section, body="x", heading=" ", version=1)


def test_a_leader_does_not_edit(world, leader) -> None:
    with pytest.raises(Forbidden):
        saved(leader, draft(world).sections.get(code="I"), "x")


def test_issue_freezes_number_date_and_file(world, leader) -> None:
    report = issued(world)
    paper = report.paper
    assert (paper.reference, paper.dated, paper.state) == ("12/BC-UBND", JUNE_18, PaperState.ISSUED)
    assert bytes(PaperFile.objects.get(paper=paper).content).startswith(b"%PDF-")


def test_the_figures_of_an_issued_report_do_not_change(world) -> None:
    delivery(world, 20, MARCH, MARCH)
    report = issued(world)
    before = report.paper.snapshot
    delivery(world, 7, date(2025, 6, 14), date(2025, 7, 1))
    report.paper.refresh_from_db()
    assert report.paper.snapshot == before
    with pytest.raises(WrongState):
        saved(world.user("coordinator"), report.sections.get(code="I"), "x")


def test_an_issued_report_is_not_issued_again(world, leader) -> None:
    report = issued(world)
    with clock.standing_on(JUNE_18), pytest.raises(WrongState):
        issue_report(by=leader, report=report, number=13, dated=JUNE_18)
    report.paper.refresh_from_db()
    assert report.paper.number == 12


def test_the_same_form_twice_issues_once(world, leader) -> None:
    report, key = draft(world), uuid.uuid4()
    with clock.standing_on(JUNE_18):
        for _ in range(2):
            done = issue_report(by=leader, report=report, number=12, dated=JUNE_18, key=key)
    assert done == report
    assert PaperFile.objects.count() == 1


def test_coordinators_do_not_issue(world, coordinator, second_coordinator) -> None:
    report = draft(world)
    for user in (coordinator, second_coordinator):
        with clock.standing_on(JUNE_18), pytest.raises(Forbidden):
            issue_report(by=user, report=report, number=12, dated=JUNE_18)


@pytest.mark.parametrize("wrote", ["compiled", "edited"])
def test_nobody_issues_what_they_wrote_not_even_for_a_leader(world, leader, wrote) -> None:
    """A coordinator who stands in for the leader holds both powers."""
    by = world.user("coordinator.2")
    report = draft(world, by="coordinator.2" if wrote == "compiled" else "coordinator")
    if wrote == "edited":
        saved(by, report.sections.get(code="I"), "x")
    Delegation.objects.create(
        from_user=leader,
        to_user=by,
        valid_from=date(2025, 6, 1),
        valid_to=date(2025, 7, 1),
        reason="nghỉ phép",
    )
    with clock.standing_on(JUNE_18), pytest.raises(Forbidden) as refused:
        issue_report(by=world.user("coordinator.2"), report=report, number=12, dated=JUNE_18)
    assert refused.value.code == "own_work"


def test_data_must_have_closed(world, leader) -> None:
    report = draft(world)
    with clock.standing_on(date(2025, 6, 15)), pytest.raises(WrongState) as refused:
        issue_report(by=leader, report=report, number=12, dated=date(2025, 6, 15))
    assert refused.value.code == "data_open"


def test_without_a_signer_nothing_is_issued(world, leader) -> None:
    report = draft(world)
    Signer.objects.all().delete()
    with clock.standing_on(JUNE_18), pytest.raises(Refusal) as refused:
        issue_report(by=leader, report=report, number=12, dated=JUNE_18)
    assert refused.value.code == "no_signer"


def test_a_taken_number_is_refused(world, leader) -> None:
    issued(world)
    other = draft(world, period(world, YEAR, 2024))
    with clock.standing_on(JUNE_18), pytest.raises(Refusal) as refused:
        issue_report(by=leader, report=other, number=12, dated=JUNE_18)
    assert refused.value.code == "number_taken"


def test_issue_saves_nothing_if_the_history_fails(world, leader, monkeypatch) -> None:
    report = draft(world)
    monkeypatch.setattr("directory.history.record", lambda *a, **k: 1 / 0)
    with clock.standing_on(JUNE_18), pytest.raises(ZeroDivisionError):
        issue_report(by=leader, report=report, number=12, dated=JUNE_18)
    report.paper.refresh_from_db()
    assert report.paper.state == PaperState.DRAFT
    assert not PaperFile.objects.exists()


def test_an_edit_while_the_pdf_is_made_stops_the_issue(world, leader, monkeypatch) -> None:
    report = draft(world)

    def slow(**given) -> bytes:
        saved(world.user("coordinator"), report.sections.get(code="I"), "Sửa giữa chừng")
        return b"%PDF-"

    monkeypatch.setattr("reports.actions.report.prepare_issue", slow)
    with clock.standing_on(JUNE_18), pytest.raises(Stale):
        issue_report(by=leader, report=report, number=12, dated=JUNE_18)
    report.paper.refresh_from_db()
    assert report.paper.state == PaperState.DRAFT


def test_a_new_report_replaces_the_issued_one(world) -> None:
    first = issued(world)
    second = draft(world, first.period)
    assert second.paper.replaces == first.paper
    with clock.standing_on(JUNE_18):
        issue_report(by=world.user("leader"), report=second, number=13, dated=JUNE_18)
    assert second.paper.snapshot["replaces"]["reference"] == "12/BC-UBND"


def test_a_section_read_before_the_issue_is_not_saved_after_it(world, coordinator) -> None:
    report = draft(world)
    section = ReportSection.objects.visible_to(coordinator).get(report=report, code="I")
    with clock.standing_on(JUNE_18):
        issue_report(by=world.user("leader"), report=report, number=12, dated=JUNE_18)
    assert section.report.paper.state == PaperState.DRAFT  # as this request read it
    with pytest.raises(WrongState):
        saved(coordinator, section, "Sau khi ban hành")
    assert ReportSection.objects.get(pk=section.pk).version == 1


def test_a_report_is_not_dated_before_its_data_closed(world, leader) -> None:
    report = draft(world)
    with clock.standing_on(JUNE_18), pytest.raises(Refusal) as refused:
        issue_report(by=leader, report=report, number=12, dated=date(2025, 1, 10))
    assert refused.value.code == "before_cut_off"
