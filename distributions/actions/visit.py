"""Plan a supervision visit, write down what was found, or cancel it [plan II.3.3]."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from directory import clock, history
from directory.codes import next_code
from directory.deeds import action
from directory.errors import Forbidden, Refusal
from directory.models import Place, Unit, User
from directory.states import target_of
from distributions.actions.recommendation import Recommended, add_recommendation, check_recommended
from distributions.actions.visit_checks import (
    Found,
    check_conclusion,
    check_day,
    check_drawn,
    check_findings,
    check_team,
    looked_at_nothing,
)
from distributions.models import (
    ChecklistItem,
    Distribution,
    Finding,
    SupervisionSample,
    SupervisionVisit,
)
from distributions.permissions import may_inspect, may_supervise_at
from distributions.problems import Problems
from distributions.states import VISIT_TRANSITIONS, DistributionState, VisitState
from distributions.wording import day, number


@action
def plan_visit(
    *,
    by: User,
    place: Place,
    planned_on: date,
    team: str,
    distribution: Distribution | None = None,
    sample: SupervisionSample | None = None,
    key: uuid.UUID | None = None,
) -> SupervisionVisit:
    """A visit to a place, or to look at one distribution. Raises ``Forbidden`` for others than the
    coordinating office; ``Refusal`` without who goes, for a distribution elsewhere or not sent yet.
    """
    if not may_supervise_at(by, place):
        raise Forbidden(
            _("Only the coordinating office plans supervision visits, in its own communes. Ask it.")
        )
    problems = Problems()
    check_team(problems, team)
    if not place.is_valid_on(planned_on):
        problems.add(
            "place_ended",
            _("%(place)s does not exist on %(day)s. Choose another place or day.")
            % {"place": place.full_name, "day": day(planned_on)},
            "place",
        )
    if distribution is not None:
        _check_distribution(problems, distribution, place)
    check_drawn(problems, sample, distribution, "distribution")
    problems.refuse()
    visit = SupervisionVisit.objects.create(
        code=next_code("GS", clock.today().year),
        place=place,
        area=distribution.area if distribution else None,
        distribution=distribution,
        sample=sample,
        planned_on=planned_on,
        team=team.strip(),
        planned_by=by,
    )
    history.record(visit, "plan", by=by, to_state=visit.state)
    return visit


@action
def record_visit(
    *,
    by: User,
    visit: SupervisionVisit,
    done_on: date,
    findings: Sequence[Found],
    conclusion: str,
    recommendations: Sequence[Recommended] = (),
    key: uuid.UUID | None = None,
) -> SupervisionVisit:
    """What was found, question by question, and what is recommended to whom until when.

    Raises ``Forbidden`` (others, and who sent the distribution), ``WrongState`` unless planned, ``Refusal``
    with all that is missing: an answer, a note on what is not in order, the conclusion.
    """
    visit = locked_visit(visit)
    check_inspector(by, visit)
    target = target_of(VISIT_TRANSITIONS, "record", visit.state, _state_refusal(visit))
    problems = Problems()
    check_day(problems, visit, done_on)
    check_findings(problems, {item.pk: item.question for item in questions_for(visit.place)}, findings)
    _check_something_seen(problems, findings)
    check_conclusion(problems, conclusion)
    for recommended in recommendations:
        check_recommended(problems, visit, recommended, done_on)
    problems.refuse()
    source, visit.state = visit.state, target
    visit.done_on, visit.conclusion = done_on, conclusion.strip()
    visit.done_by, visit.done_at = by, clock.now()
    visit.save(update_fields=["state", "done_on", "conclusion", "done_by", "done_at"])
    for found in findings:
        Finding.objects.create(
            visit=visit,
            item=found.item,
            question=found.item.question,
            answer=found.answer,
            note=found.note.strip(),
        )
    history.record(visit, "record visit", by=by, from_state=source, to_state=target)
    for recommended in recommendations:
        add_recommendation(by, visit, recommended)
    return visit


@action
def cancel_visit(
    *, by: User, visit: SupervisionVisit, reason: str, key: uuid.UUID | None = None
) -> SupervisionVisit:
    """Raises ``Forbidden``, ``WrongState`` unless planned, ``Refusal`` without a reason."""
    visit = locked_visit(visit)
    if not may_supervise_at(by, visit.place):
        raise Forbidden(_("Only the coordinating office cancels supervision visits. Ask it."))
    target = target_of(VISIT_TRANSITIONS, "cancel", visit.state, _state_refusal(visit))
    if not reason.strip():
        raise Refusal(_("Cancelling needs a reason: say why it does not take place."), place="reason")
    source, visit.state = visit.state, target
    visit.save(update_fields=["state"])
    history.record(visit, "cancel", by=by, from_state=source, to_state=target, reason=reason.strip())
    return visit


def locked_visit(visit: SupervisionVisit) -> SupervisionVisit:
    rows = SupervisionVisit.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("place__unit", "distribution").get(pk=visit.pk)


def check_recordable(visit: SupervisionVisit) -> None:
    """Raise ``WrongState`` unless the visit waits for what it found."""
    target_of(VISIT_TRANSITIONS, "record", visit.state, _state_refusal(visit))


def check_inspector(by: User, visit: SupervisionVisit) -> None:
    """Raise ``Forbidden`` unless the user may write down what the visit found."""
    if may_inspect(by, visit):
        return
    if visit.distribution is not None and may_supervise_at(by, visit.place):
        raise Forbidden(
            _("You sent %(code)s yourself, so a colleague writes down what the visit found.")
            % {"code": visit.distribution.code}
        )
    raise Forbidden(_("Only the coordinating office writes down what its visits found. Ask it."))


def _state_refusal(visit: SupervisionVisit) -> str:
    if visit.state == VisitState.DONE and visit.done_on:
        return _("What %(code)s found on %(day)s is written down already. Open the visit to read it.") % {
            "code": visit.code,
            "day": day(visit.done_on),
        }
    return _("%(code)s was cancelled. Plan a new visit instead.") % {"code": visit.code}


def _check_distribution(problems: Problems, distribution: Distribution, place: Place) -> None:
    facts = {"code": distribution.code, "place": distribution.place.full_name}
    if distribution.place.unit_id != place.unit_id:
        problems.add("elsewhere", _("%(code)s goes to %(place)s: visit it there.") % facts, "place")
    if distribution.state not in (DistributionState.SENT, DistributionState.CONFIRMED):
        problems.add(
            "not_sent",
            _("%(code)s was not sent, so there is nothing to look at. Choose another one.") % facts,
            "distribution",
        )


def _check_something_seen(problems: Problems, findings: Sequence[Found]) -> None:
    if looked_at_nothing(findings):
        problems.add(
            "nothing_seen",
            _("Of %(count)s questions none was looked at: cancel the visit instead.")
            % {"count": number(len(findings))},
        )


def questions_for(place: Place) -> list[ChecklistItem]:
    """The questions that a visit to the place asks today."""
    scopes = Unit.objects.around([place.unit_id], clock.today())
    return list(ChecklistItem.objects.in_use().of(set(scopes)))
