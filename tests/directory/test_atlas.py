"""Reach is read in one query, and is what the definition says: for everybody, on every day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from directory import clock
from directory.actions.delegation import delegate, end_delegation
from directory.models import Agency, CoordinationScope, LeadArea, Unit, User
from directory.roles import Role
from tests.directory import reach_by_layers
from tests.merger import DAY, Merger
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
DAYS = [date(2024, 5, 1), DAY - timedelta(days=1), DAY, DAY + timedelta(days=400)]


@pytest.fixture
def everybody(world: World) -> list[User]:
    """All accounts of the world, a leader for each committee besides, and one of each role elsewhere."""
    for agency in Agency.objects.filter(kind="committee"):
        User.objects.create(username=f"leader.{agency.pk}", role=Role.LEADER, agency=agency)
    for role in set(Role) - {Role.ADMINISTRATOR}:
        User.objects.create(username=f"fund.{role}", role=role, agency=world.agency("TTYT"))
    return list(User.objects.order_by("pk"))


def wrong_on(day: date) -> dict[str, object]:
    """Whose reach is not what the definition says, read as a session reads its account."""
    wrong = {}
    with clock.standing_on(day):
        for pk in User.objects.values_list("pk", flat=True):
            user = User.signed_in(pk)
            assert user is not None
            expected = reach_by_layers.reach_of(User.objects.get(pk=pk), day)
            if user.reach != expected:
                wrong[user.username] = (user.reach, expected)
    return wrong


def test_reach_is_what_the_definition_says(everybody: list[User]) -> None:
    assert [wrong_on(day) for day in DAYS] == [{}] * len(DAYS)


def test_reach_is_what_the_definition_says_after_the_merger(everybody: list[User], merger: Merger) -> None:
    for committee in (merger.committee, Agency.objects.get(short_name="UBND tỉnh")):
        User.objects.create(username=f"new.{committee.pk}", role=Role.LEADER, agency=committee)
    assert [wrong_on(day) for day in DAYS] == [{}] * len(DAYS)


def test_reach_by_delegation_is_what_the_definition_says(world: World, everybody: list[User]) -> None:
    """The leader of each committee, and the coordinators, hand their powers to all colleagues."""
    today = clock.today()
    for giver in (user for user in everybody if user.agency and user.role != Role.AGENCY_OFFICER):
        for colleague in User.objects.colleagues_of(giver):
            delegate(
                by=giver, to_user=colleague, valid_from=today, valid_to=today + timedelta(days=9), reason="x"
            )
    assert len(world.user("coordinator").principals) > 1
    days = [today, today + timedelta(days=10)]
    assert [wrong_on(day) for day in days] == [{}, {}]


def test_a_moved_deactivated_or_ended_giver_gives_nothing(world: World, second_coordinator: User) -> None:
    coordinator, today = world.user("coordinator"), clock.today()
    given = delegate(
        by=coordinator,
        to_user=second_coordinator,
        valid_from=today,
        valid_to=today + timedelta(days=9),
        reason="x",
    )
    assert principals(second_coordinator) == [second_coordinator, coordinator]
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert principals(second_coordinator) == [second_coordinator]
    User.objects.filter(pk=coordinator.pk).update(is_active=True, agency=world.agency("TTYT"))
    assert principals(second_coordinator) == [second_coordinator]
    User.objects.filter(pk=coordinator.pk).update(agency=coordinator.agency)
    end_delegation(by=world.user("coordinator"), delegation=given)
    assert principals(second_coordinator) == [second_coordinator]


def principals(user: User) -> list[User]:
    """Both as a session reads them and as an account that was loaded otherwise asks for them."""
    loaded, plain = User.signed_in(user.pk), User.objects.get(pk=user.pk)
    assert loaded is not None
    assert loaded.principals == plain.principals == reach_by_layers.principals_of(plain, clock.today())
    return loaded.principals


def test_leads_of_two_units_and_circles_of_successions(world: World, health_officer: User) -> None:
    """A district that a second coordinating office and a second lead agency share with others."""
    other = Unit.objects.create(
        level="district", code="616", name="huyện Sa Thầy", parent=world.district.parent, valid_from=DAYS[0]
    )
    Unit.objects.create(
        level="commune", code="23500", name="xã Mô Rai", parent=other, valid_from=date(2019, 1, 1)
    )
    area = world.area("health_nutrition")
    LeadArea.objects.create(area=area, agency=world.agency("TTYT"), scope=other, valid_from=DAYS[0])
    CoordinationScope.objects.create(unit=other, agency=world.agency("LĐTBXH"), valid_from=DAYS[0])
    assert [wrong_on(day) for day in DAYS] == [{}] * len(DAYS)


def test_who_is_signed_in_and_what_they_reach_are_two_queries(
    world: World, client_of: Callable, django_assert_num_queries: Callable
) -> None:
    for username in ("officer.iadom", "coordinator", "leader", "health", "union", "administrator"):
        pk = world.user(username).pk
        with django_assert_num_queries(2):
            user = User.signed_in(pk)
            assert user is not None
            assert user.reach is not None
            assert user.agency is None or user.agency.unit.name


def test_nothing_of_an_account_is_remembered_from_page_to_page(
    world: World, officer: User, client_of: Callable
) -> None:
    client = client_of(officer)
    assert client.get("/needs/").status_code == 200
    User.objects.filter(pk=officer.pk).update(role=Role.ADMINISTRATOR, agency=None)
    assert client.get("/needs/").status_code == 403
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert client.get("/needs/").status_code == 302
