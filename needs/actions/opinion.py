"""Ask the lead agency of an area for its opinion on a survey, and give it [plan II.2]."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, Stale, WrongState
from directory.models import Agency, SupportArea, User
from needs import permissions
from needs.actions.review import refuse_reviewer
from needs.actions.survey import locked, refuse_closed
from needs.contents import Contents
from needs.models import Opinion, Survey
from needs.opinions import Asking, askings
from needs.states import SurveyState

LONGEST_QUESTION, LONGEST_OPINION = 500, 2000
Verdict = Opinion.Verdict


@action
def ask_opinion(
    *, by: User, survey: Survey, area: SupportArea, question: str, key: uuid.UUID | None = None
) -> Opinion:
    """Ask the agency that leads ``area`` there today for its opinion on a submitted survey.

    Asked once; again only when the answer is of an earlier submission, or another agency leads by now:
    the former answer stays in the history. Raises ``Forbidden`` (no reviewer, or one's own survey),
    ``WrongState`` (not submitted, round closed, asked already), ``Refusal`` (nobody leads the area, or
    one's own agency does; question too long).
    """
    survey = locked(survey)
    refuse_reviewer(by, survey)
    refuse_closed(survey.round, survey.commune)
    _refuse_unless_submitted(survey)
    asking = _asking(by, survey, area)
    if problems := [*_lead_problems(asking, survey), *_question_problems(question)]:
        raise Refusal(problems, code="invalid_question")
    _refuse_asked(asking)
    assert asking.lead is not None
    opinion = _asked(asking.lead, asking.opinion or Opinion(survey=survey, area=area), by, question)
    history.record(opinion, "ask_opinion", by=by, reason=question.strip(), agency=opinion.agency.name)
    history.record(survey, "ask_opinion", by=by, area=area.code, agency=opinion.agency.name)
    return opinion


@action
def give_opinion(
    *, by: User, opinion: Opinion, verdict: str, text: str, seen_at: datetime | None = None
) -> Opinion:
    """Answer for the agency that was asked, or change its answer while the survey waits for its review.

    ``seen_at``: when the answer was given that the writer had read (None: there was none yet). Raises
    ``Forbidden`` (another agency), ``WrongState`` (not submitted, round closed), ``Stale`` over a
    colleague's newer answer, ``Refusal`` (no verdict; no reasons for a verdict other than agreement).
    """
    survey = locked(opinion.survey)
    opinion = Opinion.objects.select_related("agency", "area", "given_by").get(pk=opinion.pk)
    if not permissions.gives_opinion(by, opinion):
        message = _("%(agency)s was asked for this opinion, and its officers give it.")
        raise Forbidden(message % {"agency": opinion.agency})
    refuse_closed(survey.round, survey.commune)
    _refuse_unless_submitted(survey)
    if problems := list(_answer_problems(verdict, text)):
        raise Refusal(problems, code="invalid_opinion")
    _refuse_stale(opinion, verdict, text, seen_at)
    opinion.survey = survey
    if (opinion.verdict, opinion.text) == (verdict, text.strip()) and not opinion.is_outdated:
        return opinion  # the same answer sent twice
    changed = opinion.given_at is not None
    former = [opinion.verdict, opinion.text] if changed else None
    opinion.verdict, opinion.text = verdict, text.strip()
    opinion.given_by, opinion.given_at = by, clock.now()
    opinion.save(update_fields=["verdict", "text", "given_by", "given_at"])
    verb = "change_opinion" if changed else "give_opinion"
    history.record(opinion, verb, by=by, reason=text.strip(), verdict=verdict, former=former)
    history.record(survey, verb, by=by, area=opinion.area.code)
    return opinion


def _refuse_unless_submitted(survey: Survey) -> None:
    if survey.state == SurveyState.APPROVED:
        message = _("The survey of %(commune)s is approved: opinions are asked for and given before that.")
        raise WrongState(message % {"commune": survey.commune}, code="survey_approved")
    if survey.state != SurveyState.SUBMITTED:
        message = _(
            "The survey of %(commune)s is with the commune: opinions are asked for and given once it is "
            "submitted."
        )
        raise WrongState(message % {"commune": survey.commune}, code="survey_not_submitted")


def _asking(user: User, survey: Survey, area: SupportArea) -> Asking:
    return askings(user, survey, [area])[0]


def _lead_problems(asking: Asking, survey: Survey) -> Iterator[Problem]:
    names = {"area": asking.area, "commune": survey.commune, "agency": asking.lead}
    if asking.area not in Contents(survey).areas:
        yield Problem(_("This survey asks for nothing in “%(area)s”. Reload the page.") % names, "area")
    elif asking.lead is None:
        message = _(
            "No agency leads “%(area)s” in %(commune)s today, so there is nobody to ask. "
            "Have the administrator enter the lead agency."
        )
        yield Problem(message % names, "area")
    elif asking.own:
        message = _(
            "%(agency)s leads “%(area)s” itself: your office decides there without asking. "
            "Choose another area."
        )
        yield Problem(message % names, "area")


def _question_problems(question: str) -> Iterator[Problem]:
    length = len(question.strip())
    if length > LONGEST_QUESTION:
        message = _("The question has %(length)s characters; at most %(most)s fit. Shorten it.")
        yield Problem(message % {"length": str(length), "most": str(LONGEST_QUESTION)}, "question")


def _refuse_asked(asking: Asking) -> None:
    opinion = asking.opinion
    if opinion is None or asking.may_be_asked:
        return
    if opinion.given_at:
        message = _(
            "%(agency)s has given its opinion on “%(area)s” already, and may change it until the approval."
        )
    else:
        message = _("%(agency)s was asked about “%(area)s” already and has not answered yet.")
    names = {"agency": opinion.agency, "area": asking.area}
    raise WrongState(message % names, code="asked_already", place="area")


def _asked(lead: Agency, opinion: Opinion, by: User, question: str) -> Opinion:
    opinion.agency, opinion.question = lead, question.strip()
    opinion.asked_by, opinion.asked_at = by, clock.now()
    opinion.verdict, opinion.text, opinion.given_by, opinion.given_at = "", "", None, None
    opinion.save()
    return opinion


def _answer_problems(verdict: str, text: str) -> Iterator[Problem]:
    length = len(text.strip())
    if verdict not in Verdict.values:
        message = _("No opinion was chosen. Say whether your agency agrees, and if not wholly, why.")
        yield Problem(message, "verdict")
    elif verdict != Verdict.AGREES and not length:
        message = _("An opinion other than agreement needs its reasons. Say what should change.")
        yield Problem(message, "text")
    if length > LONGEST_OPINION:
        message = _("The reasons have %(length)s characters; at most %(most)s fit. Shorten them.")
        yield Problem(message % {"length": str(length), "most": str(LONGEST_OPINION)}, "text")


def _refuse_stale(opinion: Opinion, verdict: str, text: str, seen_at: datetime | None) -> None:
    """Somebody else of the agency answered meanwhile. The same answer sent twice is no conflict."""
    if opinion.given_at == seen_at or (opinion.verdict, opinion.text) == (verdict, text.strip()):
        return
    if opinion.given_at is None:
        return  # it was asked anew meanwhile: what is said now answers the new question
    message = _(
        "%(by)s answered for your agency meanwhile: “%(verdict)s. %(text)s”. Your text is still here; "
        "send it again to put it in the place of theirs."
    )
    theirs = {"verdict": opinion.get_verdict_display(), "text": opinion.text}
    raise Stale(
        message % {"by": opinion.given_by, **theirs},
        theirs=theirs,
        yours={"verdict": verdict, "text": text.strip()},
        by=opinion.given_by,
        at=opinion.given_at,
    )
