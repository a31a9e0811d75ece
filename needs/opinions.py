"""What lead agencies were asked about a survey, what they answered, and who could still be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from directory import clock
from directory.leads import leads_in
from directory.models import Agency, SupportArea, User
from directory.roles import Permission
from directory.todo import Todo
from needs.models import Opinion, Survey
from needs.models.review import OpinionQuerySet


@dataclass(frozen=True)
class Asking:
    """An area of a survey: who leads it today, and the opinion that was asked for (None: none was)."""

    area: SupportArea
    lead: Agency | None
    opinion: Opinion | None
    own: bool

    @property
    def may_be_asked(self) -> bool:
        """Somebody else leads it, and nobody was asked, or what was said is of an earlier submission."""
        return self.lead is not None and not self.own and (self.opinion is None or self.is_past)

    @property
    def is_past(self) -> bool:
        """Given on what the survey said before its return, or asked of who does not lead any more."""
        if self.opinion is None:
            return False
        return self.opinion.is_outdated or (self.lead is not None and self.lead.pk != self.opinion.agency_id)


def opinions_on(survey: Survey) -> list[Opinion]:
    found = Opinion.objects.filter(survey=survey)
    opinions = list(found.select_related("area", "agency", "asked_by", "given_by").order_by("area__order"))
    for opinion in opinions:
        opinion.survey = survey
    return opinions


def outstanding(survey: Survey) -> list[Opinion]:
    """What was asked and not answered, or answered on what the survey said before its return."""
    return [opinion for opinion in opinions_on(survey) if opinion.is_outstanding]


def askings(user: User, survey: Survey, areas: Sequence[SupportArea]) -> list[Asking]:
    """Each area of the survey, for who reviews it."""
    leads = leads_in(survey.commune, clock.today())
    given = {opinion.area_id: opinion for opinion in opinions_on(survey)}
    return [
        Asking(area, leads.get(area.pk), given.get(area.pk), _is_own(user, leads.get(area.pk)))
        for area in areas
    ]


def _is_own(user: User, lead: Agency | None) -> bool:
    return lead is not None and lead.pk in user.reach.agencies


def opinion_tasks(user: User) -> list[Todo]:
    """For the agency: what it was asked. For the reviewer: what was answered, until they decide."""
    if user.may(Permission.GIVE_OPINION):
        asked = Opinion.objects.visible_to(user).in_review().waiting().filter(agency__in=user.reach.agencies)
        return [_to_give(opinion) for opinion in _open(asked)]
    if user.may(Permission.REVIEW_SURVEY):
        return _given(_open(Opinion.objects.visible_to(user).in_review().to_read_by(user)))
    return []


def _open(opinions: OpinionQuerySet) -> list[Opinion]:
    found = opinions.select_related("survey__round", "survey__commune", "area", "agency")
    return list(found.order_by("survey__submitted_at", "survey", "area__order"))


def _to_give(opinion: Opinion) -> Todo:
    names = {"area": opinion.area, "commune": opinion.survey.commune, "round": opinion.survey.round.name}
    label = _("Give your opinion on “%(area)s” of %(commune)s: %(round)s")
    return Todo(label % names, reverse("opinion_give", args=[opinion.pk]), _("Asked for"))


def _given(opinions: list[Opinion]) -> list[Todo]:
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
