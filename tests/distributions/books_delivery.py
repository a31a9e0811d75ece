"""Deeds on needs, allocations and distributions: from the survey to what arrived."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from hypothesis import strategies as st

from directory import clock
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    allocate,
    call_back_distribution,
    cancel_distribution,
    confirm_delivery,
    correct_delivery,
    plan_distribution,
    reverse_allocation,
    send_distribution,
    settle_missing,
)
from distributions.actions.correction_checks import stands
from tests.distributions.books import PART, WHICH, PlainBooks, deed
from tests.distributions.books_rows import Share, Supply, Trip, Wanted
from tests.needs.build import approved_need


@dataclass(frozen=True)
class Arrival:
    """What becomes of a trip: quarters arrive; of the rest halves return, of that rest halves are lost."""

    quarters: int
    returned: int
    lost: int

    def of(self, whole: int) -> tuple[int, int, int, int]:
        received = whole * self.quarters // 4
        returned = (whole - received) * self.returned // 2
        lost = (whole - received - returned) * self.lost // 2
        return received, returned, lost, whole - received - returned - lost


ARRIVAL = st.builds(Arrival, st.sampled_from([0, 1, 2, 3, 4, 4]), st.integers(0, 2), st.integers(0, 2))


def ready(share: Share) -> int:
    """What may be planned and sent at once."""
    return min(share.unplanned, max(share.supply.in_stock, 0))


class DeliveryDeeds(PlainBooks):
    surveys: int

    @deed(lambda self: self.surveys < 2, quantity=st.integers(min_value=1, max_value=24))
    def correct_the_survey(self, quantity: int) -> None:
        """A new version of Ia Đal's survey, approved unless it asks for less than is covered.

        At most twice in a run: the longest deed of all.
        """
        self.surveys += 1
        surveyed = self.wanted[0]
        done = self.tried(
            "correct survey",
            transaction.atomic(lambda: approved_need(self.world, "Ia Đal", quantity=quantity)),
            allowed=quantity >= surveyed.covered,
        )
        if done:
            surveyed.quantity = quantity

    @deed(
        lambda self: any(one.free for one in self.supplies) and any(one.lacking for one in self.wanted),
        source=WHICH,
        goal=WHICH,
        part=PART,
        times=3,
    )
    def allocate(self, source: int, goal: int, part: int) -> None:
        supply = self.pick(self.supplies, source, lambda one: one.free)
        wanted = self.pick(self.wanted, goal, lambda one: one.lacking)
        self.book_allocation(supply, wanted, self.some(min(supply.free, wanted.lacking), part))

    def book_allocation(self, supply: Supply, wanted: Wanted, quantity: int) -> Share | None:
        row = self.tried(
            "allocate",
            lambda: allocate(
                by=self.coordinator, supply_line=supply.line, need=wanted.need, quantity=quantity
            ),
            allowed=quantity <= min(supply.free, wanted.lacking),
        )
        if not row:
            return None
        supply.allocated += quantity
        wanted.covered += quantity
        self.shares.append(Share(row, supply, wanted, quantity, quantity))
        return self.shares[-1]

    @deed(lambda self: any(one.unplanned for one in self.shares), which=WHICH, part=PART)
    def reverse(self, which: int, part: int) -> None:
        share = self.pick(self.shares, which, lambda one: one.unplanned)
        quantity = self.some(share.unplanned, part)
        done = self.tried(
            "reverse",
            lambda: reverse_allocation(
                by=self.coordinator, allocation=share.row, quantity=quantity, reason="Nhầm"
            ),
            allowed=quantity <= share.unplanned,
        )
        if done:
            share.open -= quantity
            share.reversed += quantity
            share.supply.allocated -= quantity
            share.wanted.covered -= quantity

    @deed(lambda self: any(one.unplanned for one in self.shares), which=WHICH, part=PART, times=2)
    def plan(self, which: int, part: int) -> None:
        """Also of what has not come yet."""
        share = self.pick(self.shares, which, lambda one: one.unplanned)
        self.book_plan(share, self.some(share.unplanned, part))

    @deed(
        lambda self: any(ready(one) for one in self.shares), which=WHICH, part=PART, arrival=ARRIVAL, times=3
    )
    def hand_over(self, which: int, part: int, arrival: Arrival) -> None:
        """The whole way at once: planned, sent and confirmed."""
        share = self.pick(self.shares, which, ready)
        if trip := self.set_out(share, self.some(ready(share), part)):
            self.book_confirmation(trip, arrival)

    def set_out(self, share: Share, quantity: int) -> Trip | None:
        trip = self.book_plan(share, quantity)
        return trip if trip and self.book_sending(trip) else None

    def book_plan(self, share: Share, quantity: int) -> Trip | None:
        row = self.tried(
            "plan",
            lambda: plan_distribution(
                by=self.coordinator,
                area=share.wanted.need.item.area,
                lead_agency=self.coordinator.agency,
                place=share.wanted.need.place,
                planned_on=clock.today(),
                lines=[PlannedLine(quantity, allocation=share.row)],
            ),
            allowed=quantity <= share.unplanned,
        )
        if not row:
            return None
        share.planned += quantity
        self.trips.append(Trip(row, share, quantity))
        return self.trips[-1]

    @deed(lambda self: any(one.state == "planned" for one in self.trips), which=WHICH, times=2)
    def send(self, which: int) -> None:
        self.book_sending(
            self.pick(
                self.trips,
                which,
                lambda one: one.state == "planned" and one.quantity <= one.share.supply.in_stock,
            )
        )

    def book_sending(self, trip: Trip) -> bool:
        share = trip.share
        done = self.tried(
            "send",
            lambda: send_distribution(by=self.coordinator, distribution=trip.row),
            allowed=trip.state == "planned" and trip.quantity <= share.supply.in_stock,
        )
        if done:
            trip.state = "sent"
            share.planned -= trip.quantity
            share.open -= trip.quantity
            share.in_transit += trip.quantity
            share.supply.sent += trip.quantity
        return bool(done)

    @deed(lambda self: any(one.state == "planned" for one in self.trips), which=WHICH)
    def cancel(self, which: int) -> None:
        trip = self.pick(self.trips, which, lambda one: one.state == "planned")
        done = self.tried(
            "cancel",
            lambda: cancel_distribution(by=self.coordinator, distribution=trip.row, reason="Mưa"),
            allowed=trip.state == "planned",
        )
        if done:
            trip.state = "cancelled"
            trip.share.planned -= trip.quantity

    @deed(lambda self: any(one.state == "sent" for one in self.trips), which=WHICH)
    def call_back(self, which: int) -> None:
        """Sent by mistake: in the stock again, and still allocated."""
        self.book_calling_back(self.pick(self.trips, which, lambda one: one.state == "sent"))

    def book_calling_back(self, trip: Trip) -> None:
        share = trip.share
        done = self.tried(
            "call back",
            lambda: call_back_distribution(by=self.coordinator, distribution=trip.row, reason="Nhầm"),
            allowed=trip.state == "sent",
        )
        if done:
            trip.state = "cancelled"
            share.open += trip.quantity
            share.in_transit -= trip.quantity
            share.supply.sent -= trip.quantity

    @deed(lambda self: any(one.state == "sent" for one in self.trips), which=WHICH, arrival=ARRIVAL, times=3)
    def confirm(self, which: int, arrival: Arrival) -> None:
        """In full, or short: some is lost, of some nobody knows yet, the rest returns to stock."""
        self.book_confirmation(self.pick(self.trips, which, lambda one: one.state == "sent"), arrival)

    def book_confirmation(self, trip: Trip, arrival: Arrival) -> None:
        done = self.tried(
            "confirm",
            lambda: confirm_delivery(
                by=self.second,
                distribution=trip.row,
                occurred_on=clock.today(),
                lines=[self.said(trip, arrival)],
                on_behalf_of=self.behalves[trip.share.wanted.need.place.unit.name],
            ),
            allowed=trip.state == "sent",
        )
        if done:
            trip.state = "confirmed"
            self.book_arrival(trip, *arrival.of(trip.quantity))

    def said(self, trip: Trip, arrival: Arrival) -> ConfirmedLine:
        received, *short = arrival.of(trip.quantity)
        return ConfirmedLine(
            trip.row.lines.get(), received, *short, "Kiểm lại", child_turns={self.band: received}
        )

    @deed(
        lambda self: any(trip.missing for trip in self.trips),
        which=WHICH,
        part=PART,
        halves=st.integers(0, 2),
        times=3,
    )
    def settle(self, which: int, part: int, halves: int) -> None:
        trip = self.pick(self.trips, which, lambda one: one.missing)
        found = self.some(trip.missing, part)
        returned = found * halves // 2
        done = self.tried(
            "settle missing",
            lambda: settle_missing(
                by=self.second,
                line=trip.row.lines.get(),
                returned=returned,
                lost=found - returned,
                reason="Rõ",
            ),
            allowed=found <= trip.missing,
        )
        if done:
            self.book_arrival(trip, 0, returned, found - returned, -found)

    @deed(
        lambda self: any(trip.state == "confirmed" for trip in self.trips),
        which=WHICH,
        arrival=ARRIVAL,
        times=3,
    )
    def correct(self, which: int, arrival: Arrival) -> None:
        """Any other figures of what was confirmed, as far as need and stock have room for them now."""
        confirmed = [trip for trip in self.trips if trip.state == "confirmed"]
        trip = confirmed[which % len(confirmed)]
        stood = (trip.received, trip.returned, trip.lost, trip.missing)
        change = [now - before for now, before in zip(arrival.of(trip.quantity), stood, strict=True)]
        supply, wanted, line = trip.share.supply, trip.share.wanted, trip.row.lines.get()
        done = self.tried(
            "correct delivery",
            lambda: correct_delivery(
                by=self.second,
                line=line,
                right=self.said(trip, arrival),
                seen=stands(line),
                on_behalf_of=self.behalves[wanted.need.place.unit.name],
            ),
            allowed=any(change)
            and change[0] <= wanted.lacking
            and -change[1] <= max(min(supply.free, supply.in_stock), 0),
        )
        if done:
            self.book_arrival(trip, *change)

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
