"""What was allocated beside another agency stands in the report's II.4 with its reason."""

from __future__ import annotations

import pytest

from directory.models import User
from distributions.actions import allocate, reverse_allocation
from reports.actions import open_period
from reports.figures import Figures
from reports.outline import default_text
from tests.distributions import build
from tests.distributions.test_overlap import WHY, for_the_village, of_the_union
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_the_report_says_where_two_serve_one_place_and_why(world: World, coordinator: User) -> None:
    of_the_union(world, **for_the_village(world))
    need = build.need_of(world, 50)
    allocation = allocate(
        by=coordinator,
        supply_line=build.supply_of(world, 50),
        need=need,
        quantity=5,
        overlap_reason=WHY,
    )
    build.allocated(world, 5, commune="Ia Đal")
    period = open_period(by=coordinator, scope=world.district, kind="half_year", year=2025)
    text = default_text(Figures(period))["II.4"]
    [_intro, said, line] = text.splitlines()
    assert said.endswith("do cơ quan điều phối quyết định:")
    assert line == (
        f"- Thôn 1, xã Ia Dom, Đồ ấm ({need.age_band.name}): 5 bộ, "
        f"cùng với {allocation.overlap_with}. Lý do: {WHY}."
    )
    reverse_allocation(by=coordinator, allocation=allocation, quantity=5, reason="Nhầm")
    assert len(default_text(Figures(period))["II.4"].splitlines()) == 1
