"""Survey rounds: list, opening and changing, one round with its communes, closing and reopening."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.models import Unit
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from documents.download import sheet_response
from documents.exports import list_response, refuse_too_many
from needs import permissions
from needs.actions import change_round, close_round, end_reopening, open_round, reopen_round
from needs.actions.reopening import newer_review_of
from needs.actions.round import refuse_no_coordinator, version_of
from needs.closing import unmet_in
from needs.forms.round import ReasonForm, ReopeningForm, RoundChangeForm, RoundForm
from needs.models import SurveyRound
from needs.overview import Overview
from needs.progress import Progress, Totals, progress_of
from needs.states import SurveyState
from needs.workbooks.round import ROUNDS, progress_sheet

PAGE = 25


@access(Permission.VIEW_SURVEYS)
@require_safe
def round_list(request: Request) -> HttpResponse:
    rounds = SurveyRound.objects.visible_to(request.user).select_related("scope")
    page = Paginator(rounds, PAGE).get_page(request.GET.get("page"))
    progress = progress_of(page.object_list, request.user)
    lines = [(survey_round, Totals.of(lines)) for survey_round, lines in progress.items()]
    return render(request, "needs/round_list.html", {"page": page, "lines": lines})


@access(Permission.VIEW_SURVEYS)
@require_safe
def round_export(request: Request, format: str) -> HttpResponse:
    """All rounds as a file."""
    rounds = SurveyRound.objects.visible_to(request.user).select_related("scope")
    progress = progress_of(rounds, request.user)
    lines = [(survey_round, Totals.of(lines)) for survey_round, lines in progress.items()]
    return list_response(request, ROUNDS, lines, format)


@access(Permission.VIEW_SURVEYS)
@require_safe
def round_progress_export(request: Request, pk: int, format: str) -> HttpResponse:
    """How far the communes of a round are, as a file."""
    overview = Overview(_round(request, pk), request.user)
    refuse_too_many(len(overview.lines), format)
    office = permissions.office_of(overview.round.scope)
    return sheet_response(progress_sheet(request.user, overview, office), "tien-do-ra-soat", format)


@access(Permission.MANAGE_ROUNDS)
@require_http_methods(["GET", "POST"])
def round_create(request: Request) -> HttpResponse:
    form = RoundForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            survey_round = open_round(by=request.user, key=client_key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The round is open. The communes can start their surveys."))
            return redirect("round_detail", survey_round.pk)
    return render(request, "needs/round_create.html", {"form": form}, status=status_of(form))


@access(Permission.MANAGE_ROUNDS)
@require_http_methods(["GET", "POST"])
def round_change(request: Request, pk: int) -> HttpResponse:
    survey_round = _round(request, pk)
    refuse_no_coordinator(request.user, survey_round)
    form = RoundChangeForm(
        request.POST or None,
        initial=_as_it_is(survey_round),
        user=request.user,
        survey_round=survey_round,
        communes=Unit.objects.within([survey_round.scope_id], survey_round.opens_on),
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_round(by=request.user, survey_round=survey_round, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The round is as you want it. What was changed is in its history."))
            return redirect("round_detail", pk)
    context = {"form": form, "round": survey_round}
    return render(request, "needs/round_change.html", context, status=status_of(form))


def _as_it_is(survey_round: SurveyRound) -> dict[str, Any]:
    fields = ("name", "opens_on", "due_on", "event", "instructions", "asks_chair")
    stored = {field: getattr(survey_round, field) for field in fields}
    return stored | {"version": version_of(survey_round), "places": list(survey_round.places.all())}


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
    if form.is_valid():
        try:
            close_round(by=request.user, survey_round=survey_round, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, _("The round is closed. What was not delivered in full is closed with it.")
            )
            return redirect("round_detail", pk)
    return _round_page(request, survey_round, form)


@access(Permission.MANAGE_ROUNDS)
@require_http_methods(["GET", "POST"])
def round_reopen(request: Request, pk: int, commune: int) -> HttpResponse:
    survey_round, unit = _round(request, pk), _commune(request, commune)
    refuse_no_coordinator(request.user, survey_round)
    form = ReopeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_round(by=request.user, survey_round=survey_round, commune=unit, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The round is open again for %(commune)s.") % {"commune": unit})
            return redirect("round_detail", pk)
    context = {
        "form": form,
        "round": survey_round,
        "commune": unit,
        "newer": newer_review_of(survey_round, unit),
    }
    return render(request, "needs/round_reopen.html", context, status=status_of(form))


@access(Permission.MANAGE_ROUNDS)
@require_http_methods(["GET", "POST"])
def round_end_reopening(request: Request, pk: int, commune: int) -> HttpResponse:
    survey_round, unit = _round(request, pk), _commune(request, commune)
    refuse_no_coordinator(request.user, survey_round)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_reopening(by=request.user, survey_round=survey_round, commune=unit, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The round is closed for %(commune)s again.") % {"commune": unit})
            return redirect("round_detail", pk)
    context = {
        "form": form,
        "round": survey_round,
        "commune": unit,
        "reopening": survey_round.reopened.get(unit.pk),
    }
    return render(request, "needs/round_end_reopening.html", context, status=status_of(form))


def _round(request: Request, pk: int) -> SurveyRound:
    rounds = SurveyRound.objects.visible_to(request.user).select_related("scope")
    return within_reach(rounds, pk=pk)


def _commune(request: Request, pk: int) -> Unit:
    return within_reach(Unit.objects.visible_to(request.user).communes(), pk=pk)


def _round_page(request: Request, survey_round: SurveyRound, form: ReasonForm) -> HttpResponse:
    user = request.user
    overview = Overview(survey_round, user)
    manages = permissions.may_close(user, survey_round)
    context = {
        "round": survey_round,
        "overview": overview,
        "lines": [_line(request, line, manages) for line in overview.lines],
        "office": permissions.office_of(survey_round.scope),
        "may_change": manages and survey_round.is_open,
        "may_close": manages and survey_round.is_open,
        "waiting": [line for line in overview.lines if line.is_waiting],
        "not_handed_in": [line for line in overview.lines if not (line.is_handed_in or line.is_waiting)],
        "unmet": unmet_in(survey_round, user) if manages or not survey_round.is_open else [],
        "form": form,
    }
    return render(request, "needs/round_detail.html", context, status=status_of(form))


def _line(request: Request, line: Progress, manages: bool) -> dict[str, Any]:
    """A commune, and what this user may do there now."""
    user, survey = request.user, line.survey
    coordinates = permissions.coordinates(user, line.commune)
    return {
        "progress": line,
        "may_start": survey is None
        and line.is_open
        and (coordinates or permissions.is_of_commune(user, line.commune)),
        "on_behalf": coordinates,
        "may_fill_in": survey is not None and survey.is_editable and permissions.may_fill_in(user, survey),
        "may_review": survey is not None
        and survey.state == SurveyState.SUBMITTED
        and permissions.reviews(user, survey),
        "may_reopen": manages and not line.is_open,
        "may_end": manages and line.reopening is not None,
    }
