"""The receipt record, issued under a number of the custodian's register and frozen [ND 30/2020]."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, WrongState
from directory.models import RequestKey, User
from documents.actions import draft_paper, freeze_paper, prepare_issue
from documents.models import Paper
from documents.snapshot import Snapshot
from donors.models import Receipt
from donors.papers import KIND, SUBJECT, receipt_record, symbol_of
from donors.permissions import may_issue_record, prints_records


@dataclass(frozen=True)
class PreparedRecord:
    """What is about to be frozen."""

    snapshot: Snapshot
    pdf: bytes


def issue_receipt_record(
    *,
    by: User,
    receipt: Receipt,
    number: int,
    dated: date,
    replaces: Paper | None = None,
    key: uuid.UUID | None = None,
) -> Receipt:
    """Give the record number and date from the clerk's register, and freeze its text and PDF.

    The PDF takes seconds, so it is made before the transaction. ``replaces``: the record of a receipt of
    the same pledge that was taken back. Raises ``Forbidden`` for others than the custodian's people and its
    coordinators; ``WrongState`` if it is issued, or the receipt taken back; ``Refusal`` (``other_form``: a
    mass organisation writes under its own rules; a date before the receipt; and what ``prepare_issue``
    raises).
    """
    if key is not None and RequestKey.objects.filter(key=key).exists():
        # The same form again: no second PDF, the first result comes back.
        prepared = None
    else:
        prepared = _prepare(by, receipt, number, dated, replaces)
    return freeze_receipt_record(
        by=by,
        receipt=receipt,
        number=number,
        dated=dated,
        replaces=replaces,
        prepared=prepared,
        key=key,
    )


@action
def freeze_receipt_record(
    *,
    by: User,
    receipt: Receipt,
    number: int,
    dated: date,
    replaces: Paper | None,
    prepared: PreparedRecord | None,
    key: uuid.UUID | None = None,
) -> Receipt:
    """The second half of ``issue_receipt_record``: everything is checked again and written at once."""
    if prepared is None:
        raise Refusal(_("Nothing was prepared to be issued. Open the form again."), code="not_prepared")
    receipt = Receipt.objects.select_for_update(no_key=True, of=("self",)).get(pk=receipt.pk)
    _check(by, receipt, dated, replaces)
    paper = draft_paper(
        by=by,
        kind=KIND,
        agency=receipt.custodian,
        symbol=symbol_of(receipt.custodian),
        title=_title(receipt),
        snapshot=prepared.snapshot,
        replaces=replaces,
    )
    freeze_paper(by=by, paper=paper, number=number, dated=dated, snapshot=prepared.snapshot, pdf=prepared.pdf)
    receipt.paper = paper
    receipt.save(update_fields=["paper"])
    history.record(receipt, gettext_noop("issue the receipt record"), by=by, dated=dated.isoformat())
    return receipt


def _prepare(by: User, receipt: Receipt, number: int, dated: date, replaces: Paper | None) -> PreparedRecord:
    receipt = Receipt.objects.for_list().select_related("pledge__donor", "pledge__source").get(pk=receipt.pk)
    _check(by, receipt, dated, replaces)
    snapshot = receipt_record(receipt)
    draft = Paper(
        kind=KIND,
        agency=receipt.custodian,
        symbol=symbol_of(receipt.custodian),
        title=_title(receipt),
        replaces=replaces,
    )
    pdf = prepare_issue(by=by, paper=draft, number=number, dated=dated, snapshot=snapshot)
    return PreparedRecord(snapshot, pdf)


def _title(receipt: Receipt) -> str:
    return SUBJECT.format(code=receipt.code)


def demand_issuable(by: User, receipt: Receipt) -> None:
    """Raise the refusal of a record that ``by`` cannot issue, whatever its number and date."""
    if not may_issue_record(by, receipt):
        raise Forbidden(
            _(
                "The record is a paper of %(agency)s, which keeps what came: its people issue it, or the "
                "coordinating office. Ask one of them."
            )
            % {"agency": receipt.custodian}
        )
    if receipt.paper is not None:
        raise WrongState(
            _("The record of %(code)s is issued already as %(reference)s. Nothing changes it any more.")
            % {"code": receipt.code, "reference": receipt.paper.reference}
        )
    demand_printable(receipt)


def demand_printable(receipt: Receipt) -> None:
    """Raise the refusal of a record that nobody issues, and of which there is no draft either."""
    if not receipt.stands:
        raise WrongState(
            _("Receipt %(code)s was taken back, so no record of it is issued. Record the receipt anew.")
            % {"code": receipt.code}
        )
    if not prints_records(receipt.custodian):
        raise Refusal(
            _(
                "%(agency)s is a mass organisation and writes its papers under its own rules, not in the "
                "form of state offices. Keep its own record beside the receipt."
            )
            % {"agency": receipt.custodian},
            code="other_form",
        )


def _check(by: User, receipt: Receipt, dated: date, replaces: Paper | None) -> None:
    demand_issuable(by, receipt)
    if problems := list(_wrong(receipt, dated, replaces)):
        raise Refusal(problems, code="invalid_record")


def _wrong(receipt: Receipt, dated: date, replaces: Paper | None) -> Iterator[Problem]:
    if dated < receipt.occurred_on:
        day = date_format(receipt.occurred_on, "SHORT_DATE_FORMAT")
        yield Problem(
            _("The goods or the money came on %(day)s: the record is not dated before that.") % {"day": day},
            "dated",
        )
    if replaces is not None and replaces not in replaceable(receipt):
        yield Problem(
            _(
                "This is no record of a receipt of the same pledge that was taken back. Choose one of the "
                "list."
            ),
            "replaces",
        )


def replaceable(receipt: Receipt) -> list[Paper]:
    """Issued records of receipts of the pledge that were taken back, and that nothing replaces yet."""
    back = receipt.pledge.receipts.filter(
        reversal__isnull=False, paper__isnull=False, paper__agency=receipt.custodian
    )
    papers = [each.paper for each in back.select_related("paper").order_by("pk")]
    return [paper for paper in papers if paper and not hasattr(paper, "replaced_by")]
