"""A pledge is changed: quantities within what is held, days, purpose, publicity; never over a newer edit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError

from directory import history
from directory.errors import Forbidden, NotEnough, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from donors.actions import change_pledge, withdraw_pledge
from donors.actions.pledge_change import LineTerms, Purpose, Terms, terms_of
from donors.models import CashMove, Instalment, Pledge, SupplyBalance, SupplyMove
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.donors.counting import unchanged
from tests.donors.test_instalments import AUGUST, JUNE, split
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TABLES = (SupplyMove, CashMove, HistoryEntry)


def _sized(terms: Terms, *sizes: int) -> Terms:
    lines = zip(terms.lines.items(), sizes, strict=True)
    return replace(terms, lines={pk: replace(line, size=size) for (pk, line), size in lines})


def _meant(terms: Terms, **purpose: Any) -> Terms:
    return replace(
        terms, lines={pk: LineTerms(line.size, Purpose(**purpose)) for pk, line in terms.lines.items()}
    )


def change(by: User, pledge: Pledge, wanted: Terms, known: Terms | None = None) -> Pledge:
    known = known or terms_of(pledge)
    return change_pledge(by=by, pledge=pledge, known=known, wanted=wanted, reason="Nhà tài trợ báo lại")


def _refused(by: User, pledge: Pledge, wanted: Terms) -> Refusal:
    before = terms_of(Pledge.objects.get(pk=pledge.pk))
    with unchanged(*TABLES), pytest.raises(Refusal) as refusal:
        change(by, pledge, wanted)
    assert terms_of(Pledge.objects.get(pk=pledge.pk)) == before
    return refusal.value


def test_quantities_go_up_and_down_by_counter_rows(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    change(coordinator, pledge, _sized(terms_of(pledge), 250, 600))
    change(coordinator, pledge, _sized(terms_of(pledge), 120, 600))
    assert [line.size for line in pledge.lines.order_by("pk")] == [120, 600]
    assert supply_of(pledge).balance.quantity == 120
    assert list(SupplyMove.objects.order_by("pk").values_list("kind", "quantity", "reason")) == [
        ("open", 200, ""),
        ("open", 50, "Nhà tài trợ báo lại"),
        ("open", -130, "Nhà tài trợ báo lại"),
    ]
    assert list(CashMove.objects.order_by("pk").values_list("kind", "amount")) == [
        ("pledge", 1_000),
        ("pledge", -400),
    ]
    entry = HistoryEntry.objects.of(pledge)[1]
    assert entry.details["before"] == {"lines": ["200 bộ Đồ ấm", "1.000 đồng"]}
    assert entry.details["after"] == {"lines": ["250 bộ Đồ ấm", "600 đồng"]}


def test_day_note_and_publicity(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    wanted = replace(terms_of(pledge), due_on=JUNE, anonymous=True, note="Giao tại huyện")
    change(coordinator, pledge, wanted)
    pledge.refresh_from_db()
    assert (pledge.due_on, pledge.anonymous, pledge.note) == (JUNE, True, "Giao tại huyện")
    assert HistoryEntry.objects.of(pledge)[0].details["after"] == {
        "due_on": "2025-06-30",
        "anonymous": True,
        "note": "Giao tại huyện",
    }


@pytest.mark.parametrize(("allocated", "least"), [(0, 80), (150, 170)])
def test_not_below_what_came_or_is_allocated(
    world: World, coordinator: User, allocated: int, least: int
) -> None:
    pledge = pledged(world)
    received(world, pledge, 60, refused=20, refuse_reason="rách")
    SupplyBalance.objects.update(allocated=allocated)
    refusal = _refused(coordinator, pledge, _sized(terms_of(pledge), least - 1))
    assert isinstance(refusal, NotEnough)
    assert [problem.place for problem in refusal.problems] == [f"line-{pledge.lines.get().pk}-size"]
    change(coordinator, pledge, _sized(terms_of(pledge), least))
    assert Pledge.objects.get().state == ("received" if least == 80 else "open")


def test_cash_not_below_what_came(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[cash(1_000)])
    received(world, pledge, amount=400)
    assert isinstance(_refused(coordinator, pledge, _sized(terms_of(pledge), 399)), NotEnough)


@pytest.mark.parametrize("size", [0, -1, 10**10])
def test_a_quantity_is_whole_and_bounded(world: World, coordinator: User, size: int) -> None:
    pledge = pledged(world)
    refusal = _refused(coordinator, pledge, _sized(terms_of(pledge), size))
    assert [problem.place for problem in refusal.problems] == [f"line-{pledge.lines.get().pk}-size"]


def test_a_purpose_changes_until_something_is_allocated(world: World, coordinator: User) -> None:
    pledge, village = pledged(world), world.village("Ia Dom")
    change(
        coordinator,
        pledge,
        _meant(terms_of(pledge), earmark="place", earmark_place=village, earmark_hard=True),
    )
    line = pledge.lines.get()
    assert (line.earmarked_for, line.earmark_hard) == (village.full_name, True)
    SupplyBalance.objects.update(allocated=1)
    refusal = _refused(coordinator, pledge, _meant(terms_of(pledge)))
    assert [problem.place for problem in refusal.problems] == [f"line-{line.pk}-purpose"]


def test_a_purpose_stays_once_a_surplus_is_allocated(world: World, coordinator: User) -> None:
    pledge, village = pledged(world, lines=[goods(world), cash(1_000)]), world.village("Ia Dom")
    received(world, pledge, 230)
    SupplyBalance.objects.filter(line__origin="surplus").update(allocated=30)
    refusal = _refused(coordinator, pledge, _meant(terms_of(pledge), earmark="place", earmark_place=village))
    line = pledge.lines.get(kind="goods")
    assert [problem.place for problem in refusal.problems] == [f"line-{line.pk}-purpose"]


def test_a_purpose_fits_the_item(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    refusal = _refused(
        coordinator, pledge, _meant(terms_of(pledge), earmark="area", earmark_area=world.area("play"))
    )
    assert [problem.place for problem in refusal.problems] == [f"line-{pledge.lines.get().pk}-purpose"]


def test_the_last_instalment_takes_the_difference(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    split(coordinator, pledge, {JUNE: [150], AUGUST: [50]})
    for size, sizes in ((230, [150, 80]), (140, [140])):
        change(coordinator, pledge, _sized(terms_of(pledge), size))
        assert list(Instalment.objects.order_by("due_on").values_list("quantity", flat=True)) == sizes
    pledge.refresh_from_db()
    assert pledge.due_on == JUNE
    details = HistoryEntry.objects.of(pledge)[0].details
    assert (details["before"]["due_on"], details["after"]["due_on"]) == ("2025-08-31", "2025-06-30")
    assert (len(details["before"]["instalments"]), len(details["after"]["instalments"])) == (2, 1)
    refusal = _refused(coordinator, pledge, replace(terms_of(pledge), due_on=date(2025, 12, 1)))
    assert [problem.place for problem in refusal.problems] == ["due_on"]


def test_a_newer_edit_is_shown_and_not_overwritten(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    known = terms_of(pledge)
    change(coordinator, pledge, _sized(known, 250))
    with unchanged(*TABLES), pytest.raises(Stale, match=r"250.*300") as refusal:
        change(coordinator, pledge, _sized(known, 300), known)
    place = f"line-{pledge.lines.get().pk}-size"
    assert (refusal.value.details["theirs"], refusal.value.details["yours"]) == ({place: 250}, {place: 300})
    change(coordinator, pledge, replace(known, note="Giao tại xã"), known)  # another field: both stand
    assert (supply_of(pledge).balance.quantity, Pledge.objects.get().note) == (250, "Giao tại xã")


def test_something_changes_and_has_a_reason(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    assert _refused(coordinator, pledge, terms_of(pledge)).code == "unchanged"
    with unchanged(*TABLES), pytest.raises(Refusal) as refusal:
        change_pledge(
            by=coordinator,
            pledge=pledge,
            known=terms_of(pledge),
            wanted=_sized(terms_of(pledge), 5),
            reason=" ",
        )
    assert [problem.place for problem in refusal.value.problems] == ["reason"]


def test_of_a_closed_pledge_only_note_and_publicity_change(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    withdraw_pledge(by=coordinator, pledge=pledge, reason="nhầm")
    assert isinstance(_refused(coordinator, pledge, _sized(terms_of(pledge), 300)), WrongState)
    change(coordinator, pledge, replace(terms_of(pledge), anonymous=True))
    assert Pledge.objects.get().anonymous


def test_only_the_mobiliser_and_the_coordinators_change_it(
    world: World, officer: User, stranger: User, leader: User
) -> None:
    pledge = pledged(world, by=officer, giver=donor(world, by=officer))
    for user in (stranger, leader):
        assert isinstance(_refused(user, pledge, _sized(terms_of(pledge), 250)), Forbidden)
    change(officer, pledge, _sized(terms_of(pledge), 250))


def test_changing_is_atomic(world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    pledge = pledged(world)

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the history cannot be written")

    monkeypatch.setattr(history, "record", broken)
    with unchanged(*TABLES), pytest.raises(DatabaseError):
        change(coordinator, pledge, _sized(terms_of(pledge), 250))
    assert (pledge.lines.get().size, supply_of(pledge).balance.quantity) == (200, 200)
