"""Receipts: recording what came of a pledge, and the receipt's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from donors.actions import record_receipt
from donors.forms import ReceiptForm
from donors.models import Pledge, Receipt, SupplyLine
from donors.permissions import demand_handling
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


@access(Permission.VIEW_DONORS)
@require_GET
def receipt_detail(request: Request, pk: int) -> HttpResponse:
    receipts = Receipt.objects.visible_to(request.user).for_list()
    receipt = within_reach(
        receipts.select_related("pledge__donor", "pledge__source", "confirmed_by__agency"), pk=pk
    )
    return render(request, "donors/receipt_detail.html", {"receipt": receipt})
