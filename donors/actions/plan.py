"""Mobilisation plans: written, handed in, approved or returned, changed as the next version [plan II.4]."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, Stale, WrongState
from directory.models import Agency, HistoryEntry, Unit, User
from directory.stale import says_both
from directory.states import target_of as state_of
from donors.mobilisation.targets import PlannedTarget, differences, problems_of_targets, target_of
from donors.models import MobilisationPlan, MobilisationTarget
from donors.permissions import demand_planning, may_decide_plan
from donors.states import MOBILISATION_PLAN_TRANSITIONS, PlanState

FIRST_YEAR, LAST_YEAR = 2019, 2100


@action
def start_plan(
    *, by: User, scope: Unit, agency: Agency, year: int, key: uuid.UUID | None = None
) -> MobilisationPlan:
    """Begin an agency's plan of a year, or the next version of the approved one with its targets.

    Raises ``Forbidden``; ``WrongState`` (code ``open_version``) while one is being written or waits;
    ``Refusal`` for a year out of bounds.
    """
    demand_planning(by, scope, agency)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = _("Plans are kept for the years %(first)s to %(last)s. Correct the year.")
        raise Refusal(message % {"first": FIRST_YEAR, "last": LAST_YEAR}, place="year")
    former = MobilisationPlan.objects.filter(agency=agency, year=year).order_by("-version").first()
    if former is not None and former.state != PlanState.APPROVED:
        raise _open_already(former)
    plan = MobilisationPlan(
        scope=scope, agency=agency, year=year, version=former.version + 1 if former else 1, created_by=by
    )
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:
        raise _open_already(plan) from None
    if former is not None:
        plan.note = former.note
        _write(plan, [target_of(row) for row in former.targets.for_page()])
    history.record(
        plan, gettext_noop("begin the plan"), by=by, to_state=plan.state, on_behalf_of=_behalf(by, agency)
    )
    return plan


@action
def save_targets(
    *, by: User, plan: MobilisationPlan, edits: int, targets: Sequence[PlannedTarget], note: str = ""
) -> MobilisationPlan:
    """Put ``targets`` in the place of the plan's lines. ``edits``: ``plan.edits`` when they were read.

    Raises ``Forbidden``; ``WrongState`` unless it is being written; ``Stale`` with both values over a newer
    edit; ``Refusal`` naming each wrong line at “lines-<row>-<field>”.
    """
    demand_planning(by, plan.scope, plan.agency)
    plan = _locked(plan)
    _demand_draft(plan)
    if problems := list(problems_of_targets(plan.scope, targets)):
        raise Refusal(problems, code="invalid_plan")
    stored = [target_of(row) for row in plan.targets.for_page()]
    changed = differences(stored, targets)
    if not changed and note == plan.note:
        return plan
    _refuse_stale(plan, edits, stored, targets, note)
    said = plan.note if note != plan.note else None
    plan.note = note
    _write(plan, targets)
    history.record(
        plan,
        gettext_noop("change the plan"),
        by=by,
        on_behalf_of=_behalf(by, plan.agency),
        before=_in_words([(line.what, line.before) for line in changed], said),
        after=_in_words([(line.what, line.after) for line in changed], None if said is None else note),
    )
    return plan


def _in_words(lines: Sequence[tuple[str, str]], note: str | None) -> dict[str, str]:
    """What was changed, as the history shows it; ``note``: None if it is the same."""
    words = {"targets": "; ".join(f"{what}: {figures or '–'}" for what, figures in lines)} if lines else {}
    return words if note is None else words | {"note": note}


@action
def submit_plan(*, by: User, plan: MobilisationPlan, edits: int) -> MobilisationPlan:
    """Hand the plan in for approval as it was read (``edits``).

    Raises ``Forbidden``; ``WrongState`` unless it is being written; ``Stale`` if somebody changed it
    meanwhile; ``Refusal`` without a target.
    """
    demand_planning(by, plan.scope, plan.agency)
    plan = _locked(plan)
    before = plan.state
    state = state_of(MOBILISATION_PLAN_TRANSITIONS, "submit", before, _not_in_hand(plan))
    if plan.edits != edits:
        message = _("%(by)s has changed the plan meanwhile, so it was not handed in. Read it again below.")
        raise Stale(message % {"by": _last_writer(plan) or _("Somebody else")}, code="stale_plan")
    if not plan.targets.exists():
        raise Refusal(_("The plan has no target yet. Enter at least one line, then hand it in."))
    plan.state, plan.submitted_by, plan.submitted_at, plan.return_reason = state, by, clock.now(), ""
    plan.save()
    history.record(
        plan,
        gettext_noop("hand in the plan"),
        by=by,
        from_state=before,
        to_state=state,
        on_behalf_of=_behalf(by, plan.agency),
    )
    return plan


@action
def return_plan(*, by: User, plan: MobilisationPlan, reason: str) -> MobilisationPlan:
    """Give it back to be changed. Raises ``Forbidden``; ``WrongState``; ``Refusal`` without a reason."""
    plan = _decided(by, plan)
    before = plan.state
    state = state_of(MOBILISATION_PLAN_TRANSITIONS, "return", before, _not_waiting(plan))
    if not reason.strip():
        raise Refusal(_("No reason was given. Say what is to be changed."), place="reason")
    plan.state, plan.submitted_by, plan.submitted_at = state, None, None
    plan.return_reason = reason.strip()
    plan.save()
    history.record(
        plan,
        gettext_noop("return the plan"),
        by=by,
        from_state=before,
        to_state=state,
        reason=plan.return_reason,
    )
    return plan


@action
def approve_plan(*, by: User, plan: MobilisationPlan) -> MobilisationPlan:
    """Put it in force; the former version stays to be read. Raises ``Forbidden``; ``WrongState``."""
    plan = _decided(by, plan)
    before = plan.state
    state = state_of(MOBILISATION_PLAN_TRANSITIONS, "approve", before, _not_waiting(plan))
    plan.state, plan.approved_by, plan.approved_at = state, by, clock.now()
    plan.save()
    history.record(plan, gettext_noop("approve the plan"), by=by, from_state=before, to_state=state)
    return plan


def _locked(plan: MobilisationPlan) -> MobilisationPlan:
    plans = MobilisationPlan.objects.select_for_update(no_key=True, of=("self",))
    return plans.select_related("agency", "scope").get(pk=plan.pk)


def _decided(by: User, plan: MobilisationPlan) -> MobilisationPlan:
    """The plan, locked, if ``by`` may decide on it. Raises ``Forbidden``."""
    plan = _locked(plan)
    if plan.submitted_by_id == by.pk:
        raise Forbidden(_("You handed in this plan, so you do not decide on it. Another leader does."))
    if not may_decide_plan(by, plan):
        message = _("The plan of %(agency)s is approved by its chair or by the district's leader.")
        raise Forbidden(message % {"agency": plan.agency})
    return plan


def _demand_draft(plan: MobilisationPlan) -> None:
    if plan.state != PlanState.DRAFT:
        raise WrongState(_not_in_hand(plan), state=plan.state)


def _write(plan: MobilisationPlan, targets: Sequence[PlannedTarget]) -> None:
    plan.targets.all().delete()
    for target in targets:
        MobilisationTarget.objects.create(plan=plan, **vars(target))
    plan.edits += 1
    plan.save()


def _refuse_stale(
    plan: MobilisationPlan,
    edits: int,
    stored: Sequence[PlannedTarget],
    yours: Sequence[PlannedTarget],
    note: str,
) -> None:
    if plan.edits == edits:
        return
    by = _last_writer(plan)
    problems = [
        Problem(f"{line.what}. {says_both(line.before, line.after, by)}")
        for line in differences(stored, yours)
    ]
    if note != plan.note:
        problems.append(Problem(says_both(plan.note, note, by), "note"))
    raise Stale(
        problems,
        theirs=[target.in_words for target in stored],
        yours=[target.in_words for target in yours],
        by=by,
        version=plan.edits,
    )


def _last_writer(plan: MobilisationPlan) -> User | None:
    entry = HistoryEntry.objects.of(plan).first()
    return entry.by if entry else None


def _behalf(by: User, agency: Agency) -> Agency | None:
    """Whose plan it is, if it is entered from another office's paper."""
    return None if agency.pk in by.reach.agencies else agency


def _open_already(plan: MobilisationPlan) -> WrongState:
    message = _(
        "%(agency)s has a plan for %(year)s that is “%(state)s”. Open that one; a new version begins once "
        "it is approved."
    )
    shown = {"agency": plan.agency, "year": plan.year, "state": plan.get_state_display()}
    return WrongState(message % shown, code="open_version")


def _not_in_hand(plan: MobilisationPlan) -> str:
    message = _(
        "The plan of %(agency)s for %(year)s is “%(state)s” and is not changed any more. "
        "An approved plan is changed by beginning its next version."
    )
    shown = {"agency": plan.agency, "year": plan.year, "state": plan.get_state_display()}
    return message % shown


def _not_waiting(plan: MobilisationPlan) -> str:
    message = _("The plan of %(agency)s for %(year)s is “%(state)s”: there is nothing to decide.")
    return message % {"agency": plan.agency, "year": plan.year, "state": plan.get_state_display()}
