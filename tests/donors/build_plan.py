"""Mobilisation plans for tests, made by the actions."""

from __future__ import annotations

from typing import Any

from directory.models import User
from donors.actions.plan import approve_plan, save_targets, start_plan, submit_plan
from donors.mobilisation.targets import PlannedTarget, target_of
from donors.models import MobilisationPlan
from tests.world import World


def target(world: World, item: str = "warm_clothing", *, area: str = "", **figures: Any) -> PlannedTarget:
    """``target(world, quantity=30)`` of an item, or ``target(world, area="play", amount=…)``."""
    if area:
        return PlannedTarget(world.area(area), **figures)
    found = world.item(item)
    return PlannedTarget(found.area, found, **figures)


def draft_plan(world: World, officer: User, *targets: PlannedTarget, year: int = 2025) -> MobilisationPlan:
    """The plan of the officer's own agency."""
    plan = start_plan(by=officer, scope=world.district, agency=officer.agency, year=year)
    return save_targets(by=officer, plan=plan, edits=plan.edits, targets=targets) if targets else plan


def submitted_plan(world: World, officer: User, *targets: PlannedTarget) -> MobilisationPlan:
    plan = draft_plan(world, officer, *(targets or (target(world, quantity=30),)))
    return submit_plan(by=officer, plan=plan, edits=plan.edits)


def approved_plan(
    world: World, officer: User, *targets: PlannedTarget, by: User | None = None
) -> MobilisationPlan:
    """Approved by the district's leader unless ``by`` says otherwise."""
    plan = submitted_plan(world, officer, *targets)
    return approve_plan(by=by or world.user("leader"), plan=plan)


def planned(plan: MobilisationPlan) -> list[PlannedTarget]:
    return [target_of(row) for row in plan.targets.for_page()]
