"""Delegations that the user gave or got."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory import clock
from directory.access import access, within_reach
from directory.actions.delegation import delegate, end_delegation
from directory.errors import Refusal
from directory.forms.delegation import DelegationForm
from directory.http import Request
from directory.models import Delegation
from directory.permissions import may_delegate
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of


@access(Permission.DELEGATE, Permission.MANAGE_ACCOUNTS)
@require_safe
def delegation_list(request: Request) -> HttpResponse:
    rows = Delegation.objects.visible_to(request.user).select_related("from_user__agency", "to_user")
    context = {
        "delegations": rows.order_by("-valid_from", "-pk"),
        "today": clock.today(),
        "may_delegate": may_delegate(request.user),
    }
    return render(request, "directory/delegation_list.html", context)


@access(Permission.DELEGATE)
@require_http_methods(["GET", "HEAD", "POST"])
def delegation_create(request: Request) -> HttpResponse:
    form = DelegationForm(request.POST or None, user=request.user, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            delegation = delegate(by=request.user, key=client_key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("Your powers are delegated to %(name)s for these days.") % {"name": delegation.to_user},
            )
            return redirect("delegation_list")
    return render(request, "directory/delegation_create.html", {"form": form}, status=status_of(form))


@access(Permission.DELEGATE, Permission.MANAGE_ACCOUNTS)
@require_POST
def delegation_end(request: Request, pk: int) -> HttpResponse:
    delegation = within_reach(Delegation.objects.visible_to(request.user), pk=pk)
    end_delegation(by=request.user, delegation=delegation)
    messages.success(request, _("The delegation has ended."))
    return redirect("delegation_list")
