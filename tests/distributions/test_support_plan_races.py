"""Several coordinators accept at once, each with a connection of their own, on real row locks."""

from __future__ import annotations

from functools import partial

import pytest

from directory.models import Unit
from distributions.actions import allocate
from distributions.models import Allocation, SupportPlan
from distributions.proof import prove
from tests.distributions import build
from tests.distributions.test_races import at_once, needs_apart, tally
from tests.world import World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_of_many_who_accept_the_same_proposal_one_does(world: World) -> None:
    supply, needs = build.supply_of(world, 40), needs_apart(world, 4)
    lines = [build.proposed(supply, need, 10) for need in needs]
    outcomes = at_once([lambda: build.accepted(world, *lines)] * 6)
    assert tally(outcomes) == {"SupportPlan": 1, "stale": 5}
    assert (SupportPlan.objects.count(), Allocation.objects.count()) == (1, 4)
    assert prove().faults == []


def test_plans_that_have_nothing_in_common_are_versions_one_after_the_other(world: World) -> None:
    plans = [[build.proposed(build.supply_of(world, 5), need, 5)] for need in needs_apart(world, 6)]
    outcomes = at_once(lambda lines=lines: build.accepted(world, *lines) for lines in plans)
    assert sorted(plan.version for plan in outcomes) == [1, 2, 3, 4, 5, 6]
    assert Unit.objects.get(pk=world.district.pk).support_plans.count() == 6


def test_a_plan_and_claims_by_hand_share_what_there_is_and_nobody_waits_for_ever(world: World) -> None:
    """The lines lock in opposite orders; whoever is second is refused by name, none by the database."""
    by, needs = world.user("coordinator"), needs_apart(world, 4)
    for _round in range(5):
        supply = [build.supply_of(world, 5) for _ in needs]
        lines = [build.proposed(line, need, 5) for line, need in zip(supply, needs, strict=True)]
        deeds = [partial(build.accepted, world, *order) for order in (lines, lines[::-1])]
        for line in reversed(lines):
            sides = {"supply_line": line.supply_line, "need": line.need}
            deeds.append(partial(allocate, by=by, quantity=line.quantity, **sides))
        counted = tally(at_once(deeds))
        assert sum(counted.values()) == 6
        assert set(counted) <= {"SupportPlan", "Allocation", "stale", "not_enough_supply"}
        assert {line.balance.allocated for line in _anew(supply)} == {5}
    assert prove().faults == []


def _anew(supply: list[object]) -> list[object]:
    for line in supply:
        line.balance.refresh_from_db()  # type: ignore[attr-defined]
    return supply
