"""Mobilisation plans: list, begin, page, change, take over proposals."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from documents.exports import in_words, list_response
from donors.actions.plan import save_targets, start_plan
from donors.forms.plan import PlanFilter, PlanForm, PlanStartForm, ReturnForm
from donors.mobilisation.progress import progress_of
from donors.mobilisation.proposal import chosen_of, proposals
from donors.mobilisation.targets import differences, target_of
from donors.models import MobilisationPlan
from donors.models.plan import MobilisationPlanQuerySet
from donors.overlap import overlaps_of_plan
from donors.permissions import demand_planning, may_decide_plan, may_plan_for
from donors.states import PlanState
from donors.views.pages import chosen, page_of
from donors.workbooks.plan import PLANS, TARGETS


@access(Permission.VIEW_DONORS)
@require_GET
def plan_list(request: Request) -> HttpResponse:
    form = PlanFilter(request.GET)
    page = page_of(request, _listed(request, form))
    return render(request, "donors/plan_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DONORS)
@require_GET
def plan_list_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = PlanFilter(request.GET)
    return list_response(request, PLANS, _listed(request, form), format, in_words(form))


def _listed(request: Request, form: PlanFilter) -> MobilisationPlanQuerySet:
    seen = MobilisationPlan.objects.visible_to(request.user)
    return seen.newest().filter(**chosen(form)).for_list()


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def plan_create(request: Request) -> HttpResponse:
    form = PlanStartForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            plan = start_plan(by=request.user, key=client_key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("plan_change", plan.pk)
    return render(request, "donors/plan_create.html", {"form": form}, status=status_of(form))


@access(Permission.RECORD_DONATIONS)
@require_POST
def plan_next(request: Request, pk: int) -> HttpResponse:
    """Begin the next version of an approved plan."""
    plan = plan_of(request, pk)
    newer = start_plan(by=request.user, scope=plan.scope, agency=plan.agency, year=plan.year)
    messages.success(request, _("Version %(version)s is begun.") % {"version": newer.version})
    return redirect("plan_change", newer.pk)


@access(Permission.VIEW_DONORS)
@require_GET
def plan_detail(request: Request, pk: int) -> HttpResponse:
    plan = plan_of(request, pk)
    return render(request, "donors/plan_detail.html", detail_of(request, plan))


def detail_of(request: Request, plan: MobilisationPlan) -> dict[str, Any]:
    """All that a plan's page shows."""
    targets = [target_of(row) for row in plan.targets.for_page()]
    versions = list(MobilisationPlan.objects.visible_to(request.user).versions_of(plan))
    former = next((one for one in versions if one.version < plan.version), None)
    return {
        "plan": plan,
        "progress": progress_of(plan, targets),
        "overlaps": overlaps_of_plan(request.user, plan),
        "versions": versions,
        "former": former,
        "differences": differences(map(target_of, former.targets.for_page()), targets) if former else [],
        "is_draft": plan.state == PlanState.DRAFT,
        "is_newest": plan == versions[0],
        "may_write": may_plan_for(request.user, plan.scope, plan.agency),
        "may_decide": plan.state == PlanState.SUBMITTED and may_decide_plan(request.user, plan),
        "return_form": ReturnForm(),
    }


@access(Permission.VIEW_DONORS)
@require_GET
def plan_export(request: Request, pk: int, format: str) -> HttpResponse:
    plan = plan_of(request, pk)
    rows = progress_of(plan, [target_of(row) for row in plan.targets.for_page()])
    said = _("%(agency)s, %(year)s, version %(version)s: %(state)s") % {
        "agency": plan.agency,
        "year": plan.year,
        "version": plan.version,
        "state": plan.get_state_display(),
    }
    return list_response(request, TARGETS, rows, format, [said])


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def plan_change(request: Request, pk: int) -> HttpResponse:
    plan = written_by(request, pk)
    form = PlanForm(request.user, plan, request.POST or None)
    if request.method == "POST" and form.is_valid():
        targets, note = form.targets(), form.cleaned_data["note"]
        try:
            save_targets(by=request.user, plan=plan, edits=form.read_version, targets=targets, note=note)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("The plan is saved."))
            return redirect("plan_detail", plan.pk)
    context = {"form": form, "plan": plan}
    return render(request, "donors/plan_change.html", context, status=status_of(form))


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def plan_propose(request: Request, pk: int) -> HttpResponse:
    """What approved needs leave uncovered, each with its explanation; what is ticked goes into the plan.

    As sums by goods, or with “?by=place” by place and age.
    """
    plan = written_by(request, pk)
    planned = [target_of(row) for row in plan.targets.for_page()]
    finely = request.GET.get("by") == "place"
    found = proposals(plan, planned, finely=finely)
    taken = chosen_of(found, request.POST.getlist("item"))
    if request.method == "POST" and taken:
        # Read and written in one request: the lines that stand are kept, whoever saved them last.
        targets = [*planned, *taken]
        save_targets(by=request.user, plan=plan, edits=plan.edits, targets=targets, note=plan.note)
        said = ngettext("%(count)s line is in the plan.", "%(count)s lines are in the plan.", len(taken))
        messages.success(request, said % {"count": len(taken)})
        return redirect("plan_change", plan.pk)
    return render(request, "donors/plan_propose.html", {"plan": plan, "proposals": found, "finely": finely})


def plan_of(request: Request, pk: int) -> MobilisationPlan:
    return within_reach(MobilisationPlan.objects.visible_to(request.user).for_page(), pk=pk)


def written_by(request: Request, pk: int) -> MobilisationPlan:
    """The plan, if the user writes it. Raises ``Forbidden``."""
    plan = plan_of(request, pk)
    demand_planning(request.user, plan.scope, plan.agency)
    return plan
