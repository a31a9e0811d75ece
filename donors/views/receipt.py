"""Receipts: recording what came of a pledge or without one, the receipt's page, taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from directory import screens
from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from documents.forms import TakeAwayForm, with_forms
from documents.models import Paper, PaperFile
from documents.permissions import coordinates, may_take_away
from donors.actions import record_receipt, record_walk_in, take_back_receipt
from donors.forms import ReasonForm, ReceiptForm, SignedForm, WalkInForm
from donors.models import Pledge, Receipt, SupplyLine
from donors.permissions import demand_handling, may_handle_pledge, may_issue_record, prints_records
from donors.views.pages import status_of


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def receipt_create(request: Request, pk: int) -> HttpResponse:
    pledge = within_reach(Pledge.objects.visible_to(request.user).for_list(), pk=pk)
    demand_handling(request.user, pledge)
    form = ReceiptForm(request.user, pledge, request.POST or None)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            receipt = record_receipt(
                by=request.user, pledge=pledge, key=client_key_of(request), **form.arguments()
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            _tell(request, receipt)
            return redirect("receipt_detail", receipt.pk)
    return render(request, "donors/receipt_form.html", {"form": form, "pledge": pledge}, status=status)


def _tell(request: Request, receipt: Receipt) -> None:
    messages.success(request, _("Receipt %(code)s is recorded.") % {"code": receipt.code})
    if receipt.lines.filter(supply_line__origin=SupplyLine.Origin.SURPLUS).exists():
        messages.warning(request, _("More came than was pledged: the rest is booked as a surplus."))


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def receipt_walk_in(request: Request) -> HttpResponse:
    """Giver, lines and receipt of what was brought without a pledge."""
    sent_before = screens.was_sent_before(request)
    form = WalkInForm(request.user, request.POST or None, sent_before=sent_before)
    if request.method == "POST" and form.is_valid():
        try:
            receipt = record_walk_in(by=request.user, key=client_key_of(request), **form.arguments())
        except Refusal as refusal:
            show_refusal(form, form.at_own_places(refusal))
        else:
            _tell(request, receipt)
            return redirect("receipt_detail", receipt.pk)
    return render(request, "donors/receipt_walk_in.html", {"form": form}, status=screens.status_of(form))


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def receipt_take_back(request: Request, pk: int) -> HttpResponse:
    receipt = receipt_within_reach(request, pk)
    demand_handling(request.user, receipt.pledge)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            counter = take_back_receipt(
                by=request.user, receipt=receipt, key=client_key_of(request), **form.cleaned_data
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            facts = {"code": receipt.code, "counter": counter.code}
            messages.success(request, _("Receipt %(code)s is taken back by %(counter)s.") % facts)
            return redirect("pledge_detail", receipt.pledge_id)
    context = {"form": form, "receipt": receipt}
    return render(request, "donors/receipt_take_back.html", context, status=screens.status_of(form))


@access(Permission.VIEW_DONORS)
@require_GET
def receipt_detail(request: Request, pk: int) -> HttpResponse:
    return show_receipt(request, receipt_within_reach(request, pk))


def show_receipt(
    request: Request,
    receipt: Receipt,
    signing: SignedForm | TakeAwayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Its page; ``signing``: what was refused of a signed record."""
    context = {
        "receipt": receipt,
        **(_signed(request, receipt, receipt.paper, signing) if receipt.paper else {}),
        "refused": signing,
        "may_handle": may_handle_pledge(request.user, receipt.pledge),
        "may_issue": receipt.paper is None
        and receipt.stands
        and prints_records(receipt.custodian)
        and may_issue_record(request.user, receipt),
        "prints": receipt.stands and prints_records(receipt.custodian),
    }
    return render(request, "donors/receipt_detail.html", context, status=status)


def _signed(
    request: Request, receipt: Receipt, paper: Paper, signing: SignedForm | TakeAwayForm | None
) -> dict[str, Any]:
    """The signed files of the record, those that count first; room for another."""
    files = PaperFile.objects.of(paper).signed().without_content().select_related("paper__agency")
    kept_first = sorted(files, key=lambda file: not file.is_kept)
    form = signing if isinstance(signing, SignedForm) else SignedForm()
    return {
        "signed": with_forms(kept_first, lambda file: may_take_away(request.user, file), signing),
        "signed_form": form if may_issue_record(request.user, receipt) else None,
        "may_see_set_aside": coordinates(request.user, paper),
    }


def receipt_within_reach(request: Request, pk: int) -> Receipt:
    """With all that its page and its record show."""
    receipts = Receipt.objects.visible_to(request.user).for_list()
    names = ("pledge__donor", "pledge__source", "confirmed_by__agency", "paper__agency", "custodian__unit")
    return within_reach(receipts.select_related(*names), pk=pk)
