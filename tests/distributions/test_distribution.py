"""Plan, send and cancel: what is refused, and that nothing changed."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from directory import clock, history
from directory.errors import Forbidden, NotEnough, Refusal, WrongState
from directory.models import HistoryEntry, LeadArea, User
from distributions.actions import (
    PlannedLine,
    call_back_distribution,
    cancel_distribution,
    plan_distribution,
    send_distribution,
)
from distributions.models import AllocationBalance, Distribution
from distributions.proof import faults
from donors.models import FundingSource, SupplyBalance
from needs.models import ReferencePrice
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def plan(world: World, *lines: PlannedLine, by: str = "coordinator", **given: object) -> Distribution:
    """A plan of LĐTBXH for warm clothing in Ia Dom's first village today, unless told otherwise."""
    user = world.user(by)
    said = {
        "area": world.area("warm_clothing"),
        "lead_agency": user.agency,
        "place": world.village("Ia Dom"),
        "planned_on": clock.today(),
    }
    return plan_distribution(by=user, lines=lines, **(said | given))  # type: ignore[arg-type]


def service(world: World, planned: int = 120, **given: object) -> PlannedLine:
    source = FundingSource.objects.get(kind="local_budget")
    return PlannedLine(planned, **({"service": world.item("check_up"), "funding_source": source} | given))


def test_a_plan_moves_nothing_and_has_a_code(world: World, coordinator: User) -> None:
    allocation = build.allocated(world, 20)
    distribution = plan(world, PlannedLine(12, allocation=allocation), note=" Cùng đoàn ")
    allocation.balance.refresh_from_db()
    assert (distribution.code, distribution.state, distribution.note) == (
        "HT-2025-001",
        "planned",
        "Cùng đoàn",
    )
    assert (allocation.balance.open, distribution.in_scope) == (20, True)
    assert (distribution.lines.get().planned, distribution.lines.get().unit_value) == (12, 250_000)


def test_the_same_request_twice_plans_once(world: World) -> None:
    allocation, key = build.allocated(world, 20), uuid.uuid4()
    first, second = (plan(world, PlannedLine(12, allocation=allocation), key=key) for _ in range(2))
    assert first == second


def test_only_what_is_open_and_in_no_other_plan_is_planned(world: World) -> None:
    allocation = build.allocated(world, 20)
    other = plan(world, PlannedLine(12, allocation=allocation))
    with override("en"):
        refusal = refusal_of(lambda: plan(world, PlannedLine(9, allocation=allocation)))
    assert (type(refusal), refusal.code, refusal.details) == (
        NotEnough,
        "not_enough_open",
        {"left": 8, "whole": 20},
    )
    assert f"{other.code} (12)" in str(refusal)
    assert places_of(refusal) == [f"allocation-{allocation.pk}"]
    assert plan(world, PlannedLine(8, allocation=allocation)).state == "planned"


def test_a_cancelled_plan_frees_its_lines(world: World, coordinator: User) -> None:
    allocation = build.allocated(world, 20)
    distribution = plan(world, PlannedLine(20, allocation=allocation))
    cancel_distribution(by=coordinator, distribution=distribution, reason="Đường bị sạt lở")
    assert plan(world, PlannedLine(20, allocation=allocation)).state == "planned"


def test_lines_of_another_commune_or_area_are_refused(world: World) -> None:
    there = build.allocated(world, 20, commune="Ia Đal")
    play = build.allocated(world, 1, item="play_area", band="all")
    lines = [PlannedLine(20, allocation=there), PlannedLine(1, allocation=play)]
    refusal = refusal_of(lambda: plan(world, *lines))
    assert places_of(refusal) == [f"allocation-{there.pk}", f"allocation-{play.pk}"]
    assert "xã Ia Đal" in str(refusal)


def test_what_is_wrong_with_a_line_is_named_at_it(world: World) -> None:
    allocation = build.allocated(world, 20)
    refusal = refusal_of(
        lambda: plan(
            world,
            PlannedLine(0, allocation=allocation),
            PlannedLine(5, allocation=allocation),
            PlannedLine(5, at="service-3"),
        )
    )
    field = f"allocation-{allocation.pk}"
    assert places_of(refusal) == [field, field, "service-3"]


def test_a_plan_of_nothing_is_refused(world: World) -> None:
    assert refusal_of(lambda: plan(world)).code == "no_lines"


def test_a_place_that_does_not_exist_on_that_day_is_refused(world: World) -> None:
    allocation, place = build.allocated(world, 20), world.village("Ia Dom", 2)
    place.valid_to = date(2025, 6, 10)
    place.save()
    refusal = refusal_of(
        lambda: plan(world, PlannedLine(5, allocation=allocation), place=place, planned_on=date(2025, 6, 11))
    )
    assert (refusal.code, places_of(refusal)) == ("place_ended", ["place"])


