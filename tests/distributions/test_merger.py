"""What was begun before a reorganisation goes on after it."""

from __future__ import annotations

from datetime import date

import pytest

from directory import clock
from directory.models import Place, User
from directory.scope import is_difficult
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    confirm_delivery,
    plan_distribution,
    send_distribution,
)
from distributions.models import Distribution
from distributions.proof import prove
from distributions.scope import committee_of
from tests.distributions import build
from tests.merger import merge
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
AFTER = date(2025, 7, 10)


def test_goods_allocated_before_are_delivered_after(world: World, administrator: User) -> None:
    allocation = build.allocated(world, 20, commune="Ia Dom")
    with clock.standing_on(AFTER):
        merger = merge(world, administrator)
        place = Place.objects.get(continues=allocation.need.place)
        coordinator = world.user("coordinator")
        distribution = plan_distribution(
            by=coordinator,
            area=world.area("warm_clothing"),
            lead_agency=merger.health,
            place=place,
            planned_on=AFTER,
            lines=[PlannedLine(20, allocation=allocation)],
        )
        send_distribution(by=coordinator, distribution=distribution)
        line = distribution.lines.get()
        confirmed = confirm_delivery(
            by=world.user("officer.iatoi"),
            distribution=distribution,
            occurred_on=AFTER,
            lines=[ConfirmedLine(line, 20, child_turns={world.band("3-5").pk: 20})],
        )
    assert (confirmed.state, confirmed.on_behalf_of, confirmed.in_scope) == ("confirmed", None, False)
    assert prove().faults == []


def test_what_was_on_its_way_is_confirmed_by_the_successor(world: World, administrator: User) -> None:
    distribution = build.sent(world, 20, commune="Ia Dom")
    with clock.standing_on(AFTER):
        merger = merge(world, administrator)
        distribution = Distribution.objects.get()
        assert committee_of(distribution.place.unit, AFTER) == merger.committee
        confirmed = confirm_delivery(
            by=world.user("officer.iadom"),
            distribution=distribution,
            occurred_on=date(2025, 6, 20),
            lines=[ConfirmedLine(distribution.lines.get(), 20, child_turns={world.band("3-5").pk: 20})],
        )
    assert (confirmed.state, confirmed.in_scope) == ("confirmed", True)


def test_the_status_of_a_merged_commune_is_asked_as_of_the_day(world: World, administrator: User) -> None:
    old = world.commune("Ia Dom")
    with clock.standing_on(AFTER):
        merge(world, administrator)
    old.refresh_from_db()
    assert [is_difficult(old, day) for day in (date(2025, 6, 30), AFTER)] == [True, False]
