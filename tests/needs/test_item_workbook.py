"""The catalogue of support items as a workbook, under the rules of its screens."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from directory.errors import Forbidden, Stale
from directory.models import HistoryEntry, User
from documents.actions import confirm_import, upload_workbook
from needs.actions import retire_item, set_prices
from needs.actions.item_price import YearPrice, set_price
from needs.models import SupportItem
from tests.needs.build import approved_need
from tests.workbooks import changes, fates, file_of, imported, planned, previewed, problems, unchanged_again
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

HEADINGS = [
    *("Code", "Support area", "Name", "Name in English", "Unit of measure", "Kind", "Age bands", "By sex"),
    "Reference price 2025 (đồng)",
]
SHOES = [None, "warm_clothing", "Giày ấm", "Warm shoes", "đôi", "goods", "3-5, 6-10", "yes", "120.000"]


def row(**changed: Any) -> list[Any]:
    names = ["code", "area", "name", "name_en", "unit", "kind", "age_bands", "by_sex", "price"]
    return [changed.get(name, value) for name, value in zip(names, SHOES, strict=True)]


def test_added_then_unchanged_then_changed(world: World, coordinator: User) -> None:
    assert imported(coordinator, "items", HEADINGS, SHOES).added == 1
    item = SupportItem.objects.get(code="giay_am")
    assert (item.by_sex, item.order, [band.code for band in item.age_bands.all()]) == (
        True,
        6,
        ["3-5", "6-10"],
    )
    assert item.prices.get().amount == 120_000
    assert [entry.verb for entry in HistoryEntry.objects.of(item).order_by("pk")] == [
        "enter item",
        "set prices",
    ]
    assert fates(planned(coordinator, "items", HEADINGS, SHOES)) == ["unchanged"]
    changed = row(name="Giày ấm trẻ em", code="giay_am", age_bands="all", price=None)
    assert changes(planned(coordinator, "items", HEADINGS, changed)) == [
        [
            (gettext("Name"), "Giày ấm", "Giày ấm trẻ em"),
            (gettext("Age bands"), "3-5, 6-10", gettext("all ages")),
            (str(_price(2025)), 120_000, None),
        ]
    ]
    imported(coordinator, "items", HEADINGS, changed)
    item.refresh_from_db()
    assert (item.name, item.prices.count(), item.age_bands.get().is_all) == ("Giày ấm trẻ em", 0, True)


def _price(year: int) -> str:
    return gettext("Reference price {year}").format(year=year)


def test_the_catalogue_taken_out_and_brought_back_changes_nothing(world: World, coordinator: User) -> None:
    coat = world.item("warm_clothing")
    prices = [YearPrice(year, 100_000 + year, None) for year in (2021, 2025)]
    set_prices(by=coordinator, item=coat, prices=prices)
    retire_item(by=coordinator, item=world.item("activity"), on=date(2025, 6, 1), reason="x")
    assert unchanged_again(coordinator, "items") == SupportItem.objects.count()


def test_prices_alone(world: World, coordinator: User) -> None:
    headings = ["Name", "Code", "Reference price 2024", "Reference price 2026"]
    coat = world.item("warm_clothing")
    set_price(by=coordinator, item=coat, year=2024, amount=90_000)
    imported(
        coordinator, "items", headings, ["Đồ ấm", None, 90_000, 110_000], ["Bữa ăn", "meal", None, 9_000]
    )
    assert list(coat.prices.values_list("year", "amount")) == [(2026, 110_000), (2024, 90_000)]
    assert world.item("meal").name == "Bữa ăn"


@pytest.mark.parametrize(
    ("given", "columns"),
    [
        (row(area=None, kind=None), [1, 5]),
        (row(name=None), [2]),
        (row(name_en=None, unit=None, age_bands=None), [3, 4, 6]),
        (row(age_bands="3-5, 17-20"), [6]),
        (row(age_bands="all, 3-5"), [6]),
        (row(code="meal", name="Giày"), [1, 4, 5, 6, 7]),  # which is in use
        (row(name="ĐỒ ẤM", code="khac"), [2]),
        (row(price=0), [8]),
    ],
)
def test_refused_at_its_columns(
    world: World, coordinator: User, given: list[Any], columns: list[int]
) -> None:
    if given[0] == "meal":
        approved_need(world, item="meal", band="0-2")
    plan = planned(coordinator, "items", HEADINGS, given)
    assert [sorted({column for column, _message in row}) for row in problems(plan)] == [columns]
    before = SupportItem.objects.count()
    assert imported(coordinator, "items", HEADINGS, given, SHOES).refused == 1
    assert SupportItem.objects.count() == before + 1


def test_two_lines_of_the_same(world: World, coordinator: User) -> None:
    assert fates(planned(coordinator, "items", HEADINGS, SHOES, SHOES)) == ["added", "refused"]
    meal = ["Code", "Name"], ["meal", "Bữa ăn"], ["meal", "Bữa phụ"]
    assert fates(planned(coordinator, "items", *meal)) == ["changed", "refused"]


def test_what_a_spreadsheet_makes_of_a_band(world: World, coordinator: User) -> None:
    for cell in (date(2025, 5, 3), date(2025, 3, 5)):
        assert fates(planned(coordinator, "items", HEADINGS, row(age_bands=cell))) == ["added"]


def test_retiring_is_not_done_by_a_file(world: World, coordinator: User) -> None:
    plan = planned(coordinator, "items", ["Name", "Retired on"], ["Đồ ấm", "01/06/2025"])
    assert [[column for column, _message in row] for row in problems(plan)] == [[1]]


def test_who_may_not(world: World, officer: User, administrator: User) -> None:
    for user in (officer, administrator):
        with pytest.raises(Forbidden):
            upload_workbook(by=user, kind="items", file_name="a.xlsx", content=file_of(HEADINGS, SHOES))


def test_a_newer_change_is_not_overwritten(world: World, coordinator: User) -> None:
    preview = previewed(coordinator, "items", file_of(["Code", "Name"], ["meal", "Bữa phụ"]))
    imported(coordinator, "items", ["Code", "Name"], ["meal", "Bữa chính"])
    with pytest.raises(Stale):
        confirm_import(by=coordinator, workbook_import=preview)
    assert world.item("meal").name == "Bữa chính"


def test_nothing_is_saved_when_one_row_fails(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = SupportItem.objects.count()
    preview = previewed(coordinator, "items", file_of(HEADINGS, SHOES))

    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("needs.workbooks.item.set_prices", fail)
    with pytest.raises(RuntimeError):
        confirm_import(by=coordinator, workbook_import=preview)
    assert SupportItem.objects.count() == before


def test_thirty_rows_are_checked_with_the_queries_of_one(world: World, coordinator: User) -> None:
    def queries(first: int, count: int) -> list[int]:
        found = []
        for name in ("Giày", "Dép"):
            rows = [row(code=f"shoe_{n}", name=f"{name} {n}", price=n) for n in range(first, first + count)]
            with CaptureQueriesContext(connection) as asked:
                planned(coordinator, "items", HEADINGS, *rows)
            imported(coordinator, "items", HEADINGS, *rows)
            found.append(len(asked))
        return found

    queries(1, 1)  # what a process reads once
    assert queries(20, 1) == queries(100, 30)
