"""The page on which a confirmed line is put right."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from directory.access import access, within_reach
from directory.errors import Refusal, WrongState
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import correct_delivery
from distributions.actions.delivery import age_bands
from distributions.forms import CorrectForm
from distributions.models import Distribution, DistributionLine
from distributions.permissions import check_may_confirm
from distributions.states import DistributionState
from distributions.views.delivery import confirms_for
from distributions.wording import state_refusal


@access(Permission.CONFIRM_DELIVERY)
@require_http_methods(["GET", "POST"])
def delivery_correct(request: Request, pk: int) -> HttpResponse:
    """``pk`` of the line."""
    seen = Distribution.objects.visible_to(request.user)
    line = within_reach(DistributionLine.objects.listed(seen), pk=pk)
    distribution = line.distribution
    agency = confirms_for(request, distribution)
    check_may_confirm(request.user, distribution, agency)
    if distribution.state != DistributionState.CONFIRMED:
        raise WrongState(state_refusal(distribution, _("be corrected")))
    form = CorrectForm(
        request.POST or None,
        line=line,
        bands=age_bands(),
        on_behalf_of=agency,
        may_decide=request.user.may(Permission.DECIDE_LOSS),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                correct_delivery(
                    by=request.user,
                    line=line,
                    right=form.right(),
                    seen=form.cleaned_data["seen"],
                    on_behalf_of=agency,
                    key=client_key_of(request),
                )
            except Refusal as refusal:
                status = show_refusal(form, refusal)
            else:
                messages.success(
                    request,
                    _("%(code)s is corrected; what was confirmed stays visible.")
                    % {"code": distribution.code},
                )
                return redirect("distribution_detail", pk=distribution.pk)
    context = {"distribution": distribution, "line": line, "form": form}
    return render(request, "distributions/delivery_correct.html", context, status=status)
