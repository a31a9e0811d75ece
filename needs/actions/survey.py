"""Start, submit and correct a commune's survey."""

from __future__ import annotations

import uuid

from django.db.models import Model
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, WrongState
from directory.models import Agency, Unit, User
from directory.roles import Permission
from directory.states import target_of
from needs import permissions
from needs.checks import findings_in
from needs.contents import Contents
from needs.models import CheckNote, ChildCount, NeedStatement, Survey, SurveyRound, SurveyRow
from needs.notes import unanswered
from needs.said import kept_cells
from needs.states import SURVEY_TRANSITIONS, SurveyState


def locked(survey: Survey) -> Survey:
    """The survey as it is now, locked, with its round read after the lock.

    Saving a row, submitting, reviewing and closing the round all take this lock first.
    """
    fresh = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    fresh.round = SurveyRound.objects.select_related("scope").get(pk=fresh.round_id)
    fresh.commune = survey.commune
    return fresh


def refuse_closed(survey_round: SurveyRound, commune: Unit) -> None:
    if not survey_round.is_open_for(commune.pk):
        message = _(
            "“%(round)s” is closed: nothing more is entered or changed in it. Ask the coordinating office "
            "to reopen it for your commune, with a reason, if something is missing."
        )
        raise WrongState(message % {"round": survey_round}, code="round_closed")


def refuse_unless_filled_in_by(user: User, survey: Survey) -> None:
    if not permissions.may_fill_in(user, survey):
        message = _(
            "The survey of %(commune)s is filled in by its own officers. The coordinating office enters "
            "only surveys that it started on the commune's behalf; it may return this one with a reason."
        )
        raise Forbidden(message % {"commune": survey.commune})


RETURNED_FIELDS = ("returned_by", "returned_at", "return_reason", "returned_cells", "signed_by", "signed_at")


def mark_returned(survey: Survey, by: User, reason: str) -> None:
    """Note who gave it back, when, why, and what it said then; no sign-off of the chair stands any more."""
    survey.returned_by, survey.returned_at = by, clock.now()
    survey.return_reason, survey.returned_cells = reason.strip(), kept_cells(survey)
    survey.signed_by = survey.signed_at = None


@action
def start_survey(
    *, by: User, survey_round: SurveyRound, commune: Unit, on_behalf_of: Agency | None = None
) -> Survey:
    """The commune's open survey in the round, started if there is none yet.

    ``on_behalf_of``: the commune's agency, when the coordinating office enters it from paper.
    Raises ``Forbidden``, ``WrongState`` (round closed, or survey approved), ``Refusal`` (not in the round).
    """
    survey_round = SurveyRound.objects.select_for_update(no_key=True).get(pk=survey_round.pk)
    _refuse_stranger(by, commune, on_behalf_of)
    if not survey_round.communes().filter(pk=commune.pk).exists():
        message = _("%(commune)s does not take part in “%(round)s”. Choose one of its communes.")
        raise Refusal(message % {"commune": commune, "round": survey_round}, code="not_in_round")
    newest = Survey.objects.filter(round=survey_round, commune=commune).order_by("-version").first()
    if newest and newest.state == SurveyState.APPROVED:
        message = _("The survey of %(commune)s is approved. Start a correction of it instead.")
        raise WrongState(message % {"commune": commune}, code="survey_approved")
    if newest:
        return newest
    refuse_closed(survey_round, commune)
    survey = Survey.objects.create(
        round=survey_round, commune=commune, created_by=by, on_behalf_of=on_behalf_of, created_at=clock.now()
    )
    history.record(survey, "start_survey", by=by, to_state=survey.state, on_behalf_of=on_behalf_of)
    return survey


def _refuse_stranger(user: User, commune: Unit, on_behalf_of: Agency | None) -> None:
    """The commune's officers for themselves; a coordinator only naming for whom."""
    if user.may(Permission.ENTER_SURVEY) and permissions.is_of_commune(user, commune):
        return
    if not permissions.coordinates(user, commune):
        message = _("The survey of %(commune)s is started by its own officers or by the coordinating office.")
        raise Forbidden(message % {"commune": commune})
    if on_behalf_of is None or on_behalf_of.unit_id != commune.pk:
        message = _(
            "The coordinating office enters this survey for %(commune)s. Say on behalf of which agency there."
        )
        raise Refusal(message % {"commune": commune}, code="on_behalf_missing", place="on_behalf_of")


@action
def submit_survey(*, by: User, survey: Survey, key: uuid.UUID | None = None) -> Survey:
    """Hand the survey to the coordinating office, or first to the commune's chair where the round asks so.

    Only complete, without errors, and with a note on each warning. What is entered on the commune's
    behalf goes straight: the chair signed its paper. Raises ``Refusal`` with everything that is missing or
    wrong, each with its row and cell, or if the commune has no chair to ask; ``WrongState`` if it is
    not a draft or returned, or the round is closed; ``Forbidden``.
    """
    survey = locked(survey)
    refuse_unless_filled_in_by(by, survey)
    refuse_closed(survey.round, survey.commune)
    asks_chair = permissions.asks_chair(by, survey)
    source, verb = survey.state, "ask chair" if asks_chair else "submit"
    target = target_of(SURVEY_TRANSITIONS, verb, source, _not_submittable(survey))
    _refuse_incomplete(survey)
    if asks_chair:
        _refuse_without_chair(by, survey)
    survey.state, survey.submitted_by, survey.submitted_at = target, by, clock.now()
    survey.signed_by = survey.signed_at = None
    survey.save(update_fields=["state", "submitted_by", "submitted_at", "signed_by", "signed_at"])
    history.record(
        survey,
        "ask_chair" if asks_chair else "submit_survey",
        by=by,
        from_state=source,
        to_state=target,
        on_behalf_of=acts_for(by, survey),
    )
    return survey


