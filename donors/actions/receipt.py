"""Receipts: what really arrived [plan II.4]."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.codes import next_code
from directory.deeds import action
from directory.errors import NotEnough, Problem, Refusal
from directory.models import Agency, User
from directory.states import target_of
from donors import ledger
from donors.actions.instalment import count_chosen
from donors.checks import day_in_words, problems_of_receipt
from donors.models import CashBalance, Pledge, PledgeLine, Receipt, ReceiptLine, SupplyBalance, SupplyLine
from donors.permissions import demand_handling
from donors.states import PLEDGE_TRANSITIONS
from donors.values import unit_value_of


@dataclass(frozen=True)
class ReceivedLine:
    """What came of a pledge line: pieces accepted and refused (with the reason), or ``amount`` đồng.

    ``due_on``: the day of the instalment that it came for; None: it fills the earliest that is open.
    """

    pledge_line: PledgeLine
    accepted: int = 0
    refused: int = 0
    refuse_reason: str = ""
    amount: int = 0
    unit_value: int | None = None
    quality: str = ReceiptLine.Quality.UNSAID
    due_on: date | None = None


@action
def record_receipt(
    *,
    by: User,
    pledge: Pledge,
    custodian: Agency,
    occurred_on: date,
    lines: list[ReceivedLine],
    handed_over_by: str = "",
    received_by: str = "",
    note: str = "",
    key: uuid.UUID | None = None,
) -> Receipt:
    """Book what arrived of an open pledge; the pledge is received once nothing is left to come.

    Quantities in the item's unit. Accepted pieces fill what is to come first, refused ones after them;
    what is over becomes a supply line of its own (surplus). The first receipt of a line says who keeps it.
    ``handed_over_by`` and ``received_by`` sign the receipt record, each with the office.
    Raises ``Forbidden``; ``WrongState`` unless the pledge is open; ``Refusal`` with all problems at their
    places (``lines-0-refuse_reason``); ``NotEnough`` for money over what is to come, or if a refused part
    is allocated.
    """
    demand_handling(by, pledge)
    pledge = ledger.lock_pledge(pledge)
    done = target_of(PLEDGE_TRANSITIONS, "receive", pledge.state, _not_open(pledge))
    supply, cash = ledger.lock_supply(pledge), ledger.lock_cash(pledge)
    problems = problems_of_receipt(
        by=by, pledge=pledge, custodian=custodian, occurred_on=occurred_on, lines=lines
    )
    problems += _no_such_instalment(lines)
    if problems := problems or list(_kept_elsewhere(lines, supply, custodian)):
        raise Refusal(problems, code="invalid_receipt")
    receipt = Receipt.objects.create(
        code=next_code("TN", occurred_on.year),
        pledge=pledge,
        custodian=custodian,
        occurred_on=occurred_on,
        confirmed_by=by,
        confirmed_at=clock.now(),
        handed_over_by=handed_over_by.strip(),
        received_by=received_by.strip(),
        note=note,
    )
    for number, line in enumerate(lines):
        book(receipt, line, supply, by, f"lines-{number}-")
        if line.due_on:
            count_chosen(line.pledge_line)
    _settle(pledge, receipt, done, supply, cash, by)
    return receipt


def _no_such_instalment(lines: list[ReceivedLine]) -> list[Problem]:
    return [
        Problem(
            _("Nothing of this line is due on %(day)s any more. Choose one of the instalments of the list.")
            % {"day": day_in_words(line.due_on)},
            f"lines-{number}-due_on",
        )
        for number, line in enumerate(lines)
        if line.due_on and not line.pledge_line.instalments.filter(due_on=line.due_on).exists()
    ]


def _kept_elsewhere(
    lines: list[ReceivedLine], supply: dict[int, SupplyBalance], custodian: Agency
) -> Iterator[Problem]:
    """A line's goods lie with one custodian; who keeps the first part keeps the rest."""
    for line in lines:
        balance = supply.get(line.pledge_line.pk)
        if balance and balance.received and line.accepted and balance.line.custodian_id != custodian.pk:
            yield Problem(
                _("The %(item)s of this pledge that came before lie with %(agency)s. Choose it as custodian.")
                % {"item": balance.line.item, "agency": balance.line.custodian},
                "custodian",
            )


