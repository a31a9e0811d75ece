"""Send a planned distribution, and call it back as long as nobody has confirmed it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from directory import clock
from directory.access import access
from directory.errors import Forbidden, Refusal, WrongState
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from distributions.actions import call_back_distribution, send_distribution
from distributions.forms import CancelForm, SendForm
from distributions.models import Distribution
from distributions.permissions import may_distribute_for
from distributions.states import DistributionState
from distributions.views.distribution import distribution_within_reach, show_distribution
from distributions.wording import state_refusal


@access(Permission.DISTRIBUTE)
@require_http_methods(["GET", "POST"])
def distribution_send(request: Request, pk: int) -> HttpResponse:
    """What leaves and for whom, once more before it does; the day is asked for."""
    distribution = distribution_within_reach(request, pk)
    if request.method == "GET":
        _check_sendable(request, distribution)
    form = SendForm(request.POST or None, initial={"sent_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            send_distribution(
                by=request.user,
                distribution=distribution,
                sent_on=form.cleaned_data["sent_on"],
                key=client_key_of(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("%(code)s is sent: now %(commune)s confirms what arrives.")
                % {"code": distribution.code, "commune": distribution.place.unit.name},
            )
            return redirect("distribution_detail", pk=pk)
    lines = list(distribution.lines.with_names())
    context = {"distribution": distribution, "lines": lines, "form": form}
    return render(request, "distributions/distribution_send.html", context, status=status_of(form))


def _check_sendable(request: Request, distribution: Distribution) -> None:
    if not may_distribute_for(request.user, distribution.lead_agency):
        raise Forbidden(
            _("%(code)s is led by %(agency)s: only its officers send, call back or cancel it. Ask them.")
            % {"code": distribution.code, "agency": distribution.lead_agency}
        )
    if distribution.state != DistributionState.PLANNED:
        raise WrongState(state_refusal(distribution, _("be sent")))


@access(Permission.DISTRIBUTE)
@require_POST
def distribution_call_back(request: Request, pk: int) -> HttpResponse:
    distribution = distribution_within_reach(request, pk)
    form, status = CancelForm(request.POST), 422
    if form.is_valid():
        try:
            call_back_distribution(
                by=request.user,
                distribution=distribution,
                reason=form.cleaned_data["reason"],
                key=client_key_of(request),
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("%(code)s is called back: its goods are in the stock again and can be planned anew.")
                % {"code": distribution.code},
            )
            return redirect("distribution_detail", pk=pk)
    return show_distribution(request, distribution_within_reach(request, pk), form=form, status=status)
