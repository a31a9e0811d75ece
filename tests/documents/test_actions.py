"""Drafting and issuing: every refusal changes nothing, an issued paper never changes again."""

from __future__ import annotations

import hashlib
import io
import uuid
from datetime import date

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction

from directory import clock, history
from directory.deeds import acting
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from documents import actions, pdf
from documents.models import Paper, PaperFile
from documents.snapshot import sha256_of
from tests.documents.build import ISSUED_ON, draft, issued, small_snapshot
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def text_of(content: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(bytes(content))).pages)


def issue(leader: User, paper: Paper, **changes: object) -> Paper:
    arguments = {"by": leader, "paper": paper, "number": 12, "dated": ISSUED_ON, "snapshot": paper.snapshot}
    return actions.issue_paper(**{**arguments, **changes})  # type: ignore[arg-type]


def refused_issue(leader: User, paper: Paper, **changes: object) -> Refusal:
    """The refusal; the paper is still the draft that it was."""
    with pytest.raises(Refusal) as caught:
        issue(leader, paper, **changes)
    stored = Paper.objects.get(pk=paper.pk)
    assert (stored.state, stored.number, stored.dated) == ("draft", None, None)
    assert not PaperFile.objects.exists()
    return caught.value


# Drafts -------------------------------------------------------------------------------------


def test_a_draft_has_neither_number_nor_date_and_a_history(world: World) -> None:
    paper = draft(world)
    assert (paper.state, paper.number, paper.dated, paper.reference) == ("draft", None, None, "")
    assert [entry.verb for entry in HistoryEntry.objects.of(paper)] == ["draft"]


def test_the_symbol_of_the_paper_is_the_one_printed(world: World) -> None:
    assert draft(world, symbol="KH-UBND").snapshot["symbol"] == "KH-UBND"


def test_who_does_not_compile_does_not_draft(world: World, leader: User, officer: User) -> None:
    for user in (leader, officer):
        with pytest.raises(Forbidden):
            draft(world, by=user)
    assert not Paper.objects.exists()


def test_a_draft_can_be_drafted_again(world: World, coordinator: User) -> None:
    paper = draft(world)
    snapshot = small_snapshot(subject="Khác")
    actions.redraft_paper(by=coordinator, paper=paper, title="Khác", snapshot=snapshot)
    stored = Paper.objects.get(pk=paper.pk)
    assert (stored.title, stored.snapshot["subject"]) == ("Khác", "Khác")


def test_the_same_form_drafts_once(world: World) -> None:
    key = uuid.uuid4()
    assert draft(world, key=key) == draft(world, key=key)
    assert Paper.objects.count() == 1


# Issue --------------------------------------------------------------------------------------


def test_issuing_freezes_data_text_and_bytes(world: World, leader: User) -> None:
    paper = issue(leader, draft(world))
    file = PaperFile.objects.get()
    assert (paper.state, paper.number, paper.year, paper.dated) == ("issued", 12, 2025, ISSUED_ON)
    assert (paper.reference, paper.issued_by, paper.issued_at) == ("12/BC-UBND", leader, clock.now())
    assert Paper.objects.get().snapshot_sha256 == sha256_of(Paper.objects.get().snapshot)
    assert file.sha256 == hashlib.sha256(bytes(file.content)).hexdigest()
    assert "Số: 12/BC-UBND" in text_of(file.content)
    assert [entry.verb for entry in HistoryEntry.objects.of(paper)] == ["issue", "draft"]


def test_a_number_below_ten_gets_a_zero(world: World) -> None:
    assert issued(world, number=7).reference == "07/BC-UBND"


@pytest.mark.parametrize("number", [0, -1, 100_000, True, "12", 1.0])
def test_a_number_is_whole_and_from_the_register(world: World, leader: User, number: object) -> None:
    refusal = refused_issue(leader, draft(world), number=number)
    assert (refusal.code, refusal.problems[0].place) == ("number_invalid", "number")


def test_a_date_in_the_future_is_refused(world: World, leader: User) -> None:
    refusal = refused_issue(leader, draft(world), dated=date(2025, 6, 3))
    assert (refusal.code, refusal.problems[0].place) == ("date_in_future", "dated")


def test_all_that_is_wrong_is_named_at_once(world: World, leader: User) -> None:
    refusal = refused_issue(leader, draft(world), number=0, dated=date(2030, 1, 1))
    assert [problem.place for problem in refusal.problems] == ["number", "dated"]


def test_an_agency_issues_only_while_it_exists(world: World, leader: User) -> None:
    refusal = refused_issue(leader, draft(world), dated=date(2018, 5, 1))
    assert refusal.code == "agency_not_valid"


def test_a_number_is_given_once_a_year_and_the_next_is_suggested(world: World, leader: User) -> None:
    first = issued(world)
    second = draft(world)
    with pytest.raises(Refusal) as caught:
        issue(leader, second)
    assert caught.value.code == "number_taken"
    assert caught.value.details == {"holder": first.pk, "suggested": 13}
    assert Paper.objects.get(pk=second.pk).state == "draft"


