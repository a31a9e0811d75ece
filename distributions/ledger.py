"""The ledger's moves: guarded updates of the three balances, each with its row in the same transaction.

Quantities are whole numbers in the item's unit. An update says in its WHERE what must still hold, so two
people at once can never take the same thing; the CHECKs of the tables say it again. Row locks come in one
order everywhere (supply lines, needs, places, allocations, each by id): they make the messages right and
keep two deeds from waiting for each other. Call these inside an action only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import F, Model
from django.utils.translation import gettext as _

from directory.errors import NotEnough
from directory.models import User
from directory.prepared_writes import PreparedInsert, PreparedUpdate
from distributions.models import (
    Allocation,
    AllocationBalance,
    AllocationMove,
    DeliveryCorrection,
    DistributionLine,
)
from donors.models import SupplyBalance
from needs.models import NeedBalance

Kind = AllocationMove.Kind
MOST = 10**9  # more than forms take; two of it are within the columns
# What of a supply line nobody can allocate any more.
TAKEN = F("allocated") + F("refused") + F("withdrawn") + F("written_off") + F("moved")
# What each allocation writes, which many make at once.
TAKE_SUPPLY = PreparedUpdate(
    lambda pk, q: (
        SupplyBalance.objects.filter(pk=pk, quantity__gte=TAKEN + q),
        {"allocated": F("allocated") + q},
    )
)
TAKE_NEED = PreparedUpdate(
    lambda pk, q: (
        NeedBalance.objects.filter(pk=pk, quantity__gte=F("covered") + q),
        {"covered": F("covered") + q},
    )
)
BALANCES = PreparedInsert(AllocationBalance)
MOVES = PreparedInsert(AllocationMove)
B = TypeVar("B", SupplyBalance, NeedBalance, AllocationBalance)


@dataclass(frozen=True)
class Deed:
    """Who moves something, when it occurred and why."""

    by: User
    occurred_on: date
    reason: str = ""


@dataclass(frozen=True)
class Locked:
    """Balances by id, as they stand now and stay until this transaction ends."""

    supply: dict[int, SupplyBalance]
    needs: dict[int, NeedBalance]
    allocations: dict[int, AllocationBalance]


def lock(
    supply_lines: Iterable[int] = (), needs: Iterable[int] = (), allocations: Iterable[int] = ()
) -> Locked:
    """Lock balances in the fixed order. SQLite ignores the locks: there one writer runs at a time."""
    return Locked(
        _locked(SupplyBalance, supply_lines),
        _locked(NeedBalance, needs),
        _locked(AllocationBalance, allocations),
    )


def lock_of(allocations: Iterable[Allocation]) -> Locked:
    """Lock all that stands behind the allocations."""
    rows = list(allocations)
    return lock({row.supply_line_id for row in rows}, {row.need_id for row in rows}, {row.pk for row in rows})


def _locked(model: type[B], ids: Iterable[int]) -> dict[int, B]:
    wanted = set(ids)
    if not wanted:
        return {}
    rows = model._default_manager.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return {row.pk: row for row in rows}


def take(supply_line: int, need: int, q: int) -> bool:
    """Allocate: take up ``q`` (item's unit) of both balances, by id. They stay locked, in ``lock``'s order.

    False, and nothing changed, if one has not enough.
    """
    if q > MOST or not TAKE_SUPPLY.run(pk=supply_line, q=q):
        return False
    if TAKE_NEED.run(pk=need, q=q):
        return True
    TAKE_SUPPLY.run(pk=supply_line, q=-q)
    return False


def take_all(allocations: Sequence[Allocation]) -> None:
    """The same of many, whose balances are locked and have been looked at. Raises ``NotEnough``."""
    for allocation in allocations:
        q = allocation.quantity
        demand_moved(TAKE_SUPPLY.run(pk=allocation.supply_line_id, q=q))
        demand_moved(TAKE_NEED.run(pk=allocation.need_id, q=q))


def rows_of(allocations: Sequence[Allocation], deed: Deed) -> list[tuple[PreparedInsert[Any], list[Any]]]:
    """What stands beside allocations whose two balances are taken up, to be added."""
    balances = [
        AllocationBalance(allocation=row, quantity=row.quantity, open=row.quantity) for row in allocations
    ]
    moves = [_row(row, Kind.ALLOCATE, row.quantity, deed) for row in allocations]
    return [(BALANCES, balances), (MOVES, moves)]


def take_back(allocation: Allocation, q: int, deed: Deed) -> None:
    """Reverse: what is not yet sent is free again on both sides."""
    _change_supply(allocation, allocated=-q)
    _change_need(allocation, covered=-q)
    _change_allocation(allocation, open=-q, reversed=q)
    _write(allocation, Kind.REVERSE, q, deed)


def send_out(line: DistributionLine, deed: Deed) -> None:
    """Send: the goods leave the stock; only what was received can."""
    allocation, q = _goods(line), line.planned
    demand_moved(
        SupplyBalance.objects.filter(
            pk=allocation.supply_line_id, received__gte=F("sent") + F("written_off") + F("moved") + q
        ).update(sent=F("sent") + q)
    )
    _change_allocation(allocation, open=-q, in_transit=q)
    _write(allocation, Kind.SEND, q, deed, line)


def call_back(line: DistributionLine, deed: Deed) -> None:
    """Sent by mistake: the goods are in the stock again and still allocated, by a counter-row."""
    allocation, q = _goods(line), line.planned
    _change_supply(allocation, sent=-q)
    _change_allocation(allocation, open=q, in_transit=-q)
    _write(allocation, Kind.SEND, -q, deed, line)


@dataclass(frozen=True)
class Parts:
    """What is booked of a line, in the item's unit; a correction's are signed."""

    received: int = 0
    returned: int = 0
    lost: int = 0
    missing: int = 0

    @property
    def short(self) -> int:
        """What did not reach the children: it covers no need."""
        return self.returned + self.lost + self.missing

    @property
    def whole(self) -> int:
        return self.received + self.short

    def __sub__(self, other: Parts) -> Parts:
        return Parts(**{name: part - getattr(other, name) for name, part in vars(self).items()})


def arrive(line: DistributionLine, parts: Parts, deed: Deed) -> None:
    """Deliver, return, lose and miss: all that did not arrive reopens the need at once."""
    _book(line, parts, deed)


def settle(line: DistributionLine, returned: int, lost: int, deed: Deed) -> None:
    """What was missing came back to the stock, or is lost; its need is open since it was missing."""
    _book(line, Parts(returned=returned, lost=lost, missing=-returned - lost), deed)


def correct(correction: DeliveryCorrection, deed: Deed) -> None:
    """Counter-rows of what was confirmed wrongly.

    What has arrived after all needs room in the need, what did not come back must still lie in the stock.
    """
    parts = Parts(correction.received, correction.returned, correction.lost, correction.missing)
    _book(correction.line, parts, deed, correction)


def _book(
    line: DistributionLine, parts: Parts, deed: Deed, correction: DeliveryCorrection | None = None
) -> None:
    allocation = _goods(line)
    if parts.returned:
        _change_supply(allocation, sent=-parts.returned, allocated=-parts.returned)
    _change_need(allocation, covered=-parts.short, delivered=parts.received)
    _change_allocation(
        allocation,
        in_transit=-parts.whole,
        delivered=parts.received,
        returned=parts.returned,
        lost=parts.lost,
        missing=parts.missing,
    )
    kinds = {
        Kind.DELIVER: parts.received,
        Kind.RETURN: parts.returned,
        Kind.LOSE: parts.lost,
        Kind.MISS: parts.missing,
    }
    for kind, q in kinds.items():
        if q:
            _row(allocation, kind, q, deed, line, correction).save()


def _goods(line: DistributionLine) -> Allocation:
    if line.allocation is None:
        raise TypeError("A service moves no goods.")
    return line.allocation


def _change_supply(allocation: Allocation, **by: int) -> None:
    """What leaves the stock again must lie in it, and be allocated to nobody else."""
    room = {}
    if (q := by.get("allocated", 0)) > 0:
        room["quantity__gte"] = TAKEN + q
    if (q := by.get("sent", 0)) > 0:
        room["received__gte"] = F("sent") + F("written_off") + F("moved") + q
    _change(SupplyBalance, allocation.supply_line_id, by, room)


def _change_need(allocation: Allocation, **by: int) -> None:
    q = by.get("covered", 0)
    room = {"quantity__gte": F("covered") + q} if q > 0 else {}
    _change(NeedBalance, allocation.need_id, by, room)


def _change_allocation(allocation: Allocation, **by: int) -> None:
    _change(AllocationBalance, allocation.pk, by, {})


def _change(model: type[Model], pk: int, by: dict[str, int], room: dict[str, Any]) -> None:
    """Add to the columns; every column that goes down must hold as much. ``room``: what must hold besides."""
    enough = {f"{column}__gte": -delta for column, delta in by.items() if delta < 0}
    changes = {column: F(column) + delta for column, delta in by.items() if delta}
    if changes:
        demand_moved(model._default_manager.filter(pk=pk, **enough, **room).update(**changes))


def demand_moved(rows: int) -> None:
    """A guarded update changed its one row, or nothing may be saved. Raises ``NotEnough``."""
    if rows != 1:
        # The action has looked under its locks before: only a balance that is off leads here.
        raise NotEnough(
            _(
                "The figures changed while this was being saved, so nothing was saved. "
                "Reload the page and look at what is left."
            ),
            code="balance_moved",
        )


def _write(
    allocation: Allocation, kind: str, q: int, deed: Deed, line: DistributionLine | None = None
) -> None:
    _row(allocation, kind, q, deed, line).save()


def _row(
    allocation: Allocation,
    kind: str,
    q: int,
    deed: Deed,
    line: DistributionLine | None = None,
    correction: DeliveryCorrection | None = None,
) -> AllocationMove:
    return AllocationMove(
        allocation=allocation,
        kind=kind,
        quantity=q,
        distribution_line=line,
        correction=correction,
        by=deed.by,
        occurred_on=deed.occurred_on,
        reason=deed.reason,
    )
