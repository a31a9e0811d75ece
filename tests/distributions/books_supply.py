"""Deeds on money and stock: bought, moved, lost, found again."""

from __future__ import annotations

from directory import clock
from directory.models import Agency
from donors.actions import (
    cancel_purchase,
    complete_purchase,
    move_stock,
    plan_purchase,
    restore_stock,
    take_back_purchase,
    write_off_stock,
)
from tests.distributions.books import PART, PIECES, WHICH, PlainBooks, deed
from tests.distributions.books_rows import Buying, Money, Supply
from tests.donors import buying


class SupplyDeeds(PlainBooks):
    @deed(lambda self: any(one.free for one in self.monies), which=WHICH, part=PART, price=PIECES, times=2)
    def plan_to_buy(self, which: int, part: int, price: int) -> None:
        money = self.pick(self.monies, which, lambda one: one.free >= price)
        self.book_purchase(money, self.some(money.free // price, part), price)

    def book_purchase(self, money: Money, quantity: int, price: int) -> None:
        wanted = buying.wanted(self.world, quantity, price)
        row = self.tried(
            "plan purchase",
            lambda: plan_purchase(by=self.coordinator, cash_line=money.line, wanted=wanted),
            allowed=quantity * price <= money.free,
        )
        if row:
            money.reserved += row.reserved
            self.supplies.append(Supply(row.supply_line, money.gift, quantity, pledged=False))
            self.buyings.append(Buying(row, money, self.supplies[-1]))

    @deed(
        lambda self: any(one.state == "planned" for one in self.buyings),
        which=WHICH,
        part=PART,
        paid=PART,
        times=2,
    )
    def buy(self, which: int, part: int, paid: int) -> None:
        """In full, short or over; cheaper or dearer than planned."""
        one = self.pick(self.buyings, which, lambda one: one.state == "planned")
        row, supply, money = one.row, one.supply, one.money
        received, spent = max(row.quantity + 1 - part, 1), self.some(money.free + row.reserved, paid)
        missing = max(row.quantity - received, 0)
        done = self.tried(
            "buy",
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

    @deed(lambda self: any(one.state == "planned" for one in self.buyings), which=WHICH)
    def do_not_buy(self, which: int) -> None:
        one = self.pick(self.buyings, which, lambda one: one.state == "planned" and not one.supply.allocated)
        done = self.tried(
            "cancel purchase",
            lambda: cancel_purchase(by=self.coordinator, purchase=one.row, reason="Thôi mua"),
            allowed=one.state == "planned" and not one.supply.allocated,
        )
        if done:
            one.state = "cancelled"
            one.money.reserved -= one.row.reserved
            one.supply.withdrawn += one.row.quantity

    @deed(lambda self: any(one.state == "done" for one in self.buyings), which=WHICH, times=3)
    def enter_anew(self, which: int) -> None:
        """The invoice was wrong: the purchase is planned again, what is allocated and not sent stays."""
        one = self.pick(self.buyings, which, lambda one: one.state == "done")
        row, supply, money = one.row, one.supply, one.money
        row.refresh_from_db()
        came, spent = row.received or 0, row.spent or 0
        over, missing = max(came - row.quantity, 0), max(row.quantity - came, 0)
        done = self.tried(
            "take purchase back",
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

    @deed(lambda self: any(one.movable for one in self.supplies), which=WHICH, to=WHICH, part=PART, times=2)
    def move(self, which: int, to: int, part: int) -> None:
        source = self.pick(self.supplies, which, lambda one: one.movable)
        source.line.refresh_from_db()  # the first receipt says who keeps it
        others = [agency for agency in self.keepers if agency and agency.pk != source.line.custodian_id]
        self.book_move(source, others[to % len(others)], self.some(source.movable, part))

    @deed(
        lambda self: any(one.came_from and one.movable for one in self.supplies),
        which=WHICH,
        part=PART,
        times=3,
    )
    def move_back(self, which: int, part: int) -> None:
        moved = [one for one in self.supplies if one.came_from]
        source = self.pick(moved, which, lambda one: one.movable)
        self.book_move(source, source.came_from.line.custodian, self.some(source.movable, part))

    def book_move(self, source: Supply, to: Agency, quantity: int) -> None:
        way = self.way_back(source, to.pk)
        row = self.tried(
            "move back" if way else "move",
            lambda: move_stock(
                by=self.coordinator,
                line=source.line,
                to=to,
                quantity=quantity,
                occurred_on=clock.today(),
                reason="Để gần nơi trao",
            ),
            allowed=quantity <= source.movable,
        )
        if not row:
            return
        for part in way:
            part.quantity -= quantity
            part.received -= quantity
            part.came_from.moved -= quantity
        if not way:
            source.moved += quantity
            self.supplies.append(
                Supply(row.target, source.gift, quantity, quantity, pledged=False, came_from=source)
            )

    def way_back(self, supply: Supply, keeper: int) -> list[Supply]:
        """The lines that goods pass when they go back to a custodian who kept them before."""
        way = []
        while supply.came_from:
            way.append(supply)
            supply = supply.came_from
            if supply.line.custodian_id == keeper:
                return way
        return []

    @deed(lambda self: any(one.movable for one in self.supplies), which=WHICH, part=PART)
    def write_off(self, which: int, part: int) -> None:
        supply = self.pick(self.supplies, which, lambda one: one.movable)
        quantity = self.some(supply.movable, part)
        done = self.tried(
            "write off",
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

    @deed(lambda self: any(one.written_off for one in self.supplies), which=WHICH, part=PART, times=4)
    def put_back(self, which: int, part: int) -> None:
        supply = self.pick(self.supplies, which, lambda one: one.written_off)
        quantity = self.some(supply.written_off, part)
        done = self.tried(
            "put back",
            lambda: restore_stock(
                by=self.coordinator, line=supply.line, quantity=quantity, reason="Tìm thấy lại"
            ),
            allowed=quantity <= supply.written_off,
        )
        if done:
            supply.written_off -= quantity
