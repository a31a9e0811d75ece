"""Pledges that end before all of them came: withdrawn, in whole or in part, or expired."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.deeds import action
from directory.errors import NotEnough, Problem, Refusal
from directory.models import User
from directory.states import target_of
from donors import claims, ledger
from donors.actions.pledge_state import Balances, close_if_nothing_is_left, hold, to_come
from donors.models import Pledge, PledgeLine, SupplyBalance
from donors.numbers import grouped
from donors.permissions import demand_handling
from donors.states import PLEDGE_TRANSITIONS, PledgeState


@dataclass(frozen=True)
class WithdrawnPart:
    """``size`` pieces or đồng of a line that will not come. ``at``: the field of the form it stands in."""

    line: PledgeLine
    size: int
    at: str = ""


@action
def withdraw_pledge(*, by: User, pledge: Pledge, reason: str, key: uuid.UUID | None = None) -> Pledge:
    """The donor takes the pledge back, before anything of it was received or allocated.

    Raises ``Forbidden``, ``WrongState``, ``Refusal`` (no reason; code ``in_use``: received or allocated).
    """
    demand_handling(by, pledge)
    _demand_reason(reason, _("No reason was given. Say why the pledge is withdrawn."))
    pledge, balances = hold(pledge)
    before = pledge.state
    pledge.state = target_of(PLEDGE_TRANSITIONS, "withdraw", before, _not_open(pledge))
    if held := list(_held(pledge, balances.supply.values())):
        raise Refusal(held, code="in_use")
    _let_go(balances, by, reason)
    pledge.save(update_fields=["state"])
    history.record(
        pledge,
        gettext_noop("withdraw the pledge"),
        by=by,
        from_state=before,
        to_state=pledge.state,
        reason=reason,
    )
    return pledge


@action
def withdraw_part(
    *, by: User, pledge: Pledge, parts: Sequence[WithdrawnPart], reason: str, key: uuid.UUID | None = None
) -> Pledge:
    """The donor takes back a part of what is still to come; what came and what is allocated stays.

    The pledge is closed once nothing is left to come. Raises ``Forbidden``, ``WrongState``, ``Refusal`` (no
    reason, no part), ``NotEnough`` naming each line of which less is left, and who holds it.
    """
    demand_handling(by, pledge)
    _demand_reason(reason, _("No reason was given. Say why the pledge is withdrawn."))
    pledge, balances = hold(pledge)
    if pledge.state != PledgeState.OPEN:
        target_of(PLEDGE_TRANSITIONS, "withdraw", pledge.state, _not_open(pledge))
    wanted = [part for part in parts if part.size]
    if not wanted:
        raise Refusal(
            _("Nothing was entered. Type how much of at least one line is withdrawn."), code="empty"
        )
    awaited = to_come(balances)
    _withdraw_each(wanted, balances, by, reason)
    before = close_if_nothing_is_left(pledge, balances)
    history.record(
        pledge,
        gettext_noop("withdraw a part of the pledge"),
        by=by,
        from_state=before,
        to_state=pledge.state if before else "",
        reason=reason,
        before={"to_come": awaited},
        after={"to_come": to_come(balances)},
    )
    return pledge


@action
def expire_pledge(*, by: User, pledge: Pledge, reason: str, key: uuid.UUID | None = None) -> Pledge:
    """Close an overdue pledge: what has not come is expected no more, what came stays.

    Raises ``Forbidden``, ``WrongState``, ``Refusal`` (no reason; ``not_due``; ``in_use``: what has not come
    is allocated, which only a default reverses; ``allocated_of``: how many of how many, line by line).
    """
    demand_handling(by, pledge)
    _demand_reason(reason, _("No reason was given. Say why nothing more is expected."))
    pledge, balances = hold(pledge)
    before = pledge.state
    pledge.state = target_of(PLEDGE_TRANSITIONS, "expire", before, _not_open(pledge))
    _demand_overdue(pledge)
    if held := [balance for balance in balances.supply.values() if balance.to_come > balance.unallocated]:
        figures = [(balance.to_come - balance.unallocated, balance.to_come) for balance in held]
        raise Refusal([_awaited(pledge, balance) for balance in held], code="in_use", allocated_of=figures)
    awaited = to_come(balances)
    _let_go(balances, by, reason)
    pledge.save(update_fields=["state"])
    history.record(
        pledge,
        gettext_noop("let the pledge expire"),
        by=by,
        from_state=before,
        to_state=pledge.state,
        reason=reason,
        before={"to_come": awaited},
        after={"to_come": []},
    )
    return pledge


def _demand_reason(reason: str, message: str) -> None:
    if not reason.strip():
        raise Refusal(message, place="reason")


def _let_go(balances: Balances, by: User, reason: str) -> None:
    """All that is still to come is withdrawn in the ledger."""
    today = clock.today()
    for balance in balances.supply.values():
        if balance.to_come:
            ledger.withdraw_supply(balance.line, balance.to_come, by=by, occurred_on=today, reason=reason)
    for money in balances.cash.values():
        if money.to_come:
            ledger.withdraw_cash(money.line, money.to_come, by=by, occurred_on=today, reason=reason)


def _withdraw_each(parts: Sequence[WithdrawnPart], balances: Balances, by: User, reason: str) -> None:
    """Withdraw each part; of those that cannot be, all are named together and none is."""
    problems: list[Problem] = []
    left = whole = 0
    for part in parts:
        try:
            _withdraw(part, balances, by, reason)
        except NotEnough as refusal:
            problems.append(Problem(str(refusal), part.at))
            left, whole = refusal.details.get("left", 0), refusal.details.get("whole", 0)
    if problems:
        raise NotEnough(problems, left=left, whole=whole)


def _withdraw(part: WithdrawnPart, balances: Balances, by: User, reason: str) -> None:
    if part.line.pk not in balances.lines or part.size < 0:
        raise Refusal(_("The line belongs to another pledge. Reload the page."), place=part.at)
    today = clock.today()
    if part.line.is_goods:
        line = balances.supply[part.line.pk].line
        ledger.withdraw_supply(line, part.size, by=by, occurred_on=today, reason=reason)
    else:
        ledger.withdraw_cash(part.line, part.size, by=by, occurred_on=today, reason=reason)


def _not_open(pledge: Pledge) -> str:
    return _("Pledge %(code)s cannot be withdrawn: it is “%(state)s”, and only an open one can be.") % {
        "code": pledge.code,
        "state": pledge.get_state_display(),
    }


def _demand_overdue(pledge: Pledge) -> None:
    if pledge.due_on is None:
        message = _(
            "Pledge %(code)s has no due day, so it does not expire. Name a day, or withdraw what will not "
            "come."
        )
    elif pledge.due_on >= clock.today():
        message = _(
            "Pledge %(code)s is due on %(day)s, so it has not expired. Wait for that day, or withdraw what "
            "will not come."
        )
    else:
        return
    day = date_format(pledge.due_on, "SHORT_DATE_FORMAT") if pledge.due_on else ""
    raise Refusal(message % {"code": pledge.code, "day": day}, code="not_due")


def _awaited(pledge: Pledge, balance: SupplyBalance) -> Problem:
    """What has not come and is allocated all the same."""
    named_claims = claims.named(balance.line)
    return Problem(
        _(
            "Pledge %(code)s cannot expire: %(awaited)s of the %(to_come)s %(unit)s of %(item)s that "
            "have not come are allocated%(claims)s. Have the allocations reversed, or let the "
            "coordinating office record that the pledge was not kept, which reverses them."
        )
        % {
            "code": pledge.code,
            "awaited": grouped(balance.to_come - balance.unallocated),
            "to_come": grouped(balance.to_come),
            "unit": balance.line.item.unit,
            "item": balance.line.item,
            "claims": f" ({named_claims})" if named_claims else "",
        }
    )


def _held(pledge: Pledge, balances: Iterable[SupplyBalance]) -> Iterator[Problem]:
    """What stands against a withdrawal: receipts by code, allocations by quantity and holder."""
    if codes := list(pledge.receipts.standing().order_by("pk").values_list("code", flat=True)):
        yield Problem(
            _(
                "Pledge %(code)s cannot be withdrawn: goods or money of it came in (%(receipts)s). "
                "What came stays: withdraw the part that is still to come."
            )
            % {"code": pledge.code, "receipts": ", ".join(codes)}
        )
    for balance in balances:
        if balance.allocated:
            named_claims = claims.named(balance.line)
            yield Problem(
                _(
                    "Pledge %(code)s cannot be withdrawn: %(allocated)s of %(whole)s %(unit)s of %(item)s "
                    "are allocated%(claims)s. Have the allocations reversed first."
                )
                % {
                    "code": pledge.code,
                    "allocated": grouped(balance.allocated),
                    "whole": grouped(balance.quantity),
                    "unit": balance.line.item.unit,
                    "item": balance.line.item,
                    "claims": f" ({named_claims})" if named_claims else "",
                }
            )
