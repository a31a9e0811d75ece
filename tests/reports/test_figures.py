"""What the figures say: sources apart, scope apart, state meals apart, 0 is not “not reported”."""

from datetime import date

import pytest

from directory import clock
from distributions.actions import allocate, reverse_allocation
from reports.figures import Figure, Figures, lines_of, percent
from reports.figures.facts import BUDGETS, GIFT
from reports.figures.figure import added
from tests.distributions.build import supply_of
from tests.needs.build import approved_need
from tests.reports.build import delivery, period, service

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MARCH, NEXT = date(2025, 3, 10), date(2025, 3, 12)


def test_gifts_and_budgets_stand_apart(world) -> None:
    delivery(world, 20, MARCH, NEXT)
    service(world, "check_up", 30, turns=30)
    figures = Figures(period(world))
    assert figures.delivered("value", sources=[GIFT]).now == 20 * 250_000
    assert figures.delivered("value", sources=BUDGETS).now == 30 * 10_000
    assert figures.delivered("turns").now == 50


def test_state_meals_are_in_no_total(world) -> None:
    service(world, "meal", 400, turns=20)
    figures = Figures(period(world))
    assert (figures.delivered("turns").now, figures.delivered("value").now) == (0, 0)
    assert figures.delivered("quantity", policy=True).now == 400


def test_in_and_out_of_scope_stand_apart(world) -> None:
    delivery(world, 20, MARCH, NEXT)
    delivery(world, 8, MARCH, NEXT, commune="Ia Tơi")
    figures = Figures(period(world))
    assert figures.delivered("turns", in_scope=True).now == 20
    assert figures.delivered("turns", in_scope=False).now == 8


def test_by_area_place_and_item(world) -> None:
    delivery(world, 20, MARCH, NEXT)
    delivery(world, 5, MARCH, NEXT, commune="Ia Đal")
    delivery(world, 2, MARCH, NEXT, item="play_area", band="all", child_turns={"6-10": 90})
    figures = Figures(period(world))
    assert figures.delivered("turns", area=world.area("play").pk).now == 90
    assert figures.delivered("quantity", commune=world.commune("Ia Đal").pk).now == 5
    assert figures.delivered("quantity", item=world.item("warm_clothing").pk).now == 25
    assert figures.delivered("quantity", place=world.village("Ia Dom").pk).now == 22


def test_nothing_delivered_is_0(world) -> None:
    assert Figures(period(world)).delivered("turns") == Figure(0, 0, 0, None)


def test_needs_of_a_commune_without_an_approved_survey_are_not_reported(world) -> None:
    with clock.standing_on(MARCH):
        approved_need(world, "Ia Dom", quantity=20)
    figures = Figures(period(world))
    assert [unit.name for unit in figures.missing] == ["xã Ia Đal", "xã Ia Tơi"]
    clothing = world.area("warm_clothing").pk
    assert figures.needs_counted(covered=False, area=clothing).now == 1
    assert figures.needs_counted(covered=False, area=world.area("play").pk).now == 0


def test_an_officer_whose_commune_has_no_survey_reads_not_reported(world) -> None:
    with clock.standing_on(MARCH):
        approved_need(world, "Ia Dom", quantity=20)
    figures = Figures(period(world), world.user("officer.iadal"))
    assert [unit.name for unit in figures.missing] == ["xã Ia Đal"]
    assert figures.needs_counted(covered=False, area=world.area("warm_clothing").pk).now is None


def test_without_any_survey_needs_are_not_reported_at_all(world) -> None:
    figures = Figures(period(world))
    assert figures.needs_counted(covered=False, area=world.area("play").pk).now is None


def test_a_survey_approved_after_the_close_does_not_count(world) -> None:
    with clock.standing_on(date(2025, 6, 17)):
        approved_need(world, "Ia Dom", quantity=20)
    figures = Figures(period(world))
    assert (figures.surveyed, figures.needs) == (set(), [])


def test_a_reversal_is_booked_in_the_period_in_which_it_is_made(world) -> None:
    with clock.standing_on(MARCH):
        need = approved_need(world, quantity=20)
        allocation = allocate(
            by=world.user("coordinator"), supply_line=supply_of(world, 20), need=need, quantity=20
        )
    h1, year = period(world), period(world, "year")
    with clock.standing_on(date(2025, 7, 1)):
        reverse_allocation(
            by=world.user("coordinator"), allocation=allocation, quantity=5, reason="Trùng với quà khác"
        )
    assert [row.covered for row in Figures(h1).needs] == [20]
    assert [row.covered for row in Figures(year).needs] == [15]


def test_percentages_come_from_sums() -> None:
    """50 % of 10 and 100 % of 90 is 95 %, not 75 %."""
    assert percent(5 + 90, 10 + 90) == "95"
    assert percent(1, 3) == "33.3"
    assert percent(2, 3) == "66.7"
    assert (percent(5, 0), percent(5, None), percent(None, 5)) == (None, None, None)
    assert percent(0, 5) == "0"


def test_what_is_not_reported_is_not_0_in_sums() -> None:
    assert (added([]), added([None]), added([None, 0]), added([None, 5])) == (0, None, 0, 5)


def test_indicators_are_counted_with_their_targets(world, coordinator) -> None:
    from reports.actions import set_targets
    from reports.models import Indicator

    delivery(world, 20, MARCH, NEXT)
    indicator = Indicator.objects.get(code="turns-warm_clothing")
    set_targets(by=coordinator, scope=world.district, year=2025, values={indicator.pk: 80})
    lines = {line.indicator.code: line for line in lines_of(Figures(period(world)))}
    assert set(lines) == set(Indicator.objects.values_list("code", flat=True))
    line = lines["turns-warm_clothing"]
    assert (line.target, line.figure.cumulative, line.achieved) == (80, 20, "25")
    assert lines["donors"].target is None


def test_the_number_of_queries_does_not_grow(world) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    h1 = period(world)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            figures = Figures(h1)
            lines_of(figures)
        return len(counted)

    delivery(world, 5, MARCH, NEXT)
    few = queries()
    for number in range(3):
        delivery(world, 5, MARCH, NEXT, commune=("Ia Đal", "Ia Tơi", "Ia Dom")[number])
    assert queries() == few
