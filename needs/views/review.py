"""The coordinating office reviews a submitted survey: approve it, or return it with a reason."""

from __future__ import annotations

from typing import Any

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
from needs.actions import approve_survey, return_survey
from needs.contents import Contents
from needs.differences import differences_in
from needs.forms.review import OpinionAskForm
from needs.forms.round import ReasonForm
from needs.grid import Grid
from needs.models import Survey
from needs.notes import noted_warnings
from needs.opinions import askings
from needs.priorities import row_priorities
from needs.reviewers import why_not_reviewer
from needs.sections import Tabs, sections_for
from needs.shortfalls import shortfalls_in
from needs.states import SurveyState
from needs.summary import summaries_of
from needs.views.survey import survey_within_reach


@access(Permission.REVIEW_SURVEY)
@require_safe
def survey_review(request: Request, pk: int) -> HttpResponse:
    return review_page(request, survey_within_reach(request, pk))


@access(Permission.REVIEW_SURVEY)
@require_POST
def survey_approve(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    try:
        approve_survey(by=request.user, survey=survey)
    except Refusal as refusal:
        return review_page(request, survey, refusal=refusal, status=refusal.status)
    messages.success(request, _("The survey is approved. Its needs are in the list of needs now."))
    return redirect("survey_review", pk)


@access(Permission.REVIEW_SURVEY)
@require_POST
def survey_return(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return review_page(request, survey, form=form, status=422)
    try:
        return_survey(by=request.user, survey=survey, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return review_page(request, survey, form=form, status=show_refusal(form, refusal))
    messages.success(request, _("The survey went back to the commune with your reason."))
    return redirect("survey_review", pk)


def review_page(
    request: Request,
    survey: Survey,
    form: ReasonForm | None = None,
    ask_form: OpinionAskForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The review, with what came back wrong in one of its forms."""
    survey = survey_within_reach(request, survey.pk)
    contents = Contents(survey, compared=True)
    sections = sections_for(request.user, contents)
    waits = survey.is_in_review
    context = _read(request, sections) | {
        "survey": survey,
        "sections": sections,
        "waits": waits,
        "own": why_not_reviewer(request.user, survey) if waits else None,
        "may_settle": survey.state != SurveyState.APPROVED and survey.round.is_open_for(survey.commune_id),
        "form": form or ReasonForm(),
        "sent": form or ask_form,
        "refusal": refusal,
    }
    asked = askings(request.user, survey, [section.area for section in sections if section.area])
    askable = [asking for asking in asked if asking.may_be_asked]
    context |= {
        "askings": asked,
        "askable": askable,
        "outstanding": [each.opinion for each in asked if each.opinion and each.opinion.is_outstanding],
        "ask_form": ask_form or OpinionAskForm(askings=askable),
    }
    return render(request, "needs/survey_review.html", context, status=status)


def _read(request: Request, sections: Tabs) -> dict[str, Any]:
    """What there is to read before deciding."""
    contents = sections[0].contents
    return {
        "shortfalls": shortfalls_in(contents, sections),
        "warnings": noted_warnings(sections),
        "differences": differences_in(contents, sections, request.GET.get("against", "")),
        "priorities": row_priorities(sections),
        "parts": [(summary, Grid(summary.section, editable=False)) for summary in summaries_of(sections)],
        "versions": Survey.objects.visible_to(request.user).versions_of(contents.survey).with_people(),
    }
