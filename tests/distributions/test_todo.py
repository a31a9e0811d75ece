"""What this room asks of each role."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import clock
from directory.models import User
from distributions.actions import PlannedLine, plan_distribution
from distributions.todo import todo
from tests.distributions import build
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def urls(user: User) -> list[str]:
    return [task.url for task in todo(user)]


def test_the_commune_confirms_what_is_on_its_way(world, officer, stranger, leader) -> None:
    distribution = build.sent(world, 20)
    build.planned(world, 5, band="0-2")
    assert urls(officer) == [reverse("delivery_confirm", args=[distribution.pk])]
    assert (urls(stranger), urls(leader)) == ([], [])


def test_nothing_is_left_to_confirm_after_the_confirmation(world, officer) -> None:
    build.delivered(world, 20)
    assert urls(officer) == []


def test_the_lead_agency_plans_what_is_open_in_its_area(world, coordinator, health_officer) -> None:
    allocation = build.allocated(world, 20)
    assert urls(coordinator) == [reverse("distribution_create")]
    assert urls(health_officer) == []
    build.planned(world, 20, allocation=allocation)
    assert reverse("distribution_create") not in urls(coordinator)


def test_the_lead_agency_sends_what_is_due_within_a_week(world, coordinator) -> None:
    allocation = build.allocated(world, 20)

    def plan(day: date) -> str:
        distribution = plan_distribution(
            by=coordinator,
            area=world.area("warm_clothing"),
            lead_agency=coordinator.agency,
            place=world.village("Ia Dom"),
            planned_on=day,
            lines=[PlannedLine(10, allocation=allocation)],
        )
        return reverse("distribution_detail", args=[distribution.pk])

    soon, _later = plan(date(2025, 6, 9)), plan(date(2025, 6, 10))
    assert [(task.url, task.due_on, task.is_late) for task in todo(coordinator)] == [
        (soon, date(2025, 6, 9), False)
    ]
    with clock.standing_on(date(2025, 6, 10)):
        assert [task.is_late for task in todo(world.user("coordinator"))] == [True, False]


@pytest.mark.parametrize(("priority", "item", "asked"), [(2, "warm_clothing", 1), (3, "warm_clothing", 0)])
def test_urgent_needs_are_matched_while_there_is_supply(world, coordinator, priority, item, asked) -> None:
    build.need_of(world, 10, priority=priority)
    assert urls(coordinator) == []
    build.supply_of(world, 5, item="play_area")
    assert urls(coordinator) == []
    build.supply_of(world, 5, item=item)
    assert urls(coordinator) == [reverse("allocation_board")] * asked


def test_the_list_costs_the_same_for_one_and_for_three(world: World, officer: User) -> None:
    def cost() -> int:
        user = world.user("officer.iadom")
        with CaptureQueriesContext(connection) as queries:
            todo(user)
        return len(queries)

    build.sent(world, 20)
    before = cost()
    for band in ("0-2", "6-10"):
        build.sent(world, 20, band=band)
    assert cost() == before
