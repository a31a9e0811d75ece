"""Remark on a row of a survey, and settle the remark when it is dealt with."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, WrongState
from directory.models import Place, SupportArea, User
from needs import permissions
from needs.actions.survey import locked, refuse_closed
from needs.contents import Contents
from needs.models import RowComment, Survey
from needs.states import SurveyState

LONGEST = 500


@action
def comment_row(
    *,
    by: User,
    survey: Survey,
    place: Place,
    area: SupportArea | None,
    text: str,
    key: uuid.UUID | None = None,
) -> RowComment:
    """Remark on the row of ``place`` in ``area`` (None: its child counts).

    By who reviews the survey or fills it in, until it is approved. Raises ``Forbidden``, ``WrongState``
    (approved, round closed), ``Refusal`` (no such row; no text, or more than 500 characters).
    """
    survey = locked(survey)
    if not permissions.comments_on(by, survey):
        message = _(
            "Rows of this survey are commented on by the officers of %(commune)s and by the coordinating "
            "office that reviews it."
        )
        raise Forbidden(message % {"commune": survey.commune})
    _refuse_finished(survey)
    if problems := [*_row_problems(Contents(survey), place, area), *_text_problems(text)]:
        raise Refusal(problems, code="invalid_comment")
    comment = RowComment.objects.create(
        survey=survey, place=place, area=area, text=text.strip(), by=by, at=clock.now()
    )
    # The text stays at the row: agencies that read the survey's history do not see all of its areas.
    history.record(survey, "comment_row", by=by, comment=comment.pk, place=place.name)
    return comment


@action
def settle_comment(*, by: User, comment: RowComment) -> RowComment:
    """Mark a comment as dealt with: by who reviews, or by the commune while it has the survey in hand.

    Raises ``Forbidden``, ``WrongState`` (approved, round closed, settled already).
    """
    survey = locked(comment.survey)
    comment = RowComment.objects.select_related("settled_by", "place").get(pk=comment.pk)
    if not permissions.settles_comments(by, survey):
        message = _(
            "A comment is settled by the coordinating office, or by the officers of %(commune)s while they "
            "can change the survey."
        )
        raise Forbidden(message % {"commune": survey.commune})
    _refuse_finished(survey)
    if not comment.is_open:
        message = _("This comment was settled already by %(by)s. Reload the page.")
        raise WrongState(message % {"by": comment.settled_by}, code="settled_already")
    comment.settled_by, comment.settled_at = by, clock.now()
    comment.save(update_fields=["settled_by", "settled_at"])
    history.record(survey, "settle_comment", by=by, comment=comment.pk, place=comment.place.name)
    return comment


def _refuse_finished(survey: Survey) -> None:
    refuse_closed(survey.round, survey.commune)
    if survey.state == SurveyState.APPROVED:
        message = _(
            "This survey is approved, and its comments stay as they are. "
            "Comment on a correction of it, if something is wrong."
        )
        raise WrongState(message, code="survey_approved")


def _row_problems(contents: Contents, place: Place, area: SupportArea | None) -> Iterator[Problem]:
    if place not in contents.places:
        message = _("%(place)s is not among the places of this survey. Reload the page.")
        yield Problem(message % {"place": place.full_name})
    if area is not None and area not in contents.areas:
        yield Problem(_("This survey asks for nothing in “%(area)s”. Reload the page.") % {"area": area})


def _text_problems(text: str) -> Iterator[Problem]:
    length = len(text.strip())
    if not length:
        yield Problem(_("The comment is empty. Say what has to be looked at in this row."), "text")
    elif length > LONGEST:
        message = _("The comment has %(length)s characters; at most %(most)s fit. Shorten it.")
        yield Problem(message % {"length": str(length), "most": str(LONGEST)}, "text")
