"""Stock per custodian, and its way from one to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
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
from documents.exports import in_words, list_response
from donors.actions import move_stock, restore_stock, write_off_stock
from donors.forms import MoveForm, RestoreForm, SupplyFilter, WriteOffForm
from donors.models import StockMovement, SupplyLine
from donors.permissions import demand_keeping
from donors.stock import kept, with_totals
from donors.views.pages import page_of, status_of
from donors.views.supply import sifted
from donors.workbooks.stock import MOVEMENTS, STOCK


@access(Permission.VIEW_DONORS)
@require_GET
def stock_list(request: Request) -> HttpResponse:
    """What each custodian has of each item, with the sum of the item."""
    form = SupplyFilter(request.user, request.GET)
    groups = with_totals(kept(sifted(request, form)))
    return render(request, "donors/stock_list.html", {"form": form, "groups": groups})


@access(Permission.VIEW_DONORS)
@require_GET
def stock_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = SupplyFilter(request.user, request.GET)
    return list_response(request, STOCK, kept(sifted(request, form)), format, in_words(form))


@access(Permission.VIEW_DONORS)
@require_GET
def movement_list(request: Request) -> HttpResponse:
    movements = StockMovement.objects.visible_to(request.user).for_list()
    page = page_of(request, movements.order_by("-occurred_on", "-pk"))
    return render(request, "donors/movement_list.html", {"page": page})


@access(Permission.VIEW_DONORS)
@require_GET
def movement_export(request: Request, format: str) -> HttpResponse:
    movements = StockMovement.objects.visible_to(request.user).for_list()
    return list_response(request, MOVEMENTS, movements.order_by("-occurred_on", "-pk"), format)


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def stock_move(request: Request, pk: int) -> HttpResponse:
    line = _line(request, pk)
    form = MoveForm(request.user, line, request.POST or None)
    return _done(request, line, form, move_stock, "donors/stock_move.html", _("The goods are handed over."))


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def stock_write_off(request: Request, pk: int) -> HttpResponse:
    form = WriteOffForm(request.POST or None)
    told = _("The goods are written off.")
    return _done(request, _line(request, pk), form, write_off_stock, "donors/stock_write_off.html", told)


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def stock_restore(request: Request, pk: int) -> HttpResponse:
    form = RestoreForm(request.POST or None)
    told = _("The goods are in stock again.")
    return _done(request, _line(request, pk), form, restore_stock, "donors/stock_restore.html", told)


def _line(request: Request, pk: int) -> SupplyLine:
    line = within_reach(SupplyLine.objects.visible_to(request.user).for_list(), pk=pk)
    demand_keeping(request.user, line)
    return line


def _done(
    request: Request,
    line: SupplyLine,
    form: forms.Form,
    deed: Callable[..., Any],
    template: str,
    told: str,
) -> HttpResponse:
    """The form, or the deed that it asks for and the way back to the line."""
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            deed(by=request.user, line=line, key=client_key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, told)
            return redirect("supply_detail", line.pk)
    return render(request, template, {"form": form, "line": line}, status=status)