def test_only_the_agency_that_leads_the_area_on_that_day_plans(world: World) -> None:
    allocation = build.allocated(world, 20)
    line = PlannedLine(5, allocation=allocation)
    assert type(refusal_of(lambda: plan(world, line, by="health"))) is Forbidden
    LeadArea.objects.filter(area=world.area("warm_clothing")).update(valid_to=date(2025, 6, 30))
    refusal = refusal_of(lambda: plan(world, line, planned_on=date(2025, 7, 1)))
    assert type(refusal) is Forbidden
    assert plan(world, line, planned_on=date(2025, 6, 30)).state == "planned"


@pytest.mark.parametrize("username", ["health", "leader", "officer.iadom", "union"])
def test_only_its_own_officers_plan_for_the_lead_agency(world: World, username: str) -> None:
    allocation = build.allocated(world, 20)
    line, agency = PlannedLine(5, allocation=allocation), world.agency("LĐTBXH")
    refusal = refusal_of(lambda: plan(world, line, by=username, lead_agency=agency))
    assert type(refusal) is Forbidden


def test_a_service_is_paid_from_a_budget_at_a_price(world: World) -> None:
    health = world.area("health_nutrition")
    ReferencePrice.objects.create(item=world.item("check_up"), year=2025, amount=60_000)
    lines = [service(world), service(world, 10, unit_value=45_000)]
    distribution = plan(world, *lines, by="health", area=health)
    assert [line.unit_value for line in distribution.lines.order_by("pk")] == [60_000, 45_000]
    assert send_distribution(by=world.user("health"), distribution=distribution).state == "sent"


def test_what_is_wrong_with_a_service_is_named(world: World) -> None:
    health = world.area("health_nutrition")
    lines = [
        service(world, funding_source=None),
        service(world, service=world.item("warm_clothing")),
        service(world, service=world.item("activity")),
    ]
    refusal = refusal_of(lambda: plan(world, *lines, by="health", area=health))
    assert places_of(refusal) == ["service-1", "service-2", "service-2", "service-3"]


def test_a_service_outside_the_difficult_communes_takes_a_reason(world: World) -> None:
    given = {"by": "health", "area": world.area("health_nutrition"), "place": world.village("Ia Tơi")}
    refusal = refusal_of(lambda: plan(world, service(world), **given))
    assert (refusal.code, places_of(refusal)) == ("out_of_scope", ["note"])
    distribution = plan(world, service(world), **given, note="Sau lũ")
    assert distribution.in_scope is False


def test_sending_takes_the_goods_out_of_the_stock(world: World, coordinator: User) -> None:
    distribution = build.sent(world, 20)
    allocation = distribution.lines.get().allocation
    balance = SupplyBalance.objects.get(pk=allocation.supply_line_id)
    assert (balance.in_stock, balance.sent, balance.allocated) == (0, 20, 20)
    parts = AllocationBalance.objects.get(pk=allocation.pk)
    assert (parts.open, parts.in_transit, distribution.sent_by) == (0, 20, coordinator)


def test_the_day_of_sending_is_that_on_which_it_left(world: World, coordinator: User) -> None:
    """Entered days later, it bounds the day of delivery and stands in the books."""
    distribution = build.planned(world, 20)
    tomorrow, left = clock.today() + timedelta(days=1), clock.today() - timedelta(days=3)
    send = {"by": coordinator, "distribution": distribution}
    refusal = refusal_of(lambda: send_distribution(**send, sent_on=tomorrow))
    assert (refusal.code, places_of(refusal)) == ("future", ["sent_on"])
    distribution = send_distribution(**send, sent_on=left)
    assert distribution.sent_on == distribution.lines.get().moves.get().occurred_on == left


def test_what_was_sent_by_mistake_is_called_back_by_a_counter_row(world: World, coordinator: User) -> None:
    distribution = build.sent(world, 20)
    reason = "Gửi nhầm điểm trường"
    called_back = call_back_distribution(by=coordinator, distribution=distribution, reason=f" {reason} ")
    line = distribution.lines.get()
    supply = SupplyBalance.objects.get(pk=line.allocation.supply_line_id)
    parts = AllocationBalance.objects.get(pk=line.allocation_id)
    assert (called_back.state, supply.in_stock, supply.allocated) == ("cancelled", 20, 20)
    assert (parts.open, parts.in_transit, parts.quantity) == (20, 0, 20)
    assert [(row.quantity, row.reason) for row in line.moves.order_by("pk")] == [(20, ""), (-20, reason)]
    assert HistoryEntry.objects.of(distribution)[0].reason == reason
    assert list(faults()) == []
    again = build.sent(world, 20, allocation=line.allocation)
    assert (again.state, list(faults())) == ("sent", [])


