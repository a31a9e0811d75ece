"""What waits for somebody in this room: surveys to fill in, change or review, opinions, late communes."""

from __future__ import annotations

from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.models import User
from directory.roles import Permission
from directory.todo import Todo, in_order
from needs import permissions
from needs.models import Opinion, Survey, SurveyRound
from needs.models.review import OpinionQuerySet
from needs.overview import Overview
from needs.progress import Progress, progress_of
from needs.states import SurveyState


def todo(user: User) -> list[Todo]:
    """Late ones first."""
    return in_order([*_of_rounds(user), *_to_sign(user), *_to_review(user), *_of_opinions(user)])


def _of_rounds(user: User) -> list[Todo]:
    """What a commune's officers have to hand in; whom the coordinating office has to remind."""
    if not (user.may(Permission.ENTER_SURVEY) or user.may(Permission.MANAGE_ROUNDS)):
        return []
    progress = progress_of(SurveyRound.objects.visible_to(user).in_hand().select_related("scope"), user)
    return [task for survey_round, lines in progress.items() for task in _of_round(user, survey_round, lines)]


def _of_round(user: User, survey_round: SurveyRound, lines: list[Progress]) -> list[Todo]:
    tasks = []
    late = [line for line in lines if line.is_late]
    if late and permissions.may_close(user, survey_round):
        tasks.append(_late(survey_round, late))
    own = [line for line in lines if permissions.is_of_commune(user, line.commune)]
    asked = [line for line in own if user.may(Permission.ENTER_SURVEY) and _is_asked(line)]
    if any(line.survey and line.survey.is_editable for line in asked):  # only then how far it is matters
        asked = Overview(survey_round, user, [line.commune.pk for line in asked]).lines
    return tasks + [_to_hand_in(line) for line in asked]


def _is_asked(line: Progress) -> bool:
    """Whether the commune has to enter something: not while its chair or the coordinating office decides."""
    if line.survey is not None and line.survey.is_editable:
        return True
    return line.is_open and not line.is_handed_in and not line.is_waiting


def _late(survey_round: SurveyRound, late: list[Progress]) -> Todo:
    label = ngettext(
        "%(count)s commune is late in “%(round)s”", "%(count)s communes are late in “%(round)s”", len(late)
    )
    names = ", ".join(line.commune.name for line in late)
    return Todo(
        label % {"count": len(late), "round": survey_round.name},
        reverse("round_detail", args=[survey_round.pk]),
        names,
        min(line.due_on for line in late),
    )


def _to_hand_in(line: Progress) -> Todo:
    survey, names = line.survey, {"round": line.round.name, "commune": line.commune.name}
    if survey is None:
        url = reverse("round_detail", args=[line.round.pk])
        label = _("Start the survey of %(commune)s: %(round)s")
        return Todo(label % names, url, _("Not started"), line.due_on)
    if survey.state == SurveyState.APPROVED:
        url = reverse("survey_check", args=[survey.pk])
        label = _("Correct the survey of %(commune)s, reopened: %(reason)s")
        reason = line.reopening.reason if line.reopening else ""
        return Todo(label % (names | {"reason": reason}), url, _("Reopened"), line.due_on)
    url = reverse("survey_grid", args=[survey.pk, "children"])
    if survey.state == SurveyState.RETURNED:
        label = _("Change the returned survey of %(commune)s (%(round)s): %(reason)s")
        return Todo(label % (names | {"reason": survey.return_reason}), url, _("Returned"), line.due_on)
    if survey.version > 1:
        status = _("version %(version)s, not submitted") % {"version": survey.version}
        return Todo(_("Correct the survey of %(commune)s: %(round)s") % names, url, status, line.due_on)
    status = _("%(percent)s %% filled in") % {"percent": line.percent}
    return Todo(_("Fill in the survey of %(commune)s: %(round)s") % names, url, status, line.due_on)


def _to_sign(user: User) -> list[Todo]:
    """Of the commune's chair, but for what they handed in themselves."""
    if not user.may(Permission.SIGN_SURVEY):
        return []
    surveys = Survey.objects.visible_to(user).filter(state=SurveyState.SIGNING)
    return [
        Todo(
            _("Sign off the survey of %(commune)s: %(round)s")
            % {"commune": survey.commune, "round": survey.round.name},
            reverse("survey_check", args=[survey.pk]),
            _("Waits for your sign-off"),
            survey.round.due_for(survey.commune_id),
        )
        for survey in surveys.select_related("commune", "round").order_by("submitted_at")
        if permissions.may_sign(user, survey) and not permissions.submitted_it(user, survey)
    ]


def _to_review(user: User) -> list[Todo]:
    if not user.may(Permission.REVIEW_SURVEY):
        return []
    surveys = Survey.objects.visible_to(user).in_hand().filter(state=SurveyState.SUBMITTED)
    return [
        Todo(
            _("Review the survey of %(commune)s: %(round)s")
            % {"commune": survey.commune, "round": survey.round.name},
            reverse("survey_review", args=[survey.pk]),
            _("Waiting for review"),
        )
        for survey in surveys.to_review_by(user).select_related("commune", "round").order_by("submitted_at")
    ]


def _of_opinions(user: User) -> list[Todo]:
    """For the agency: what it was asked. For the reviewer: what was answered, until they decide."""
    if user.may(Permission.GIVE_OPINION):
        asked = Opinion.objects.visible_to(user).in_review().waiting().filter(agency__in=user.reach.agencies)
        return [_opinion_to_give(opinion) for opinion in _with_survey(asked)]
    if user.may(Permission.REVIEW_SURVEY):
        return _opinions_given(_with_survey(Opinion.objects.visible_to(user).in_review().to_read_by(user)))
    return []


def _with_survey(opinions: OpinionQuerySet) -> list[Opinion]:
    found = opinions.select_related("survey__round", "survey__commune", "area", "agency")
    return list(found.order_by("survey__submitted_at", "survey", "area__order"))


def _opinion_to_give(opinion: Opinion) -> Todo:
    names = {"area": opinion.area, "commune": opinion.survey.commune, "round": opinion.survey.round.name}
    label = _("Give your opinion on “%(area)s” of %(commune)s: %(round)s")
    return Todo(label % names, reverse("opinion_give", args=[opinion.pk]), _("Asked for"))


def _opinions_given(opinions: list[Opinion]) -> list[Todo]:
    """A line for each survey on which something was answered."""
    tasks = []
    for survey, found in groupby(opinions, key=lambda opinion: opinion.survey):
        asked = list(found)
        answered = [opinion for opinion in asked if not opinion.is_outstanding]
        if answered:
            label = _("Opinion given on the survey of %(commune)s: %(agencies)s")
            names = ", ".join(opinion.agency.short_name for opinion in answered)
            status = _("%(given)s of %(asked)s given") % {"given": len(answered), "asked": len(asked)}
            url = reverse("survey_review", args=[survey.pk]) + "#opinions"
            tasks.append(Todo(label % {"commune": survey.commune, "agencies": names}, url, status))
    return tasks
