"""Many at once, each with a connection of its own, on real row locks."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from django.db import connection, transaction

from directory import clock
from directory.errors import Refusal
from directory.models import Place
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    allocate,
    call_back_distribution,
    confirm_delivery,
    correct_delivery,
    correct_visit,
    default_pledge,
    keep_scan,
    plan_distribution,
    reverse_allocation,
    send_distribution,
    take_scan_away,
)
from distributions.actions.correction_checks import stands
from distributions.default import fall_of
from distributions.models import Allocation, AllocationBalance, DeliveryScan, Distribution, DistributionLine
from distributions.proof import prove
from documents.scan import CleanScan
from donors.models import SupplyBalance, SupplyLine
from needs.models import Need, NeedBalance
from tests.distributions import build
from tests.distributions.test_supervision import done
from tests.distributions.test_visit_correction import as_it_stands
from tests.donors import build as donors
from tests.world import World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ROUNDS = [10, pytest.param(50, marks=pytest.mark.deep), pytest.param(200, marks=pytest.mark.deep)]
CLAIMS, CAPACITY = 20, 10
PATIENCE = 60


def at_once(deeds: Iterable[Callable[[], object]]) -> list[object]:
    """What each deed returned, or the refusal it met; all start together, a lock-up fails the test."""
    deeds = list(deeds)
    together, outcomes = threading.Barrier(len(deeds)), []
    day = clock.today()

    def run(deed: Callable[[], object]) -> None:
        try:
            with clock.standing_on(day):
                together.wait(PATIENCE)
                outcomes.append(deed())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,), daemon=True) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(outcomes) == len(deeds)
    return outcomes


def tally(outcomes: list[object]) -> dict[str, int]:
    """How many met each refusal (its code), or came to what."""
    return dict(Counter(one.code if isinstance(one, Refusal) else type(one).__name__ for one in outcomes))


def needs_apart(world: World, count: int) -> list[Need]:
    """Needs at new places: there is one need for an item at a place in a round."""
    first = world.village("Ia Dom")
    places = [
        Place.objects.create(
            unit=first.unit,
            kind=first.kind,
            name=f"Thôn mới {Place.objects.count()}",
            valid_from=first.valid_from,
        )
        for _ in range(count)
    ]
    return [build.need_of(world, 100, place=place) for place in places]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_twenty_claims_on_ten_pieces_ten_are_met(world: World, rounds: int) -> None:
    by, needs = world.user("coordinator"), needs_apart(world, 4)
    for _ in range(rounds):
        line = build.supply_of(world, CAPACITY)
        claims = [
            lambda need=need, line=line: allocate(by=by, supply_line=line, need=need, quantity=1)
            for _ in range(CLAIMS // len(needs))
            for need in needs
        ]
        assert tally(at_once(claims)) == {"Allocation": 10, "not_enough_supply": 10}
        assert SupplyBalance.objects.get(line=line).allocated == CAPACITY
        if NeedBalance.objects.filter(covered__gt=80).exists():
            needs = needs_apart(world, 4)
    assert prove().faults == []


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_twenty_claims_on_a_need_of_ten_ten_are_met(world: World, rounds: int) -> None:
    by, line = world.user("coordinator"), build.supply_of(world, 10_000)
    for need in needs_apart(world, rounds):
        NeedBalance.objects.filter(need=need).update(quantity=CAPACITY)
        need.moves.update(delta=CAPACITY)
        claims = [lambda need=need: allocate(by=by, supply_line=line, need=need, quantity=1)] * CLAIMS
        assert tally(at_once(claims)) == {"Allocation": 10, "not_enough_need": 10}
    assert prove().faults == []


def test_without_the_guard_the_race_is_there(world: World) -> None:
    """Negative control: claims that read, think and write. If they keep the cap, nothing is proved here."""
    table = "scratch_race"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (id int PRIMARY KEY, capacity int, taken int)")
    thinking = threading.Barrier(CLAIMS)

    def claim(number: int) -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT capacity - taken FROM {table} WHERE id = %s", [number])
            left = cursor.fetchone()[0]
            thinking.wait(PATIENCE)
            if left < 1:
                return "refused"
            cursor.execute(f"UPDATE {table} SET taken = taken + 1 WHERE id = %s", [number])
            return "taken"

    try:
        for number in range(3):
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {table} VALUES (%s, %s, 0)", [number, CAPACITY])
            outcomes = at_once([lambda number=number: claim(number)] * CLAIMS)
            assert outcomes == ["taken"] * CLAIMS
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT taken FROM {table} WHERE id = %s", [number])
                assert cursor.fetchone()[0] == CLAIMS
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {table}")


def test_opposing_orders_do_not_lock_each_other_up(world: World) -> None:
    """Distributions that hold the same allocations in opposite orders, sent and confirmed at once."""
    by, area = world.user("coordinator"), world.area("warm_clothing")
    allocations = [build.allocated(world, 60, need=need) for need in needs_apart(world, 4)]

    def plan(rows: list[Allocation]) -> Distribution:
        return plan_distribution(
            by=by,
            area=area,
            lead_agency=by.agency,
            place=world.village("Ia Dom"),
            planned_on=clock.today(),
            lines=[PlannedLine(5, allocation=row) for row in rows],
        )

    plans = [plan(allocations if number % 2 else allocations[::-1]) for number in range(10)]
    outcomes = at_once(lambda one=one: send_distribution(by=by, distribution=one) for one in plans)
    assert tally(outcomes) == {"Distribution": 10}

    officer, band = world.user("officer.iadom"), world.band("3-5").pk

    def confirm(distribution: Distribution, backwards: bool) -> Distribution:
        lines = list(distribution.lines.order_by("-pk" if backwards else "pk"))
        confirmed = [
            ConfirmedLine(line, 3, returned=2, difference_reason="Thừa", child_turns={band: 3})
            for line in lines
        ]
        return confirm_delivery(
            by=officer, distribution=distribution, occurred_on=clock.today(), lines=confirmed
        )

    others = needs_apart(world, 1)[0]
    deeds: list[Callable[[], object]] = [
        lambda one=one, number=number: confirm(one, bool(number % 2)) for number, one in enumerate(plans)
    ]
    for row in reversed(allocations):
        deeds.append(
            lambda row=row: reverse_allocation(by=by, allocation=row, quantity=1, reason="Thử ngược chiều")
        )
        deeds.append(lambda row=row: allocate(by=by, supply_line=row.supply_line, need=others, quantity=1))
    counted = tally(at_once(deeds))
    assert counted.pop("Distribution") == 10
    # An allocation taken at once may find nothing back in its supply line yet; nobody waits for ever.
    assert sum(counted.values()) == 8
    assert set(counted) <= {"Allocation", "not_enough_supply"}
    assert prove().faults == []


def test_what_is_sent_twice_at_once_leaves_once(world: World) -> None:
    by, distribution = world.user("coordinator"), build.planned(world, 20)
    outcomes = at_once([lambda: send_distribution(by=by, distribution=distribution)] * 6)
    assert tally(outcomes) == {"Distribution": 1, "wrong_state": 5}
    assert AllocationBalance.objects.get().in_transit == 20


def test_what_is_called_back_while_the_commune_confirms_is_either_here_or_there(world: World) -> None:
    by, officer, band = world.user("coordinator"), world.user("officer.iadom"), world.band("3-5").pk
    distribution = build.sent(world, 20)
    said = ConfirmedLine(distribution.lines.get(), 20, child_turns={band: 20})
    ways = {"by": officer, "distribution": distribution, "occurred_on": clock.today(), "lines": [said]}
    back = {"by": by, "distribution": distribution, "reason": "Nhầm"}
    deeds = [lambda: call_back_distribution(**back), lambda: confirm_delivery(**ways)] * 3
    assert tally(at_once(deeds)) == {"Distribution": 1, "wrong_state": 5}
    assert prove().faults == []


def test_an_allocation_is_not_planned_twice_over(world: World) -> None:
    by, allocation = world.user("coordinator"), build.allocated(world, 20)

    def plan() -> Distribution:
        return plan_distribution(
            by=by,
            area=world.area("warm_clothing"),
            lead_agency=by.agency,
            place=world.village("Ia Dom"),
            planned_on=clock.today(),
            lines=[PlannedLine(8, allocation=allocation)],
        )

    assert tally(at_once([plan] * 6)) == {"Distribution": 2, "not_enough_open": 4}


def test_a_reversal_and_a_plan_do_not_take_the_same_pieces(world: World) -> None:
    by = world.user("coordinator")
    for _ in range(5):
        [need] = needs_apart(world, 1)
        allocation = build.allocated(world, 20, need=need)
        deeds = [
            lambda allocation=allocation: build.planned(world, 20, allocation=allocation),
            lambda allocation=allocation: reverse_allocation(
                by=by, allocation=allocation, quantity=20, reason="Nhầm xã"
            ),
        ]
        counted = tally(at_once(deeds))
        assert counted.pop("not_enough_open") == 1
        assert list(counted.values()) == [1]


def _corrected(world: World, line: DistributionLine, received: int) -> Callable[[], object]:
    """Each from a page that shows what stands now."""
    by, seen, band = world.user("officer.iadom"), stands(line), line.child_turns.get().age_band_id
    right = ConfirmedLine(
        line,
        received,
        missing=line.planned - received,
        difference_reason="Gõ nhầm",
        child_turns={band: received},
    )
    return lambda: correct_delivery(by=by, line=line, right=right, seen=seen)


def test_of_two_corrections_at_once_one_is_booked(world: World) -> None:
    for _ in range(5):
        [need] = needs_apart(world, 1)
        line = build.delivered(world, 20, allocation=build.allocated(world, 20, need=need)).lines.get()
        outcomes = at_once([_corrected(world, line, received) for received in (18, 15)])
        assert tally(outcomes) == {"DeliveryCorrection": 1, "stale": 1}
        balance = NeedBalance.objects.get(need=need)
        assert balance.delivered == balance.covered in (18, 15)
    assert prove().faults == []


def test_of_two_corrections_of_a_visit_at_once_one_is_kept_and_the_other_told(world: World) -> None:
    by, other = world.user("coordinator"), world.user("coordinator.2")
    for _ in range(5):
        visit = done(world, by)
        rights = [replace(as_it_stands(visit), conclusion=text) for text in ("Một", "Hai")]
        outcomes = at_once(
            lambda user=user, right=right, visit=visit: correct_visit(
                by=user, visit=visit, right=right, reason="Gõ nhầm", version=0
            )
            for user, right in zip((by, other), rights, strict=True)
        )
        assert tally(outcomes) == {"VisitCorrection": 1, "stale": 1}
        [kept] = visit.corrections.all()
        visit.refresh_from_db()
        assert visit.conclusion == ("Một" if kept.by == by else "Hai")


def test_a_scan_is_taken_away_once_and_what_is_erased_at_once_stays_erased(world: World) -> None:
    office, officer = world.user("coordinator"), world.user("officer.iadom")
    for number in range(5):
        [need] = needs_apart(world, 1)
        distribution = build.delivered(world, 5, allocation=build.allocated(world, 5, need=need))
        page = CleanScan(f"trang {number}".encode())
        keep_scan(by=officer, distribution=distribution, scan=page)
        scan = DeliveryScan.objects.get(distribution=distribution)
        deeds = [
            lambda scan=scan: take_scan_away(by=officer, scan=scan, how="aside", why="Của đợt khác"),
            lambda scan=scan: take_scan_away(by=office, scan=scan, how="erased", why="Có tên trẻ em"),
        ]
        outcomes = tally(at_once(deeds))
        # The office erases what was set aside too; nothing sets aside what is erased.
        assert outcomes in ({"DeliveryScan": 2}, {"DeliveryScan": 1, "forbidden": 1})
        scan.refresh_from_db()
        assert (scan.removed_as, bytes(scan.content)) == ("erased", b"")


def test_an_allocation_and_a_correction_upwards_never_cover_a_need_twice(world: World) -> None:
    by = world.user("coordinator")
    for _ in range(5):
        need, line = needs_apart(world, 1)[0], build.supply_of(world, 200)
        allocation = build.allocated(world, 100, need=need, supply_line=line)
        delivery = build.delivered(world, 100, allocation=allocation).lines.get()
        _corrected(world, delivery, 90)()
        delivery.refresh_from_db()
        deeds = [
            lambda need=need, line=line: allocate(by=by, supply_line=line, need=need, quantity=10),
            _corrected(world, delivery, 100),
        ]
        assert tally(at_once(deeds)) in (
            {"Allocation": 1, "need_covered": 1},
            {"DeliveryCorrection": 1, "not_enough_need": 1},
        )
    assert prove().faults == []


def test_a_double_click_at_the_same_moment_allocates_once(world: World) -> None:
    by, need, line = world.user("coordinator"), build.need_of(world, 50), build.supply_of(world, 50)
    key = uuid.uuid4()
    outcomes = at_once([lambda: allocate(by=by, supply_line=line, need=need, quantity=5, key=key)] * 6)
    assert (tally(outcomes), Allocation.objects.count()) == ({"Allocation": 6}, 1)


# A pledge that is not kept


def _promised(world: World) -> tuple[SupplyLine, Need]:
    """100 promised, 30 came; a need of 60."""
    return build.supply_of(world, 100, received=30), needs_apart(world, 1)[0]


def _not_kept(world: World, line: SupplyLine) -> Callable[[], object]:
    pledge, seen = line.pledge_line.pledge, fall_of(line.pledge_line.pledge).figures()
    by = world.user("coordinator")
    return lambda: default_pledge(by=by, pledge=pledge, reason="không liên hệ được", seen=seen)


def test_an_allocation_and_a_default_at_once_leave_nothing_allocated_that_does_not_come(world: World) -> None:
    by = world.user("coordinator")
    for _ in range(5):
        line, need = _promised(world)
        outcomes = at_once(
            [
                lambda line=line, need=need: allocate(by=by, supply_line=line, need=need, quantity=60),
                _not_kept(world, line),
            ]
        )
        assert tally(outcomes) in (
            {"Allocation": 1, "stale": 1},
            {"Pledge": 1, "not_enough_supply": 1},
        )
        balance = SupplyBalance.objects.get(line=line)
        assert (balance.allocated, balance.withdrawn) in ((60, 0), (0, 70))
    assert prove().faults == []


def test_a_receipt_and_a_default_at_once_keep_what_came(world: World) -> None:
    for _ in range(5):
        line, need = _promised(world)
        build.allocated(world, 60, need=need, supply_line=line)
        pledge = line.pledge_line.pledge
        outcomes = at_once(
            [
                lambda pledge=pledge: donors.received(world, pledge, 20, occurred_on=clock.today()),
                _not_kept(world, line),
            ]
        )
        assert tally(outcomes) in ({"Receipt": 1, "stale": 1}, {"Pledge": 1, "wrong_state": 1})
        balance = SupplyBalance.objects.get(line=line)
        assert (balance.received, balance.withdrawn, balance.allocated) in ((50, 0, 60), (30, 70, 30))
    assert prove().faults == []


def test_a_plan_and_a_default_at_once_never_carry_what_falls(world: World) -> None:
    for _ in range(5):
        line, need = _promised(world)
        allocation = build.allocated(world, 60, need=need, supply_line=line)
        outcomes = at_once(
            [
                lambda allocation=allocation: build.planned(world, 60, allocation=allocation),
                _not_kept(world, line),
            ]
        )
        assert tally(outcomes) in ({"Distribution": 1, "stale": 1}, {"Pledge": 1, "not_enough_open": 1})
        balance = AllocationBalance.objects.get(allocation=allocation)
        assert (balance.open, balance.reversed) in ((60, 0), (30, 30))
    assert prove().faults == []


def test_two_defaults_at_once_are_one(world: World) -> None:
    line, need = _promised(world)
    build.allocated(world, 60, need=need, supply_line=line)
    deed = _not_kept(world, line)
    assert tally(at_once([deed, deed])) == {"Pledge": 1, "wrong_state": 1}
    assert prove().faults == []
