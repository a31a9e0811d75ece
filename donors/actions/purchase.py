"""Purchases: planned, done, cancelled; cash that was given becomes goods [plan II.4]."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.codes import next_code
from directory.deeds import action
from directory.errors import NotEnough, Refusal
from directory.models import Agency, Place, User
from directory.states import target_of
from donors import ledger, ledger_cash, ledger_stock
from donors.checks import day_in_words
from donors.models import PledgeLine, Purchase, SupplyLine
from donors.models.pledge_line import EARMARKS
from donors.permissions import demand_handling
from donors.purchase_checks import problems_of_invoice, problems_of_plan
from donors.states import PURCHASE_TRANSITIONS
from needs.models import AgeBand, SupportItem


@dataclass(frozen=True)
class Wanted:
    """``quantity`` of an item (in its unit) at ``unit_price`` đồng each, for ``custodian`` to keep."""

    item: SupportItem
    quantity: int
    unit_price: int
    custodian: Agency
    place: Place | None = None
    age_band: AgeBand | None = None
    supplier: str = ""
    due_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Bought:
    """What the invoice says: ``received`` pieces for ``spent`` đồng; ``reason`` if it is not as planned."""

    invoice: str
    invoiced_on: date
    supplier: str
    received: int
    spent: int
    reason: str = ""


@action
def plan_purchase(
    *, by: User, cash_line: PledgeLine, wanted: Wanted, key: uuid.UUID | None = None
) -> Purchase:
    """Reserve đồng that came of a cash line; the goods may be allocated at once, as promised.

    Earmarks follow the money. Raises ``Forbidden``; ``Refusal`` naming all problems at their places;
    ``NotEnough`` over what is free of the line.
    """
    demand_handling(by, cash_line.pledge)
    pledge = ledger.lock_pledge(cash_line.pledge)
    ledger.lock_cash(pledge)
    # What the money is for may have been changed since the line was read.
    lines = PledgeLine.objects.select_related("pledge__scope", "pledge__source", *EARMARKS)
    cash_line = lines.get(pk=cash_line.pk)
    if problems := problems_of_plan(by, cash_line, wanted):
        raise Refusal(problems, code="invalid_purchase")
    ledger_cash.check_free(cash_line, wanted.quantity * wanted.unit_price, place="unit_price")
    purchase = _open(by, cash_line, wanted)
    ledger_cash.reserve_cash(purchase, purchase.reserved, by=by, occurred_on=clock.today())
    history.record(
        purchase,
        gettext_noop("plan the purchase"),
        by=by,
        to_state=purchase.state,
        reserved=purchase.reserved,
        quantity=purchase.quantity,
    )
    return purchase


@action
def complete_purchase(*, by: User, purchase: Purchase, bought: Bought) -> Purchase:
    """Book the invoice: the goods are in stock, what is left of the reservation is free again.

    Fewer pieces than planned shrink the supply line, more make it larger; more đồng than reserved come out
    of what is free. Raises ``Forbidden``; ``WrongState``; ``Refusal`` naming all problems at their places;
    ``NotEnough`` if pieces that did not come are allocated, or the money does not suffice.
    """
    purchase = hold_purchase(by, purchase)
    before = purchase.state
    purchase.state = target_of(PURCHASE_TRANSITIONS, "complete", before, _not_planned(purchase))
    if problems := list(problems_of_invoice(purchase, bought)):
        raise Refusal(problems, code="invalid_invoice")
    day, reason = bought.invoiced_on, bought.reason.strip()
    _book_goods(by, purchase, bought)
    ledger_cash.release_cash(purchase, by=by, occurred_on=day, reason=reason)
    ledger_cash.spend_cash(purchase, bought.spent, by=by, occurred_on=day, reason=reason)
    _fill_in(by, purchase, bought)
    history.record(
        purchase,
        gettext_noop("complete the purchase"),
        by=by,
        from_state=before,
        to_state=purchase.state,
        reason=reason,
        received=bought.received,
        spent=bought.spent,
        given_back=max(purchase.reserved - bought.spent, 0),
    )
    return purchase


@action
def cancel_purchase(*, by: User, purchase: Purchase, reason: str) -> Purchase:
    """Give a planned purchase up, with the reason; its đồng are free again.

    Raises ``Forbidden``; ``WrongState``; ``Refusal`` without a reason; ``NotEnough`` naming who holds what
    of it is allocated.
    """
    purchase = hold_purchase(by, purchase)
    before = purchase.state
    purchase.state = target_of(PURCHASE_TRANSITIONS, "cancel", before, _not_planned(purchase))
    reason = reason.strip()
    if not reason:
        raise Refusal(_("No reason was given. Say why the purchase is cancelled."), place="reason")
    today = clock.today()
    ledger.withdraw_supply(purchase.supply_line, purchase.quantity, by=by, occurred_on=today, reason=reason)
    ledger_cash.release_cash(purchase, by=by, occurred_on=today, reason=reason)
    purchase.closed_by, purchase.closed_at = by, clock.now()
    purchase.save(update_fields=["state", "closed_by", "closed_at"])
    history.record(
        purchase,
        gettext_noop("cancel the purchase"),
        by=by,
        from_state=before,
        to_state=purchase.state,
        reason=reason,
        given_back=purchase.reserved,
    )
    return purchase


def _open(by: User, cash_line: PledgeLine, wanted: Wanted) -> Purchase:
    today = clock.today()
    supply_line = ledger.open_supply(
        cash_line,
        origin=SupplyLine.Origin.PURCHASE,
        item=wanted.item,
        quantity=wanted.quantity,
        unit_value=wanted.unit_price,
        custodian=wanted.custodian,
        by=by,
        occurred_on=today,
    )
    return Purchase.objects.create(
        code=next_code("MS", today.year),
        cash_line=cash_line,
        item=wanted.item,
        quantity=wanted.quantity,
        unit_price=wanted.unit_price,
        reserved=wanted.quantity * wanted.unit_price,
        custodian=wanted.custodian,
        place=wanted.place,
        age_band=wanted.age_band,
        supplier=wanted.supplier.strip(),
        due_on=wanted.due_on,
        supply_line=supply_line,
        note=wanted.note.strip(),
        planned_by=by,
        planned_at=clock.now(),
    )


def hold_purchase(by: User, purchase: Purchase) -> Purchase:
    """The purchase as it is now, with its pledge, goods and money held until the action ends."""
    demand_handling(by, purchase.cash_line.pledge)
    pledge = ledger.lock_pledge(purchase.cash_line.pledge)
    ledger_stock.lock_line(purchase.supply_line)
    ledger.lock_cash(pledge)
    return Purchase.objects.for_list().get(pk=purchase.pk)


def _book_goods(by: User, purchase: Purchase, bought: Bought) -> None:
    day, reason = bought.invoiced_on, bought.reason.strip()
    missing = max(purchase.quantity - bought.received, 0)
    if missing:
        _take_off(by, purchase, missing, day, reason)
    ledger_stock.receive_bought(purchase, bought.received, by=by, occurred_on=day, reason=reason)


def _take_off(by: User, purchase: Purchase, missing: int, day: date, reason: str) -> None:
    try:
        ledger.withdraw_supply(purchase.supply_line, missing, by=by, occurred_on=day, reason=reason)
    except NotEnough as refusal:
        raise NotEnough(str(refusal), place="received", **refusal.details) from refusal


def _fill_in(by: User, purchase: Purchase, bought: Bought) -> None:
    """What the invoice says stands in the purchase, and what a piece really cost in its supply line.

    Whole đồng: a sum that does not divide leaves the rest out of the pieces' value, never out of ``spent``.
    """
    purchase.invoice, purchase.invoiced_on = bought.invoice.strip(), bought.invoiced_on
    purchase.supplier = bought.supplier.strip()
    purchase.received, purchase.spent = bought.received, bought.spent
    purchase.closed_by, purchase.closed_at = by, clock.now()
    purchase.save()
    line = purchase.supply_line
    line.unit_value = bought.spent // bought.received
    line.save(update_fields=["unit_value"])


def _not_planned(purchase: Purchase) -> str:
    return _(
        "Purchase %(code)s is “%(state)s” since %(day)s, by %(who)s: only a planned one can be done or "
        "cancelled. Plan another purchase with what is free."
    ) % {
        "code": purchase.code,
        "state": purchase.get_state_display(),
        "day": day_in_words(timezone.localdate(purchase.closed_at)) if purchase.closed_at else "–",
        "who": purchase.closed_by or "–",
    }
