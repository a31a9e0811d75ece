"""The second set of books, in plain Python, that the portal's ledger is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

from directory.errors import Refusal
from directory.models import Agency, User
from distributions.models import Allocation, Distribution
from donors.models import PledgeLine, Purchase, SupplyLine
from needs.models import Need
from tests.world import World

R = TypeVar("R")
WHICH = st.integers(min_value=0, max_value=50)
PIECES = st.integers(min_value=1, max_value=12)
DONG = st.integers(min_value=1, max_value=10)
PARTS = ["quantity", "open", "in_transit", "delivered", "returned", "lost", "missing", "reversed"]
STOCK = ["quantity", "received", "withdrawn", "written_off", "moved", "allocated", "sent"]
MONEY = ["received", "reserved", "spent"]
NEEDED = ["quantity", "covered", "delivered"]


@dataclass
class Supply:
    line: SupplyLine
    quantity: int
    received: int = 0
    withdrawn: int = 0
    written_off: int = 0
    moved: int = 0
    allocated: int = 0
    sent: int = 0
    pledged: bool = True
    came_from: Supply | None = None

    @property
    def free(self) -> int:
        return self.quantity - self.withdrawn - self.written_off - self.moved - self.allocated

    @property
    def to_come(self) -> int:
        return self.quantity - self.received - self.withdrawn

    @property
    def in_stock(self) -> int:
        return self.received - self.written_off - self.moved - self.sent

    @property
    def movable(self) -> int:
        """What came and no allocation counts on."""
        return self.received - self.written_off - self.moved - self.allocated


@dataclass
class Money:
    """A cash line that came in full."""

    line: PledgeLine
    received: int
    reserved: int = 0
    spent: int = 0

    @property
    def free(self) -> int:
        return self.received - self.reserved - self.spent


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


class PlainBooks:
    """What the deeds of a machine read and write; each kind of deed is a class beside it."""

    world: World
    coordinator: User
    second: User
    behalves: dict[str, Agency]
    keepers: list[Agency | None]
    band: int
    supplies: list[Supply]
    wanted: list[Wanted]
    monies: list[Money]
    buyings: list[Buying]
    shares: list[Share]
    trips: list[Trip]

    def tried(self, deed: Any, allowed: bool) -> Any:
        """What the deed returned, None if it was refused; refused exactly if it is not allowed."""
        try:
            done = deed()
        except Refusal:
            assert not allowed
            return None
        assert allowed
        return done

    @staticmethod
    def pick(rows: Sequence[R], which: int, fits: Callable[[R], object]) -> R:
        """Mostly one with which the deed may be done, if there is one: else hardly anything would arrive."""
        fitting = [row for row in rows if fits(row)]
        chosen = fitting if fitting and which % 4 else rows
        return chosen[which % len(chosen)]
