"""The proof of the ledger: every balance is the sum of its moves, and every row has its moves.

A handful of grouped statements for the whole database, none per row; only rows that are off are read.
What is proved of each kind of row stands in ``proof_checks``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from directory.prepared import Prepared
from distributions.models import Allocation, DistributionLine
from distributions.proof_checks import Check, Fault, all_checks
from donors.models import CashBalance, SupplyLine
from needs.models import Need


@dataclass(frozen=True)
class Proof:
    """How many rows of each kind were proved, and what is off."""

    counted: dict[str, int]
    faults: list[Fault]


def prove() -> Proof:
    counted = {
        "needs": Need.objects.count(),
        "supply lines": SupplyLine.objects.count(),
        "cash lines": CashBalance.objects.count(),
        "allocations": Allocation.objects.count(),
        "distribution lines": DistributionLine.objects.count(),
    }
    return Proof(counted, list(faults()))


def faults() -> Iterator[Fault]:
    """Everything that is off, in the order of the chain."""
    for check in _checks():
        yield from check.faults()


def in_order() -> bool:
    """Whether nothing at all is off, in one statement; ``faults`` says what is."""
    return not _anything_off().ask()


@cache
def _anything_off() -> Prepared[tuple[Any, ...]]:
    first, *others = (check.wrong.order_by().values_list("pk") for check in _checks())
    return Prepared(lambda: first.union(*others, all=True))


@cache
def _checks() -> list[Check]:
    """Made once, so that a proof after each deed of a test costs no compiling."""
    return list(all_checks())
