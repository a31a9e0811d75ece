"""The task list names overdue pledges."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from directory.models import User
from donors.todo import todo
from tests.donors.build import donor, pledged, received
from tests.donors.test_instalments import split
from tests.world import World

pytestmark = pytest.mark.django_db


def test_overdue_pledges_for_the_coordinator_and_who_mobilised(
    world: World, coordinator: User, officer: User, stranger: User, leader: User
) -> None:
    late = pledged(world, by=officer, giver=donor(world, by=officer), due_on=date(2025, 6, 1))
    pledged(world, due_on=date(2025, 6, 10))
    for user in (coordinator, officer):
        assert [(task.url, task.is_late) for task in todo(user)] == [
            (reverse("pledge_detail", args=[late.pk]), True)
        ]
    assert todo(stranger) == todo(leader) == []


def test_many_become_one_line(world: World, coordinator: User) -> None:
    for _number in range(6):
        pledged(world, due_on=date(2025, 6, 1))
    (task,) = todo(coordinator)
    assert task.url == reverse("pledge_overdue")


def test_what_is_due_within_the_week_is_prepared_for(world: World, coordinator: User) -> None:
    nearest, parts = pledged(world, due_on=date(2025, 6, 2)), pledged(world)
    split(coordinator, parts, {date(2025, 6, 9): [50], date(2025, 8, 31): [150]})
    pledged(world, due_on=date(2025, 6, 10))
    assert [(task.url, task.due_on, task.is_late) for task in todo(coordinator)] == [
        (reverse("pledge_detail", args=[nearest.pk]), date(2025, 6, 2), False),
        (reverse("pledge_detail", args=[parts.pk]), date(2025, 6, 9), False),
    ]
    received(world, parts, 50)
    assert len(todo(coordinator)) == 1