def test_the_same_number_is_free_in_another_year_and_symbol(world: World) -> None:
    issued(world)
    issued(world, dated=date(2024, 12, 20))
    issued(world, symbol="KH-UBND")
    assert Paper.objects.filter(number=12).count() == 3


def test_the_number_after_the_highest_is_suggested(world: World) -> None:
    agency = world.agency("UBND huyện")
    assert actions.suggest_number(agency, "BC-UBND", 2025) == 1
    issued(world, number=41)
    assert actions.suggest_number(agency, "BC-UBND", 2025) == 42
    assert actions.suggest_number(agency, "BC-UBND", 2026) == 1


def test_only_a_leader_issues(world: World, coordinator: User, officer: User) -> None:
    paper = draft(world)
    for user in (coordinator, officer):
        assert refused_issue(user, paper).status == 403


def test_a_paper_is_issued_once(world: World, leader: User) -> None:
    paper = issued(world)
    with pytest.raises(WrongState) as caught:
        issue(leader, paper, number=13)
    assert caught.value.code == "already_issued"
    assert PaperFile.objects.count() == 1


def test_a_stale_page_does_not_issue_twice(world: World, leader: User) -> None:
    stale = draft(world)
    issue(leader, Paper.objects.get(pk=stale.pk))
    with pytest.raises(WrongState):
        issue(leader, stale, number=13)
    assert Paper.objects.get().number == 12


def test_the_same_form_issues_once_and_lays_out_once(
    world: World, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, key = draft(world), uuid.uuid4()
    first = issue(leader, paper, key=key)
    monkeypatch.setattr(pdf, "render", None)
    assert issue(leader, paper, key=key) == first
    assert PaperFile.objects.count() == 1


def test_a_failed_layout_issues_nothing(world: World, leader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "FONTS", pdf.WORKER)
    assert refused_issue(leader, draft(world)).code == "render_failed"


def test_without_its_history_nothing_is_issued(
    world: World, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = draft(world)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError, match="no history"):
        issue(leader, paper)
    assert Paper.objects.get().state == "draft"
    assert not PaperFile.objects.exists()


# Frozen -------------------------------------------------------------------------------------


def test_an_issued_paper_is_not_drafted_again(world: World, coordinator: User) -> None:
    paper = issued(world)
    with pytest.raises(WrongState) as caught:
        actions.redraft_paper(by=coordinator, paper=paper, title="x", snapshot=small_snapshot())
    assert caught.value.code == "paper_frozen"
    assert Paper.objects.get().title == "Báo cáo 6 tháng đầu năm 2025"


def test_not_even_an_action_saves_or_deletes_an_issued_paper(world: World) -> None:
    paper = issued(world)
    file = PaperFile.objects.get()
    paper.title = "x"
    for deed in (paper.save, paper.delete, file.save, file.delete):
        with pytest.raises(WrongState), acting():
            deed()
    for rows in (Paper.objects.all(), PaperFile.objects.all()):
        with pytest.raises(WrongState):
            rows.delete()
    assert Paper.objects.get().title == "Báo cáo 6 tháng đầu năm 2025"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "x"},
        {"number": 13},
        {"dated": date(2025, 6, 1)},
        {"snapshot": {}},
        {"state": "draft", "number": None, "year": None, "dated": None, "issued_by": None, "issued_at": None},
    ],
)
def test_the_database_itself_refuses_a_change(world: World, change: dict[str, object]) -> None:
    issued(world)
    with pytest.raises(DatabaseError, match="An issued paper is never changed"), transaction.atomic():
        Paper.objects.update(**change)
    with pytest.raises(DatabaseError, match="An issued paper is never changed"), transaction.atomic():
        PaperFile.objects.update(content=b"x")


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["documents_paperfile", "documents_paper"])
def test_the_database_itself_refuses_deletion(world: World, table: str) -> None:
    issued(world)
    statement = f"DELETE FROM {table}"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_draft_can_be_deleted(world: World) -> None:
    paper = draft(world)
    with acting():
        paper.delete()
    assert not Paper.objects.exists()


# Replacement --------------------------------------------------------------------------------


def test_a_replacing_paper_names_the_one_it_replaces(world: World) -> None:
    first = issued(world)
    second = issued(world, number=15, replaces=first)
    text = " ".join(text_of(second.files.get().content).split())
    assert second.replaces == first
    assert (
        "(thay thế Báo cáo số 12/BC-UBND ngày 02 tháng 6 năm 2025 của Ủy ban nhân dân huyện Ia H'Drai)"
        in text
    )


def test_a_draft_is_edited_not_replaced(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        draft(world, replaces=draft(world))
    assert caught.value.code == "cannot_replace"


def test_a_paper_is_replaced_once(world: World) -> None:
    first = issued(world)
    draft(world, replaces=first)
    with pytest.raises(Refusal) as caught:
        draft(world, replaces=first)
    assert caught.value.code == "cannot_replace"


def test_only_the_own_agency_replaces_a_paper(world: World) -> None:
    first = issued(world)
    with pytest.raises(Refusal) as caught:
        draft(world, agency=world.agency("LĐTBXH"), replaces=first)
    assert caught.value.code == "cannot_replace"
