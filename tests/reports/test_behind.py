"""The rows behind a figure make it: every figure of the roll-up, in every window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock
from directory.models import User
from donors.actions import record_pledge
from donors.models import FundingSource, SupplyLine
from reports.figures import Figures
from reports.models import ReportingPeriod
from reports.rollup import by_item
from tests.donors import build as donors
from tests.reports.behind import differing
from tests.reports.build import YEAR, correct, delivery, issued, period, service
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
MARCH, NEXT, LATE, SEPTEMBER = date(2025, 3, 10), date(2025, 3, 12), date(2025, 6, 20), date(2025, 9, 1)
ClientOf = Callable[[User], Client]


def bought_by_the_state(
    world: World, quantity: int, item: str = "meal", unit_value: int = 15_000
) -> SupplyLine:
    """Goods from the district's budget, meals too."""
    by = world.user("coordinator")
    with clock.standing_on(MARCH):
        pledge = record_pledge(
            by=by,
            scope=world.district,
            mobilised_by=by.agency,
            source=FundingSource.objects.get(kind="local_budget"),
            pledged_on=MARCH,
            lines=[donors.goods(world, item, quantity, unit_value=unit_value)],
        )
        donors.received(world, pledge, quantity, occurred_on=MARCH)
    return donors.supply_of(pledge)


@pytest.fixture
def periods(world: World) -> list[ReportingPeriod]:
    """Gifts, a service, the state's meals as service and as goods, a supplement, corrections."""
    h1 = period(world)
    first = delivery(world, 120, MARCH, NEXT)
    delivery(world, 8, MARCH, NEXT, commune="Ia Tơi")
    delivery(world, 7, date(2025, 6, 10), LATE, commune="Ia Đal")
    service(world, "check_up", 30, turns=30)
    delivery(world, 60, MARCH, NEXT, item="meal", supply=bought_by_the_state(world, 60))
    delivery(world, 40, MARCH, NEXT, item="meal")
    correct(world, service(world, "meal", 400, turns=20), 390, NEXT, turns=19)
    correct(world, first, 110, NEXT)
    issued(world, h1)
    correct(world, first, 102, SEPTEMBER)
    year = period(world, YEAR)
    second = period(world, YEAR, 2024)
    return [h1, year, second]


def test_the_rows_behind_every_figure_add_up_to_it(
    periods: list[ReportingPeriod], leader: User, officer: User
) -> None:
    assert Figures(periods[0]).delivered("quantity", policy=True).now == 390 + 60
    for each in periods:
        for user in (leader, officer):
            assert differing(each, user) == [], (each, user)


def test_state_meals_stand_apart_and_in_no_total(
    world: World, leader: User, client_of: ClientOf, periods: list[ReportingPeriod]
) -> None:
    client, query = client_of(leader), {"area": str(world.area("health_nutrition").pk)}
    context = client.get(reverse("period_rows", args=[periods[0].pk]), query).context
    assert [(row.quantity, row.policy) for row in context["rows"]] == [
        (40, False),
        (30, False),
        (400, True),
        (60, True),
    ]
    assert [row.policy for row in context["corrections"]] == [True]
    assert (context["whole"].turns, context["of_lines"].turns) == (30 + 40, 30 + 40)
    url = reverse("period_rows_export", args=[periods[0].pk, "csv"])
    file = b"".join(client.get(url, query)).decode()
    rows = [line.split(";") for line in file.splitlines() if line.count(";") > 5]
    assert [row[7:9] for row in rows[1:]] == [["40", "40"], ["30", "30"], ["", "70"]]


def test_what_budgets_paid_for_is_said_beside_the_coverage(
    world: World, leader: User, periods: list[ReportingPeriod]
) -> None:
    rows = {row.name: row.by_budget for row in by_item(Figures(periods[0], leader)) if row.by_budget}
    said = {name: figure.now for name, figure in rows.items() if figure.now}
    assert said == {str(world.item("check_up")): 30}


def test_goods_that_a_budget_pledged_are_covered_and_said_once(world: World, leader: User) -> None:
    bought = bought_by_the_state(world, 20, "warm_clothing", 250_000)
    delivery(world, 20, MARCH, NEXT, supply=bought)
    [row] = by_item(Figures(period(world), leader))
    assert row.by_budget is not None
    assert (row.quantity.now, row.covered, row.by_source[2].now) == (20, 20, 20 * 250_000)
    assert row.by_budget.now == 0


def test_quantities_are_added_only_of_one_item(
    world: World, leader: User, client_of: ClientOf, periods: list[ReportingPeriod]
) -> None:
    client, url = client_of(leader), reverse("period_rows", args=[periods[0].pk])
    assert not client.get(url).context["chosen"].of_one_item
    context = client.get(url, {"item": str(world.item("warm_clothing").pk)}).context
    assert context["chosen"].of_one_item
    assert (context["of_lines"].quantity, context["whole"].quantity) == (128, 118)


def test_the_sums_are_of_all_pages(
    leader: User, client_of: ClientOf, periods: list[ReportingPeriod], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.views.period.LINES_PER_PAGE", 1)
    context = client_of(leader).get(reverse("period_rows", args=[periods[0].pk])).context
    assert (len(context["rows"]), context["whole"].turns) == (1, 110 + 8 + 30 + 40)


def test_a_period_without_anything_has_sums_of_0(world: World, leader: User) -> None:
    assert differing(period(world), leader) == []
    with clock.standing_on(NEXT):
        assert Figures(period(world, YEAR)).delivered("turns").now == 0
