"""The screens of the catalogue and of the buying list."""

from __future__ import annotations

import io
import uuid
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from directory import history
from directory.models import User
from needs.actions import SizeRow, YearPrice, retire_item, set_price, set_prices, set_sizes
from needs.actions.item_sizes import sizes_version
from needs.models import SupportItem
from tests.needs.build import Statement, approved_survey
from tests.needs.test_catalogue import TODAY, change, shoes
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def form_of(world: World, **changes: Any) -> dict[str, Any]:
    bands = [world.band("3-5").pk, world.band("6-10").pk]
    return {
        "area": world.area("warm_clothing").pk,
        "name": "Giày vải",
        "name_en": "Canvas shoes",
        "unit": "đôi",
        "kind": "goods",
        "age_bands": bands,
        "order": "",
        "code": "",
        "client_key": str(uuid.uuid4()),
    } | changes


def filled(response: Any) -> dict[str, Any]:
    """What the browser would send of the form as it is shown."""
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items() if value is not False}


def wrong(response: Any) -> list[str]:
    return sorted(response.context["form"].errors)


def queries(browser: Client, address: str, **data: Any) -> int:
    browser.get(address, data)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address, data).status_code == 200
    return len(captured)


# Reading -------------------------------------------------------------------------------------------


def test_everybody_who_sees_needs_reads_the_catalogue(
    world: World, coordinator: User, officer: User, client_of: Any
) -> None:
    item = world.item("warm_clothing")
    set_price(by=coordinator, item=item, year=2025, amount=200_000)
    browser = client_of(officer)
    page = browser.get("/items/").content.decode()
    assert "Đồ ấm" in page
    assert "200.000" in page
    assert "/items/new/" not in page
    page = browser.get(f"/items/{item.pk}/").content.decode()
    assert "200.000" in page
    assert f"/items/{item.pk}/change/" not in page


def test_retired_items_stand_apart(world: World, coordinator: User, client_of: Any) -> None:
    retire_item(by=coordinator, item=world.item("meal"), on=TODAY, reason="thay món")
    browser = client_of(coordinator)
    shown = {
        state: [line.item.code for _area, lines in page.context["areas"] for line in lines]
        for state, page in ((s, browser.get("/items/", {"state": s})) for s in ("", "retired"))
    }
    assert shown == {"": ["check_up", "play_area", "activity", "warm_clothing"], "retired": ["meal"]}


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    world: World, coordinator: User, client_of: Any
) -> None:
    browser = client_of(coordinator)
    retire_item(by=coordinator, item=world.item("meal"), on=TODAY, reason="x")
    one = queries(browser, "/items/", state="retired")
    for code in ("check_up", "warm_clothing"):
        item = world.item(code)
        set_price(by=coordinator, item=item, year=2025, amount=5)
        retire_item(by=coordinator, item=item, on=TODAY, reason="x")
    assert queries(browser, "/items/", state="retired") == one


# Keeping -------------------------------------------------------------------------------------------


def test_from_the_form_to_the_catalogue(world: World, coordinator: User, client_of: Any) -> None:
    browser, form = client_of(coordinator), form_of(world)
    assert browser.get("/items/new/").status_code == 200
    for _ in range(2):  # a double click
        response = browser.post("/items/new/", form)
    item = SupportItem.objects.get(code="giay_vai")
    assert response["Location"] == f"/items/{item.pk}/"
    form = filled(browser.get(f"/items/{item.pk}/change/")) | {"name": "Giày", "by_sex": "on"}
    assert browser.post(f"/items/{item.pk}/change/", form)["Location"] == f"/items/{item.pk}/"
    item.refresh_from_db()
    assert (item.name, item.by_sex, item.age_bands.count()) == ("Giày", True, 2)


def test_refusals_keep_what_was_typed(world: World, coordinator: User, client_of: Any) -> None:
    response = client_of(coordinator).post("/items/new/", form_of(world, code="warm_clothing", order="x"))
    assert (response.status_code, wrong(response)) == (422, ["order"])
    response = client_of(coordinator).post("/items/new/", form_of(world, code="warm_clothing"))
    assert (response.status_code, wrong(response)) == (422, ["code"])
    assert 'value="Giày vải"' in response.content.decode()


def test_an_edit_over_a_newer_one_shows_both_and_may_be_saved_then(
    world: World, coordinator: User, second_coordinator: User, client_of: Any
) -> None:
    item, browser = world.item("warm_clothing"), client_of(coordinator)
    address = f"/items/{item.pk}/change/"
    form = filled(browser.get(address)) | {"name": "Áo khoác"}
    change(item, second_coordinator, name="Áo ấm")
    response = browser.post(address, form)
    assert (response.status_code, wrong(response)) == (409, ["name"])
    page = response.content.decode()
    assert "Áo ấm" in page
    assert 'value="Áo khoác"' in page
    assert browser.post(address, filled(response)).status_code == 302
    item.refresh_from_db()
    assert (item.name, item.age_bands.count()) == ("Áo khoác", 4)


