"""Supply: what is promised, in stock, allocated and left."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from directory.access import access
from directory.http import Request
from directory.roles import Permission
from documents.exports import in_words, list_response
from donors.forms import SupplyFilter
from donors.models import SupplyLine
from donors.views.pages import chosen, page_of
from donors.workbooks.lists import SUPPLY


@access(Permission.VIEW_DONORS)
@require_GET
def supply_list(request: Request) -> HttpResponse:
    form = SupplyFilter(request.GET)
    page = page_of(request, _listed(request, form))
    return render(request, "donors/supply_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DONORS)
@require_GET
def supply_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = SupplyFilter(request.GET)
    return list_response(request, SUPPLY, _listed(request, form), format, in_words(form))


def _listed(request: Request, form: SupplyFilter) -> QuerySet[SupplyLine]:
    choice = chosen(form)
    lines = SupplyLine.objects.visible_to(request.user).standing().for_list()
    if "area" in choice:
        lines = lines.filter(item__area_id=choice["area"])
    if "item" in choice:
        lines = lines.filter(item_id=choice["item"])
    return lines.order_by("item__area__order", "item__order", "opened_at", "pk")
