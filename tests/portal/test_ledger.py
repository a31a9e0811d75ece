"""The ledger under whatever people do to it: at random, and all at once. ``--deep`` goes on for longer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import clock
from directory.errors import NotEnough, Refusal
from directory.models import Place
from distributions.actions import ConfirmedLine, allocate, confirm_delivery, reverse_allocation
from distributions.models import Allocation, Distribution
from distributions.proof import prove
from donors.models import SupplyBalance, SupplyLine
from needs.models import Need, NeedBalance
from tests.day import DAY
from tests.distributions import build
from tests.world import World, build_world

SHORT_AND_LONG = [12, pytest.param(250, marks=pytest.mark.deep)]
QUANTITY = st.integers(min_value=1, max_value=12)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["allocate", "reverse", "send", "confirm", "confirm short"]),
        st.integers(min_value=0, max_value=3),
        QUANTITY,
    ),
    min_size=4,
    max_size=14,
)


def _step(world: World, deed: str, which: int, quantity: int) -> None:
    """One deed on one of the things that are there; nothing to do it on is no fault."""
    by = world.user("coordinator")
    if deed == "allocate":
        supplies, needs = list(SupplyLine.objects.order_by("pk")), list(Need.objects.order_by("pk"))
        allocate(by=by, supply_line=supplies[which % 2], need=needs[which // 2], quantity=quantity)
        return
    if deed in ("reverse", "send"):
        allocations = list(Allocation.objects.order_by("pk"))
        if not allocations:
            return
        allocation = allocations[which % len(allocations)]
        if deed == "send":
            build.sent(world, quantity, allocation=allocation)
        else:
            reverse_allocation(by=by, allocation=allocation, quantity=quantity, reason="phân bổ nhầm")
        return
    distributions = list(Distribution.objects.order_by("pk"))
    if distributions:
        _confirm(world, distributions[which % len(distributions)], quantity if deed == "confirm short" else 0)


def _confirm(world: World, distribution: Distribution, short: int) -> None:
    """The commune received all but ``short``, which returns to stock."""
    line = distribution.lines.get()
    returned = min(short, line.planned)
    assert line.allocation is not None
    band = line.allocation.need.age_band_id
    confirmed = ConfirmedLine(
        line,
        line.planned - returned,
        returned=returned,
        difference_reason="thiếu" if returned else "",
        child_turns={band: line.planned - returned},
    )
    by = build.officer_of(world, distribution)
    confirm_delivery(by=by, distribution=distribution, occurred_on=clock.today(), lines=[confirmed])


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("examples", SHORT_AND_LONG)
def test_whatever_is_done_in_whatever_order_the_books_are_right(world: World, examples: int) -> None:
    for received in (20, 8):
        build.supply_of(world, 20, received=received)
    for commune in ("Ia Dom", "Ia Đal"):
        build.need_of(world, 15, commune=commune)

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def holds(steps: list[tuple[str, int, int]]) -> None:
        with transaction.atomic():
            for deed, which, quantity in steps:
                try:
                    _step(world, deed, which, quantity)
                except Refusal:
                    continue  # said no; a broken constraint would not be a refusal and fails here
            faults = prove().faults
            transaction.set_rollback(True)
        assert faults == []

    holds()


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
@pytest.mark.parametrize("rounds", [2, pytest.param(50, marks=pytest.mark.deep)])
def test_ten_pieces_and_twenty_claims_at_once(rounds: int) -> None:
    world = build_world()
    by = world.user("coordinator")
    for _ in range(rounds):
        supply, need = build.supply_of(world, 10), _next_need(world)
        claims = [lambda s=supply, n=need: allocate(by=by, supply_line=s, need=n, quantity=1)] * 20
        outcomes = _at_once(claims)
        assert (
            sorted(type(outcome).__name__ for outcome in outcomes) == ["Allocation"] * 10 + ["NotEnough"] * 10
        )
        assert SupplyBalance.objects.get(line=supply).allocated == 10
        assert NeedBalance.objects.get(need=need).covered == 10
    assert prove().faults == []


def _next_need(world: World) -> Need:
    """A need of a place of its own: there is one need for an item at a place in a round."""
    first = world.village("Ia Dom")
    place = Place.objects.create(
        unit=first.unit,
        kind=first.kind,
        name=f"Thôn mới {Place.objects.count()}",
        valid_from=first.valid_from,
    )
    return build.need_of(world, 100, place=place)


def _at_once(deeds: list[Callable[[], object]]) -> list[object]:
    def run(deed: Callable[[], object]) -> object:
        try:
            with clock.standing_on(DAY):
                return deed()
        except NotEnough as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
