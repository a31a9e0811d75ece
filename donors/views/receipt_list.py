"""All that came, newest first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from directory.access import access
from directory.http import Request
from directory.roles import Permission
from donors.forms import ReceiptFilter
from donors.models import Receipt
from donors.views.pages import chosen, page_of


@access(Permission.VIEW_DONORS)
@require_GET
def receipt_list(request: Request) -> HttpResponse:
    form = ReceiptFilter(request.GET)
    receipts = Receipt.objects.visible_to(request.user)
    if text := chosen(form).get("q"):
        receipts = receipts.search(text)
    rows = receipts.for_list().with_giver().order_by("-occurred_on", "-pk")
    return render(request, "donors/receipt_list.html", {"form": form, "page": page_of(request, rows)})
