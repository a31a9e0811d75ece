"""The books under whatever people do in whatever order, against a second set kept in plain Python.

Each deed must succeed exactly when the plain books allow it; after each the proof of ``check_ledger`` holds
and every balance is what the plain books say. A new deed is a rule in ``books_supply`` or ``books_delivery``.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, run_state_machine_as_test

from distributions.models import AllocationBalance
from distributions.proof import faults
from donors.models import CashBalance, SupplyBalance
from needs.models import Need, NeedBalance
from tests.distributions import build
from tests.distributions.books import MONEY, NEEDED, PARTS, PIECES, STOCK, Wanted
from tests.distributions.books_delivery import DeliveryDeeds
from tests.distributions.books_supply import SupplyDeeds
from tests.needs.build import approved_need
from tests.world import World

SURVEYED = 6  # what the survey of Ia Đal asks for, before it is corrected
STEPS = 50
# Parts that workers can share: each is a machine of its own name, so that it takes other ways.
SHORT = [(f"Books{part}", 25) for part in range(2)]
LONG = [pytest.param((f"LongBooks{part}", 250), marks=pytest.mark.deep) for part in range(4)]


class Books(SupplyDeeds, DeliveryDeeds, RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.coordinator = self.world.user("coordinator")
        self.second = self.world.user("coordinator.2")
        self.behalves = {unit: self.world.agency(f"UBND {unit}") for unit in ("xã Ia Dom", "xã Ia Đal")}
        self.keepers = [self.coordinator.agency, *self.behalves.values()]
        self.band = self.world.band("3-5").pk
        self.supplies = []
        self.wanted = []
        self.monies = []
        self.buyings = []
        self.shares = []
        self.trips = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(first=PIECES, second=PIECES)
    def needs(self, first: int, second: int) -> None:
        self.wanted.append(Wanted(Need.objects.get(), SURVEYED))
        for number, quantity in ((1, first), (2, second)):
            place = self.world.village("Ia Dom", number)
            self.wanted.append(Wanted(build.need_of(self.world, quantity, place=place), quantity))
        self.pledge(10)
        self.give_money(20)
        self.receive(1, 10)
        self.allocate(1, 1, min(first, 10))
        self.plan(1, min(first, 10))

    @invariant()
    def every_balance_is_the_sum_of_its_moves(self) -> None:
        assert list(faults()) == []

    @invariant()
    def every_balance_is_what_the_plain_books_say(self) -> None:
        for model, columns, rows in (
            (SupplyBalance, STOCK, self.supplies),
            (CashBalance, MONEY, self.monies),
            (NeedBalance, NEEDED, self.wanted),
            (AllocationBalance, PARTS, self.shares),
        ):
            balances = model.objects.order_by("pk").values_list(*columns)
            assert list(balances) == [tuple(getattr(row, column) for column in columns) for row in rows]


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.slow
@pytest.mark.parametrize("part", [*SHORT, *LONG])
def test_the_books_hold_whatever_is_done(world: World, part: tuple[str, int]) -> None:
    name, examples = part
    machine = type(name, (Books,), {"world": world})
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
