"""What of some supply lies where, in figures that add up: over one line, a custodian, or all.

What went to another custodian counts there and no longer here, so that totals count every piece once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from directory.models import Agency
from donors.models import PledgeLine, Purchase, SupplyBalance, SupplyLine
from donors.models.supply import SupplyLineQuerySet
from needs.models import SupportItem


@dataclass(frozen=True)
class Stock:
    """In the item's unit. promised = received + to come; received = in stock + sent + written off;
    promised = allocated + written off + left."""

    promised: int = 0
    received: int = 0
    allocated: int = 0
    sent: int = 0
    written_off: int = 0

    @classmethod
    def of(cls, balance: SupplyBalance) -> Stock:
        gone = balance.refused + balance.withdrawn + balance.moved
        return cls(
            promised=balance.quantity - gone,
            received=balance.received - balance.moved,
            allocated=balance.allocated,
            sent=balance.sent,
            written_off=balance.written_off,
        )

    def __add__(self, other: Stock) -> Stock:
        return Stock(
            self.promised + other.promised,
            self.received + other.received,
            self.allocated + other.allocated,
            self.sent + other.sent,
            self.written_off + other.written_off,
        )

    @property
    def to_come(self) -> int:
        return self.promised - self.received

    @property
    def in_stock(self) -> int:
        return self.received - self.sent - self.written_off

    @property
    def left(self) -> int:
        """What may still be allocated."""
        return self.promised - self.allocated - self.written_off


@dataclass(frozen=True)
class Spending:
    """A purchase and what became of its goods, wherever they went since."""

    purchase: Purchase
    lines: list[SupplyLine]

    @property
    def stock(self) -> Stock:
        return sum((Stock.of(line.balance) for line in self.lines), Stock())


def spendings_of(cash_line: PledgeLine) -> list[Spending]:
    """Every purchase that a cash line paid, oldest first, with its goods; three queries in all."""
    purchases = list(cash_line.purchases.for_list().order_by("pk"))
    lines = list(cash_line.supply_lines.select_related("balance", "custodian").order_by("pk"))
    return [Spending(purchase, with_moved(purchase.supply_line_id, lines)) for purchase in purchases]


def with_moved(root: int, lines: Iterable[SupplyLine]) -> list[SupplyLine]:
    """The line and those that were moved out of it; a line is younger than the one it left."""
    found: dict[int, SupplyLine] = {}
    for line in lines:
        if line.pk == root or line.moved_from_id in found:
            found[line.pk] = line
    return list(found.values())


@dataclass(frozen=True)
class Kept:
    """What one office keeps of an item."""

    item: SupportItem
    custodian: Agency
    stock: Stock
    lines: int


@dataclass(frozen=True)
class KeptItem:
    """An item with all who keep it; ``stock``: of all of them."""

    item: SupportItem
    rows: list[Kept]

    @property
    def stock(self) -> Stock:
        return sum((row.stock for row in self.rows), Stock())


def kept(lines: SupplyLineQuerySet) -> list[Kept]:
    """What each custodian has of each item, in the order of the catalogue; three queries in all."""
    sums = list(lines.sums_by_keeper())
    items = SupportItem.objects.select_related("area").in_bulk({row["item"] for row in sums})
    keepers = Agency.objects.in_bulk({row["custodian"] for row in sums})
    rows = [
        Kept(
            items[row["item"]],
            keepers[row["custodian"]],
            Stock(*(row[name] for name in ("promised", "received", "allocated", "sent", "written_off"))),
            row["lines"],
        )
        for row in sums
    ]
    return sorted(
        rows, key=lambda row: (row.item.area.order, row.item.order, row.item.pk, str(row.custodian))
    )


def with_totals(rows: Iterable[Kept]) -> list[KeptItem]:
    return [KeptItem(item, list(found)) for item, found in groupby(rows, key=lambda row: row.item)]
