"""What is wrong with a purchase as typed: all of it at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Problem
from directory.models import Place, Unit, User
from donors.checks import agency_within, day_in_words, not_in_future, out_of_bounds, size_of
from donors.models import PledgeLine, Purchase
from donors.numbers import MOST_DONG, MOST_PIECES

if TYPE_CHECKING:
    from donors.actions.purchase import Bought, Wanted


def problems_of_plan(by: User, cash_line: PledgeLine, wanted: Wanted) -> list[Problem]:
    return [
        *_source(cash_line),
        *_goods(wanted),
        *agency_within(by, wanted.custodian, clock.today(), "custodian"),
        *_purpose(cash_line, wanted),
        *_due(wanted.due_on),
    ]


def problems_of_invoice(purchase: Purchase, bought: Bought) -> Iterator[Problem]:
    """``reason`` is asked for where the invoice differs from the plan."""
    if not bought.invoice.strip():
        yield Problem(_("The number of the invoice is missing. Type it as it is printed."), "invoice")
    yield from not_in_future(bought.invoiced_on, "invoiced_on")
    pledged_on = purchase.cash_line.pledge.pledged_on
    if bought.invoiced_on < pledged_on:
        yield Problem(
            _("The invoice of %(day)s lies before the pledge of %(pledged)s. Correct the day.")
            % {"day": day_in_words(bought.invoiced_on), "pledged": day_in_words(pledged_on)},
            "invoiced_on",
        )
    yield from size_of(
        bought.received,
        MOST_PIECES,
        "received",
        _("What came is missing. Type how many pieces; if nothing came, cancel the purchase instead."),
    )
    yield from size_of(
        bought.spent, MOST_DONG, "spent", _("What was paid is missing. Type the sum of the invoice in đồng.")
    )
    if differs(purchase, bought) and not bought.reason.strip():
        yield Problem(
            _("The invoice differs from the plan and no reason is given. Say why more or less was bought."),
            "reason",
        )


def differs(purchase: Purchase, bought: Bought) -> bool:
    """Other pieces than planned, or more đồng than reserved; what is left of the reservation is none."""
    return bought.received != purchase.quantity or bought.spent > purchase.reserved


def _source(cash_line: PledgeLine) -> Iterator[Problem]:
    if cash_line.is_goods:
        yield Problem(_("Goods buy nothing. Choose a line of cash."), "cash_line")
    elif (source := cash_line.pledge.source) and source.is_management:
        message = _("“%(source)s” is management cost and buys no support. Choose other money.")
        yield Problem(message % {"source": source}, "cash_line")


def _goods(wanted: Wanted) -> Iterator[Problem]:
    item = wanted.item
    if item.retired_on and item.retired_on <= clock.today():
        yield Problem(_("“%(item)s” is no longer in use. Choose another.") % {"item": item}, "item")
    yield from size_of(wanted.quantity, MOST_PIECES, "quantity", _("The quantity is missing. Type it."))
    yield from size_of(
        wanted.unit_price, MOST_DONG, "unit_price", _("The price of one is missing. Type it in đồng.")
    )
    if wanted.quantity * wanted.unit_price > MOST_DONG:
        yield out_of_bounds(wanted.quantity * wanted.unit_price, MOST_DONG, "unit_price")
    band = wanted.age_band
    if band and not item.age_bands.filter(pk=band.pk).exists():
        yield Problem(
            _("“%(item)s” is not for the age band %(band)s. Choose another age band or leave it open.")
            % {"item": item, "band": band},
            "age_band",
        )


def _purpose(cash_line: PledgeLine, wanted: Wanted) -> Iterator[Problem]:
    """The place lies in the pledge's scope; a binding earmark of the money binds what it buys."""
    scope = cash_line.pledge.scope
    if wanted.place and wanted.place.unit_id not in Unit.objects.within([scope.pk], clock.today()):
        yield Problem(
            _("%(place)s does not lie in %(scope)s. Choose another place.")
            % {"place": wanted.place, "scope": scope},
            "place",
        )
    if not cash_line.earmark_hard:
        return
    need = cash_line.earmark_need
    area = cash_line.earmark_area or (need.item.area if need else None)
    if (area and wanted.item.area_id != area.pk) or (need and wanted.item.pk != need.item_id):
        yield Problem(
            _(
                "The money was given for %(purpose)s only, and “%(item)s” is outside of that. "
                "Buy what it is for."
            )
            % {"purpose": cash_line.earmarked_for, "item": wanted.item},
            "item",
        )
    spot = cash_line.earmark_place or (need.place if need else None)
    if spot and wanted.place and not _lies_in(wanted.place, spot):
        yield Problem(
            _("The money was given for %(purpose)s only. Choose a place within it, or leave it open.")
            % {"purpose": cash_line.earmarked_for},
            "place",
        )


def _lies_in(place: Place, spot: Place) -> bool:
    return place.pk == spot.pk or (spot.kind == Place.Kind.COMMUNE and place.unit_id == spot.unit_id)


def _due(due_on: date | None) -> Iterator[Problem]:
    if due_on and due_on < clock.today():
        yield Problem(
            _("%(day)s has passed; today is %(today)s. Enter the day by which it is to be bought.")
            % {"day": day_in_words(due_on), "today": day_in_words(clock.today())},
            "due_on",
        )
