"""The chair of a commune signs its survey off before it goes, or sends it back with a reason."""

from __future__ import annotations

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Refusal
from directory.models import User
from directory.states import target_of
from needs import permissions
from needs.actions.survey import RETURNED_FIELDS, locked, mark_returned, refuse_closed
from needs.models import Survey
from needs.states import SURVEY_TRANSITIONS, SurveyState


@action
def sign_survey(*, by: User, survey: Survey) -> Survey:
    """Sign the commune's survey off: from now on it lies with the coordinating office.

    Raises ``Forbidden`` (not the commune's chair, or handed in by the same person), ``WrongState`` (it does
    not wait for the chair, or the round is closed).
    """
    survey = locked(survey)
    _refuse_signer(by, survey)
    refuse_closed(survey.round, survey.commune)
    target = target_of(SURVEY_TRANSITIONS, "sign", survey.state, _not_signable(survey))
    source, survey.state = survey.state, target
    survey.signed_by, survey.signed_at = by, clock.now()
    survey.save(update_fields=["state", "signed_by", "signed_at"])
    history.record(survey, "sign_survey", by=by, from_state=source, to_state=target)
    return survey


@action
def send_back_survey(*, by: User, survey: Survey, reason: str) -> Survey:
    """Give the survey back to who filled it in, with what the chair wants changed.

    Raises ``Forbidden`` and ``WrongState`` as ``sign_survey`` does, ``Refusal`` without a reason.
    """
    survey = locked(survey)
    _refuse_signer(by, survey)
    target = target_of(SURVEY_TRANSITIONS, "send back", survey.state, _not_signable(survey))
    if not reason.strip():
        message = _("A survey is sent back with a reason. Say what has to change.")
        raise Refusal(message, code="reason_missing", place="reason")
    source, survey.state = survey.state, target
    mark_returned(survey, by, reason)
    survey.save(update_fields=["state", *RETURNED_FIELDS])
    history.record(
        survey, "send_back_survey", by=by, from_state=source, to_state=target, reason=reason.strip()
    )
    return survey


def _refuse_signer(user: User, survey: Survey) -> None:
    if not permissions.may_sign(user, survey):
        message = _("The survey of %(commune)s is signed off by the chair of its people's committee.")
        raise Forbidden(message % {"commune": survey.commune})
    if permissions.submitted_it(user, survey):
        message = _(
            "You handed this survey in yourself, and nobody signs what they handed in. "
            "Another leader of the commune has to sign it."
        )
        raise Forbidden(message, code="own_submission")


def _not_signable(survey: Survey) -> str:
    if survey.state in (SurveyState.DRAFT, SurveyState.RETURNED):
        return _("This survey was not handed in yet: it can be signed once it is complete and handed in.")
    return _(
        "This survey does not wait for the chair's sign-off: it is with the coordinating office already."
    )
