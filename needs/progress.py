"""How far each commune is in a round: its state, who has to act, since when it is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from directory import clock
from directory.models import Place, Unit, User
from needs.models import Reopening, Survey, SurveyRound
from needs.states import SurveyState


@dataclass(frozen=True)
class Cell:
    """How much of a section is given; ``url`` leads to the first thing that is not, "" without a survey."""

    label: str
    given: int
    to_give: int
    url: str = ""

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 % is complete."""
        return 100 * self.given // self.to_give if self.to_give else 100

    @property
    def is_complete(self) -> bool:
        return self.given >= self.to_give


@dataclass(frozen=True)
class Progress:
    """One commune in one round. ``survey`` is its newest version; None: not started.

    ``cells``: one for each section that is shown (``needs/overview.py``); None: not within reach.
    """

    round: SurveyRound
    commune: Unit
    survey: Survey | None
    reopening: Reopening | None = None
    cells: tuple[Cell | None, ...] = ()
    to_count: int = 0

    @property
    def percent(self) -> int:
        """Of all that the sections ask; rounded down."""
        shown = [cell for cell in self.cells if cell]
        whole = sum(cell.to_give for cell in shown)
        return 100 * sum(cell.given for cell in shown) // whole if whole else 0

    @property
    def is_open(self) -> bool:
        """Whether the commune may still enter something: ``is_open_for``, without asking again."""
        return self.round.is_open or self.reopening is not None

    @property
    def due_on(self) -> date:
        return self.reopening.due_on if self.reopening else self.round.due_on

    @property
    def is_handed_in(self) -> bool:
        """Whether what is asked of the commune now is with the coordinating office, or approved.

        A correction under way leaves what was approved before it in force. A reopening asks anew.
        """
        if self.survey is None:
            return False
        if self.survey.state == SurveyState.SUBMITTED:
            return True
        if self.reopening is None:
            return self.is_approved
        reviewed = self.survey.reviewed_at
        since = reviewed is not None and reviewed > self.reopening.at
        return self.survey.state == SurveyState.APPROVED and since

    @property
    def is_waiting(self) -> bool:
        """Whether its survey waits for a decision, of the chair or of the coordinating office."""
        return self.survey is not None and self.survey.state in (SurveyState.SIGNING, SurveyState.SUBMITTED)

    @property
    def is_approved(self) -> bool:
        """Whether a version of it counts: the next one starts only from an approved one."""
        survey = self.survey
        return survey is not None and (survey.state == SurveyState.APPROVED or survey.version > 1)

    @property
    def days_late(self) -> int:
        """Days since the due day without a survey handed in; 0: in time, or nothing more is asked."""
        if self.is_handed_in or not self.is_open:
            return 0
        return max((clock.today() - self.due_on).days, 0)

    @property
    def is_late(self) -> bool:
        """Not handed in by the due date."""
        return self.days_late > 0

    @property
    def awaits(self) -> str:
        """Who has to act now: “commune”, “chair” (of the commune), “office” (the coordinating one), or ""."""
        if not self.is_open:
            return ""
        state = self.survey.state if self.survey else ""
        if state == SurveyState.SUBMITTED:
            return "office"
        if state == SurveyState.SIGNING:
            return "chair"
        if state == SurveyState.APPROVED and self.is_handed_in:
            return ""
        return "office" if self.survey and self.survey.on_behalf_of_id else "commune"


@dataclass(frozen=True)
class Totals:
    """How many communes of a round are how far."""

    communes: int
    approved: int
    submitted: int
    signing: int
    late: int

    @classmethod
    def of(cls, lines: Iterable[Progress]) -> Totals:
        lines = list(lines)
        states = [line.survey.state for line in lines if line.survey]
        return cls(
            communes=len(lines),
            approved=sum(line.is_approved for line in lines),
            submitted=states.count(SurveyState.SUBMITTED),
            signing=states.count(SurveyState.SIGNING),
            late=sum(line.is_late for line in lines),
        )

    def __str__(self) -> str:
        return _("%(approved)s of %(communes)s approved") % {
            "approved": self.approved,
            "communes": self.communes,
        }


def progress_in(survey_round: SurveyRound, user: User) -> list[Progress]:
    """Each commune of the round within the user's reach, by name; a fixed number of queries."""
    communes = survey_round.communes().filter(pk__in=user.reach.communes).order_by("name")
    return _lines({survey_round: list(communes)}, user)[survey_round]


def progress_of(rounds: Iterable[SurveyRound], user: User) -> dict[SurveyRound, list[Progress]]:
    """The same of several rounds at once, without a query for each of them."""
    rounds = list(rounds)
    if not rounds:
        return {}
    within = {scope: Unit.objects.within([scope], clock.today()) for scope in {r.scope_id for r in rounds}}
    places = Place.objects.filter(rounds__in=rounds).values_list("rounds", "unit").distinct()
    chosen: dict[int, set[int]] = {}
    for survey_round, unit in places:
        chosen.setdefault(survey_round, set()).add(unit)
    communes = list(Unit.objects.communes().filter(pk__in=user.reach.communes).order_by("name"))
    return _lines(
        {each: _taking_part(each, communes, within[each.scope_id], chosen) for each in rounds}, user
    )


def _taking_part(
    survey_round: SurveyRound, communes: list[Unit], within: set[int], chosen: dict[int, set[int]]
) -> list[Unit]:
    """As ``SurveyRound.communes`` says it; ``within`` may hold what joined the scope since, too."""
    if survey_round.kind == SurveyRound.Kind.SUPPLEMENTARY:
        within = chosen.get(survey_round.pk, set())
    return [unit for unit in communes if unit.pk in within and unit.is_valid_on(survey_round.opens_on)]


def _lines(communes: dict[SurveyRound, list[Unit]], user: User) -> dict[SurveyRound, list[Progress]]:
    found = Survey.objects.visible_to(user).filter(round__in=communes).newest_versions()
    surveys = {(survey.round_id, survey.commune_id): survey for survey in found}
    for survey_round, units in communes.items():
        for unit in units:
            if survey := surveys.get((survey_round.pk, unit.pk)):
                survey.round, survey.commune = survey_round, unit
    in_force = Reopening.objects.in_force().filter(round__in=communes)
    reopened = {(each.round_id, each.commune_id): each for each in in_force}
    for survey_round in communes:
        survey_round.reopened = {
            commune: each for (of, commune), each in reopened.items() if of == survey_round.pk
        }
    return {
        each: [
            Progress(each, unit, surveys.get((each.pk, unit.pk)), each.reopened.get(unit.pk))
            for unit in units
        ]
        for each, units in communes.items()
    }
