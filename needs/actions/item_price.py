"""Reference prices of the catalogue: what one unit of an item is worth in a year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from directory import history
from directory.actions.register import save_row
from directory.deeds import action
from directory.errors import Problem, Refusal, Stale
from directory.models import User
from directory.stale import says_both
from needs.actions.catalogue import demand_catalogue, locked_item
from needs.models import ReferencePrice, SupportItem

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_DONG = 9_999_999_999_999


@dataclass(frozen=True)
class YearPrice:
    """``amount`` whole đồng per unit in ``year``; None: no price, which is not 0.

    ``known`` is the amount that the writer had read; None: there was none.
    """

    year: int
    amount: int | None
    known: int | None


@action
def set_prices(*, by: User, item: SupportItem, prices: Iterable[YearPrice]) -> SupportItem:
    """Set or clear the reference prices of some years. What was valued before keeps its value.

    Raises ``Forbidden``; ``Stale`` with both amounts where somebody else has set another one; ``Refusal``
    naming each year that is wrong. The problems stand at “price-<year>”.
    """
    demand_catalogue(by)
    item = locked_item(item)
    wanted = list(prices)
    if problems := [problem for price in wanted for problem in problems_of_price(price)]:
        raise Refusal(problems, code="invalid_price")
    stored = {price.year: price for price in item.prices.all()}
    amounts = {year: price.amount for year, price in stored.items()}
    _refuse_stale(wanted, stored)
    changed = [price for price in wanted if price.amount != amounts.get(price.year)]
    for price in changed:
        _write(item, stored.get(price.year), price, by)
    if changed:
        after = {price.year: price.amount for price in changed}
        before = {year: amounts.get(year) for year in after}
        history.record(
            item,
            "set prices",
            by=by,
            before={"prices": _in_words(before)},
            after={"prices": _in_words(after)},
        )
    return item


def set_price(*, by: User, item: SupportItem, year: int, amount: int | None) -> SupportItem:
    """Set one year's price over whatever stands there; None clears it."""
    known = item.prices.filter(year=year).values_list("amount", flat=True).first()
    return set_prices(by=by, item=item, prices=[YearPrice(year, amount, known)])


def problems_of_price(price: YearPrice) -> Iterator[Problem]:
    if not FIRST_YEAR <= price.year <= LAST_YEAR:
        yield Problem(_("The year lies outside 2000 to 2100. Check the year."), f"price-{price.year}")
    if price.amount is not None and not 1 <= price.amount <= MOST_DONG:
        message = _("A price is at least 1 đồng and has at most 13 digits. Leave it empty if there is none.")
        yield Problem(message, f"price-{price.year}")


def _refuse_stale(wanted: list[YearPrice], stored: dict[int, ReferencePrice]) -> None:
    problems, theirs, yours = [], {}, {}
    for price in wanted:
        row = stored.get(price.year)
        now = row.amount if row else None
        if now in (price.known, price.amount):
            continue
        by = history.last_writer(row) if row else None
        place = f"price-{price.year}"
        problems.append(Problem(says_both(_dong(now), _dong(price.amount), by), place))
        theirs[place], yours[place] = now, price.amount
    if problems:
        raise Stale(problems, theirs=theirs, yours=yours)


def _write(item: SupportItem, row: ReferencePrice | None, price: YearPrice, by: User) -> None:
    if price.amount is None:
        if row is not None:
            row._history_user = by  # type: ignore[attr-defined]
            row.delete()
        return
    row = row or ReferencePrice(item=item, year=price.year)
    row.amount = price.amount
    save_row(row, by=by)


def _dong(amount: int | None) -> str:
    return _("no price") if amount is None else _("%(amount)s đồng") % {"amount": number_format(amount)}


def _in_words(amounts: dict[int, int | None]) -> str:
    return "; ".join(f"{year}: {_dong(amount)}" for year, amount in sorted(amounts.items()))
