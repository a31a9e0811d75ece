"""What is wrong with a round that is to be opened or changed; all of it, each at its field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Problem
from directory.models import Place, Unit
from needs.models import ChildCount, NeedStatement, Survey, SurveyRound, SurveyRow
from needs.states import SurveyState

Kind = SurveyRound.Kind
FIRST_YEAR = 2019  # the plan's own; nothing before it was ever surveyed under it
WAITING = (SurveyState.SIGNING, SurveyState.SUBMITTED)


def wrong_name(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem(_("The round has no name. Enter one, for example “Yearly review 2025”."), "name")


def wrong_year(year: int) -> Iterator[Problem]:
    if not FIRST_YEAR <= year <= clock.today().year + 1:
        span = {"year": year, "first": FIRST_YEAR, "last": clock.today().year + 1}
        message = _("The year %(year)s lies outside %(first)s to %(last)s. Correct the year.")
        yield Problem(message % {name: str(value) for name, value in span.items()}, "year")


def wrong_dates(opens_on: date, due_on: date) -> Iterator[Problem]:
    if due_on < opens_on:
        yield Problem(
            _("The due date lies before the opening. Choose a due date on or after the opening."), "due_on"
        )


def wrong_extent(
    scope: Unit, kind: str, event: str, places: Iterable[Place], opens_on: date
) -> Iterator[Problem]:
    """The event and the places of a supplementary round; a yearly one takes in all."""
    places = list(places)
    if kind == Kind.YEARLY:
        if places:
            yield Problem(
                _("The yearly review takes in all places. Leave the choice of places empty."), "places"
            )
        return
    if not event.strip():
        yield Problem(_("A supplementary round needs its event. Say what happened, where and when."), "event")
    if not places:
        yield Problem(_("A supplementary round needs its places. Choose those that were hit."), "places")
    within = Unit.objects.within([scope.pk], clock.today())
    for place in places:
        names = {"place": place.full_name, "scope": scope, "day": date_format(opens_on, "SHORT_DATE_FORMAT")}
        if place.unit_id not in within:
            message = _("%(place)s does not lie in %(scope)s. Take it out of the choice.")
            yield Problem(message % names, "places")
        elif not place.is_valid_on(opens_on):
            message = _(
                "%(place)s does not exist on %(day)s, when the round opens. "
                "Take it out of the choice, or choose another day of opening."
            )
            yield Problem(message % names, "places")


def wrong_move_of_opening(surveys: Iterable[Survey]) -> Iterator[Problem]:
    """The day of opening decides which places stand in a survey."""
    if list(surveys):
        message = _(
            "Surveys have been started in this round, and its day of opening decides which places they "
            "ask. It cannot be changed any more."
        )
        yield Problem(message, "opens_on")


def wrong_move_of_due_day(due_on: date, reason: str) -> Iterator[Problem]:
    if due_on < clock.today():
        message = _("The new due date lies in the past. Choose today or a later day.")
        yield Problem(message, "due_on")
    if not reason.strip():
        message = _("The due date moves, and the communes have planned by it. Say why it moves.")
        yield Problem(message, "reason")


def wrong_places_out(
    survey_round: SurveyRound, surveys: Iterable[Survey], left: set[Place], out: set[Place]
) -> Iterator[Problem]:
    """A place about which something was saved stays, and a commune with a survey keeps a place."""
    answered = _places_with_entries(survey_round, out)
    for place in sorted(out & answered, key=lambda each: each.full_name):
        message = _(
            "Something was entered about %(place)s already, so it cannot be taken out of the round. "
            "Leave it in the choice."
        )
        yield Problem(message % {"place": place.full_name}, "places")
    communes = {place.unit_id for place in left | answered}
    for survey in surveys:
        if survey.commune_id not in communes and survey.commune_id in {place.unit_id for place in out}:
            message = _(
                "The survey of %(commune)s has been started and would lose all of its places. "
                "Leave at least one of them in the choice."
            )
            yield Problem(message % {"commune": survey.commune}, "places")


def _places_with_entries(survey_round: SurveyRound, places: set[Place]) -> set[Place]:
    found: set[int] = set()
    for rows in (SurveyRow.objects.filter(version__gt=0), ChildCount.objects, NeedStatement.objects):
        at = rows.filter(survey__round=survey_round, place__in=places)
        found.update(at.values_list("place_id", flat=True))
    return {place for place in places if place.pk in found}


def wrong_places_in(surveys: Iterable[Survey], new: set[Place]) -> Iterator[Problem]:
    """A survey that waits would silently become incomplete."""
    waiting = {survey.commune_id: survey for survey in surveys if survey.state in WAITING}
    for place in sorted(new, key=lambda each: each.full_name):
        if place.unit_id in waiting:
            message = _(
                "%(place)s cannot be added now: the survey of %(commune)s was handed in without it and waits "
                "for a decision. Have it returned or approved first."
            )
            names = {"place": place.full_name, "commune": waiting[place.unit_id].commune}
            yield Problem(message % names, "places")
