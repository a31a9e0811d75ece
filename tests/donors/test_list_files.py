"""The lists of this room as files: what the page shows, with its filters, types kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import User
from documents import exports
from tests.donors.build import cash, donor, goods, pledged, received
from tests.portal.files import notes_of, rows_of
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
LISTS = ["donor", "pledge", "receipt", "supply"]


def ask(client: Client, name: str, format: str = "xlsx", **filters: str) -> HttpResponse:
    return client.get(reverse(f"{name}_export", args=[format]), filters)


@pytest.fixture
def office(coordinator: User, client_of: ClientOf) -> Client:
    return client_of(coordinator)


def test_donors_keep_their_numbers_as_text(world: World, office: Client) -> None:
    donor(world, "Công ty Đại Phát", phone="0912 345 678", tax_code="0100000001", note="x\ny")
    headings, row = rows_of(ask(office, "donor"))
    assert headings[:5] == [_("Name"), _("Kind"), _("Where from"), _("Tax code"), _("Telephone")]
    assert row[0] == "Công ty Đại Phát"
    assert row[3:5] == ["0100000001", "0912345678"]
    assert (row[7], row[9]) == ("x\ny", 0)


def test_a_row_for_each_line_of_a_pledge(world: World, office: Client) -> None:
    lines = [goods(world, quantity=200, unit_value=250_000), cash(5_000_000, purpose="bữa ăn")]
    pledge = pledged(world, lines=lines, due_on=date(2025, 7, 1))
    _headings, first, second = rows_of(ask(office, "pledge"))
    assert (first[0], first[4], first[5]) == (pledge.code, 200, 50_000_000)
    assert (first[9], first[10]) == (datetime(2025, 3, 1), datetime(2025, 7, 1))
    assert second[2:6] == ["bữa ăn", _("đồng"), None, 5_000_000]


def test_goods_without_a_value_are_not_worth_nothing(world: World, office: Client) -> None:
    pledged(world, quantity=3)
    assert rows_of(ask(office, "pledge"))[1][5] == _("not valued")


def test_a_row_for_each_line_of_a_receipt(world: World, office: Client) -> None:
    pledge = pledged(world, quantity=200, unit_value=250_000)
    receipt = received(world, pledge, 120, refused=3, refuse_reason="rách")
    _headings, row = rows_of(ask(office, "receipt"))
    assert row[:3] == [receipt.code, datetime(2025, 3, 15), pledge.code]
    assert row[6:11] == [120, None, 3, "rách", 30_000_000]


def test_receipts_are_those_of_the_pledges_that_are_listed(world: World, office: Client) -> None:
    received(world, pledged(world, quantity=2))
    other = received(world, pledged(world, quantity=2, giver=donor(world, "Hội Chữ thập đỏ")))
    rows = rows_of(ask(office, "receipt", q="chu thap"))
    assert [row[0] for row in rows[1:]] == [other.code]


def test_supply_says_what_is_where(world: World, office: Client) -> None:
    received(world, pledged(world, quantity=200), 120)
    _headings, row = rows_of(ask(office, "supply"))
    assert row[9:] == [200, 120, 80, 0, 0, 120, 0, 200]


def test_a_file_narrows_as_its_page_does_and_says_so(world: World, office: Client) -> None:
    donor(world, "Công ty Đại Phát")
    donor(world, "Hội Chữ thập đỏ", kind="organisation")
    answer = ask(office, "donor", q="chu thap", kind="organisation", origin="")
    assert [row[0] for row in rows_of(answer)[1:]] == ["Hội Chữ thập đỏ"]
    kind = f"{_('Kind')}: {_('Organisation')}"
    assert notes_of(answer)[2:4] == [f"{_('Name, tax code or telephone')}: chu thap", kind]


def test_the_page_leads_to_its_files_with_the_filters(world: World, office: Client) -> None:
    donor(world)
    page = office.get(reverse("donor_list"), {"q": "đại", "kind": "", "page": "1"}).content.decode()
    for format in ("xlsx", "csv"):
        assert f'href="{reverse("donor_export", args=[format])}?q=%C4%91%E1%BA%A1i"' in page


@pytest.mark.parametrize("name", LISTS)
def test_csv_says_the_same_as_the_workbook(world: World, office: Client, name: str) -> None:
    received(world, pledged(world, quantity=200, due_on=date(2025, 7, 1)), 120)
    book, text = rows_of(ask(office, name)), rows_of(ask(office, name, "csv"))
    assert [[as_csv_says(cell) for cell in row] for row in book] == text


def as_csv_says(cell: object) -> str:
    return f"{cell:%d/%m/%Y}" if isinstance(cell, datetime) else "" if cell is None else str(cell)


@pytest.mark.parametrize("name", LISTS)
def test_a_file_costs_the_same_queries_whatever_its_length(world: World, office: Client, name: str) -> None:
    pledged(world, giver=donor(world, "Một"))
    address = reverse(f"{name}_export", args=["xlsx"])
    one = queries_of(office, address)
    for number in range(3):
        pledged(world, giver=donor(world, f"Nhà tài trợ {number}"))
    assert queries_of(office, address) == one


def test_too_long_a_list_is_refused_by_name(
    world: World, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exports.MOST_ROWS, "csv", 1)
    donor(world, "Một")
    assert ask(office, "donor", "csv").status_code == 200
    donor(world, "Hai")
    refused = ask(office, "donor", "csv")
    assert (refused.status_code, refused["Content-Type"]) == (422, "text/html; charset=utf-8")


def test_there_is_no_other_format(office: Client) -> None:
    assert ask(office, "donor", "exe").status_code == 404
