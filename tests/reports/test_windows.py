"""What counts in a period: occurred in the window and confirmed by the cut-off, to the day."""

from datetime import date, timedelta

import pytest

from directory import clock
from directory.models import Holiday
from reports.calendar import default_dates
from reports.figures import Figures
from reports.figures.windows import closed_at
from tests.reports.build import CUT_OFF, HALF, YEAR, delivery, issued, period

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

START, END, AFTER = date(2024, 12, 15), date(2025, 6, 14), date(2025, 6, 17)


def turns_of(of, **where):
    return Figures(of).delivered("turns", **where)


@pytest.mark.parametrize(
    ("occurred", "confirmed", "counted"),
    [
        (date(2024, 12, 14), date(2024, 12, 20), 0),
        (START, date(2024, 12, 20), 20),
        (END, END, 20),
        (END, CUT_OFF, 20),
        (END, AFTER, 0),
        (date(2025, 6, 15), date(2025, 6, 15), 0),
    ],
    ids=["the day before", "first day", "last day", "at the cut-off", "after the cut-off", "the day after"],
)
def test_edges_of_the_half_year(world, occurred, confirmed, counted) -> None:
    h1 = period(world)
    delivery(world, 20, occurred, confirmed)
    figure = turns_of(h1)
    assert (figure.now, figure.cumulative, figure.supplement) == (counted, counted, 0)


def test_the_cut_off_day_counts_to_its_last_minute(world) -> None:
    h1 = period(world)
    closes = closed_at(h1)
    assert closes == clock.noon(CUT_OFF).replace(hour=0) + (clock.noon(AFTER) - clock.noon(CUT_OFF))


def test_a_late_confirmation_is_a_supplement_of_the_next_report(world) -> None:
    h1, year = period(world), period(world, YEAR)
    delivery(world, 20, date(2025, 3, 1), date(2025, 3, 2))
    delivery(world, 7, END, AFTER)
    delivery(world, 5, date(2025, 9, 1), date(2025, 9, 2))
    assert turns_of(h1).cumulative == 20
    figure = turns_of(year)
    assert (figure.cumulative, figure.supplement) == (32, 7)


def test_the_supplement_is_outside_the_figure_of_a_second_half(world) -> None:
    period(world)
    second = period(world, YEAR, starts_on=date(2025, 6, 15))
    delivery(world, 7, END, AFTER)
    delivery(world, 5, date(2025, 9, 1), date(2025, 9, 2))
    figure = turns_of(second)
    assert (figure.now, figure.cumulative, figure.supplement) == (5, 12, 7)


def test_last_years_late_confirmation_counts_in_no_total_of_this_year(world) -> None:
    period(world, YEAR, 2024)
    h1 = period(world)
    delivery(world, 9, date(2024, 12, 10), date(2025, 2, 1))
    figures = Figures(h1)
    assert figures.delivered("turns").cumulative == 0
    assert [row.quantity for row in figures.deliveries if row.window == "carried"] == [9]


def test_the_same_period_last_year_as_it_closed_then(world) -> None:
    period(world, HALF, 2024)
    h1 = period(world)
    delivery(world, 30, date(2024, 3, 1), date(2024, 3, 2))
    delivery(world, 4, date(2024, 6, 10), date(2024, 9, 1))
    assert turns_of(h1).last_year == 30


def test_without_a_period_a_year_before_it_is_not_reported(world) -> None:
    assert turns_of(period(world)).last_year is None


def test_data_close_with_the_issue_of_the_report(world) -> None:
    """A confirmation on the cut-off day after the issue is a supplement of the next report, not lost."""
    h1, year = period(world), period(world, YEAR)
    delivery(world, 20, END, END)
    issued(world, h1, on=CUT_OFF)
    delivery(world, 6, END, clock.noon(CUT_OFF) + timedelta(hours=4))
    assert turns_of(h1).cumulative == 20
    assert (turns_of(year).cumulative, turns_of(year).supplement) == (26, 6)


def test_usual_dates(db) -> None:
    dates = default_dates(HALF, 2025)
    assert (dates.starts_on, dates.ends_on, dates.year_starts_on) == (START, END, START)
    assert (dates.units_due_on, dates.district_due_on) == (date(2025, 6, 16), date(2025, 6, 20))


def test_a_deadline_on_a_day_off_moves_to_the_next_working_day(db) -> None:
    Holiday.objects.create(day=date(2025, 6, 20), name="Nghỉ bù")
    assert default_dates(HALF, 2025).district_due_on == date(2025, 6, 23)
    assert default_dates(YEAR, 2025).district_due_on == date(2025, 12, 22)


def test_data_close_at_least_one_working_day_before_the_report_is_due(db) -> None:
    for day in (17, 18, 19):
        Holiday.objects.create(day=date(2025, 6, day), name="Nghỉ")
    dates = default_dates(HALF, 2025)
    assert (dates.cut_off, dates.district_due_on) == (date(2025, 6, 16), date(2025, 6, 20))
