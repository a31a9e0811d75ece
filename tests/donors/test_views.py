"""The screens: what they show, what they save, what they refuse."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import User
from donors.actions import withdraw_pledge
from donors.models import Donor, Pledge, Receipt, SupplyBalance, SupplyLine
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.donors.counting import rows, unchanged
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, coordinator: User) -> Client:
    return client_of(coordinator)


def _donor_form(**changes: Any) -> dict[str, Any]:
    return {"name": "Công ty Đại Phát", "kind": "enterprise", "origin": "in_country", **changes}


def _pledge_form(world: World, **changes: Any) -> dict[str, Any]:
    giver = Donor.objects.first() or donor(world)
    return {
        "donor": giver.pk,
        "mobilised_by": world.agency("LĐTBXH").pk,
        "pledged_on": "01/03/2025",
        "lines-0-item": world.item("warm_clothing").pk,
        "lines-0-quantity": "1.200",
        "lines-0-unit_value": "150.000",
        "lines-2-item": "cash",
        "lines-2-amount": "5.000.000",
        **changes,
    }


def _receipt_form(world: World, **changes: Any) -> dict[str, Any]:
    return {"occurred_on": "15/03/2025", "custodian": world.agency("LĐTBXH").pk, **changes}


# Donors


def test_a_donor_is_registered(browser: Client, world: World) -> None:
    response = browser.post(reverse("donor_create"), _donor_form())
    giver = Donor.objects.get()
    assert response.url == reverse("donor_detail", args=[giver.pk])
    assert (giver.scope, giver.registered_by) == (world.district, world.agency("LĐTBXH"))


def test_a_likely_duplicate_is_shown_and_may_be_registered_anyway(browser: Client, world: World) -> None:
    first = donor(world)
    with unchanged(Donor):
        response = browser.post(reverse("donor_create"), _donor_form(name="CONG TY dai phat"))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["name"]
    assert reverse("donor_detail", args=[first.pk]) in response.text
    browser.post(reverse("donor_create"), _donor_form(name="CONG TY dai phat", register_anyway="on"))
    assert rows(Donor) == 2


def test_a_duplicate_out_of_reach_shows_only_who_holds_it(
    client_of: ClientOf, world: World, officer: User, stranger: User
) -> None:
    theirs = donor(world, name="Tên Không Ai Thấy", phone="0912345678", by=officer)
    response = client_of(stranger).post(reverse("donor_create"), _donor_form(phone="+84 912 345 678"))
    assert response.status_code == 422
    assert theirs.name not in response.text
    assert officer.agency.name in response.text


def test_the_donor_list_searches_and_filters(browser: Client, world: World) -> None:
    one = donor(world, name="Đại Phát")
    two = donor(world, name="Hội Từ thiện", kind="organisation", origin="foreign")
    for query, found in (
        ("", [one, two]),
        ("?q=dai+phat", [one]),
        ("?kind=organisation", [two]),
        ("?origin=in_country", [one]),
        ("?kind=nonsense&page=nonsense", [one, two]),
    ):
        response = browser.get(reverse("donor_list") + query)
        assert list(response.context["page"]) == found


def test_a_donor_page_adds_up(browser: Client, world: World) -> None:
    giver = donor(world)
    pledge = pledged(world, giver=giver, lines=[goods(world, unit_value=1_000), cash(5_000_000)])
    pledged(world, giver=giver, item="meal")
    received(world, pledge, 50)
    context = browser.get(reverse("donor_detail", args=[giver.pk])).context
    assert context["promised"] == {"goods": 200_000, "cash": 5_000_000, "unvalued": 1}
    assert context["received"] == {"goods": 50_000, "cash": 0, "unvalued": 0}


def test_a_commune_counts_only_the_pledges_it_sees(client_of: ClientOf, world: World, officer: User) -> None:
    giver = donor(world, by=officer)
    pledged(world, giver=giver)
    pledged(world, giver=giver, by=officer)
    browser = client_of(officer)
    assert [row.pledge_count for row in browser.get(reverse("donor_list")).context["page"]] == [1]
    assert len(browser.get(reverse("donor_detail", args=[giver.pk])).context["pledges"]) == 1


# Pledges


def test_a_pledge_of_several_lines_is_recorded(browser: Client, world: World) -> None:
    village = world.village("Ia Dom")
    form = _pledge_form(world, **{"lines-0-earmark": f"place-{village.pk}", "lines-0-earmark_hard": "on"})
    response = browser.post(reverse("pledge_create"), {**form, "due_on": "30/06/2025", "anonymous": "on"})
    pledge = Pledge.objects.get()
    assert response.url == reverse("pledge_detail", args=[pledge.pk])
    assert (pledge.pledged_on, pledge.due_on) == (date(2025, 3, 1), date(2025, 6, 30))
    assert pledge.anonymous
    lines = pledge.lines.order_by("pk").values_list("kind", "quantity", "unit_value", "amount")
    assert list(lines) == [("goods", 1_200, 150_000, None), ("cash", None, None, 5_000_000)]
    assert (pledge.lines.first().earmark_place, pledge.lines.first().earmark_hard) == (village, True)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"lines-0-quantity": "hai trăm"}, ["lines-0-quantity"]),
        ({"lines-0-quantity": "-5"}, ["lines-0-quantity"]),
        ({"lines-0-quantity": "1000000000000"}, ["lines-0-quantity"]),
        ({"lines-0-quantity": "0"}, ["lines-0-quantity"]),
        ({"lines-2-quantity": "5"}, ["lines-2-quantity"]),
        ({"lines-2-amount": ""}, ["lines-2-amount"]),
        ({"lines-0-amount": "5"}, ["lines-0-amount"]),
        ({"lines-1-quantity": "5"}, ["lines-1-item"]),
        ({"pledged_on": "03/06/2025"}, ["pledged_on"]),
        ({"due_on": "28/02/2025"}, ["due_on"]),
        ({"donor": ""}, ["donor"]),
        ({"lines-0-quantity": "0", "due_on": "28/02/2025"}, ["due_on", "lines-0-quantity"]),
        ({"lines-0-quantity": "hai", "due_on": "28/02/2025"}, ["lines-0-quantity", "due_on"]),
    ],
)
def test_a_pledge_is_refused_at_its_fields(
    browser: Client, world: World, changes: dict[str, str], places: list[str]
) -> None:
    form = _pledge_form(world, **changes)
    with unchanged(Pledge, SupplyLine):
        response = browser.post(reverse("pledge_create"), form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == places
    assert 'value="5.000.000"' in response.text or "lines-2-amount" in changes  # what was typed is kept


def test_the_same_pledge_sent_twice_is_recorded_once(browser: Client, world: World) -> None:
    form = {**_pledge_form(world), "client_key": str(uuid.uuid4())}
    first = browser.post(reverse("pledge_create"), form)
    assert browser.post(reverse("pledge_create"), form).url == first.url
    assert rows(Pledge) == 1


def test_a_commune_records_for_itself_only(
    client_of: ClientOf, world: World, officer: User, stranger: User
) -> None:
    donor(world, by=officer)
    browser = client_of(officer)
    with unchanged(Pledge):
        browser.post(reverse("pledge_create"), _pledge_form(world, mobilised_by=stranger.agency.pk))
    browser.post(reverse("pledge_create"), _pledge_form(world, mobilised_by=officer.agency.pk))
    assert Pledge.objects.get().mobilised_by == officer.agency


def test_the_pledge_list_marks_what_is_overdue(browser: Client, world: World) -> None:
    late = pledged(world, due_on=date(2025, 6, 1))
    today = pledged(world, due_on=date(2025, 6, 2))
    done = pledged(world, due_on=date(2025, 6, 1))
    received(world, done)
    for query, found in (
        ("", {late, today, done}),
        ("?state=overdue", {late}),
        ("?state=received", {done}),
        (f"?q={today.code}", {today}),
        ("?q=dai+phat", {late, today, done}),
        ("?q=khong+co", set()),
    ):
        page = browser.get(reverse("pledge_list") + query).context["page"]
        assert {pledge.pk for pledge in page} == {pledge.pk for pledge in found}
    assert [pledge.is_overdue for pledge in (late, today)] == [True, False]


def test_a_pledge_page_shows_how_far_each_line_is(browser: Client, world: World) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    received(world, pledge, 180, refused=20, refuse_reason="rách")
    SupplyBalance.objects.update(allocated=100, sent=30)
    received(world, pledge, 5)
    response = browser.get(reverse("pledge_detail", args=[pledge.pk]))
    shown = [
        (row.promised, row.received, row.refused, row.to_come, row.allocated, row.left, row.in_stock)
        for row in response.context["progress"]
    ]
    assert shown == [
        (200, 180, 20, 0, 100, 80, 150),
        (5, 5, 0, 0, 0, 5, 5),
        (1_000, 0, 0, 1_000, 0, 1_000, 0),
    ]


def test_a_stranger_finds_nothing(client_of: ClientOf, world: World, officer: User, stranger: User) -> None:
    pledge = pledged(world, by=officer, giver=donor(world, by=officer))
    receipt = received(world, pledge, 5, by=officer)
    browser = client_of(stranger)
    for name, pk in (
        ("donor_detail", pledge.donor_id),
        ("pledge_detail", pledge.pk),
        ("pledge_withdraw", pledge.pk),
        ("receipt_create", pledge.pk),
        ("receipt_detail", receipt.pk),
    ):
        assert browser.get(reverse(name, args=[pk])).status_code == 404
    for name in ("donor_list", "pledge_list", "supply_list"):
        assert pledge.code not in browser.get(reverse(name)).text


def test_who_sees_a_pledge_without_handling_it_may_not_receive(
    client_of: ClientOf, world: World, health_officer: User
) -> None:
    pledge = pledged(world, item="meal")
    browser = client_of(health_officer)
    assert browser.get(reverse("pledge_detail", args=[pledge.pk])).status_code == 200
    for name in ("pledge_withdraw", "receipt_create"):
        for method in (browser.get, browser.post):
            assert method(reverse(name, args=[pledge.pk])).status_code == 403
    assert rows(Receipt) == 0


def test_a_pledge_is_withdrawn_with_a_reason(browser: Client, world: World) -> None:
    pledge = pledged(world)
    url = reverse("pledge_withdraw", args=[pledge.pk])
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert browser.post(url, {"reason": "Công ty giải thể"}).url == reverse("pledge_detail", args=[pledge.pk])
    assert "Công ty giải thể" in browser.get(reverse("pledge_detail", args=[pledge.pk])).text
    assert browser.post(url, {"reason": "lần nữa"}).status_code == 409


# Receipts


def test_a_receipt_is_recorded(browser: Client, world: World) -> None:
    pledge = pledged(world, lines=[goods(world, unit_value=1_000), cash(1_000)])
    form = _receipt_form(
        world,
        **{
            "lines-0-accepted": "150",
            "lines-0-refused": "10",
            "lines-0-refuse_reason": "rách",
            "lines-1-amount": "400",
        },
    )
    response = browser.post(reverse("receipt_create", args=[pledge.pk]), form)
    receipt = Receipt.objects.get()
    assert response.url == reverse("receipt_detail", args=[receipt.pk])
    page = browser.get(response.url)
    assert page.context["receipt"].value == 150_400
    assert "rách" in page.text


def test_the_receipt_form_is_prefilled_with_no_number(browser: Client, world: World) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    form = browser.get(reverse("receipt_create", args=[pledge.pk])).context["form"]
    assert [field.value() for row in form.rows for field in row.values()] == [None] * 6


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"lines-0-accepted": "hai"}, ["lines-0-accepted"]),
        ({"lines-0-accepted": "-2"}, ["lines-0-accepted"]),
        ({"lines-0-accepted": "1000000000000"}, ["lines-0-accepted"]),
        ({"lines-0-refused": "2"}, ["lines-0-refuse_reason"]),
        ({"lines-0-refuse_reason": "rách"}, ["lines-0-refused"]),
        ({"lines-0-accepted": "230"}, ["lines-0-accepted"]),
        ({"occurred_on": "28/02/2025"}, ["occurred_on"]),
        ({"occurred_on": "03/06/2025"}, ["occurred_on"]),
        ({"lines-0-accepted": ""}, ["__all__"]),
        ({"lines-0-accepted": "hai", "occurred_on": "28/02/2025"}, ["lines-0-accepted", "occurred_on"]),
    ],
)
def test_a_receipt_is_refused_at_its_fields(
    browser: Client, world: World, changes: dict[str, str], places: list[str]
) -> None:
    pledge = pledged(world)
    form = _receipt_form(world, **{"lines-0-accepted": "100", **changes})
    with unchanged(Receipt):
        response = browser.post(reverse("receipt_create", args=[pledge.pk]), form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == places
    assert supply_of(pledge).balance.received == 0


def test_a_surplus_is_booked_once_it_is_confirmed(browser: Client, world: World) -> None:
    pledge = pledged(world)
    url = reverse("receipt_create", args=[pledge.pk])
    form = _receipt_form(world, **{"lines-0-accepted": "230"})
    assert 'name="confirm_surplus"' in browser.post(url, form).text
    browser.post(url, {**form, "confirm_surplus": "on"})
    surplus = SupplyLine.objects.get(origin="surplus")
    assert surplus.balance.received == 30


def test_more_cash_than_pledged_is_refused_at_its_field(browser: Client, world: World) -> None:
    pledge = pledged(world, lines=[cash(1_000)])
    form = _receipt_form(world, **{"lines-0-amount": "1001", "confirm_surplus": "on"})
    response = browser.post(reverse("receipt_create", args=[pledge.pk]), form)
    assert (response.status_code, list(response.context["form"].errors)) == (409, ["lines-0-amount"])
    assert rows(Receipt) == 0


def test_the_same_receipt_sent_twice_is_booked_once(browser: Client, world: World) -> None:
    pledge = pledged(world)
    form = _receipt_form(world, **{"lines-0-accepted": "100", "client_key": str(uuid.uuid4())})
    url = reverse("receipt_create", args=[pledge.pk])
    assert browser.post(url, form).url == browser.post(url, form).url
    assert (rows(Receipt), supply_of(pledge).balance.received) == (1, 100)


# Supply


def test_the_supply_list_filters_and_leaves_out_what_was_withdrawn(
    browser: Client, world: World, coordinator: User
) -> None:
    coats, meals, gone = pledged(world), pledged(world, item="meal"), pledged(world)
    withdraw_pledge(by=coordinator, pledge=gone, reason="nhầm")
    for query, found in (
        ("", {coats, meals}),
        (f"?item={world.item('meal').pk}", {meals}),
        (f"?area={world.area('warm_clothing').pk}", {coats}),
        ("?area=nonsense", {coats, meals}),
    ):
        page = browser.get(reverse("supply_list") + query).context["page"]
        assert {line.pledge_line.pledge_id for line in page} == {pledge.pk for pledge in found}


@pytest.mark.parametrize("name", ["donor_list", "pledge_list", "supply_list"])
def test_lists_take_the_same_queries_for_one_row_and_three(browser: Client, world: World, name: str) -> None:
    def one_more(number: int) -> None:
        giver = donor(world, name=f"Nhà tài trợ {number}")
        village = world.village("Ia Dom")
        lines = [goods(world, earmark="place", earmark_place=village), cash(5)]
        received(world, pledged(world, giver=giver, lines=lines), 5)

    one_more(1)
    browser.get(reverse(name))
    with CaptureQueriesContext(connection) as first:
        browser.get(reverse(name))
    one_more(2)
    one_more(3)
    with CaptureQueriesContext(connection) as third:
        browser.get(reverse(name))
    assert len(third) == len(first)


def test_detail_pages_take_the_same_queries_for_one_line_and_three(browser: Client, world: World) -> None:
    def queries(pledge: Pledge) -> list[int]:
        counts = []
        for name, pk in (("pledge_detail", pledge.pk), ("donor_detail", pledge.donor_id)):
            with CaptureQueriesContext(connection) as captured:
                browser.get(reverse(name, args=[pk]))
            counts.append(len(captured))
        return counts

    giver = donor(world)
    village = world.village("Ia Dom")
    meant = goods(world, earmark="place", earmark_place=village)
    one, three = pledged(world, giver=giver, lines=[meant]), pledged(world, giver=giver, lines=[meant] * 3)
    received(world, one, 5)
    browser.get(reverse("home"))
    first = queries(one)
    for _number in range(3):
        received(world, three, 5)
    assert queries(three) == first


def test_a_tax_code_with_spaces_is_the_same_one(browser: Client, world: World) -> None:
    donor(world, name="Công ty Một", tax_code="6101 234 567")
    with unchanged(Donor):
        response = browser.post(reverse("donor_create"), _donor_form(name="Hai", tax_code="6101 234 567"))
    assert response.status_code == 422


def test_a_telephone_without_a_digit_is_nobodys(browser: Client, world: World) -> None:
    donor(world, name="Công ty không có điện thoại")
    response = browser.post(reverse("donor_create"), _donor_form(name="Hai", phone="không có"))
    assert response.status_code == 302
