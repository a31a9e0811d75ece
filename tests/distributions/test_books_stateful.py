"""The books under whatever people do in whatever order, against a second set kept in plain Python.

Each deed must succeed exactly when the plain books allow it; after each the proof of ``check_ledger`` holds
and every balance is what the plain books say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from directory import clock
from directory.errors import Refusal
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    allocate,
    cancel_distribution,
    confirm_delivery,
    correct_delivery,
    default_pledge,
    plan_distribution,
    reverse_allocation,
    send_distribution,
    settle_missing,
)
from distributions.actions.correction_checks import stands
from distributions.default import fall_of
from distributions.models import Allocation, AllocationBalance, Distribution
from distributions.proof import faults
from donors.actions import (
    cancel_purchase,
    complete_purchase,
    move_stock,
    plan_purchase,
    restore_stock,
    take_back_purchase,
    write_off_stock,
)
from donors.models import CashBalance, PledgeLine, Purchase, SupplyBalance, SupplyLine
from needs.models import Need, NeedBalance
from tests.distributions import build
from tests.donors import build as donors
from tests.donors import buying
from tests.needs.build import approved_need
from tests.world import World

# examples, steps
SHORT_AND_LONG = [(25, 20), pytest.param((1000, 50), marks=pytest.mark.deep)]
WHICH = st.integers(min_value=0, max_value=50)
PARTS = ["quantity", "open", "in_transit", "delivered", "returned", "lost", "missing", "reversed"]
STOCK = ["quantity", "received", "withdrawn", "written_off", "moved", "allocated", "sent"]
MONEY = ["received", "reserved", "spent"]
PIECES = st.integers(min_value=1, max_value=12)
DONG = st.integers(min_value=1, max_value=10)
SURVEYED = 6  # what the survey of Ia Đal asks for, before it is corrected


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


class Books(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.coordinator = self.world.user("coordinator")
        self.second = self.world.user("coordinator.2")
        self.behalves = {unit: self.world.agency(f"UBND {unit}") for unit in ("xã Ia Dom", "xã Ia Đal")}
        self.keepers = [self.coordinator.agency, *self.behalves.values()]
        self.band = self.world.band("3-5").pk
        self.supplies: list[Supply] = []
        self.wanted: list[Wanted] = []
        self.monies: list[Money] = []
        self.buyings: list[Buying] = []
        self.shares: list[Share] = []
        self.trips: list[Trip] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def tried(self, deed: Any, allowed: bool) -> Any:
        """What the deed returned, None if it was refused; refused exactly if it is not allowed."""
        try:
            done = deed()
        except Refusal:
            assert not allowed
            return None
        assert allowed
        return done

    @initialize(first=PIECES, second=PIECES)
    def needs(self, first: int, second: int) -> None:
        self.wanted.append(Wanted(Need.objects.get(), SURVEYED))
        for number, quantity in ((1, first), (2, second)):
            place = self.world.village("Ia Dom", number)
            self.wanted.append(Wanted(build.need_of(self.world, quantity, place=place), quantity))
        self.pledge(10)
        self.give_money(20)

    @rule(quantity=PIECES)
    def pledge(self, quantity: int) -> None:
        line = build.supply_of(self.world, quantity, received=0)
        self.supplies.append(Supply(line, quantity))

    @rule(which=WHICH, quantity=PIECES)
    def receive(self, which: int, quantity: int) -> None:
        pledged = [supply for supply in self.supplies if supply.pledged]
        supply = pledged[which % len(pledged)]
        quantity = min(quantity, supply.to_come)
        if quantity:
            donors.received(self.world, supply.line.pledge_line.pledge, quantity, occurred_on=clock.today())
            supply.received += quantity

    @rule(which=WHICH)
    def default(self, which: int) -> None:
        """The donor does not keep a pledge: what nothing in stock covers falls, the latest plans first."""
        pledged = [supply for supply in self.supplies if supply.pledged]
        supply = pledged[which % len(pledged)]
        pledge = supply.line.pledge_line.pledge
        done = self.tried(
            lambda: default_pledge(
                by=self.coordinator, pledge=pledge, reason="Thôi", seen=fall_of(pledge).figures()
            ),
            allowed=supply.to_come > 0,
        )
        if done:
            self.book_fall(supply)
            supply.withdrawn += supply.to_come

    def book_fall(self, supply: Supply) -> None:
        left = supply.in_stock
        shares = [share for share in self.shares if share.supply is supply]
        for share in sorted(shares, key=lambda share: share.wanted.need.priority):
            stays = min(share.open, left)
            falls, left = share.open - stays, left - stays
            share.open -= falls
            share.reversed += falls
            supply.allocated -= falls
            share.wanted.covered -= falls
            self.take_out(share, max(share.planned - stays, 0))

    def take_out(self, share: Share, quantity: int) -> None:
        share.planned -= quantity
        for trip in reversed([one for one in self.trips if one.share is share and one.state == "planned"]):
            taken = min(trip.quantity, quantity)
            trip.quantity, quantity = trip.quantity - taken, quantity - taken
            trip.state = trip.state if trip.quantity else "cancelled"

    @rule(amount=st.integers(min_value=1, max_value=60))
    def give_money(self, amount: int) -> None:
        self.monies.append(Money(buying.money_of(self.world, amount), amount))

    @rule(which=WHICH, quantity=PIECES, price=DONG)
    def plan_to_buy(self, which: int, quantity: int, price: int) -> None:
        money = self.monies[which % len(self.monies)]
        wanted = buying.wanted(self.world, quantity, price)
        row = self.tried(
            lambda: plan_purchase(by=self.coordinator, cash_line=money.line, wanted=wanted),
            allowed=quantity * price <= money.free,
        )
        if row:
            money.reserved += row.reserved
            self.supplies.append(Supply(row.supply_line, quantity, pledged=False))
            self.buyings.append(Buying(row, money, self.supplies[-1]))

    @precondition(lambda self: self.buyings)
    @rule(which=WHICH, received=PIECES, spent=st.integers(min_value=1, max_value=60))
    def buy(self, which: int, received: int, spent: int) -> None:
        """In full, short or over; cheaper or dearer than planned."""
        one = self.buyings[which % len(self.buyings)]
        row, supply, money = one.row, one.supply, one.money
        missing = max(row.quantity - received, 0)
        done = self.tried(
            lambda: complete_purchase(
                by=self.coordinator, purchase=row, bought=buying.invoice(received, spent, "Theo hóa đơn")
            ),
            allowed=one.state == "planned" and missing <= supply.free and spent <= money.free + row.reserved,
        )
        if done:
            one.state = "done"
            money.reserved -= row.reserved
            money.spent += spent
            supply.withdrawn += missing
            supply.quantity += max(received - row.quantity, 0)
            supply.received += received

    @precondition(lambda self: self.buyings)
    @rule(which=WHICH)
    def do_not_buy(self, which: int) -> None:
        one = self.buyings[which % len(self.buyings)]
        done = self.tried(
            lambda: cancel_purchase(by=self.coordinator, purchase=one.row, reason="Thôi mua"),
            allowed=one.state == "planned" and not one.supply.allocated,
        )
        if done:
            one.state = "cancelled"
            one.money.reserved -= one.row.reserved
            one.supply.withdrawn += one.row.quantity

    @precondition(lambda self: self.buyings)
    @rule(which=WHICH)
    def enter_anew(self, which: int) -> None:
        """The invoice was wrong: the purchase is planned again, what is allocated and not sent stays."""
        one = self.buyings[which % len(self.buyings)]
        row, supply, money = one.row, one.supply, one.money
        row.refresh_from_db()
        came, spent = row.received or 0, row.spent or 0
        over, missing = max(came - row.quantity, 0), max(row.quantity - came, 0)
        done = self.tried(
            lambda: take_back_purchase(by=self.coordinator, purchase=row, reason="Nhập nhầm"),
            allowed=one.state == "done"
            and supply.in_stock >= came
            and supply.free >= over - missing
            and money.free >= row.reserved - spent,
        )
        if done:
            one.state = "planned"
            money.reserved += row.reserved
            money.spent -= spent
            supply.withdrawn -= missing
            supply.quantity -= over
            supply.received -= came

    @rule(which=WHICH, to=WHICH, quantity=PIECES)
    def move(self, which: int, to: int, quantity: int) -> None:
        source = self.supplies[which % len(self.supplies)]
        source.line.refresh_from_db()  # the first receipt says who keeps it
        others = [agency for agency in self.keepers if agency and agency.pk != source.line.custodian_id]
        row = self.tried(
            lambda: move_stock(
                by=self.coordinator,
                line=source.line,
                to=others[to % len(others)],
                quantity=quantity,
                occurred_on=clock.today(),
                reason="Để gần nơi trao",
            ),
            allowed=quantity <= source.movable,
        )
        way = self.way_back(source, others[to % len(others)].pk) if row else []
        for part in way:
            part.quantity -= quantity
            part.received -= quantity
            part.came_from.moved -= quantity
        if row and not way:
            source.moved += quantity
            self.supplies.append(Supply(row.target, quantity, quantity, pledged=False, came_from=source))

    def way_back(self, supply: Supply, keeper: int) -> list[Supply]:
        """The lines that goods pass when they go back to a custodian who kept them before."""
        way = []
        while supply.came_from:
            way.append(supply)
            supply = supply.came_from
            if supply.line.custodian_id == keeper:
                return way
        return []

    @rule(which=WHICH, quantity=PIECES)
    def write_off(self, which: int, quantity: int) -> None:
        supply = self.supplies[which % len(self.supplies)]
        done = self.tried(
            lambda: write_off_stock(
                by=self.coordinator,
                line=supply.line,
                quantity=quantity,
                occurred_on=clock.today(),
                reason="Hỏng",
            ),
            allowed=quantity <= supply.movable,
        )
        if done:
            supply.written_off += quantity

    @rule(which=WHICH, quantity=PIECES)
    def put_back(self, which: int, quantity: int) -> None:
        supply = self.supplies[which % len(self.supplies)]
        done = self.tried(
            lambda: restore_stock(
                by=self.coordinator, line=supply.line, quantity=quantity, reason="Tìm thấy lại"
            ),
            allowed=quantity <= supply.written_off,
        )
        if done:
            supply.written_off -= quantity

    @rule(quantity=PIECES)
    def correct_the_survey(self, quantity: int) -> None:
        """A new version of Ia Đal's survey, approved unless it asks for less than is covered."""
        surveyed = self.wanted[0]
        done = self.tried(
            transaction.atomic(lambda: approved_need(self.world, "Ia Đal", quantity=quantity)),
            allowed=quantity >= surveyed.covered,
        )
        if done:
            surveyed.quantity = quantity

    @rule(source=WHICH, goal=WHICH, quantity=PIECES)
    def allocate(self, source: int, goal: int, quantity: int) -> None:
        supply = self.supplies[source % len(self.supplies)]
        wanted = self.wanted[goal % len(self.wanted)]
        free = min(supply.free, wanted.quantity - wanted.covered)
        row = self.tried(
            lambda: allocate(
                by=self.coordinator, supply_line=supply.line, need=wanted.need, quantity=quantity
            ),
            allowed=quantity <= free,
        )
        if row:
            supply.allocated += quantity
            wanted.covered += quantity
            self.shares.append(Share(row, supply, wanted, quantity, quantity))

    @precondition(lambda self: self.shares)
    @rule(which=WHICH, quantity=PIECES)
    def reverse(self, which: int, quantity: int) -> None:
        share = self.shares[which % len(self.shares)]
        done = self.tried(
            lambda: reverse_allocation(
                by=self.coordinator, allocation=share.row, quantity=quantity, reason="Nhầm"
            ),
            allowed=quantity <= share.open - share.planned,
        )
        if done:
            share.open -= quantity
            share.reversed += quantity
            share.supply.allocated -= quantity
            share.wanted.covered -= quantity

    @precondition(lambda self: self.shares)
    @rule(which=WHICH, quantity=PIECES)
    def plan(self, which: int, quantity: int) -> None:
        share = self.shares[which % len(self.shares)]
        row = self.tried(
            lambda: plan_distribution(
                by=self.coordinator,
                area=self.world.area("warm_clothing"),
                lead_agency=self.coordinator.agency,
                place=share.wanted.need.place,
                planned_on=clock.today(),
                lines=[PlannedLine(quantity, allocation=share.row)],
            ),
            allowed=quantity <= share.open - share.planned,
        )
        if row:
            share.planned += quantity
            self.trips.append(Trip(row, share, quantity))

    @precondition(lambda self: self.trips)
    @rule(which=WHICH)
    def send(self, which: int) -> None:
        trip = self.trips[which % len(self.trips)]
        supply = trip.share.supply
        done = self.tried(
            lambda: send_distribution(by=self.coordinator, distribution=trip.row),
            allowed=trip.state == "planned" and trip.quantity <= supply.in_stock,
        )
        if done:
            trip.state = "sent"
            trip.share.planned -= trip.quantity
            trip.share.open -= trip.quantity
            trip.share.in_transit += trip.quantity
            supply.sent += trip.quantity

    @precondition(lambda self: self.trips)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        trip = self.trips[which % len(self.trips)]
        done = self.tried(
            lambda: cancel_distribution(by=self.coordinator, distribution=trip.row, reason="Mưa"),
            allowed=trip.state == "planned",
        )
        if done:
            trip.state = "cancelled"
            trip.share.planned -= trip.quantity

    @precondition(lambda self: self.trips)
    @rule(which=WHICH, short=st.integers(0, 12), lost=st.integers(0, 12), missing=st.integers(0, 12))
    def confirm(self, which: int, short: int, lost: int, missing: int) -> None:
        """In full, or short: some is lost, of some nobody knows yet, the rest returns to stock."""
        trip = self.trips[which % len(self.trips)]
        short = min(short, trip.quantity)
        lost = min(lost, short)
        missing = min(missing, short - lost)
        received, returned = trip.quantity - short, short - lost - missing
        line = ConfirmedLine(
            trip.row.lines.get(),
            received,
            returned=returned,
            lost=lost,
            missing=missing,
            difference_reason="Thiếu" if short else "",
            child_turns={self.band: received},
        )
        done = self.tried(
            lambda: confirm_delivery(
                by=self.second,
                distribution=trip.row,
                occurred_on=clock.today(),
                lines=[line],
                on_behalf_of=self.behalves[trip.share.wanted.need.place.unit.name],
            ),
            allowed=trip.state == "sent",
        )
        if done:
            trip.state = "confirmed"
            self.book_arrival(trip, received, returned, lost, missing)

    @precondition(lambda self: any(trip.missing for trip in self.trips))
    @rule(which=WHICH, returned=st.integers(0, 12), lost=st.integers(0, 12))
    def settle(self, which: int, returned: int, lost: int) -> None:
        trip = self.trips[which % len(self.trips)]
        done = self.tried(
            lambda: settle_missing(
                by=self.second, line=trip.row.lines.get(), returned=returned, lost=lost, reason="Rõ"
            ),
            allowed=0 < returned + lost <= trip.missing,
        )
        if done:
            self.book_arrival(trip, 0, returned, lost, -returned - lost)

    @precondition(lambda self: any(trip.state == "confirmed" for trip in self.trips))
    @rule(which=WHICH, short=st.integers(0, 12), lost=st.integers(0, 12), missing=st.integers(0, 12))
    def correct(self, which: int, short: int, lost: int, missing: int) -> None:
        """Any other figures of what was confirmed, as far as need and stock have room for them now."""
        confirmed = [trip for trip in self.trips if trip.state == "confirmed"]
        trip = confirmed[which % len(confirmed)]
        short = min(short, trip.quantity)
        lost = min(lost, short)
        missing = min(missing, short - lost)
        received, returned = trip.quantity - short, short - lost - missing
        more, back = received - trip.received, returned - trip.returned
        row, supply, wanted = trip.row.lines.get(), trip.share.supply, trip.share.wanted
        right = ConfirmedLine(
            *(row, received, returned, lost, missing, "Nhầm"), child_turns={self.band: received}
        )
        done = self.tried(
            lambda: correct_delivery(
                by=self.second,
                line=row,
                right=right,
                seen=stands(row),
                on_behalf_of=self.behalves[wanted.need.place.unit.name],
            ),
            allowed=(more, back, lost - trip.lost, missing - trip.missing) != (0, 0, 0, 0)
            and more <= wanted.quantity - wanted.covered
            and -back <= max(min(supply.free, supply.in_stock), 0),
        )
        if done:
            self.book_arrival(trip, more, back, lost - trip.lost, missing - trip.missing)

    def book_arrival(self, trip: Trip, received: int, returned: int, lost: int, missing: int) -> None:
        """Signed: a correction takes as well as gives."""
        share = trip.share
        trip.received += received
        trip.returned += returned
        trip.lost += lost
        trip.missing += missing
        share.in_transit -= received + returned + lost + missing
        share.delivered += received
        share.returned += returned
        share.lost += lost
        share.missing += missing
        share.supply.sent -= returned
        share.supply.allocated -= returned
        share.wanted.covered -= returned + lost + missing
        share.wanted.delivered += received

    @invariant()
    def every_balance_is_the_sum_of_its_moves(self) -> None:
        assert list(faults()) == []

    @invariant()
    def every_balance_is_what_the_plain_books_say(self) -> None:
        supplies = SupplyBalance.objects.values_list(*STOCK)
        assert list(supplies.order_by("pk")) == [
            tuple(getattr(supply, part) for part in STOCK) for supply in self.supplies
        ]
        monies = CashBalance.objects.values_list(*MONEY)
        assert list(monies.order_by("pk")) == [
            tuple(getattr(money, part) for part in MONEY) for money in self.monies
        ]
        needs = NeedBalance.objects.values_list("quantity", "covered", "delivered")
        assert list(needs.order_by("pk")) == [
            (need.quantity, need.covered, need.delivered) for need in self.wanted
        ]
        shares = AllocationBalance.objects.values_list(*PARTS)
        assert list(shares.order_by("pk")) == [
            tuple(getattr(share, part) for part in PARTS) for share in self.shares
        ]


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("length", SHORT_AND_LONG)
def test_the_books_hold_whatever_is_done(world: World, length: tuple[int, int]) -> None:
    examples, steps = length
    Books.world = world
    approved_need(world, "Ia Đal", quantity=SURVEYED)
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
