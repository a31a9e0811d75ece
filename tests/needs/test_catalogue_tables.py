"""Reference prices and size tables of the catalogue."""

from __future__ import annotations

from typing import Any

import pytest

from directory import history
from directory.errors import Forbidden, Refusal, Stale
from directory.models import HistoryEntry, User
from needs.actions import SizeRow, YearPrice, change_item, set_price, set_prices, set_sizes
from needs.actions.item_sizes import sizes_version
from needs.item_rules import facts_of
from needs.models import ItemSize, ReferencePrice, SupportItem
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def prices(item: SupportItem) -> dict[int, int]:
    return dict(item.prices.values_list("year", "amount"))


def table(item: SupportItem) -> list[tuple[str, str, str, int]]:
    rows = item.sizes.order_by("order")
    return [(size.age_band.code, size.sex, size.label, size.percent) for size in rows]


def by_sex(world: World) -> SupportItem:
    """Warm clothing, asked for by sex."""
    item = world.item("warm_clothing")
    SupportItem.objects.filter(pk=item.pk).update(by_sex=True)
    return world.item("warm_clothing")


def places(caught: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [problem.place for problem in caught.value.problems]


# Prices --------------------------------------------------------------------------------------------


def test_prices_of_several_years_at_once(world: World, coordinator: User) -> None:
    item = world.item("warm_clothing")
    set_prices(
        by=coordinator, item=item, prices=[YearPrice(2024, 180_000, None), YearPrice(2025, 200_000, None)]
    )
    set_prices(
        by=coordinator,
        item=item,
        prices=[YearPrice(2024, None, 180_000), YearPrice(2025, 210_000, 200_000)],
    )
    assert prices(item) == {2025: 210_000}
    former = ReferencePrice.history.filter(item_id=item.pk).order_by("history_id")
    assert [(entry.year, entry.amount, entry.history_type) for entry in former] == [
        (2024, 180_000, "+"),
        (2025, 200_000, "+"),
        (2024, 180_000, "-"),
        (2025, 210_000, "~"),
    ]
    assert {entry.history_user for entry in former} == {coordinator}
    assert len(HistoryEntry.objects.of(item)) == 2


def test_nothing_changed_is_no_deed(world: World, coordinator: User) -> None:
    item = world.item("warm_clothing")
    set_price(by=coordinator, item=item, year=2025, amount=200_000)
    set_price(by=coordinator, item=item, year=2025, amount=200_000)
    assert len(HistoryEntry.objects.of(item)) == 1


@pytest.mark.parametrize(("year", "amount"), [(1999, 5), (2101, 5), (2025, 0), (2025, -1), (2025, 10**13)])
def test_a_price_that_cannot_be(world: World, coordinator: User, year: int, amount: int) -> None:
    item = world.item("warm_clothing")
    with pytest.raises(Refusal) as caught:
        set_prices(
            by=coordinator, item=item, prices=[YearPrice(2024, 7, None), YearPrice(year, amount, None)]
        )
    assert places(caught) == [f"price-{year}"]
    assert prices(item) == {}


def test_a_price_that_somebody_else_has_set_meanwhile(
    world: World, coordinator: User, second_coordinator: User
) -> None:
    item = world.item("warm_clothing")
    set_price(by=second_coordinator, item=item, year=2025, amount=200_000)
    with pytest.raises(Stale) as caught:
        set_prices(
            by=coordinator, item=item, prices=[YearPrice(2024, 7, None), YearPrice(2025, 190_000, None)]
        )
    assert (caught.value.details["theirs"], caught.value.details["yours"]) == (
        {"price-2025": 200_000},
        {"price-2025": 190_000},
    )
    assert "coordinator.2" in str(caught.value)
    assert prices(item) == {2025: 200_000}


# Sizes ---------------------------------------------------------------------------------------------


def test_a_size_table_by_band(world: World, coordinator: User) -> None:
    item, small, big = world.item("warm_clothing"), world.band("3-5"), world.band("6-10")
    set_sizes(
        by=coordinator,
        item=item,
        version=0,
        rows=[SizeRow(small, " 100 ", 40), SizeRow(small, "110", 60), SizeRow(big, "130", 100)],
    )
    set_sizes(
        by=coordinator,
        item=item,
        version=sizes_version(item),
        rows=[SizeRow(small, "110", 70), SizeRow(small, "100", 30)],
    )
    assert table(item) == [("3-5", "", "110", 70), ("3-5", "", "100", 30)]
    entry = HistoryEntry.objects.of(item).first()
    assert entry is not None
    assert entry.details["after"] == {"sizes": "3-5: 110 70 %, 100 30 %"}
    gone = ItemSize.history.filter(item_id=item.pk, history_type="-").get()
    assert (gone.label, gone.history_user) == ("130", coordinator)


def test_an_item_by_sex_has_a_table_for_each_and_one_for_who_did_not_say(
    world: World, coordinator: User
) -> None:
    item, band = by_sex(world), world.band("3-5")
    rows = [SizeRow(band, "100", 100, "f"), SizeRow(band, "110", 100, "m"), SizeRow(band, "M", 100)]
    set_sizes(by=coordinator, item=item, version=0, rows=rows)
    assert table(item) == [("3-5", "f", "100", 100), ("3-5", "m", "110", 100), ("3-5", "", "M", 100)]


def test_every_problem_stands_at_its_row(world: World, coordinator: User) -> None:
    item, band = world.item("warm_clothing"), world.band("3-5")
    rows = [
        SizeRow(band, "100", 60),
        SizeRow(world.band("all"), "x", 100),
        SizeRow(band, " ", 0),
        SizeRow(band, "100", 30),
        SizeRow(world.band("6-10"), "130", 100, "f"),
    ]
    with pytest.raises(Refusal) as caught:
        set_sizes(by=coordinator, item=item, version=0, rows=rows)
    assert places(caught) == [
        "lines-1-age_band",
        "lines-2-label",
        "lines-2-percent",
        "lines-3-label",
        "lines-4-sex",
        "lines-3-percent",
    ]
    assert "90" in str(caught.value.problems[-1].message)
    assert table(item) == []


def test_a_service_has_no_sizes(world: World, coordinator: User) -> None:
    item = world.item("meal")
    with pytest.raises(Refusal):
        set_sizes(by=coordinator, item=item, version=0, rows=[SizeRow(world.band("3-5"), "M", 100)])
    assert table(item) == []


def test_a_newer_table_is_not_overwritten(world: World, coordinator: User, second_coordinator: User) -> None:
    item, band = world.item("warm_clothing"), world.band("3-5")
    set_sizes(by=second_coordinator, item=item, version=0, rows=[SizeRow(band, "100", 100)])
    with pytest.raises(Stale) as caught:
        set_sizes(by=coordinator, item=item, version=0, rows=[SizeRow(band, "110", 100)])
    assert caught.value.details["theirs"] == {"sizes": "3-5: 100 100 %"}
    assert caught.value.details["yours"] == {"sizes": "3-5: 110 100 %"}
    assert "coordinator.2" in str(caught.value)
    assert table(item) == [("3-5", "", "100", 100)]


def test_what_the_table_names_stays(world: World, coordinator: User) -> None:
    item, band = by_sex(world), world.band("3-5")
    set_sizes(by=coordinator, item=item, version=0, rows=[SizeRow(band, "100", 100, "f")])
    now = facts_of(item)
    others = [one for one in now.age_bands if one != band]
    wrong = {"by_sex": False, "age_bands": others, "kind": "service"}
    with pytest.raises(Refusal) as caught:
        change_item(
            by=coordinator, item=item, version=history.version_of(item), facts=type(now)(**vars(now) | wrong)
        )
    assert places(caught) == ["by_sex", "age_bands", "kind"]


def test_only_the_coordinating_office(world: World, officer: User, leader: User) -> None:
    item = world.item("warm_clothing")
    for user in (officer, leader):
        with pytest.raises(Forbidden):
            set_price(by=user, item=item, year=2025, amount=1)
        with pytest.raises(Forbidden):
            set_sizes(by=user, item=item, version=0, rows=[])


def test_nothing_is_saved_when_history_fails(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    item = world.item("warm_clothing")
    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        set_price(by=coordinator, item=item, year=2025, amount=1)
    with pytest.raises(RuntimeError):
        set_sizes(by=coordinator, item=item, version=0, rows=[SizeRow(world.band("3-5"), "M", 100)])
    assert (prices(item), table(item)) == ({}, [])
