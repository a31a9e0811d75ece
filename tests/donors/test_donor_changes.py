"""A donor's entry, contacts and capacity are changed; both values over a newer edit; who changed what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock, history
from directory.errors import Forbidden, Refusal, Stale
from directory.models import HistoryEntry, User
from donors.actions import (
    CapacityRow,
    ContactRow,
    change_donor,
    set_capacities,
    set_contacts,
)
from donors.actions.contact import rows_version
from donors.changes import KINDS, changes_of
from donors.donor_rules import DonorFacts, facts_of
from donors.models import Donor, DonorCapacity, DonorContact
from tests.donors.build import donor, pledged, received
from tests.donors.counting import unchanged
from tests.queries import queries_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]


def _facts(**changes: str) -> DonorFacts:
    return DonorFacts(**{"name": "Công ty Đại Phát", "kind": "enterprise", "origin": "in_country"} | changes)


def _contacts(by: User, giver: Donor, *rows: ContactRow, version: int | None = None) -> None:
    version = rows_version(DonorContact, giver) if version is None else version
    set_contacts(by=by, donor=giver, version=version, rows=rows)


def _capacities(by: User, giver: Donor, *rows: CapacityRow, version: int | None = None) -> None:
    version = rows_version(DonorCapacity, giver) if version is None else version
    set_capacities(by=by, donor=giver, version=version, rows=rows)


def test_a_change_is_kept_with_who_and_from_what_to_what(world: World, coordinator: User) -> None:
    giver = donor(world)
    change_donor(
        by=coordinator,
        donor=giver,
        version=history.version_of(giver),
        facts=_facts(name="Cty  Đại Phát", phone="+84 912 345 678", origin="foreign"),
    )
    giver.refresh_from_db()
    assert (giver.name, giver.name_key, giver.phone) == ("Cty Đại Phát", "cty dai phat", "0912345678")
    entry = HistoryEntry.objects.of(giver).first()
    assert entry.details["before"].keys() == entry.details["after"].keys() == {"name", "phone", "origin"}
    newest, first = changes_of(giver)
    assert (newest.by, newest.at) == (coordinator, clock.now())
    assert [after for _name, _before, after in newest.fields][1:] == ["Cty Đại Phát", "0912345678"]
    assert [before for _name, before, _after in first.fields] == ["", "", ""]


def test_the_same_values_change_nothing(world: World, coordinator: User) -> None:
    giver = donor(world)
    with unchanged(HistoryEntry, Donor.history.model):
        change_donor(by=coordinator, donor=giver, version=0, facts=facts_of(giver))


def test_an_edit_over_a_newer_one_is_refused_with_both_values(
    world: World, coordinator: User, second_coordinator: User
) -> None:
    giver = donor(world)
    read = history.version_of(giver)
    change_donor(by=second_coordinator, donor=giver, version=read, facts=_facts(phone="0900000001"))
    with unchanged(HistoryEntry), pytest.raises(Stale) as refusal:
        change_donor(by=coordinator, donor=giver, version=read, facts=_facts(phone="0900000002"))
    assert refusal.value.details["theirs"] == {"phone": "0900000001"}
    assert refusal.value.details["yours"] == {"phone": "0900000002"}
    change_donor(
        by=coordinator,
        donor=giver,
        version=refusal.value.details["version"],
        facts=_facts(phone="0900000002"),
    )
    assert Donor.objects.get().phone == "0900000002"


def test_only_who_registered_it_and_the_coordinators_change_it(
    world: World, officer: User, stranger: User, union_officer: User, leader: User
) -> None:
    giver = donor(world, by=officer)
    for user in (stranger, union_officer, leader):
        with unchanged(HistoryEntry):
            for deed in (
                lambda by=user: change_donor(by=by, donor=giver, version=0, facts=_facts(name="X Y")),
                lambda by=user: _contacts(by, giver, ContactRow(office="x")),
                lambda by=user: _capacities(by, giver, CapacityRow(world.area("play"), amount=1)),
            ):
                with pytest.raises(Forbidden):
                    deed()
    change_donor(by=officer, donor=giver, version=history.version_of(giver), facts=_facts(name="X Y"))
    assert Donor.objects.get().name == "X Y"


def test_contacts_keep_their_rows(world: World, coordinator: User) -> None:
    giver = donor(world)
    _contacts(coordinator, giver, ContactRow("Lan", "Phòng nhân sự", "0900 000 001"), ContactRow(office="B"))
    first, second = giver.contacts.for_page()
    assert first.phone == "0900000001"
    rows = [ContactRow(office="B", email="b@dp.vn", pk=second.pk), ContactRow("Minh")]
    _contacts(coordinator, giver, *rows)
    assert [row.in_words for row in giver.contacts.for_page()] == ["B, b@dp.vn", "Minh"]
    assert giver.contacts.for_page()[0].pk == second.pk
    taken_out = [change.fields for change in changes_of(giver) if change.kind == KINDS["-"]]
    assert [before for _name, before, _after in taken_out[0]] == ["Lan", "Phòng nhân sự", "0900000001"]
    with unchanged(DonorContact, HistoryEntry), pytest.raises(Refusal) as refusal:
        _contacts(coordinator, giver, ContactRow(phone="0900000001"))
    assert [problem.place for problem in refusal.value.problems] == ["lines-0-office"]
    with unchanged(DonorContact, HistoryEntry), pytest.raises(Stale):
        _contacts(coordinator, giver, ContactRow("Ai khác"), version=1)


def test_capacity_is_whole_bounded_and_said_once(world: World, coordinator: User) -> None:
    giver, clothes = donor(world), world.item("warm_clothing")
    area = clothes.area
    _capacities(
        coordinator,
        giver,
        CapacityRow(area, None, None, 75_000_000),
        CapacityRow(area, clothes, 0, None, "đầu năm học"),
    )
    assert [(row.item, row.quantity, row.amount) for row in giver.capacities.for_page()] == [
        (None, None, 75_000_000),
        (clothes, 0, None),
    ]
    wrong = [
        CapacityRow(area, None, 5, None),
        CapacityRow(area, clothes, None, None),
        CapacityRow(area, clothes, 1_000_000_000, -1),
    ]
    with unchanged(DonorCapacity, HistoryEntry), pytest.raises(Refusal) as refusal:
        _capacities(coordinator, giver, *wrong)
    assert [problem.place for problem in refusal.value.problems] == [
        "lines-0-quantity",
        "lines-1-quantity",
        "lines-2-what",
        "lines-2-quantity",
        "lines-2-amount",
    ]
    _capacities(coordinator, giver)
    assert not giver.capacities.exists()


def test_a_change_on_the_screen_shows_both_values_and_saves_once_more(
    world: World, client_of: ClientOf, coordinator: User, second_coordinator: User
) -> None:
    giver = donor(world)
    browser, address = client_of(coordinator), reverse("donor_change", args=[giver.pk])
    version = browser.get(address).context["form"].initial["version"]
    form = {"name": giver.name, "kind": "enterprise", "origin": "in_country", "phone": "0900000002"}
    change_donor(by=second_coordinator, donor=giver, version=version, facts=_facts(phone="0900000001"))
    answer = browser.post(address, {**form, "version": version})
    assert answer.status_code == 409
    assert "0900000001" in answer.text
    again = {**form, "version": answer.context["form"].data["version"]}
    assert browser.post(address, again).url == reverse("donor_detail", args=[giver.pk])
    assert Donor.objects.get().phone == "0900000002"


def test_contacts_and_capacity_on_their_screens(world: World, client_of: ClientOf, coordinator: User) -> None:
    giver, browser = donor(world), client_of(coordinator)
    contacts, capacity = (reverse(f"donor_{name}", args=[giver.pk]) for name in ("contacts", "capacity"))
    assert browser.post(contacts, {"lines-1-office": "Ban giám đốc", "version": "0"}).status_code == 302
    clothes = world.item("warm_clothing")
    wrong = {"lines-0-what": f"item-{clothes.pk}", "lines-1-quantity": "5", "version": "0"}
    answer = browser.post(capacity, wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["lines-1-what"])
    right = {"lines-2-what": f"item-{clothes.pk}", "lines-2-quantity": "1.500", "version": "0"}
    assert browser.post(capacity, right).status_code == 302
    page = browser.get(reverse("donor_detail", args=[giver.pk])).context
    assert [row.in_words for row in page["contacts"]] == ["Ban giám đốc"]
    assert [(row.item, row.quantity) for row in page["capacities"]] == [(clothes, 1_500)]


def test_the_page_costs_the_same_with_three_of_everything(
    world: World, client_of: ClientOf, coordinator: User
) -> None:
    browser, costs = client_of(coordinator), []
    giver = donor(world)
    clothes, meals = world.item("warm_clothing"), world.item("meal")
    for number in (1, 3):
        for _number in range(number):
            received(world, pledged(world, giver=giver), 5)
        _contacts(coordinator, giver, *[ContactRow(f"người {n}") for n in range(number)])
        rows = [CapacityRow(item.area, item, 5) for item in (clothes, meals)]
        _capacities(coordinator, giver, *[CapacityRow(clothes.area, None, None, 1), *rows][:number])
        costs.append(queries_of(browser, reverse("donor_detail", args=[giver.pk])))
    assert costs[0] == costs[1]


# Likely the same, while it is typed


def test_while_typing_those_that_resemble_are_shown(
    world: World, client_of: ClientOf, coordinator: User, officer: User, stranger: User
) -> None:
    giver = donor(world, name="Công ty TNHH MTV Đại Phát", phone="0912345678", by=officer)
    donor(world, name="Hội Đại Phát Lợi")
    browser, address = client_of(coordinator), reverse("donor_duplicates")
    for typed, found in (
        ({"name": "cty dai phat"}, 2),
        ({"name": "đại phá"}, 0),
        ({"name": "phat"}, 0),
        ({"phone": "+84 912 345 678"}, 1),
        ({"name": ""}, 0),
        ({"name": "cty dai phat", "but": giver.pk}, 1),
    ):
        assert len(browser.get(address, typed).context["form"].duplicates) == found
    hidden = client_of(stranger).get(address, {"phone": "0912345678"})
    assert (giver.name in hidden.text, officer.agency.name in hidden.text) == (False, True)
