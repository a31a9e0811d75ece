"""The receipt record: a draft without number and date, then the paper as it was issued."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from directory import clock
from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of, was_sent_before
from documents.actions import suggest_number
from documents.download import file_response
from documents.models import PaperFile
from documents.pdf import render as render_pdf
from documents.views.paper import sent
from donors.actions import issue_receipt_record
from donors.actions.receipt_record import demand_issuable, demand_printable
from donors.forms import RecordForm
from donors.models import Receipt
from donors.papers import file_name, receipt_record, symbol_of
from donors.views.receipt import receipt_within_reach


@access(Permission.VIEW_DONORS)
@require_GET
def receipt_paper(request: Request, pk: int) -> HttpResponseBase:
    """Who sees the receipt reads its record: as it was issued, or a draft with blanks for number and date.

    No draft of what is issued to nobody: a receipt taken back, or kept by who writes in another form.
    """
    receipt = receipt_within_reach(request, pk)
    if receipt.paper is not None:
        files = PaperFile.objects.of(receipt.paper).select_related("paper")
        return sent(request, within_reach(files, kind=PaperFile.Kind.PDF))
    demand_printable(receipt)
    return file_response(render_pdf(receipt_record(receipt)), "application/pdf", file_name(receipt), "pdf")


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def receipt_issue(request: Request, pk: int) -> HttpResponse:
    receipt = receipt_within_reach(request, pk)
    if not was_sent_before(request):
        demand_issuable(request.user, receipt)
    form = RecordForm(receipt, request.POST or None, initial=_suggested(receipt))
    if request.method == "POST" and form.is_valid():
        try:
            issue_receipt_record(
                by=request.user, receipt=receipt, key=client_key_of(request), **form.cleaned_data
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The record of %(code)s is issued.") % {"code": receipt.code})
            return redirect("receipt_detail", receipt.pk)
    context = {"form": form, "receipt": receipt}
    return render(request, "donors/receipt_issue.html", context, status=status_of(form))


def _suggested(receipt: Receipt) -> dict[str, object]:
    today = clock.today()
    keeper = receipt.custodian
    return {"number": suggest_number(keeper, symbol_of(keeper), today.year), "dated": today}
