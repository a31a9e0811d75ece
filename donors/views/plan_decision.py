"""Mobilisation plans: handed in, approved or returned; and all plans of a year together."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from directory import clock
from directory.access import access
from directory.errors import Refusal
from directory.http import Request
from directory.posted import number_in
from directory.roles import Permission
from directory.screens import show_refusal, status_of
from documents.exports import list_response
from donors.actions.plan import approve_plan, return_plan, submit_plan
from donors.forms.plan import PlanFilter, ReturnForm
from donors.mobilisation.rollup import Rollup, rollup
from donors.permissions import planned_scopes_of
from donors.views.plan import detail_of, plan_of, written_by
from donors.workbooks.plan import ROLLUP


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def plan_submit(request: Request, pk: int) -> HttpResponse:
    """Read it once more, with who else covers the same; then hand it in."""
    plan = written_by(request, pk)
    context = {**detail_of(request, plan), "refusal": None}
    if request.method == "POST":
        try:
            submit_plan(by=request.user, plan=plan, edits=_number(request.POST.get("edits")))
        except Refusal as refusal:
            context["refusal"] = refusal
            return render(request, "donors/plan_submit.html", context, status=refusal.status)
        messages.success(request, _("The plan is handed in and waits for approval."))
        return redirect("plan_detail", plan.pk)
    return render(request, "donors/plan_submit.html", context)


@access(Permission.APPROVE_PLAN)
@require_POST
def plan_approve(request: Request, pk: int) -> HttpResponse:
    plan = plan_of(request, pk)
    approve_plan(by=request.user, plan=plan)
    messages.success(request, _("The plan is approved."))
    return redirect("plan_detail", plan.pk)


@access(Permission.APPROVE_PLAN)
@require_POST
def plan_return(request: Request, pk: int) -> HttpResponse:
    plan, form = plan_of(request, pk), ReturnForm(request.POST)
    if form.is_valid():
        try:
            return_plan(by=request.user, plan=plan, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The plan is returned."))
            return redirect("plan_detail", plan.pk)
    context = {**detail_of(request, plan), "return_form": form}
    return render(request, "donors/plan_detail.html", context, status=status_of(form))


@access(Permission.VIEW_DONORS)
@require_GET
def plan_rollup(request: Request) -> HttpResponse:
    form = PlanFilter(request.GET)
    context = {"form": form, "rollups": _rollups(request, _year(form))}
    return render(request, "donors/plan_rollup.html", context)


@access(Permission.VIEW_DONORS)
@require_GET
def plan_rollup_export(request: Request, format: str) -> HttpResponse:
    rollups = _rollups(request, _year(PlanFilter(request.GET)))
    lines = [line for one in rollups for line in one.lines]
    return list_response(request, ROLLUP, lines, format, [note for one in rollups for note in _notes(one)])


def _rollups(request: Request, year: int) -> list[Rollup]:
    return [rollup(request.user, scope, year) for scope in planned_scopes_of(request.user)]


def _notes(one: Rollup) -> list[str]:
    """Whose plans are in it, and whose are missing."""
    notes = [f"{one.scope}, {one.year}"]
    if one.plans:
        notes.append(_("Plans of: %(names)s") % {"names": ", ".join(str(plan.agency) for plan in one.plans)})
    if one.missing:
        names = ", ".join(str(missing.agency) for missing in one.missing)
        notes.append(_("Not approved yet: %(names)s") % {"names": names})
    return notes


def _year(form: PlanFilter) -> int:
    form.is_valid()
    return form.cleaned_data.get("year") or clock.today().year


def _number(text: str | None) -> int:
    number = number_in(text or "")
    return -1 if number is None else number
