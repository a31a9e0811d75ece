"""Deeds on needs, allocations and distributions: from the survey to what arrived."""

from __future__ import annotations

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from directory import clock
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    allocate,
    cancel_distribution,
    confirm_delivery,
    correct_delivery,
    plan_distribution,
    reverse_allocation,
    send_distribution,
    settle_missing,
)
from distributions.actions.correction_checks import stands
from tests.distributions.books import PIECES, WHICH, PlainBooks, Share, Trip
from tests.needs.build import approved_need


class DeliveryDeeds(PlainBooks):
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
        supply = self.pick(self.supplies, source, lambda one: one.free > 0)
        wanted = self.pick(self.wanted, goal, lambda one: one.quantity > one.covered)
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
        share = self.pick(self.shares, which, lambda one: one.open > one.planned)
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

    @precondition(lambda self: any(one.open > one.planned for one in self.shares))
    @rule(which=WHICH, quantity=PIECES)
    def plan(self, which: int, quantity: int) -> None:
        share = self.pick(self.shares, which, lambda one: one.open > one.planned)
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

    @precondition(lambda self: any(one.state == "planned" for one in self.trips))
    @rule(which=WHICH)
    def send(self, which: int) -> None:
        trip = self.pick(
            self.trips,
            which,
            lambda one: one.state == "planned" and one.quantity <= one.share.supply.in_stock,
        )
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

    @precondition(lambda self: sum(one.state == "planned" for one in self.trips) > 1)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        trip = self.pick(self.trips, which, lambda one: one.state == "planned")
        done = self.tried(
            lambda: cancel_distribution(by=self.coordinator, distribution=trip.row, reason="Mưa"),
            allowed=trip.state == "planned",
        )
        if done:
            trip.state = "cancelled"
            trip.share.planned -= trip.quantity

    @precondition(lambda self: any(one.state == "sent" for one in self.trips))
    @rule(which=WHICH, short=st.integers(0, 12), lost=st.integers(0, 12), missing=st.integers(0, 12))
    def confirm(self, which: int, short: int, lost: int, missing: int) -> None:
        """In full, or short: some is lost, of some nobody knows yet, the rest returns to stock."""
        trip = self.pick(self.trips, which, lambda one: one.state == "sent")
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
        trip = self.pick(self.trips, which, lambda one: one.missing)
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
