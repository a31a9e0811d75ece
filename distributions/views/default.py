"""A pledge that is not kept: what falls is shown before anything is done."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from directory.access import access, within_reach
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from distributions.actions import default_pledge
from distributions.default import fall_of, may_default
from distributions.forms import DefaultForm
from donors.models import Pledge
from donors.states import PledgeState


@access(Permission.ALLOCATE)
@require_http_methods(["GET", "POST"])
def pledge_default(request: Request, pk: int) -> HttpResponse:
    pledges = Pledge.objects.visible_to(request.user).for_list().select_related("scope")
    pledge = within_reach(pledges, pk=pk)
    if not may_default(request.user, pledge):
        raise Forbidden(_("Only the coordinating office of %(scope)s does this.") % {"scope": pledge.scope})
    if request.method == "GET" and pledge.state != PledgeState.OPEN:
        raise WrongState(
            _("Pledge %(code)s is “%(state)s”: nothing of it is awaited, so nothing falls.")
            % {"code": pledge.code, "state": pledge.get_state_display()}
        )
    fall = fall_of(pledge)
    form = DefaultForm(request.POST or None, fall=fall)
    if request.method == "POST" and form.is_valid():
        try:
            default_pledge(by=request.user, pledge=pledge, key=client_key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
            if isinstance(refusal, Stale):
                form.show_anew()
        else:
            messages.success(
                request, _("Pledge %(code)s is not kept; what fell is free again.") % {"code": pledge.code}
            )
            return redirect("pledge_detail", pledge.pk)
    context = {"form": form, "pledge": pledge, "fall": fall, "given_up": fall.given_up}
    return render(request, "distributions/pledge_default.html", context, status=status_of(form))
