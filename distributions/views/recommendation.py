"""Recommendations: the list of what is to be done, one of them, its answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import (
    answer_recommendation,
    close_recommendation,
    recommend,
    send_back_recommendation,
)
from distributions.actions.recommendation import check_owner
from distributions.forms import AnswerForm, CloseForm, FollowForm, RecommendationFields, SendBackForm
from distributions.models import Recommendation, SupervisionVisit
from distributions.models.recommendation import RecommendationQuerySet
from distributions.permissions import may_answer, may_supervise_at
from distributions.states import RecommendationState
from distributions.views.visit import show_visit
from distributions.workbooks_supervision import RECOMMENDATIONS
from documents.exports import in_words, list_response

ROWS_A_PAGE = 25


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def recommendation_list(request: Request) -> HttpResponse:
    form = FollowForm(request.GET)
    page = Paginator(_listed(request, form), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "distributions/recommendation_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def recommendation_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = FollowForm(request.GET)
    return list_response(request, RECOMMENDATIONS, _listed(request, form), format, in_words(form))


def _listed(request: Request, form: FollowForm) -> RecommendationQuerySet:
    rows = Recommendation.objects.visible_to(request.user).with_names()
    show = form.cleaned_data["show"] if form.is_valid() else ""
    if show == "all":
        return rows
    return rows.overdue() if show == "overdue" else rows.followed()


@access(Permission.SUPERVISE)
@require_POST
def recommendation_create(request: Request, pk: int) -> HttpResponse:
    """``pk`` of the visit."""
    visit = within_reach(SupervisionVisit.objects.visible_to(request.user).with_names(), pk=pk)
    form, status = RecommendationFields(request.POST, user=request.user), 422
    if form.is_valid():
        try:
            recommend(
                by=request.user, visit=visit, recommended=form.recommended(), key=client_key_of(request)
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("The recommendation is made; its agency finds it among its tasks."))
            return redirect("visit_detail", pk=pk)
    return show_visit(request, visit, recommending=form, status=status)


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def recommendation_detail(request: Request, pk: int) -> HttpResponse:
    return _detail(request, _recommendation(request, pk))


@access(Permission.ANSWER_RECOMMENDATION)
@require_POST
def recommendation_answer(request: Request, pk: int) -> HttpResponse:
    check_owner(request.user, _recommendation(request, pk))
    return _follow(request, pk, AnswerForm(request.POST), answer_recommendation, _("The answer is sent."))


@access(Permission.SUPERVISE)
@require_POST
def recommendation_send_back(request: Request, pk: int) -> HttpResponse:
    form = SendBackForm(request.POST)
    return _follow(request, pk, form, send_back_recommendation, _("It is sent back: open again."))


@access(Permission.SUPERVISE)
@require_POST
def recommendation_close(request: Request, pk: int) -> HttpResponse:
    withdrawing = _recommendation(request, pk).state == RecommendationState.OPEN
    form = CloseForm(request.POST, withdrawing=withdrawing)
    return _follow(request, pk, form, close_recommendation, _("It is closed."))


def _follow(
    request: Request, pk: int, form: forms.Form, deed: Callable[..., Recommendation], said: str
) -> HttpResponse:
    """One deed with what its form says."""
    recommendation, status = _recommendation(request, pk), 422
    if form.is_valid():
        try:
            deed(
                by=request.user,
                recommendation=recommendation,
                key=client_key_of(request),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, said)
            return redirect("recommendation_detail", pk=pk)
    return _detail(request, _recommendation(request, pk), form, status)


def _recommendation(request: Request, pk: int) -> Recommendation:
    return within_reach(Recommendation.objects.visible_to(request.user).with_names(), pk=pk)


def _detail(
    request: Request, recommendation: Recommendation, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    state, user = recommendation.state, request.user
    supervises = may_supervise_at(user, recommendation.visit.place)
    visible = SupervisionVisit.objects.visible_to(user)
    close_form = CloseForm(auto_id="id_close_%s", withdrawing=state == RecommendationState.OPEN)
    context: dict[str, Any] = {
        "recommendation": recommendation,
        "visit": visible.that_made(recommendation).first(),
        "form": form,
        "may_answer": state == RecommendationState.OPEN and may_answer(user, recommendation),
        "may_close": supervises and state != RecommendationState.CLOSED,
        "may_send_back": supervises and state == RecommendationState.ANSWERED,
        "answer_form": form if isinstance(form, AnswerForm) else AnswerForm(),
        "close_form": form if isinstance(form, CloseForm) else close_form,
        "back_form": form if isinstance(form, SendBackForm) else SendBackForm(auto_id="id_back_%s"),
    }
    return render(request, "distributions/recommendation_detail.html", context, status=status)
