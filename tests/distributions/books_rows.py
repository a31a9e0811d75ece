"""The rows of the second set of books: what the portal's balances must say, kept in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from directory import clock
from distributions.models import Allocation, Distribution
from donors.models import Donor, Pledge, PledgeLine, Purchase, Receipt, SupplyLine
from needs.models import Need

PARTS = ["quantity", "open", "in_transit", "delivered", "returned", "lost", "missing", "reversed"]
STOCK = ["quantity", "received", "refused", "withdrawn", "written_off", "moved", "allocated", "sent", "donor"]
MONEY = ["amount", "received", "withdrawn", "reserved", "spent", "donor"]
NEEDED = ["quantity", "covered", "delivered"]
ENTRY = ["pk", "kept"]


@dataclass
class Giver:
    """An entry of the registry; ``into``: the entry that it was merged into."""

    row: Donor
    into: Giver | None = None

    @property
    def pk(self) -> int:
        return self.row.pk

    @property
    def kept(self) -> int | None:
        return self.into.pk if self.into else None


@dataclass
class Gift:
    """A pledge; ``receipt``: of what was brought without one."""

    row: Pledge
    giver: Giver
    due_on: date | None = None
    receipt: Receipt | None = None

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()


class OfAGift:
    """What somebody gave, as it was given or what became of it."""

    gift: Gift

    @property
    def donor(self) -> int:
        return self.gift.giver.pk


@dataclass
class Supply(OfAGift):
    """``pledged``: not surplus, bought or moved; ``ended``: the donor gave it up, nothing comes again."""

    line: SupplyLine
    gift: Gift
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
class Money(OfAGift):
    """A cash line, whole đồng."""

    line: PledgeLine
    gift: Gift
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
        return self.pledged and not self.ended and self.to_come > 0

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
    walk_in: bool = False
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
