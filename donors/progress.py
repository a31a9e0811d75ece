"""How far each line of a pledge is: goods and cash in the same columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from donors.models import Pledge, PledgeLine, SupplyBalance, SupplyLine
from donors.stock import with_moved


@dataclass(frozen=True)
class Progress:
    """Pieces (in the item's unit) or đồng of one supply line or cash line; the parts of ``promised``."""

    line: PledgeLine
    promised: int
    received: int
    refused: int
    withdrawn: int
    allocated: int
    sent: int
    supply: SupplyLine | None = None

    @property
    def is_surplus(self) -> bool:
        return self.supply is not None and self.supply.origin == SupplyLine.Origin.SURPLUS

    @property
    def to_come(self) -> int:
        return self.promised - self.received - self.refused - self.withdrawn

    @property
    def in_stock(self) -> int:
        return self.received - self.sent

    @property
    def left(self) -> int:
        """What may still be allocated (cash: spent)."""
        return self.promised - self.refused - self.withdrawn - self.allocated

    @cached_property
    def unit_value(self) -> int:
        return self.supply.unit_value if self.supply else 0


def progress_of(pledge: Pledge) -> list[Progress]:
    """Every line of a pledge loaded with ``PledgeLine.objects.with_progress()``, its surplus under it."""
    return [row for line in pledge.lines.all() for row in _rows(line)]


def _rows(line: PledgeLine) -> Iterator[Progress]:
    if not line.is_goods:
        cash = line.cash
        used = cash.reserved + cash.spent
        yield Progress(line, cash.amount, cash.received, 0, cash.withdrawn, used, cash.spent)
        return
    lines = sorted(line.supply_lines.all(), key=lambda supply: supply.pk)
    for supply in lines:
        if supply.moved_from_id is None:
            yield _goods(line, supply, [part.balance for part in with_moved(supply.pk, lines)])


def _goods(line: PledgeLine, supply: SupplyLine, parts: list[SupplyBalance]) -> Progress:
    """``parts``: of the supply line and of those that hold what was moved out of it."""
    balance = supply.balance
    written_off = sum(part.written_off for part in parts)
    return Progress(
        line,
        balance.quantity,
        balance.received,
        balance.refused,
        balance.withdrawn,
        sum(part.allocated for part in parts) + written_off,
        sum(part.sent for part in parts) + written_off,
        supply,
    )
