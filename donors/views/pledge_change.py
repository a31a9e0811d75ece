"""Pledges: changing one, its instalments."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from directory.access import access, within_reach
from directory.errors import Problem, Refusal, Stale
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from donors.actions import change_pledge, set_instalments
from donors.forms import InstalmentForm, PledgeChangeForm
from donors.models import Pledge
from donors.permissions import demand_handling


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def pledge_change(request: Request, pk: int) -> HttpResponse:
    pledge = handled_pledge(request, pk)
    form = PledgeChangeForm(request.user, pledge, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_pledge(by=request.user, pledge=pledge, key=client_key_of(request), **form.arguments())
        except Refusal as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("The pledge is as you want it. What was changed is in its history."))
            return redirect("pledge_detail", pk)
    context = {"form": form, "pledge": pledge}
    return render(request, "donors/pledge_change.html", context, status=status_of(form))


def _show(form: PledgeChangeForm, refusal: Refusal) -> None:
    refusal.problems = [
        Problem(problem.message, form.place_of(problem.place)) for problem in refusal.problems
    ]
    show_refusal(form, refusal)
    if isinstance(refusal, Stale):
        form.carry_newer()


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def pledge_instalments(request: Request, pk: int) -> HttpResponse:
    pledge = handled_pledge(request, pk)
    form = InstalmentForm(pledge, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_instalments(by=request.user, pledge=pledge, key=client_key_of(request), **form.arguments())
        except Refusal as refusal:
            show_refusal(form, refusal)
            if isinstance(refusal, Stale):
                form.carry_newer()
        else:
            messages.success(request, _("The instalments of %(code)s are set.") % {"code": pledge.code})
            return redirect("pledge_detail", pk)
    context = {"form": form, "pledge": pledge}
    return render(request, "donors/pledge_instalments.html", context, status=status_of(form))


def handled_pledge(request: Request, pk: int) -> Pledge:
    """The pledge with its progress, if the user handles it."""
    pledge = within_reach(Pledge.objects.visible_to(request.user).for_list(), pk=pk)
    demand_handling(request.user, pledge)
    return pledge
