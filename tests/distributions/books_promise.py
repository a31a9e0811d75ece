"""Deeds on what is promised and came, goods and money alike: received, given up, changed, taken back."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from directory import clock
from distributions.actions import default_pledge
from distributions.default import fall_of
from donors.actions import (
    ReceivedLine,
    WithdrawnPart,
    change_pledge,
    record_receipt,
    take_back_receipt,
    withdraw_part,
)
from donors.actions.pledge_change import terms_of
from donors.models import SupplyLine
from tests.distributions.books import PART, REFUSED, WHICH, PlainBooks, deed
from tests.distributions.books_rows import Came, Money, Promise, Share, Supply


class PromiseDeeds(PlainBooks):
    @deed(
        lambda self: any(one.is_open for one in self.promises),
        which=WHICH,
        part=PART,
        halves=REFUSED,
        times=3,
    )
    def receive(self, which: int, part: int, halves: int) -> None:
        """In full or in part, also more than was pledged; some of it is refused."""
        promise = self.pick(self.promises, which, lambda one: one.is_open)
        came = self.some(promise.to_come, part)
        if isinstance(promise, Money):
            return self.book_receipt(promise, came, 0, allowed=promise.is_open and came <= promise.to_come)
        refused = came * halves // 2
        fit = min(refused, max(promise.to_come - (came - refused), 0))
        return self.book_receipt(
            promise, came - refused, refused, allowed=promise.is_open and fit <= promise.free
        )

    def book_receipt(self, promise: Promise, accepted: int, refused: int, *, allowed: bool) -> None:
        line, pledge = promise.pledge_line, promise.gift.row
        came = (
            ReceivedLine(line, amount=accepted)
            if isinstance(promise, Money)
            else ReceivedLine(line, accepted, refused, "Rách" if refused else "")
        )
        over = max(accepted + refused - promise.to_come, 0)
        row = self.tried(
            "receive a surplus" if over else "receive",
            lambda: record_receipt(
                by=self.coordinator,
                pledge=pledge,
                custodian=pledge.mobilised_by,
                occurred_on=clock.today(),
                lines=[came],
            ),
            allowed,
        )
        if not row:
            return
        fit = min(accepted, promise.to_come)
        fit_refused = min(refused, promise.to_come - fit)
        receipt = Came(row, [(promise, fit, fit_refused)])
        promise.received += fit
        promise.refused += fit_refused
        if over:
            surplus = SupplyLine.objects.order_by("pk").last()
            self.supplies.append(
                Supply(
                    surplus,  # type: ignore[arg-type]
                    promise.gift,
                    over,
                    accepted - fit,
                    refused - fit_refused,
                    pledged=False,
                )
            )
            receipt.parts.append((self.supplies[-1], accepted - fit, refused - fit_refused))
        self.receipts.append(receipt)

    @deed(lambda self: any(map(self.goes_back, self.receipts)), which=WHICH, times=3)
    def take_back(self, which: int) -> None:
        """A receipt was wrong: its goods or đồng are to come again, unless the donor gave up meanwhile."""
        receipt = self.pick(self.receipts, which, self.goes_back)
        done = self.tried(
            "take walk-in back" if receipt.walk_in else "take receipt back",
            lambda: take_back_receipt(by=self.coordinator, receipt=receipt.row, reason="Đếm nhầm"),
            allowed=self.goes_back(receipt),
        )
        if done:
            receipt.taken_back = True
            for promise, accepted, refused in receipt.parts:
                promise.received -= accepted
                promise.refused -= refused
                if promise.ended or not promise.pledged:
                    promise.withdrawn += accepted + refused

    @staticmethod
    def goes_back(receipt: Came) -> bool:
        return not receipt.taken_back and all(
            promise.in_stock >= accepted
            and (isinstance(promise, Money) or promise.is_promised_again or promise.free >= accepted)
            for promise, accepted, _refused in receipt.parts
        )

    @deed(lambda self: any(one.is_open for one in self.promises), which=WHICH)
    def default(self, which: int) -> None:
        """The donor does not keep a pledge: what nothing in stock covers falls, the latest plans first."""
        promise = self.pick(self.promises, which, lambda one: one.is_open)
        pledge = promise.gift.row
        done = self.tried(
            "default",
            lambda: default_pledge(
                by=self.coordinator, pledge=pledge, reason="Thôi", seen=fall_of(pledge).figures()
            ),
            allowed=promise.is_open,
        )
        if done:
            if isinstance(promise, Supply):
                self.book_fall(promise)
            promise.withdrawn += promise.to_come
            promise.ended = True

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

    @deed(lambda self: any(one.is_open and one.loose for one in self.promises), which=WHICH, part=PART)
    def withdraw(self, which: int, part: int) -> None:
        """The donor takes a part back of what is neither here nor allocated."""
        promise = self.pick(self.promises, which, lambda one: one.is_open and one.loose)
        quantity = self.some(promise.loose, part)
        parts = [WithdrawnPart(promise.pledge_line, quantity)]
        done = self.tried(
            "withdraw",
            lambda: withdraw_part(by=self.coordinator, pledge=promise.gift.row, parts=parts, reason="Bớt"),
            allowed=promise.is_open and quantity <= promise.loose,
        )
        if done:
            promise.withdrawn += quantity
            self.end_if_nothing_came(promise)

    @deed(lambda self: any(one.is_open for one in self.promises), which=WHICH, part=PART, more=st.booleans())
    def change_promise(self, which: int, part: int, more: bool) -> None:
        promise = self.pick(self.promises, which, lambda one: one.is_open and (more or one.loose))
        change = part + 1 if more else -self.some(promise.loose, part)
        pledge = promise.gift.row
        known = terms_of(pledge)
        ((pk, terms),) = known.lines.items()
        wanted = replace(known, lines={pk: replace(terms, size=terms.size + change)})
        done = self.tried(
            "change pledge",
            lambda: change_pledge(
                by=self.coordinator, pledge=pledge, known=known, wanted=wanted, reason="Đổi"
            ),
            allowed=promise.is_open and -change <= promise.loose and promise.quantity + change > 0,
        )
        if done:
            promise.quantity += change
            self.end_if_nothing_came(promise)

    @staticmethod
    def end_if_nothing_came(promise: Promise) -> None:
        if not promise.to_come and not promise.received and not promise.refused:
            promise.ended = True
