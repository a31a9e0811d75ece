"""Pledges: list, recording, page, withdrawal."""

from __future__ import annotations

from typing import Any

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
from donors.actions import record_pledge, withdraw_pledge
from donors.forms import PledgeFilter, PledgeForm, WithdrawForm
from donors.models import Pledge, PledgeLine, Receipt, ReceiptLine
from donors.models.pledge import PledgeQuerySet
from donors.overlap import overlaps_of_pledge
from donors.permissions import demand_handling, may_handle_pledge
from donors.progress import progress_of
from donors.states import PledgeState
from donors.views.pages import chosen, page_of, status_of
from donors.workbooks.lists import PLEDGES, RECEIPTS


@access(Permission.VIEW_DONORS)
@require_GET
def pledge_list(request: Request) -> HttpResponse:
    form = PledgeFilter(request.GET)
    page = page_of(request, _listed(request, form).for_list().order_by("-pledged_on", "-pk"))
    return render(request, "donors/pledge_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DONORS)
@require_GET
def pledge_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file, a row for each line of a pledge."""
    form = PledgeFilter(request.GET)
    lines = PledgeLine.objects.listed(_listed(request, form))
    return list_response(request, PLEDGES, lines, format, in_words(form))


@access(Permission.VIEW_DONORS)
@require_GET
def receipt_export(request: Request, format: str) -> HttpResponse:
    """What came of the pledges that the list shows, a row for each line of a receipt."""
    form = PledgeFilter(request.GET)
    receipts = Receipt.objects.visible_to(request.user).of(_listed(request, form))
    return list_response(request, RECEIPTS, ReceiptLine.objects.listed(receipts), format, in_words(form))


def _listed(request: Request, form: PledgeFilter) -> PledgeQuerySet:
    choice = chosen(form)
    pledges = Pledge.objects.visible_to(request.user)
    if text := choice.get("q"):
        pledges = pledges.search(text)
    if state := choice.get("state"):
        overdue = state == PledgeFilter.OVERDUE
        pledges = pledges.overdue() if overdue else pledges.filter(state=state)
    return pledges


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def pledge_create(request: Request) -> HttpResponse:
    form = PledgeForm(request.user, request.POST or None, initial={"donor": request.GET.get("donor")})
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            pledge = record_pledge(by=request.user, key=client_key_of(request), **form.arguments())
        except Refusal as refusal:
            status = show_refusal(form, form.at_own_places(refusal))
        else:
            messages.success(request, _("Pledge %(code)s is recorded.") % {"code": pledge.code})
            return redirect("pledge_detail", pledge.pk)
    return render(request, "donors/pledge_form.html", {"form": form}, status=status)


@access(Permission.VIEW_DONORS)
@require_GET
def pledge_detail(request: Request, pk: int) -> HttpResponse:
    pledges = Pledge.objects.visible_to(request.user).for_list().select_related("scope", "recorded_by")
    pledge = within_reach(pledges, pk=pk)
    context: dict[str, Any] = {
        "pledge": pledge,
        "progress": progress_of(pledge),
        "receipts": pledge.receipts.for_list(),
        "is_open": pledge.state == PledgeState.OPEN,
        "overlaps": overlaps_of_pledge(request.user, pledge),
        "may_handle": may_handle_pledge(request.user, pledge),
    }
    return render(request, "donors/pledge_detail.html", context)


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def pledge_withdraw(request: Request, pk: int) -> HttpResponse:
    pledge = within_reach(Pledge.objects.visible_to(request.user).for_list(), pk=pk)
    demand_handling(request.user, pledge)
    form = WithdrawForm(request.POST or None)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_pledge(by=request.user, pledge=pledge, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("Pledge %(code)s is withdrawn.") % {"code": pledge.code})
            return redirect("pledge_detail", pledge.pk)
    return render(request, "donors/pledge_withdraw.html", {"form": form, "pledge": pledge}, status=status)
