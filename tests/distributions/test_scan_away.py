"""A wrong scan is taken away: set aside, or erased if it shows names of children. Its checksum stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from directory import history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from distributions.actions import keep_scan, take_scan_away
from distributions.models import DeliveryScan, Distribution
from documents.models import PaperFile
from documents.scan import CleanScan
from documents.signed import SignedFile
from donors.actions import issue_receipt_record, keep_signed_record
from donors.models import Receipt
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.donors.build import donor, pledged, received
from tests.donors.test_receipt_record import ISSUED_ON
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]
PAGE, OTHER = CleanScan(b"\xff\xd8 mot anh"), CleanScan(b"\xff\xd8 anh khac")


@pytest.fixture
def confirmed(world: World) -> Distribution:
    return build.delivered(world, 20)


@pytest.fixture
def scan(confirmed: Distribution, officer: User) -> DeliveryScan:
    """Brought by the commune's officer."""
    keep_scan(by=officer, distribution=confirmed, scan=PAGE)
    return DeliveryScan.objects.get()


def away(by: User, scan: DeliveryScan, how: str = "aside", why: str = "Của đợt khác") -> DeliveryScan:
    return take_scan_away(by=by, scan=scan, how=how, why=why)


def with_record(world: World, officer: User) -> Receipt:
    """A receipt whose record is issued."""
    pledge = pledged(world, by=officer, giver=donor(world, by=officer))
    receipt = received(world, pledge, 5, by=officer)
    issue_receipt_record(by=officer, receipt=receipt, number=7, dated=ISSUED_ON)
    return Receipt.objects.get(pk=receipt.pk)


def colleague_of(user: User) -> User:
    return User.objects.create(username="officer.2", role=user.role, agency=user.agency, full_name="Cán bộ 2")


# What becomes of it -------------------------------------------------------------------------------------


def test_what_is_set_aside_counts_no_more_and_is_not_destroyed(confirmed, scan, officer) -> None:
    away(officer, scan)
    stored = DeliveryScan.objects.get()
    assert (stored.removed_as, stored.removed_why, stored.removed_by) == ("aside", "Của đợt khác", officer)
    assert (bytes(stored.content), stored.is_intact, stored.sha256) == (PAGE.content, True, scan.sha256)
    assert list(DeliveryScan.objects.kept()) == []
    entry = HistoryEntry.objects.of(confirmed)[0]
    assert (entry.verb, entry.by, entry.reason, entry.details) == (
        "set scan aside",
        officer,
        "Của đợt khác",
        {"sha256": scan.sha256},
    )
    keep_scan(by=officer, distribution=confirmed, scan=OTHER)
    assert DeliveryScan.objects.kept().get().sha256 != scan.sha256


def test_what_shows_names_of_children_is_erased_and_its_row_stays(confirmed, scan, officer) -> None:
    away(officer, scan, "erased", "Trang danh sách ký nhận")
    stored = DeliveryScan.objects.get()
    assert (bytes(stored.content), stored.sha256, stored.removed_as) == (b"", scan.sha256, "erased")
    assert (stored.removed_by, stored.removed_why) == (officer, "Trang danh sách ký nhận")
    assert HistoryEntry.objects.of(confirmed)[0].verb == "erase scan"


def test_what_was_erased_does_not_come_back(world, confirmed, scan, officer) -> None:
    away(officer, scan, "erased")
    other = build.delivered(world, 5, band="0-2")
    for distribution in (confirmed, other):
        deed = {"by": officer, "distribution": distribution, "scan": PAGE}
        assert refusal_of(lambda deed=deed: keep_scan(**deed)).code == "erased_before"
    assert DeliveryScan.objects.count() == 1


def test_what_was_set_aside_by_mistake_is_brought_again(confirmed, scan, officer) -> None:
    away(officer, scan)
    keep_scan(by=officer, distribution=confirmed, scan=PAGE)
    assert DeliveryScan.objects.kept().get().sha256 == scan.sha256


