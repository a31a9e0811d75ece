"""The room's thread from end to end, and the figures that it leaves."""

from __future__ import annotations

import pytest
from django.forms.models import model_to_dict

from directory.models import HistoryEntry
from distributions.models import ChildTurns
from distributions.proof import prove
from tests.distributions import build
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_a_full_delivery_moves_every_balance(world: World) -> None:
    distribution = build.delivered(world, 20, child_turns={"3-5": 18})
    line = distribution.lines.get()
    allocation = line.allocation
    assert (distribution.state, line.received, line.value) == ("confirmed", 20, 5_000_000)
    assert model_to_dict(allocation.balance) | {"allocation": None} == {
        "allocation": None,
        "quantity": 20,
        "open": 0,
        "in_transit": 0,
        "delivered": 20,
        "returned": 0,
        "lost": 0,
        "missing": 0,
        "reversed": 0,
    }
    need, supply = allocation.need.balance, allocation.supply_line.balance
    need.refresh_from_db()
    supply.refresh_from_db()
    assert (need.covered, need.delivered, supply.allocated, supply.sent) == (20, 20, 20, 20)
    assert list(ChildTurns.objects.values_list("age_band__code", "turns")) == [("3-5", 18)]
    assert [row.verb for row in HistoryEntry.objects.of(distribution)] == ["confirm", "send", "plan"]
    assert prove().faults == []


def test_a_short_delivery_reopens_the_need_and_fills_the_stock(world: World) -> None:
    distribution = build.delivered(world, 20, received=15)
    allocation = distribution.lines.get().allocation
    need, supply = allocation.need.balance, allocation.supply_line.balance
    need.refresh_from_db()
    supply.refresh_from_db()
    assert (need.uncovered, need.delivered) == (5, 15)
    assert (supply.unallocated, supply.in_stock) == (5, 5)
    assert prove().faults == []