def _refuse_incomplete(survey: Survey) -> None:
    """All that is missing or wrong, then each warning that nothing is said to."""
    contents = Contents(survey, compared=True)
    findings = findings_in(contents)
    problems = [finding.as_problem() for finding in findings if finding.blocks]
    message = _("%(warning)s No note is written on this yet.")
    problems += [
        Problem(message % {"warning": warning.message}, f"check/{warning.key}")
        for warning in unanswered(contents, findings)
    ]
    if problems:
        raise Refusal(problems, code="incomplete")


def _refuse_without_chair(user: User, survey: Survey) -> None:
    """Somebody else than who hands it in has to be able to sign."""
    if permissions.chairs_of(survey.commune).exclude(pk=user.pk).exists():
        return
    message = _(
        "Not handed in: this round asks for the sign-off of each commune's chair, and %(commune)s has no "
        "account for its chair. Ask the administrator to open one, or the coordinating office to change "
        "the round. All that was entered stays."
    )
    raise Refusal(message % {"commune": survey.commune}, code="no_chair")


def acts_for(user: User, survey: Survey) -> Agency | None:
    """The agency that somebody from outside the commune enters the survey for."""
    return None if permissions.is_of_commune(user, survey.commune) else survey.on_behalf_of


def _not_submittable(survey: Survey) -> str:
    if survey.state == SurveyState.APPROVED:
        return _("This survey is approved. Start a correction if something is wrong in it.")
    if survey.state == SurveyState.SIGNING:
        return _("This survey was handed in already and waits for the chair. Ask the chair to send it back.")
    return _("This survey was submitted already and waits for review. Ask for its return to change it.")


@action
def correct_survey(*, by: User, survey: Survey) -> Survey:
    """The next version of an approved survey, as a draft copy; the approved one stays in force meanwhile.

    Raises ``Forbidden``, ``WrongState`` (not approved, round closed). An open correction
    is returned as it is.
    """
    survey = locked(survey)
    refuse_closed(survey.round, survey.commune)
    _refuse_corrector(by, survey)
    newest = Survey.objects.versions_of(survey)[0]
    if newest.state != SurveyState.APPROVED:
        if newest.version > survey.version:
            return newest
        raise WrongState(_("This survey is not approved yet: change it directly, or have it returned."))
    draft = Survey.objects.create(
        round=survey.round,
        commune=survey.commune,
        version=newest.version + 1,
        created_by=by,
        created_at=clock.now(),
        on_behalf_of=None if permissions.is_of_commune(by, survey.commune) else _agency_of(survey),
    )
    _copy_cells(newest, draft)
    history.record(
        draft,
        "correct_survey",
        by=by,
        to_state=draft.state,
        on_behalf_of=draft.on_behalf_of,
        from_version=newest.version,
    )
    return draft


def _refuse_corrector(user: User, survey: Survey) -> None:
    if not permissions.may_correct(user, survey):
        message = _(
            "The survey of %(commune)s is corrected by its own officers or by the coordinating office."
        )
        raise Forbidden(message % {"commune": survey.commune})


def _agency_of(survey: Survey) -> Agency | None:
    """Whom the coordinating office corrects for: the commune's committee."""
    return survey.on_behalf_of or committee_of(survey.commune)


def committee_of(commune: Unit) -> Agency | None:
    """The people's committee of a commune: of today, or the last one that it had."""
    committees = Agency.objects.filter(unit=commune, kind=Agency.Kind.COMMITTEE)
    return committees.on(clock.today()).first() or committees.order_by("-valid_from").first()


def _copy_cells(source: Survey, target: Survey) -> None:
    counts = list(ChildCount.objects.filter(survey=source).order_by("pk"))
    statements = list(NeedStatement.objects.filter(survey=source).order_by("pk"))
    unneeding = list(SurveyRow.objects.filter(survey=source, nothing=True).order_by("pk"))
    notes = list(CheckNote.objects.filter(survey=source).order_by("pk"))
    rows: list[Model] = [*counts, *statements, *unneeding, *notes]
    for row in rows:
        row.pk, row.survey = None, target  # type: ignore[attr-defined]
        row._state.adding = True
    ChildCount.objects.bulk_create(counts)
    NeedStatement.objects.bulk_create(statements)
    for row in unneeding:
        row.version, row.saved_by, row.saved_at = 0, None, None
    SurveyRow.objects.bulk_create(unneeding)
    CheckNote.objects.bulk_create(notes)
