"""The signed receipt record comes back as a scan or PDF, or turns out to be the wrong file."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, WrongState
from directory.models import User
from documents.actions import keep_signed, removal_verb, take_signed_away
from documents.models import PaperFile
from documents.signed import SignedFile
from donors.models import Receipt
from donors.permissions import may_issue_record


@action
def keep_signed_record(
    *, by: User, receipt: Receipt, signed: SignedFile, key: uuid.UUID | None = None
) -> PaperFile:
    """Keep the record as both sides signed it, already checked (``documents.signed``).

    The newest counts. Raises ``Forbidden``; ``WrongState`` if no record was issued, or this very file is kept
    already or was erased.
    """
    receipt = _locked(receipt)
    if not may_issue_record(by, receipt):
        raise Forbidden(
            _(
                "The signed record of %(code)s is kept by the people of %(agency)s or by the coordinating "
                "office. Ask one of them."
            )
            % {"code": receipt.code, "agency": receipt.custodian}
        )
    if receipt.paper is None:
        raise WrongState(
            _("No record of %(code)s is issued yet. Issue it, have it signed, then bring it back here.")
            % {"code": receipt.code}
        )
    kept = keep_signed(by=by, paper=receipt.paper, signed=signed)
    history.record(receipt, gettext_noop("keep the signed record"), by=by, sha256=kept.sha256)
    return kept


@action
def take_signed_record_away(
    *, by: User, receipt: Receipt, file: PaperFile, how: str, why: str, key: uuid.UUID | None = None
) -> PaperFile:
    """A wrong signed file of the record counts no more (decision 0013).

    Raises ``WrongState`` of another record's file, and what ``take_signed_away`` raises; the history of the
    receipt says it too.
    """
    receipt = _locked(receipt)
    if file.paper_id != receipt.paper_id:
        message = _("This file is not of the record of %(code)s. Open the receipt that it is of.")
        raise WrongState(message % {"code": receipt.code}, code="of_another_record")
    return take_signed_away(by=by, file=file, how=how, why=why)


def tell_receipt(by: User, file: PaperFile) -> None:
    """What became of a signed file stands in the history of the receipt that the paper is of, too."""
    verb = removal_verb(file.removed_as)
    for receipt in Receipt.objects.filter(paper=file.paper_id):
        history.record(receipt, verb, by=by, reason=file.removed_why, sha256=file.sha256)


def _locked(receipt: Receipt) -> Receipt:
    return Receipt.objects.select_for_update(no_key=True, of=("self",)).get(pk=receipt.pk)
