"""Deeds on supply and money: pledged, received, bought, moved, lost, not kept."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from directory import clock
from distributions.actions import default_pledge
from distributions.default import fall_of
from donors.actions import (
    cancel_purchase,
    complete_purchase,
    move_stock,
    plan_purchase,
    restore_stock,
    take_back_purchase,
    write_off_stock,
)
from tests.distributions import build
from tests.distributions.books import DONG, PIECES, WHICH, Buying, Money, PlainBooks, Share, Supply
from tests.donors import build as donors
from tests.donors import buying


class SupplyDeeds(PlainBooks):
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
        source = self.pick(self.supplies, which, lambda one: one.movable > 0)
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

    @precondition(lambda self: any(one.written_off for one in self.supplies))
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
