"""Donors: list, registration, page, changes."""

from __future__ import annotations

from typing import Any

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
from directory.screens import client_key_of, show_refusal, status_of
from documents.exports import in_words, list_response
from donors.actions import change_donor, register_donor, set_capacities, set_contacts
from donors.changes import changes_of
from donors.forms import DonorFilter, DonorForm, DuplicateForm
from donors.forms.contact import CapacitiesForm, ContactsForm
from donors.merging import refuse_merged
from donors.models import Donor, Pledge, Receipt
from donors.permissions import demand_donor_change, may_change_donor, merges_donors
from donors.views.pages import chosen, page_of
from donors.workbooks.lists import DONORS

# Of each table on a donor's page; the rest is in the list of pledges.
SHOWN = 50


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
    donors = Donor.objects.visible_to(request.user).standing().with_pledge_count(request.user)
    if text := choice.pop("q", ""):
        donors = donors.search(text)
    return donors.filter(**choice).select_related("registered_by").order_by("name_key", "pk")


@access(Permission.RECORD_DONATIONS)
@require_GET
def donor_duplicates(request: Request) -> HttpResponse:
    """While a donor is typed: those that may be the same. A part of the form's page."""
    form = DuplicateForm(request.user, request.GET, but=_changed(request))
    form.is_valid()
    return render(request, "donors/duplicates.html", {"form": form})


def _changed(request: Request) -> Donor | None:
    pk = request.GET.get("but")
    return _donor(request, pk) if pk else None


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def donor_create(request: Request) -> HttpResponse:
    form = DonorForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            donor = register_donor(by=request.user, key=client_key_of(request), **form.arguments())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("%(donor)s is registered.") % {"donor": donor})
            return redirect("donor_detail", donor.pk)
    return render(request, "donors/donor_form.html", {"form": form}, status=status_of(form))


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def donor_change(request: Request, pk: int) -> HttpResponse:
    donor = _kept(request, pk)
    form = DonorForm(request.user, request.POST or None, but=donor)
    if request.method == "POST" and form.is_valid():
        try:
            change_donor(by=request.user, donor=donor, version=form.read_version, facts=form.facts())
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _done(request, donor)
    context = {"form": form, "donor": donor}
    return render(request, "donors/donor_form.html", context, status=status_of(form))


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def donor_contacts(request: Request, pk: int) -> HttpResponse:
    donor = _kept(request, pk)
    form = ContactsForm(donor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        rows = form.contacts()
        try:
            set_contacts(by=request.user, donor=donor, version=form.read_version, rows=rows)
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _done(request, donor)
    context = {"form": form, "donor": donor}
    return render(request, "donors/donor_contacts.html", context, status=status_of(form))


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def donor_capacity(request: Request, pk: int) -> HttpResponse:
    donor = _kept(request, pk)
    form = CapacitiesForm(donor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        rows = form.capacities()
        try:
            set_capacities(by=request.user, donor=donor, version=form.read_version, rows=rows)
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _done(request, donor)
    context = {"form": form, "donor": donor}
    return render(request, "donors/donor_capacity.html", context, status=status_of(form))


@access(Permission.VIEW_DONORS)
@require_GET
def donor_detail(request: Request, pk: int) -> HttpResponse:
    donor = _donor(request, pk)
    stands = donor.merged_into is None
    pledges = Pledge.objects.visible_to(request.user).filter(donor=donor)
    receipts = Receipt.objects.visible_to(request.user).filter(pledge__donor=donor)
    context: dict[str, Any] = {
        "donor": donor,
        "contacts": donor.contacts.for_page(),
        "capacities": donor.capacities.for_page(),
        "merged": donor.merged.order_by("name_key", "pk"),
        "pledges": pledges.for_list()[:SHOWN],
        "receipts": receipts.for_list()[:SHOWN],
        "shown": SHOWN,
        "promised": pledges.totals(),
        "received": receipts.totals(),
        "changes": changes_of(donor),
        "may_change": stands and may_change_donor(request.user, donor),
        "may_merge": stands and merges_donors(request.user, donor.scope),
    }
    if context["may_merge"]:
        context["alike"] = Donor.objects.visible_to(request.user).alike(donor)[:SHOWN]
    return render(request, "donors/donor_detail.html", context)


def _donor(request: Request, pk: int | str) -> Donor:
    return within_reach(Donor.objects.visible_to(request.user).for_page(), pk=pk)


def _kept(request: Request, pk: int) -> Donor:
    """The entry, if the user may change it and nobody has merged it."""
    donor = _donor(request, pk)
    demand_donor_change(request.user, donor)
    refuse_merged(donor)
    return donor


def _done(request: Request, donor: Donor) -> HttpResponse:
    messages.success(request, _("The change is saved."))
    return redirect("donor_detail", donor.pk)
