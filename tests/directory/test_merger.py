"""After 01/07/2025 the portal serves the successors, and 2024 reads as it was."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from directory import clock
from directory.actions.agency import succeed_agency
from directory.actions.unit import merge_units
from directory.errors import Forbidden, Refusal
from directory.models import (
    Agency,
    AreaStatus,
    CoordinationScope,
    HistoryEntry,
    Place,
    Succession,
    Unit,
    User,
)
from tests.merger import BASIS, DAY, Merger, merge
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

IN_2024 = date(2024, 6, 1)
EVE = date(2025, 6, 30)


def names(rows: Any) -> list[str]:
    return sorted(rows.values_list("name", flat=True))


def test_names_are_asked_as_of_a_day(world: World, merger: Merger) -> None:
    communes = Unit.objects.communes()
    assert names(communes.on(IN_2024)) == names(communes.on(EVE)) == ["xã Ia Dom", "xã Ia Tơi", "xã Ia Đal"]
    assert names(communes.on(DAY)) == ["xã Ia Tơi", "xã Ia Đal"]
    code = Unit.objects.filter(code="23538")
    assert code.on(IN_2024).get() != code.on(DAY).get() == merger.commune
    assert names(Unit.objects.filter(level="district").on(DAY)) == []


def test_communes_of_a_scope(world: World, merger: Merger) -> None:
    assert names(Unit.objects.communes_of(world.district, IN_2024)) == ["xã Ia Dom", "xã Ia Tơi", "xã Ia Đal"]
    assert names(Unit.objects.communes_of(merger.province, DAY)) == ["xã Ia Tơi", "xã Ia Đal"]
    assert names(Unit.objects.communes_of(merger.province, EVE)) == []


def test_a_commune_that_stays_gets_the_new_superior(world: World, merger: Merger) -> None:
    stays = world.commune("Ia Đal")
    assert (stays.parent_on(EVE), stays.parent_on(DAY)) == (world.district, merger.province)
    committee = Agency.objects.get(unit=stays)
    superiors = [committee.superior_on(day).name for day in (EVE, DAY)]
    assert superiors == ["Ủy ban nhân dân huyện Ia H'Drai", "Ủy ban nhân dân tỉnh Quảng Ngãi"]


def test_villages_go_on_under_the_new_commune(world: World, merger: Merger) -> None:
    villages = Place.objects.filter(kind="village")
    now = villages.on(DAY).filter(unit=merger.commune)
    assert names(now) == ["Thôn 1", "Thôn 2", "Thôn 3", "Thôn 4"]
    third = now.get(name="Thôn 3")
    assert third.continues.full_name == "Thôn 1, xã Ia Dom"
    assert third.full_name == "Thôn 3, xã Ia Tơi"
    assert names(villages.on(IN_2024).filter(unit=world.commune("Ia Dom"))) == ["Thôn 1", "Thôn 2"]
    assert Place.objects.on(DAY).get(unit=merger.commune, kind="commune").name == "xã Ia Tơi"
    assert not Place.objects.on(DAY).filter(unit=world.commune("Ia Dom")).exists()


def test_a_status_of_one_of_two_does_not_pass_to_both(world: World, merger: Merger) -> None:
    status = AreaStatus.objects.on(DAY).values_list("unit__name", flat=True)
    assert list(status) == ["xã Ia Đal"]
    assert AreaStatus.objects.on(EVE).filter(unit=world.commune("Ia Dom")).exists()


def test_the_coordination_goes_on_for_the_successor(world: World, merger: Merger) -> None:
    scope = CoordinationScope.objects.on(DAY).get()
    assert (scope.unit, scope.agency) == (merger.province, merger.health)
    before = CoordinationScope.objects.on(IN_2024).get()
    assert (before.unit, before.agency) == (world.district, world.agency("LĐTBXH"))


def test_reach_of_each_role_afterwards(world: World, merger: Merger) -> None:
    old = {name: world_commune.pk for name, world_commune in _old_communes(world).items()}
    officer, stranger = world.user("officer.iadom"), world.user("officer.iadal")
    assert officer.agency == merger.committee
    assert officer.reach.communes == {merger.commune.pk, old["xã Ia Dom"], old["xã Ia Tơi"]}
    assert world.user("officer.iatoi").reach == officer.reach
    assert stranger.reach.communes == {old["xã Ia Đal"]}
    # Rounds of the old district and of the new province may be read by both.
    for user in (officer, stranger):
        assert {world.district.pk, merger.province.pk} <= user.reach.around
    everything = {merger.commune.pk, *old.values()}
    for username in ("coordinator", "leader"):
        reach = world.user(username).reach
        assert reach.communes == everything
        assert {world.district.pk, merger.province.pk} <= reach.scopes
    health = world.user("health")
    assert health.agency == merger.health
    assert health.reach.communes == everything
    assert health.reach.areas == {world.area("health_nutrition").pk, world.area("warm_clothing").pk}
    assert world.user("culture").reach.areas == {world.area("play").pk}


def _old_communes(world: World) -> dict[str, Unit]:
    return {unit.name: unit for unit in Unit.objects.communes().filter(parent=world.district)}


def test_predecessors_records_are_within_the_successors_reach(world: World, merger: Merger) -> None:
    coordinator = world.user("coordinator")
    assert coordinator.agency == merger.health
    assert world.agency("LĐTBXH").pk in coordinator.reach.agencies
    assert world.agency("TTYT").pk in coordinator.reach.agencies


def test_the_day_before_nothing_has_changed(world: World, merger: Merger) -> None:
    with clock.standing_on(EVE):
        stranger = world.user("officer.iadal")
        assert merger.province.pk not in stranger.reach.around


def test_history_says_on_what_basis(world: World, merger: Merger, administrator: User) -> None:
    entries = HistoryEntry.objects.of(merger.commune)
    assert [(entry.verb, entry.reason) for entry in entries] == [
        ("merge units", BASIS),
        ("enter in the register", BASIS),
    ]
    assert entries[0].details["predecessors"] == "xã Ia Dom, xã Ia Tơi"
    former = world.commune("Ia Dom").history.latest()
    assert (former.valid_to, former.history_user) == (EVE, administrator)


# Refusals ------------------------------------------------------------------------------------------


def new_commune(world: World) -> Unit:
    return Unit(level="commune", code="23538", name="xã Ia Tơi", parent=world.district, valid_from=DAY)


def test_villages_of_one_name_are_named_and_nothing_changes(world: World, administrator: User) -> None:
    old = [world.commune("Ia Dom"), world.commune("Ia Tơi")]
    with clock.standing_on(DAY), pytest.raises(Refusal) as refused:
        merge_units(by=administrator, predecessors=old, into=new_commune(world), on=DAY, legal_basis=BASIS)
    messages = [str(problem.message) for problem in refused.value.problems]
    assert len(messages) == 2
    assert "Thôn 1, xã Ia Dom" in messages[0]
    assert "Thôn 1, xã Ia Tơi" in messages[0]
    assert not Succession.objects.exists()
    assert world.commune("Ia Dom").valid_to is None


def test_a_merger_is_not_entered_before_its_day(world: World, administrator: User) -> None:
    old = [world.commune("Ia Dom")]
    with pytest.raises(Refusal) as refused:
        merge_units(by=administrator, predecessors=old, into=new_commune(world), on=DAY, legal_basis=BASIS)
    assert [problem.place for problem in refused.value.problems] == ["on"]


def test_units_that_do_not_fit_are_all_named(world: World, administrator: User, merger: Merger) -> None:
    with pytest.raises(Refusal) as refused:
        merge_units(
            by=administrator,
            predecessors=[world.district],
            into=world.district,
            on=DAY,
            legal_basis=BASIS,
        )
    assert [problem.place for problem in refused.value.problems] == ["predecessors", "into"]


def test_only_administrators_reorganise(world: World, coordinator: User) -> None:
    with clock.standing_on(DAY), pytest.raises(Forbidden):
        merge_units(
            by=coordinator,
            predecessors=[world.commune("Ia Dom")],
            into=new_commune(world),
            on=DAY,
            legal_basis=BASIS,
        )
    with clock.standing_on(DAY), pytest.raises(Forbidden):
        succeed_agency(
            by=coordinator,
            predecessor=world.agency("TTYT"),
            successor=world.agency("LĐTBXH"),
            on=DAY,
            legal_basis=BASIS,
        )


def test_agencies_that_do_not_fit_are_named(world: World, administrator: User, merger: Merger) -> None:
    with pytest.raises(Refusal) as refused:
        succeed_agency(
            by=administrator,
            predecessor=world.agency("TTYT"),
            successor=world.agency("LĐTBXH"),
            on=DAY,
            legal_basis=BASIS,
        )
    assert [problem.place for problem in refused.value.problems] == ["predecessor", "successor"]


def test_nothing_is_saved_when_history_fails(
    world: World, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from directory import history

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    before = [model.objects.count() for model in (Unit, Place, Agency, Succession)]
    monkeypatch.setattr(history, "save", fail)
    with clock.standing_on(DAY), pytest.raises(RuntimeError):
        merge(world, administrator)
    assert [model.objects.count() for model in (Unit, Place, Agency, Succession)] == before
