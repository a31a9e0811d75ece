"""A confirmed delivery that said something wrong: counter-rows, and what was confirmed stays."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import pytest

from directory import history
from directory.errors import Forbidden, NotEnough, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from distributions.actions import (
    ConfirmedLine,
    confirm_delivery,
    correct_delivery,
    note_difference,
    send_distribution,
    settle_missing,
)
from distributions.actions.correction_checks import stands
from distributions.models import AllocationBalance, DeliveryCorrection, Distribution, DistributionLine
from distributions.proof import prove
from distributions.todo import todo
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
WHY = "Gõ nhầm 120 thay vì 102"


@pytest.fixture
def line(world: World) -> DistributionLine:
    """120 sent and confirmed, of a need of 200 from a supply of 150."""
    need, supply = build.need_of(world, 200), build.supply_of(world, 150)
    allocation = build.allocated(world, 120, need=need, supply_line=supply)
    return build.delivered(world, 120, allocation=allocation).lines.get()


def correct(
    line: DistributionLine,
    by: User,
    received: int,
    *,
    turns: Mapping[int, int] | None = None,
    seen: str | None = None,
    **given: object,
) -> DeliveryCorrection:
    """Corrected to ``received``; the rest is missing unless given, and as many child-turns."""
    line = DistributionLine.objects.get(pk=line.pk)
    parts = {name: given.pop(name, getattr(line, name)) for name in ("returned", "lost")}
    missing = given.pop("missing", line.planned - received - sum(parts.values()) if line.allocation else 0)
    band = line.child_turns.get().age_band_id
    right = ConfirmedLine(
        line,
        received,
        **parts,
        missing=missing,
        difference_reason=given.pop("reason", WHY),
        child_turns={band: received} if turns is None else turns,
        turns_note=given.pop("note", ""),
    )
    return correct_delivery(
        by=by, line=line, right=right, seen=stands(line) if seen is None else seen, **given
    )


def office(world: World, line: DistributionLine, received: int, **given: object) -> DeliveryCorrection:
    """By a colleague of the coordinating office, on the commune's behalf."""
    behalf = world.agency("UBND xã Ia Dom")
    return correct(line, world.user("coordinator.2"), received, on_behalf_of=behalf, **given)


def books_of(line: DistributionLine) -> tuple[int, ...]:
    """(delivered, returned, lost, missing), (covered, delivered) of the need, (free, in stock)."""
    parts = AllocationBalance.objects.get(allocation=line.allocation)
    need, supply = line.allocation.need.balance, line.allocation.supply_line.balance
    need.refresh_from_db()
    supply.refresh_from_db()
    return (
        *(parts.delivered, parts.returned, parts.lost, parts.missing),
        *(need.covered, need.delivered),
        *(supply.unallocated, supply.in_stock),
    )


def test_less_arrived_than_was_confirmed(world: World, line: DistributionLine, officer: User) -> None:
    assert books_of(line) == (120, 0, 0, 0, 120, 120, 30, 30)
    correction = correct(line, officer, 102)
    assert books_of(line) == (102, 0, 0, 18, 102, 102, 30, 30)
    line.refresh_from_db()
    assert (line.received, line.corrected, line.arrived, line.missing) == (120, -18, 102, 18)
    counted = line.child_turns.get()
    assert (counted.turns, counted.corrected, counted.standing) == (120, -18, 102)
    assert (correction.received, correction.missing, correction.reason, correction.by) == (
        *(-18, 18, WHY),
        officer,
    )
    assert list(line.moves.order_by("pk").values_list("kind", "quantity", "correction")) == [
        ("send", 120, None),
        ("deliver", 120, None),
        ("deliver", -18, correction.pk),
        ("miss", 18, correction.pk),
    ]
    entry = HistoryEntry.objects.of(line.distribution)[0]
    assert (entry.verb, entry.reason) == ("correct", WHY)
    assert (entry.details["received"], entry.details["child_turns"]) == (-18, -18)
    assert prove().faults == []


def test_the_missing_come_back_and_are_allocated_anew(world, line, officer, second_coordinator) -> None:
    correct(line, officer, 102)
    settle_missing(by=second_coordinator, line=line, returned=18, reason="Còn trong kho")
    assert books_of(line) == (102, 18, 0, 0, 102, 102, 48, 48)
    assert prove().faults == []


def test_the_office_says_at_once_what_became_of_the_rest(world, line) -> None:
    office(world, line, 102, returned=10, lost=5, missing=3)
    assert books_of(line) == (102, 10, 5, 3, 102, 102, 40, 40)
    assert prove().faults == []


