"""What ``proof`` proves of each kind of row: a grouped statement over the bare tables for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from directory.prepared import Prepared
from distributions.models import (
    Allocation,
    AllocationBalance,
    AllocationMove,
    ChildTurns,
    DeliveryCorrection,
    DistributionLine,
)
from distributions.states import DistributionState
from donors.models import (
    CashBalance,
    CashMove,
    PledgeLine,
    Purchase,
    ReceiptLine,
    StockMovement,
    SupplyBalance,
    SupplyLine,
    SupplyMove,
)
from donors.states import PurchaseState
from needs.models import Need, NeedBalance

Allocated, Supplied, Paid = AllocationMove.Kind, SupplyMove.Kind, CashMove.Kind
SHORT = (Allocated.RETURN, Allocated.LOSE, Allocated.MISS)
"""What was sent and did not reach the children."""


@dataclass(frozen=True)
class Fault:
    """A row that is off: what it says in ``column`` and what the moves prove. None: the row is missing."""

    row: str
    column: str
    says: int | None
    moves: int | None

    def __str__(self) -> str:
        if self.says is None:
            return f"{self.row}: has no {self.column}"
        return f"{self.row}: {self.column} is {self.says}, the moves make {self.moves}"


def all_checks() -> Checks:
    yield from _needs()
    yield from _supply()
    yield from _cash()
    yield from _allocations()
    yield from _lines()
    yield from _corrections()
    yield from _purchases()
    yield from _movements()
    yield from _without_balance()


def _moved(path: str, *kinds: str, quantity: str = "quantity", **only: Any) -> Any:
    """The sum of the moves of some kinds along ``path``, 0 if there are none."""
    return Coalesce(Sum(f"{path}__{quantity}", filter=Q(**{f"{path}__kind__in": kinds}, **only)), 0)


class _Sums:
    """The rows one of whose columns differs from what its moves make.

    One grouped statement over the bare table; names are read only of what is off. ``owner``: what a
    balance belongs to; its name is what a person would call the row.
    """

    def __init__(self, rows: QuerySet[Any], label: str, owner: str = "", **proved: Any) -> None:
        self.rows, self.label, self.owner, self.columns = rows, label, owner, tuple(proved)
        sums = {f"proved_{column}": expression for column, expression in proved.items()}
        wrong = Q()
        for column in proved:
            wrong |= ~Q(**{column: F(f"proved_{column}")})
        self.wrong = rows.select_related(None).values("pk").annotate(**sums).filter(wrong)
        self.off = Prepared[tuple[Any, ...]](lambda: self.wrong.order_by("pk").values_list("pk", *sums))

    def faults(self) -> Iterator[Fault]:
        off = {pk: sums for pk, *sums in self.off.ask()}
        found = self.rows.in_bulk(off) if off else {}
        for pk, sums in off.items():
            row = found[pk]
            name = getattr(row, self.owner) if self.owner else row
            for column, moves in zip(self.columns, sums, strict=True):
                if (says := getattr(row, column)) != moves:
                    yield Fault(f"{self.label} {pk} ({name})", column, says, moves)


class _Rows:
    """Rows that should not be; ``says`` names what is wrong with one."""

    def __init__(self, rows: QuerySet[Any], says: Callable[[Any], Iterator[Fault]]) -> None:
        self.wrong, self.says = rows.select_related(None), says
        self.off = Prepared[Any](lambda: rows.order_by("pk"))

    def faults(self) -> Iterator[Fault]:
        for row in self.off.ask():
            yield from self.says(row)


Check = _Sums | _Rows
Checks = Iterator[Check]


def _needs() -> Checks:
    rows = NeedBalance.objects.select_related("need__item", "need__age_band", "need__place__unit")
    same = {name: F(f"need__{name}") for name in ("round_id", "place_id", "item_id")}
    yield _Sums(rows, "need", "need", **same)
    yield _Sums(rows, "need", "need", quantity=Coalesce(Sum("need__moves__delta"), 0))
    path = "need__allocations__moves"
    gone = _moved(path, Allocated.REVERSE, *SHORT)
    yield _Sums(
        rows,
        "need",
        "need",
        covered=_moved(path, Allocated.ALLOCATE) - gone,
        delivered=_moved(path, Allocated.DELIVER),
    )


def _supply() -> Checks:
    rows = SupplyBalance.objects.select_related("line__item", "line__pledge_line__pledge")
    path = "line__moves"
    yield _Sums(
        rows,
        "supply line",
        "line",
        quantity=_moved(path, Supplied.OPEN),
        received=_moved(path, Supplied.RECEIVE, Supplied.MOVE_IN),
        refused=_moved(path, Supplied.REFUSE),
        withdrawn=_moved(path, Supplied.WITHDRAW),
        written_off=_moved(path, Supplied.WRITE_OFF),
        moved=_moved(path, Supplied.MOVE_OUT),
    )
    path = "line__allocations__moves"
    yield _Sums(
        rows,
        "supply line",
        "line",
        allocated=_moved(path, Allocated.ALLOCATE) - _moved(path, Allocated.REVERSE, Allocated.RETURN),
        sent=_moved(path, Allocated.SEND) - _moved(path, Allocated.RETURN),
    )


def _cash() -> Checks:
    yield _Sums(
        CashBalance.objects.select_related("line__pledge", "line__item"),
        "cash line",
        "line",
        amount=_moved("line__cash_moves", Paid.PLEDGE, quantity="amount"),
        received=_moved("line__cash_moves", Paid.RECEIVE, quantity="amount"),
        withdrawn=_moved("line__cash_moves", Paid.WITHDRAW, quantity="amount"),
        reserved=_moved("line__cash_moves", Paid.RESERVE, quantity="amount")
        - _moved("line__cash_moves", Paid.RELEASE, quantity="amount"),
        spent=_moved("line__cash_moves", Paid.SPEND, quantity="amount"),
    )


def _allocations() -> Checks:
    rows = AllocationBalance.objects.select_related(
        "allocation__supply_line__item",
        "allocation__supply_line__pledge_line__pledge",
        "allocation__need__item",
        "allocation__need__age_band",
        "allocation__need__place__unit",
    )
    path = "allocation__moves"
    arrived = _moved(path, Allocated.DELIVER, *SHORT)
    sent, reversed_ = _moved(path, Allocated.SEND), _moved(path, Allocated.REVERSE)
    yield _Sums(
        rows,
        "allocation",
        "allocation",
        quantity=_moved(path, Allocated.ALLOCATE),
        open=_moved(path, Allocated.ALLOCATE) - sent - reversed_,
        in_transit=sent - arrived,
        delivered=_moved(path, Allocated.DELIVER),
        returned=_moved(path, Allocated.RETURN),
        lost=_moved(path, Allocated.LOSE),
        missing=_moved(path, Allocated.MISS),
        reversed=reversed_,
    )
    yield _Rows(rows.exclude(quantity=F("allocation__quantity")), _other_quantity)


def _other_quantity(row: AllocationBalance) -> Iterator[Fault]:
    whole = row.allocation.quantity
    yield Fault(f"allocation {row.pk} ({row.allocation})", "quantity", row.quantity, whole)


def _lines() -> Checks:
    """A line that was sent or confirmed moved exactly what it says."""
    goods = DistributionLine.objects.filter(allocation__isnull=False).select_related(
        "distribution", "allocation__need__item"
    )
    left = goods.filter(distribution__state__in=[DistributionState.SENT, DistributionState.CONFIRMED])
    yield _Sums(left, "distribution line", planned=_moved("moves", Allocated.SEND))
    stayed = goods.exclude(distribution__state__in=[DistributionState.SENT, DistributionState.CONFIRMED])
    yield _Rows(stayed.annotate(sent=_moved("moves", Allocated.SEND)).exclude(sent=0), _sent_without_leaving)
    confirmed = goods.filter(received__isnull=False)
    yield _Sums(
        confirmed,
        "distribution line",
        received=_moved("moves", Allocated.DELIVER, moves__correction=None),
        returned=_moved("moves", Allocated.RETURN),
        lost=_moved("moves", Allocated.LOSE),
        missing=_moved("moves", Allocated.MISS),
    )
    yield _Sums(
        ReceiptLine.objects.filter(supply_line__isnull=False).select_related("receipt"),
        "receipt line",
        accepted=_moved("supply_moves", Supplied.RECEIVE),
        refused=_moved("supply_moves", Supplied.REFUSE),
    )


def _sent_without_leaving(row: Any) -> Iterator[Fault]:
    """Of a plan nothing has left; of what was called back all has come back."""
    yield Fault(f"distribution line {row.pk} ({row})", "sent", 0, row.sent)


def _corrections() -> Checks:
    """A correction moved exactly what it says, and a line is corrected by what its corrections say."""
    rows = DeliveryCorrection.objects.select_related("line__distribution", "line__allocation__need__item")
    yield _Sums(
        rows.filter(line__allocation__isnull=False),
        "correction",
        received=_moved("moves", Allocated.DELIVER),
        returned=_moved("moves", Allocated.RETURN),
        lost=_moved("moves", Allocated.LOSE),
        missing=_moved("moves", Allocated.MISS),
    )
    lines = DistributionLine.objects.select_related("distribution", "service", "allocation__need__item")
    yield _Sums(lines, "distribution line", corrected=Coalesce(Sum("corrections__received"), 0))
    same_band = Q(line__corrections__turns__age_band=F("age_band"))
    turns = Sum("line__corrections__turns__turns", filter=same_band)
    counted = ChildTurns.objects.select_related("age_band")
    yield _Sums(counted, "child-turns", corrected=Coalesce(turns, 0))


def _purchases() -> Checks:
    """A purchase reserved, spent and received exactly what it says, and no longer reserves once closed.

    One that is not done (again) has spent and received nothing in the end.
    """
    rows = Purchase.objects.select_related("item")
    reserved = _moved("cash_moves", Paid.RESERVE, quantity="amount")
    yield _Sums(rows, "purchase", reserved=reserved)
    closed = rows.exclude(state=PurchaseState.PLANNED)
    yield _Sums(closed, "purchase", reserved=_moved("cash_moves", Paid.RELEASE, quantity="amount"))
    done = rows.filter(state=PurchaseState.DONE)
    yield _Sums(done, "purchase", spent=_moved("cash_moves", Paid.SPEND, quantity="amount"))
    yield _Sums(done, "purchase", received=_moved("supply_moves", Supplied.RECEIVE))
    yield from _not_done(rows.exclude(state=PurchaseState.DONE))


def _not_done(rows: QuerySet[Any]) -> Checks:
    """What was taken back cancels out: nothing spent or received, and what is planned is still reserved."""
    released = Q(state=PurchaseState.PLANNED) & ~Q(released=0)
    paid = rows.annotate(
        paid=_moved("cash_moves", Paid.SPEND, quantity="amount"),
        released=_moved("cash_moves", Paid.RELEASE, quantity="amount"),
    )
    yield _Rows(paid.filter(released | ~Q(paid=0)), _paid)
    yield _Rows(rows.annotate(came=_moved("supply_moves", Supplied.RECEIVE)).exclude(came=0), _came)


def _paid(row: Any) -> Iterator[Fault]:
    if row.paid:
        yield Fault(f"purchase {row.pk} ({row})", "spent", 0, row.paid)
    if row.is_planned and row.released:
        yield Fault(f"purchase {row.pk} ({row})", "reserved", row.reserved, row.reserved - row.released)


def _came(row: Any) -> Iterator[Fault]:
    yield Fault(f"purchase {row.pk} ({row})", "received", 0, row.came)


def _movements() -> Checks:
    """What left one custodian came to the other."""
    for kind in (Supplied.MOVE_OUT, Supplied.MOVE_IN):
        left = F("moved_back") + _moved("supply_moves", kind)
        yield _Sums(StockMovement.objects.all(), "movement", quantity=left)


def _without_balance() -> Checks:
    cash = PledgeLine.objects.filter(kind=PledgeLine.Kind.CASH, cash__isnull=True)
    goods = PledgeLine.objects.filter(kind=PledgeLine.Kind.GOODS, supply_lines__isnull=True)
    orphans: list[tuple[str, str, QuerySet[Any]]] = [
        ("need", "balance", Need.objects.filter(balance__isnull=True)),
        ("supply line", "balance", SupplyLine.objects.filter(balance__isnull=True)),
        ("allocation", "balance", Allocation.objects.filter(balance__isnull=True)),
        ("cash line", "balance", cash.select_related("pledge", "item")),
        ("pledge line", "supply line", goods.select_related("pledge", "item")),
    ]
    for label, missing, rows in orphans:
        yield _Rows(rows, partial(_lacks, label, missing))


def _lacks(label: str, missing: str, row: Any) -> Iterator[Fault]:
    yield Fault(f"{label} {row.pk} ({row})", missing, None, None)
