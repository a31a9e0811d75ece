"""Pledges that end: withdrawn, in whole or in part, or expired."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from directory.access import access
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from donors.actions import expire_pledge, withdraw_part, withdraw_pledge
from donors.forms import ReasonForm, WithdrawForm
from donors.models import Pledge
from donors.views.pledge_change import handled_pledge


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def pledge_withdraw(request: Request, pk: int) -> HttpResponse:
    pledge = handled_pledge(request, pk)
    form = WithdrawForm(pledge, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _withdraw(request, pledge, form)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("pledge_detail", pledge.pk)
    context = {"form": form, "pledge": pledge}
    return render(request, "donors/pledge_withdraw.html", context, status=status_of(form))


def _withdraw(request: Request, pledge: Pledge, form: WithdrawForm) -> None:
    """What was typed; without a number all that is to come: the whole pledge, if nothing came yet."""
    reason, key, parts = form.cleaned_data["reason"], client_key_of(request), form.parts()
    if not parts and not pledge.receipts.standing().exists():
        withdraw_pledge(by=request.user, pledge=pledge, reason=reason, key=key)
        messages.success(request, _("Pledge %(code)s is withdrawn.") % {"code": pledge.code})
        return
    withdraw_part(by=request.user, pledge=pledge, parts=parts or form.all_parts(), reason=reason, key=key)
    messages.success(request, _("A part of pledge %(code)s is withdrawn.") % {"code": pledge.code})


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def pledge_expire(request: Request, pk: int) -> HttpResponse:
    pledge = handled_pledge(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            expire_pledge(by=request.user, pledge=pledge, key=client_key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Pledge %(code)s has expired.") % {"code": pledge.code})
            return redirect("pledge_detail", pledge.pk)
    context = {"form": form, "pledge": pledge}
    return render(request, "donors/pledge_expire.html", context, status=status_of(form))
