"""The screens of receipts: what is brought without a pledge, quality and signers, taking back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import User
from donors.actions import Part, set_instalments
from donors.models import Donor, Pledge, Receipt, ReceiptLine, SupplyBalance
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.donors.counting import rows, unchanged
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, coordinator: User) -> Client:
    return client_of(coordinator)


def _brought(world: World, **changes: Any) -> dict[str, Any]:
    agency = world.agency("LĐTBXH").pk
    return {
        "new_name": "Bà Lan",
        "new_kind": "individual",
        "new_origin": "in_district",
        "mobilised_by": agency,
        "custodian": agency,
        "occurred_on": "30/05/2025",
        "lines-1-item": world.item("warm_clothing").pk,
        "lines-1-accepted": "18",
        "lines-1-quality": "good",
        "lines-1-refused": "2",
        "lines-1-refuse_reason": "rách",
        "lines-1-unit_value": "120.000",
        "client_key": str(uuid.uuid4()),
        **changes,
    }


def test_what_is_brought_is_recorded_in_one_form_and_once(browser: Client, world: World) -> None:
    form = _brought(world, handed_over_by="Bà Lan", received_by="Ông Nam, Trưởng phòng", anonymous="on")
    url = reverse("receipt_walk_in")
    first, second = browser.post(url, form), browser.post(url, form)
    receipt = Receipt.objects.get()
    assert first.url == second.url == reverse("receipt_detail", args=[receipt.pk])
    pledge = receipt.pledge
    assert (pledge.donor.name, pledge.walk_in, pledge.anonymous, pledge.state) == (
        "Bà Lan",
        True,
        True,
        "received",
    )
    page = browser.get(first.url).text
    assert "Ông Nam, Trưởng phòng" in page
    assert SupplyBalance.objects.get().received == 18


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"new_name": ""}, ["donor"]),
        ({"new_kind": ""}, ["new_kind"]),
        ({"scope": "999"}, ["scope"]),
        ({"lines-1-item": ""}, ["lines-1-item"]),
        ({"lines-1-accepted": "", "lines-1-refused": ""}, ["lines-1-accepted", "lines-1-refused"]),
        ({"lines-1-refuse_reason": ""}, ["lines-1-refuse_reason"]),
        ({"lines-1-amount": "5"}, ["lines-1-amount"]),
        ({"occurred_on": "03/06/2025"}, ["occurred_on"]),
        ({"lines-1-accepted": "hai", "new_origin": ""}, ["lines-1-accepted", "new_origin"]),
    ],
)
def test_it_is_refused_at_its_fields_and_nothing_is_saved(
    browser: Client, world: World, changes: dict[str, str], places: list[str]
) -> None:
    with unchanged(Donor, Pledge, Receipt):
        response = browser.post(reverse("receipt_walk_in"), _brought(world, **changes))
    assert (response.status_code, set(response.context["form"].errors)) == (422, set(places))


def test_a_giver_who_may_be_registered_is_shown_first(browser: Client, world: World) -> None:
    known = donor(world, "Bà Lan")
    url = reverse("receipt_walk_in")
    response = browser.post(url, _brought(world))
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["new_name"])
    assert reverse("donor_detail", args=[known.pk]) in response.text
    assert browser.post(url, _brought(world, register_anyway="on")).status_code == 302
    assert browser.post(url, _brought(world, new_name="", donor=known.pk)).status_code == 302
    assert (rows(Donor), rows(Receipt)) == (2, 2)


def test_a_commune_keeps_to_its_own(
    client_of: ClientOf, world: World, officer: User, stranger: User, leader: User
) -> None:
    form = _brought(world, mobilised_by=officer.agency.pk, custodian=officer.agency.pk)
    assert client_of(leader).post(reverse("receipt_walk_in"), form).status_code == 403
    assert client_of(stranger).post(reverse("receipt_walk_in"), form).status_code == 422
    assert client_of(officer).post(reverse("receipt_walk_in"), form).status_code == 302
    receipt = Receipt.objects.get()
    assert client_of(stranger).get(reverse("receipt_detail", args=[receipt.pk])).status_code == 404
    assert client_of(stranger).post(reverse("receipt_take_back", args=[receipt.pk])).status_code == 404


def test_quality_and_signers_are_kept(browser: Client, world: World) -> None:
    pledge = pledged(world, lines=[goods(world, unit_value=1_000), cash(1_000)])
    form = {
        "occurred_on": "15/03/2025",
        "custodian": world.agency("LĐTBXH").pk,
        "handed_over_by": "Bà Lan",
        "received_by": "Ông Nam",
        "lines-0-accepted": "20",
        "lines-0-quality": "new",
    }
    browser.post(reverse("receipt_create", args=[pledge.pk]), form)
    receipt = Receipt.objects.get()
    assert (receipt.handed_over_by, receipt.received_by) == ("Bà Lan", "Ông Nam")
    assert receipt.lines.get().quality == "new"


def test_a_receipt_is_taken_back_on_its_page(browser: Client, world: World) -> None:
    pledge = pledged(world)
    receipt = received(world, pledge, 50)
    detail, url = (reverse(name, args=[receipt.pk]) for name in ("receipt_detail", "receipt_take_back"))
    assert url in browser.get(detail).text
    assert browser.post(url, {"reason": ""}).status_code == 422
    form = {"reason": "Đếm nhầm", "client_key": str(uuid.uuid4())}
    assert browser.post(url, form).url == browser.post(url, form).url
    assert supply_of(pledge).balance.received == 0
    page = browser.get(detail).text
    assert "Đếm nhầm" in page
    assert url not in page
    counter = Receipt.objects.get(reverses=receipt)
    assert browser.get(reverse("receipt_detail", args=[counter.pk])).context["receipt"].value == 0
    assert browser.post(url, {"reason": "nữa"}).status_code == 409


def test_what_was_sent_is_not_taken_back_on_the_page(browser: Client, world: World) -> None:
    pledge = pledged(world)
    receipt = received(world, pledge, 50)
    SupplyBalance.objects.update(allocated=50, sent=1)
    with unchanged(Receipt):
        response = browser.post(reverse("receipt_take_back", args=[receipt.pk]), {"reason": "nhầm"})
    assert response.status_code == 409


def test_a_receipt_says_which_instalment_came(client_of: ClientOf, coordinator: User, world: World) -> None:
    pledge = pledged(world)
    line = pledge.lines.get()
    days = [date(2025, 4, 1), date(2025, 8, 31)]
    set_instalments(
        by=coordinator,
        pledge=pledge,
        known={line.pk: {}},
        parts=[Part(day, {line.pk: 100}) for day in days],
        reason="Theo thỏa thuận",
    )
    browser, url = client_of(coordinator), reverse("receipt_create", args=[pledge.pk])
    offered = browser.get(url).context["form"].fields["lines-0-due_on"].choices
    assert [key for key, _label in offered] == ["", "2025-04-01", "2025-08-31"]
    form = {
        "occurred_on": "15/03/2025",
        "custodian": coordinator.agency_id,
        "lines-0-accepted": "100",
        "lines-0-due_on": "2025-08-31",
    }
    response = browser.post(url, form)
    (row,) = ReceiptLine.objects.all()
    assert (response.status_code, row.due_on) == (302, days[1])
    # Only one is open now: there is nothing to choose.
    assert "lines-0-due_on" not in browser.get(url).context["form"].fields
