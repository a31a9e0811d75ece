"""The receipt record: a draft with blanks, then number, date and bytes that nothing changes."""

from __future__ import annotations

import hashlib
import subprocess
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from documents.models import Paper, PaperFile
from donors.actions import ReceivedLine, issue_receipt_record, take_back_receipt
from donors.models import Receipt
from donors.papers import receipt_record
from tests.donors.build import cash, donor, goods, pledged, received
from tests.donors.counting import rows, unchanged
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ClientOf = Callable[[User], Client]
ISSUED_ON = date(2025, 6, 2)


def _loaded(receipt: Receipt) -> Receipt:
    return Receipt.objects.for_list().select_related("pledge__donor", "pledge__source").get(pk=receipt.pk)


def _issue(by: User, receipt: Receipt, number: int = 7, dated: date = ISSUED_ON, **given: object) -> Receipt:
    return issue_receipt_record(by=by, receipt=receipt, number=number, dated=dated, **given)  # type: ignore[arg-type]


def _text_of(content: bytes, folder: Path) -> str:
    file = folder / "record.pdf"
    file.write_bytes(content)
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return " ".join(text.stdout.split())


def test_the_record_says_who_gave_what_and_what_was_refused(world: World) -> None:
    pledge = pledged(world, lines=[goods(world, quantity=20, unit_value=100_000), cash(5_000_000)])
    receipt = received(
        world, pledge, 22, refused=3, refuse_reason="rách", quality="new", occurred_on=date(2025, 3, 15)
    )
    snapshot = receipt_record(_loaded(receipt))
    (table,) = (block for block in snapshot["body"] if block["kind"] == "table")
    assert [row["cells"] for row in table["rows"]] == [
        [1, "Đồ ấm", "bộ", 20, 20, "", "Mới", 100_000, 2_000_000],
        [2, "Đồ ấm (ngoài cam kết)", "bộ", 5, 2, 3, "Mới", 100_000, 200_000],
        ["TỔNG CỘNG", 2_200_000],
    ]
    texts = [block["text"] for block in snapshot["body"] if block["kind"] == "paragraph"]
    assert f"Hai bên thống nhất giao, nhận theo cam kết số {pledge.code} ngày 01 tháng 3 năm 2025:" in texts
    assert "Đồ ấm: không nhận 3, lý do: rách" in texts
    assert [text for text in texts if "bằng chữ" in text] == []
    assert [party["role"] for party in snapshot["parties"]] == ["Đại diện bên giao", "Đại diện bên nhận"]
    assert snapshot["letterhead"]["superior"] == "Ủy ban nhân dân huyện Ia H'Drai"


def test_money_is_written_in_words_too(world: World) -> None:
    pledge = pledged(world, lines=[goods(world, quantity=20, unit_value=100_000), cash(5_000_000)])
    first, second = pledge.lines.order_by("pk")
    both = [ReceivedLine(pledge_line=first, accepted=20), ReceivedLine(pledge_line=second, amount=1_005_000)]
    texts = [
        block.get("text") for block in receipt_record(_loaded(received(world, pledge, lines=both)))["body"]
    ]
    assert "Số tiền thực nhận: 1.005.000 đồng (bằng chữ: Một triệu không trăm linh năm nghìn đồng)." in texts


def test_a_record_is_issued_once_and_frozen(
    world: World, coordinator: User, client_of: ClientOf, tmp_path: Path
) -> None:
    receipt = received(world, pledged(world, unit_value=100_000), 20)
    browser = client_of(coordinator)
    draft = browser.get(reverse("receipt_paper", args=[receipt.pk])).content
    text = _text_of(draft, tmp_path)
    assert "BIÊN BẢN" in text
    assert "Số: /BB" in text
    assert "ngày tháng năm 2025" in text
    url = reverse("receipt_issue", args=[receipt.pk])
    form = {"number": "7", "dated": "02/06/2025", "client_key": str(uuid.uuid4())}
    assert browser.post(url, form).url == browser.post(url, form).url
    paper = Receipt.objects.get().paper
    assert (paper.state, paper.number, paper.dated, paper.agency) == (
        "issued",
        7,
        ISSUED_ON,
        coordinator.agency,
    )
    file = PaperFile.objects.get()
    issued = browser.get(reverse("receipt_paper", args=[receipt.pk])).content
    assert hashlib.sha256(issued).hexdigest() == file.sha256
    assert f"Số: {paper.reference}" in _text_of(issued, tmp_path)
    assert HistoryEntry.objects.of(receipt)[0].verb == "issue the receipt record"
    with unchanged(Paper), pytest.raises(WrongState):
        _issue(coordinator, receipt, 8)


