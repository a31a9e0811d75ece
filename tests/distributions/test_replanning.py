"""Change a plan before it is sent: its own share is free for it, that of others is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from directory import history
from directory.errors import Forbidden, NotEnough, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from distributions.actions import (
    PlannedLine,
    cancel_distribution,
    replan_distribution,
    send_distribution,
)
from distributions.actions.replanning import version_of
from distributions.models import Allocation, Distribution
from distributions.proof import prove
from donors.models import FundingSource
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
LATER = date(2025, 6, 12)


def replan(
    distribution: Distribution,
    by: User,
    lines: list[PlannedLine],
    version: int | None = None,
    **given: object,
) -> Distribution:
    return replan_distribution(
        by=by,
        distribution=distribution,
        planned_on=given.pop("planned_on", LATER),  # type: ignore[arg-type]
        lines=lines,
        version=version_of(distribution) if version is None else version,
        **given,  # type: ignore[arg-type]
    )


@pytest.fixture
def allocation(world: World) -> Allocation:
    return build.allocated(world, 20)


@pytest.fixture
def plan(world: World, allocation: Allocation) -> Distribution:
    """20 of the 20 allocated."""
    return build.planned(world, 20, allocation=allocation)


def test_day_quantity_and_note_are_changed_and_the_history_says_both(world, coordinator, plan, allocation):
    changed = replan(plan, coordinator, [PlannedLine(12, allocation=allocation)], note="Đường trơn")
    assert (changed.code, changed.planned_on, changed.note) == (plan.code, LATER, "Đường trơn")
    assert [(line.allocation, line.planned) for line in changed.lines.all()] == [(allocation, 12)]
    entry = HistoryEntry.objects.of(plan)[0]
    assert (entry.verb, entry.to_state, entry.details["before"]["planned_on"]) == (
        "change plan",
        "planned",
        "2025-06-02",
    )
    assert set(entry.details["after"]) == {"planned_on", "lines", "note"}
    build.planned(world, 8, allocation=allocation)
    assert prove().faults == []


def test_goods_make_room_for_a_service(world, health_officer):
    source = FundingSource.objects.filter(kind="local_budget", scope=world.district).first()
    meals = build.allocated(world, 10, item="meal")
    plan = build.planned(world, 10, allocation=meals)
    service = PlannedLine(40, service=world.item("check_up"), funding_source=source, unit_value=30_000)
    changed = replan(plan, health_officer, [service])
    assert [(line.service.code, line.planned, line.unit_value) for line in changed.lines.all()] == [
        ("check_up", 40, 30_000)
    ]


def test_what_others_hold_is_not_free(world, coordinator, allocation):
    first = build.planned(world, 12, allocation=allocation)
    build.planned(world, 8, allocation=allocation)
    refusal = refusal_of(lambda: replan(first, coordinator, [PlannedLine(13, allocation=allocation)]))
    assert (type(refusal), refusal.code, refusal.details) == (
        NotEnough,
        "not_enough_open",
        {"left": 12, "whole": 20},
    )
    assert first.code not in str(refusal)


def test_a_plan_of_nothing_is_refused(coordinator, plan):
    assert refusal_of(lambda: replan(plan, coordinator, [])).code == "no_lines"


def test_all_problems_are_named_with_their_lines(world, coordinator, plan, allocation):
    other = build.allocated(world, 5, commune="Ia Đal")
    lines = [PlannedLine(0, allocation=allocation), PlannedLine(5, allocation=other)]
    refusal = refusal_of(lambda: replan(plan, coordinator, lines))
    assert places_of(refusal) == [f"allocation-{allocation.pk}", f"allocation-{other.pk}"]


@pytest.mark.parametrize("username", ["health", "officer.iadom", "leader"])
def test_only_the_lead_agency_changes_its_plan(world, plan, allocation, username):
    by = world.user(username)
    refusal = refusal_of(lambda: replan(plan, by, [PlannedLine(1, allocation=allocation)]))
    assert type(refusal) is Forbidden


def test_what_is_sent_or_cancelled_is_no_plan_any_more(world, coordinator, plan, allocation):
    lines = [PlannedLine(1, allocation=allocation)]
    cancelled = build.planned(world, 5, band="0-2")
    cancel_distribution(by=coordinator, distribution=cancelled, reason="Mưa")
    send_distribution(by=coordinator, distribution=plan)
    for distribution in (plan, cancelled):
        assert type(refusal_of(lambda d=distribution: replan(d, coordinator, lines))) is WrongState


def test_an_edit_over_a_colleagues_newer_one_is_refused_with_both(
    coordinator, second_coordinator, plan, allocation
):
    seen = version_of(plan)
    replan(plan, second_coordinator, [PlannedLine(15, allocation=allocation)])
    refusal = refusal_of(lambda: replan(plan, coordinator, [PlannedLine(18, allocation=allocation)], seen))
    assert type(refusal) is Stale
    assert (refusal.details["theirs"]["lines"][:2], refusal.details["yours"]["lines"][:2]) == ("15", "18")
    again = replan(plan, coordinator, [PlannedLine(18, allocation=allocation)], refusal.details["version"])
    assert again.lines.get().planned == 18


def test_nothing_is_changed_if_the_history_fails(monkeypatch, coordinator, plan, allocation):
    def fail(*args: object, **kwargs: object) -> None:
        raise Refusal("no history")

    monkeypatch.setattr(history, "record", fail)
    assert (
        str(refusal_of(lambda: replan(plan, coordinator, [PlannedLine(3, allocation=allocation)])))
        == "no history"
    )


def test_the_page_begins_with_the_plan_and_saves_the_change(
    world: World,
    coordinator: User,
    plan: Distribution,
    allocation: Allocation,
    client_of: Callable[[User], Client],
) -> None:
    client, url = client_of(coordinator), reverse("distribution_change", args=[plan.pk])
    form = client.get(url).context["form"]
    assert form.initial[f"allocation-{allocation.pk}"] == 20
    answer = client.post(
        url,
        {"planned_on": "12/06/2025", f"allocation-{allocation.pk}": "9", "version": form.initial["version"]},
    )
    assert (answer.status_code, answer["Location"]) == (302, reverse("distribution_detail", args=[plan.pk]))
    plan.refresh_from_db()
    assert (plan.planned_on, plan.lines.get().planned) == (LATER, 9)


def test_the_page_shows_a_colleagues_newer_change_and_lets_it_be_replaced(
    coordinator: User,
    second_coordinator: User,
    plan: Distribution,
    allocation: Allocation,
    client_of: Callable[[User], Client],
) -> None:
    client, url = client_of(coordinator), reverse("distribution_change", args=[plan.pk])
    seen = version_of(plan)
    replan(plan, second_coordinator, [PlannedLine(15, allocation=allocation)])
    body = {"planned_on": "02/06/2025", f"allocation-{allocation.pk}": "18", "version": seen}
    answer = client.post(url, body)
    assert answer.status_code == 409
    newer = answer.context["form"].data["version"]
    assert client.post(url, body | {"version": newer}).status_code == 302
    assert plan.lines.get().planned == 18


def test_the_page_of_a_sent_one_says_why_not(coordinator, plan, client_of):
    send_distribution(by=coordinator, distribution=plan)
    answer = client_of(coordinator).get(reverse("distribution_change", args=[plan.pk]))
    assert answer.status_code == 409


def test_the_same_quantity_of_another_pledge_is_a_change(world, coordinator, second_coordinator) -> None:
    need = build.need_of(world, 60)
    one, two, three = (
        build.allocated(world, 20, need=need, supply_line=build.supply_of(world, 20)) for _ in range(3)
    )
    plan = build.planned(world, 20, allocation=one)
    seen = version_of(plan)
    replan(plan, second_coordinator, [PlannedLine(20, allocation=two)], planned_on=plan.planned_on)
    assert list(HistoryEntry.objects.of(plan)[0].details["after"]) == ["lines"]
    refusal = refusal_of(
        lambda: replan(
            plan, coordinator, [PlannedLine(20, allocation=three)], seen, planned_on=plan.planned_on
        )
    )
    assert type(refusal) is Stale


def test_another_price_of_a_service_is_a_change(world: World, health_officer: User) -> None:
    plan = build.serving(world, 40)
    line, seen = plan.lines.get(), version_of(plan)
    same = PlannedLine(40, service=line.service, funding_source=line.funding_source, unit_value=30_000)
    replan(plan, health_officer, [same], planned_on=plan.planned_on)
    assert version_of(plan) == seen
    replan(plan, health_officer, [replace(same, unit_value=35_000)], planned_on=plan.planned_on)
    assert version_of(plan) == seen + 1


def test_a_service_is_not_worth_more_than_a_sum_can_hold(world: World, health_officer: User) -> None:
    """On PostgreSQL the product of both would break every report that adds values up."""
    plan = build.serving(world, 40)
    line = plan.lines.get()
    huge = PlannedLine(
        999_999_999, service=line.service, funding_source=line.funding_source, unit_value=9_999_999_999_999
    )
    refusal = refusal_of(lambda: replan(plan, health_officer, [huge], planned_on=plan.planned_on))
    assert (refusal.code, places_of(refusal)) == ("value", ["service-1"])
