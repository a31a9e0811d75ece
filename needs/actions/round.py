"""Open, change and close survey rounds."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, Stale, WrongState
from directory.models import HistoryEntry, Place, Unit, User
from directory.states import target_of
from needs import permissions
from needs.actions import round_checks as checks
from needs.models import Need, Survey, SurveyRound
from needs.models.need import NeedQuerySet
from needs.models.survey import SurveyQuerySet
from needs.states import ROUND_TRANSITIONS, RoundState, SurveyState

Kind = SurveyRound.Kind


def held(survey_round: SurveyRound) -> tuple[SurveyRound, list[Survey]]:
    """The round and all of its surveys as they are now, locked in this order.

    Row saves, submissions and approvals lock their survey and then ask the round: with all surveys held
    none slips through. Who starts a survey locks the round.
    """
    survey_round = SurveyRound.objects.select_for_update(no_key=True).get(pk=survey_round.pk)
    return survey_round, held_surveys(Survey.objects.filter(round=survey_round).select_related("commune"))


def held_surveys(surveys: SurveyQuerySet) -> list[Survey]:
    """The surveys as they are now, locked in the order of their keys.

    Who starts a correction holds the version before it. So a correction that was started while we waited
    is found by asking once more, and none is started from then on.
    """
    wanted = surveys.select_for_update(no_key=True, of=("self",)).order_by("pk")
    list(wanted)
    return list(wanted.all())


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
    asks_chair: bool = False,
    places: Sequence[Place] = (),
    key: uuid.UUID | None = None,
) -> SurveyRound:
    """Open the year's review of needs [plan II.2], or one for places hit by a disaster [plan II.3.3].

    ``asks_chair``: each commune's chair signs its survey off before it goes to the coordinating office.
    Raises ``Forbidden`` outside the own coordination scope, ``Refusal`` naming all that is wrong,
    ``WrongState`` if the year has its yearly round already.
    """
    if not permissions.may_open_round_in(by, scope):
        raise Forbidden(
            _("Rounds in %(scope)s are opened by the agency that coordinates it.") % {"scope": scope}
        )
    problems = [
        *checks.wrong_year(year),
        *checks.wrong_dates(opens_on, due_on),
        *checks.wrong_name(name),
        *checks.wrong_extent(scope, kind, event, places, opens_on),
    ]
    if problems:
        raise Refusal(problems, code="invalid_round")
    survey_round = SurveyRound(
        scope=scope,
        kind=kind,
        year=year,
        name=name.strip(),
        event=event.strip(),
        instructions=instructions.strip(),
        asks_chair=asks_chair,
        opens_on=opens_on,
        due_on=due_on,
    )
    _save_once_a_year(survey_round)
    survey_round.places.set(places)
    history.record(survey_round, "open_round", by=by, to_state=survey_round.state)
    return survey_round


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
def change_round(
    *,
    by: User,
    survey_round: SurveyRound,
    version: int,
    name: str,
    due_on: date,
    opens_on: date | None = None,
    event: str | None = None,
    instructions: str = "",
    asks_chair: bool = False,
    places: Sequence[Place] | None = None,
    reason: str = "",
) -> SurveyRound:
    """Change an open round. ``opens_on``, ``event``, ``places`` None: as they are.

    ``version``: the number of changes that the writer had seen (``version_of``). A due date moves with a
    ``reason``. Raises ``Forbidden``, ``WrongState`` (closed), ``Stale`` with both values by field over a
    newer change, ``Refusal`` naming all that is wrong: the opening moves though surveys exist, a place with
    entries is taken out, a place is added to a survey that waits.
    """
    refuse_no_coordinator(by, survey_round)
    survey_round, surveys = held(survey_round)
    if not survey_round.is_open:
        message = _("“%(round)s” is closed, and a closed round is not changed any more.")
        raise WrongState(message % {"round": survey_round}, code="round_closed")
    stood, now = survey_round.opens_on, list(survey_round.places.select_related("unit"))
    before = _said(survey_round, now)
    survey_round.name, survey_round.due_on, survey_round.asks_chair = name.strip(), due_on, asks_chair
    survey_round.instructions = instructions.strip()
    survey_round.opens_on = opens_on or stood
    survey_round.event = survey_round.event if event is None else event.strip()
    wanted = now if places is None else list(places)
    after = _said(survey_round, wanted)
    changed = [field for field in after if after[field] != before[field]]
    if not changed:
        return survey_round  # nothing to change, or the same form came twice
    _refuse_stale(survey_round, version, before, after, changed)
    problems = list(_wrong_in_change(survey_round, surveys, changed, set(now), set(wanted), reason))
    if problems:
        raise Refusal(problems, code="invalid_round")
    survey_round.save()
    survey_round.places.set(wanted)
    history.record(
        survey_round,
        "change_round",
        by=by,
        from_state=survey_round.state,
        to_state=survey_round.state,
        reason=reason.strip(),
        before={field: before[field] for field in changed},
        after={field: after[field] for field in changed},
    )
    return survey_round


def version_of(survey_round: SurveyRound) -> int:
    """How often the round has been changed since it was opened."""
    return _changes_of(survey_round).count()


def _changes_of(survey_round: SurveyRound) -> Any:
    return HistoryEntry.objects.of(survey_round).filter(verb="change_round")


def _said(survey_round: SurveyRound, places: Iterable[Place]) -> dict[str, Any]:
    """What may be changed of a round, as the history keeps it."""
    return {
        "name": survey_round.name,
        "opens_on": survey_round.opens_on.isoformat(),
        "due_on": survey_round.due_on.isoformat(),
        "event": survey_round.event,
        "instructions": survey_round.instructions,
        "asks_chair": survey_round.asks_chair,
        "places": sorted([place.full_name, place.pk] for place in places),
    }


def _refuse_stale(
    survey_round: SurveyRound, version: int, before: dict[str, Any], after: dict[str, Any], changed: list[str]
) -> None:
    """Refuse what somebody else has changed since ``version``; another field of theirs is left alone."""
    newer = list(_changes_of(survey_round)[: max(version_of(survey_round) - version, 0)])
    meanwhile = {field for entry in newer for field in entry.details["after"]}
    stale = [field for field in changed if field in meanwhile]
    if not stale:
        return
    message = _(
        "This was changed meanwhile by %(by)s and was not overwritten: it is “%(theirs)s” now. Reload the "
        "page, then change it once more if you still want to."
    )
    raise Stale(
        [
            Problem(message % {"by": newer[0].by, "theirs": history.value_in_words(before[field])}, field)
            for field in stale
        ],
        theirs={field: before[field] for field in stale},
        yours={field: after[field] for field in stale},
        by=newer[0].by,
        at=newer[0].at,
        version=version_of(survey_round),
    )


def _wrong_in_change(
    survey_round: SurveyRound,
    surveys: list[Survey],
    changed: list[str],
    now: set[Place],
    wanted: set[Place],
    reason: str,
) -> Iterator[Problem]:
    yield from checks.wrong_name(survey_round.name)
    if "opens_on" in changed:
        yield from checks.wrong_move_of_opening(surveys)
    yield from checks.wrong_dates(survey_round.opens_on, survey_round.due_on)
    if "due_on" in changed:
        yield from checks.wrong_move_of_due_day(survey_round.due_on, reason)
    yield from checks.wrong_extent(
        survey_round.scope, survey_round.kind, survey_round.event, wanted, survey_round.opens_on
    )
    if survey_round.kind == Kind.SUPPLEMENTARY:
        yield from checks.wrong_places_out(survey_round, surveys, wanted, now - wanted)
        yield from checks.wrong_places_in(surveys, wanted - now)


@action
def close_round(*, by: User, survey_round: SurveyRound, reason: str) -> SurveyRound:
    """Close a round: nothing more is entered, and what is not delivered in full closes with ``reason``.

    So no need counts in two years. Raises ``Forbidden``, ``WrongState`` (closed already, or surveys
    still wait for review), ``Refusal`` without a reason.
    """
    refuse_no_coordinator(by, survey_round)
    survey_round, surveys = held(survey_round)
    target = target_of(ROUND_TRANSITIONS, "close", survey_round.state, _("This round is closed already."))
    if not reason.strip():
        raise Refusal(
            _("Unmet needs close with the round. Say why it is closed."),
            code="reason_missing",
            place="reason",
        )
    refuse_waiting(surveys)
    closed = close_unmet(Need.objects.filter(round=survey_round), reason)
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


def refuse_no_coordinator(user: User, survey_round: SurveyRound) -> None:
    if not permissions.may_close(user, survey_round):
        message = _("A round is changed, closed and reopened by the agency that coordinates %(scope)s.")
        raise Forbidden(message % {"scope": survey_round.scope})


def refuse_waiting(surveys: Iterable[Survey]) -> None:
    """Nobody's survey is shut away while it waits for somebody else."""
    surveys = list(surveys)
    problems = []
    if names := _names_in(surveys, SurveyState.SUBMITTED):
        message = _("Surveys still wait for review: %(communes)s. Approve or return them first.")
        problems.append(Problem(message % {"communes": names}))
    if names := _names_in(surveys, SurveyState.SIGNING):
        message = _(
            "Surveys still wait for the chair's sign-off: %(communes)s. Ask the chair to sign them off or to "
            "send them back first."
        )
        problems.append(Problem(message % {"communes": names}))
    if problems:
        raise WrongState(problems, code="surveys_waiting")


def _names_in(surveys: Iterable[Survey], state: SurveyState) -> str:
    return ", ".join(survey.commune.name for survey in surveys if survey.state == state)


def close_unmet(needs: NeedQuerySet, reason: str) -> int:
    """Close those of the needs that are not delivered in full; how many they were."""
    return needs.unmet().update(closed_at=clock.now(), close_reason=reason.strip()[:300])
