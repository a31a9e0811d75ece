"""The registry of donors."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError

from directory import history
from directory.errors import Forbidden, Refusal
from directory.models import HistoryEntry, User
from donors.models import Donor
from tests.donors.build import donor, pledged
from tests.donors.counting import unchanged
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_a_donor_is_found_without_diacritics(world: World, coordinator: User) -> None:
    giver = donor(world, name="Công ty  TNHH Đại Phát ", phone="+84 912 345 678", tax_code="61 0001")
    assert (giver.name, giver.name_key) == ("Công ty TNHH Đại Phát", "cong ty tnhh dai phat")
    assert (giver.phone, giver.tax_code) == ("0912345678", "610001")
    for text in ("dai phat", "ĐẠI PHÁT", "0912.345", "610001"):
        assert list(Donor.objects.visible_to(coordinator).search(text)) == [giver]
    assert not Donor.objects.visible_to(coordinator).search("dai loc").exists()
    assert [entry.verb for entry in HistoryEntry.objects.of(giver)] == ["register the donor"]
    assert giver.history.get().history_user == coordinator


def test_likely_duplicates_by_name_tax_code_or_phone(world: World) -> None:
    giver = donor(world, name="Đại Phát", phone="0912345678", tax_code="610001")
    for same in (
        {"name": "dai phat"},
        {"name": "x", "tax_code": "610001"},
        {"name": "x", "phone": "+84912345678"},
    ):
        assert list(Donor.objects.like(world.district, **same)) == [giver]
    assert not Donor.objects.like(world.district, name="x").exists()
    assert not Donor.objects.like(world.district.parent, name="dai phat").exists()


def test_a_name_is_needed(world: World) -> None:
    with unchanged(Donor, HistoryEntry), pytest.raises(Refusal) as refusal:
        donor(world, name="  ")
    assert [problem.place for problem in refusal.value.problems] == ["name"]


def test_leaders_and_administrators_register_nobody(world: World, leader: User, administrator: User) -> None:
    for user in (leader, administrator):
        with unchanged(Donor), pytest.raises(Forbidden):
            donor(world, by=user)


def test_registering_is_atomic(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the history cannot be written")

    monkeypatch.setattr(history, "record", broken)
    with unchanged(Donor, Donor.history.model), pytest.raises(DatabaseError):
        donor(world)


def test_the_same_form_sent_twice_registers_once(world: World) -> None:
    key = uuid.uuid4()
    assert donor(world, key=key) == donor(world, key=key)
    assert Donor.objects.count() == 1


def test_reach(
    world: World, coordinator: User, leader: User, officer: User, stranger: User, union_officer: User
) -> None:
    theirs = donor(world, by=officer, name="Của Ia Dom")
    office = donor(world, name="Của LĐTBXH")
    for user, seen in (
        (coordinator, {theirs, office}),
        (leader, {theirs, office}),
        (officer, {theirs}),
        (stranger, set()),
        (union_officer, set()),
    ):
        assert set(Donor.objects.visible_to(user)) == seen
    pledged(world, giver=office, mobilised_by=union_officer.agency)
    assert set(Donor.objects.visible_to(union_officer)) == {office}
