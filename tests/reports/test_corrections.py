"""Corrections in the figures: with their delivery until a report has counted it, then in the open period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock
from directory.models import User
from reports.figures import Figures
from reports.models import DistrictReport, ReportingPeriod
from reports.reversed import reversed_in_words
from tests.reports.build import CUT_OFF, HALF, YEAR, correct, delivery, issued, period
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MARCH, SEPTEMBER, LATE = date(2025, 3, 10), date(2025, 9, 1), date(2025, 6, 20)


def figures_of(of: ReportingPeriod, measure: str = "turns", **where: object) -> tuple[int | None, ...]:
    """(now, cumulative, supplement)."""
    figure = Figures(of).delivered(measure, **where)
    return figure.now, figure.cumulative, figure.supplement


def carried(of: ReportingPeriod) -> int:
    return sum(row.quantity for row in Figures(of).deliveries if row.window == "carried")


def second_half(world: World) -> ReportingPeriod:
    return period(world, YEAR, starts_on=date(2025, 6, 15))


@pytest.mark.parametrize("on", [MARCH, CUT_OFF], ids=["in the window", "at the cut-off"])
def test_until_the_data_close_it_simply_nets(world: World, on: date) -> None:
    h1, year = period(world), period(world, YEAR)
    correct(world, delivery(world, 120, MARCH, MARCH), 102, on)
    assert (figures_of(h1), figures_of(year)) == ((102, 102, 0), (102, 102, 0))
    assert Figures(year).reversed.quantity == 0


def test_after_the_close_it_is_booked_where_it_is_made(world: World) -> None:
    h1, second = period(world), second_half(world)
    correct(world, delivery(world, 120, MARCH, MARCH), 102, LATE)
    delivery(world, 5, SEPTEMBER, SEPTEMBER)
    assert figures_of(h1) == (120, 120, 0)
    assert figures_of(second) == (5 - 18, 120 - 18 + 5, 0)
    booked = Figures(second).reversed
    assert (booked.quantity, booked.value, booked.turns) == (-18, -18 * 250_000, -18)


def test_the_yearly_report_after_an_issued_one(world: World) -> None:
    """The year is told as one: lũy kế of the next report holds it; the issued paper says what it said."""
    h1, year = period(world), period(world, YEAR)
    of = delivery(world, 120, MARCH, MARCH)
    report = issued(world, h1)
    before = DistrictReport.objects.get(pk=report.pk).paper
    kept = (before.snapshot, [file.sha256 for file in before.files.all()])
    correct(world, of, 102, SEPTEMBER)
    after = DistrictReport.objects.get(pk=report.pk).paper
    assert (after.snapshot, [file.sha256 for file in after.files.all()]) == kept
    assert figures_of(h1) == (120, 120, 0)
    assert figures_of(year) == (102, 102, 0)
    assert Figures(year).reversed.turns == -18


def test_the_issue_closes_the_data_before_the_cut_off(world: World) -> None:
    h1, year = period(world), period(world, YEAR)
    of = delivery(world, 120, MARCH, MARCH)
    issued(world, h1, on=CUT_OFF)
    correct(world, of, 102, clock.noon(CUT_OFF) + timedelta(hours=4))
    assert (figures_of(h1), figures_of(year)) == ((120, 120, 0), (102, 102, 0))


def test_a_correction_of_a_late_confirmation_goes_with_it(world: World) -> None:
    """It was in no report yet: the supplement itself is smaller, and nothing is reversed."""
    h1, second = period(world), second_half(world)
    correct(world, delivery(world, 120, date(2025, 6, 10), LATE), 102, SEPTEMBER)
    assert figures_of(h1) == (0, 0, 0)
    assert figures_of(second) == (0, 102, 102)
    assert Figures(second).reversed.quantity == 0


def test_what_last_years_report_counted_is_reversed_this_year_once(world: World) -> None:
    last, h1, second = period(world, YEAR, 2024), period(world), second_half(world)
    of = delivery(world, 120, date(2024, 9, 1), date(2024, 9, 1))
    correct(world, of, 102, date(2025, 2, 1))
    correct(world, of, 100, SEPTEMBER)
    assert figures_of(last) == (120, 120, 0)
    assert figures_of(h1) == (-18, -18, 0)
    assert figures_of(second) == (-2, -20, 0)
    assert carried(h1) == 0


def test_between_the_years_end_and_its_cut_off_it_nets_in_the_old_year_alone(world: World) -> None:
    last, h1 = period(world, YEAR, 2024), period(world)
    correct(world, delivery(world, 120, date(2024, 9, 1), date(2024, 9, 1)), 102, date(2024, 12, 16))
    assert (figures_of(last), figures_of(h1)) == ((102, 102, 0), (0, 0, 0))


def test_what_no_report_has_counted_reverses_nothing_this_year(world: World) -> None:
    period(world, YEAR, 2024)
    h1 = period(world)
    correct(world, delivery(world, 120, date(2024, 12, 10), date(2025, 2, 1)), 102, date(2025, 2, 3))
    assert (figures_of(h1), carried(h1)) == ((0, 0, 0), 102)


def test_upwards_child_turns_and_money_and_scope(world: World) -> None:
    h1, second = period(world), second_half(world)
    inside = delivery(world, 20, MARCH, MARCH)
    outside = delivery(world, 30, MARCH, MARCH, commune="Ia Tơi")
    correct(world, inside, 20, LATE, turns=25)
    correct(world, outside, 24, LATE)
    assert figures_of(h1, "value") == (50 * 250_000, 50 * 250_000, 0)
    assert figures_of(second, in_scope=True) == (5, 25, 0)
    assert figures_of(second, "value", in_scope=True) == (0, 20 * 250_000, 0)
    assert figures_of(second, "quantity", in_scope=False) == (-6, 24, 0)
    assert figures_of(second, "value", in_scope=False) == (-6 * 250_000, 24 * 250_000, 0)


def test_the_same_period_last_year_is_what_it_was_when_it_closed(world: World) -> None:
    period(world, HALF, 2024)
    h1 = period(world)
    of = delivery(world, 30, date(2024, 3, 1), date(2024, 3, 2))
    correct(world, of, 28, date(2024, 3, 5))
    correct(world, of, 20, date(2024, 9, 1))
    assert Figures(h1).delivered("turns").last_year == 28


def test_a_reader_out_of_reach_sees_nothing_of_it(world: World) -> None:
    h1 = period(world)
    correct(world, delivery(world, 120, MARCH, MARCH), 102, MARCH)
    seen = Figures(h1, world.user("officer.iadal")).delivered("turns")
    assert (seen.now, seen.cumulative) == (0, 0)


def test_needs_are_open_again_in_the_figures(world: World) -> None:
    h1 = period(world)
    of = delivery(world, 120, MARCH, MARCH)
    correct(world, of, 102, date(2025, 3, 12))
    [need] = Figures(h1).needed()
    assert (need.quantity, need.covered) == (1000, 102)


def test_the_rows_behind_a_figure_and_their_corrections_make_it(
    world: World, coordinator: User, client_of: Callable[[User], Client]
) -> None:
    h1 = period(world)
    correct(world, delivery(world, 120, MARCH, MARCH), 102, MARCH)
    client, address = client_of(coordinator), reverse("period_rows", args=[h1.pk])
    context = client.get(address).context
    rows, [correction] = context["rows"], context["corrections"]
    assert [(row.quantity, row.turns) for row in rows] == [(120, 120)]
    assert (correction.quantity, correction.turns, correction.value) == (-18, -18, -18 * 250_000)
    file = client.get(reverse("period_rows_export", args=[h1.pk, "csv"]))
    assert b"".join(file.streaming_content if file.streaming else [file.content]).count(b"-18") == 2
    nowhere = client.get(address, {"commune": world.school("Ia Tơi").unit_id})
    assert (nowhere.context["rows"], nowhere.context["corrections"]) == ([], [])


def test_the_report_says_what_it_corrects(world: World) -> None:
    h1, year = period(world), period(world, YEAR)
    of = delivery(world, 120, MARCH, MARCH)
    correct(world, of, 102, LATE)
    assert reversed_in_words(Figures(year)) == (
        "Lũy kế đã gồm điều chỉnh số liệu của kỳ đã báo cáo: giảm 18 lượt trẻ em, giảm 4.500.000 đồng."
    )
    assert reversed_in_words(Figures(h1)) == ""
    correct(world, of, 102, SEPTEMBER, turns=130)
    assert reversed_in_words(Figures(year)).endswith("tăng 10 lượt trẻ em, giảm 4.500.000 đồng.")


def test_a_correction_after_the_last_day_frees_the_need_with_its_delivery(world: World) -> None:
    """What was delivered and what is covered are told of one moment."""
    h1 = period(world)
    of = delivery(world, 120, MARCH, MARCH)
    correct(world, of, 102, CUT_OFF)
    [need] = Figures(h1).needed()
    assert (figures_of(h1, "quantity")[1], need.covered) == (102, 102)


def test_the_years_report_says_what_its_first_half_has_corrected_of_the_year_before(world: World) -> None:
    period(world, YEAR, 2024)
    of = delivery(world, 120, date(2024, 9, 1), date(2024, 9, 1))
    period(world)
    year = period(world, YEAR)
    correct(world, of, 102, date(2025, 2, 1))
    assert figures_of(year) == (-18, -18, 0)
    assert Figures(year).reversed.quantity == -18