def test_prices_are_typed_by_year(world: World, coordinator: User, client_of: Any) -> None:
    item, browser = world.item("warm_clothing"), client_of(coordinator)
    set_price(by=coordinator, item=item, year=2025, amount=200_000)
    address = f"/items/{item.pk}/prices/"
    form = filled(browser.get(address))
    response = browser.post(address, form | {"price-2024": "1.000", "year": "2020"})
    assert (response.status_code, wrong(response)) == (422, ["amount"])
    response = browser.post(address, form | {"year": "2024", "amount": "7"})
    assert (response.status_code, wrong(response)) == (422, ["year"])
    wanted = {"price-2025": "", "price-2024": "1.000", "year": "2020", "amount": "900"}
    assert browser.post(address, form | wanted).status_code == 302
    assert dict(item.prices.values_list("year", "amount")) == {2024: 1000, 2020: 900}


def test_a_price_set_meanwhile_is_shown_and_may_be_overwritten_then(
    world: World, coordinator: User, second_coordinator: User, client_of: Any
) -> None:
    item, browser = world.item("warm_clothing"), client_of(coordinator)
    address = f"/items/{item.pk}/prices/"
    form = filled(browser.get(address)) | {"price-2025": "190.000"}
    set_prices(by=second_coordinator, item=item, prices=[YearPrice(2025, 200_000, None)])
    response = browser.post(address, form)
    assert (response.status_code, wrong(response)) == (409, ["price-2025"])
    assert "200.000" in response.content.decode()
    assert browser.post(address, filled(response)).status_code == 302
    assert item.prices.get().amount == 190_000


