"""Deeds on who gives: what somebody simply brings, pledges with a due day, two entries that are one donor."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from directory import clock
from donors.actions import (
    BroughtLine,
    NewDonor,
    PledgedLine,
    expire_pledge,
    merge_donors,
    record_pledge,
    record_walk_in,
)
from donors.merging import merge_plan
from donors.models import Donor, PledgeLine, Receipt, SupplyLine
from tests.distributions.books import PIECES, REFUSED, WHICH, PlainBooks, deed
from tests.distributions.books_rows import Came, Gift, Giver, Money, Promise, Supply
from tests.donors import build as donors

DUE = st.sampled_from([None, 0, 0, 1, 2])  # days until a pledge is due
BROUGHT = st.sampled_from([*range(1, 25), 0])
Kind = PledgeLine.Kind


class GiverDeeds(PlainBooks):
    @deed(
        lambda self: sum(one.free > 0 for one in self.supplies) < 4,
        quantity=PIECES,
        giver=WHICH,
        due=DUE,
        times=2,
    )
    def pledge(self, quantity: int, giver: int = 0, due: int | None = None) -> None:
        line = donors.goods(self.world, quantity=quantity, unit_value=250_000)
        if gift := self.book_pledge("pledge", giver, due, line):
            self.supplies.append(Supply(donors.supply_of(gift.row), gift, quantity))

    @deed(
        lambda self: sum(one.free > 0 for one in self.monies) < 2,
        amount=st.integers(min_value=1, max_value=60),
        giver=WHICH,
        due=DUE,
    )
    def pledge_money(self, amount: int, giver: int = 0, due: int | None = None) -> None:
        if gift := self.book_pledge("pledge money", giver, due, donors.cash(amount)):
            self.monies.append(Money(gift.row.lines.get(), gift, amount))

    def book_pledge(self, name: str, which: int, due: int | None, line: PledgedLine) -> Gift | None:
        giver = self.pick(self.givers, which, lambda one: not one.into)
        due_on = None if due is None else clock.today() + timedelta(due)
        row = self.tried(
            name,
            lambda: record_pledge(
                by=self.coordinator,
                scope=self.world.district,
                mobilised_by=self.coordinator.agency,
                donor=giver.row,
                pledged_on=clock.today(),
                due_on=due_on,
                lines=[line],
            ),
            allowed=not giver.into,
        )
        return self.given(Gift(row, giver, due_on)) if row else None

    def given(self, gift: Gift) -> Gift:
        self.gifts.append(gift)
        return gift

    @deed(
        lambda self: sum(one.free > 0 for one in self.supplies) < 3,
        which=WHICH,
        keeper=WHICH,
        quantity=BROUGHT,
        halves=REFUSED,
    )
    def bring_goods(self, which: int, keeper: int, quantity: int, halves: int) -> None:
        """Without a pledge; some of it is refused. Nothing at all is no gift."""
        refused = quantity * halves // 2
        brought = BroughtLine(
            Kind.GOODS,
            self.world.item("warm_clothing"),
            quantity - refused,
            refused,
            "Rách" if refused else "",
        )
        if gift := self.book_walk_in("bring goods", which, keeper, brought, allowed=quantity > 0):
            line = SupplyLine.objects.get(pledge_line__pledge=gift.row)
            supply = Supply(line, gift, quantity, quantity - refused, refused, pledged=False)
            self.supplies.append(supply)
            self.book_came(gift, supply, quantity - refused, refused)

    @deed(
        lambda self: sum(one.free > 0 for one in self.monies) < 2,
        which=WHICH,
        amount=BROUGHT,
    )
    def bring_money(self, which: int, amount: int) -> None:
        brought = BroughtLine(Kind.CASH, amount=amount)
        if gift := self.book_walk_in("bring money", which, 0, brought, allowed=amount > 0):
            money = Money(gift.row.lines.get(), gift, amount, amount, pledged=False)
            self.monies.append(money)
            self.book_came(gift, money, amount, 0)

    def book_walk_in(
        self, name: str, which: int, keeper: int, brought: BroughtLine, *, allowed: bool
    ) -> Gift | None:
        """By somebody of the registry, or by one who is registered with it."""
        giver = self.pick(self.givers, which, lambda one: not one.into) if which % 3 else None
        new = NewDonor("individual", "in_district", f"Người ghé {len(self.givers)}")
        receipt: Receipt | None = self.tried(
            name,
            lambda: record_walk_in(
                by=self.coordinator,
                scope=self.world.district,
                mobilised_by=self.coordinator.agency,
                custodian=self.keepers[keeper % len(self.keepers)],
                occurred_on=clock.today(),
                lines=[brought],
                donor=giver.row if giver else None,
                new_donor=None if giver else new,
            ),
            allowed=allowed and not (giver and giver.into),
        )
        if not receipt:
            return None
        if not giver:
            giver = Giver(Donor.objects.get(pk=receipt.pledge.donor_id))
            self.givers.append(giver)
        return self.given(Gift(receipt.pledge, giver, receipt=receipt))

    def book_came(self, gift: Gift, promise: Promise, accepted: int, refused: int) -> None:
        self.receipts.append(Came(gift.receipt, [(promise, accepted, refused)], walk_in=True))

    @deed(
        lambda self: sum(not one.into for one in self.givers) > 1,
        gone=WHICH,
        kept=WHICH,
        outdated=st.sampled_from([False] * 5 + [True]),
    )
    def merge(self, gone: int, kept: int, outdated: bool) -> None:
        """All that the one gave is the other's; of two entries that stand, as the preview says."""
        first = self.pick(self.givers, gone, lambda one: not one.into)
        second = self.pick(self.givers, kept, lambda one: not one.into and one is not first)
        plan = merge_plan(first.row, second.row)
        seen = merge_plan(second.row, first.row).seen if outdated else plan.seen
        done = self.tried(
            "merge donors",
            lambda: merge_donors(
                by=self.coordinator, gone=first.row, kept=second.row, seen=seen, reason="Cùng một nơi"
            ),
            allowed=first is not second and not first.into and not second.into and not outdated,
        )
        if not done:
            return
        for gift in self.gifts:
            gift.giver = second if gift.giver is first else gift.giver
        for giver in self.givers:
            giver.into = second if giver is first or giver.into is first else giver.into

    @deed(
        lambda self: self.days < 6 and any(one.is_open and one.gift.due_on for one in self.promises), times=2
    )
    def let_a_day_pass(self) -> None:
        self.days += 1
        self.deeds["let a day pass"] += 1

    @deed(lambda self: any(one.is_open and one.gift.due_on for one in self.promises), which=WHICH, times=3)
    def expire(self, which: int) -> None:
        """Of what is overdue nothing more is expected, unless it is allocated: that takes a default."""
        promise = self.pick(self.promises, which, lambda one: one.is_open and one.gift.is_overdue)
        done = self.tried(
            "expire",
            lambda: expire_pledge(by=self.coordinator, pledge=promise.gift.row, reason="Quá hạn"),
            allowed=promise.is_open and promise.gift.is_overdue and promise.loose == promise.to_come,
        )
        if done:
            promise.withdrawn += promise.to_come
            promise.ended = True
