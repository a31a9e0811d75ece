"""Money given and what it bought, as files. Each shows what its page shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from documents.exports import ListColumn, ListFile
from documents.spreadsheet import Value
from donors.models import PledgeLine, Purchase

MONEY = ListFile[PledgeLine](
    gettext_lazy("Money given"),
    "tien-tai-tro",
    [
        ListColumn(gettext_lazy("Pledge"), 14, lambda line: line.pledge.code),
        ListColumn(gettext_lazy("Giver"), 34, lambda line: str(line.pledge.giver)),
        ListColumn(gettext_lazy("Purpose"), 30, lambda line: line.purpose),
        ListColumn(gettext_lazy("Meant for"), 30, lambda line: line.earmarked_for),
        ListColumn(gettext_lazy("Promised (đồng)"), 18, lambda line: line.cash.amount),
        ListColumn(gettext_lazy("Received (đồng)"), 18, lambda line: line.cash.received),
        ListColumn(gettext_lazy("Reserved (đồng)"), 18, lambda line: line.cash.reserved),
        ListColumn(gettext_lazy("Spent (đồng)"), 18, lambda line: line.cash.spent),
        ListColumn(gettext_lazy("Left (đồng)"), 18, lambda line: line.cash.free),
    ],
)

PURCHASES = ListFile[Purchase](
    gettext_lazy("Purchases"),
    "mua-sam",
    [
        ListColumn(gettext_lazy("Code"), 14, lambda purchase: purchase.code),
        ListColumn(gettext_lazy("State"), 16, lambda purchase: purchase.get_state_display()),
        ListColumn(gettext_lazy("Paid from"), 14, lambda purchase: purchase.cash_line.pledge.code),
        ListColumn(gettext_lazy("Giver"), 34, lambda purchase: str(purchase.cash_line.pledge.giver)),
        ListColumn(gettext_lazy("Goods or service"), 30, lambda purchase: str(purchase.item)),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda purchase: purchase.item.unit),
        ListColumn(gettext_lazy("Planned"), 12, lambda purchase: purchase.quantity),
        ListColumn(gettext_lazy("Received"), 12, lambda purchase: _once_done(purchase.received)),
        ListColumn(gettext_lazy("Price of one, đồng"), 16, lambda purchase: purchase.unit_price),
        ListColumn(gettext_lazy("Reserved (đồng)"), 18, lambda purchase: purchase.reserved),
        ListColumn(gettext_lazy("Spent (đồng)"), 18, lambda purchase: _once_done(purchase.spent)),
        ListColumn(gettext_lazy("Supplier"), 30, lambda purchase: purchase.supplier),
        ListColumn(gettext_lazy("Number of the invoice"), 18, lambda purchase: purchase.invoice),
        ListColumn(gettext_lazy("Date of the invoice"), 12, lambda purchase: purchase.invoiced_on or ""),
        ListColumn(gettext_lazy("To be bought by"), 12, lambda purchase: purchase.due_on or ""),
        ListColumn(gettext_lazy("Kept by"), 20, lambda purchase: purchase.custodian.short_name),
        ListColumn(gettext_lazy("Note"), 34, lambda purchase: purchase.note),
    ],
)


def _once_done(value: int | None) -> Value:
    """Nothing before the invoice is there: it is not missing."""
    return "" if value is None else value