def test_only_what_is_on_its_way_is_called_back_and_with_a_reason(world: World, coordinator: User) -> None:
    sent = build.sent(world, 20)
    refusal = refusal_of(lambda: call_back_distribution(by=coordinator, distribution=sent, reason=" "))
    assert (type(refusal), places_of(refusal)) == (Refusal, ["reason"])
    other = build.planned(world, 20, commune="Ia Đal")
    arrived = build.delivered(world, 20, band="0-2")
    for distribution in (other, arrived):
        deed = {"by": coordinator, "distribution": distribution, "reason": "Nhầm"}
        assert type(refusal_of(lambda deed=deed: call_back_distribution(**deed))) is WrongState
    assert list(faults()) == []


def test_what_is_not_in_stock_is_not_sent(world: World, coordinator: User) -> None:
    line = build.supply_of(world, 40, received=15)
    one = build.allocated(world, 10, supply_line=line, need=build.need_of(world, 10))
    two = build.allocated(world, 10, supply_line=line, need=build.need_of(world, 10, band="0-2"))
    distribution = plan(world, PlannedLine(10, allocation=one), PlannedLine(10, allocation=two))
    with override("en"):
        refusal = refusal_of(lambda: send_distribution(by=coordinator, distribution=distribution))
    assert (type(refusal), refusal.code, refusal.details) == (
        NotEnough,
        "not_in_stock",
        {"left": 5, "whole": 10},
    )
    assert "25 still to come from Công ty Cao su" in str(refusal)


def test_a_state_that_does_not_allow_it_says_who_did_what(world: World, coordinator: User) -> None:
    sent = build.sent(world, 20)
    with override("en"):
        refusal = refusal_of(lambda: send_distribution(by=coordinator, distribution=sent))
    assert type(refusal) is WrongState
    assert str(refusal).startswith("HT-2025-001 was already sent on 02/06/2025 by coordinator")
    refusal = refusal_of(lambda: cancel_distribution(by=coordinator, distribution=sent, reason="Nhầm"))
    assert type(refusal) is WrongState
    cancelled = build.planned(world, 5, commune="Ia Đal")
    cancel_distribution(by=coordinator, distribution=cancelled, reason="Nhầm")
    assert type(refusal_of(lambda: send_distribution(by=coordinator, distribution=cancelled))) is WrongState


@pytest.mark.parametrize("username", ["health", "leader", "officer.iadom"])
def test_only_the_lead_agency_sends_or_cancels(world: World, username: str) -> None:
    distribution, by = build.planned(world, 20), world.user(username)
    deeds = [
        lambda: send_distribution(by=by, distribution=distribution),
        lambda: cancel_distribution(by=by, distribution=distribution, reason="Nhầm"),
        lambda: call_back_distribution(by=by, distribution=distribution, reason="Nhầm"),
    ]
    assert [type(refusal_of(deed)) for deed in deeds] == [Forbidden] * 3


def test_cancelling_needs_a_reason(world: World, coordinator: User) -> None:
    distribution = build.planned(world, 20)
    refusal = refusal_of(lambda: cancel_distribution(by=coordinator, distribution=distribution, reason=" "))
    assert (type(refusal), places_of(refusal)) == (Refusal, ["reason"])


def test_without_their_history_deeds_are_not_done(world, coordinator, monkeypatch) -> None:
    allocation = build.allocated(world, 20)
    distribution = build.planned(world, 5, allocation=allocation)
    sent = build.sent(world, 5, commune="Ia Đal")

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    deeds = [
        lambda: plan(world, PlannedLine(5, allocation=allocation)),
        lambda: send_distribution(by=coordinator, distribution=distribution),
        lambda: cancel_distribution(by=coordinator, distribution=distribution, reason="Nhầm"),
        lambda: call_back_distribution(by=coordinator, distribution=sent, reason="Nhầm"),
    ]
    for deed in deeds:
        with pytest.raises(RuntimeError, match="no history"):
            deed()
    for row in (distribution, sent, allocation.balance):
        row.refresh_from_db()
    assert (Distribution.objects.count(), distribution.state, allocation.balance.open) == (2, "planned", 20)
    assert SupplyBalance.objects.get(pk=allocation.supply_line_id).sent == 0
    assert (sent.state, sent.lines.get().moves.count()) == ("sent", 1)


def test_a_successful_second_day_gets_the_next_code(world: World) -> None:
    build.planned(world, 5)
    with clock.standing_on(clock.today() + timedelta(days=1)):
        assert build.planned(world, 5, commune="Ia Đal").code == "HT-2025-002"
