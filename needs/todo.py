"""What waits for somebody in this room: surveys to fill in or to change, surveys to review."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import User
from directory.roles import Permission
from directory.todo import Todo
from needs import permissions
from needs.models import Survey, SurveyRound
from needs.progress import Progress, progress_in
from needs.states import SurveyState


def todo(user: User) -> list[Todo]:
    return _to_fill_in(user) + _to_review(user)


def _to_fill_in(user: User) -> list[Todo]:
    """Of the commune's own officers; the coordinating office sees who is late on the round's page."""
    if not user.may(Permission.ENTER_SURVEY):
        return []
    rounds = SurveyRound.objects.visible_to(user).open_rounds()
    lines = [line for survey_round in rounds for line in progress_in(survey_round, user)]
    own = [line for line in lines if permissions.is_of_commune(user, line.commune)]
    return [_line(progress) for progress in own if _is_open(progress)]


def _is_open(progress: Progress) -> bool:
    return progress.survey is None or progress.survey.is_editable


def _line(progress: Progress) -> Todo:
    survey, names = progress.survey, {"round": progress.round.name, "commune": progress.commune.name}
    due = progress.round.due_on
    if survey is None:
        url = reverse("round_detail", args=[progress.round.pk])
        return Todo(_("Start the survey of %(commune)s: %(round)s") % names, url, _("Not started"), due)
    url = reverse("survey_grid", args=[survey.pk, "children"])
    if survey.state == SurveyState.RETURNED:
        label = _("Change the returned survey of %(commune)s: %(reason)s")
        return Todo(label % (names | {"reason": survey.return_reason}), url, _("Returned"), due)
    status = _("%(percent)s %% filled in") % {"percent": progress.percent}
    return Todo(_("Fill in the survey of %(commune)s: %(round)s") % names, url, status, due)


def _to_review(user: User) -> list[Todo]:
    if not user.may(Permission.REVIEW_SURVEY):
        return []
    surveys = Survey.objects.visible_to(user).filter(state=SurveyState.SUBMITTED, round__state="open")
    return [
        Todo(
            _("Review the survey of %(commune)s: %(round)s")
            % {"commune": survey.commune, "round": survey.round.name},
            reverse("survey_review", args=[survey.pk]),
            _("Waiting for review"),
        )
        for survey in surveys.select_related("commune", "round").order_by("submitted_at")
        if not permissions.submitted_it(user, survey)
    ]
