"""A pledge that is not kept: the preview, one transaction, what stays, what somebody changed meanwhile."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from directory import clock, history
from directory.errors import Forbidden, Stale, WrongState
from directory.models import HistoryEntry, User
from distributions.actions import PlannedLine, default_pledge, plan_distribution
from distributions.default import fall_of
from distributions.models import Allocation, Distribution, DistributionLine
from distributions.proof import prove
from donors.actions import withdraw_pledge
from donors.models import CashBalance, Pledge, SupplyBalance, SupplyLine
from needs.models import NeedBalance
from tests.distributions import build
from tests.distributions.refused import nothing_changed, refusal_of
from tests.donors import build as donors
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ClientOf = Callable[[User], Client]
UNNAMED = "something that was in the preview: 7 when you looked, 0 now."
REASON = "Công ty không liên hệ được"


def _default(by: User, pledge: Pledge, seen: dict[str, int] | None = None) -> Pledge:
    seen = fall_of(pledge).figures() if seen is None else seen
    return default_pledge(by=by, pledge=pledge, reason=REASON, seen=seen)


def _what_changed(by: User, pledge: Pledge, seen: dict[str, int]) -> list[str]:
    """What an outdated preview names, in English."""
    with override("en"):
        refusal = refusal_of(lambda: _default(by, pledge, seen))
    return [str(problem.message) for problem in refusal.problems][1:]


def _parts(allocation: Allocation) -> tuple[int, int, int]:
    balance = Allocation.objects.select_related("balance").get(pk=allocation.pk).balance
    return balance.open, balance.delivered, balance.reversed


def _covered(allocation: Allocation) -> int:
    return NeedBalance.objects.get(need_id=allocation.need_id).covered


@pytest.fixture
def supply(world: World) -> SupplyLine:
    """100 promised, 30 came."""
    return build.supply_of(world, 100, received=30)


def _of(supply: SupplyLine) -> Pledge:
    return supply.pledge_line.pledge


def test_the_stock_stays_with_the_most_urgent_and_the_rest_falls(
    world: World, supply: SupplyLine, coordinator: User
) -> None:
    mild = build.allocated(world, 40, need=build.need_of(world, 40, priority=3), supply_line=supply)
    urgent = build.need_of(world, 40, priority=1, place=world.village("Ia Đal"))
    first = build.allocated(world, 40, need=urgent, supply_line=supply)
    fall = fall_of(_of(supply))
    assert [(each.allocation, each.falls, each.stays) for each in fall.allocations] == [
        (mild, 40, 0),
        (first, 10, 30),
    ]
    assert [(each.came, each.to_come) for each in fall.lines] == [(30, 70)]
    _default(coordinator, _of(supply))
    assert (_parts(mild), _parts(first)) == ((0, 0, 40), (30, 0, 10))
    assert (_covered(mild), _covered(first)) == (0, 30)
    balance = SupplyBalance.objects.get(pk=supply.pk)
    assert (balance.received, balance.withdrawn, balance.allocated, balance.unallocated) == (30, 70, 30, 0)
    assert Pledge.objects.get(pk=_of(supply).pk).state == "defaulted"
    entry = HistoryEntry.objects.of(_of(supply))[0]
    assert (entry.from_state, entry.to_state, entry.reason) == ("open", "defaulted", REASON)
    assert [each.reason for each in HistoryEntry.objects.of(mild)[:1]] == [REASON]
    assert prove().faults == []


def test_what_was_delivered_or_is_on_the_way_stays(
    world: World, supply: SupplyLine, coordinator: User
) -> None:
    allocation = build.allocated(world, 60, need=build.need_of(world, 60), supply_line=supply)
    build.delivered(world, 20, allocation=allocation)
    build.sent(world, 10, allocation=allocation)
    _default(coordinator, _of(supply))
    balance = Allocation.objects.get(pk=allocation.pk).balance
    assert (balance.open, balance.in_transit, balance.delivered, balance.reversed) == (0, 10, 20, 30)
    assert _covered(allocation) == 30
    assert prove().faults == []


def test_what_came_goes_on_being_allocated(world: World, supply: SupplyLine, coordinator: User) -> None:
    _default(coordinator, _of(supply))
    need = build.need_of(world, 40)
    assert build.allocated(world, 30, need=need, supply_line=supply).quantity == 30
    assert refusal_of(lambda: build.allocated(world, 1, need=need, supply_line=supply)).details["left"] == 0


def test_cash_that_has_not_come_is_let_go(world: World, coordinator: User) -> None:
    pledge = donors.pledged(world, lines=[donors.cash(1_000)])
    donors.received(world, pledge, amount=400)
    _default(coordinator, pledge)
    assert list(CashBalance.objects.values_list("received", "withdrawn")) == [(400, 600)]
    assert prove().faults == []


def _planned(world: World, *lines: PlannedLine, days: int = 0) -> Distribution:
    first = lines[0].allocation
    assert first is not None
    by = build.officer_leading(world, first)
    assert by.agency is not None
    return plan_distribution(
        by=by,
        area=first.need.item.area,
        lead_agency=by.agency,
        place=first.need.place,
        planned_on=clock.today() + timedelta(days=days),
        lines=lines,
    )


def test_plans_lose_what_falls_the_latest_first(world: World, supply: SupplyLine, coordinator: User) -> None:
    kept = build.allocated(world, 10)  # of another pledge
    allocation = build.allocated(world, 60, need=build.need_of(world, 60, band="6-10"), supply_line=supply)
    soon = _planned(world, PlannedLine(25, allocation=allocation), PlannedLine(5, allocation=kept))
    later = _planned(world, PlannedLine(15, allocation=allocation), PlannedLine(5, allocation=kept), days=5)
    last = _planned(world, PlannedLine(20, allocation=allocation), days=9)
    fall = fall_of(_of(supply))
    assert [(each.line.distribution, each.taken, each.left) for each in fall.plans] == [
        (last, 20, 0),
        (later, 10, 5),
    ]
    assert fall.given_up == {last.pk}
    _default(coordinator, _of(supply))
    states = dict(Distribution.objects.values_list("pk", "state"))
    assert states == {soon.pk: "planned", later.pk: "planned", last.pk: "cancelled"}
    lines = DistributionLine.objects.order_by("pk").values_list("distribution", "planned")
    assert list(lines) == [(soon.pk, 25), (soon.pk, 5), (later.pk, 5), (later.pk, 5), (last.pk, 20)]
    entry = HistoryEntry.objects.of(later)[0]
    assert (entry.details["before"], entry.details["after"]) == (
        {"lines": "15 bộ đồ ấm; 5 bộ đồ ấm"},
        {"lines": "5 bộ đồ ấm; 5 bộ đồ ấm"},
    )
    assert REASON in entry.reason
    assert (
        HistoryEntry.objects.of(last)[0].to_state,
        prove().faults,
    ) == ("cancelled", [])


def test_a_line_that_falls_whole_goes_out_of_a_plan_that_stays(
    world: World, supply: SupplyLine, coordinator: User
) -> None:
    kept = build.allocated(world, 10)
    allocation = build.allocated(world, 60, need=build.need_of(world, 60, band="6-10"), supply_line=supply)
    plan = _planned(world, PlannedLine(60, allocation=allocation), PlannedLine(5, allocation=kept))
    SupplyBalance.objects.filter(pk=supply.pk).update(received=0)
    fall = fall_of(_of(supply))
    assert [(each.taken, each.left) for each in fall.plans] == [(60, 0)]
    _default(coordinator, _of(supply))
    assert list(plan.lines.values_list("allocation", "planned")) == [(kept.pk, 5)]
    assert Distribution.objects.get().state == "planned"


def test_an_outdated_preview_is_refused_with_what_changed(
    world: World, supply: SupplyLine, coordinator: User
) -> None:
    allocation = build.allocated(world, 60, need=build.need_of(world, 60), supply_line=supply)
    seen = fall_of(_of(supply)).figures()
    donors.received(world, _of(supply), 10, occurred_on=clock.today())
    _planned(world, PlannedLine(55, allocation=allocation))
    with nothing_changed(), pytest.raises(Stale) as caught:
        _default(coordinator, _of(supply), seen)
    messages = [str(problem.message) for problem in caught.value.problems]
    assert [any(number in text for text in messages[1:]) for number in ("70", "60", "30", "20", "15")] == [
        True
    ] * 5
    assert len(messages) == 4
    _default(coordinator, _of(supply))
    assert prove().faults == []


def test_who_may_with_what_reason_and_in_which_state(
    world: World, supply: SupplyLine, coordinator: User, officer: User, leader: User
) -> None:
    pledge = _of(supply)
    for user in (officer, leader):
        assert isinstance(refusal_of(lambda user=user: _default(user, pledge)), Forbidden)
    seen = fall_of(pledge).figures()
    refusal = refusal_of(lambda: default_pledge(by=coordinator, pledge=pledge, reason=" ", seen=seen))
    assert [problem.place for problem in refusal.problems] == ["reason"]
    other = donors.pledged(world)
    withdraw_pledge(by=coordinator, pledge=other, reason="nhầm")
    assert isinstance(refusal_of(lambda: _default(coordinator, other)), WrongState)


def test_all_of_it_or_nothing(
    world: World, supply: SupplyLine, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    allocation = build.allocated(world, 60, need=build.need_of(world, 60), supply_line=supply)
    _planned(world, PlannedLine(60, allocation=allocation))
    record = history.record

    def broken(subject: object, *args: object, **given: object) -> object:
        if isinstance(subject, Pledge):
            raise DatabaseError("the history cannot be written")
        return record(subject, *args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(history, "record", broken)
    with nothing_changed(), pytest.raises(DatabaseError):
        _default(coordinator, _of(supply))
    assert Pledge.objects.get(pk=_of(supply).pk).state == "open"


# The screen


def test_the_preview_is_shown_and_confirmed(
    client_of: ClientOf, world: World, supply: SupplyLine, coordinator: User
) -> None:
    allocation = build.allocated(world, 60, need=build.need_of(world, 60), supply_line=supply)
    plan = _planned(world, PlannedLine(60, allocation=allocation))
    browser, pledge = client_of(coordinator), _of(supply)
    url, detail = (reverse(name, args=[pledge.pk]) for name in ("pledge_default", "pledge_detail"))
    assert url in browser.get(detail).text
    page = browser.get(url)
    assert page.context["fall"].figures() == fall_of(pledge).figures()
    assert plan.code in page.text
    form = {
        "seen": page.context["form"].initial["seen"],
        "reason": REASON,
        "client_key": str(uuid.uuid4()),
    }
    assert browser.post(url, {**form, "reason": ""}).status_code == 422
    assert browser.post(url, form).url == browser.post(url, form).url == detail
    assert _parts(allocation) == (30, 0, 30)
    assert url not in browser.get(detail).text
    assert browser.get(url).status_code == 409


def test_a_preview_that_changed_is_shown_anew(
    client_of: ClientOf, world: World, supply: SupplyLine, coordinator: User
) -> None:
    browser, pledge = client_of(coordinator), _of(supply)
    url = reverse("pledge_default", args=[pledge.pk])
    seen = browser.get(url).context["form"].initial["seen"]
    allocation = build.allocated(world, 60, need=build.need_of(world, 60), supply_line=supply)
    response = browser.post(url, {"seen": seen, "reason": REASON})
    assert response.status_code == 409
    again = response.context["form"]["seen"].value()
    assert json.loads(again) == fall_of(pledge).figures()
    assert browser.post(url, {"seen": again, "reason": REASON}).status_code == 302
    assert _parts(allocation) == (30, 0, 30)


@pytest.mark.parametrize(
    "seen",
    ["", "nonsense", "[]", '{"line-1": "5"}', '{"line-1": %s}' % ("9" * 5_000), "[" * 100_000],
    ids=["empty", "no JSON", "a list", "a text", "very many digits", "very deep"],
)
def test_a_damaged_preview_does_nothing(
    client_of: ClientOf, world: World, supply: SupplyLine, coordinator: User, seen: str
) -> None:
    url = reverse("pledge_default", args=[_of(supply).pk])
    with nothing_changed():
        assert client_of(coordinator).post(url, {"seen": seen, "reason": REASON}).status_code == 422


@pytest.mark.parametrize("figure", ["line-x", "line-999999", "allocation-999999", "plan-x", ""])
def test_a_figure_that_was_never_in_the_preview_is_refused(
    client_of: ClientOf, world: World, supply: SupplyLine, coordinator: User, figure: str
) -> None:
    url = reverse("pledge_default", args=[_of(supply).pk])
    seen = {**fall_of(_of(supply)).figures(), figure: 7}
    with nothing_changed():
        response = client_of(coordinator).post(url, {"seen": json.dumps(seen), "reason": REASON})
    assert response.status_code == 409
    assert _what_changed(coordinator, _of(supply), seen) == [UNNAMED]


def test_what_falls_of_another_pledge_is_not_named(
    world: World, supply: SupplyLine, coordinator: User
) -> None:
    """A made-up figure would otherwise be answered with the names of another district."""
    other = build.allocated(world, 10)
    made_up = {f"allocation-{other.pk}": 7, f"line-{other.supply_line.pledge_line_id}": 7}
    seen = {**fall_of(_of(supply)).figures(), **made_up}
    assert _what_changed(coordinator, _of(supply), seen) == [UNNAMED] * 2


def test_others_do_not_find_the_deed(
    client_of: ClientOf, world: World, supply: SupplyLine, officer: User, stranger: User
) -> None:
    url = reverse("pledge_default", args=[_of(supply).pk])
    for user in (officer, stranger):
        assert client_of(user).get(url).status_code == 403
