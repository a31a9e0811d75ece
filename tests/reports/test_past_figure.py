"""Figures of past years: from a workbook into “same period last year”, marked, never mixed with counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from directory import history
from directory.errors import Forbidden, Stale
from directory.models import HistoryEntry, User
from documents.actions import confirm_import, upload_workbook
from documents.imports.importer import importer_of
from documents.reading import read_book
from reports.figures import Figures, lines_of
from reports.models import Indicator, PastFigure
from reports.outline import _coordination
from reports.papers import annexes
from tests.queries import queries_of
from tests.reports.build import HALF, YEAR, delivery, period
from tests.workbooks import (
    changes,
    fates,
    file_of,
    imported,
    plan_of,
    planned,
    previewed,
    problems,
    unchanged_again,
)
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

HEADINGS = ["Code", "Unit of measure", "Period", "Year", "Value", "Source"]
DONORS = ["donors", "nhà tài trợ", "first 6 months", 2024, 7, "Báo cáo số 45/BC-UBND"]
TURNS = [
    [f"turns-{area}", None, "half_year", 2024, value, None]
    for area, value in (("health_nutrition", 100), ("play", 0), ("warm_clothing", 40))
]


def past(**changed: Any) -> list[Any]:
    names = ["code", "unit", "kind", "year", "value", "source"]
    return [changed.get(name, value) for name, value in zip(names, DONORS, strict=True)]


def last_year(figures: Figures) -> dict[str, tuple[int | None, bool]]:
    return {
        line.indicator.code: (line.figure.last_year, line.figure.historical)
        for line in lines_of(figures)
        if line.figure.last_year is not None
    }


def test_from_the_workbook_to_annex_i(world: World, coordinator: User) -> None:
    imported(coordinator, "past-figures", HEADINGS, DONORS, *TURNS)
    figure = PastFigure.objects.get(indicator__code="donors")
    assert (figure.scope, figure.kind, figure.year, figure.value) == (world.district, HALF, 2024, 7)
    entry = HistoryEntry.objects.of(figure).get()
    assert (entry.verb, entry.by) == ("enter the figure of a past year", coordinator)
    figures = Figures(period(world))
    assert last_year(figures) == {
        "donors": (7, True),
        "turns-health_nutrition": (100, True),
        "turns-play": (0, True),  # 0 was reported; what was not is in no line
        "turns-warm_clothing": (40, True),
    }
    annex = annexes.summary(figures)
    rows = {row["cells"][1]: row["cells"] for row in annex["rows"] if row["kind"] != "group"}
    assert rows["Nhà tài trợ có đóng góp"][7:] == [7, "cùng kỳ theo báo cáo cũ"]
    assert rows["Tiền tiếp nhận từ nhà tài trợ"][7:] == [None, ""]
    totals = [row["cells"] for row in annex["rows"] if row["kind"] == "total"]
    assert [cells[7:] for cells in totals] == [[140, "cùng kỳ theo báo cáo cũ"], [None, ""]]
    assert any("cùng kỳ theo báo cáo cũ" in note for note in annex["notes"])
    assert "140 lượt trẻ em (theo báo cáo đã lập năm trước)" in _coordination(figures)
    assert last_year(Figures(period(world, YEAR))) == {}  # of the half year only


def test_counted_figures_take_their_place(world: World, coordinator: User) -> None:
    imported(
        coordinator, "past-figures", HEADINGS, DONORS, *TURNS, past(code="needs_surveyed-play", unit=None)
    )
    period(world, HALF, 2024)
    delivery(world, 30, date(2024, 3, 1), date(2024, 3, 2))
    figures = Figures(period(world))
    found = last_year(figures)
    assert (found["donors"], found["turns-warm_clothing"]) == ((1, False), (30, False))
    assert (found["turns-play"], found["needs_surveyed-play"]) == ((0, False), (7, True))
    assert (figures.total("turns").last_year, figures.total("turns").historical) == (30, False)


def test_annex_i_explains_the_mark_only_where_it_stands(world: World, coordinator: User) -> None:
    imported(coordinator, "past-figures", HEADINGS, DONORS)
    period(world, HALF, 2024)
    notes = annexes.summary(Figures(period(world)))["notes"]
    assert [note for note in notes if "báo cáo cũ" in note] == []


def test_a_part_of_the_total_is_no_total(world: World, coordinator: User) -> None:
    imported(coordinator, "past-figures", HEADINGS, *TURNS[:2])
    assert Figures(period(world)).total("turns").last_year is None


def test_who_sees_a_part_sees_no_figure_of_the_whole(world: World, coordinator: User, officer: User) -> None:
    imported(coordinator, "past-figures", HEADINGS, *TURNS)
    assert Figures(period(world), officer).past == {}
    assert list(PastFigure.objects.visible_to(officer)) == []


def test_unchanged_changed_emptied(world: World, coordinator: User) -> None:
    nothing = past(code="cash_received", unit="đồng", value=None)
    assert fates(planned(coordinator, "past-figures", HEADINGS, DONORS, nothing)) == ["added", "unchanged"]
    imported(coordinator, "past-figures", HEADINGS, DONORS, nothing, *TURNS)
    assert PastFigure.objects.count() == 4
    assert unchanged_again(coordinator, "past-figures") == 4
    assert changes(planned(coordinator, "past-figures", HEADINGS, past(value=0))) == [
        [(gettext("Value"), 7, 0)]
    ]
    imported(coordinator, "past-figures", HEADINGS, past(value=None))
    figure = PastFigure.objects.get(indicator__code="donors")
    assert (figure.value, figure.history.count()) == (None, 2)
    assert unchanged_again(coordinator, "past-figures") == 4
    assert "donors" not in Figures(period(world)).past


def test_the_template_lists_every_indicator_twice(world: World, coordinator: User) -> None:
    imported(coordinator, "past-figures", HEADINGS, past(value=0))
    importer = importer_of("past-figures")
    assert importer is not None
    content = importer(coordinator).template()
    assert content is not None
    plan = plan_of(coordinator, "past-figures", read_book(content, "mau.xlsx"))
    assert fates(plan) == ["unchanged"] * 2 * Indicator.objects.count()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (past(code="nothing"), 0),
        (past(unit="đồng"), 1),
        (past(kind="quarter"), 2),
        (past(year=2017), 3),
        (past(year=2025), 3),  # it is 2 June: not over yet
        (past(value=-1), 4),
        (past(value="7,5"), 4),
    ],
)
def test_refused_at_its_column(world: World, coordinator: User, row: list[Any], column: int) -> None:
    plan = planned(coordinator, "past-figures", HEADINGS, row)
    assert [[place for place, _message in each] for each in problems(plan)] == [[column]]


def test_a_period_that_the_portal_counts_takes_no_older_figure(world: World, coordinator: User) -> None:
    imported(coordinator, "past-figures", HEADINGS, DONORS)
    period(world, HALF, 2024)
    rows = [past(value=8), past(code="cash_received", unit=None), DONORS]
    plan = planned(coordinator, "past-figures", HEADINGS, *rows[:2])
    assert [[place for place, _message in each] for each in problems(plan)] == [[3], [3]]
    assert unchanged_again(coordinator, "past-figures") == 1


def test_who_may_not(world: World, officer: User, administrator: User) -> None:
    for user in (officer, administrator):
        content = file_of(HEADINGS, DONORS)
        with pytest.raises(Forbidden):
            upload_workbook(by=user, kind="past-figures", file_name="a.xlsx", content=content)


def test_a_newer_change_is_not_overwritten(world: World, coordinator: User) -> None:
    imported(coordinator, "past-figures", HEADINGS, DONORS)
    preview = previewed(coordinator, "past-figures", file_of(HEADINGS, past(value=8)))
    imported(coordinator, "past-figures", HEADINGS, past(value=9))
    with pytest.raises(Stale):
        confirm_import(by=coordinator, workbook_import=preview)
    assert PastFigure.objects.get().value == 9


def test_nothing_is_saved_when_the_history_fails(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = previewed(coordinator, "past-figures", file_of(HEADINGS, DONORS))

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(history, "_record_many", fail)
    with pytest.raises(RuntimeError):
        confirm_import(by=coordinator, workbook_import=preview)
    assert PastFigure.objects.count() == 0


def test_twenty_rows_cost_the_queries_of_one(world: World, coordinator: User) -> None:
    codes = list(Indicator.objects.values_list("code", flat=True))

    def queries(year: int, count: int) -> int:
        rows = [past(code=code, unit=None, year=year) for code in codes[:count]]
        with CaptureQueriesContext(connection) as asked:
            imported(coordinator, "past-figures", HEADINGS, *rows)
        return len(asked)

    queries(2020, 1)  # what a process reads once
    assert queries(2021, 1) == queries(2022, 20)


# The screens ---------------------------------------------------------------------------------------


def test_they_are_marked_on_the_page_of_the_period(world: World, coordinator: User, client_of: Any) -> None:
    browser = client_of(coordinator)
    page = browser.get(f"/reports/periods/{period(world).pk}/").content.decode()
    assert gettext("hist.") not in page
    imported(coordinator, "past-figures", HEADINGS, DONORS, *TURNS)
    page = browser.get(f"/reports/periods/{period(world, YEAR).pk}/").content.decode()
    assert page.count(f">{gettext('hist.')}<") == 0
    h1 = world.district.periods.get(kind=HALF)
    page = browser.get(f"/reports/periods/{h1.pk}/").content.decode()
    # Four lines of annex I, and three areas of the roll-up.
    assert page.count(f">{gettext('hist.')}<") == 7


def test_the_list_takes_as_many_queries_for_four_as_for_one(
    world: World, coordinator: User, client_of: Any
) -> None:
    browser = client_of(coordinator)
    imported(coordinator, "past-figures", HEADINGS, DONORS)
    one = queries_of(browser, "/reports/past-figures/")
    imported(coordinator, "past-figures", HEADINGS, *TURNS)
    assert queries_of(browser, "/reports/past-figures/") == one
    page = browser.get("/reports/past-figures/").content.decode()
    assert [text in page for text in ("Báo cáo số 45/BC-UBND", "Nhà tài trợ có đóng góp")] == [True, True]
