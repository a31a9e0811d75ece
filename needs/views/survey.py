"""A commune's survey: start, check, note, submit, sign off, correct."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from directory.access import access, within_reach
from directory.errors import Forbidden, Refusal
from directory.http import Request
from directory.models import Unit
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from documents.download import sheet_response
from documents.exports import refuse_too_many
from needs import permissions
from needs.actions import (
    correct_survey,
    note_warnings,
    send_back_survey,
    sign_survey,
    start_survey,
    submit_survey,
)
from needs.actions.survey import committee_of
from needs.answers import answers_in
from needs.contents import Contents
from needs.forms.note import read_notes
from needs.forms.round import ReasonForm
from needs.models import Survey, SurveyRound
from needs.notes import WrittenNote
from needs.sections import sections_for
from needs.shortfalls import shortfalls_in
from needs.states import SURVEY_TRANSITIONS, SurveyState
from needs.workbooks.answers import sheets_of


def survey_within_reach(request: Request, pk: int) -> Survey:
    surveys = Survey.objects.visible_to(request.user).with_workbook(request.user)
    people = ("submitted_by", "signed_by", "returned_by__agency")
    return within_reach(surveys.select_related("round__scope", "commune", "on_behalf_of", *people), pk=pk)


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


@access(Permission.VIEW_SURVEYS)
@require_safe
def survey_export(request: Request, pk: int, format: str) -> HttpResponse:
    """The sections that the reader sees, to read in Excel."""
    contents = Contents(survey_within_reach(request, pk), compared=True)
    sections = sections_for(request.user, contents)
    refuse_too_many(len(contents.places), format)
    if not sections:
        raise Http404
    name = f"phieu-khao-sat-{contents.survey.commune.code}-{contents.survey.round.year}"
    return sheet_response(sheets_of(request.user, sections), name, format)


@access(Permission.ENTER_SURVEY)
@require_POST
def survey_note(request: Request, pk: int) -> HttpResponse:
    """Save what is said to the warnings, all at once."""
    survey = survey_within_reach(request, pk)
    notes = read_notes(request.POST.dict())
    try:
        saved = note_warnings(by=request.user, survey=survey, notes=notes)
    except Refusal as refusal:
        return _check_page(request, survey, refusal, notes)
    if saved:
        text = ngettext("%(count)s note was saved.", "%(count)s notes were saved.", saved)
        messages.success(request, text % {"count": saved})
    else:
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    return redirect("survey_check", pk)


@access(Permission.ENTER_SURVEY)
@require_POST
def survey_submit(request: Request, pk: int) -> HttpResponse:
    """The notes that were typed are kept, whatever becomes of the submission."""
    survey = survey_within_reach(request, pk)
    notes = read_notes(request.POST.dict())
    try:
        note_warnings(by=request.user, survey=survey, notes=notes)
    except Refusal as refusal:
        return _check_page(request, survey, refusal, notes)
    try:
        survey = submit_survey(by=request.user, survey=survey, key=client_key_of(request))
    except Refusal as refusal:
        return _check_page(request, survey, refusal)
    if survey.state == SurveyState.SIGNING:
        messages.success(request, _("The survey was handed in. It waits for the sign-off of the chair now."))
    else:
        messages.success(request, _("The survey was submitted. The coordinating office reviews it now."))
    return redirect("survey_check", pk)


@access(Permission.SIGN_SURVEY)
@require_POST
def survey_sign(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    try:
        sign_survey(by=request.user, survey=survey)
    except Refusal as refusal:
        return _check_page(request, survey, refusal)
    messages.success(request, _("The survey is signed off. The coordinating office reviews it now."))
    return redirect("survey_check", pk)


@access(Permission.SIGN_SURVEY)
@require_POST
def survey_send_back(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    form = ReasonForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        send_back_survey(by=request.user, survey=survey, reason=reason)
    except Forbidden:
        raise
    except Refusal as refusal:
        if form.is_valid():
            show_refusal(form, refusal)
        return _check_page(request, survey, form=form)
    messages.success(request, _("The survey went back to who filled it in, with your reason."))
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


def _check_page(
    request: Request,
    survey: Survey,
    refusal: Refusal | None = None,
    notes: Iterable[WrittenNote] = (),
    form: ReasonForm | None = None,
) -> HttpResponse:
    """``notes``: what was typed and not saved; ``form``: the reason of a sending back."""
    form = form or ReasonForm()
    survey = survey_within_reach(request, survey.pk)
    user, contents = request.user, Contents(survey, compared=True)
    sections = sections_for(user, contents)
    parts = answers_in(sections, {note.key: note.text for note in notes})
    fills_in = permissions.may_fill_in(user, survey) and survey.round.is_open_for(survey.commune_id)
    signs = survey.state == SurveyState.SIGNING and permissions.may_sign(user, survey)
    asks_chair = permissions.asks_chair(user, survey)
    context = {
        "survey": survey,
        "sections": sections,
        "parts": parts,
        "is_complete": all(part.is_complete for part in parts),
        "may_note": survey.is_editable and fills_in,
        "may_submit": fills_in and _takes(survey, asks_chair),
        "asks_chair": asks_chair,
        "from_paper": survey.round.asks_chair and not asks_chair,
        "may_sign": signs and not permissions.submitted_it(user, survey),
        "own_submission": signs and permissions.submitted_it(user, survey),
        "form": form,
        "shortfalls": shortfalls_in(contents, sections),
        "versions": Survey.objects.visible_to(user).versions_of(survey).with_people(),
        "may_correct": survey.is_correctable and permissions.may_correct(user, survey),
        "may_review": survey.state == SurveyState.SUBMITTED and permissions.reviews(user, survey),
        # What is open in a survey is named part by part; a note that was refused leads to its field.
        "refusal": refusal if refusal and not _of_notes(refusal) and refusal.code != "incomplete" else None,
        "refused": refusal is not None and refusal.code == "incomplete",
        "refused_notes": _with_fields(refusal) if refusal and _of_notes(refusal) else [],
    }
    status = refusal.status if refusal else status_of(form)
    return render(request, "needs/survey_check.html", context, status=status)


def _of_notes(refusal: Refusal) -> bool:
    return refusal.code in ("invalid_notes", "warning_changed")


def _with_fields(refusal: Refusal) -> list[tuple[str, str]]:
    """Each problem with the id of the field that it stands at."""
    return [(problem.place.removeprefix("check/"), str(problem.message)) for problem in refusal.problems]


def _takes(survey: Survey, asks_chair: bool) -> bool:
    """Whether the survey's state lets it be handed in."""
    verb = "ask chair" if asks_chair else "submit"
    return any((step.verb, step.source) == (verb, survey.state) for step in SURVEY_TRANSITIONS)
