"""Open and close survey rounds."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, WrongState
from directory.models import Place, Unit, User
from directory.states import target_of
from needs import permissions
from needs.models import Need, Survey, SurveyRound
from needs.models.need import NeedQuerySet
from needs.states import ROUND_TRANSITIONS, RoundState, SurveyState

Kind = SurveyRound.Kind
FIRST_YEAR = 2019  # the plan's own; nothing before it was ever surveyed under it


@action
def open_round(
    *,
    by: User,
    scope: Unit,
    year: int,
    name: str,
    opens_on: date,
    due_on: date,
    kind: str = Kind.YEARLY,
    event: str = "",
    instructions: str = "",
    places: Sequence[Place] = (),
    key: uuid.UUID | None = None,
) -> SurveyRound:
    """Open the year's review of needs [plan II.2], or one for places hit by a disaster [plan II.3.3].

    Raises ``Forbidden`` outside the own coordination scope, ``Refusal`` naming all that is wrong,
    ``WrongState`` if the year has its yearly round already.
    """
    if not permissions.may_open_round_in(by, scope):
        raise Forbidden(
            _("Rounds in %(scope)s are opened by the agency that coordinates it.") % {"scope": scope}
        )
    checks = (_dates(year, opens_on, due_on), _name(name), _extent(scope, kind, event, places))
    if problems := [problem for check in checks for problem in check]:
        raise Refusal(problems, code="invalid_round")
    survey_round = SurveyRound(
        scope=scope,
        kind=kind,
        year=year,
        name=name.strip(),
        event=event.strip(),
        instructions=instructions.strip(),
        opens_on=opens_on,
        due_on=due_on,
    )
    _save_once_a_year(survey_round)
    survey_round.places.set(places)
    history.record(survey_round, "open_round", by=by, to_state=survey_round.state)
    return survey_round


def _name(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem(_("The round has no name. Enter one, for example “Yearly review 2025”."), "name")


def _dates(year: int, opens_on: date, due_on: date) -> Iterator[Problem]:
    if not FIRST_YEAR <= year <= clock.today().year + 1:
        span = {"year": year, "first": FIRST_YEAR, "last": clock.today().year + 1}
        message = _("The year %(year)s lies outside %(first)s to %(last)s. Correct the year.")
        yield Problem(message % {name: str(value) for name, value in span.items()}, "year")
    if due_on < opens_on:
        yield Problem(
            _("The due date lies before the opening. Choose a due date on or after the opening."), "due_on"
        )


def _extent(scope: Unit, kind: str, event: str, places: Iterable[Place]) -> Iterator[Problem]:
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
        if place.unit_id not in within:
            message = _("%(place)s does not lie in %(scope)s. Take it out of the choice.")
            yield Problem(message % {"place": place.full_name, "scope": scope}, "places")


def _save_once_a_year(survey_round: SurveyRound) -> None:
    try:
        with transaction.atomic():
            survey_round.save()
    except IntegrityError:
        same = SurveyRound.objects.filter(scope=survey_round.scope, year=survey_round.year, kind=Kind.YEARLY)
        if survey_round.kind != Kind.YEARLY or not same.exists():
            raise
        message = _(
            "%(scope)s already has its yearly review %(year)s: “%(name)s”. "
            "Use that round, or open a supplementary one."
        ) % {"scope": survey_round.scope, "year": str(survey_round.year), "name": same.get().name}
        raise WrongState(message, code="yearly_round_exists", place="year") from None


@action
def close_round(*, by: User, survey_round: SurveyRound, reason: str) -> SurveyRound:
    """Close a round: nothing more is entered, and what is not delivered in full closes with ``reason``.

    So no need counts in two years. Raises ``Forbidden``, ``WrongState`` (closed already, or surveys
    still wait for review), ``Refusal`` without a reason.
    """
    if not permissions.may_close(by, survey_round):
        raise Forbidden(
            _("A round is closed by the agency that coordinates %(scope)s.") % {"scope": survey_round.scope}
        )
    survey_round = SurveyRound.objects.select_for_update(no_key=True).get(pk=survey_round.pk)
    # Row saves lock their survey and then ask the round: with all surveys locked none slips through.
    surveys = list(Survey.objects.select_for_update(no_key=True).filter(round=survey_round).order_by("pk"))
    target = target_of(ROUND_TRANSITIONS, "close", survey_round.state, _("This round is closed already."))
    if not reason.strip():
        raise Refusal(
            _("Unmet needs close with the round. Say why it is closed."),
            code="reason_missing",
            place="reason",
        )
    _refuse_waiting(surveys)
    closed = _unmet(survey_round).update(closed_at=clock.now(), close_reason=reason.strip()[:300])
    survey_round.state = target
    survey_round.save(update_fields=["state"])
    history.record(
        survey_round,
        "close_round",
        by=by,
        from_state=RoundState.OPEN,
        to_state=target,
        reason=reason.strip(),
        needs_closed=closed,
    )
    return survey_round


def _refuse_waiting(surveys: Iterable[Survey]) -> None:
    waiting = [survey.commune.name for survey in surveys if survey.state == SurveyState.SUBMITTED]
    if waiting:
        message = _("Surveys still wait for review: %(communes)s. Approve or return them first.")
        raise WrongState(message % {"communes": ", ".join(waiting)}, code="surveys_waiting")


def _unmet(survey_round: SurveyRound) -> NeedQuerySet:
    return Need.objects.filter(
        round=survey_round, closed_at__isnull=True, balance__delivered__lt=F("balance__quantity")
    )
