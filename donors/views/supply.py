"""Supply: what is promised, in stock, allocated and left."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from directory.access import access
from directory.http import Request
from directory.roles import Permission
from donors.forms import SupplyFilter
from donors.models import SupplyLine
from donors.views.pages import chosen, page_of


@access(Permission.VIEW_DONORS)
@require_GET
def supply_list(request: Request) -> HttpResponse:
    form = SupplyFilter(request.GET)
    choice = chosen(form)
    lines = SupplyLine.objects.visible_to(request.user).standing().for_list()
    if "area" in choice:
        lines = lines.filter(item__area_id=choice["area"])
    if "item" in choice:
        lines = lines.filter(item_id=choice["item"])
    page = page_of(request, lines.order_by("item__area__order", "item__order", "opened_at", "pk"))
    return render(request, "donors/supply_list.html", {"form": form, "page": page})
