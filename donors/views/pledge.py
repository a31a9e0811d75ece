"""Pledges: list, those that are overdue, recording, page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from directory import clock
from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from documents.exports import in_words, list_response
from donors.actions import record_pledge
from donors.forms import PledgeFilter, PledgeForm
from donors.models import Pledge, PledgeLine, Receipt, ReceiptLine
from donors.models.pledge import PledgeQuerySet
from donors.overlap import overlaps_of_pledge
from donors.permissions import may_handle_pledge
from donors.progress import progress_of
from donors.states import PledgeState
from donors.views.pages import chosen, page_of, status_of
from donors.workbooks.lists import OVERDUE, PLEDGES, RECEIPTS
from needs.models import Need


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


@access(Permission.VIEW_DONORS)
@require_GET
def pledge_overdue(request: Request) -> HttpResponse:
    """What should have come and has not, the longest overdue first, and whom to ask."""
    return render(request, "donors/pledge_overdue.html", {"page": page_of(request, _overdue(request))})


@access(Permission.VIEW_DONORS)
@require_GET
def pledge_overdue_export(request: Request, format: str) -> HttpResponse:
    """The whole list as a file."""
    return list_response(request, OVERDUE, _overdue(request), format)


def _overdue(request: Request) -> PledgeQuerySet:
    return Pledge.objects.visible_to(request.user).overdue().in_order_of_due_day().for_list()


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
    form = PledgeForm(request.user, request.POST or None, initial=_for(request))
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


def _for(request: Request) -> dict[str, Any]:
    """The donor or the need whose page led here."""
    initial: dict[str, Any] = {"donor": request.GET.get("donor")}
    if "need" in request.GET:
        needs = Need.objects.visible_to(request.user).filter(closed_at=None)
        need = within_reach(
            needs.select_related("item", "age_band", "place__unit", "balance"), pk=request.GET["need"]
        )
        row = {"item": str(need.item_id), "quantity": need.balance.uncovered, "need": need}
        initial |= {f"lines-0-{name}": value for name, value in row.items()}
    return initial


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
        "is_expired": pledge.state == PledgeState.OPEN
        and bool(pledge.due_on and pledge.due_on < clock.today()),
        "overlaps": overlaps_of_pledge(request.user, pledge),
        "may_handle": may_handle_pledge(request.user, pledge),
    }
    return render(request, "donors/pledge_detail.html", context)