def test_all_that_has_the_same_bytes_is_erased_with_it(world, confirmed, scan, officer) -> None:
    """One that was set aside here, and the same page brought to another distribution."""
    away(officer, scan)
    other = build.delivered(world, 5, band="0-2")
    for distribution in (confirmed, other):
        keep_scan(by=officer, distribution=distribution, scan=PAGE)
    keep_scan(by=officer, distribution=build.delivered(world, 6, band="6-10"), scan=OTHER)
    away(officer, confirmed.scans.kept().get(), "erased", "Có tên trẻ em")
    same = DeliveryScan.objects.filter(sha256=scan.sha256)
    told = {(bytes(each.content), each.removed_as, each.removed_why) for each in same}
    assert (same.count(), told) == (3, {(b"", "erased", "Có tên trẻ em")})
    assert bytes(DeliveryScan.objects.kept().get().content) == OTHER.content
    verbs = [[entry.verb for entry in HistoryEntry.objects.of(each)[:2]] for each in (confirmed, other)]
    assert verbs == [["erase scan", "erase scan"], ["erase scan", "keep scan"]]
    assert HistoryEntry.objects.of(other)[0].reason == "Có tên trẻ em"


def test_a_signed_receipt_record_with_the_same_bytes_is_erased_too(world, scan, officer) -> None:
    receipt = with_record(world, officer)
    file = keep_signed_record(by=officer, receipt=receipt, signed=SignedFile(PAGE.content))
    away(officer, scan, "erased", "Có tên trẻ em")
    stored = PaperFile.objects.get(pk=file.pk)
    assert (bytes(stored.content), stored.removed_as, stored.removed_by) == (b"", "erased", officer)
    for subject in (receipt, receipt.paper):
        entry = HistoryEntry.objects.of(subject)[0]
        assert (entry.verb, entry.reason) == ("erase the signed file", "Có tên trẻ em")


def test_what_was_erased_comes_back_to_no_record_of_another_kind(world, confirmed, scan, officer) -> None:
    receipt = with_record(world, officer)
    away(officer, scan, "erased")
    for deed in (
        lambda: keep_signed_record(by=officer, receipt=receipt, signed=SignedFile(PAGE.content)),
        lambda: keep_scan(by=officer, distribution=confirmed, scan=PAGE),
    ):
        assert refusal_of(deed).code == "erased_before"


def test_the_office_may_still_erase_what_was_set_aside(scan, officer, coordinator) -> None:
    away(officer, scan)
    assert type(refusal_of(lambda: away(officer, scan, "erased"))) is Forbidden
    away(coordinator, scan, "erased", "Có tên trẻ em")
    stored = DeliveryScan.objects.get()
    assert (bytes(stored.content), stored.removed_as, stored.removed_by) == (b"", "erased", coordinator)
    told = [entry.verb for entry in HistoryEntry.objects.of(scan.distribution)[:2]]
    assert told == ["erase scan", "set scan aside"]


# What is refused ----------------------------------------------------------------------------------------


def test_only_who_brought_it_and_the_office_take_it_away(scan, officer, stranger, coordinator) -> None:
    for by in (colleague_of(officer), stranger):
        assert type(refusal_of(lambda by=by: away(by, scan))) is Forbidden
    assert DeliveryScan.objects.kept().count() == 1
    assert away(coordinator, scan).removed_by == coordinator


def test_a_choice_and_a_reason_are_asked_for(scan, officer) -> None:
    assert places_of(refusal_of(lambda: away(officer, scan, "thrown", " "))) == ["how", "why"]
    assert DeliveryScan.objects.kept().count() == 1


def test_it_is_taken_away_once(scan, officer, coordinator) -> None:
    away(officer, scan, "erased")
    for how in ("aside", "erased"):
        refusal = refusal_of(lambda how=how: away(coordinator, scan, how))
        assert (type(refusal), refusal.code) == (WrongState, "taken_away")
    assert DeliveryScan.objects.get().removed_by == officer


