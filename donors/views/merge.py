"""Merging two entries of the registry that are one donor: choose, read what is moved, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import show_refusal, status_of
from donors.actions import merge_donors
from donors.forms.merge import MergeForm
from donors.merging import merge_plan, refuse_merged
from donors.models import Donor
from donors.permissions import demand_merging

SHOWN = 20


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def donor_merge(request: Request, pk: int) -> HttpResponse:
    """``pk`` is the entry that goes; ``into`` (in the query or the form) the one that is kept."""
    gone = within_reach(Donor.objects.visible_to(request.user).for_page(), pk=pk)
    demand_merging(request.user, gone)
    refuse_merged(gone)
    into = request.POST.get("into") or request.GET.get("into")
    return _confirm(request, gone, into) if into else _choose(request, gone)


def _choose(request: Request, gone: Donor) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    donors = Donor.objects.visible_to(request.user).filter(scope=gone.scope).standing().apart_from(gone)
    found = donors.search(text) if text else donors.alike(gone)
    context = {"donor": gone, "q": text, "found": found.select_related("registered_by")[:SHOWN]}
    return render(request, "donors/merge_choose.html", context)


def _confirm(request: Request, gone: Donor, into: str) -> HttpResponse:
    kept = within_reach(Donor.objects.visible_to(request.user).for_page(), pk=into)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merge_donors(by=request.user, gone=gone, kept=kept, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            said = _("“%(gone)s” is merged into “%(kept)s”; what was moved stands in the history below.")
            messages.success(request, said % {"gone": gone, "kept": kept})
            return redirect("donor_detail", kept.pk)
    context: dict[str, Any] = {"donor": gone, "kept": kept, "form": form, "plan": merge_plan(gone, kept)}
    return render(request, "donors/merge_confirm.html", context, status=status_of(form))
