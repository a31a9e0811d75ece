"""Supervision visits: the list, a new one, one of them, what it found."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory import clock
from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import cancel_visit, plan_visit, record_visit
from distributions.actions.visit import check_inspector, check_recordable, questions_for
from distributions.forms import CancelForm, RecommendationFields, RecordForm, VisitForm, VisitListForm
from distributions.models import (
    Distribution,
    Recommendation,
    SupervisionSample,
    SupervisionVisit,
    VisitCorrection,
)
from distributions.models.visit import SupervisionVisitQuerySet
from distributions.permissions import may_inspect, may_supervise_at
from distributions.states import VisitState
from distributions.visit_versions import changes
from distributions.workbooks_supervision import VISITS
from documents.exports import in_words, list_response

ROWS_A_PAGE = 25


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def visit_list(request: Request) -> HttpResponse:
    form = VisitListForm(request.GET)
    page = Paginator(_listed(request, form), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "distributions/visit_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def visit_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = VisitListForm(request.GET)
    return list_response(request, VISITS, _listed(request, form), format, in_words(form))


def _listed(request: Request, form: VisitListForm) -> SupervisionVisitQuerySet:
    rows = SupervisionVisit.objects.visible_to(request.user).for_list()
    if form.is_valid() and form.cleaned_data["state"]:
        rows = rows.filter(state=form.cleaned_data["state"])
    return rows


@access(Permission.SUPERVISE)
@require_http_methods(["GET", "POST"])
def visit_create(request: Request) -> HttpResponse:
    """Of a place, or of the distribution (of a sample) that the address names."""
    distribution, sample = _chosen(request)
    form = VisitForm(
        request.POST or None,
        user=request.user,
        distribution=distribution,
        initial={"planned_on": clock.today()},
    )
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            visit = plan_visit(
                by=request.user,
                place=distribution.place if distribution else form.cleaned_data["place"],
                planned_on=form.cleaned_data["planned_on"],
                team=form.cleaned_data["team"],
                distribution=distribution,
                sample=sample,
                key=client_key_of(request),
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("The visit %(code)s is planned.") % {"code": visit.code})
            # Whoever works through a sample goes on with its next delivery.
            back = ("sample_detail", sample) if sample else ("visit_detail", visit)
            return redirect(back[0], pk=back[1].pk)
    context = {"form": form, "distribution": distribution, "sample": sample}
    return render(request, "distributions/visit_create.html", context, status=status)


def _chosen(request: Request) -> tuple[Distribution | None, SupervisionSample | None]:
    distribution = sample = None
    if pk := request.GET.get("distribution"):
        distribution = within_reach(Distribution.objects.visible_to(request.user).with_names(), pk=pk)
    if pk := request.GET.get("sample"):
        sample = within_reach(SupervisionSample.objects.visible_to(request.user), pk=pk)
    return distribution, sample


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def visit_detail(request: Request, pk: int) -> HttpResponse:
    return show_visit(request, visit_within_reach(request, pk))


@access(Permission.SUPERVISE)
@require_http_methods(["GET", "POST"])
def visit_record(request: Request, pk: int) -> HttpResponse:
    visit = visit_within_reach(request, pk)
    check_inspector(request.user, visit)
    if request.method == "GET":
        check_recordable(visit)
    form = RecordForm(
        request.POST or None,
        questions=questions_for(visit.place),
        user=request.user,
        initial={"done_on": clock.today()},
    )
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            record_visit(
                by=request.user,
                visit=visit,
                done_on=form.cleaned_data["done_on"],
                findings=form.findings(),
                conclusion=form.cleaned_data["conclusion"],
                recommendations=form.recommendations(),
                key=client_key_of(request),
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("What %(code)s found is written down. The report counts it.") % {"code": visit.code},
            )
            return redirect("visit_detail", pk=pk)
    context = {"form": form, "visit": visit}
    return render(request, "distributions/visit_record.html", context, status=status)


@access(Permission.SUPERVISE)
@require_POST
def visit_cancel(request: Request, pk: int) -> HttpResponse:
    visit = visit_within_reach(request, pk)
    form, status = CancelForm(request.POST), 422
    if form.is_valid():
        try:
            cancel_visit(
                by=request.user,
                visit=visit,
                reason=form.cleaned_data["reason"],
                key=client_key_of(request),
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("%(code)s is cancelled.") % {"code": visit.code})
            return redirect("visit_detail", pk=pk)
    return show_visit(request, visit, cancelling=form, status=status)


def visit_within_reach(request: Request, pk: int) -> SupervisionVisit:
    return within_reach(SupervisionVisit.objects.visible_to(request.user).with_names(), pk=pk)


def show_visit(
    request: Request,
    visit: SupervisionVisit,
    *,
    cancelling: CancelForm | None = None,
    recommending: RecommendationFields | None = None,
    status: int = 200,
) -> HttpResponse:
    """One visit; ``cancelling``, ``recommending``: what was refused, as it was typed."""
    supervises = may_supervise_at(request.user, visit.place)
    findings, corrections = list(visit.findings.all()), list(VisitCorrection.objects.of(visit))
    context: dict[str, Any] = {
        "visit": visit,
        "findings": findings,
        "changes": changes(visit, findings, corrections),
        "recommendations": Recommendation.objects.of(visit).with_names(),
        "may_record": supervises and visit.state == VisitState.PLANNED,
        "may_correct": may_inspect(request.user, visit) and visit.state == VisitState.DONE,
        "may_recommend": supervises and visit.state == VisitState.DONE,
        "refused": cancelling or recommending,
        "cancel_form": cancelling or CancelForm(),
    }
    if context["may_recommend"]:
        context["recommend_form"] = recommending or RecommendationFields(user=request.user)
    return render(request, "distributions/visit_detail.html", context, status=status)
