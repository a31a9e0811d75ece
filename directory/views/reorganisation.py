"""Mergers, new names and superiors: entered by administrators when the day has come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from directory.access import access
from directory.actions.agency import succeed_agency
from directory.actions.unit import merge_units
from directory.errors import Refusal
from directory.forms.reorganisation import MergeForm, SucceedForm
from directory.http import Request
from directory.models import AgencySuccession, Succession
from directory.roles import Permission
from directory.screens import show_refusal, status_of


@access(Permission.MANAGE_DIRECTORY)
@require_safe
def overview(request: Request) -> HttpResponse:
    context = {
        "units": Succession.objects.newest_first(),
        "agencies": AgencySuccession.objects.newest_first(),
    }
    return render(request, "directory/reorganisation.html", context)


@access(Permission.MANAGE_DIRECTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def unit_merge(request: Request) -> HttpResponse:
    form = MergeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            merge_units(
                by=request.user,
                predecessors=list(form.cleaned_data["predecessors"]),
                into=form.successor(),
                on=form.cleaned_data["on"],
                legal_basis=form.cleaned_data["legal_basis"],
                place_names=form.place_names(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The units have ended; what goes on there goes on in the new unit."))
            return redirect("reorganisation")
    return render(request, "directory/unit_merge.html", {"form": form}, status=status_of(form))


@access(Permission.MANAGE_DIRECTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def agency_succeed(request: Request) -> HttpResponse:
    form = SucceedForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            succeed_agency(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Duties, records and accounts have gone to the successor."))
            return redirect("reorganisation")
    return render(request, "directory/agency_succeed.html", {"form": form}, status=status_of(form))
