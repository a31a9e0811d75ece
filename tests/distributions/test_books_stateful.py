"""The books under whatever people do in whatever order, against a second set kept in plain Python.

Each deed must succeed exactly when the plain books allow it; after each the proof of ``check_ledger`` holds
and every balance is what the plain books say. A new deed goes into one of the modules ``books_…``.
Over each whole run every deed is done and every kind of move occurs, also the counter-rows.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from directory.prepared import Prepared
from distributions.models import AllocationBalance, AllocationMove
from distributions.proof import Proof, faults, prove
from donors.models import CashBalance, CashMove, SupplyBalance, SupplyMove
from needs.models import Need, NeedBalance, NeedMove
from tests.distributions import build
from tests.distributions.books import MONEY, NEEDED, PARTS, STOCK, Wanted
from tests.distributions.books_delivery import ARRIVAL, Arrival, DeliveryDeeds
from tests.distributions.books_promise import PromiseDeeds
from tests.distributions.books_supply import SupplyDeeds
from tests.needs.build import approved_need
from tests.world import World

SURVEYED = 6  # what the survey of Ia Đal asks for, before it is corrected
STEPS = 50
# Parts that workers can share: each is a machine of its own name, so that it takes other ways.
SHORT = [(f"Books{part}", 50) for part in range(2)]
LONG = [pytest.param((f"LongBooks{part}", 250), marks=pytest.mark.deep) for part in range(4)]
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
    *(_named(AllocationMove, kind, back=True) for kind in ("allocate", "reverse", "send")),
}
EVERY_MOVE = {
    _named(model, kind, back=back)
    for model, _size in MOVES
    for kind in model.Kind.values  # type: ignore[attr-defined]
    for back in (False, True)
} - ONE_WAY
EVERY_DEED = {
    *("receive", "take receipt back", "default", "withdraw", "change pledge"),
    *("plan purchase", "buy", "cancel purchase", "take purchase back"),
    *("move", "move back", "write off", "put back", "correct survey", "allocate", "reverse"),
    *("plan", "send", "cancel", "confirm", "settle missing", "correct delivery"),
}
COLUMNS = [NEEDED, STOCK, MONEY, PARTS]


def _question(model: type[models.Model], columns: list[str]) -> Prepared[tuple[int, ...]]:
    return Prepared(lambda: model._default_manager.order_by("pk").values_list(*columns))


BALANCES = [
    _question(NeedBalance, NEEDED),
    _question(SupplyBalance, STOCK),
    _question(CashBalance, MONEY),
    _question(AllocationBalance, PARTS),
]


class Books(PromiseDeeds, SupplyDeeds, DeliveryDeeds, RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.coordinator = self.world.user("coordinator")
        self.second = self.world.user("coordinator.2")
        self.behalves = {unit: self.world.agency(f"UBND {unit}") for unit in ("xã Ia Dom", "xã Ia Đal")}
        self.keepers = [self.coordinator.agency, *self.behalves.values()]
        self.band = self.world.band("3-5").pk
        self.surveys = 0
        self.supplies, self.wanted, self.monies, self.receipts = [], [], [], []
        self.buyings, self.shares, self.trips = [], [], []

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

    @initialize(first=st.integers(8, 60), second=st.integers(4, 60), arrival=ARRIVAL)
    def chain(self, first: int, second: int, arrival: Arrival) -> None:
        """Something of everything: needs, goods and money that came, one delivery done, sent, planned."""
        self.wanted.append(Wanted(Need.objects.get(), SURVEYED))
        for number, quantity in ((1, first), (2, second)):
            place = self.world.village("Ia Dom", number)
            self.wanted.append(Wanted(build.need_of(self.world, quantity, place=place), quantity))
        self.pledge(16)
        self.pledge_money(60)
        goods, money = self.supplies[0], self.monies[0]
        self.book_receipt(goods, 12, 1, allowed=True)
        self.book_receipt(money, 40, 0, allowed=True)
        share = self.book_allocation(goods, self.wanted[1], 7)
        self.book_confirmation(self.set_out(share, 4), arrival)
        self.set_out(share, 2)
        self.book_plan(share, 1)
        self.book_purchase(money, 3, 4)

    @rule(data=st.data())
    def any_deed(self, data: st.DataObject) -> None:
        deed = data.draw(st.sampled_from(self.possible()))
        deed(self, **data.draw(st.fixed_dictionaries(deed.given)))

    @invariant()
    def every_balance_is_the_sum_of_its_moves(self) -> None:
        assert list(faults()) == []

    @invariant()
    def every_balance_is_what_the_plain_books_say(self) -> None:
        for question, columns, rows in zip(
            BALANCES, COLUMNS, (self.wanted, self.supplies, self.monies, self.shares), strict=True
        ):
            assert question.ask() == [tuple(getattr(row, column) for column in columns) for row in rows]


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.slow
@pytest.mark.parametrize("part", [*SHORT, *LONG])
def test_the_books_hold_whatever_is_done(world: World, part: tuple[str, int]) -> None:
    name, examples = part
    machine = type(name, (Books,), {"world": world, "deeds": Counter(), "moves": Counter()})
    machine.all_deeds = machine.deeds_of()
    approved_need(world, "Ia Đal", quantity=SURVEYED)
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
    assert set(machine.moves) == EVERY_MOVE
    assert {name for name in machine.deeds if not name.endswith("refused")} == EVERY_DEED
