"""Confirm a delivery: who may, what must add up, and where every piece ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.forms.models import model_to_dict
from django.utils.translation import override

from directory import clock, history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import Delegation, User
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    confirm_delivery,
    plan_distribution,
    send_distribution,
)
from distributions.models import ChildTurns, Distribution
from distributions.proof import prove
from donors.models import FundingSource
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def confirm(
    world: World,
    distribution: Distribution,
    received: int = 20,
    *,
    by: str = "officer.iadom",
    on: date | None = None,
    behalf: str = "",
    turns: dict[str, int] | None = None,
    **line: object,
) -> Distribution:
    """Confirm the one line of the distribution; as many child-turns of 3-5 years as received."""
    turns = {"3-5": received} if turns is None else turns
    confirmed = ConfirmedLine(
        distribution.lines.get(),
        received,
        child_turns={world.band(code).pk: count for code, count in turns.items()},
        **line,  # type: ignore[arg-type]
    )
    return confirm_delivery(
        by=world.user(by),
        distribution=distribution,
        occurred_on=on or clock.today(),
        lines=[confirmed],
        on_behalf_of=world.agency(behalf) if behalf else None,
    )


def test_every_piece_is_somewhere(world: World) -> None:
    distribution = build.sent(world, 20)
    confirm(
        world,
        distribution,
        14,
        by="coordinator.2",
        behalf="UBND xã Ia Dom",
        returned=4,
        lost=2,
        difference_reason="Rơi khi qua suối",
    )
    allocation = distribution.lines.get().allocation
    parts = model_to_dict(allocation.balance, exclude=["allocation"])
    assert parts == {
        "quantity": 20,
        "open": 0,
        "in_transit": 0,
        "delivered": 14,
        "returned": 4,
        "lost": 2,
        "missing": 0,
        "reversed": 0,
    }
    need, supply = allocation.need.balance, allocation.supply_line.balance
    assert (need.covered, need.delivered, need.uncovered) == (14, 14, 6)
    assert (supply.allocated, supply.sent, supply.in_stock, supply.unallocated) == (16, 16, 4, 4)
    moves = allocation.moves.filter(distribution_line__isnull=False).order_by("pk")
    assert list(moves.values_list("kind", "quantity", "reason")) == [
        ("send", 20, ""),
        ("deliver", 14, "Rơi khi qua suối"),
        ("return", 4, "Rơi khi qua suối"),
        ("lose", 2, "Rơi khi qua suối"),
    ]
    assert prove().faults == []


def test_what_came_back_is_allocated_again(world: World) -> None:
    distribution = build.delivered(world, 20, received=12)
    first = distribution.lines.get().allocation
    again = build.allocated(world, 8, need=first.need, supply_line=first.supply_line)
    build.delivered(world, 8, allocation=again)
    first.need.balance.refresh_from_db()
    assert (first.need.balance.delivered, prove().faults) == (20, [])


def test_nothing_arrived_is_a_confirmation_too(world: World) -> None:
    distribution = build.sent(world, 20)
    confirmed = confirm(world, distribution, 0, returned=20, difference_reason="Đường bị sạt lở")
    assert (confirmed.state, ChildTurns.objects.get().turns) == ("confirmed", 0)


def test_the_day_of_delivery_decides_the_scope(world: World) -> None:
    with clock.standing_on(date(2025, 12, 30)):
        distribution = build.sent(world, 20)
    assert distribution.in_scope is True
    with clock.standing_on(date(2026, 1, 3)):
        confirmed = confirm(world, distribution, on=date(2026, 1, 2))
    assert (confirmed.in_scope, confirmed.occurred_on) == (False, date(2026, 1, 2))


@pytest.mark.parametrize(
    ("username", "behalf"),
    [
        ("officer.iadal", ""),
        ("leader", ""),
        ("union", ""),
        ("health", "UBND xã Ia Dom"),
        ("coordinator", "UBND xã Ia Dom"),
        ("coordinator.2", ""),
        ("coordinator.2", "UBND xã Ia Đal"),
    ],
)
def test_who_may_not_confirm(world: World, username: str, behalf: str) -> None:
    distribution = build.sent(world, 20)
    refusal = refusal_of(lambda: confirm(world, distribution, by=username, behalf=behalf))
    assert type(refusal) is Forbidden


def test_a_sender_to_whom_the_commune_delegates_still_does_not_confirm(world: World) -> None:
    distribution = build.sent(world, 20)
    Delegation.objects.create(
        from_user=world.user("officer.iadom"),
        to_user=world.user("coordinator"),
        valid_from=clock.today(),
        reason="Nghỉ phép",
    )
    assert type(refusal_of(lambda: confirm(world, distribution, by="coordinator"))) is Forbidden
    assert type(refusal_of(lambda: confirm(world, distribution, by="coordinator.2"))) is Forbidden


def test_on_behalf_of_the_commune_is_recorded(world: World) -> None:
    distribution = build.sent(world, 20)
    confirmed = confirm(world, distribution, by="coordinator.2", behalf="UBND xã Ia Dom")
    assert confirmed.on_behalf_of == world.agency("UBND xã Ia Dom")


def test_only_who_may_decide_it_says_that_goods_are_lost(world: World) -> None:
    distribution = build.sent(world, 20)
    refusal = refusal_of(lambda: confirm(world, distribution, 18, lost=2, difference_reason="Mất"))
    assert (type(refusal), refusal.code) == (Forbidden, "loss")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"received": 15}, ""),
        ({"received": 15, "difference_reason": "Thiếu"}, "does_not_add_up"),
        ({"received": 25, "difference_reason": "Thừa"}, "does_not_add_up"),
        ({"received": 15, "returned": 5}, "no_reason"),
        ({"received": -1, "returned": 21, "difference_reason": "Thiếu"}, "negative"),
        ({"turns": {}}, "child_turns"),
        ({"turns": {"6-10": 20}}, "child_turns"),
        ({"turns": {"3-5": 10, "6-10": 10}}, "child_turns"),
        ({"turns": {"3-5": -1}}, "negative"),
        (
            {"received": 0, "returned": 20, "difference_reason": "Mưa", "turns": {"3-5": 1}},
            "nothing_received",
        ),
    ],
)
def test_what_does_not_hold_is_refused(world: World, given: dict, code: str) -> None:
    distribution = build.sent(world, 20)
    refusal = refusal_of(lambda: confirm(world, distribution, **given))
    assert (refusal.code, isinstance(refusal, Refusal)) == (code or "refused", True)
    line = distribution.lines.get()
    assert all(place.startswith(f"line-{line.pk}-") for place in places_of(refusal))


def test_the_day_lies_between_sending_and_today(world: World) -> None:
    distribution = build.sent(world, 20)
    today = clock.today()
    for day, code in ((today + timedelta(days=1), "future"), (today - timedelta(days=1), "before_sending")):
        refusal = refusal_of(lambda day=day: confirm(world, distribution, on=day))
        assert (refusal.code, places_of(refusal)) == (code, ["occurred_on"])


def test_all_that_is_wrong_is_named_at_once(world: World) -> None:
    distribution = build.sent(world, 20)
    line = distribution.lines.get()
    refusal = refusal_of(lambda: confirm(world, distribution, 15, on=date(2025, 6, 3), turns={}))
    band = world.band("3-5").pk
    assert places_of(refusal) == [
        "occurred_on",
        f"line-{line.pk}-received",
        f"line-{line.pk}-difference_reason",
        f"line-{line.pk}-band-{band}",
    ]


def test_each_line_is_confirmed_once_and_no_other(world: World, officer: User) -> None:
    distribution, other = build.sent(world, 20), build.sent(world, 5, commune="Ia Đal")
    line, foreign = distribution.lines.get(), other.lines.get()
    band = {world.band("3-5").pk: 5}

    def confirm_lines(*lines: ConfirmedLine) -> Refusal:
        return refusal_of(
            lambda: confirm_delivery(
                by=officer, distribution=distribution, occurred_on=clock.today(), lines=lines
            )
        )

    assert confirm_lines().code == "line_missing"
    whole = ConfirmedLine(line, 20, child_turns=band)
    assert confirm_lines(whole, whole).code == "line_missing"
    assert confirm_lines(whole, ConfirmedLine(foreign, 5, child_turns=band)).code == "foreign_line"


def test_only_what_was_sent_is_confirmed_and_once(world: World) -> None:
    planned = build.planned(world, 20)
    assert type(refusal_of(lambda: confirm(world, planned))) is WrongState
    send_distribution(by=world.user("coordinator"), distribution=planned)
    confirm(world, planned)
    with override("en"):
        refusal = refusal_of(lambda: confirm(world, planned))
    assert type(refusal) is WrongState
    assert "already confirmed by officer.iadom as delivered on 02/06/2025" in str(refusal)


def test_a_need_of_all_ages_takes_any_bands_but_not_both_ways(world: World) -> None:
    distribution = build.sent(world, 1, item="play_area", band="all")
    refusal = refusal_of(lambda: confirm(world, distribution, 1, turns={"3-5": 10, "all": 30}))
    assert refusal.code == "counted_twice"
    confirm(world, distribution, 1, turns={"3-5": 10, "6-10": 25})
    assert list(ChildTurns.objects.order_by("pk").values_list("age_band__code", "turns")) == [
        ("3-5", 10),
        ("6-10", 25),
    ]


def sent_check_ups(world: World, planned: int = 120) -> Distribution:
    health = world.user("health")
    distribution = plan_distribution(
        by=health,
        area=world.area("health_nutrition"),
        lead_agency=health.agency,
        place=world.village("Ia Dom"),
        planned_on=clock.today(),
        lines=[
            PlannedLine(
                planned,
                service=world.item("check_up"),
                funding_source=FundingSource.objects.get(kind="local_budget"),
                unit_value=50_000,
            )
        ],
    )
    return send_distribution(by=health, distribution=distribution)


def test_a_service_counts_what_was_given(world: World) -> None:
    distribution = sent_check_ups(world)
    confirm(world, distribution, 110, turns={"0-2": 40, "3-5": 70}, difference_reason="Trẻ vắng")
    line = distribution.lines.get()
    assert (line.received, line.value, ChildTurns.objects.count()) == (110, 5_500_000, 2)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"received": 130}, "more_than_planned"),
        ({"received": 110}, "no_reason"),
        ({"received": 110, "returned": 10, "difference_reason": "Vắng"}, "more_than_planned"),
        ({"received": 120, "turns": {}}, "child_turns"),
    ],
)
def test_what_does_not_hold_of_a_service_is_refused(world: World, given: dict, code: str) -> None:
    distribution = sent_check_ups(world)
    assert refusal_of(lambda: confirm(world, distribution, **given)).code == code


def test_without_its_history_nothing_is_confirmed(world, monkeypatch) -> None:
    distribution = build.sent(world, 20)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError, match="no history"):
        confirm(world, distribution, 15, returned=5, difference_reason="Thiếu")
    distribution.refresh_from_db()
    line = distribution.lines.get()
    assert (distribution.state, line.received, line.allocation.balance.in_transit) == ("sent", None, 20)
    assert (ChildTurns.objects.count(), prove().faults) == (0, [])