def sizes(world: World, *rows: tuple[str, str, str]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for number, (band, label, percent) in enumerate(rows):
        pk = world.band(band).pk if band else ""
        typed |= {f"lines-{number}-{name}": value for name, value in (("label", label), ("percent", percent))}
        typed[f"lines-{number}-age_band"] = pk
    return typed


def test_sizes_are_typed_in_lines_of_which_empty_ones_do_not_count(
    world: World, coordinator: User, client_of: Any
) -> None:
    item, browser = world.item("warm_clothing"), client_of(coordinator)
    address = f"/items/{item.pk}/sizes/"
    typed = sizes(world, ("", "", ""), ("3-5", "100", "40"), ("", "", ""), ("3-5", "110", "50"))
    response = browser.post(address, typed)
    assert (response.status_code, wrong(response)) == (422, ["lines-3-percent"])
    response = browser.post(address, typed | {"lines-5-label": "x"})
    assert wrong(response) == ["lines-3-percent", "lines-5-age_band", "lines-5-percent"]
    response = browser.post(address, typed | {"lines-5-age_band": world.band("3-5").pk})
    assert wrong(response) == ["lines-5-label", "lines-5-percent"]
    assert browser.post(address, typed | {"lines-3-percent": "60"}).status_code == 302
    assert list(item.sizes.values_list("label", "percent")) == [("100", 40), ("110", 60)]
    form = filled(browser.get(address)) | {"lines-0-percent": "30", "lines-1-percent": "70"}
    assert browser.post(address, form).status_code == 302
    assert list(item.sizes.values_list("label", "percent")) == [("100", 30), ("110", 70)]


def test_a_size_table_over_a_newer_one_is_refused_with_both(
    world: World, coordinator: User, second_coordinator: User, client_of: Any
) -> None:
    item, browser = world.item("warm_clothing"), client_of(coordinator)
    address = f"/items/{item.pk}/sizes/"
    form = filled(browser.get(address)) | sizes(world, ("3-5", "110", "100"))
    rows = [SizeRow(world.band("3-5"), "90", 100)]
    set_sizes(by=second_coordinator, item=item, version=sizes_version(item), rows=rows)
    response = browser.post(address, form)
    assert response.status_code == 409
    page = response.content.decode()
    assert "3-5: 90 100 %" in page
    assert "3-5: 110 100 %" in page
    assert browser.post(address, filled(response)).status_code == 302
    assert item.sizes.get().label == "110"


def test_an_item_is_retired_restored_and_deleted(world: World, coordinator: User, client_of: Any) -> None:
    item, browser = shoes(world, coordinator), client_of(coordinator)
    address = f"/items/{item.pk}/"
    assert browser.post(f"{address}retire/", {"on": "02/06/2025", "reason": ""}).status_code == 422
    assert browser.post(f"{address}retire/", {"on": "02/06/2025", "reason": "x"})["Location"] == address
    assert browser.post(f"{address}retire/", {"on": "02/06/2025", "reason": "x"}).status_code == 409
    assert browser.post(f"{address}restore/")["Location"] == address
    assert browser.post(f"{address}restore/").status_code == 409
    assert browser.get(f"{address}delete/").status_code == 200
    assert browser.post(f"{address}delete/")["Location"] == "/items/"
    assert browser.get(address).status_code == 404


def test_what_is_used_is_not_deleted(world: World, coordinator: User, client_of: Any) -> None:
    approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    item, browser = world.item("warm_clothing"), client_of(coordinator)
    response = browser.post(f"/items/{item.pk}/delete/")
    assert response.status_code == 409
    assert "Rà soát nhu cầu năm 2025 – xã Ia Dom" in response.content.decode()
    assert history.version_of(item)


def test_a_use_out_of_sight_is_counted_not_named(world: World, coordinator: User, client_of: Any) -> None:
    """The catalogue is one for all; whose survey of another district it is, is not told."""
    from needs.uses import Use

    with translation.override("en"):
        assert str(Use("surveys", 3, ("A",))) == "surveys: A and 2 more"
        assert str(Use("surveys", 2)) == "surveys: 2"


# The buying list -----------------------------------------------------------------------------------


def test_the_buying_list_is_filtered_and_totalled(world: World, coordinator: User, client_of: Any) -> None:
    item = world.item("warm_clothing")
    set_price(by=coordinator, item=item, year=2025, amount=200_000)
    approved_survey(world, needs=[Statement(world.village("Ia Dom"), quantity=4)])
    survey = approved_survey(world, "Ia Đal", needs=[Statement(world.village("Ia Đal"), quantity=6)])
    browser = client_of(coordinator)

    def value(**asked: Any) -> int | None:
        return browser.get("/needs/buying-list/", asked).context["list"].value

    assert value() == 2_000_000
    assert value(commune=world.commune("Ia Dom").pk) == 800_000
    assert value(round=survey.round.pk, item=item.pk) == 2_000_000
    assert value(area=world.area("play").pk) is None
    page = browser.get("/needs/buying-list/").content.decode()
    assert "2.000.000" in page


def test_a_wrong_filter_is_refused_not_ignored(world: World, coordinator: User, client_of: Any) -> None:
    for address in ("/needs/buying-list/", "/needs/buying-list.csv/"):
        response = client_of(coordinator).get(address, {"commune": "999999"})
        assert (response.status_code, wrong(response)) == (422, ["commune"])
    assert client_of(coordinator).get("/needs/buying-list.doc/").status_code == 404


def test_the_buying_list_as_a_file(world: World, coordinator: User, client_of: Any) -> None:
    set_price(by=coordinator, item=world.item("warm_clothing"), year=2025, amount=200_000)
    needs = [
        Statement(world.village("Ia Dom"), quantity=4),
        Statement(world.village("Ia Dom"), item="play_area", band="all", quantity=1),
    ]
    approved_survey(world, needs=needs)
    browser = client_of(coordinator)
    response = browser.get("/needs/buying-list.csv/", {"commune": world.commune("Ia Dom").pk})
    lines = response.content.decode("utf-8-sig").split("\r\n")
    assert lines[1].endswith(": xã Ia Dom")
    head = next(number for number, line in enumerate(lines) if line.count(";") == 9)
    rows = [line.split(";") for line in lines[head + 1 : -1]]
    assert [row[6:8] for row in rows] == [["khu", "1"], ["bộ", "4"], ["", ""]]
    assert [row[8:] for row in rows[1:]] == [["200000", "800000"], ["", "800000"]]
    assert not any(cell.isdigit() for cell in rows[0][8:])  # no price is not 0
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get("/needs/buying-list.xlsx/").content)).worksheets[0]
    last = [cell.value for cell in list(sheet.iter_rows())[-2]]
    assert last[7:] == [4, 200_000, 800_000]


def test_the_buying_list_takes_as_many_queries_for_three_as_for_one(
    world: World, coordinator: User, client_of: Any
) -> None:
    browser = client_of(coordinator)
    approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    one = queries(browser, "/needs/buying-list/")
    places = [world.village("Ia Đal"), world.village("Ia Đal", 2)]
    needs = [Statement(place, band=band) for place in places for band in ("3-5", "6-10")]
    approved_survey(world, "Ia Đal", [*needs, Statement(places[0], item="play_area", band="all", quantity=1)])
    assert queries(browser, "/needs/buying-list/") == one
