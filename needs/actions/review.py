"""Return a survey with a reason, or approve it: then its statements become needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, NotEnough, Refusal
from directory.models import User
from directory.states import target_of
from needs import permissions
from needs.actions.reopening import refuse_counted_twice
from needs.actions.survey import RETURNED_FIELDS, locked, mark_returned, refuse_closed
from needs.cells import StatedNeed
from needs.contents import Contents
from needs.models import Need, NeedBalance, NeedMove, Survey
from needs.opinions import outstanding
from needs.reviewers import why_not_reviewer
from needs.shortfalls import shortfalls_of
from needs.states import SURVEY_TRANSITIONS, SurveyState

NeedKey = tuple[int, int, int]


@action
def return_survey(*, by: User, survey: Survey, reason: str) -> Survey:
    """Send a submitted survey back to the commune with a reason.

    Raises ``Forbidden`` (no reviewer, or one's own), ``WrongState`` (not submitted), ``Refusal`` (no reason).
    The open comments on its rows go with it.
    """
    survey = locked(survey)
    refuse_reviewer(by, survey)
    target = target_of(SURVEY_TRANSITIONS, "return", survey.state, not_reviewable(survey))
    if not reason.strip():
        message = _("A survey is returned with a reason. Say what the commune has to change.")
        raise Refusal(message, code="reason_missing", place="reason")
    mark_returned(survey, by, reason)
    _review(survey, by, target, "return_survey", reason=reason.strip())
    return survey


@action
def approve_survey(*, by: User, survey: Survey) -> Survey:
    """Approve a submitted survey: its statements become needs, quantities in the item's unit.

    A correction moves each need by the difference to the version before. Opinions that are still
    outstanding do not hold it up; history names them. Raises ``Forbidden`` (no reviewer, or one's own
    submission or entry), ``WrongState`` (not submitted, round closed, an earlier round reopened for the
    commune), ``NotEnough`` if a need would fall below what is covered, naming what covers it.
    """
    survey = locked(survey)
    refuse_reviewer(by, survey)
    refuse_closed(survey.round, survey.commune)
    target = target_of(SURVEY_TRANSITIONS, "approve", survey.state, not_reviewable(survey))
    refuse_counted_twice(survey)
    stated = Contents(survey).statements
    existing = _existing_needs(survey)
    _restate(survey, by, existing, stated)
    _state_new(survey, by, [key for key in stated if key not in existing and stated[key].quantity], stated)
    needs = sum(1 for need in stated.values() if need.quantity)
    unanswered = [opinion.area.code for opinion in outstanding(survey)]
    _review(survey, by, target, "approve_survey", needs=needs, opinions_outstanding=unanswered)
    return survey


def refuse_reviewer(user: User, survey: Survey) -> None:
    if not permissions.reviews(user, survey):
        message = _("The survey of %(commune)s is reviewed by the agency that coordinates %(scope)s.")
        raise Forbidden(message % {"commune": survey.commune, "scope": survey.round.scope})
    if own := why_not_reviewer(user, survey):
        raise Forbidden(own.message, code=own.code)


def not_reviewable(survey: Survey) -> str:
    if survey.state == SurveyState.APPROVED:
        return _("This survey is approved already.")
    return _("This survey is not submitted: the commune is still working on it. Wait until it is submitted.")


def _review(survey: Survey, by: User, target: str, verb: str, reason: str = "", **details: Any) -> None:
    source, survey.state = survey.state, target
    survey.reviewed_by, survey.reviewed_at = by, clock.now()
    survey.save(update_fields=["state", "reviewed_by", "reviewed_at", *RETURNED_FIELDS])
    history.record(survey, verb, by=by, from_state=source, to_state=target, reason=reason, **details)


def _existing_needs(survey: Survey) -> dict[NeedKey, Need]:
    """The commune's needs of the round, their balances locked in the order of their keys."""
    needs = Need.objects.filter(round=survey.round, place__unit=survey.commune)
    needs = needs.select_related("place__unit", "item", "age_band").order_by("pk")
    balances = {
        balance.pk: balance
        for balance in NeedBalance.objects.select_for_update(no_key=True)
        .filter(need__in=[need.pk for need in needs])
        .order_by("pk")
    }
    for need in needs:
        need.balance = balances[need.pk]
    return {(need.place_id, need.item_id, need.age_band_id): need for need in needs}


def _restate(
    survey: Survey, by: User, existing: dict[NeedKey, Need], stated: dict[NeedKey, StatedNeed]
) -> None:
    """Move the needs that stand to what the new version says; what it no longer says falls to 0."""
    short: list[tuple[Need, int, int]] = []
    for key, need in existing.items():
        statement = stated.get(key)
        wanted = (statement.quantity or 0) if statement else 0
        if not _move(need, wanted - need.balance.quantity, survey, by):
            covered = NeedBalance.objects.get(pk=need.pk).covered
            short.append((need, wanted, covered))
            continue
        need.survey = survey
        need.children = (statement.children or 0) if statement else 0
        need.girls = statement.girls if statement else None
        if statement:
            need.priority, need.stated_priority = statement.priority_in_force, statement.priority
            need.reason = statement.reason
    if short:
        left = {str(need.pk): covered for need, _wanted, covered in short}
        problems = [shortfall.as_problem() for shortfall in shortfalls_of(short)]
        raise NotEnough(problems, code="below_covered", left=left)
    fields = ["survey", "children", "girls", "priority", "stated_priority", "reason"]
    Need.objects.bulk_update(existing.values(), fields)


def _move(need: Need, delta: int, survey: Survey, by: User) -> bool:
    """Guarded: never below what is covered, whatever was read before."""
    if delta == 0:
        return True
    balance = NeedBalance.objects.filter(pk=need.pk, quantity__gte=F("covered") - delta)
    if not balance.update(quantity=F("quantity") + delta):
        return False
    NeedMove.objects.create(
        need=need, kind=NeedMove.Kind.CORRECT, delta=delta, survey=survey, by=by, at=clock.now()
    )
    return True


def _state_new(survey: Survey, by: User, keys: Iterable[NeedKey], stated: dict[NeedKey, StatedNeed]) -> None:
    needs = Need.objects.bulk_create(
        Need(
            round=survey.round,
            survey=survey,
            place_id=place,
            item_id=item,
            age_band_id=band,
            children=stated[place, item, band].children or 0,
            girls=stated[place, item, band].girls,
            priority=stated[place, item, band].priority_in_force,
            stated_priority=stated[place, item, band].priority,
            reason=stated[place, item, band].reason,
        )
        for place, item, band in keys
    )
    quantities = [stated[need.place_id, need.item_id, need.age_band_id].quantity or 0 for need in needs]
    NeedBalance.objects.bulk_create(
        NeedBalance.opening(need, quantity) for need, quantity in zip(needs, quantities, strict=True)
    )
    NeedMove.objects.bulk_create(
        NeedMove(need=need, kind=NeedMove.Kind.APPROVE, delta=quantity, survey=survey, by=by, at=clock.now())
        for need, quantity in zip(needs, quantities, strict=True)
    )
