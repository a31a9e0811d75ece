"""How far each commune is in a round: the matrix of the round's page and the lines of the task list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from directory import clock
from directory.models import Unit, User
from needs.models import AgeBand, ChildCount, NeedStatement, Survey, SurveyRound
from needs.states import SurveyState


@dataclass(frozen=True)
class Progress:
    """One commune in one round. ``survey`` is its newest version; None: not started."""

    round: SurveyRound
    commune: Unit
    survey: Survey | None
    counted: int
    to_count: int
    needs: int

    @property
    def percent(self) -> int:
        """Of the child counts that a survey must have; rounded down, so that 100 % is complete."""
        return min(100, 100 * self.counted // self.to_count) if self.to_count else 0

    @property
    def is_late(self) -> bool:
        """Not handed in by the due date."""
        handed_in = self.survey and self.survey.state in (SurveyState.SUBMITTED, SurveyState.APPROVED)
        return not handed_in and self.round.is_open and self.round.due_on < clock.today()


def progress_in(survey_round: SurveyRound, user: User) -> list[Progress]:
    """Each commune of the round within the user's reach, by name; a fixed number of queries."""
    communes = list(survey_round.communes().filter(pk__in=user.reach.communes).order_by("name"))
    surveys = {
        survey.commune_id: survey
        for survey in Survey.objects.visible_to(user).filter(round=survey_round).newest_versions()
    }
    ids = [survey.pk for survey in surveys.values()]
    counted = _by_survey(ChildCount.objects.filter(survey__in=ids, subgroup__is_total=True))
    stated = _by_survey(
        NeedStatement.objects.filter(survey__in=ids, quantity__gt=0, item__area__in=user.reach.areas)
    )
    places = Counter(
        survey_round.places_in([commune.pk for commune in communes]).values_list("unit_id", flat=True)
    )
    bands = AgeBand.objects.counted().count()
    return [
        Progress(
            survey_round,
            commune,
            survey := surveys.get(commune.pk),
            counted.get(survey.pk, 0) if survey else 0,
            places[commune.pk] * bands,
            stated.get(survey.pk, 0) if survey else 0,
        )
        for commune in communes
    ]


def _by_survey(rows: ChildCount.objects.__class__) -> dict[int, int]:  # type: ignore[name-defined]
    return dict(rows.order_by().values_list("survey").annotate(number=Count("pk")))
