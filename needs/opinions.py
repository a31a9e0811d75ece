"""What lead agencies were asked about a survey, what they answered, and who could still be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from directory import clock
from directory.leads import leads_in
from directory.models import Agency, SupportArea, User
from needs.models import Opinion, Survey


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
