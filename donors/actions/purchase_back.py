"""A purchase whose invoice was entered wrongly: taken back by counter-rows with a reason, never edited."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.deeds import action
from directory.errors import Refusal
from directory.models import User
from directory.states import target_of
from donors import ledger_cash, ledger_stock
from donors.actions.purchase import hold_purchase
from donors.models import Purchase
from donors.states import PURCHASE_TRANSITIONS


@action
def take_back_purchase(
    *, by: User, purchase: Purchase, reason: str, key: uuid.UUID | None = None
) -> Purchase:
    """Take the invoice of a purchase back in full; it is planned again, to be done anew or cancelled.

    Counter-rows of today: the goods are promised as planned and what is allocated of them stays so; the đồng
    are reserved as planned. What the wrong invoice said stays in the ledger and the history. Raises
    ``Forbidden``; ``WrongState`` unless done; ``Refusal`` without a reason; ``NotEnough`` naming who holds
    goods that went on, or money that is used meanwhile.
    """
    purchase = hold_purchase(by, purchase)
    before = purchase.state
    purchase.state = target_of(PURCHASE_TRANSITIONS, "take_back", before, _not_done(purchase))
    reason = reason.strip()
    if not reason:
        raise Refusal(_("No reason was given. Say what was wrong with the purchase."), place="reason")
    today = clock.today()
    ledger_stock.take_back_bought(purchase, by=by, occurred_on=today, reason=reason)
    ledger_cash.take_back_spending(purchase, by=by, occurred_on=today, reason=reason)
    wrong: dict[str, Any] = {
        "invoice": purchase.invoice,
        "received": purchase.received,
        "spent": purchase.spent,
    }
    _plan_again(purchase)
    history.record(
        purchase,
        gettext_noop("take the purchase back"),
        by=by,
        from_state=before,
        to_state=purchase.state,
        reason=reason,
        **wrong,
    )
    return purchase


def _plan_again(purchase: Purchase) -> None:
    purchase.invoice, purchase.invoiced_on = "", None
    purchase.received = purchase.spent = None
    purchase.closed_by = purchase.closed_at = None
    purchase.save()
    line = purchase.supply_line
    line.unit_value = purchase.unit_price
    line.save(update_fields=["unit_value"])


def _not_done(purchase: Purchase) -> str:
    return _(
        "Purchase %(code)s is “%(state)s”: only a done one is taken back. A planned one is cancelled instead."
    ) % {"code": purchase.code, "state": purchase.get_state_display()}
