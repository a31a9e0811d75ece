"""Stock and its movements as files. Each shows what its page shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from documents.exports import ListColumn, ListFile
from donors.models import StockMovement
from donors.stock import Kept

STOCK = ListFile[Kept](
    gettext_lazy("Stock by custodian"),
    "ton-kho",
    [
        ListColumn(gettext_lazy("Support area"), 22, lambda row: str(row.item.area)),
        ListColumn(gettext_lazy("Goods or service"), 30, lambda row: str(row.item)),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda row: row.item.unit),
        ListColumn(gettext_lazy("Kept by"), 34, lambda row: str(row.custodian)),
        ListColumn(gettext_lazy("Promised"), 12, lambda row: row.stock.promised),
        ListColumn(gettext_lazy("Received"), 12, lambda row: row.stock.received),
        ListColumn(gettext_lazy("To come"), 12, lambda row: row.stock.to_come),
        ListColumn(gettext_lazy("Sent"), 12, lambda row: row.stock.sent),
        ListColumn(gettext_lazy("Written off"), 12, lambda row: row.stock.written_off),
        ListColumn(gettext_lazy("In stock"), 12, lambda row: row.stock.in_stock),
        ListColumn(gettext_lazy("Allocated"), 12, lambda row: row.stock.allocated),
        ListColumn(gettext_lazy("Left to allocate"), 12, lambda row: row.stock.left),
    ],
)

MOVEMENTS = ListFile[StockMovement](
    gettext_lazy("Movements of stock"),
    "chuyen-kho",
    [
        ListColumn(gettext_lazy("Code"), 14, lambda movement: movement.code),
        ListColumn(gettext_lazy("Moved on"), 12, lambda movement: movement.occurred_on),
        ListColumn(gettext_lazy("Goods or service"), 30, lambda movement: str(movement.source.item)),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda movement: movement.source.item.unit),
        ListColumn(gettext_lazy("Quantity"), 12, lambda movement: movement.quantity),
        ListColumn(gettext_lazy("Moved back"), 12, lambda movement: movement.moved_back),
        ListColumn(gettext_lazy("From custodian"), 34, lambda movement: str(movement.source.custodian)),
        ListColumn(gettext_lazy("To custodian"), 34, lambda movement: str(movement.target.custodian)),
        ListColumn(gettext_lazy("Pledge"), 14, lambda movement: movement.source.pledge_line.pledge.code),
        ListColumn(gettext_lazy("Reason"), 34, lambda movement: movement.reason),
        ListColumn(gettext_lazy("By"), 22, lambda movement: str(movement.by)),
    ],
)
