"""The second set of books, in plain Python, that the portal's ledger is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import getmembers
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st

from directory.errors import Refusal
from directory.models import Agency, User
from distributions.models import Allocation, Distribution
from donors.models import PledgeLine, Purchase, Receipt, SupplyLine
from needs.models import Need
from tests.world import World

R = TypeVar("R")
WHICH = st.integers(min_value=0, max_value=399)
PIECES = st.integers(min_value=1, max_value=12)
PART = st.integers(min_value=0, max_value=9)
PARTS = ["quantity", "open", "in_transit", "delivered", "returned", "lost", "missing", "reversed"]
STOCK = ["quantity", "received", "refused", "withdrawn", "written_off", "moved", "allocated", "sent"]
MONEY = ["amount", "received", "withdrawn", "reserved", "spent"]
NEEDED = ["quantity", "covered", "delivered"]


@dataclass
class Supply:
    """``pledged``: not surplus, bought or moved; ``ended``: the donor gave it up, nothing comes again."""

    line: SupplyLine
    quantity: int
    received: int = 0
    refused: int = 0
    withdrawn: int = 0
    written_off: int = 0
    moved: int = 0
    allocated: int = 0
    sent: int = 0
    pledged: bool = True
    ended: bool = False
    came_from: Supply | None = None

    @property
    def free(self) -> int:
        gone = self.refused + self.withdrawn + self.written_off + self.moved
        return self.quantity - gone - self.allocated

    @property
    def to_come(self) -> int:
        return self.quantity - self.received - self.refused - self.withdrawn

    @property
    def is_open(self) -> bool:
        return self.is_promised_again and self.to_come > 0

    @property
    def is_promised_again(self) -> bool:
        """What a receipt booked is to come again when the receipt is taken back; else nobody expects it."""
        return self.pledged and not self.ended

    @property
    def loose(self) -> int:
        """What the donor may still take back."""
        return min(self.to_come, self.free)

    @property
    def in_stock(self) -> int:
        return self.received - self.written_off - self.moved - self.sent

    @property
    def movable(self) -> int:
        """What came and no allocation counts on."""
        return max(self.received - self.written_off - self.moved - self.allocated, 0)

    @property
    def pledge_line(self) -> PledgeLine:
        return self.line.pledge_line


@dataclass
class Money:
    """A cash line, whole đồng."""

    line: PledgeLine
    quantity: int
    received: int = 0
    withdrawn: int = 0
    reserved: int = 0
    spent: int = 0
    refused: int = 0
    pledged: bool = True
    ended: bool = False

    @property
    def amount(self) -> int:
        return self.quantity

    @property
    def free(self) -> int:
        return self.received - self.reserved - self.spent

    @property
    def to_come(self) -> int:
        return self.quantity - self.received - self.withdrawn

    @property
    def is_open(self) -> bool:
        return not self.ended and self.to_come > 0

    @property
    def loose(self) -> int:
        return self.to_come

    @property
    def in_stock(self) -> int:
        return self.free

    @property
    def pledge_line(self) -> PledgeLine:
        return self.line


Promise = Supply | Money


@dataclass
class Came:
    """A receipt; ``parts``: of each line how much was accepted and refused (the second is a surplus)."""

    row: Receipt
    parts: list[tuple[Promise, int, int]]
    taken_back: bool = False


@dataclass
class Buying:
    row: Purchase
    money: Money
    supply: Supply
    state: str = "planned"


@dataclass
class Wanted:
    need: Need
    quantity: int
    covered: int = 0
    delivered: int = 0

    @property
    def lacking(self) -> int:
        return self.quantity - self.covered


@dataclass
class Share:
    """An allocation."""

    row: Allocation
    supply: Supply
    wanted: Wanted
    quantity: int
    open: int
    in_transit: int = 0
    delivered: int = 0
    returned: int = 0
    lost: int = 0
    missing: int = 0
    reversed: int = 0
    planned: int = 0

    @property
    def unplanned(self) -> int:
        return self.open - self.planned


@dataclass
class Trip:
    """A distribution of one line."""

    row: Distribution
    share: Share
    quantity: int
    state: str = "planned"
    received: int = 0
    returned: int = 0
    lost: int = 0
    missing: int = 0


def deed(when: Callable[[Any], object], times: int = 1, **given: st.SearchStrategy[Any]) -> Any:
    """Something people do; ``when`` there is anything to do it with, ``times`` as often as others.

    Not a rule of hypothesis: of those it leaves most out of most runs, and a chain from pledge to correction
    needs many different ones.
    """

    def mark(function: Any) -> Any:
        function.when, function.times, function.given = when, times, given
        return function

    return mark


class PlainBooks:
    """What the deeds of a machine read and write; each kind of deed is a class beside it.

    ``deeds`` and ``moves`` count over all runs of a machine, so that its test can tell what was reached.
    """

    deeds: ClassVar[Counter[str]]
    moves: ClassVar[Counter[str]]
    all_deeds: ClassVar[list[Any]]
    world: World
    coordinator: User
    second: User
    behalves: dict[str, Agency]
    keepers: list[Agency | None]
    band: int
    supplies: list[Supply]
    wanted: list[Wanted]
    monies: list[Money]
    receipts: list[Came]
    buyings: list[Buying]
    shares: list[Share]
    trips: list[Trip]

    @classmethod
    def deeds_of(cls) -> list[Any]:
        return [one for _name, one in getmembers(cls, lambda member: hasattr(member, "given"))]

    def possible(self) -> list[Any]:
        """The deeds that may be done now, each as many times as it is to weigh."""
        return [one for one in self.all_deeds if one.when(self) for _time in range(one.times)]

    def tried(self, name: str, deed: Any, allowed: bool) -> Any:
        """What the deed returned, None if it was refused; refused exactly if it is not allowed."""
        try:
            done = deed()
        except Refusal:
            assert not allowed
            self.deeds[f"{name} refused"] += 1
            return None
        assert allowed
        self.deeds[name] += 1
        return done

    @staticmethod
    def pick(rows: Sequence[R], which: int, fits: Callable[[R], object]) -> R:
        """Mostly one with which the deed may be done, if there is one: else hardly anything would arrive."""
        fitting = [row for row in rows if fits(row)]
        number, odd = divmod(which, 8)
        chosen = fitting if fitting and odd < 7 else rows
        return chosen[number % len(chosen)]

    @staticmethod
    def some(left: int, part: int) -> int:
        """As many eighths of what is left, at least 1; of nine one too many, to see the refusal."""
        return left + 1 if part == 9 else max(left * part // 8, 1)
