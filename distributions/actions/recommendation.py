"""Follow recommendations: the owner answers, the coordinating office closes or sends back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import Agency, User
from directory.states import target_of
from distributions.models import Recommendation, SupervisionVisit
from distributions.permissions import may_answer, may_supervise_at
from distributions.problems import Problems
from distributions.states import RECOMMENDATION_TRANSITIONS, RecommendationState, VisitState
from distributions.wording import day


@dataclass(frozen=True)
class Recommended:
    """``at``: the prefix of its fields in the form, for messages."""

    text: str
    owner: Agency | None
    due_on: date | None
    at: str = ""

    def place(self, what: str) -> str:
        return f"{self.at}-{what}" if self.at else what


@action
def recommend(
    *, by: User, visit: SupervisionVisit, recommended: Recommended, key: uuid.UUID | None = None
) -> Recommendation:
    """One more recommendation of a visit that is done. Raises ``Forbidden``, ``WrongState``, ``Refusal``."""
    if not may_supervise_at(by, visit.place):
        raise Forbidden(_("Only the coordinating office makes recommendations after its visits. Ask it."))
    if visit.state != VisitState.DONE or visit.done_on is None:
        raise WrongState(_("%(code)s is not done: write down first what it found.") % {"code": visit.code})
    problems = Problems()
    check_recommended(problems, visit, recommended, visit.done_on)
    problems.refuse()
    return add_recommendation(by, visit, recommended)


@action
def answer_recommendation(
    *, by: User, recommendation: Recommendation, answer: str, key: uuid.UUID | None = None
) -> Recommendation:
    """The agency that is to do it says what was done. Raises ``Forbidden``, ``WrongState``, ``Refusal``."""
    row = _locked(recommendation)
    check_owner(by, row)
    source, row.state = row.state, _target("answer", row)
    if not answer.strip():
        raise Refusal(_("Say what was done, or why it was not."), place="answer")
    row.answer, row.answered_by, row.answered_at = answer.strip(), by, clock.now()
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    _record(by, row, "answer recommendation", source, reason=row.answer)
    return row


@action
def send_back_recommendation(
    *,
    by: User,
    recommendation: Recommendation,
    reason: str,
    due_on: date | None = None,
    key: uuid.UUID | None = None,
) -> Recommendation:
    """The answer is not enough: open again, with a new due date if one is given."""
    row = _supervised(by, recommendation)
    source, row.state = row.state, _target("send back", row)
    problems = Problems()
    if not reason.strip():
        problems.add("reason", _("Say what is still to be done."), "reason")
    if due_on is not None and due_on < clock.today():
        problems.add("past", _("%(day)s has passed. Enter a later day.") % {"day": day(due_on)}, "due_on")
    problems.refuse()
    row.due_on = due_on or row.due_on
    row.save(update_fields=["state", "due_on"])
    _record(by, row, "send back recommendation", source, reason=reason.strip())
    return row


@action
def close_recommendation(
    *, by: User, recommendation: Recommendation, reason: str = "", key: uuid.UUID | None = None
) -> Recommendation:
    """The answer is enough; or, without an answer, it is withdrawn for a reason.

    Raises ``Forbidden`` (others, and who answered it), ``WrongState`` if closed, ``Refusal``.
    """
    row = _supervised(by, recommendation)
    answered = row.state == RecommendationState.ANSWERED
    source, row.state = row.state, _target("close" if answered else "withdraw", row)
    if row.answered_by_id == by.pk:  # nor withdraws it, once it came back
        raise Forbidden(_("You answered this recommendation yourself, so a colleague closes it."))
    if not answered and not reason.strip():
        raise Refusal(
            _("It was not answered. Say why it is withdrawn, or wait for the answer of %(owner)s.")
            % {"owner": row.owner},
            place="reason",
        )
    row.closed_by, row.closed_at = by, clock.now()
    row.save(update_fields=["state", "closed_by", "closed_at"])
    _record(by, row, "close recommendation", source, reason=reason.strip())
    return row


def check_owner(by: User, recommendation: Recommendation) -> None:
    """Raise ``Forbidden`` unless the user may answer for the agency that is to do it."""
    if not may_answer(by, recommendation):
        raise Forbidden(
            _("Only %(owner)s answers this recommendation. Ask its officers.")
            % {"owner": recommendation.owner}
        )


def add_recommendation(by: User, visit: SupervisionVisit, recommended: Recommended) -> Recommendation:
    """Within an action that has checked it."""
    row = Recommendation.objects.create(
        visit=visit,
        text=recommended.text.strip(),
        owner=recommended.owner,  # type: ignore[misc]
        due_on=recommended.due_on,
        made_by=by,
    )
    _record(by, row, "recommend", "")
    return row


def check_recommended(
    problems: Problems, visit: SupervisionVisit, recommended: Recommended, from_on: date
) -> None:
    if not recommended.text.strip():
        problems.add("text", _("Write what is recommended."), recommended.place("text"))
    if recommended.owner is None:
        problems.add("owner", _("Say which agency is to do it."), recommended.place("owner"))
    elif not recommended.owner.is_valid_on(clock.today()):
        problems.add(
            "owner_ended",
            _("%(agency)s has ended. Choose its successor.") % {"agency": recommended.owner},
            recommended.place("owner"),
        )
    if recommended.due_on is None:
        problems.add("due_on", _("Say until when."), recommended.place("due_on"))
    elif recommended.due_on < from_on:
        problems.add(
            "due_before",
            _("It is due before the visit of %(day)s. Enter a later day.") % {"day": day(from_on)},
            recommended.place("due_on"),
        )


def _locked(recommendation: Recommendation) -> Recommendation:
    rows = Recommendation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("visit__place__unit", "owner").get(pk=recommendation.pk)


def _supervised(by: User, recommendation: Recommendation) -> Recommendation:
    row = _locked(recommendation)
    if not may_supervise_at(by, row.visit.place):
        raise Forbidden(_("Only the coordinating office closes recommendations or sends them back. Ask it."))
    return row


def _target(verb: str, row: Recommendation) -> str:
    refusals = {
        RecommendationState.OPEN: _("This recommendation is not answered yet. %(owner)s answers it first."),
        RecommendationState.ANSWERED: _("This recommendation is answered already. Reload the page."),
        RecommendationState.CLOSED: _("This recommendation is closed. Make a new one after another visit."),
    }
    refusal = refusals[RecommendationState(row.state)] % {"owner": row.owner}
    return target_of(RECOMMENDATION_TRANSITIONS, verb, row.state, refusal)


def _record(by: User, row: Recommendation, verb: str, source: str, **said: Any) -> None:
    history.record(row, verb, by=by, from_state=source, to_state=row.state, **said)
