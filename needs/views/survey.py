"""A commune's survey: start, check before submitting, submit, correct."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.models import Place, Unit
from directory.roles import Permission
from directory.screens import client_key_of
from needs import permissions
from needs.actions import correct_survey, start_survey, submit_survey
from needs.actions.survey import committee_of
from needs.checks import Finding, Grade, findings_in
from needs.contents import Contents
from needs.models import Survey, SurveyRound
from needs.sections import Section, sections_for
from needs.summary import summaries_of


def survey_within_reach(request: Request, pk: int) -> Survey:
    surveys = Survey.objects.visible_to(request.user)
    return within_reach(surveys.select_related("round__scope", "commune", "on_behalf_of"), pk=pk)


@access(Permission.ENTER_SURVEY)
@require_POST
def survey_start(request: Request, pk: int, commune: int) -> HttpResponse:
    survey_round = within_reach(SurveyRound.objects.visible_to(request.user), pk=pk)
    unit = within_reach(Unit.objects.visible_to(request.user).communes(), pk=commune)
    behalf = None if permissions.is_of_commune(request.user, unit) else committee_of(unit)
    survey = start_survey(by=request.user, survey_round=survey_round, commune=unit, on_behalf_of=behalf)
    return redirect("survey_grid", survey.pk, "children")


@access(Permission.VIEW_SURVEYS)
@require_safe
def survey_check(request: Request, pk: int) -> HttpResponse:
    return _check_page(request, survey_within_reach(request, pk))


@access(Permission.ENTER_SURVEY)
@require_POST
def survey_submit(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    try:
        submit_survey(by=request.user, survey=survey, key=client_key_of(request))
    except Refusal as refusal:
        return _check_page(request, survey, refusal)
    messages.success(request, _("The survey was submitted. The coordinating office reviews it now."))
    return redirect("survey_check", pk)


@access(Permission.ENTER_SURVEY)
@require_POST
def survey_correct(request: Request, pk: int) -> HttpResponse:
    draft = correct_survey(by=request.user, survey=survey_within_reach(request, pk))
    messages.success(
        request,
        _("This is version %(version)s, a copy of what was approved. It counts once it is approved.")
        % {"version": draft.version},
    )
    return redirect("survey_grid", draft.pk, "children")


def _by_row(
    sections: Mapping[str, Section], findings: Iterable[Finding]
) -> list[tuple[Section, Place, list[Finding]]]:
    """What is missing, a line for each row instead of one for each cell."""
    rows = groupby(findings, key=lambda finding: (finding.section, finding.place))
    return [(sections[section], place, list(cells)) for (section, place), cells in rows]


def _check_page(request: Request, survey: Survey, refusal: Refusal | None = None) -> HttpResponse:
    contents = Contents(survey)
    sections = sections_for(request.user, contents)
    codes = {section.code: section for section in sections}
    findings = [finding for finding in findings_in(contents) if finding.section in codes]
    context = {
        "survey": survey,
        "sections": sections,
        "summaries": summaries_of(sections),
        "missing": _by_row(codes, [finding for finding in findings if finding.grade is Grade.MISSING]),
        "errors": [(codes[f.section], f) for f in findings if f.grade is Grade.ERROR],
        "may_submit": survey.is_editable and permissions.may_fill_in(request.user, survey),
        "may_correct": survey.is_correctable and permissions.may_correct(request.user, survey),
        "may_review": survey.state == "submitted" and permissions.reviews(request.user, survey),
        # What is missing or wrong stands on the page anyway, each with its link.
        "refusal": refusal if refusal and refusal.code != "incomplete" else None,
        "refused": refusal is not None,
    }
    return render(request, "needs/survey_check.html", context, status=refusal.status if refusal else 200)
