"""The list of needs as a table for Excel, in the language of the reader."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import User
from documents.exports import made_on
from documents.spreadsheet import Heading, Sheet, Value
from needs.forms.need import NeedFilterForm
from needs.listing import Listing, Total
from needs.models import Need


def sheet_of(user: User, form: NeedFilterForm, listing: Listing) -> Sheet:
    """What the list shows, with its filter in words. Of a valid form."""
    return Sheet(
        title=_("List of needs"),
        notes=[
            str(user.agency or ""),
            f"{_('Survey rounds shown:')} {'; '.join(each.name for each in form.listed_rounds)}",
            *(f"{chosen.label}: {chosen.value}" for chosen in form.chosen() if chosen.name != "round"),
            made_on(),
        ],
        columns=_columns(),
        rows=(_row(need, listing.value_of(need)) for need in listing.in_portions()),
        totals=(_total(total) for total in listing.totals),
    )


def _columns() -> list[Heading]:
    return [
        Heading(_("Survey round"), 26),
        Heading(_("Support area"), 20),
        Heading(_("Support item"), 28),
        Heading(_("Age"), 12),
        Heading(_("Commune"), 16),
        Heading(_("Place"), 24),
        Heading(_("Priority"), 9),
        Heading(_("The commune's own priority"), 12),
        Heading(_("Children"), 10),
        Heading(_("of them girls"), 12),
        Heading(_("Unit of measure"), 10),
        Heading(_("Needed"), 10),
        Heading(_("Covered"), 10),
        Heading(_("Delivered"), 10),
        Heading(_("Uncovered"), 10),
        Heading(_("Value of the uncovered, đồng"), 18),
        Heading(_("Closed on"), 12),
        Heading(_("Reason"), 40),
    ]


def _row(need: Need, value: int | None) -> list[Value]:
    balance, item = need.balance, need.item
    return [
        need.round.name,
        str(item.area),
        str(item),
        need.age_band.heading,
        need.place.unit.name,
        need.place.name,
        need.priority,
        need.stated_priority,
        need.children,
        need.girls if item.by_sex or need.girls is not None else "",
        item.unit,
        balance.quantity,
        balance.covered,
        balance.delivered,
        balance.uncovered,
        _("no price") if value is None else value,
        timezone.localdate(need.closed_at) if need.closed_at else "",
        need.reason,
    ]


def _total(total: Total) -> list[Value]:
    """One item, under the columns of the quantities; persons are not added."""
    value: Value = total.value
    if total.unpriced:
        value = _("no price: %(years)s") % {"years": total.unpriced_years}
    sums: list[Value] = [total.needed, total.covered, total.delivered, total.uncovered, value]
    name = _("Total: %(item)s") % {"item": total.item}
    return ["", str(total.item.area), name, "", "", "", "", "", "", "", total.item.unit, *sums, "", ""]
