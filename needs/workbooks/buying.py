"""The buying list as a sheet for Excel."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock
from documents.spreadsheet import Heading, Sheet, Value
from needs.buying import BuyingList


def sheet_of(found: BuyingList, chosen: list[tuple[str, str]]) -> Sheet:
    """``chosen``: what the list was narrowed to, by label. No price is said so; it is not 0."""
    notes = [f"{label}: {value}" for label, value in chosen]
    notes.append(_("As of %(day)s") % {"day": date_format(clock.today(), "SHORT_DATE_FORMAT")})
    if found.unpriced:
        names = ", ".join(f"{group.item} ({group.year})" for group in found.unpriced)
        notes.append(_("Not in the total, for want of a price: %(items)s") % {"items": names})
    columns = [
        Heading(_("Support area"), 24),
        Heading(_("Support item"), 28),
        Heading(_("Year"), 8),
        Heading(_("Age band"), 22),
        Heading(_("Sex"), 16),
        Heading(_("Size"), 10),
        Heading(_("Unit of measure"), 10),
        Heading(_("Quantity"), 12),
        Heading(_("Reference price, đồng"), 18),
        Heading(_("Value, đồng"), 18),
    ]
    blanks: list[Value] = [""] * (len(columns) - 2)
    total: list[Value] = [_("Total"), *blanks, _price(found.value)]
    return Sheet(_("Buying list"), notes, columns, _rows(found), [total])


def _rows(found: BuyingList) -> Iterator[list[Value]]:
    for group in found.groups:
        for line in group.lines:
            yield [
                str(group.item.area),
                str(group.item),
                str(group.year),
                str(line.band),
                line.sex_in_words,
                line.size,
                group.item.unit,
                line.quantity,
                _price(group.price),
                _price(line.value),
            ]


def _price(amount: int | None) -> Value:
    return _("no price") if amount is None else amount
