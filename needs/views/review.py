"""The coordinating office reviews a submitted survey: approve it, or return it with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory.access import access
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import show_refusal
from needs import permissions
from needs.actions import approve_survey, return_survey
from needs.contents import Contents
from needs.differences import differences_in
from needs.forms.round import ReasonForm
from needs.grid import Grid
from needs.models import Survey
from needs.sections import sections_for
from needs.summary import summaries_of
from needs.views.survey import survey_within_reach


@access(Permission.REVIEW_SURVEY)
@require_safe
def survey_review(request: Request, pk: int) -> HttpResponse:
    return _review_page(request, survey_within_reach(request, pk), ReasonForm())


@access(Permission.REVIEW_SURVEY)
@require_POST
def survey_approve(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    try:
        approve_survey(by=request.user, survey=survey)
    except Refusal as refusal:
        return _review_page(request, survey, ReasonForm(), refusal, refusal.status)
    messages.success(request, _("The survey is approved. Its needs are in the list of needs now."))
    return redirect("survey_review", pk)


@access(Permission.REVIEW_SURVEY)
@require_POST
def survey_return(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _review_page(request, survey, form, None, 422)
    try:
        return_survey(by=request.user, survey=survey, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return _review_page(request, survey, form, None, show_refusal(form, refusal))
    messages.success(request, _("The survey went back to the commune with your reason."))
    return redirect("survey_review", pk)


def _review_page(
    request: Request, survey: Survey, form: ReasonForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    survey = survey_within_reach(request, survey.pk)
    contents = Contents(survey)
    sections = sections_for(request.user, contents)
    context = {
        "survey": survey,
        "differences": differences_in(contents, sections, request.GET.get("against", "")),
        "summaries": summaries_of(sections),
        "grids": [Grid(section, editable=False) for section in sections],
        "waits": survey.state == "submitted" and survey.round.is_open_for(survey.commune_id),
        "own": permissions.submitted_it(request.user, survey),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "needs/survey_review.html", context, status=status)
