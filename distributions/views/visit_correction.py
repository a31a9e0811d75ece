"""The page on which a recorded visit is put right."""

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
from directory.screens import client_key_of
from distributions.actions import correct_visit
from distributions.actions.visit import check_inspector
from distributions.actions.visit_correction import check_correctable
from distributions.forms import CorrectVisitForm
from distributions.models import VisitCorrection
from distributions.views.visit import visit_within_reach


@access(Permission.SUPERVISE)
@require_http_methods(["GET", "POST"])
def visit_correct(request: Request, pk: int) -> HttpResponse:
    visit = visit_within_reach(request, pk)
    check_inspector(request.user, visit)
    check_correctable(visit)
    version = VisitCorrection.objects.of(visit).count()
    form = CorrectVisitForm(request.POST or None, visit=visit, version=version, user=request.user)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            correct_visit(
                by=request.user,
                visit=visit,
                right=form.right(),
                reason=form.cleaned_data["reason"],
                version=form.read_version,
                erase=form.cleaned_data["erase"],
                key=client_key_of(request),
            )
        except Refusal as refusal:
            status = form.show(refusal)
        else:
            said = _("%(code)s is corrected; what it said before stays to be read.")
            if form.cleaned_data["erase"]:
                said = _("%(code)s is corrected; the words that differed from it are erased.")
            messages.success(request, said % {"code": visit.code})
            return redirect("visit_detail", pk=pk)
    context = {"form": form, "visit": visit}
    return render(request, "distributions/visit_correct.html", context, status=status)
