"""A confirmed delivery said something wrong: a counter-row puts it right, and what was confirmed stays."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import WrongState
from directory.models import Agency, User
from distributions import ledger
from distributions.actions.correction_checks import (
    check_changed,
    check_room,
    check_seen,
    check_stock_decided,
    standing,
)
from distributions.actions.delivery import age_bands
from distributions.actions.delivery_checks import ConfirmedLine, check_line
from distributions.actions.distribution import line_of_now, locked
from distributions.ledger import Parts
from distributions.models import (
    ChildTurns,
    CorrectedTurns,
    DeliveryCorrection,
    Distribution,
    DistributionLine,
)
from distributions.permissions import check_may_confirm
from distributions.problems import Problems
from distributions.states import DistributionState
from distributions.wording import state_refusal


@dataclass(frozen=True)
class Difference:
    """What is right less what stands, signed; ``turns``: child-turns by id of the age band, without 0."""

    parts: Parts
    turns: dict[int, int]

    @property
    def is_none(self) -> bool:
        return not any(vars(self.parts).values()) and not self.turns


@action
def correct_delivery(
    *,
    by: User,
    line: DistributionLine,
    right: ConfirmedLine,
    seen: str,
    on_behalf_of: Agency | None = None,
    key: uuid.UUID | None = None,
) -> DeliveryCorrection:
    """Put a confirmed line right: ``right`` says what really arrived; the difference is booked today.

    By who may confirm it (decision 0011): never who sent it; the stock and losses by the coordinating office
    only. What arrived less than was confirmed reopens the need; what arrived more needs room in it.
    ``seen``: the figures that the page showed (``stands``). ``right.difference_reason`` is the reason.
    Raises ``Forbidden``; ``WrongState`` unless confirmed; ``Stale`` (somebody else changed them);
    ``NotEnough`` (the need is covered, or the stock given out, meanwhile); ``Refusal`` with all problems.
    """
    distribution = locked(line.distribution)
    on_behalf_of = check_may_confirm(by, distribution, on_behalf_of)
    if distribution.state != DistributionState.CONFIRMED:
        raise WrongState(state_refusal(distribution, _("be corrected")))
    line = line_of_now(line)
    check_seen(line, seen)
    balances = ledger.lock_of([line.allocation] if line.allocation else [])
    right = replace(right, line=line, difference_reason=right.difference_reason.strip())
    difference = difference_of(right)
    problems = Problems()
    check_line(problems, right, {band.pk: band for band in age_bands()})
    check_changed(problems, right, changed=not difference.is_none)
    check_stock_decided(problems, by, right, difference.parts)
    check_room(problems, right, difference.parts, balances)
    problems.refuse()
    correction = _write(by, right, difference, on_behalf_of)
    _tell(distribution)
    history.record(
        distribution,
        "correct",
        by=by,
        from_state=distribution.state,
        to_state=distribution.state,
        on_behalf_of=on_behalf_of,
        reason=correction.reason,
        line=line.pk,
        item=str(line.item),
        **{name: q for name, q in vars(difference.parts).items() if q},
        **({"child_turns": sum(difference.turns.values())} if difference.turns else {}),
    )
    return correction


def difference_of(right: ConfirmedLine) -> Difference:
    """A band that was reported and is left out now is 0."""
    stands = {row.age_band_id: row.standing for row in right.line.child_turns.all()}
    bands = stands.keys() | right.child_turns.keys()
    turns = {pk: right.child_turns.get(pk, 0) - stands.get(pk, 0) for pk in sorted(bands)}
    return Difference(right.parts - standing(right.line), {pk: q for pk, q in turns.items() if q})


def _write(
    by: User, right: ConfirmedLine, difference: Difference, on_behalf_of: Agency | None
) -> DeliveryCorrection:
    line, parts = right.line, difference.parts
    correction = DeliveryCorrection.objects.create(
        line=line,
        **vars(parts),
        reason=right.difference_reason,
        turns_note=right.turns_note.strip(),
        by=by,
        on_behalf_of=on_behalf_of,
    )
    _correct_line(line, parts)
    for band, q in difference.turns.items():
        CorrectedTurns.objects.create(correction=correction, age_band_id=band, turns=q)
        counted, _new = ChildTurns.objects.get_or_create(line=line, age_band_id=band, defaults={"turns": 0})
        rows = ChildTurns.objects.filter(pk=counted.pk, corrected=counted.corrected)
        ledger.demand_moved(rows.update(corrected=counted.corrected + q))
    if line.allocation is not None:
        ledger.correct(correction, ledger.Deed(by, clock.today(), correction.reason))
    return correction


def _correct_line(line: DistributionLine, parts: Parts) -> None:
    """Only if it still says what was compared: two corrections at once are never both booked."""
    changes = {"corrected": parts.received, "returned": parts.returned, "lost": parts.lost}
    changes["missing"] = parts.missing
    before = {name: getattr(line, name) for name in changes}
    after = {name: before[name] + q for name, q in changes.items()}
    ledger.demand_moved(DistributionLine.objects.filter(pk=line.pk, **before).update(**after))
    for name, value in after.items():
        setattr(line, name, value)


def _tell(distribution: Distribution) -> None:
    """The sender is told anew, though it had noted an earlier difference; its note stays in the history."""
    distribution.difference_noted_by = distribution.difference_noted_at = None
    distribution.save(update_fields=["difference_noted_by", "difference_noted_at"])