def book(
    receipt: Receipt, line: ReceivedLine, supply: dict[int, SupplyBalance], by: User, place: str
) -> None:
    """A line of the receipt and its moves. Raises ``NotEnough`` at its place."""
    try:
        if line.amount:
            _book_cash(receipt, line, by)
        elif line.accepted or line.refused:
            _book_goods(receipt, line, supply[line.pledge_line.pk], by)
    except NotEnough as refusal:
        at = f"{place}{'amount' if line.amount else 'refused' if line.refused else 'accepted'}"
        raise NotEnough(str(refusal), place=at, **refusal.details) from refusal


def _book_cash(receipt: Receipt, line: ReceivedLine, by: User) -> None:
    came = ReceiptLine.objects.create(
        receipt=receipt, pledge_line=line.pledge_line, amount=line.amount, due_on=line.due_on
    )
    ledger.receive_cash(line.pledge_line, came, by=by, occurred_on=receipt.occurred_on)


def _book_goods(receipt: Receipt, line: ReceivedLine, balance: SupplyBalance, by: User) -> None:
    accepted = min(line.accepted, balance.to_come)
    refused = min(line.refused, balance.to_come - accepted)
    supply_line = balance.line
    value = unit_value_of(
        supply_line.item, line.unit_value or supply_line.unit_value or None, receipt.occurred_on.year
    )
    if accepted or refused:
        _take_over(supply_line, receipt.custodian, value, first=not balance.received)
        _receive(receipt, line, supply_line, accepted, refused, value, by)
    over, refused_over = line.accepted - accepted, line.refused - refused
    if over or refused_over:
        surplus = ledger.open_supply(
            line.pledge_line,
            origin=SupplyLine.Origin.SURPLUS,
            quantity=over + refused_over,
            unit_value=value,
            custodian=receipt.custodian,
            by=by,
            occurred_on=receipt.occurred_on,
        )
        _receive(receipt, line, surplus, over, refused_over, value, by)


def _take_over(supply_line: SupplyLine, custodian: Agency, value: int, *, first: bool) -> None:
    """The first to receive keeps the line; goods that had no value yet take the receipt's."""
    if first:
        supply_line.custodian = custodian
    supply_line.unit_value = supply_line.unit_value or value
    supply_line.save(update_fields=["custodian", "unit_value"])


def _receive(
    receipt: Receipt,
    line: ReceivedLine,
    supply_line: SupplyLine,
    accepted: int,
    refused: int,
    value: int,
    by: User,
) -> None:
    came = ReceiptLine.objects.create(
        receipt=receipt,
        pledge_line=line.pledge_line,
        supply_line=supply_line,
        accepted=accepted,
        refused=refused,
        quality=line.quality if accepted else ReceiptLine.Quality.UNSAID,
        refuse_reason=line.refuse_reason if refused else "",
        unit_value=value,
        due_on=line.due_on if supply_line.origin == SupplyLine.Origin.PLEDGE else None,
    )
    ledger.receive_supply(supply_line, came, by=by, occurred_on=receipt.occurred_on)


def _settle(
    pledge: Pledge,
    receipt: Receipt,
    done: str,
    supply: dict[int, SupplyBalance],
    cash: dict[int, CashBalance],
    by: User,
) -> None:
    """Close the pledge if nothing is left to come, and write the history of both."""
    before = pledge.state
    balances: list[SupplyBalance | CashBalance] = [*supply.values(), *cash.values()]
    for balance in balances:
        balance.refresh_from_db()
    if not any(balance.to_come for balance in balances):
        pledge.state = done
        pledge.save(update_fields=["state"])
    history.record(receipt, gettext_noop("record the receipt"), by=by)
    changed = pledge.state != before
    history.record(
        pledge,
        gettext_noop("record a receipt of the pledge"),
        by=by,
        from_state=before if changed else "",
        to_state=pledge.state if changed else "",
        receipt=receipt.code,
    )


def _not_open(pledge: Pledge) -> str:
    return _(
        "Pledge %(code)s is “%(state)s”: nothing is left to come. Record what came besides as a new pledge."
    ) % {"code": pledge.code, "state": pledge.get_state_display()}
