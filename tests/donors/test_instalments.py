"""Pledges that come in parts: each with its own day, filled from the earliest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from donors.actions import (
    Part,
    PledgedLine,
    ReceivedLine,
    WithdrawnPart,
    change_pledge,
    set_instalments,
    take_back_receipt,
    withdraw_part,
    withdraw_pledge,
)
from donors.actions.instalment import Days, instalments_of
from donors.actions.pledge_change import terms_of
from donors.models import Instalment, Pledge, Receipt, ReceiptLine
from tests.donors.build import cash, donor, goods, pledged, received
from tests.donors.counting import unchanged
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

APRIL, JUNE, AUGUST = date(2025, 4, 1), date(2025, 6, 30), date(2025, 8, 31)


def parts_of(pledge: Pledge, rows: dict[date, list[int]]) -> list[Part]:
    """Parts by day, a size for each line of the pledge."""
    lines = [line.pk for line in pledge.lines.order_by("pk")]
    return [
        Part(day, dict(zip(lines, sizes, strict=True)), f"parts-{number}-")
        for number, (day, sizes) in enumerate(rows.items())
    ]


def split(by: User, pledge: Pledge, rows: dict[date, list[int]], known: Days | None = None) -> Pledge:
    known = instalments_of(pledge) if known is None else known
    return set_instalments(
        by=by, pledge=pledge, known=known, parts=parts_of(pledge, rows), reason="Theo thỏa thuận"
    )


def _dues(pledge: Pledge) -> list[tuple[date, int, int]]:
    (line,) = pledge.lines.with_progress()
    return [(due.day, due.size, due.came) for due in line.schedule]


def _loaded(pledge: Pledge) -> Pledge:
    return Pledge.objects.for_list().get(pk=pledge.pk)


def test_what_comes_fills_the_earliest_instalment_first(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    split(coordinator, pledge, {APRIL: [50], JUNE: [100], AUGUST: [50]})
    assert Pledge.objects.get().due_on == AUGUST
    received(world, pledge, 60, refused=10, refuse_reason="rách")
    assert _dues(pledge) == [(APRIL, 50, 50), (JUNE, 100, 20), (AUGUST, 50, 0)]
    entry = HistoryEntry.objects.of(pledge)[1]
    assert entry.details["after"]["instalments"] == [
        "01/04/2025: 50 bộ Đồ ấm",
        "30/06/2025: 100 bộ Đồ ấm",
        "31/08/2025: 50 bộ Đồ ấm",
    ]


def came_for(world: World, pledge: Pledge, day: date, size: int, **given: object) -> Receipt:
    line = pledge.lines.get()
    what = {"accepted": size} if line.is_goods else {"amount": size}
    return received(world, pledge, lines=[ReceivedLine(pledge_line=line, due_on=day, **what, **given)])


@pytest.mark.parametrize("lines", [None, [cash(200)]], ids=["goods", "cash"])
def test_what_came_for_an_instalment_fills_that(
    world: World, coordinator: User, lines: list[PledgedLine] | None
) -> None:
    pledge = pledged(world, lines=lines)
    split(coordinator, pledge, {APRIL: [50], JUNE: [100], AUGUST: [50]})
    first = came_for(world, pledge, JUNE, 80)
    assert _dues(pledge) == [(APRIL, 50, 0), (JUNE, 100, 80), (AUGUST, 50, 0)]
    assert ((_loaded(pledge).due_day), list(Pledge.objects.overdue())) == (APRIL, [pledge])
    # What is over the instalment goes to the earliest that is open.
    second = came_for(world, pledge, JUNE, 30)
    assert _dues(pledge) == [(APRIL, 50, 10), (JUNE, 100, 100), (AUGUST, 50, 0)]
    came_for(world, pledge, APRIL, 40)
    assert (_loaded(pledge).due_day, list(Pledge.objects.overdue())) == (AUGUST, [])
    assert list(Pledge.objects.due_before(date(2025, 9, 1)).in_order_of_due_day()) == [pledge]
    take_back_receipt(by=coordinator, receipt=first, reason="Đếm nhầm")
    assert _dues(pledge) == [(APRIL, 50, 40), (JUNE, 100, 30), (AUGUST, 50, 0)]
    take_back_receipt(by=coordinator, receipt=second, reason="Đếm nhầm")
    assert _dues(pledge) == [(APRIL, 50, 40), (JUNE, 100, 0), (AUGUST, 50, 0)]


def test_a_refused_part_fills_its_instalment_and_a_surplus_none(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    split(coordinator, pledge, {APRIL: [150], AUGUST: [50]})
    came_for(world, pledge, AUGUST, 40, refused=10, refuse_reason="rách")
    assert _dues(pledge) == [(APRIL, 150, 0), (AUGUST, 50, 50)]
    came_for(world, pledge, APRIL, 160)
    assert _dues(pledge) == [(APRIL, 150, 150), (AUGUST, 50, 50)]
    assert list(ReceiptLine.objects.filter(supply_line__origin="surplus").values_list("due_on")) == [(None,)]


def test_what_came_for_a_day_is_found_again_when_the_parts_are_set_anew(
    world: World, coordinator: User
) -> None:
    pledge = pledged(world)
    split(coordinator, pledge, {APRIL: [100], AUGUST: [100]})
    came_for(world, pledge, AUGUST, 60)
    split(coordinator, pledge, {APRIL: [150], AUGUST: [50]})
    assert _dues(pledge) == [(APRIL, 150, 10), (AUGUST, 50, 50)]
    split(coordinator, pledge, {APRIL: [150], JUNE: [50]})
    assert _dues(pledge) == [(APRIL, 150, 60), (JUNE, 50, 0)]


def test_what_is_withdrawn_leaves_what_came_for_the_last(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    split(coordinator, pledge, {APRIL: [100], AUGUST: [100]})
    came_for(world, pledge, AUGUST, 70)
    part = WithdrawnPart(pledge.lines.get(), 40)
    withdraw_part(by=coordinator, pledge=pledge, parts=[part], reason="nhầm")
    assert _dues(pledge) == [(APRIL, 90, 0), (AUGUST, 70, 70)]


def test_a_day_that_is_no_instalment_is_refused(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    split(coordinator, pledge, {APRIL: [100], AUGUST: [100]})
    with unchanged(ReceiptLine, Instalment), pytest.raises(Refusal) as refusal:
        came_for(world, pledge, JUNE, 5)
    assert [problem.place for problem in refusal.value.problems] == ["lines-0-due_on"]


def test_a_line_without_parts_keeps_the_pledges_day(world: World, coordinator: User) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)], due_on=JUNE)
    split(coordinator, pledge, {APRIL: [200, 0]})
    assert Pledge.objects.get().due_on == JUNE
    split(coordinator, pledge, {APRIL: [50, 0], AUGUST: [150, 0]})
    assert Pledge.objects.get().due_on == AUGUST
    details = HistoryEntry.objects.of(pledge)[0].details
    assert (details["before"]["due_on"], details["after"]["due_on"]) == ("2025-06-30", "2025-08-31")
    split(coordinator, pledge, {APRIL: [200, 0]})
    assert Pledge.objects.get().due_on == JUNE  # what was pushed later comes back
    split(coordinator, pledge, {AUGUST: [200, 0]})
    split(coordinator, pledge, {})
    assert Pledge.objects.get().due_on == JUNE
    split(coordinator, pledge, {APRIL: [200, 0], JUNE: [0, 1_000]})
    assert Pledge.objects.get().due_on == JUNE


def test_what_is_withdrawn_is_taken_off_the_last(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    split(coordinator, pledge, {APRIL: [50], JUNE: [100], AUGUST: [50]})
    part = WithdrawnPart(pledge.lines.get(), 80)
    withdraw_part(by=coordinator, pledge=pledge, parts=[part], reason="nhầm")
    assert _dues(pledge) == [(APRIL, 50, 0), (JUNE, 70, 0), (AUGUST, 0, 0)]


def test_a_pledge_is_overdue_by_its_instalment(world: World, coordinator: User) -> None:
    late, on_time, money = (
        pledged(world),
        pledged(world),
        pledged(world, lines=[cash(900), goods(world)]),
    )
    for pledge in (late, on_time):
        split(coordinator, pledge, {APRIL: [50], AUGUST: [150]})
    split(coordinator, money, {APRIL: [300, 0], AUGUST: [600, 200]})
    received(world, late, 49)
    received(world, on_time, 50)
    assert set(Pledge.objects.overdue()) == {late, money}
    assert set(Pledge.objects.due_before(date(2025, 9, 1))) == {late, on_time, money}
    found = [(_loaded(each).due_day, _loaded(each).is_overdue) for each in (late, on_time, money)]
    assert found == [(APRIL, True), (AUGUST, False), (APRIL, True)]
    received(world, money, amount=300)
    assert set(Pledge.objects.overdue()) == {late}
    assert _loaded(money).due_day == AUGUST


def test_a_closed_pledge_awaits_nothing(world: World, coordinator: User) -> None:
    pledge = pledged(world, due_on=APRIL)
    withdraw_pledge(by=coordinator, pledge=pledge, reason="nhầm")
    assert (_loaded(pledge).due_day, list(Pledge.objects.overdue())) == (None, [])
    with pytest.raises(WrongState):
        split(coordinator, pledge, {JUNE: [200]})


def test_set_again_and_taken_away(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    split(coordinator, pledge, {APRIL: [50], JUNE: [150]})
    split(coordinator, pledge, {JUNE: [120], AUGUST: [80]})
    assert [due[:2] for due in _dues(pledge)] == [(JUNE, 120), (AUGUST, 80)]
    split(coordinator, pledge, {})
    assert (Instalment.objects.count(), Pledge.objects.get().due_on) == (0, AUGUST)


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ({JUNE: [100, 0]}, ["parts-0-line"]),
        ({JUNE: [100, 0], AUGUST: [101, 0]}, ["parts-1-line"]),
        ({date(2025, 2, 1): [200, 0]}, ["parts-0-due_on"]),
        ({JUNE: [200, 0], AUGUST: [0, 0]}, ["parts-1-due_on"]),
        ({date(2025, 2, 1): [100, 0], AUGUST: [0, 5]}, ["parts-0-due_on", "parts-0-line", "parts-1-line"]),
    ],
)
def test_instalments_add_up_and_stand_in_order(
    world: World, coordinator: User, rows: dict[date, list[int]], places: list[str]
) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    with unchanged(Instalment, HistoryEntry), pytest.raises(Refusal) as refusal:
        split(coordinator, pledge, rows)
    found = [problem.place for problem in refusal.value.problems]
    assert ["-".join(place.split("-")[:3]) for place in found] == places


def test_a_day_stands_once(world: World, coordinator: User) -> None:
    pledge = pledged(world)
    line = pledge.lines.get().pk
    parts = [Part(JUNE, {line: 100}, "a-"), Part(JUNE, {line: 100}, "b-")]
    with unchanged(Instalment), pytest.raises(Refusal) as refusal:
        set_instalments(by=coordinator, pledge=pledge, known={line: {}}, parts=parts, reason="x")
    assert [problem.place for problem in refusal.value.problems] == ["a-due_on", "b-due_on"]


def test_newer_instalments_of_somebody_else_are_shown_and_not_overwritten(
    world: World, coordinator: User
) -> None:
    pledge = pledged(world)
    known = instalments_of(pledge)
    split(coordinator, pledge, {APRIL: [200]})
    with unchanged(HistoryEntry), pytest.raises(Stale, match=r"01/04/2025: 200.*30/06/2025: 200"):
        split(coordinator, pledge, {JUNE: [200]}, known)
    split(coordinator, pledge, {APRIL: [200]}, known)  # the same again says the same


def test_only_who_handles_the_pledge_splits_it(world: World, officer: User, stranger: User) -> None:
    pledge = pledged(world, by=officer, giver=donor(world, by=officer))
    with unchanged(Instalment), pytest.raises(Forbidden):
        split(stranger, pledge, {JUNE: [200]})
    split(officer, pledge, {JUNE: [200]})


def test_a_line_made_smaller_and_large_again_knows_what_came_for_its_last_part(
    world: World, coordinator: User
) -> None:
    pledge = pledged(world)
    split(coordinator, pledge, {APRIL: [100], AUGUST: [100]})
    came_for(world, pledge, AUGUST, 80)
    for quantity in (130, 200):
        known = terms_of(pledge := Pledge.objects.get(pk=pledge.pk))
        lines = {pk: replace(terms, size=quantity) for pk, terms in known.lines.items()}
        wanted = replace(known, lines=lines)
        change_pledge(by=coordinator, pledge=pledge, known=known, wanted=wanted, reason="Báo lại")
    assert _dues(pledge) == [(APRIL, 100, 0), (AUGUST, 100, 80)]


def test_what_came_is_counted_from_the_parts_as_they_are_now(world: World, coordinator: User) -> None:
    """A page has read the parts; before it is sent, what filled one of them is taken back."""
    pledge = pledged(world)
    split(coordinator, pledge, {APRIL: [100], AUGUST: [100]})
    first = came_for(world, pledge, AUGUST, 60)
    read = _loaded(pledge).lines.with_progress().get()
    assert read.schedule
    take_back_receipt(by=coordinator, receipt=first, reason="Đếm nhầm")
    received(world, pledge, lines=[ReceivedLine(pledge_line=read, accepted=60, due_on=AUGUST)])
    assert _dues(pledge) == [(APRIL, 100, 0), (AUGUST, 100, 60)]