def test_a_taken_back_receipts_record_is_replaced(world: World, coordinator: User, tmp_path: Path) -> None:
    pledge = pledged(world, unit_value=100_000)
    wrong = received(world, pledge, 20)
    _issue(coordinator, wrong)
    old = Receipt.objects.get(pk=wrong.pk).paper
    take_back_receipt(by=coordinator, receipt=wrong, reason="Đếm nhầm")
    right = received(world, pledge, 19)
    with unchanged(Paper), pytest.raises(Refusal):
        _issue(coordinator, received(world, pledged(world), 1), 8, replaces=old)
    _issue(coordinator, right, 8, replaces=old)
    paper = Receipt.objects.get(pk=right.pk).paper
    assert paper.replaces == old
    assert f"thay thế Biên bản số {old.reference}" in _text_of(paper.files.get().content, tmp_path)


def test_what_is_wrong_with_number_and_date_is_named(world: World, coordinator: User) -> None:
    receipt = received(world, pledged(world), 20, occurred_on=date(2025, 5, 30))
    with unchanged(Paper), pytest.raises(Refusal) as refusal:
        _issue(coordinator, receipt, dated=date(2025, 5, 29))
    assert [problem.place for problem in refusal.value.problems] == ["dated"]
    _issue(coordinator, receipt)
    second = received(world, pledged(world), 20)
    with unchanged(Paper), pytest.raises(Refusal) as refusal:
        _issue(coordinator, second)
    assert (refusal.value.code, refusal.value.details["suggested"]) == ("number_taken", 8)


def test_whose_paper_it_is(
    world: World, coordinator: User, officer: User, stranger: User, leader: User, union_officer: User
) -> None:
    pledge = pledged(world, by=officer, giver=donor(world, by=officer))
    receipt = received(world, pledge, 5, by=officer)
    for user in (stranger, leader):
        with unchanged(Paper), pytest.raises(Forbidden):
            _issue(user, receipt)
    _issue(officer, receipt)
    theirs = received(world, pledged(world), 5, custodian=union_officer.agency)
    with unchanged(Paper), pytest.raises(Refusal) as refusal:
        _issue(coordinator, theirs)
    assert refusal.value.code == "other_form"


def test_only_who_sees_the_receipt_reads_its_record(
    client_of: ClientOf, world: World, coordinator: User, officer: User, stranger: User
) -> None:
    receipt = received(world, pledged(world, by=officer, giver=donor(world, by=officer)), 5, by=officer)
    _issue(officer, receipt)
    paper = Receipt.objects.get().paper
    addresses = [reverse("receipt_paper", args=[receipt.pk]), reverse("paper_file", args=[paper.pk, "pdf"])]
    for url in addresses:
        assert client_of(officer).get(url).status_code == 200
        assert client_of(stranger).get(url).status_code == 404
    # The district's own receipts are no business of the communes below it, though its reports are.
    other = received(world, pledged(world), 5)
    _issue(coordinator, other, 9)
    kept = Receipt.objects.get(pk=other.pk).paper
    assert client_of(officer).get(reverse("paper_file", args=[kept.pk, "pdf"])).status_code == 404


def test_what_has_no_record_has_no_draft(
    world: World, coordinator: User, union_officer: User, client_of: ClientOf
) -> None:
    back = received(world, pledged(world), 5)
    counter = take_back_receipt(by=coordinator, receipt=back, reason="nhầm")
    theirs = received(world, pledged(world), 5, custodian=union_officer.agency)
    browser = client_of(coordinator)
    statuses = [
        browser.get(reverse("receipt_paper", args=[receipt.pk])).status_code
        for receipt in (back, counter, theirs)
    ]
    assert statuses == [409, 409, 422]


def test_a_receipt_that_was_taken_back_has_no_record(world: World, coordinator: User) -> None:
    receipt = received(world, pledged(world), 5)
    take_back_receipt(by=coordinator, receipt=receipt, reason="nhầm")
    with unchanged(Paper), pytest.raises(WrongState):
        _issue(coordinator, receipt)
    assert rows(PaperFile) == 0
