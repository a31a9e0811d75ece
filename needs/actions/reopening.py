"""Open a closed round again for one commune, and end that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Problem, Refusal, WrongState
from directory.models import Succession, Unit, User
from needs.actions.round import close_unmet, held, refuse_no_coordinator, refuse_waiting
from needs.models import Need, Reopening, Survey, SurveyRound


@action
def reopen_round(
    *, by: User, survey_round: SurveyRound, commune: Unit, due_on: date, reason: str
) -> Reopening:
    """Let one commune enter and correct in a closed round once more, until ``due_on`` or its end.

    The needs that closed unmet with the round open again: only a closing closes needs. Raises
    ``Forbidden``; ``WrongState`` (the round is open, or reopened already, or a newer yearly review counts
    the commune's needs by now); ``Refusal`` (not in the round, no reason, a day in the past).
    """
    refuse_no_coordinator(by, survey_round)
    survey_round, _surveys = held(survey_round)
    _refuse_unless_reopenable(survey_round, commune)
    if problems := list(_wrong(due_on, reason)):
        raise Refusal(problems, code="invalid_reopening")
    reopening = Reopening.objects.create(
        round=survey_round,
        commune=commune,
        due_on=due_on,
        reason=reason.strip()[:300],
        by=by,
        at=clock.now(),
    )
    closed = Need.objects.filter(round=survey_round, place__unit=commune).closed_unmet()
    reopened = closed.update(closed_at=None, close_reason="")
    history.record(
        survey_round,
        "reopen_round",
        by=by,
        reason=reason.strip(),
        commune=commune.name,
        due_on=due_on.isoformat(),
        needs_reopened=reopened,
    )
    return reopening


@action
def end_reopening(*, by: User, survey_round: SurveyRound, commune: Unit, reason: str) -> Reopening:
    """The round is closed for the commune again, and so is what it needs and did not get in full.

    Raises ``Forbidden``, ``WrongState`` (not reopened, or its survey waits for the chair or for review),
    ``Refusal`` without a reason.
    """
    refuse_no_coordinator(by, survey_round)
    survey_round, surveys = held(survey_round)
    reopening = Reopening.objects.in_force().filter(round=survey_round, commune=commune).first()
    if reopening is None:
        message = _("“%(round)s” is not reopened for %(commune)s, so there is nothing to end.")
        raise WrongState(message % {"round": survey_round, "commune": commune}, code="not_reopened")
    if not reason.strip():
        message = _("Unmet needs close with the end of the reopening. Say why it ends.")
        raise Refusal(message, code="reason_missing", place="reason")
    refuse_waiting(survey for survey in surveys if survey.commune_id == commune.pk)
    closed = close_unmet(Need.objects.filter(round=survey_round, place__unit=commune), reason)
    reopening.ended_by, reopening.ended_at = by, clock.now()
    reopening.save(update_fields=["ended_by", "ended_at"])
    history.record(
        survey_round,
        "end_reopening",
        by=by,
        reason=reason.strip(),
        commune=commune.name,
        needs_closed=closed,
    )
    return reopening


def _refuse_unless_reopenable(survey_round: SurveyRound, commune: Unit) -> None:
    names = {"round": survey_round, "commune": commune}
    if survey_round.is_open:
        message = _("“%(round)s” is open, for %(commune)s too. Nothing has to be reopened.")
        raise WrongState(message % names, code="round_open")
    if not survey_round.communes().filter(pk=commune.pk).exists():
        message = _("%(commune)s does not take part in “%(round)s”. Choose one of its communes.")
        raise Refusal(message % names, code="not_in_round")
    if there := survey_round.reopened.get(commune.pk):
        message = _(
            "“%(round)s” is reopened for %(commune)s already, until %(day)s (%(reason)s). "
            "End that reopening first, if another day is wanted."
        )
        facts = {"day": date_format(there.due_on, "SHORT_DATE_FORMAT"), "reason": there.reason}
        raise WrongState(message % (names | facts), code="reopened_already")
    if newer := newer_review_of(survey_round, commune, hold=True):
        message = _(
            "The needs of %(commune)s count in “%(newer)s” by now, where its survey is approved, and nothing "
            "counts in two years. Correct the survey there instead of reopening “%(round)s”."
        )
        raise WrongState(message % (names | {"newer": newer}), code="newer_review")


def newer_review_of(survey_round: SurveyRound, commune: Unit, *, hold: bool = False) -> SurveyRound | None:
    """The newest yearly review of a later year that counts the needs of the commune, or of its successor.

    ``hold``: its surveys there are locked before they are asked, so that none is approved meanwhile.
    """
    heirs = Succession.objects.successors([commune.pk], clock.today())
    surveys = Survey.objects.filter(
        commune_id__in=heirs, round__kind=SurveyRound.Kind.YEARLY, round__year__gt=survey_round.year
    )
    if hold:
        list(surveys.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    newest = surveys.approved().select_related("round").order_by("-round__year").first()
    return newest.round if newest else None


def refuse_counted_twice(survey: Survey) -> None:
    """A yearly review counts a commune only once no earlier round is reopened for it (or for what it was).

    Ask it with the survey locked: reopening locks it too.
    """
    if survey.round.kind != SurveyRound.Kind.YEARLY:
        return
    before = Succession.objects.predecessors([survey.commune_id], clock.today())
    reopened = Reopening.objects.in_force().filter(commune__in=before, round__year__lt=survey.round.year)
    if there := reopened.select_related("round", "commune").order_by("round__year").first():
        message = _(
            "“%(older)s” is reopened for %(commune)s, and nothing counts in two years. "
            "End that reopening first, then approve this survey."
        )
        raise WrongState(message % {"older": there.round, "commune": there.commune}, code="earlier_reopened")


def _wrong(due_on: date, reason: str) -> Iterator[Problem]:
    if due_on < clock.today():
        yield Problem(_("The due date lies in the past. Choose today or a later day."), "due_on")
    if not reason.strip():
        message = _(
            "A closed round is reopened with a reason. Say what the commune has to add or to correct."
        )
        yield Problem(message, "reason")
