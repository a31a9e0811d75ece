"""The signed receipt record: to whoever sees the receipt, to nobody else."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from documents.forms import TakeAwayForm
from documents.models import PaperFile
from documents.permissions import coordinates
from documents.views.paper import sent, taken_away_in_words
from donors.actions import keep_signed_record, take_signed_record_away
from donors.forms import SignedForm
from donors.views.receipt import receipt_within_reach, show_receipt


@access(Permission.VIEW_DONORS)
@require_safe
def receipt_signed(request: Request, pk: int, file: int) -> HttpResponseBase:
    """One that was set aside: to the coordinating office only."""
    receipt = receipt_within_reach(request, pk)
    files = PaperFile.objects.signed().with_bytes().select_related("paper__agency")
    found = within_reach(files, pk=file, paper__receipt=receipt)
    if not found.is_kept and not coordinates(request.user, found.paper):
        raise Http404
    return sent(request, found)


@access(Permission.RECORD_DONATIONS)
@require_POST
def receipt_signed_keep(request: Request, pk: int) -> HttpResponse:
    receipt = receipt_within_reach(request, pk)
    form, status = SignedForm(request.POST, request.FILES), 422
    if form.is_valid():
        signed = form.cleaned_data["signed"]
        try:
            keep_signed_record(by=request.user, receipt=receipt, signed=signed, key=client_key_of(request))
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("The signed record of %(code)s is kept.") % {"code": receipt.code})
            return redirect("receipt_detail", pk)
    return show_receipt(request, receipt, signing=form, status=status)


@access(Permission.RECORD_DONATIONS)
@require_POST
def receipt_signed_remove(request: Request, pk: int, file: int) -> HttpResponse:
    receipt = receipt_within_reach(request, pk)
    files = PaperFile.objects.signed().without_content().select_related("paper__agency")
    found = within_reach(files, pk=file, paper__receipt=receipt)
    form, status = TakeAwayForm(request.POST, file=found), 422
    if form.is_valid():
        try:
            found = take_signed_record_away(
                by=request.user,
                receipt=receipt,
                file=found,
                key=client_key_of(request),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, taken_away_in_words(found))
            return redirect("receipt_detail", pk)
    return show_receipt(request, receipt, signing=form, status=status)
