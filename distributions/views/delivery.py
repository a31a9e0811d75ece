"""The page on which the receiving commune says what arrived."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.access import access
from directory.errors import Refusal, WrongState
from directory.http import Request
from directory.models import Agency
from directory.roles import Permission
from directory.screens import client_key_of, show_problems, show_refusal
from distributions.actions import confirm_delivery
from distributions.actions.delivery import age_bands, look_over
from distributions.forms import ConfirmForm
from distributions.models import Distribution
from distributions.permissions import check_may_confirm, receives
from distributions.scope import committee_of
from distributions.states import DistributionState
from distributions.views.distribution import distribution_within_reach
from distributions.wording import state_refusal


@access(Permission.CONFIRM_DELIVERY)
@require_http_methods(["GET", "POST"])
def delivery_confirm(request: Request, pk: int) -> HttpResponse:
    distribution = distribution_within_reach(request, pk)
    agency = confirms_for(request, distribution)
    check_may_confirm(request.user, distribution, agency)
    if request.method == "GET" and distribution.state != DistributionState.SENT:
        raise WrongState(state_refusal(distribution, _("be confirmed")))
    form = _form(request, distribution, agency)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                confirm_delivery(
                    by=request.user,
                    distribution=distribution,
                    occurred_on=form.cleaned_data["occurred_on"],
                    lines=form.confirmed(),
                    on_behalf_of=agency,
                    scan=form.cleaned_data["scan"],
                    key=client_key_of(request),
                )
            except Refusal as refusal:
                status = show_refusal(form, refusal)
            else:
                messages.success(
                    request,
                    _("%(code)s is confirmed. Thank you: the figures now count.")
                    % {"code": distribution.code},
                )
                return redirect("distribution_detail", pk=pk)
        elif form.is_bound:  # a form without any field is not: there is nothing to look over
            day = form.cleaned_data.get("occurred_on")
            show_problems(form, look_over(distribution, day, form.readable()))
    context = {"distribution": distribution, "form": form}
    return render(request, "distributions/delivery_confirm.html", context, status=status)


def confirms_for(request: Request, distribution: Distribution) -> Agency | None:
    """The commune's committee, if somebody else says for it what arrived."""
    if receives(request.user, distribution):
        return None
    return committee_of(distribution.place.unit, clock.today())


def _form(request: Request, distribution: Distribution, agency: Agency | None) -> ConfirmForm:
    return ConfirmForm(
        request.POST or None,
        request.FILES or None,
        lines=list(distribution.lines.with_names()),
        bands=age_bands(),
        on_behalf_of=agency,
        may_decide_loss=request.user.may(Permission.DECIDE_LOSS),
    )
