"""Survey rounds: list, opening, one round with its communes, closing."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from needs import permissions
from needs.actions import close_round, open_round
from needs.forms.round import ReasonForm, RoundForm
from needs.models import SurveyRound
from needs.progress import progress_in

PAGE = 25


@access(Permission.VIEW_SURVEYS)
@require_safe
def round_list(request: Request) -> HttpResponse:
    rounds = SurveyRound.objects.visible_to(request.user).select_related("scope")
    page = Paginator(rounds, PAGE).get_page(request.GET.get("page"))
    return render(request, "needs/round_list.html", {"page": page})


@access(Permission.MANAGE_ROUNDS)
@require_http_methods(["GET", "POST"])
def round_create(request: Request) -> HttpResponse:
    form = RoundForm(request.POST or None, user=request.user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                survey_round = open_round(by=request.user, key=client_key_of(request), **form.cleaned_data)
            except Refusal as refusal:
                status = show_refusal(form, refusal)
            else:
                messages.success(request, _("The round is open. The communes can start their surveys."))
                return redirect("round_detail", survey_round.pk)
    return render(request, "needs/round_create.html", {"form": form}, status=status)


@access(Permission.VIEW_SURVEYS)
@require_safe
def round_detail(request: Request, pk: int) -> HttpResponse:
    return _round_page(request, _round(request, pk), ReasonForm())


@access(Permission.MANAGE_ROUNDS)
@require_http_methods(["GET", "POST"])
def round_close(request: Request, pk: int) -> HttpResponse:
    survey_round = _round(request, pk)
    if request.method == "GET":
        return redirect("round_detail", pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _round_page(request, survey_round, form, 422)
    try:
        close_round(by=request.user, survey_round=survey_round, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _round_page(request, survey_round, form, status)
    messages.success(request, _("The round is closed. What was not delivered in full is closed with it."))
    return redirect("round_detail", pk)


def _round(request: Request, pk: int) -> SurveyRound:
    rounds = SurveyRound.objects.visible_to(request.user).select_related("scope")
    return within_reach(rounds, pk=pk)


def _round_page(
    request: Request, survey_round: SurveyRound, form: ReasonForm, status: int = 200
) -> HttpResponse:
    user = request.user
    lines = progress_in(survey_round, user)
    for line in lines:
        if line.survey:
            line.survey.round, line.survey.commune = survey_round, line.commune
    context = {
        "round": survey_round,
        "lines": [
            {
                "progress": line,
                "may_start": line.survey is None
                and survey_round.is_open
                and (
                    permissions.is_of_commune(user, line.commune)
                    or permissions.coordinates(user, line.commune)
                ),
                "on_behalf": permissions.coordinates(user, line.commune),
                "may_fill_in": line.survey is not None
                and line.survey.is_editable
                and permissions.may_fill_in(user, line.survey),
                "may_review": line.survey is not None
                and line.survey.state == "submitted"
                and permissions.reviews(user, line.survey),
            }
            for line in lines
        ],
        "may_close": survey_round.is_open and permissions.may_close(user, survey_round),
        "form": form,
    }
    return render(request, "needs/round_detail.html", context, status=status)
