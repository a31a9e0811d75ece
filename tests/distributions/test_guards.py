"""The guarded updates themselves: they refuse even where nobody has looked before, and need no lock for it.

An action looks under its locks first, so its refusals never come to these; the CHECKs stand behind them.
"""

from __future__ import annotations

import pytest
from django.db import transaction

from directory import clock
from directory.deeds import acting
from directory.errors import NotEnough
from directory.models import User
from distributions.ledger import Deed, correct, take_all
from distributions.models import Allocation, DeliveryCorrection, DistributionLine
from donors.models import SupplyLine
from needs.models import Need
from tests.distributions import build
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@transaction.atomic
def force(line: SupplyLine, need: Need, by: User) -> None:
    """Ten pieces, without a look or a lock before."""
    with acting():
        allocation = Allocation.objects.create(supply_line=line, need=need, quantity=10, by=by)
        take_all([allocation])


@pytest.mark.parametrize(("promised", "needed"), [(9, 50), (50, 9)], ids=["supply", "need"])
def test_ten_are_not_set_aside_where_nine_are_left(world: World, promised: int, needed: int) -> None:
    line, need, by = build.supply_of(world, promised), build.need_of(world, needed), world.user("coordinator")
    with pytest.raises(NotEnough) as refusal:
        force(line, need, by)
    assert refusal.value.code == "balance_moved"
    line.balance.refresh_from_db()
    need.balance.refresh_from_db()
    assert (line.balance.allocated, need.balance.covered, Allocation.objects.count()) == (0, 0, 0)


@transaction.atomic
def force_correction(line: DistributionLine, by: User, **parts: int) -> None:
    """Without a look or a lock before."""
    with acting():
        correction = DeliveryCorrection.objects.create(line=line, by=by, reason="Gõ nhầm", **parts)
        correct(correction, Deed(by, clock.today()))


@pytest.mark.parametrize(
    "parts",
    [{"received": -19, "missing": 19}, {"received": 3, "returned": -3}, {"received": 1, "missing": -1}],
    ids=["below zero", "given out", "not missing"],
)
def test_a_correction_does_not_go_beyond_what_is_there(world: World, parts: dict[str, int]) -> None:
    """18 of 20 arrived; of the 2 that came back 2 were allocated anew."""
    line = build.delivered(world, 20, received=18).lines.get()
    build.allocated(world, 2, need=line.allocation.need, supply_line=line.allocation.supply_line)
    with pytest.raises(NotEnough) as refusal:
        force_correction(line, world.user("officer.iadom"), **parts)
    assert (refusal.value.code, DeliveryCorrection.objects.count()) == ("balance_moved", 0)
