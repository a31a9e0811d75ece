"""The list of needs as a file: exactly what is listed, within reach, capped, never a formula."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from directory.models import User
from needs.models import Need, NeedBalance, ReferencePrice
from tests.documents.reader import read, text_of
from tests.needs.build import Statement, approved_survey
from tests.remembered import remembered
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]
# Columns of the workbook that the list shows too.
ITEM, COMMUNE, PLACE, PRIORITY, OWN, CHILDREN, GIRLS = 2, 4, 5, 6, 7, 8, 9
NEEDED, COVERED, DELIVERED, UNCOVERED, VALUE, CLOSED, REASON = range(11, 18)


@pytest.fixture(autouse=True)
def needs(world: World) -> None:
    remembered(two_needs, world)


def two_needs(world: World) -> None:
    dom, dal = world.village("Ia Dom"), world.village("Ia Đal")
    approved_survey(world, "Ia Dom", [Statement(dom, quantity=20, priority=1, reason='=HYPERLINK("x")')])
    approved_survey(world, "Ia Đal", [Statement(dal, "meal", quantity=30, priority=2)])
    NeedBalance.objects.filter(quantity=20).update(covered=15, delivered=5)
    ReferencePrice.objects.create(item=world.item("warm_clothing"), year=2025, amount=100_000)


def file_of(client: Client, format: str, **asked: object) -> bytes:
    answer = client.get(reverse("need_export", args=[format]), asked)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="nhu-cau-2025-06-02.{format}"'
    return answer.content


def sheet_rows(data: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).active.iter_rows()]


def table_of(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows below the head."""
    head = next(number for number, row in enumerate(rows) if len([c for c in row if c]) == 18)
    return rows[head + 1 :]


def test_a_workbook_holds_the_filtered_list(world: World, coordinator: User, client_of: ClientOf) -> None:
    client = client_of(coordinator)
    (row, total) = table_of(sheet_rows(file_of(client, "xlsx", commune=world.commune("Ia Dom").pk)))
    assert (row[ITEM], row[COMMUNE], row[PLACE]) == ("Đồ ấm", "xã Ia Dom", "Thôn 1")
    assert (row[PRIORITY], row[OWN], row[CHILDREN]) == (1, 1, 20)
    assert row[NEEDED : VALUE + 1] == [20, 15, 5, 5, 500_000]
    assert row[REASON] == '=HYPERLINK("x")'
    assert total[NEEDED : VALUE + 1] == [20, 15, 5, 5, 500_000]


def test_csv_and_workbook_hold_what_the_page_lists_in_its_order(
    coordinator: User, client_of: ClientOf
) -> None:
    client, asked = client_of(coordinator), {"round": "all", "sort": "uncovered"}
    listed = [need.balance.quantity for need in client.get("/needs/", asked).context["page"]]
    workbook = table_of(sheet_rows(file_of(client, "xlsx", **asked)))
    text = file_of(client, "csv", **asked).decode("utf-8-sig")
    lines = table_of(list(csv.reader(io.StringIO(text, newline=""), delimiter=";")))
    assert listed == [30, 20]
    assert [row[NEEDED] for row in workbook][:2] == listed
    assert [int(row[NEEDED]) for row in lines][:2] == listed
    assert "'=HYPERLINK" in text


def test_a_file_says_what_was_filtered_when_and_by_whom(coordinator: User, client_of: ClientOf) -> None:
    rows = sheet_rows(file_of(client_of(coordinator), "xlsx", q="am"))
    notes = "\n".join(str(row[0]) for row in rows[:6])
    assert coordinator.agency.name in notes
    assert ": am" in notes
    assert "Rà soát nhu cầu năm 2025" in notes
    assert "02/06/2025" in notes


def test_no_price_is_not_zero(coordinator: User, client_of: ClientOf) -> None:
    rows = table_of(sheet_rows(file_of(client_of(coordinator), "xlsx", q="bua an")))
    assert not isinstance(rows[0][VALUE], int)


@pytest.mark.parametrize(
    ("username", "quantities"),
    [("officer.iadom", [20]), ("officer.iatoi", []), ("health", [30]), ("union", []), ("leader", [20, 30])],
)
def test_files_hold_what_is_within_reach(
    world: World, client_of: ClientOf, username: str, quantities: list[int]
) -> None:
    rows = table_of(sheet_rows(file_of(client_of(world.user(username)), "xlsx")))
    assert [row[NEEDED] for row in rows[: len(rows) // 2]] == quantities


@pytest.mark.parametrize("format", ["xlsx", "csv", "pdf"])
def test_too_long_a_list_is_refused_with_what_to_do(
    coordinator: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    monkeypatch.setattr("needs.views.need.MOST_ROWS", {"xlsx": 1, "csv": 1, "pdf": 1})
    answer = client_of(coordinator).get(reverse("need_export", args=[format]))
    text = answer.content.decode()
    assert (answer.status_code, "Content-Disposition" in answer) == (422, False)
    assert format.upper() in text


def test_a_wrong_filter_makes_no_file(coordinator: User, client_of: ClientOf) -> None:
    answer = client_of(coordinator).get(reverse("need_export", args=["csv"]), {"priority": "9"})
    assert (answer.status_code, "Content-Disposition" in answer) == (422, False)


def test_an_unknown_kind_of_file_does_not_exist(coordinator: User, client_of: ClientOf) -> None:
    assert client_of(coordinator).get("/needs/list.exe/").status_code == 404


# The PDF ------------------------------------------------------------------------------------------


def test_the_pdf_is_a_working_list_in_vietnamese(
    coordinator: User, client_of: ClientOf, tmp_path: Path
) -> None:
    client = client_of(coordinator)
    client.cookies["django_language"] = "en"
    pdf = file_of(client, "pdf", priority=1)
    (page,) = text_of(pdf)
    for words in (
        coordinator.agency.name.upper(),
        "DANH SÁCH NHU CẦU HỖ TRỢ TRẺ EM",
        "Đợt rà soát: Rà soát nhu cầu năm 2025",
        "12:00 02/06/2025; 1 nhu cầu",
        "Đồ ấm",
        "Thôn 1, xã Ia Dom",
        "500.000",
        "Trang 1/1",
    ):
        assert words in page
    assert "CỘNG HÒA" not in page
    assert "Bữa ăn" not in page
    path = tmp_path / "list.pdf"
    path.write_bytes(pdf)
    subprocess.run(["qpdf", "--check", str(path)], check=True, capture_output=True)
    assert read(pdf)[0].width > read(pdf)[0].height


@pytest.mark.slow
def test_the_head_of_the_pdf_is_repeated_on_each_page(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    first = Need.objects.get(priority=1)
    for place in (world.village("Ia Dom", 2), world.school("Ia Dom")):
        for band in ("0-2", "3-5", "6-10", "11-15"):
            for item in ("warm_clothing", "meal", "check_up", "play_area", "activity"):
                need = Need(place=place, item=world.item(item), age_band=world.band(band), children=1)
                need.round, need.survey, need.priority, need.stated_priority = first.round, first.survey, 3, 2
                (made,) = Need.objects.bulk_create([need])
                NeedBalance.opening(made, 10).save()
    pages = text_of(file_of(client_of(coordinator), "pdf"))
    assert len(pages) > 1
    assert ["STT" in page for page in pages[:-1]] == [True] * (len(pages) - 1)
    assert [f"Trang {number}/{len(pages)}" in page for number, page in enumerate(pages, 1)] == [True] * len(
        pages
    )
    assert "3 (xã: 2)" in pages[0]
