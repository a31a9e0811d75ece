"""What a proposal is made from and what it says."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

Purpose = Hashable
AT_HAND, LATE = date.min, date.max
NO_DAY = LATE - timedelta(days=1)


class Why(StrEnum):
    """How a supply fits a need, the best first."""

    BOUND = "bound"  # the donor gave it for this purpose only
    MEANT = "meant"  # the donor would like it to go there
    FREE = "free"
    ELSEWHERE = "elsewhere"  # the donor would rather have it go elsewhere


class Gap(StrEnum):
    """Why a need stays uncovered."""

    NO_SUPPLY = "no_supply"  # there is none of this item
    BOUND = "bound_elsewhere"  # there is, but its donors bound it to other purposes
    SPENT = "spent"  # all that may go there goes to needs that come first
    SERVED = "served"  # another agency serves the place already
    OUT_OF_SCOPE = "out_of_scope"  # not a difficult commune, and nobody gave a reason


@dataclass(frozen=True, slots=True)
class Lack:
    """A need and what it lacks. ``purposes``: all that a donor may name and it lies in, the narrowest first.

    ``holders``: only what these agencies brought may go there (None: all). ``left_out``: it gets nothing.
    ``commune``: where it is, beside the stores of ``Offer``.
    """

    pk: int
    item: int
    quantity: int
    priority: int
    asked_on: date
    purposes: Sequence[Purpose] = ()
    holders: frozenset[int] | None = None
    left_out: Gap | None = None
    commune: Hashable = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A supply and what is left of it; ``at_hand`` of that is in stock, the rest is ``due``.

    ``overdue``: that day is past, so nobody knows when the rest will come. ``store``: the commune that keeps
    it; None: an office for all communes does.
    """

    pk: int
    item: int
    quantity: int
    at_hand: int = 0
    due: date | None = None
    purpose: Purpose | None = None
    binding: bool = False
    holder: int = 0
    store: Hashable = None
    overdue: bool = False

    @property
    def day(self) -> date:
        if self.at_hand:
            return AT_HAND
        return LATE if self.overdue else self.due or NO_DAY


@dataclass(frozen=True, slots=True)
class Detour:
    """A need got this supply instead of ``offer``, which ``need`` could not do without."""

    offer: int
    need: int


@dataclass(frozen=True, slots=True)
class Share:
    """One line of the plan. ``at_hand`` of it is in stock; ``alone``: nothing else covers the need.

    ``far``: another commune keeps it.
    """

    offer: int
    need: int
    quantity: int
    at_hand: int
    why: Why
    alone: bool
    detour: Detour | None = None
    far: bool = False


@dataclass(frozen=True, slots=True)
class Shortfall:
    need: int
    quantity: int
    why: Gap


@dataclass(frozen=True)
class Proposal:
    """Shares and shortfalls in the order in which the needs were served."""

    shares: list[Share] = field(default_factory=list)
    shortfalls: list[Shortfall] = field(default_factory=list)
