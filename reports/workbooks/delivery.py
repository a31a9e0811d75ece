"""The deliveries behind a figure and the corrections of such, as a file: all rows make the figure."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.exports import ListColumn, ListFile
from documents.spreadsheet import Value
from reports.behind import Behind, Chosen, Sums

DELIVERIES = ListFile[Behind](
    gettext_lazy("Confirmed deliveries"),
    "ban-giao",
    [
        ListColumn(gettext_lazy("Distribution"), 14, lambda row: row.line.distribution.code),
        ListColumn(gettext_lazy("Delivered on"), 12, lambda row: row.day),
        ListColumn(gettext_lazy("Commune"), 18, lambda row: row.line.distribution.place.unit.name),
        ListColumn(gettext_lazy("Place"), 24, lambda row: row.line.distribution.place.name),
        ListColumn(gettext_lazy("Item"), 28, lambda row: str(row.line.item)),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda row: row.line.item.unit),
        ListColumn(gettext_lazy("Source"), 34, lambda row: row.source),
        ListColumn(gettext_lazy("Quantity"), 10, lambda row: row.quantity),
        ListColumn(gettext_lazy("Child-turns"), 10, lambda row: row.turns),
        ListColumn(gettext_lazy("Value (đồng)"), 18, lambda row: row.value),
        ListColumn(gettext_lazy("Why it was corrected"), 34, lambda row: row.reason),
    ],
)


def totals_of(whole: Sums, chosen: Chosen) -> list[Value]:
    """The last row: what the report says. Quantities of different items are not added."""
    quantity = whole.quantity if chosen.of_one_item else ""
    return [_("Total"), *[""] * 6, quantity, whole.turns, whole.value, ""]