def test_nothing_is_erased_if_the_history_fails(monkeypatch, scan, officer) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise Refusal("no history")

    monkeypatch.setattr(history, "record", fail)
    refusal_of(lambda: away(officer, scan, "erased"))
    stored = DeliveryScan.objects.get()
    assert (stored.is_kept, bytes(stored.content)) == (True, PAGE.content)


@pytest.mark.parametrize(
    "wrong",
    [
        {"removed_as": "aside"},
        {"removed_as": "", "removed_why": "x"},
        {"removed_as": "erased", "content": b"x"},
        {"removed_as": "aside", "removed_why": ""},
    ],
)
def test_the_database_itself_asks_for_how_why_who_and_when(scan, officer, wrong) -> None:
    whole = {"removed_why": "x", "removed_by": officer, "removed_at": scan.at} if len(wrong) > 1 else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryScan.objects.update(**(whole | wrong))


def test_the_database_itself_lets_nothing_else_of_a_scan_change(scan, officer, coordinator) -> None:
    facts = {"removed_by": officer, "removed_at": scan.at, "removed_why": "x"}
    for change in (
        {"content": b"x"},
        {"sha256": "0" * 64},
        {"removed_as": "aside", "content": b"x", **facts},
        {"removed_as": "erased", "content": b"", "by": coordinator, **facts},
    ):
        with pytest.raises(IntegrityError, match="A stored scan is never changed"), transaction.atomic():
            DeliveryScan.objects.update(**change)
    away(officer, scan)
    back = {"removed_as": "", "removed_why": "", "removed_by": None, "removed_at": None}
    for change in (back, {"removed_why": "khác"}):
        with pytest.raises(IntegrityError, match="A stored scan is never changed"), transaction.atomic():
            DeliveryScan.objects.update(**change)


# The pages ----------------------------------------------------------------------------------------------


def test_the_page_says_which_it_is_and_only_the_office_opens_what_was_set_aside(
    confirmed, scan, officer, coordinator, client_of: ClientOf
) -> None:
    commune, office = client_of(officer), client_of(coordinator)
    look, remove = (reverse(name, args=[scan.pk]) for name in ("delivery_scan", "delivery_scan_remove"))
    page = reverse("distribution_detail", args=[confirmed.pk])
    assert [look in client.get(page).content.decode() for client in (commune, office)] == [True, True]
    assert commune.post(remove, {"why": "Của đợt khác"}).status_code == 422
    assert commune.post(remove, {"how": "aside", "why": "Của đợt khác"})["Location"] == page
    shown = [client.get(page) for client in (commune, office)]
    assert [look in answer.content.decode() for answer in shown] == [False, True]
    assert [remove in answer.content.decode() for answer in shown] == [False, True]
    assert all("Của đợt khác" in answer.content.decode() for answer in shown)
    assert [answer.context["scan_form"] is not None for answer in shown] == [True, True]
    assert [client.get(look).status_code for client in (commune, office)] == [404, 200]
    assert office.post(remove, {"how": "aside", "why": "x"}).status_code == 422  # only erasing is left
    assert office.post(remove, {"how": "erased", "why": "Có tên trẻ em"}).status_code == 302
    assert [client.get(look).status_code for client in (commune, office)] == [404, 404]
    text = commune.get(page).content.decode()
    assert (scan.sha256 in text, "Có tên trẻ em" in text, remove in text) == (True, True, False)


def test_an_old_page_takes_no_newer_scan_away(confirmed, scan, officer, coordinator, client_of) -> None:
    away(officer, scan)
    keep_scan(by=officer, distribution=confirmed, scan=OTHER)
    remove = reverse("delivery_scan_remove", args=[scan.pk])
    assert client_of(officer).post(remove, {"how": "erased", "why": "x"}).status_code == 403
    assert DeliveryScan.objects.kept().count() == 1
    stranger = User.objects.get(username="officer.iadal")
    assert client_of(stranger).post(remove, {"how": "erased", "why": "x"}).status_code == 404
