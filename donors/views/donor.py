"""Donors: list, registration, page."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
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
from donors.actions import register_donor
from donors.forms import DonorFilter, DonorForm
from donors.models import Donor, Pledge, Receipt
from donors.views.pages import chosen, page_of, status_of
from donors.workbooks.lists import DONORS


@access(Permission.VIEW_DONORS)
@require_GET
def donor_list(request: Request) -> HttpResponse:
    form = DonorFilter(request.GET)
    page = page_of(request, _listed(request, form))
    return render(request, "donors/donor_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DONORS)
@require_GET
def donor_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = DonorFilter(request.GET)
    return list_response(request, DONORS, _listed(request, form), format, in_words(form))


def _listed(request: Request, form: DonorFilter) -> QuerySet[Donor]:
    choice = chosen(form)
    donors = Donor.objects.visible_to(request.user).with_pledge_count(request.user)
    if text := choice.pop("q", ""):
        donors = donors.search(text)
    return donors.filter(**choice).select_related("registered_by").order_by("name_key", "pk")


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def donor_create(request: Request) -> HttpResponse:
    form = DonorForm(request.user, request.POST or None)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            donor = register_donor(by=request.user, key=client_key_of(request), **form.arguments())
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("%(donor)s is registered.") % {"donor": donor})
            return redirect("donor_detail", donor.pk)
    return render(request, "donors/donor_form.html", {"form": form}, status=status)


@access(Permission.VIEW_DONORS)
@require_GET
def donor_detail(request: Request, pk: int) -> HttpResponse:
    donors = Donor.objects.visible_to(request.user).select_related("registered_by", "scope")
    donor = within_reach(donors, pk=pk)
    pledges = Pledge.objects.visible_to(request.user).filter(donor=donor)
    receipts = Receipt.objects.visible_to(request.user).filter(pledge__donor=donor)
    context = {
        "donor": donor,
        "pledges": pledges.for_list(),
        "receipts": receipts.for_list(),
        "promised": pledges.totals(),
        "received": receipts.totals(),
    }
    return render(request, "donors/donor_detail.html", context)
