"""Accept a proposal and undo a plan: all of it or nothing, and what is refused in which words."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from directory import clock, history
from directory.errors import Forbidden, NotEnough, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from distributions.actions import ProposedGap, Reasons, reverse_allocation, undo_plan
from distributions.actions.support_plan_undo import stays_of
from distributions.models import Allocation, SupportPlan
from distributions.proof import prove
from needs.actions import close_round
from tests.distributions import build
from tests.distributions.refused import nothing_changed, refusal_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_a_plan_allocates_its_lines_and_keeps_their_reasons(world: World, coordinator: User) -> None:
    line, first = build.supply_of(world, 100), build.need_of(world, 30)
    second = build.need_of(world, 90, band="0-2", priority=2)
    gap = ProposedGap(second, 20, "đã chia hết cho nhu cầu ưu tiên hơn")
    lines = [build.proposed(line, first, 30), build.proposed(line, second, 70)]
    plan = build.accepted(world, *lines, gaps=[gap])
    assert (plan.scope, plan.year, plan.version, plan.proposed) == (world.district, 2025, 1, 2)
    assert list(plan.lines.values_list("allocation__need", "allocation__quantity", "reason")) == [
        (first.pk, 30, "còn trong kho"),
        (second.pk, 70, "còn trong kho"),
    ]
    assert list(plan.gaps.values_list("need", "lacking", "reason")) == [(second.pk, 20, gap.reason)]
    line.balance.refresh_from_db()
    assert (line.balance.allocated, prove().faults) == (100, [])
    assert [entry.verb for entry in HistoryEntry.objects.of(plan)] == ["accept_support_plan"]
    assert {entry.by for entry in HistoryEntry.objects.of(plan.lines.first().allocation)} == {coordinator}


def test_the_next_plan_of_the_year_is_the_next_version(world: World) -> None:
    assert build.accepted(world).version == 1
    line, need = build.supply_of(world, 5), build.need_of(world, 5, band="0-2")
    assert build.accepted(world, build.proposed(line, need, 5)).version == 2


def test_the_same_form_twice_accepts_once(world: World) -> None:
    line, key = build.proposed(build.supply_of(world, 20), build.need_of(world, 20), 20), uuid.uuid4()
    first, second = (build.accepted(world, line, key=key) for _ in range(2))
    assert (first, SupportPlan.objects.count(), Allocation.objects.count()) == (second, 1, 1)


def test_what_somebody_took_meanwhile_is_named_and_nothing_is_done(world: World) -> None:
    line, need, other = (
        build.supply_of(world, 50),
        build.need_of(world, 30),
        build.need_of(world, 9, band="0-2"),
    )
    untouched = build.proposed(build.supply_of(world, 9), other, 9)
    lines, asked_at = [build.proposed(line, need, 30), untouched], clock.now()
    build.allocated(world, 12, need=need, supply_line=line, by=world.user("coordinator.2"))
    with override("en"):
        refusal = refusal_of(lambda: build.accepted(world, *lines, proposed_at=asked_at))
    assert (type(refusal), refusal.details) == (Stale, {"changed": 2})
    assert [str(problem.message) for problem in refusal.problems[1:]] == [
        "bộ warm clothing of pledge CK-2025-001: 50 were left, now 38 "
        "(coordinator.2: Allocated 12, Thôn 1, xã Ia Dom).",
        "Thôn 1, xã Ia Dom, bộ warm clothing for 3-5 years (kindergarten): 30 were lacking, now 18 "
        "(coordinator.2: Allocated 12, Thôn 1, xã Ia Dom).",
    ]
    assert build.accepted(world, untouched).lines.count() == 1


def test_lines_that_do_not_fit_any_more_are_all_named(world: World, coordinator: User) -> None:
    line = build.supply_of(world, 50)
    inside, outside = build.need_of(world, 10), build.need_of(world, 10, commune="Ia Tơi")
    lines = [build.proposed(line, inside, 10), build.proposed(line, outside, 10)]
    refusal = refusal_of(lambda: build.accepted(world, *lines))
    assert (type(refusal), refusal.code, len(refusal.problems)) == (Refusal, "out_of_scope", 1)
    close_round(by=coordinator, survey_round=inside.round, reason="Hết năm")
    refusal = refusal_of(lambda: build.accepted(world, *lines, reasons=Reasons("Sau bão số 3")))
    assert (type(refusal), refusal.code, len(refusal.problems)) == (WrongState, "need_closed", 2)


def test_the_reason_is_kept_at_the_places_that_need_it(world: World) -> None:
    line = build.supply_of(world, 50)
    inside, outside = build.need_of(world, 10), build.need_of(world, 10, commune="Ia Tơi")
    lines = [build.proposed(line, inside, 10), build.proposed(line, outside, 10)]
    plan = build.accepted(world, *lines, reasons=Reasons(" Sau bão số 3 "))
    assert plan.out_of_scope_reason == "Sau bão số 3"
    assert list(plan.lines.values_list("allocation__out_of_scope_reason", flat=True)) == ["", "Sau bão số 3"]


def test_more_than_there_is_is_refused_though_each_line_would_fit(world: World) -> None:
    line = build.supply_of(world, 50)
    lines = [build.proposed(line, build.need_of(world, 40, band=band), 40) for band in ("0-2", "3-5")]
    refusal = refusal_of(lambda: build.accepted(world, *lines))
    assert (type(refusal), refusal.code) == (NotEnough, "not_enough_supply")


@pytest.mark.parametrize(
    ("change", "code"), [({"lines": []}, "nothing_chosen"), ({"year": 2024}, "other_plan")]
)
def test_what_is_no_plan_is_refused(world: World, change: dict[str, object], code: str) -> None:
    line = build.proposed(build.supply_of(world, 20), build.need_of(world, 20), 20)
    assert refusal_of(lambda: build.accepted(world, line, **change)).code == code


@pytest.mark.parametrize("username", ["leader", "officer.iadom", "health", "union", "administrator"])
def test_only_the_coordinating_office_accepts_and_undoes(world: World, username: str) -> None:
    line, by = build.proposed(build.supply_of(world, 20), build.need_of(world, 20), 20), world.user(username)
    assert type(refusal_of(lambda: build.accepted(world, line, by=by))) is Forbidden
    plan = build.accepted(world, line)
    assert type(refusal_of(lambda: undo_plan(by=by, plan=plan, reason="Nhầm"))) is Forbidden


def test_when_one_line_fails_on_the_way_none_is_saved(world, monkeypatch) -> None:
    line = build.supply_of(world, 50)
    lines = [build.proposed(line, build.need_of(world, 10, band=band), 10) for band in ("0-2", "3-5")]
    entry, calls = history.entry, []

    def fail_at_the_second(*args: object, **kwargs: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("no history")
        return entry(*args, **kwargs)

    monkeypatch.setattr(history, "entry", fail_at_the_second)
    with nothing_changed(), pytest.raises(RuntimeError, match="no history"):
        build.accepted(world, *lines, key=uuid.uuid4())


def test_a_long_plan_costs_few_queries_a_line(world: World) -> None:
    def cost(commune: str, bands: list[str]) -> int:
        line = build.supply_of(world, 100)
        needs = [build.need_of(world, 5, commune=commune, band=band) for band in bands]
        lines = [build.proposed(line, need, 5) for need in needs]
        with CaptureQueriesContext(connection) as queries:
            build.accepted(world, *lines)
        return len(queries)

    cost("Ia Đal", ["11-15"])  # what a process reads once
    two, three = cost("Ia Dom", ["0-2", "3-5"]), cost("Ia Đal", ["0-2", "3-5", "6-10"])
    # Two guarded updates for each further line.
    assert three - two == 2


def test_undoing_frees_both_sides_and_leaves_the_plan_to_read(world: World, coordinator: User) -> None:
    line, need = build.supply_of(world, 50), build.need_of(world, 30)
    plan = build.accepted(world, build.proposed(line, need, 30))
    undo_plan(by=coordinator, plan=plan, reason=" Nhà tài trợ đổi ý ")
    line.balance.refresh_from_db()
    need.balance.refresh_from_db()
    assert (line.balance.allocated, need.balance.covered) == (0, 0)
    [allocation] = Allocation.objects.all()
    assert list(allocation.moves.values_list("kind", "quantity", "reason")) == [
        ("allocate", 30, ""),
        ("reverse", 30, "Nhà tài trợ đổi ý"),
    ]
    assert [entry.verb for entry in HistoryEntry.objects.of(plan)] == [
        "undo_support_plan",
        "accept_support_plan",
    ]
    assert SupportPlan.objects.for_list().get().undone == 1
    assert prove().faults == []


def test_one_line_is_undone_by_itself(world: World, coordinator: User) -> None:
    line = build.supply_of(world, 50)
    lines = [build.proposed(line, build.need_of(world, 10, band=band), 10) for band in ("0-2", "3-5")]
    plan = build.accepted(world, *lines)
    undo_plan(by=coordinator, plan=plan, lines=[plan.lines.last()], reason="Nhầm thôn")
    assert list(plan.lines.values_list("allocation__balance__reversed", flat=True)) == [0, 10]


def test_what_is_planned_or_sent_stays_and_is_named(world: World, coordinator: User) -> None:
    plan = build.accepted(world, build.proposed(build.supply_of(world, 50), build.need_of(world, 50), 50))
    allocation = plan.lines.get().allocation
    build.sent(world, 20, allocation=allocation)
    build.planned(world, 15, allocation=allocation)
    undo_plan(by=coordinator, plan=plan, reason="Đổi kế hoạch")
    allocation.balance.refresh_from_db()
    assert (allocation.balance.reversed, allocation.balance.open, allocation.balance.in_transit) == (
        15,
        15,
        20,
    )
    with override("en"):
        named = ["Thôn 1, xã Ia Dom, bộ warm clothing: 15 planned, 20 in transit."]
        assert stays_of(plan.lines.with_names()) == named
        refusal = refusal_of(lambda: undo_plan(by=coordinator, plan=plan, reason="Lần nữa"))
    assert (type(refusal), refusal.code) == (NotEnough, "nothing_to_undo")
    assert [str(problem.message) for problem in refusal.problems[1:]] == named


def test_undoing_takes_a_reason(world: World, coordinator: User) -> None:
    plan = build.accepted(world)
    refusal = refusal_of(lambda: undo_plan(by=coordinator, plan=plan, reason=" "))
    assert [problem.place for problem in refusal.problems] == ["reason"]


def test_what_was_taken_back_by_hand_is_not_taken_back_again(world: World, coordinator: User) -> None:
    plan = build.accepted(world)
    reverse_allocation(by=coordinator, allocation=plan.lines.get().allocation, quantity=20, reason="Nhầm xã")
    refusal = refusal_of(lambda: undo_plan(by=coordinator, plan=plan, reason="Nhầm"))
    assert (refusal.code, len(refusal.problems)) == ("nothing_to_undo", 1)


def test_without_its_history_nothing_is_undone(world, coordinator, monkeypatch) -> None:
    plan = build.accepted(world)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with nothing_changed(), pytest.raises(RuntimeError, match="no history"):
        undo_plan(by=coordinator, plan=plan, reason="Nhầm")
