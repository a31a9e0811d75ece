"""Supply: what is promised, in stock, allocated and left, line by line."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from directory.access import access, within_reach
from directory.http import Request
from directory.roles import Permission
from documents.exports import in_words, list_response
from donors.claims import claims_on
from donors.forms import SupplyFilter
from donors.models import StockMovement, SupplyLine
from donors.models.supply import SupplyLineQuerySet
from donors.permissions import may_keep
from donors.stock import Stock
from donors.views.pages import chosen, page_of
from donors.workbooks.lists import SUPPLY


@access(Permission.VIEW_DONORS)
@require_GET
def supply_list(request: Request) -> HttpResponse:
    form = SupplyFilter(request.user, request.GET)
    page = page_of(request, _listed(request, form))
    return render(request, "donors/supply_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DONORS)
@require_GET
def supply_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = SupplyFilter(request.user, request.GET)
    return list_response(request, SUPPLY, _listed(request, form), format, in_words(form))


def _listed(request: Request, form: SupplyFilter) -> SupplyLineQuerySet:
    """Newest first; what each office has of an item is the list of stock."""
    return sifted(request, form).for_list().order_by("-opened_at", "-pk")


def sifted(request: Request, form: SupplyFilter) -> SupplyLineQuerySet:
    """The lines within reach that the filter lets through."""
    choice = chosen(form)
    lines = SupplyLine.objects.visible_to(request.user).standing()
    fields = {"area": "item__area_id", "item": "item_id", "custodian": "custodian_id"}
    lines = lines.filter(**{fields[name]: value for name, value in choice.items() if name in fields})
    has = {
        SupplyFilter.IN_STOCK: SupplyLineQuerySet.in_stock,
        SupplyFilter.TO_COME: SupplyLineQuerySet.to_come,
        SupplyFilter.LEFT: SupplyLineQuerySet.available,
    }
    return has[choice["has"]](lines) if "has" in choice else lines


@access(Permission.VIEW_DONORS)
@require_GET
def supply_detail(request: Request, pk: int) -> HttpResponse:
    """One line with all that was booked on it, what holds it and where it went."""
    visible = SupplyLine.objects.visible_to(request.user)
    line = within_reach(visible.for_list().select_related("purchase"), pk=pk)
    moves = line.moves.select_related("by", "receipt_line__receipt", "purchase", "movement")
    context = {
        "line": line,
        "stock": Stock.of(line.balance),
        "claims": claims_on(line),
        "moves": moves.order_by("pk"),
        "movements": StockMovement.objects.of(line).for_list(),
        "source": visible.select_related("custodian").filter(pk=line.moved_from_id).first(),
        "may_keep": may_keep(request.user, line),
    }
    return render(request, "donors/supply_detail.html", context)
