"""Mobilisation plans: written, handed in, decided on, changed as the next version."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError

from directory import history
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from donors.actions.plan import approve_plan, return_plan, save_targets, start_plan, submit_plan
from donors.mobilisation.targets import PlannedTarget, differences, target_of
from donors.models import MobilisationPlan, MobilisationTarget
from donors.states import PlanState
from tests.donors.build_plan import approved_plan, draft_plan, planned, submitted_plan, target
from tests.donors.counting import unchanged
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_a_plan_is_written_handed_in_and_approved_by_the_chair(
    world: World, officer: User, chair: User
) -> None:
    plan = draft_plan(world, officer, target(world, quantity=30, children=20, amount=0))
    assert (plan.agency, plan.year, plan.version, plan.state) == (officer.agency, 2025, 1, PlanState.DRAFT)
    assert [row.in_words for row in planned(plan)] == [
        target(world, quantity=30, children=20, amount=0).in_words
    ]
    plan = submit_plan(by=officer, plan=plan, edits=plan.edits)
    plan = approve_plan(by=chair, plan=plan)
    assert (plan.state, plan.submitted_by, plan.approved_by) == (PlanState.APPROVED, officer, chair)
    assert [entry.verb for entry in HistoryEntry.objects.of(plan)] == [
        "approve the plan",
        "hand in the plan",
        "change the plan",
        "begin the plan",
    ]


def test_who_may_decide(
    world: World, officer: User, chair: User, leader: User, union_officer: User, coordinator: User
) -> None:
    of_commune = submitted_plan(world, officer)
    of_union = submitted_plan(world, union_officer)
    for user, plan in (
        (officer, of_commune),
        (coordinator, of_commune),
        (chair, of_union),
        (union_officer, of_union),
    ):
        for deed in (approve_plan, lambda by, plan: return_plan(by=by, plan=plan, reason="x")):
            with unchanged(HistoryEntry), pytest.raises(Forbidden):
                deed(by=user, plan=plan)
    assert approve_plan(by=leader, plan=of_union).approved_by == leader
    assert approve_plan(by=leader, plan=of_commune).approved_by == leader


def test_nobody_decides_on_what_they_handed_in(world: World, officer: User, chair: User) -> None:
    plan = submitted_plan(world, officer)
    MobilisationPlan.objects.filter(pk=plan.pk).update(submitted_by=chair)
    with unchanged(HistoryEntry), pytest.raises(Forbidden):
        approve_plan(by=chair, plan=plan)


def test_a_returned_plan_is_changed_and_handed_in_again(world: World, officer: User, chair: User) -> None:
    plan = submitted_plan(world, officer)
    with unchanged(HistoryEntry), pytest.raises(Refusal) as refusal:
        return_plan(by=chair, plan=plan, reason=" ")
    assert [problem.place for problem in refusal.value.problems] == ["reason"]
    plan = return_plan(by=chair, plan=plan, reason="thiếu đồ ấm cho mầm non")
    assert (plan.state, plan.return_reason, plan.submitted_by) == (
        PlanState.DRAFT,
        "thiếu đồ ấm cho mầm non",
        None,
    )
    plan = submit_plan(by=officer, plan=plan, edits=plan.edits)
    assert plan.return_reason == ""
    for deed in (
        lambda: submit_plan(by=officer, plan=plan, edits=plan.edits),
        lambda: save_targets(by=officer, plan=plan, edits=plan.edits, targets=[target(world, quantity=1)]),
    ):
        with unchanged(HistoryEntry, MobilisationTarget), pytest.raises(WrongState):
            deed()


def test_a_change_after_the_approval_is_the_next_version(world: World, officer: User, chair: User) -> None:
    first = approved_plan(world, officer, target(world, quantity=30), target(world, "meal", quantity=100))
    second = start_plan(by=officer, scope=first.scope, agency=first.agency, year=2025)
    assert (second.version, planned(second)) == (2, planned(first))
    changed = [target(world, quantity=50), target(world, area="play", amount=5_000_000)]
    second = save_targets(by=officer, plan=second, edits=second.edits, targets=changed)
    assert [(line.before, line.after) for line in differences(planned(first), planned(second))] == [
        ("", changed[1].figures),
        (planned(first)[1].figures, changed[0].figures),
        (planned(first)[0].figures, ""),
    ]
    assert list(MobilisationPlan.objects.in_force()) == [first]
    with unchanged(MobilisationPlan), pytest.raises(WrongState) as refusal:
        start_plan(by=officer, scope=first.scope, agency=first.agency, year=2025)
    assert refusal.value.code == "open_version"
    second = approve_plan(by=chair, plan=submit_plan(by=officer, plan=second, edits=second.edits))
    assert list(MobilisationPlan.objects.in_force()) == [second]


def test_an_edit_over_a_newer_one_is_refused_with_both_values(
    world: World, officer: User, coordinator: User
) -> None:
    plan = draft_plan(world, officer, target(world, quantity=30))
    read = plan.edits
    save_targets(by=coordinator, plan=plan, edits=read, targets=[target(world, quantity=40)])
    with unchanged(HistoryEntry), pytest.raises(Stale) as refusal:
        save_targets(by=officer, plan=plan, edits=read, targets=[target(world, quantity=50)])
    assert (refusal.value.details["theirs"], refusal.value.details["yours"]) == (
        [target(world, quantity=40).in_words],
        [target(world, quantity=50).in_words],
    )
    assert target(world, quantity=40).figures in str(refusal.value)
    with unchanged(HistoryEntry), pytest.raises(Stale):
        submit_plan(by=officer, plan=plan, edits=read)
    saved = save_targets(
        by=officer, plan=plan, edits=refusal.value.details["version"], targets=[target(world, quantity=50)]
    )
    assert [row.quantity for row in planned(saved)] == [50]


def test_a_changed_note_is_in_the_history_with_what_it_said_before(world: World, officer: User) -> None:
    plan = draft_plan(world, officer, target(world, quantity=30))
    targets = planned(plan)
    for note in ("Hỏi lại thôn 1", "Đã thống nhất"):
        plan = save_targets(by=officer, plan=plan, edits=plan.edits, targets=targets, note=note)
    details = HistoryEntry.objects.of(plan)[0].details
    assert (details["before"], details["after"]) == ({"note": "Hỏi lại thôn 1"}, {"note": "Đã thống nhất"})
    save_targets(
        by=officer, plan=plan, edits=plan.edits, targets=[target(world, quantity=31)], note=plan.note
    )
    assert list(HistoryEntry.objects.of(plan)[0].details["after"]) == ["targets"]


def test_a_note_that_somebody_else_wrote_is_said_with_yours(
    world: World, officer: User, coordinator: User
) -> None:
    plan = draft_plan(world, officer, target(world, quantity=30))
    targets = planned(plan)
    save_targets(by=coordinator, plan=plan, edits=plan.edits, targets=targets, note="Hỏi lại thôn 1")
    with unchanged(HistoryEntry), pytest.raises(Stale, match=r"Hỏi lại thôn 1.*Đã thống nhất") as refusal:
        save_targets(by=officer, plan=plan, edits=plan.edits, targets=targets, note="Đã thống nhất")
    assert [problem.place for problem in refusal.value.problems] == ["note"]
    assert MobilisationPlan.objects.get().note == "Hỏi lại thôn 1"


def test_all_that_is_wrong_is_said_at_its_line(world: World, officer: User) -> None:
    plan = draft_plan(world, officer)
    elsewhere = world.village("Ia Dom")
    elsewhere.unit = world.district.parent
    clothes = world.item("warm_clothing")
    wrong = [
        PlannedTarget(clothes.area, quantity=5),
        target(world),
        target(world, quantity=1_000_000_000, amount=-1),
        target(world, "meal", quantity=1, place=elsewhere),
    ]
    with unchanged(MobilisationTarget, HistoryEntry), pytest.raises(Refusal) as refusal:
        save_targets(by=officer, plan=plan, edits=plan.edits, targets=wrong)
    assert [problem.place for problem in refusal.value.problems] == [
        "lines-0-quantity",
        "lines-1-children",
        "lines-2-what",
        "lines-2-quantity",
        "lines-2-amount",
        "lines-3-place",
    ]
    with unchanged(HistoryEntry), pytest.raises(Refusal):
        submit_plan(by=officer, plan=plan, edits=plan.edits)
    with unchanged(MobilisationPlan), pytest.raises(Refusal):
        start_plan(by=officer, scope=world.district, agency=officer.agency, year=1999)


def test_who_writes_which_plan(
    world: World, officer: User, stranger: User, union_officer: User, leader: User, coordinator: User
) -> None:
    for user, agency in (
        (stranger, officer.agency),
        (union_officer, officer.agency),
        (leader, leader.agency),
        (officer, coordinator.agency),
    ):
        with unchanged(MobilisationPlan), pytest.raises(Forbidden):
            start_plan(by=user, scope=world.district, agency=agency, year=2025)
    plan = start_plan(by=coordinator, scope=world.district, agency=officer.agency, year=2025)
    assert HistoryEntry.objects.of(plan).get().on_behalf_of == officer.agency


def test_the_same_form_twice_begins_one_plan(world: World, officer: User) -> None:
    key = uuid.uuid4()
    plans = [
        start_plan(by=officer, scope=world.district, agency=officer.agency, year=2025, key=key)
        for _time in range(2)
    ]
    assert plans[0] == plans[1]


def test_saving_is_atomic(world: World, officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = draft_plan(world, officer, target(world, quantity=30))

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the history cannot be written")

    monkeypatch.setattr(history, "record", broken)
    with pytest.raises(DatabaseError):
        save_targets(by=officer, plan=plan, edits=plan.edits, targets=[])
    assert [target_of(row).quantity for row in plan.targets.for_page()] == [30]


def test_reach(
    world: World,
    officer: User,
    stranger: User,
    chair: User,
    union_officer: User,
    coordinator: User,
    leader: User,
    administrator: User,
) -> None:
    waiting, approved = submitted_plan(world, officer), approved_plan(world, union_officer, by=leader)
    for user, seen in (
        (officer, {waiting, approved}),
        (chair, {waiting, approved}),
        (stranger, {approved}),
        (union_officer, {approved}),
        (coordinator, {waiting, approved}),
        (leader, {waiting, approved}),
        (administrator, set()),
    ):
        assert set(MobilisationPlan.objects.visible_to(user)) == seen
