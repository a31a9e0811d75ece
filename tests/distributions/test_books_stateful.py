"""The books under whatever people do in whatever order, against a second set kept in plain Python.

Each deed must succeed exactly when the plain books allow it; after each the proof of ``check_ledger`` holds
and every balance is what the plain books say. A new deed goes into one of the modules ``books_…``.
Over each whole run every deed is done and every kind of move occurs, also the counter-rows.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import models, transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.engine import ConjectureRunner
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from directory import clock
from directory.prepared import Prepared
from distributions.models import AllocationBalance, AllocationMove
from distributions.proof import Proof, faults, in_order, prove
from donors.models import CashBalance, CashMove, Donor, SupplyBalance, SupplyMove
from needs.models import NeedBalance, NeedMove
from tests.day import DAY
from tests.distributions import build
from tests.distributions.books_delivery import ARRIVAL, Arrival, DeliveryDeeds
from tests.distributions.books_giver import GiverDeeds
from tests.distributions.books_promise import PromiseDeeds
from tests.distributions.books_rows import ENTRY, MONEY, NEEDED, PARTS, STOCK, Giver, Wanted
from tests.distributions.books_supply import SupplyDeeds
from tests.donors import build as donors
from tests.needs.build import approved_need
from tests.world import World

SURVEYED = 6  # what the survey of Ia Đal asks for, before it is corrected
STEPS = 50
ANY = st.integers(min_value=0, max_value=9999)
# Parts that workers can share: each is a machine of its own name, so that it takes other ways.
SHORT = [pytest.param(f"Books{part}", 50, id=f"Books{part}") for part in range(2)]
LONG = [
    pytest.param(f"LongBooks{part}", 250, id=f"LongBooks{part}", marks=pytest.mark.deep) for part in range(4)
]
MOVES: list[tuple[type[models.Model], str]] = [
    (NeedMove, "delta"),
    (SupplyMove, "quantity"),
    (CashMove, "amount"),
    (AllocationMove, "quantity"),
]


def _named(model: type[models.Model], kind: str, *, back: bool = False) -> str:
    return f"{model.__name__} {kind}{' back' if back else ''}"


# A reversal is a kind of its own; a reservation is released; what was withdrawn or approved stays so.
ONE_WAY = {
    _named(NeedMove, "approve", back=True),
    _named(CashMove, "withdraw", back=True),
    _named(CashMove, "reserve", back=True),
    *(_named(AllocationMove, kind, back=True) for kind in ("allocate", "reverse")),
}
EVERY_MOVE = {
    _named(model, kind, back=back)
    for model, _size in MOVES
    for kind in model.Kind.values  # type: ignore[attr-defined]
    for back in (False, True)
} - ONE_WAY
EVERY_DEED = {
    *("pledge", "pledge money", "let a day pass", "expire", "default", "withdraw", "change pledge"),
    *("receive", "receive a surplus", "take receipt back"),
    *("bring goods", "bring money", "take walk-in back", "merge donors"),
    *("plan purchase", "buy", "cancel purchase", "take purchase back"),
    *("move", "move back", "write off", "put back", "correct survey", "allocate", "reverse"),
    *("plan", "send", "call back", "cancel", "confirm", "settle missing", "correct delivery"),
}
COLUMNS = [NEEDED, STOCK, MONEY, PARTS, ENTRY]


def _question(model: type[models.Model], columns: list[str], **named: F) -> Prepared[tuple[int | None, ...]]:
    return Prepared(lambda: model._default_manager.order_by("pk").annotate(**named).values_list(*columns))


BALANCES = [
    _question(NeedBalance, NEEDED),
    _question(SupplyBalance, STOCK, donor=F("line__pledge_line__pledge__donor")),
    _question(CashBalance, MONEY, donor=F("line__pledge__donor")),
    _question(AllocationBalance, PARTS),
    _question(Donor, ENTRY, kept=F("merged_into")),
]


class AllDeeds(PromiseDeeds, GiverDeeds, SupplyDeeds, DeliveryDeeds):
    """Whatever people do."""


def begun(world: World, deeds: Counter[str]) -> dict[str, Any]:
    """Something of everything: needs, goods and money that came, one delivery sent, one planned.

    Done once for all runs of a machine; each goes on from a copy.
    """
    books = AllDeeds()
    books.world, books.deeds = world, deeds
    books.coordinator, books.second = world.user("coordinator"), world.user("coordinator.2")
    books.behalves = {unit: world.agency(f"UBND {unit}") for unit in ("xã Ia Dom", "xã Ia Đal")}
    books.keepers = [books.coordinator.agency, *books.behalves.values()]
    books.band = world.band("3-5").pk
    books.surveys = books.days = 0
    books.gifts, books.supplies, books.monies, books.receipts = [], [], [], []
    books.buyings, books.shares, books.trips = [], [], []
    books.givers = [Giver(donors.donor(world, name)) for name in ("Công ty Cao su", "Hội Chữ thập đỏ")]
    books.wanted = [Wanted(approved_need(world, "Ia Đal", quantity=SURVEYED), SURVEYED)]
    books.wanted.append(Wanted(build.need_of(world, 30), 30))
    books.pledge(16)
    books.pledge_money(60)
    goods, money = books.supplies[0], books.monies[0]
    books.book_receipt(goods, 12, 1, allowed=True)
    books.book_receipt(money, 40, 0, allowed=True)
    share = books.book_allocation(goods, books.wanted[1], 7)
    books.set_out(share, 4)
    books.set_out(share, 2)
    books.book_plan(share, 1)
    books.book_purchase(money, 3, 4)
    return {name: value for name, value in vars(books).items() if name not in {"world", "deeds"}}


class Books(AllDeeds, RuleBasedStateMachine):
    begun: ClassVar[dict[str, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        vars(self).update(deepcopy(self.begun))

    def teardown(self) -> None:
        try:
            self.prove_the_whole()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def prove_the_whole(self) -> None:
        for model, size in MOVES:
            for kind, quantity in model._default_manager.values_list("kind", size):
                self.moves[_named(model, kind, back=quantity < 0)] += 1
        counted = {
            "needs": len(self.wanted),
            "supply lines": len(self.supplies),
            "cash lines": len(self.monies),
            "allocations": len(self.shares),
            "distribution lines": len(self.trips),
        }
        assert prove() == Proof(counted, [])

    @initialize(quantity=st.integers(4, 60), arrival=ARRIVAL)
    def other_need(self, quantity: int, arrival: Arrival) -> None:
        """Of the second village; and the first delivery is confirmed."""
        place = self.world.village("Ia Dom", 2)
        self.wanted.append(Wanted(build.need_of(self.world, quantity, place=place), quantity))
        self.book_confirmation(self.trips[0], arrival)

    @rule(data=st.data())
    def any_deed(self, data: st.DataObject) -> None:
        with clock.standing_on(DAY + timedelta(self.days)):
            possible = self.possible()
            deed = possible[data.draw(ANY) % len(possible)]
            deed(self, **data.draw(deed.given))

    @invariant()
    def every_balance_is_the_sum_of_its_moves(self) -> None:
        assert in_order(), list(faults())

    @invariant()
    def every_balance_is_what_the_plain_books_say(self) -> None:
        for question, columns, rows in zip(
            BALANCES,
            COLUMNS,
            (self.wanted, self.supplies, self.monies, self.shares, self.givers),
            strict=True,
        ):
            assert question.ask() == [tuple(getattr(row, column) for column in columns) for row in rows]


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.slow
@pytest.mark.parametrize(("name", "examples"), [*SHORT, *LONG])
def test_the_books_hold_whatever_is_done(
    world: World, name: str, examples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would vary each run up to five times; a third of those end early, cost as much and do not count.
    monkeypatch.setattr(ConjectureRunner, "generate_mutations_from", lambda *_: None)
    deeds, moves = Counter[str](), Counter[str]()
    kept = {"world": world, "deeds": deeds, "moves": moves, "begun": begun(world, deeds)}
    machine = type(name, (Books,), kept)
    machine.all_deeds = machine.deeds_of()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert set(moves) == EVERY_MOVE
    assert {deed for deed in deeds if not deed.endswith("refused")} == EVERY_DEED
