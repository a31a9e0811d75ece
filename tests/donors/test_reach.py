"""Who sees which pledge, receipt and supply."""

from __future__ import annotations

from datetime import date

import pytest

from directory.models import CoordinationScope, User
from donors.models import FundingSource, Pledge, Receipt, SupplyLine
from donors.permissions import scopes_of
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.world import World

pytestmark = pytest.mark.django_db


def _sees(user: User, pledge: Pledge) -> tuple[bool, bool, bool]:
    return (
        Pledge.objects.visible_to(user).filter(pk=pledge.pk).exists(),
        Receipt.objects.visible_to(user).filter(pledge=pledge).exists(),
        SupplyLine.objects.visible_to(user).filter(pledge_line__pledge=pledge).exists(),
    )


ALL, NOTHING = (True, True, True), (False, False, False)


def test_a_pledge_of_the_district_in_warm_clothing(
    world: World,
    coordinator: User,
    leader: User,
    officer: User,
    health_officer: User,
    union_officer: User,
    administrator: User,
) -> None:
    pledge = pledged(world)
    received(world, pledge, 10)
    for user in (coordinator, leader):
        assert _sees(user, pledge) == ALL
    for user in (officer, health_officer, union_officer, administrator):
        assert _sees(user, pledge) == NOTHING


def test_a_lead_agency_sees_its_area(world: World, health_officer: User, culture_officer: User) -> None:
    pledge = pledged(world, item="meal")
    received(world, pledge, 10)
    assert _sees(health_officer, pledge) == ALL
    assert _sees(culture_officer, pledge) == NOTHING
    money = pledged(world, lines=[cash(1_000, earmark="area", earmark_area=world.area("play"))])
    assert _sees(culture_officer, money) == (True, False, False)
    assert _sees(health_officer, money) == NOTHING


def test_supply_of_other_areas_in_the_same_pledge_stays_out_of_the_list(
    world: World, health_officer: User
) -> None:
    pledged(world, lines=[goods(world, "meal"), goods(world)])
    assert [line.item.code for line in SupplyLine.objects.visible_to(health_officer)] == ["meal"]


def test_what_a_commune_or_union_mobilised_is_its_own(
    world: World, officer: User, stranger: User, union_officer: User, coordinator: User
) -> None:
    for user in (officer, union_officer):
        pledge = pledged(world, by=user, giver=donor(world, by=user, name=f"Của {user}"))
        received(world, pledge, 10, by=user)
        assert (_sees(user, pledge), _sees(stranger, pledge)) == (ALL, NOTHING)
        assert _sees(coordinator, pledge) == ALL


def test_who_keeps_the_goods_sees_the_pledge(world: World, officer: User, stranger: User) -> None:
    pledge = pledged(world)
    received(world, pledge, 10, custodian=officer.agency)
    assert (_sees(officer, pledge), _sees(stranger, pledge)) == (ALL, NOTHING)
    assert supply_of(pledge) in SupplyLine.objects.visible_to(officer)


def test_who_keeps_the_fund_sees_what_it_gives(world: World, union_officer: User) -> None:
    fund = FundingSource.objects.create(
        scope=world.district, kind="fund", name="Quỹ của Hội", agency=union_officer.agency
    )
    pledge = pledged(world)
    Pledge.objects.filter(pk=pledge.pk).update(donor=None, source=fund)
    received(world, pledge, 10)
    assert _sees(union_officer, pledge) == ALL
    assert list(FundingSource.objects.visible_to(union_officer)) == [fund]


def test_the_scope_to_record_in(world: World, coordinator: User, officer: User, union_officer: User) -> None:
    for user in (coordinator, officer, union_officer):
        assert scopes_of(user) == [world.district]
    CoordinationScope.objects.update(valid_to=date(2025, 6, 1))
    for user in (coordinator, officer, union_officer):
        assert scopes_of(world.user(user.username)) == []
