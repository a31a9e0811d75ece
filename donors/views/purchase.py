"""Purchases: list, planning, page, invoice, cancellation."""

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
from documents.exports import in_words, list_response
from donors.actions import cancel_purchase, complete_purchase, plan_purchase, take_back_purchase
from donors.claims import claims_on
from donors.forms import CancelPurchaseForm, InvoiceForm, PurchaseFilter, PurchaseForm, ReasonForm
from donors.models import Pledge, PledgeLine, Purchase
from donors.models.purchase import PurchaseQuerySet
from donors.overlap import overlaps_of_purchase
from donors.permissions import demand_handling, may_handle_pledge
from donors.stock import Stock
from donors.views.pages import chosen, page_of, status_of
from donors.workbooks.purchases import PURCHASES


@access(Permission.VIEW_DONORS)
@require_GET
def purchase_list(request: Request) -> HttpResponse:
    form = PurchaseFilter(request.GET)
    page = page_of(request, _listed(request, form))
    return render(request, "donors/purchase_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DONORS)
@require_GET
def purchase_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = PurchaseFilter(request.GET)
    return list_response(request, PURCHASES, _listed(request, form), format, in_words(form))


def _listed(request: Request, form: PurchaseFilter) -> PurchaseQuerySet:
    choice = chosen(form)
    purchases = Purchase.objects.visible_to(request.user)
    if text := choice.get("q"):
        purchases = purchases.search(text)
    if state := choice.get("state"):
        overdue = state == PurchaseFilter.OVERDUE
        purchases = purchases.overdue() if overdue else purchases.filter(state=state)
    return purchases.for_list().order_by("-planned_at", "-pk")


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def purchase_create(request: Request, pk: int) -> HttpResponse:
    """Plan a purchase with the money of a cash line."""
    line = within_reach(PledgeLine.objects.money_of(Pledge.objects.visible_to(request.user)), pk=pk)
    demand_handling(request.user, line.pledge)
    form = PurchaseForm(request.user, line, request.POST or None)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            purchase = plan_purchase(
                by=request.user, cash_line=line, wanted=form.wanted(), key=client_key_of(request)
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("Purchase %(code)s is planned.") % {"code": purchase.code})
            return redirect("purchase_detail", purchase.pk)
    context = {"form": form, "line": line, "cash": line.cash}
    return render(request, "donors/purchase_form.html", context, status=status)


@access(Permission.VIEW_DONORS)
@require_GET
def purchase_detail(request: Request, pk: int) -> HttpResponse:
    purchase = _within_reach(request, pk)
    line = purchase.supply_line
    context = {
        "purchase": purchase,
        "stock": Stock.of(line.balance),
        "claims": claims_on(line),
        "overlaps": overlaps_of_purchase(request.user, purchase) if purchase.is_planned else [],
        "moved": line.moved_to.select_related("custodian", "balance").order_by("pk"),
        "may_handle": may_handle_pledge(request.user, purchase.cash_line.pledge),
    }
    return render(request, "donors/purchase_detail.html", context)


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def purchase_complete(request: Request, pk: int) -> HttpResponse:
    purchase = _within_reach(request, pk)
    demand_handling(request.user, purchase.cash_line.pledge)
    form = InvoiceForm(purchase, request.POST or None)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            complete_purchase(by=request.user, purchase=purchase, bought=form.bought())
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("Purchase %(code)s is done.") % {"code": purchase.code})
            return redirect("purchase_detail", purchase.pk)
    context = {"form": form, "purchase": purchase, "cash": purchase.cash_line.cash}
    return render(request, "donors/purchase_complete.html", context, status=status)


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def purchase_cancel(request: Request, pk: int) -> HttpResponse:
    purchase = _within_reach(request, pk)
    demand_handling(request.user, purchase.cash_line.pledge)
    form = CancelPurchaseForm(request.POST or None)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_purchase(by=request.user, purchase=purchase, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("Purchase %(code)s is cancelled.") % {"code": purchase.code})
            return redirect("purchase_detail", purchase.pk)
    context = {"form": form, "purchase": purchase}
    return render(request, "donors/purchase_cancel.html", context, status=status)


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def purchase_take_back(request: Request, pk: int) -> HttpResponse:
    """Take a wrongly entered invoice back; the purchase is planned again."""
    purchase = _within_reach(request, pk)
    demand_handling(request.user, purchase.cash_line.pledge)
    form = ReasonForm(request.POST or None)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            take_back_purchase(by=request.user, purchase=purchase, reason=reason, key=client_key_of(request))
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            told = _("The invoice is taken back: purchase %(code)s is planned again.")
            messages.success(request, told % {"code": purchase.code})
            return redirect("purchase_detail", purchase.pk)
    context = {"form": form, "purchase": purchase}
    return render(request, "donors/purchase_take_back.html", context, status=status)


def _within_reach(request: Request, pk: int) -> Purchase:
    purchases = Purchase.objects.visible_to(request.user).for_list()
    return within_reach(purchases.select_related("cash_line__cash", "planned_by", "closed_by"), pk=pk)
