"""A recorded visit said something wrong: it is put right with a reason, and what it said before stays."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from directory import history
from directory.deeds import action
from directory.errors import WrongState
from directory.models import User
from directory.stale import refuse_differing
from distributions.actions.visit import check_inspector, locked_visit
from distributions.actions.visit_checks import (
    Found,
    check_conclusion,
    check_day,
    check_drawn,
    check_findings,
    check_team,
    looked_at_nothing,
)
from distributions.actions.visit_erasing import erase_other_words, holds_other_words
from distributions.models import (
    CorrectedFinding,
    Finding,
    SupervisionSample,
    SupervisionVisit,
    VisitCorrection,
)
from distributions.problems import Problems
from distributions.reported import belied_by
from distributions.states import VisitState
from distributions.visit_versions import Said, differing, in_words, stands, versions
from distributions.wording import day, number


@dataclass(frozen=True)
class RightVisit:
    """All that a recorded visit says, as it is right."""

    done_on: date
    team: str
    sample: SupervisionSample | None
    conclusion: str
    findings: Sequence[Found]

    def in_words(self) -> Said:
        answers = [(found.item.pk, found.answer, found.note.strip()) for found in self.findings]
        return in_words(self.done_on, self.team.strip(), self.sample, self.conclusion.strip(), answers)


@action
def correct_visit(
    *,
    by: User,
    visit: SupervisionVisit,
    right: RightVisit,
    reason: str,
    version: int,
    erase: bool = False,
    key: uuid.UUID | None = None,
) -> VisitCorrection:
    """Put right what a visit found; its recommendations stay and are followed on [plan II.3.3].

    By the coordinating office, as it was recorded: never by who sent the distribution. The questions are
    those that were asked then. Reports whose data are open count the corrected day, the others stay.
    ``version``: how many corrections the page showed. ``erase``: former words name a child, and go (see
    ``visit_erasing``) [NĐ 56/2017 art. 33]. Raises ``Forbidden``; ``WrongState`` unless done;
    ``Stale`` over a colleague's newer correction; ``Refusal`` with all problems.
    """
    visit = locked_visit(visit)
    check_inspector(by, visit)
    check_correctable(visit)
    findings = list(visit.findings.all())
    corrections = list(VisitCorrection.objects.of(visit))
    now, yours = stands(visit, findings), right.in_words()
    _refuse_stale(corrections, version, now, yours)
    problems = Problems()
    _check(problems, visit, findings, right)
    changed = now != yours or (erase and holds_other_words(corrections, yours))
    _check_changed(problems, reason, changed=changed)
    problems.refuse()
    correction = _keep(by, visit, len(corrections) + 1, reason.strip())
    _write(visit, findings, right, correction)
    erased = erase_other_words(VisitCorrection.objects.of(visit), yours) if erase else []
    history.record(
        visit,
        "correct visit",
        by=by,
        from_state=visit.state,
        to_state=visit.state,
        reason=correction.reason,
        version=correction.number,
        changed=differing(now, yours),
        erased=erased,
    )
    return correction


def check_correctable(visit: SupervisionVisit) -> None:
    """Raise ``WrongState`` unless there is something written down to correct."""
    if visit.state == VisitState.PLANNED:
        raise WrongState(_("%(code)s is not done: write down first what it found.") % {"code": visit.code})
    if visit.state == VisitState.CANCELLED:
        raise WrongState(_("%(code)s was cancelled. Plan a new visit instead.") % {"code": visit.code})


def _refuse_stale(corrections: Sequence[VisitCorrection], version: int, now: Said, yours: Said) -> None:
    """Only what a colleague has changed since is told both ways; the writer's own changes are theirs."""
    newest = len(corrections)
    if newest == version:
        return
    seen = versions(now, corrections)[version if 0 <= version < newest else 0]
    changed = [name for name in differing(now, seen) if name in yours]
    refuse_differing(
        corrections[-1].by if corrections else None,
        newest=newest,
        theirs={name: now[name] for name in changed},
        yours={name: yours[name] for name in changed},
    )


def _check(
    problems: Problems, visit: SupervisionVisit, findings: Sequence[Finding], right: RightVisit
) -> None:
    check_day(problems, visit, right.done_on)
    written_on = timezone.localdate(visit.done_at)
    if right.done_on > written_on and not problems.found:
        problems.add(
            "after_written",
            _("It was written down on %(written)s, so it took place no later. Enter the day of the visit.")
            % {"written": day(written_on)},
            "done_on",
        )
    if right.done_on != visit.done_on:
        _check_moved(problems, visit, right.done_on)
    check_team(problems, right.team)
    check_drawn(problems, right.sample, visit.distribution, "sample")
    check_findings(problems, {row.item_id: row.question for row in findings}, right.findings)
    if looked_at_nothing(right.findings):
        problems.add(
            "nothing_seen",
            _(
                "Of %(count)s questions none would be looked at, and yet the visit counts. Answer those that "
                "it looked at."
            )
            % {"count": number(len(right.findings))},
        )
    check_conclusion(problems, right.conclusion)


def _check_moved(problems: Problems, visit: SupervisionVisit, done_on: date) -> None:
    """Neither behind the back of a closed report, nor past what is still to be done after the visit."""
    if periods := belied_by(visit, done_on):
        problems.add(
            "reported",
            _(
                "The report of %(periods)s has closed its data: the visit would be counted twice, or never. "
                "Keep %(day)s here, and write the right day into the conclusion."
            )
            % {"periods": ", ".join(periods), "day": day(visit.done_on)},  # type: ignore[arg-type]
            "done_on",
        )
    # One that is closed was done, or withdrawn, as it was due then.
    early = list(visit.recommendations.filter(due_on__lt=done_on, closed_at=None).order_by("due_on", "pk"))
    if early:
        problems.add(
            "due_before",
            _(
                "Recommended by this visit and due before that day: %(recommended)s. Enter an earlier day, "
                "or withdraw the recommendation and make it again with a later day."
            )
            % {"recommended": "; ".join(f"{row.text} ({day(row.due_on)})" for row in early)},
            "done_on",
        )


def _check_changed(problems: Problems, reason: str, *, changed: bool) -> None:
    if not reason.strip():
        problems.add(
            "no_reason", _("Say what was wrong and how it is known: both versions stay to be read."), "reason"
        )
    if not changed:
        problems.add(
            "nothing_changed", _("This is what stands already. Enter what is right, or leave the page.")
        )


def _keep(by: User, visit: SupervisionVisit, nth: int, reason: str) -> VisitCorrection:
    return VisitCorrection.objects.create(
        visit=visit,
        number=nth,
        reason=reason,
        by=by,
        done_on=visit.done_on,  # type: ignore[misc]  # of a visit that is done
        team=visit.team,
        sample=visit.sample,
        conclusion=visit.conclusion,
    )


def _write(
    visit: SupervisionVisit, findings: Sequence[Finding], right: RightVisit, correction: VisitCorrection
) -> None:
    visit.done_on, visit.team = right.done_on, right.team.strip()
    visit.sample, visit.conclusion = right.sample, right.conclusion.strip()
    visit.save(update_fields=["done_on", "team", "sample", "conclusion"])
    given = {found.item.pk: found for found in right.findings}
    for row in findings:
        found = given[row.item_id]
        if (row.answer, row.note) == (found.answer, found.note.strip()):
            continue
        CorrectedFinding.objects.create(correction=correction, finding=row, answer=row.answer, note=row.note)
        row.answer, row.note = found.answer, found.note.strip()
        row.save(update_fields=["answer", "note"])
