"""A donor does not keep a pledge: what hangs on what has not come falls, what came stays."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, Stale
from directory.models import User
from directory.states import target_of
from distributions import ledger
from distributions.default import (
    Fall,
    TakenOut,
    distributions_of,
    fall_of,
    may_default,
    open_on,
    supply_of,
)
from distributions.models import Distribution
from distributions.states import DISTRIBUTION_TRANSITIONS
from distributions.wording import listed, number, thing
from donors import ledger as supply_ledger
from donors.models import Pledge, PledgeLine
from donors.states import PLEDGE_TRANSITIONS


@action
def default_pledge(
    *, by: User, pledge: Pledge, reason: str, seen: Mapping[str, int], key: uuid.UUID | None = None
) -> Pledge:
    """Close a pledge that the donor does not keep: what fell is free, and the needs are open again.

    What came, was sent or delivered stays. Planned distributions lose what falls; one that loses everything
    is cancelled. ``seen``: the figures of the preview (``Fall.figures``) that the person had agreed to.
    Raises ``Forbidden``; ``WrongState`` unless open; ``Refusal`` without a reason; ``Stale`` if anything of
    the preview changed meanwhile, naming each thing.
    """
    if not may_default(by, pledge):
        raise Forbidden(
            _(
                "Only the coordinating office records that a pledge is not kept, because allocations are "
                "reversed. Tell it what the donor said."
            )
        )
    if not reason.strip():
        raise Refusal(_("No reason was given. Say why the pledge is not kept."), place="reason")
    reason = reason.strip()
    pledge = supply_ledger.lock_pledge(pledge)
    before = pledge.state
    pledge.state = target_of(PLEDGE_TRANSITIONS, "default", before, _not_open(pledge))
    distributions = _hold(pledge)
    fall = fall_of(pledge)
    _refuse_stale(fall, seen)
    _take_out(fall, distributions, pledge, by, reason)
    for falling in fall.reversed_ones:
        ledger.take_back(falling.allocation, falling.falls, ledger.Deed(by, clock.today(), reason))
        history.record(falling.allocation, "reverse", by=by, reason=reason, quantity=falling.falls)
    _let_go(pledge, by, reason)
    pledge.save(update_fields=["state"])
    history.record(
        pledge,
        gettext_noop("record that the pledge is not kept"),
        by=by,
        from_state=before,
        to_state=pledge.state,
        reason=reason,
        before={"to_come": [_size(each.line, each.to_come) for each in fall.lines if each.to_come]},
        after={"to_come": []},
        reversed={str(each.allocation.pk): each.falls for each in fall.reversed_ones},
    )
    return pledge


def _hold(pledge: Pledge) -> dict[int, Distribution]:
    """Lock all that may fall, in the one order: distributions, supply, needs, allocations."""
    rows = Distribution.objects.select_for_update(of=("self",), no_key=True)
    distributions = {row.pk: row for row in rows.filter(pk__in=distributions_of(pledge)).order_by("pk")}
    supply_ledger.lock_supply(pledge)
    supply_ledger.lock_cash(pledge)
    allocations = open_on(supply_of(pledge))
    ledger.lock(needs={row.need_id for row in allocations}, allocations={row.pk for row in allocations})
    return distributions


def _not_open(pledge: Pledge) -> str:
    return _("Pledge %(code)s is “%(state)s”: nothing of it is awaited, so nothing falls.") % {
        "code": pledge.code,
        "state": pledge.get_state_display(),
    }


def _refuse_stale(fall: Fall, seen: Mapping[str, int]) -> None:
    """A plan or allocation that nobody has seen in the preview never falls: the preview is shown anew."""
    now, names = fall.figures(), _names(fall)
    changed = [figure for figure in {**now, **seen} if now.get(figure, 0) != seen.get(figure, 0)]
    if not changed:
        return
    problems = [
        Problem(
            _("%(what)s: %(seen)s when you looked, %(now)s now.")
            % {
                "what": names.get(figure) or _("something that was in the preview"),
                "seen": number(seen.get(figure, 0)),
                "now": number(now.get(figure, 0)),
            }
        )
        for figure in changed
    ]
    first = Problem(
        _("The preview is outdated, so nothing was saved. Look at what falls now, then confirm again.")
    )
    raise Stale([first, *problems], theirs=now, yours=dict(seen))


def _names(fall: Fall) -> dict[str, str]:
    """What each of ``Fall.figures`` is of.

    Never looked up by what the form brought back: a made-up number would be answered with another
    district's names.
    """
    lines = {
        f"line-{each.line.pk}": _("%(what)s still to come") % {"what": each.line.what} for each in fall.lines
    }
    allocations = {
        f"allocation-{each.allocation.pk}": _("%(thing)s for %(place)s that fall")
        % {"thing": thing(each.allocation.need.item), "place": each.allocation.need.place.full_name}
        for each in fall.allocations
    }
    plans = {
        f"plan-{each.line.pk}": _("planned in %(code)s") % {"code": each.line.distribution.code}
        for each in fall.plans
    }
    return {**lines, **allocations, **plans}


def _take_out(
    fall: Fall, distributions: Mapping[int, Distribution], pledge: Pledge, by: User, reason: str
) -> None:
    given_up = fall.given_up
    for pk in sorted({each.line.distribution_id for each in fall.plans}):
        distribution = distributions[pk]
        taken = [each for each in fall.plans if each.line.distribution_id == pk]
        if pk in given_up:
            _give_up(distribution, pledge, by, reason)
        else:
            _lessen(distribution, taken, pledge, by, reason)


def _give_up(distribution: Distribution, pledge: Pledge, by: User, reason: str) -> None:
    """Nothing would be left of it: cancelled, with its lines as they were planned."""
    source = distribution.state
    distribution.state = target_of(DISTRIBUTION_TRANSITIONS, "cancel", source, "")
    distribution.save(update_fields=["state"])
    history.record(
        distribution,
        "cancel",
        by=by,
        from_state=source,
        to_state=distribution.state,
        reason=_why(pledge, reason),
    )


def _lessen(distribution: Distribution, taken: list[TakenOut], pledge: Pledge, by: User, reason: str) -> None:
    before = _lines(distribution)
    for each in taken:
        if each.left:
            each.line.planned = each.left
            each.line.save(update_fields=["planned"])
        else:
            each.line.delete()
    history.record(
        distribution,
        "change plan",
        by=by,
        from_state=distribution.state,
        to_state=distribution.state,
        reason=_why(pledge, reason),
        before={"lines": before},
        after={"lines": _lines(distribution)},
    )


def _lines(distribution: Distribution) -> str:
    """A plan's lines as its history says them."""
    rows = distribution.lines.with_names()
    return listed(sorted(f"{number(row.planned)} {thing(row.item)}" for row in rows))


def _why(pledge: Pledge, reason: str) -> str:
    return _("Pledge %(code)s is not kept: %(reason)s") % {"code": pledge.code, "reason": reason}


def _let_go(pledge: Pledge, by: User, reason: str) -> None:
    """What has not come is withdrawn in the ledger, now that nothing is allocated of it."""
    today = clock.today()
    for balance in supply_ledger.lock_supply(pledge).values():
        if balance.to_come:
            supply_ledger.withdraw_supply(
                balance.line, balance.to_come, by=by, occurred_on=today, reason=reason
            )
    for money in supply_ledger.lock_cash(pledge).values():
        if money.to_come:
            supply_ledger.withdraw_cash(money.line, money.to_come, by=by, occurred_on=today, reason=reason)


def _size(line: PledgeLine, size: int) -> str:
    return f"{number(size)} {line.unit} {line.item or ''}".strip()
