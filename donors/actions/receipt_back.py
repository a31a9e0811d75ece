"""A receipt that was wrong: taken back by a counter-row with a reason, never edited."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.codes import next_code
from directory.deeds import action
from directory.errors import NotEnough, Problem, Refusal, WrongState
from directory.models import User
from directory.states import target_of
from donors import corrections, ledger
from donors.actions.instalment import count_chosen
from donors.actions.pledge_state import Balances, hold
from donors.models import Pledge, PledgeLine, Receipt, ReceiptLine, SupplyBalance, SupplyLine
from donors.permissions import demand_handling
from donors.states import PLEDGE_TRANSITIONS, PledgeState


@action
def take_back_receipt(*, by: User, receipt: Receipt, reason: str, key: uuid.UUID | None = None) -> Receipt:
    """Take a receipt back in full, e.g. because it was miscounted; then it is recorded anew.

    A counter-row of today says the same below 0. What was promised is to come again and the pledge is open; a
    surplus, what was brought without a pledge, and what came of a pledge that has ended meanwhile is
    withdrawn. Raises ``Forbidden``; ``WrongState`` if it was taken back before; ``Refusal`` without a reason;
    ``NotEnough`` naming each line of which something was sent, moved, spent or (of what is withdrawn)
    allocated since.
    """
    demand_handling(by, receipt.pledge)
    if not reason.strip():
        raise Refusal(_("No reason was given. Say what was wrong with the receipt."), place="reason")
    pledge, balances = hold(receipt.pledge)
    receipt = Receipt.objects.select_for_update(no_key=True, of=("self",)).get(pk=receipt.pk)
    _demand_standing(receipt)
    counter = Receipt.objects.create(
        code=next_code("TN", clock.today().year),
        pledge=pledge,
        custodian=receipt.custodian,
        occurred_on=clock.today(),
        confirmed_by=by,
        confirmed_at=clock.now(),
        note=reason.strip(),
        reverses=receipt,
    )
    _take_back_lines(receipt, counter, pledge, by, reason.strip())
    before = _settle(pledge, balances)
    history.record(receipt, gettext_noop("take the receipt back"), by=by, reason=reason, receipt=counter.code)
    history.record(
        pledge,
        gettext_noop("take a receipt back"),
        by=by,
        from_state=before,
        to_state=pledge.state if before else "",
        reason=reason,
        receipt=receipt.code,
    )
    return counter


def _demand_standing(receipt: Receipt) -> None:
    if receipt.reverses is not None:
        raise WrongState(
            _("%(code)s takes %(other)s back; it is not taken back itself. Record the receipt anew.")
            % {"code": receipt.code, "other": receipt.reverses.code}
        )
    if receipt.is_taken_back:
        raise WrongState(
            _("Receipt %(code)s was taken back before, by %(other)s. Nothing more is to be done.")
            % {"code": receipt.code, "other": receipt.reversal.code}
        )


def _take_back_lines(receipt: Receipt, counter: Receipt, pledge: Pledge, by: User, reason: str) -> None:
    """All lines, or none: what went on since is named line by line."""
    problems: list[Problem] = []
    details: dict[str, Any] = {}
    for line in receipt.lines.select_related(
        "pledge_line__item", "supply_line__item", "supply_line__custodian"
    ):
        try:
            _take_back(line, counter, pledge, by, reason)
        except NotEnough as refusal:
            problems.append(Problem(str(refusal)))
            details = refusal.details
    if problems:
        raise NotEnough(problems, **details)


def _take_back(line: ReceiptLine, counter: Receipt, pledge: Pledge, by: User, reason: str) -> None:
    back = ReceiptLine.objects.create(
        receipt=counter,
        pledge_line=line.pledge_line,
        supply_line=line.supply_line,
        accepted=-line.accepted,
        refused=-line.refused,
        quality=line.quality,
        refuse_reason=line.refuse_reason,
        amount=-line.amount,
        unit_value=line.unit_value,
        due_on=line.due_on,
    )
    if line.due_on:
        count_chosen(line.pledge_line)
    today, supply = clock.today(), line.supply_line
    comes_again = pledge.state in (PledgeState.OPEN, PledgeState.RECEIVED) and not pledge.walk_in
    if supply is None:
        corrections.take_back_cash(back, by=by, occurred_on=today, reason=reason)
        if not comes_again:
            ledger.withdraw_cash(line.pledge_line, line.amount, by=by, occurred_on=today, reason=reason)
        return
    corrections.take_back_supply(back, by=by, occurred_on=today, reason=reason)
    _forget_value(supply, line.pledge_line)
    if not comes_again or supply.origin != SupplyLine.Origin.PLEDGE:
        gone = line.accepted + line.refused
        ledger.withdraw_supply(supply, gone, by=by, occurred_on=today, reason=reason)


def _forget_value(supply: SupplyLine, promised: PledgeLine) -> None:
    """With nothing left of what came, the value is again that of the promise: the next receipt says it."""
    if supply.origin == SupplyLine.Origin.PLEDGE and not SupplyBalance.objects.get(pk=supply.pk).received:
        supply.unit_value = promised.unit_value or 0
        supply.save(update_fields=["unit_value"])


def _settle(pledge: Pledge, balances: Balances) -> str:
    """Open again what was received; returns the state before, empty if it stays."""
    before = pledge.state
    if before != PledgeState.RECEIVED:
        return ""
    if pledge.walk_in:
        verb = "undo"
    else:
        for balance in balances.all:
            balance.refresh_from_db()
        if not any(balance.to_come for balance in balances.all):
            return ""
        verb = "reopen"
    pledge.state = target_of(PLEDGE_TRANSITIONS, verb, before, "")
    pledge.save(update_fields=["state"])
    return before
