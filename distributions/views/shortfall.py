"""After a short delivery: the sender has noted it, the coordinating office decides what is missing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import note_difference, settle_missing
from distributions.forms import SettleForm
from distributions.models import Distribution, DistributionLine
from distributions.views.distribution import distribution_within_reach, show_distribution


@access(Permission.DISTRIBUTE, Permission.CONFIRM_DELIVERY)
@require_POST
def difference_note(request: Request, pk: int) -> HttpResponse:
    distribution = distribution_within_reach(request, pk)
    note_difference(by=request.user, distribution=distribution, key=client_key_of(request))
    messages.success(request, _("Noted: you are not reminded of this difference again."))
    return redirect("distribution_detail", pk=pk)


@access(Permission.DECIDE_LOSS)
@require_POST
def missing_settle(request: Request, pk: int) -> HttpResponse:
    """``pk`` of the line."""
    seen = Distribution.objects.visible_to(request.user)
    line = within_reach(DistributionLine.objects.listed(seen), pk=pk)
    form, status = SettleForm(request.POST, line=line), 422
    if form.is_valid():
        try:
            settle_missing(
                by=request.user,
                line=line,
                returned=form.cleaned_data["returned"] or 0,
                lost=form.cleaned_data["lost"] or 0,
                reason=form.cleaned_data["reason"],
                key=client_key_of(request),
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("It is written down. What came back can be allocated again; the need is open again."),
            )
            return redirect("distribution_detail", pk=line.distribution_id)
    distribution = distribution_within_reach(request, line.distribution_id)
    return show_distribution(request, distribution, settling=form, status=status)
