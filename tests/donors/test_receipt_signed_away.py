"""A wrong signed receipt record is taken away: set aside, or erased if it shows names of children."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from directory import history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from documents.models import PaperFile
from documents.signed import SignedFile
from donors.actions import issue_receipt_record, keep_signed_record, take_signed_record_away
from donors.models import Receipt
from tests.donors.build import donor, pledged, received
from tests.donors.test_receipt_record import ISSUED_ON as DAY
from tests.donors.test_receipt_signed import PAGE, PREPARED, issued  # noqa: F401 - a fixture
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]
OTHER = SignedFile(b"\xff\xd8 anh")


@pytest.fixture
def file(issued: Receipt, officer: User) -> PaperFile:  # noqa: F811
    """Brought by the commune's officer."""
    return keep_signed_record(by=officer, receipt=issued, signed=PREPARED)


def away(by: User, file: PaperFile, how: str = "aside", why: str = "Của phiếu khác") -> PaperFile:
    return take_signed_record_away(by=by, receipt=file.paper.receipt, file=file, how=how, why=why)


def refusal_of(deed: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        deed()
    return caught.value


def stored(file: PaperFile) -> PaperFile:
    return PaperFile.objects.get(pk=file.pk)


def test_the_one_before_counts_again_once_the_newest_is_set_aside(file, officer) -> None:
    newest = keep_signed_record(by=officer, receipt=file.paper.receipt, signed=OTHER)
    away(officer, newest)
    assert PaperFile.objects.newest().get(kind="signed") == file
    kept = stored(newest)
    assert (bytes(kept.content), kept.is_intact, kept.removed_as) == (OTHER.content, True, "aside")
    for subject in (file.paper, file.paper.receipt):
        entry = HistoryEntry.objects.of(subject)[0]
        assert (entry.verb, entry.by, entry.reason, entry.details) == (
            "set the signed file aside",
            officer,
            "Của phiếu khác",
            {"sha256": newest.sha256},
        )


def test_what_shows_names_of_children_is_erased_and_does_not_come_back(file, officer) -> None:
    away(officer, file, "erased", "Có danh sách trẻ em")
    gone = stored(file)
    assert (bytes(gone.content), gone.sha256, gone.removed_why) == (b"", file.sha256, "Có danh sách trẻ em")
    assert not PaperFile.objects.newest().filter(kind="signed").exists()
    again = {"by": officer, "receipt": file.paper.receipt, "signed": PREPARED}
    assert refusal_of(lambda: keep_signed_record(**again)).code == "erased_before"


def test_the_file_of_another_record_is_not_taken_away(world, file, officer) -> None:
    pledge = pledged(world, by=officer, giver=donor(world, by=officer))
    other = received(world, pledge, 3, by=officer)
    for step in (lambda: None, lambda: issue_receipt_record(by=officer, receipt=other, number=8, dated=DAY)):
        step()
        deed = {"by": officer, "receipt": other, "file": file, "how": "erased", "why": "x"}
        assert refusal_of(lambda deed=deed: take_signed_record_away(**deed)).code == "of_another_record"
    assert (stored(file).is_kept, bytes(stored(file).content)) == (True, PAGE)
    verbs = [entry.verb for entry in HistoryEntry.objects.of(other)]
    assert "erase the signed file" not in verbs


def test_no_cache_keeps_what_may_still_be_erased(file, officer, client_of: ClientOf) -> None:
    address = reverse("receipt_signed", args=[file.paper.receipt.pk, file.pk])
    assert client_of(officer).get(address)["Cache-Control"] == "private, no-store"


def test_what_was_set_aside_by_mistake_is_brought_again(file, officer) -> None:
    away(officer, file)
    again = keep_signed_record(by=officer, receipt=file.paper.receipt, signed=PREPARED)
    assert PaperFile.objects.newest().get(kind="signed") == again


def test_who_takes_it_away(file, officer, stranger, coordinator, leader) -> None:
    colleague = User.objects.create(username="officer.2", role=officer.role, agency=officer.agency)
    for by in (colleague, stranger, leader):
        assert type(refusal_of(lambda by=by: away(by, file))) is Forbidden
    assert stored(file).is_kept
    away(officer, file)
    assert type(refusal_of(lambda: away(officer, file, "erased"))) is Forbidden
    away(coordinator, file, "erased")
    assert type(refusal_of(lambda: away(coordinator, file, "erased"))) is WrongState
    assert stored(file).removed_by == coordinator


def test_nothing_is_erased_if_the_history_fails(monkeypatch, file, officer) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise Refusal("no history")

    monkeypatch.setattr(history, "record", fail)
    refusal_of(lambda: away(officer, file, "erased"))
    assert (stored(file).is_kept, bytes(stored(file).content)) == (True, PAGE)


def test_the_database_itself_lets_nothing_else_through(file, officer) -> None:
    """Of a signed file its bytes go only if it is erased; of the PDF as issued nothing ever changes."""
    facts = {"removed_by": officer, "removed_at": file.created_at, "removed_why": "x"}
    refused = [
        {"content": b"x"},
        {"removed_as": "aside", "content": b"", **facts},
        {"removed_as": "aside", "sha256": "0" * 64, **facts},
        {"removed_as": "erased", "by": None, "content": b"", **facts},
        {"removed_why": "x"},
    ]
    for change in refused:
        with pytest.raises(DatabaseError, match="An issued paper is never changed"), transaction.atomic():
            PaperFile.objects.filter(pk=file.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperFile.objects.filter(pk=file.pk).update(removed_as="erased", **facts)  # its bytes still there
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperFile.objects.filter(kind="pdf").update(removed_as="aside", **facts)
    away(officer, file)
    back = {"removed_as": "", "removed_why": "", "removed_by": None, "removed_at": None}
    for change in (back, {"removed_why": "khác"}, {"removed_as": "erased"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PaperFile.objects.filter(pk=file.pk).update(**change)
    assert bytes(stored(file).content) == PAGE


def test_the_page_says_which_it_is(world: World, file, officer, coordinator, client_of: ClientOf) -> None:
    commune, office = client_of(officer), client_of(coordinator)
    receipt = file.paper.receipt
    look, remove = (
        reverse(name, args=[receipt.pk, file.pk]) for name in ("receipt_signed", "receipt_signed_remove")
    )
    page, download = (
        reverse("receipt_detail", args=[receipt.pk]),
        reverse("paper_file", args=[file.paper_id, "signed"]),
    )
    assert commune.post(remove, {"how": "aside"}).status_code == 422
    assert commune.post(remove, {"how": "aside", "why": "Của phiếu khác"})["Location"] == page
    shown = [client.get(page).content.decode() for client in (commune, office)]
    # The address of the form begins with that of the file.
    assert [f'"{look}"' in text for text in shown] == [False, True]
    assert [f'"{remove}"' in text for text in shown] == [False, True]
    assert all("Của phiếu khác" in text and file.sha256 in text for text in shown)
    assert [client.get(look).status_code for client in (commune, office)] == [404, 200]
    assert [client.get(download).status_code for client in (commune, office)] == [404, 404]
    assert office.post(remove, {"how": "erased", "why": "Có tên trẻ em"}).status_code == 302
    assert [client.get(look).status_code for client in (commune, office)] == [404, 404]
    assert "Có tên trẻ em" in commune.get(page).content.decode()
