"""What follows a short delivery: the sender has noted it, and what is missing came back or is lost."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, NotEnough, WrongState
from directory.models import User
from distributions import ledger
from distributions.actions.distribution import line_of_now, locked
from distributions.models import DeliveryCorrection, Distribution, DistributionLine
from distributions.permissions import may_decide_missing, may_distribute_for, receives
from distributions.problems import Problems
from distributions.wording import number, thing


@action
def settle_missing(
    *,
    by: User,
    line: DistributionLine,
    returned: int = 0,
    lost: int = 0,
    reason: str,
    key: uuid.UUID | None = None,
) -> DistributionLine:
    """The coordinating office decides what became of missing goods, in the item's unit, all or a part.

    The need is open since they were missing; ``returned`` may be allocated anew. Raises ``Forbidden``
    (others, and a loss by who sent them), ``NotEnough`` (more than is missing), ``Refusal`` without a reason
    or quantity.
    """
    distribution = locked(line.distribution)
    line = line_of_now(line)
    _check_person(by, distribution, line, lost)
    if line.allocation is not None:
        ledger.lock_of([line.allocation])
    problems = Problems()
    _check_quantities(problems, line, returned, lost)
    if not reason.strip():
        problems.add("reason", _("Say how that is known: the commune and the sender read it."), "reason")
    problems.refuse()
    line.returned, line.lost = line.returned + returned, line.lost + lost
    line.missing -= returned + lost
    line.save(update_fields=["returned", "lost", "missing"])
    ledger.settle(line, returned, lost, ledger.Deed(by, clock.today(), reason.strip()))
    history.record(
        distribution,
        "settle missing",
        by=by,
        from_state=distribution.state,
        to_state=distribution.state,
        reason=reason.strip(),
        line=line.pk,
        returned=returned,
        lost=lost,
    )
    return line


@action
def note_difference(*, by: User, distribution: Distribution, key: uuid.UUID | None = None) -> Distribution:
    """Somebody has read a difference and is not told again: the sender, of a short delivery or a correction;
    the commune, of a correction made on its behalf.

    Raises ``Forbidden`` for others than their officers, ``WrongState`` if there is nothing to note.
    """
    distribution = locked(distribution)
    sender, receiver = may_distribute_for(by, distribution.lead_agency), receives(by, distribution)
    if not sender and not receiver:
        raise Forbidden(
            _("%(code)s was sent by %(agency)s: only its officers note the difference.")
            % {"code": distribution.code, "agency": distribution.lead_agency}
        )
    differing = Distribution.objects.filter(pk=distribution.pk).differing_and_not_noted()
    unread = DeliveryCorrection.objects.of(distribution).unread()
    if not (sender and differing.exists()) and not (receiver and unread.exists()):
        raise WrongState(
            _("There is no difference of %(code)s to note, or it was noted already. Reload the page.")
            % {"code": distribution.code}
        )
    if sender:
        distribution.difference_noted_by, distribution.difference_noted_at = by, clock.now()
        distribution.save(update_fields=["difference_noted_by", "difference_noted_at"])
    if receiver:
        unread.update(noted_by=by, noted_at=clock.now())
    history.record(
        distribution, "note difference", by=by, from_state=distribution.state, to_state=distribution.state
    )
    return distribution


def _check_person(by: User, distribution: Distribution, line: DistributionLine, lost: int) -> None:
    if not may_decide_missing(by, distribution):
        raise Forbidden(
            _(
                "Only the coordinating office decides what became of the missing %(thing)s of %(code)s. "
                "Tell it what you know."
            )
            % {"thing": thing(line.item), "code": distribution.code}
        )
    if lost and distribution.sent_by_id == by.pk:
        raise Forbidden(
            _("You sent %(code)s yourself, so a colleague decides that goods of it are lost.")
            % {"code": distribution.code}
        )


def _check_quantities(problems: Problems, line: DistributionLine, returned: int, lost: int) -> None:
    facts = {"left": number(line.missing), "planned": number(line.planned), "thing": thing(line.item)}
    if min(returned, lost) < 0 or returned + lost == 0:
        problems.add(
            "quantity",
            _("Say how many of the %(left)s missing came back or are lost: 1 or more in all.") % facts,
            "returned",
        )
    elif returned + lost > line.missing:
        problems.add(
            "not_missing",
            _("Only %(left)s/%(planned)s %(thing)s are still missing. Reduce the quantities.") % facts,
            "returned",
            NotEnough,
            left=line.missing,
            whole=line.planned,
        )
