"""Reach, role by role."""

from __future__ import annotations

from datetime import date

import pytest

from directory import clock
from directory.models import Agency, CoordinationScope, LeadArea, Unit, User
from directory.reach import Reach
from directory.roles import Role
from tests.world import World

pytestmark = pytest.mark.django_db


def communes(world: World, *names: str) -> set[int]:
    return {world.commune(name).pk for name in names}


ALL = ("Ia Dom", "Ia Đal", "Ia Tơi")


def test_a_commune_officer_sees_the_own_commune_in_all_areas(world: World, officer: User) -> None:
    reach = officer.reach
    assert reach.communes == communes(world, "Ia Dom")
    assert len(reach.areas) == 3
    assert (reach.scopes, reach.led) == (set(), set())
    assert reach.agencies == {officer.agency_id}
    assert reach.around == {*reach.communes, world.district.pk, world.district.parent_id}


@pytest.mark.parametrize(("username", "area"), [("health", "health_nutrition"), ("culture", "play")])
def test_an_agency_sees_the_area_that_it_leads(world: World, username: str, area: str) -> None:
    reach = world.user(username).reach
    assert reach.communes == communes(world, *ALL)
    assert reach.areas == {world.area(area).pk}
    assert (reach.scopes, reach.led) == (set(), {world.district.pk})


def test_a_union_leads_nothing_and_owns_its_records(world: World, union_officer: User) -> None:
    reach = union_officer.reach
    assert (reach.communes, reach.areas, reach.scopes, reach.led) == (set(), set(), set(), set())
    assert reach.agencies == {union_officer.agency_id}
    assert world.district.pk in reach.around


def test_coordinators_and_leaders_see_the_district(world: World, coordinator: User, leader: User) -> None:
    for user in (coordinator, leader):
        assert user.reach.communes == communes(world, *ALL)
        assert user.reach.scopes == {world.district.pk, *communes(world, *ALL)}
        assert len(user.reach.areas) == 3


def test_an_administrator_sees_the_directory_only(world: World, administrator: User) -> None:
    assert administrator.reach == Reach()
    assert set(Unit.objects.visible_to(administrator)) == set(Unit.objects.all())


def test_another_district_is_out_of_reach(world: World, coordinator: User, health_officer: User) -> None:
    start = date(2019, 1, 1)
    province = world.district.parent
    other = Unit.objects.create(
        level="district", code="616", name="huyện Sa Thầy", parent=province, valid_from=start
    )
    commune = Unit.objects.create(
        level="commune", code="23500", name="xã Mô Rai", parent=other, valid_from=start
    )
    for user in (coordinator, health_officer, world.user("leader")):
        assert not {other.pk, commune.pk} & (user.reach.communes | user.reach.scopes | user.reach.led)


def test_a_coordinator_without_a_scope_today_sees_only_what_the_agency_owns(
    world: World, coordinator: User
) -> None:
    CoordinationScope.objects.update(valid_to=date(2025, 6, 1))
    assert (coordinator.reach.communes, coordinator.reach.scopes) == (set(), set())
    with clock.standing_on(date(2025, 6, 1)):
        assert world.user("coordinator").reach.scopes


def test_a_lead_holds_for_its_days(world: World, health_officer: User) -> None:
    LeadArea.objects.filter(agency=health_officer.agency).update(valid_to=date(2025, 6, 1))
    assert (health_officer.reach.communes, health_officer.reach.areas) == (set(), set())


def test_an_agency_that_has_ended_sees_nothing(world: World, officer: User) -> None:
    Agency.objects.filter(pk=officer.agency_id).update(valid_to=date(2025, 6, 1))
    assert world.user("officer.iadom").reach == Reach()


def test_a_leader_of_no_committee_leads_nothing(world: World) -> None:
    user = User.objects.create(username="x", role=Role.LEADER, agency=world.agency("TTYT"))
    assert user.reach.scopes == set()
