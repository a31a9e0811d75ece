"""What supervision found enters the report: annex V, the part on management, the proposals."""

from __future__ import annotations

import pytest

from distributions.actions import (
    Found,
    Recommended,
    close_recommendation,
    plan_visit,
    record_visit,
)
from distributions.actions.visit import questions_for
from distributions.models import Recommendation
from reports.actions import open_period
from reports.figures import Figures
from reports.models import ReportingPeriod
from reports.papers.annexes.clothing import clothing
from reports.supervised import asked_after_visits, supervised
from tests.distributions import build
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def period(world: World) -> ReportingPeriod:
    return open_period(by=world.user("coordinator"), scope=world.district, kind="half_year", year=2025)


def visited(world: World) -> Recommendation:
    """A delivery of warm clothing to Ia Dom, looked at today."""
    by, distribution = world.user("coordinator.2"), build.delivered(world, 20)
    today = distribution.planned_on
    visit = plan_visit(
        by=by, place=distribution.place, planned_on=today, team="Tổ giám sát", distribution=distribution
    )
    record_visit(
        by=by,
        visit=visit,
        done_on=today,
        findings=[Found(item, "yes") for item in questions_for(visit.place)],
        conclusion="Tốt",
        recommendations=[Recommended("Lập sổ theo dõi", world.agency("UBND xã Ia Dom"), today)],
    )
    return visit.recommendations.get()


def test_without_visits_nothing_is_said_and_nothing_is_reported(period: ReportingPeriod) -> None:
    figures = Figures(period)
    assert (supervised(figures), asked_after_visits(figures)) == ([], [])
    assert {row["cells"][-1] for row in clothing(figures)["rows"]} == {None}


def test_visits_and_what_they_asked_are_counted_until_it_is_closed(
    world: World, period: ReportingPeriod
) -> None:
    asked = visited(world)
    figures = Figures(period)
    rows = {str(row["cells"][0]): row["cells"][-1] for row in clothing(figures)["rows"]}
    assert (rows["xã Ia Dom"], rows["xã Ia Đal"], rows["TỔNG CỘNG"]) == (1, 0, 1)
    assert supervised(figures) == [
        "Giám sát: trong kỳ thực hiện 1 đợt, lũy kế từ đầu năm 1 đợt; sau giám sát có 1 kiến nghị, đã thực "
        "hiện xong 0, đang theo dõi 1."
    ]
    owner = world.agency("UBND xã Ia Dom").name
    assert asked_after_visits(figures) == [
        f"Kiến nghị sau giám sát đang thực hiện: Lập sổ theo dõi ({owner})."
    ]
    close_recommendation(by=world.user("coordinator.2"), recommendation=asked, reason="Đã xong")
    figures = Figures(period)
    assert (figures.followed.closed, asked_after_visits(figures)) == (1, [])