def test_all_had_arrived_after_all(world, line, officer) -> None:
    correct(line, officer, 102)
    correct(line, officer, 120, reason="Xã đếm lại: đủ")
    assert books_of(line) == (120, 0, 0, 0, 120, 120, 30, 30)
    line.refresh_from_db()
    assert (line.received, line.corrected, line.missing, line.corrections.count()) == (120, 0, 0, 2)
    assert prove().faults == []


def test_what_came_back_on_paper_only_leaves_the_stock_again(world, line) -> None:
    office(world, line, 102, returned=18)
    office(world, line, 120, returned=0, reason="Không có gì trả lại")
    assert books_of(line) == (120, 0, 0, 0, 120, 120, 30, 30)
    assert prove().faults == []


def test_child_turns_alone_are_corrected(world, line, officer) -> None:
    band = line.child_turns.get().age_band_id
    correction = correct(line, officer, 120, turns={band: 98}, reason="Cộng nhầm số lượt")
    assert (correction.received, correction.child_turns, correction.moves.count()) == (0, -22, 0)
    assert line.child_turns.get().standing == 98
    assert prove().faults == []


def test_child_turns_move_to_another_age_band(world: World) -> None:
    need = build.need_of(world, 20, band="all")
    allocation = build.allocated(world, 20, need=need)
    line = build.delivered(world, 20, allocation=allocation, child_turns={"3-5": 20}).lines.get()
    small, big = world.band("3-5").pk, world.band("6-10").pk
    correct(line, world.user("officer.iadom"), 20, turns={small: 12, big: 8}, reason="Nhầm nhóm tuổi")
    rows = line.child_turns.order_by("age_band_id").values_list("age_band_id", "turns", "corrected")
    assert list(rows) == [(small, 20, -8), (big, 0, 8)]
    correct_all = ConfirmedLine(line, 20, difference_reason="Cả hai đều sai", child_turns={big: 20})
    line = DistributionLine.objects.get(pk=line.pk)
    correct_delivery(by=world.user("officer.iadom"), line=line, right=correct_all, seen=stands(line))
    assert [row.standing for row in line.child_turns.order_by("age_band_id")] == [0, 20]
    assert prove().faults == []


def test_a_service_is_corrected_without_moving_goods(world: World) -> None:
    distribution = send_distribution(by=world.user("health"), distribution=build.serving(world, 40))
    officer, band = world.user("officer.iadom"), world.band("all").pk
    confirmed = ConfirmedLine(distribution.lines.get(), 40, child_turns={band: 40})
    confirm_delivery(
        by=officer, distribution=distribution, occurred_on=distribution.planned_on, lines=[confirmed]
    )
    line = distribution.lines.get()
    correct(line, officer, 35)
    line.refresh_from_db()
    assert (line.arrived, line.missing, line.moves.count()) == (35, 0, 0)
    assert prove().faults == []
    DistributionLine.objects.filter(pk=line.pk).update(corrected=-4)
    assert [fault.column for fault in prove().faults] == ["corrected"]


# Who may --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["coordinator", "officer.iadal", "health", "leader"])
def test_neither_the_sender_nor_a_stranger_corrects(world, line, username) -> None:
    """``coordinator`` sent it."""
    assert type(refusal_of(lambda: correct(line, world.user(username), 102))) is Forbidden


def test_the_office_corrects_in_the_name_of_the_commune_only(world, line, second_coordinator) -> None:
    assert type(refusal_of(lambda: correct(line, second_coordinator, 102))) is Forbidden


@pytest.mark.parametrize("parts", [{"returned": 18}, {"lost": 18}])
def test_the_commune_says_nothing_of_stock_and_loss(line, officer, parts) -> None:
    refusal = refusal_of(lambda: correct(line, officer, 102, **parts))
    assert (type(refusal), refusal.code) == (Forbidden, "stock_decided")


# What is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "given", "code"),
    [
        (121, {"missing": 0}, "does_not_add_up"),
        (-1, {"missing": 121}, "negative"),
        (120, {}, "nothing_changed"),
        (102, {"reason": " "}, "no_reason"),
        (102, {"missing": 17}, "does_not_add_up"),
        (102, {"turns": {}}, "child_turns"),
    ],
)
def test_what_cannot_be_right_is_refused(line, officer, received, given, code) -> None:
    assert refusal_of(lambda: correct(line, officer, received, **given)).code == code


def test_of_full_quantities_the_reason_is_asked_too(line, officer) -> None:
    band = line.child_turns.get().age_band_id
    refusal = refusal_of(lambda: correct(line, officer, 120, turns={band: 98}, reason=""))
    assert (refusal.code, places_of(refusal)) == ("no_reason", [f"line-{line.pk}-difference_reason"])


