"""The signed receipt record: to whoever sees the receipt, to nobody else."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from documents.models import PaperFile
from documents.views.paper import sent
from donors.actions import keep_signed_record
from donors.forms import SignedForm
from donors.views.receipt import receipt_within_reach, show_receipt


@access(Permission.VIEW_DONORS)
@require_safe
def receipt_signed(request: Request, pk: int, file: int) -> HttpResponseBase:
    receipt = receipt_within_reach(request, pk)
    files = PaperFile.objects.signed().select_related("paper")
    return sent(request, within_reach(files, pk=file, paper__receipt=receipt))


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
