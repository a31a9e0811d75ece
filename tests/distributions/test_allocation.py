"""Allocate and reverse: what is refused, in which words, and that nothing changed."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.utils.translation import override

from directory import clock, history
from directory.deeds import acting
from directory.errors import Forbidden, NotEnough, Refusal, WrongState
from directory.models import AreaStatus, HistoryEntry, User
from distributions.actions import allocate, reverse_allocation
from distributions.models import Allocation
from donors.models import SupplyBalance, SupplyMove
from needs.actions import close_round, end_reopening, reopen_round
from needs.claims import claims_on
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_allocating_takes_up_both_sides_and_is_told(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world, 200, received=0)
    allocation = allocate(by=coordinator, supply_line=line, need=need, quantity=20)
    need.balance.refresh_from_db()
    line.balance.refresh_from_db()
    assert (need.balance.covered, line.balance.allocated, allocation.balance.open) == (20, 20, 20)
    assert list(allocation.moves.values_list("kind", "quantity", "by")) == [("allocate", 20, coordinator.pk)]
    entry = HistoryEntry.objects.of(allocation).get()
    assert (entry.verb, entry.details["quantity"], entry.details["pledge"]) == ("allocate", 20, "CK-2025-001")


def test_the_same_request_twice_allocates_once(world: World, coordinator: User) -> None:
    need, line, key = build.need_of(world, 50), build.supply_of(world), uuid.uuid4()
    first, second = (
        allocate(by=coordinator, supply_line=line, need=need, quantity=20, key=key) for _ in range(2)
    )
    need.balance.refresh_from_db()
    assert (first, need.balance.covered) == (second, 20)


def test_not_enough_supply_names_who_holds_the_rest(world: World, coordinator: User) -> None:
    line = build.supply_of(world, 200)
    build.allocated(world, 188, supply_line=line, need=build.need_of(world, 300, commune="Ia Đal"))
    need = build.need_of(world, 100)
    with override("en"):
        refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=13))
    assert (type(refusal), refusal.code, places_of(refusal)) == (NotEnough, "not_enough_supply", ["quantity"])
    assert refusal.details == {"left": 12, "whole": 200}
    assert str(refusal) == (
        "Only 12/200 bộ warm clothing are unallocated in pledge CK-2025-001 (188 allocated to xã Ia Đal). "
        "Reduce the quantity or choose another pledge."
    )


def test_what_was_withdrawn_is_named_too(world: World, coordinator: User) -> None:
    line, need = build.supply_of(world, 200, received=0), build.need_of(world, 300)
    SupplyBalance.objects.filter(line=line).update(withdrawn=150)
    with acting():
        SupplyMove.objects.create(
            line=line, kind="withdraw", quantity=150, by=coordinator, occurred_on=clock.today()
        )
    with override("en"):
        refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=51))
    assert "Only 50/200" in str(refusal)
    assert "(150 refused, withdrawn, written off or moved)" in str(refusal)


def test_not_enough_need_names_what_covers_it(world: World, coordinator: User) -> None:
    need = build.need_of(world, 50)
    build.allocated(world, 30, need=need, supply_line=build.supply_of(world))
    line = build.supply_of(world)
    with override("en"):
        refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=21))
    assert (type(refusal), refusal.code) == (NotEnough, "not_enough_need")
    assert "Thôn 1, xã Ia Dom still lacks only 20/50 bộ warm clothing" in str(refusal)
    assert "(30: pledge CK-2025-001)" in str(refusal)


def test_both_sides_short_are_named_at_once(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world, 40)
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=60))
    assert (type(refusal), places_of(refusal)) == (NotEnough, ["quantity", "quantity"])


def test_another_item_is_refused(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world, 5, item="play_area")
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=1))
    assert (refusal.code, places_of(refusal)) == ("other_item", ["supply_line"])


@pytest.mark.parametrize("quantity", [0, -5])
def test_nothing_is_no_quantity(world: World, coordinator: User, quantity: int) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world)
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=quantity))
    assert (refusal.code, places_of(refusal)) == ("quantity", ["quantity"])


def test_a_closed_round_takes_nothing_more(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world)
    close_round(by=coordinator, survey_round=need.round, reason="Hết năm")
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=1))
    assert (type(refusal), refusal.code) == (WrongState, "need_closed")
    assert "Hết năm" in str(refusal)


def test_a_reopened_commune_takes_again_until_the_reopening_ends(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world)
    other = build.need_of(world, 50, commune="Ia Đal")
    close_round(by=coordinator, survey_round=need.round, reason="Hết năm")
    commune = {"survey_round": need.round, "commune": world.commune("Ia Dom")}
    reopen_round(by=coordinator, due_on=clock.today(), reason="Bổ sung", **commune)
    allocate(by=coordinator, supply_line=line, need=need, quantity=20)
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=other, quantity=1))
    assert refusal.code == "need_closed"
    end_reopening(by=coordinator, reason="Đã đủ", **commune)
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=1))
    assert (refusal.code, "Đã đủ" in str(refusal)) == ("need_closed", True)
    need.balance.refresh_from_db()
    assert need.balance.covered == 20


def earmarks(world: World, name: str) -> dict[str, object]:
    return {
        "its area": {"earmark": "area", "earmark_area": world.area("warm_clothing")},
        "other village": {"earmark": "place", "earmark_place": world.village("Ia Dom", 2)},
        "its village": {"earmark": "place", "earmark_place": world.village("Ia Dom", 1)},
        "its commune": {"earmark": "place", "earmark_place": whole(world, "Ia Dom")},
        "other commune": {"earmark": "place", "earmark_place": whole(world, "Ia Đal")},
    }[name]


def whole(world: World, commune: str) -> object:
    return world.commune(commune).places.get(kind="commune")


@pytest.mark.parametrize("name", ["other village", "other commune"])
def test_a_binding_earmark_is_kept_and_a_soft_one_may_be_passed_over(world, coordinator, name) -> None:
    need = build.need_of(world, 50)
    bound = build.supply_of(world, earmark_hard=True, **earmarks(world, name))
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=bound, need=need, quantity=1))
    assert (refusal.code, places_of(refusal)) == ("earmark", ["supply_line"])
    soft = build.supply_of(world, earmark_hard=False, **earmarks(world, name))
    assert allocate(by=coordinator, supply_line=soft, need=need, quantity=1).quantity == 1


@pytest.mark.parametrize("name", ["its area", "its village", "its commune"])
def test_a_binding_earmark_is_obeyed(world: World, coordinator: User, name: str) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world, earmark_hard=True, **earmarks(world, name))
    assert allocate(by=coordinator, supply_line=line, need=need, quantity=1).quantity == 1


def test_a_binding_earmark_for_one_need(world: World, coordinator: User) -> None:
    need, other = build.need_of(world, 50), build.need_of(world, 50, band="0-2")
    line = build.supply_of(world, earmark="need", earmark_hard=True, earmark_need=need)
    assert allocate(by=coordinator, supply_line=line, need=need, quantity=1).quantity == 1
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=other, quantity=1))
    assert refusal.code == "earmark"


def test_outside_the_difficult_communes_takes_a_reason(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50, commune="Ia Tơi"), build.supply_of(world)
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=1))
    assert (refusal.code, places_of(refusal)) == ("out_of_scope", ["out_of_scope_reason"])
    allocation = allocate(
        by=coordinator, supply_line=line, need=need, quantity=1, out_of_scope_reason=" Sau bão số 3 "
    )
    assert allocation.out_of_scope_reason == "Sau bão số 3"


def test_the_status_is_asked_as_of_today(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world)
    AreaStatus.objects.on(clock.today()).filter(unit=need.place.unit).update(valid_to=date(2025, 6, 1))
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=1))
    assert refusal.code == "out_of_scope"


def test_several_problems_are_one_refusal(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50, commune="Ia Tơi"), build.supply_of(world, 5, item="play_area")
    refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=60))
    assert (type(refusal), places_of(refusal)) == (
        Refusal,
        ["supply_line", "out_of_scope_reason", "quantity", "quantity"],
    )


@pytest.mark.parametrize("username", ["leader", "officer.iadom", "health", "union", "administrator"])
def test_only_the_coordinating_office_allocates(world: World, username: str) -> None:
    need, line, by = build.need_of(world, 50), build.supply_of(world), world.user(username)
    refusal = refusal_of(lambda: allocate(by=by, supply_line=line, need=need, quantity=1))
    assert type(refusal) is Forbidden


def test_reverse_frees_both_sides_and_keeps_the_row(world: World, coordinator: User) -> None:
    allocation = build.allocated(world, 20)
    reverse_allocation(by=coordinator, allocation=allocation, quantity=5, reason="Nhầm xã")
    allocation = Allocation.objects.with_names().get()
    assert (allocation.quantity, allocation.balance.open, allocation.balance.reversed) == (20, 15, 5)
    assert (allocation.need.balance.uncovered, allocation.supply_line.balance.unallocated) == (5, 5)
    assert list(allocation.moves.values_list("kind", "reason")) == [("allocate", ""), ("reverse", "Nhầm xã")]


def test_only_what_is_neither_sent_nor_planned_is_reversed(world: World, coordinator: User) -> None:
    allocation = build.allocated(world, 20)
    build.sent(world, 8, allocation=allocation)
    distribution = build.planned(world, 7, allocation=allocation)
    with override("en"):
        refusal = refusal_of(
            lambda: reverse_allocation(by=coordinator, allocation=allocation, quantity=6, reason="Nhầm")
        )
    assert (type(refusal), refusal.details) == (NotEnough, {"left": 5, "whole": 20})
    assert f"planned: {distribution.code} (7)" in str(refusal)


def test_a_reversal_needs_reason_and_quantity(world: World, coordinator: User) -> None:
    allocation = build.allocated(world, 20)
    refusal = refusal_of(
        lambda: reverse_allocation(by=coordinator, allocation=allocation, quantity=0, reason=" ")
    )
    assert places_of(refusal) == ["reason", "quantity"]


@pytest.mark.parametrize("username", ["leader", "officer.iadom", "health"])
def test_only_the_coordinating_office_reverses(world: World, username: str) -> None:
    allocation, by = build.allocated(world, 20), world.user(username)
    refusal = refusal_of(
        lambda: reverse_allocation(by=by, allocation=allocation, quantity=1, reason="Nhầm xã")
    )
    assert type(refusal) is Forbidden


def test_claims_name_what_covers_a_need(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world)
    kept = build.allocated(world, 14, need=need, supply_line=line)
    build.allocated(world, 6, need=need, supply_line=line)
    gone = build.allocated(world, 10, need=need, supply_line=line)
    reverse_allocation(by=coordinator, allocation=gone, quantity=10, reason="Nhầm xã")
    reverse_allocation(by=coordinator, allocation=kept, quantity=5, reason="Thừa")
    with override("en"):
        assert [(claim.quantity, claim.label) for claim in claims_on(need)] == [(15, "pledge CK-2025-001")]


@pytest.fixture
def broken_history(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "entry", fail)


def test_without_its_history_nothing_is_allocated(world, coordinator, request) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world)
    request.getfixturevalue("broken_history")
    with pytest.raises(RuntimeError, match="no history"):
        allocate(by=coordinator, supply_line=line, need=need, quantity=20, key=uuid.uuid4())
    need.balance.refresh_from_db()
    line.balance.refresh_from_db()
    assert (Allocation.objects.count(), need.balance.covered, line.balance.allocated) == (0, 0, 0)


def test_without_its_history_nothing_is_reversed(world, coordinator, request) -> None:
    allocation = build.allocated(world, 20)
    request.getfixturevalue("broken_history")
    with pytest.raises(RuntimeError, match="no history"):
        reverse_allocation(by=coordinator, allocation=allocation, quantity=5, reason="Nhầm")
    allocation.balance.refresh_from_db()
    assert (allocation.balance.open, allocation.moves.count()) == (20, 1)
