"""The signed receipt record comes back: what is taken, what is refused, and who sees it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from documents import scan, signed
from documents.models import PaperFile
from documents.signed import SignedFile
from donors.actions import issue_receipt_record, keep_signed_record
from donors.models import Receipt
from tests.documents.test_scan import HIDDEN, photographed, picture
from tests.donors.build import donor, pledged, received
from tests.donors.counting import unchanged
from tests.donors.test_receipt_record import ISSUED_ON
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]

PAGE = b"%PDF-1.7\n1 0 obj\n<< /Type /Sig >>\nendobj\n%%EOF\n"
PREPARED = SignedFile(PAGE)


@pytest.fixture
def issued(world: World, officer: User) -> Receipt:
    """A receipt of Ia Dom whose record is issued."""
    receipt = received(world, pledged(world, by=officer, giver=donor(world, by=officer)), 5, by=officer)
    issue_receipt_record(by=officer, receipt=receipt, number=7, dated=ISSUED_ON)
    return Receipt.objects.get(pk=receipt.pk)


def cleaned(content: bytes) -> bytes:
    return signed.clean(io.BytesIO(content), len(content)).content


def test_a_pdf_stays_as_it_is_and_an_image_is_drawn_anew() -> None:
    assert cleaned(PAGE) == PAGE
    result = cleaned(photographed())
    assert (result[:2], b"Nokia" in result, b"Exif" in result) == (b"\xff\xd8", False, False)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PAGE[:-8], "signed_pdf_damaged"),
        (PAGE.replace(b"/Sig", b"/Sig /Encrypt 5 0 R"), "signed_pdf_locked"),
        (PAGE.replace(b"/Sig", b"/Sig /S /JavaScript"), "signed_pdf_active"),
        (PAGE.replace(b"/Sig", b"/EmbeddedFile"), "signed_pdf_active"),
        (b"%PDF-" + b"\0" * scan.MOST_BYTES, "scan_too_large"),
        (b"", "scan_no_image"),
        (HIDDEN, "scan_no_image"),
        (picture("GIF"), "scan_no_image"),
    ],
    ids=["cut off", "locked", "script", "attachment", "too large", "empty", "zip", "gif"],
)
def test_what_is_no_signed_page_is_a_named_refusal(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        cleaned(content)
    assert caught.value.code == code


def test_a_size_that_lies_does_not_help() -> None:
    with pytest.raises(Refusal) as caught:
        signed.clean(io.BytesIO(b"%PDF-" + b"\0" * scan.MOST_BYTES), 10)
    assert caught.value.code == "scan_too_large"


def test_it_is_kept_beside_the_pdf_and_the_newest_counts(issued: Receipt, officer: User) -> None:
    first = keep_signed_record(by=officer, receipt=issued, signed=PREPARED)
    second = keep_signed_record(by=officer, receipt=issued, signed=SignedFile(b"\xff\xd8 anh"))
    assert (bytes(first.content), first.is_intact, first.kind) == (PAGE, True, "signed")
    assert list(issued.paper.files.signed()) == [second, first]
    assert [file.kind for file in issued.paper.files.newest().order_by("pk")] == ["pdf", "signed"]
    entry = HistoryEntry.objects.of(issued).latest("pk")
    assert (entry.verb, entry.by, entry.details) == (
        "keep the signed record",
        officer,
        {"sha256": second.sha256},
    )


def test_what_is_refused_keeps_nothing(world: World, issued: Receipt, officer: User, stranger: User) -> None:
    draft = received(world, pledged(world, by=officer), 5, by=officer)
    keep_signed_record(by=officer, receipt=issued, signed=PREPARED)
    for by, receipt, refused in (
        (stranger, issued, Forbidden),
        (officer, draft, WrongState),
        (officer, issued, WrongState),
    ):
        with unchanged(PaperFile), pytest.raises(refused):
            keep_signed_record(by=by, receipt=receipt, signed=PREPARED)


def uploaded(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("ban-ky.pdf", content, "application/pdf")


def test_it_comes_back_on_the_receipts_page(issued: Receipt, officer: User, client_of: ClientOf) -> None:
    browser = client_of(officer)
    url, page = (reverse(name, args=[issued.pk]) for name in ("receipt_signed_keep", "receipt_detail"))
    assert browser.post(url, {}).status_code == 422
    refused = browser.post(url, {"signed": uploaded(HIDDEN)})
    assert (refused.status_code, list(refused.context["signed_form"].errors)) == (422, ["signed"])
    assert browser.post(url, {"signed": uploaded(PAGE)}).headers["location"] == page
    assert browser.post(url, {"signed": uploaded(PAGE)}).status_code == 409
    assert browser.post(url, {"signed": uploaded(picture("PNG"))}).status_code == 302
    kept = [file for file, _form in browser.get(page).context["signed"]]
    answers = [browser.get(reverse("receipt_signed", args=[issued.pk, file.pk])) for file in kept]
    assert [(answer["Content-Type"], answer["X-Content-Type-Options"]) for answer in answers] == [
        ("image/jpeg", "nosniff"),
        ("application/pdf", "nosniff"),
    ]
    assert [answer["Content-Disposition"].split(";")[0] for answer in answers] == ["attachment"] * 2
    assert answers[1].content == PAGE
    newest = browser.get(reverse("paper_file", args=[issued.paper_id, "signed"]))
    assert newest["Content-Type"] == "image/jpeg"


def test_only_who_sees_the_receipt_reads_it(
    world: World, issued: Receipt, officer: User, stranger: User, client_of: ClientOf
) -> None:
    kept = keep_signed_record(by=officer, receipt=issued, signed=PREPARED)
    url = reverse("receipt_signed", args=[issued.pk, kept.pk])
    assert (client_of(officer).get(url).status_code, client_of(stranger).get(url).status_code) == (200, 404)
    assert client_of(stranger).post(reverse("receipt_signed_keep", args=[issued.pk])).status_code == 404
    # Not by the address of another receipt, nor the record itself as a signed file.
    other = received(world, pledged(world, by=officer), 5, by=officer)
    assert client_of(officer).get(reverse("receipt_signed", args=[other.pk, kept.pk])).status_code == 404
    pdf = issued.paper.files.get(kind="pdf")
    assert client_of(officer).get(reverse("receipt_signed", args=[issued.pk, pdf.pk])).status_code == 404


def test_the_same_form_with_another_file_is_no_second_sending(issued: Receipt, officer: User) -> None:
    """Somebody went back and chose the right file: it is not kept yet, and must not look so."""
    key = uuid.uuid4()
    first, again = (keep_signed_record(by=officer, receipt=issued, signed=PREPARED, key=key) for _ in "12")
    assert first == again
    with unchanged(PaperFile), pytest.raises(Refusal) as caught:
        keep_signed_record(by=officer, receipt=issued, signed=SignedFile(b"\xff\xd8 anh"), key=key)
    assert caught.value.code == "key_reused"