def test_far_too_many_child_turns_are_asked_about(line, officer) -> None:
    band = line.child_turns.get().age_band_id
    assert refusal_of(lambda: correct(line, officer, 102, turns={band: 1020})).code == "many_turns"


def test_what_is_not_confirmed_cannot_be_corrected(world: World, officer: User) -> None:
    line = build.sent(world, 20).lines.get()
    right = ConfirmedLine(line, 18, missing=2, difference_reason=WHY)
    refusal = refusal_of(lambda: correct_delivery(by=officer, line=line, right=right, seen=stands(line)))
    assert type(refusal) is WrongState


def test_it_cannot_arrive_after_all_once_the_need_is_covered(world, line, officer) -> None:
    correct(line, officer, 102)
    build.allocated(world, 90, need=line.allocation.need, supply_line=build.supply_of(world, 90))
    refusal = refusal_of(lambda: correct(line, officer, 120))
    assert (type(refusal), refusal.code) == (NotEnough, "need_covered")
    assert refusal.details == {"left": 8, "whole": 200}
    assert correct(line, officer, 110).received == 8


def test_goods_given_out_anew_cannot_have_stayed(world, line) -> None:
    office(world, line, 102, returned=18)
    need = build.need_of(world, 40, commune="Ia Đal")
    build.allocated(world, 40, need=need, supply_line=line.allocation.supply_line)
    refusal = refusal_of(lambda: office(world, line, 120, returned=0))
    assert (type(refusal), refusal.code) == (NotEnough, "stock_given_out")
    assert refusal.details == {"left": 8, "whole": 150}


def test_a_newer_figure_is_not_overwritten(line, officer) -> None:
    seen = stands(line)
    correct(line, officer, 102)
    refusal = refusal_of(lambda: correct(line, officer, 110, seen=seen))
    assert (type(refusal), refusal.details["theirs"]["received"]) == (Stale, 102)


def test_the_same_form_twice_corrects_once(line, officer) -> None:
    key, seen = uuid.uuid4(), stands(line)
    first = correct(line, officer, 102, key=key, seen=seen)
    band = line.child_turns.get().age_band_id
    line.refresh_from_db()
    right = ConfirmedLine(
        line, 102, missing=18, difference_reason=WHY, child_turns={band: 102}, turns_note=""
    )
    assert correct_delivery(by=officer, line=line, right=right, seen=seen, key=key) == first
    assert DeliveryCorrection.objects.count() == 1


def test_nothing_is_corrected_if_the_history_fails(monkeypatch, line, officer) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise Refusal("no history")

    monkeypatch.setattr(history, "record", fail)
    refusal_of(lambda: correct(line, officer, 102))


@pytest.mark.parametrize(
    ("tamper", "columns"),
    [
        (lambda: DeliveryCorrection.objects.update(received=-17, missing=17), 3),
        (lambda: DistributionLine.objects.update(corrected=-17, missing=17), 2),
        (lambda: Distribution.objects.get().lines.get().child_turns.update(corrected=-17), 1),
    ],
)
def test_the_proof_finds_a_correction_that_is_off(line, officer, tamper, columns) -> None:
    correct(line, officer, 102)
    tamper()
    assert len(prove().faults) == columns


# Who is told ----------------------------------------------------------------------------------------


def told(user: User, line: DistributionLine) -> int:
    url = f"/distributions/{line.distribution_id}/"
    return len([task for task in todo(user) if task.url.endswith(url)])


def test_the_office_is_told_of_what_is_missing_then_as_the_sender_anew(
    world, line, officer, second_coordinator
) -> None:
    """Who sent it and decides of what is missing has one task at a time."""
    sender = world.user("coordinator")
    assert (told(sender, line), told(officer, line)) == (0, 0)
    correct(line, officer, 102)
    assert (told(sender, line), told(officer, line)) == (1, 0)
    note_difference(by=sender, distribution=line.distribution)
    assert told(sender, line) == 1  # that 18 are missing
    settle_missing(by=second_coordinator, line=line, returned=18, reason="Còn trong kho")
    assert told(sender, line) == 0
    office(world, line, 101, missing=0, returned=19)
    assert told(sender, line) == 1


def test_the_commune_is_told_of_what_was_corrected_in_its_name(world, line, officer) -> None:
    office(world, line, 102)
    assert told(officer, line) == 1
    note_difference(by=officer, distribution=line.distribution)
    correction = DeliveryCorrection.objects.get()
    assert (told(world.user("officer.iadom"), line), correction.noted_by) == (0, officer)
    refusal = refusal_of(lambda: note_difference(by=officer, distribution=line.distribution))
    assert type(refusal) is WrongState
    assert told(world.user("coordinator"), line) == 1
