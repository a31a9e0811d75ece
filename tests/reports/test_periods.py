"""Open a period: usual dates, other dates, every refusal."""

from datetime import date

import pytest
from django.urls import reverse

from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry
from reports.actions import open_period, set_targets
from reports.models import Indicator, IndicatorTarget, ReportingPeriod
from tests.reports.build import HALF, YEAR, delivery, period

MARCH = date(2025, 3, 10)
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_open(world) -> None:
    opened = period(world, YEAR)
    assert (opened.code, opened.starts_on, opened.ends_on) == (
        "2025-Y",
        date(2024, 12, 15),
        date(2025, 12, 14),
    )


@pytest.mark.parametrize("username", ["officer.iadom", "health", "leader", "administrator"])
def test_only_the_coordinating_office_opens(world, username) -> None:
    with pytest.raises(Forbidden):
        open_period(by=world.user(username), scope=world.district, kind=HALF, year=2025)
    assert not ReportingPeriod.objects.exists()


def test_once(world) -> None:
    period(world)
    with pytest.raises(WrongState):
        period(world)


def test_the_same_form_twice_opens_one(world, coordinator) -> None:
    import uuid

    key = uuid.uuid4()
    first, second = (
        open_period(by=coordinator, scope=world.district, kind=HALF, year=2025, key=key) for _ in range(2)
    )
    assert first == second


def test_all_dates_out_of_order_are_named(world) -> None:
    with pytest.raises(Refusal) as refused:
        period(
            world,
            starts_on=date(2025, 7, 1),
            cut_off=date(2025, 6, 1),
            units_due_on=date(2025, 6, 14),
            year_starts_on=date(2025, 8, 1),
        )
    assert [problem.place for problem in refused.value.problems] == [
        "year_starts_on",
        "ends_on",
        "cut_off",
        "units_due_on",
    ]


def test_a_deadline_less_than_a_working_day_after_the_close_is_refused(world) -> None:
    with pytest.raises(Refusal) as refused:
        period(world, cut_off=date(2025, 6, 20))
    assert [problem.place for problem in refused.value.problems] == ["district_due_on"]


def test_nothing_is_saved_if_the_history_fails(world, monkeypatch) -> None:
    monkeypatch.setattr("directory.history.record", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        period(world)
    assert not ReportingPeriod.objects.exists()


def test_targets_are_set_changed_and_taken_away(world, coordinator) -> None:
    one, two = Indicator.objects.all()[:2]
    set_targets(by=coordinator, scope=world.district, year=2025, values={one.pk: 5, two.pk: 0})
    assert set_targets(by=coordinator, scope=world.district, year=2025, values={one.pk: None, two.pk: 0}) == 1
    assert list(IndicatorTarget.objects.values_list("indicator_id", "value")) == [(two.pk, 0)]


def test_a_leader_sets_no_targets(world, leader) -> None:
    with pytest.raises(Forbidden):
        set_targets(by=leader, scope=world.district, year=2025, values={Indicator.objects.all()[0].pk: 5})
    assert not IndicatorTarget.objects.exists()


# Screens ------------------------------------------------------------------------------------------
def test_open_on_the_screen(world, coordinator, client_of) -> None:
    fields = {"scope": world.district.pk, "kind": HALF, "year": "2025"}
    response = client_of(coordinator).post(reverse("period_create"), fields)
    opened = ReportingPeriod.objects.get()
    assert (response.status_code, response.url) == (302, reverse("period_detail", args=[opened.pk]))
    assert HistoryEntry.objects.of(opened).count() == 1


def test_a_refusal_keeps_what_was_typed_and_stands_at_its_field(world, coordinator, client_of) -> None:
    fields = {"scope": world.district.pk, "kind": HALF, "year": "2025", "cut_off": "01/06/2025"}
    response = client_of(coordinator).post(reverse("period_create"), fields)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["cut_off"]
    assert 'value="01/06/2025"' in response.content.decode()


def test_figures_link_down_to_the_deliveries_behind_them(world, leader, client_of) -> None:
    h1 = period(world)
    one = delivery(world, 20, date(2025, 3, 1), date(2025, 3, 2))
    delivery(world, 7, date(2025, 3, 1), date(2025, 3, 2), commune="Ia Đal")
    browser = client_of(leader)
    rows = f"{reverse('period_rows', args=[h1.pk])}?commune={world.commune('Ia Dom').pk}"
    assert rows.replace("&", "&amp;") in browser.get(reverse("period_detail", args=[h1.pk])).content.decode()
    behind = browser.get(rows).context["rows"]
    assert [(row.line.distribution, row.turns) for row in behind] == [(one, 20)]


def test_the_deliveries_behind_a_figure_come_page_by_page(world, leader, client_of, monkeypatch) -> None:
    monkeypatch.setattr("reports.views.period.LINES_PER_PAGE", 2)
    h1, item = period(world), world.item("warm_clothing")
    for day in (1, 2, 3):
        delivery(world, day, date(2025, 3, day), date(2025, 3, 5))
    delivery(world, 2, MARCH, MARCH, item="play_area", band="all", child_turns={"6-10": 90})
    url = f"{reverse('period_rows', args=[h1.pk])}?item={item.pk}"
    pages = [client_of(leader).get(f"{url}&page={number}").context["rows"] for number in (1, 2)]
    assert [[row.turns for row in rows] for rows in pages] == [[3, 2], [1]]


@pytest.mark.parametrize("query", ["area=x", "place=-1", f"item={10**30}", "window=never", "page=last"])
def test_an_address_that_somebody_changed_by_hand_does_no_harm(world, leader, client_of, query) -> None:
    url = reverse("period_rows", args=[period(world).pk])
    assert client_of(leader).get(f"{url}?{query}").context["rows"] == []


def test_a_commune_sees_its_own_figures_only(world, officer, client_of) -> None:
    h1 = period(world)
    delivery(world, 20, date(2025, 3, 1), date(2025, 3, 2))
    delivery(world, 7, date(2025, 3, 1), date(2025, 3, 2), commune="Ia Đal")
    response = client_of(officer).get(reverse("period_detail", args=[h1.pk]))
    assert response.context["figures"].delivered("turns").now == 20
    rows = client_of(officer).get(reverse("period_rows", args=[h1.pk])).context["rows"]
    assert [row.turns for row in rows] == [20]


def test_targets_on_the_screen(world, coordinator, client_of) -> None:
    h1, indicator = period(world), Indicator.objects.all()[0]
    url = reverse("target_edit", args=[h1.pk])
    response = client_of(coordinator).post(url, {str(indicator.pk): "1.500"})
    assert response.status_code == 302
    assert IndicatorTarget.objects.get().value == 1500
    response = client_of(coordinator).post(url, {str(indicator.pk): "-3"})
    assert response.status_code == 422
    assert IndicatorTarget.objects.get().value == 1500


def test_the_detail_costs_the_same_for_one_and_three_communes(world, leader, client_of) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    h1, browser = period(world), client_of(leader)
    url = reverse("period_detail", args=[h1.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert browser.get(url).status_code == 200
        return len(counted)

    delivery(world, 20, date(2025, 3, 1), date(2025, 3, 2))
    queries()
    few = queries()
    for commune in ("Ia Đal", "Ia Tơi"):
        delivery(world, 20, date(2025, 3, 1), date(2025, 3, 2), commune=commune)
    assert queries() == few
