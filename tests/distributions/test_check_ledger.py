"""``manage.py check_ledger`` finds what is off and names it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from directory import clock
from distributions.models import AllocationBalance, AllocationMove, Distribution, DistributionLine
from distributions.proof import faults, in_order, prove
from donors.actions import move_stock, restore_stock, write_off_stock
from donors.models import CashBalance, CashMove, Purchase, SupplyBalance, SupplyMove
from needs.models import NeedBalance, NeedMove
from tests.distributions import build
from tests.donors import build as donors
from tests.donors import buying
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def books(world: World) -> None:
    """One of everything: a short delivery of 20 of 30, 5 in transit, and cash."""
    line = build.supply_of(world, 200, received=100)
    allocation = build.allocated(world, 40, need=build.need_of(world, 50), supply_line=line)
    build.delivered(world, 30, received=20, allocation=allocation)
    build.sent(world, 5, allocation=allocation)
    donors.received(world, donors.pledged(world, lines=[donors.cash(5_000_000)]), amount=2_000_000)
    donors.received(world, donors.pledged(world, quantity=30), 20)


def said() -> tuple[str, str]:
    """What the command prints, and what it fails with ("": it does not)."""
    assert in_order() == (not list(faults()))
    out = StringIO()
    try:
        call_command("check_ledger", stdout=out)
    except CommandError as error:
        return out.getvalue(), f"exit {error.returncode}: {error}"
    return out.getvalue(), ""


def test_books_in_order(books: None) -> None:
    assert said() == (
        "ledger in order: 1 needs, 2 supply lines, 1 cash lines, 1 allocations, 2 distribution lines\n",
        "",
    )


def test_empty_books_are_in_order(world: World) -> None:
    assert said()[1] == ""


# what is done behind the actions' back, and the start and end of the lines that must name it
TAMPERED: list[tuple[str, Callable[[], object], list[tuple[str, str]]]] = [
    (
        "a covered need",
        lambda: NeedBalance.objects.update(covered=F("covered") + 1),
        [("need ", "covered is 31, the moves make 30")],
    ),
    (
        "a delivered need",
        lambda: NeedBalance.objects.update(delivered=F("delivered") - 1),
        [("need ", "delivered is 19, the moves make 20")],
    ),
    (
        "a grown need",
        lambda: NeedBalance.objects.update(quantity=60),
        [("need ", "quantity is 60, the moves make 50")],
    ),
    (
        "supply set aside",
        lambda: SupplyBalance.objects.filter(quantity=200).update(allocated=F("allocated") + 3),
        [("supply line ", "allocated is 33, the moves make 30")],
    ),
    (
        "stock",
        lambda: SupplyBalance.objects.filter(quantity=200).update(received=150),
        [("supply line ", "received is 150, the moves make 100")],
    ),
    (
        "what left the stock",
        lambda: SupplyBalance.objects.filter(quantity=200).update(sent=F("sent") - 1),
        [("supply line ", "sent is 24, the moves make 25")],
    ),
    (
        "parts of an allocation",
        lambda: AllocationBalance.objects.update(open=F("open") + 2, in_transit=F("in_transit") - 2),
        [
            ("allocation ", "open is 7, the moves make 5"),
            ("allocation ", "in_transit is 3, the moves make 5"),
        ],
    ),
    (
        "a sending that nobody called back",
        lambda: Distribution.objects.filter(state="sent").update(state="cancelled"),
        [("distribution line ", "sent is 0, the moves make 5")],
    ),
    (
        "a confirmed line",
        lambda: DistributionLine.objects.filter(received=20).update(received=21, returned=9),
        [
            ("distribution line ", "received is 21, the moves make 20"),
            ("distribution line ", "returned is 9, the moves make 10"),
        ],
    ),
    (
        "cash",
        lambda: CashBalance.objects.update(received=F("received") + 1),
        [("cash line ", "received is 2000001, the moves make 2000000")],
    ),
    (
        "a lost move of a need",
        lambda: NeedMove.objects.all().delete(),
        [("need ", "quantity is 50, the moves make 0")],
    ),
    (
        "a lost move of supply",
        lambda: SupplyMove.objects.filter(kind="receive", line__balance__quantity=200).delete(),
        [
            ("supply line ", "received is 100, the moves make 0"),
            ("receipt line ", "accepted is 100, the moves make 0"),
        ],
    ),
    (
        "a lost move of cash",
        lambda: CashMove.objects.filter(kind="pledge").delete(),
        [("cash line ", "amount is 5000000, the moves make 0")],
    ),
    (
        "a lost loss of an allocation",
        lambda: AllocationMove.objects.filter(kind="return").delete(),
        [
            ("need ", "covered is 30, the moves make 40"),
            ("supply line ", "allocated is 30, the moves make 40"),
            ("supply line ", "sent is 25, the moves make 35"),
            ("allocation ", "in_transit is 5, the moves make 15"),
            ("allocation ", "returned is 10, the moves make 0"),
            ("distribution line ", "returned is 10, the moves make 0"),
        ],
    ),
]


# The same of what is bought, moved and written off: see ``stocked``.
OF_STOCK: list[tuple[str, Callable[[], object], list[tuple[str, str]]]] = [
    (
        "moved pieces",
        lambda: SupplyBalance.objects.filter(moved=6).update(moved=5),
        [("supply line ", "moved is 5, the moves make 6")],
    ),
    (
        "written off pieces",
        lambda: SupplyBalance.objects.filter(written_off=3).update(written_off=4),
        [("supply line ", "written_off is 4, the moves make 3")],
    ),
    (
        "pieces that came from elsewhere",
        lambda: SupplyBalance.objects.filter(quantity=6).update(received=5),
        [("supply line ", "received is 5, the moves make 6")],
    ),
    (
        "reserved đồng",
        lambda: CashBalance.objects.update(reserved=F("reserved") - 1),
        [("cash line ", "reserved is 999999, the moves make 1000000")],
    ),
    (
        "spent đồng",
        lambda: CashBalance.objects.update(spent=F("spent") + 1),
        [("cash line ", "spent is 3800001, the moves make 3800000")],
    ),
    (
        "a lost reservation",
        lambda: CashMove.objects.filter(kind="reserve", amount=1_000_000).delete(),
        [
            ("cash line ", "reserved is 1000000, the moves make 0"),
            ("purchase ", "reserved is 1000000, the moves make 0"),
        ],
    ),
    (
        "a lost release",
        lambda: CashMove.objects.filter(kind="release").delete(),
        [
            ("cash line ", "reserved is 1000000, the moves make 5000000"),
            ("purchase ", "reserved is 4000000, the moves make 0"),
        ],
    ),
    (
        "a lost payment",
        lambda: CashMove.objects.filter(kind="spend").delete(),
        [
            ("cash line ", "spent is 3800000, the moves make 0"),
            ("purchase ", "spent is 3800000, the moves make 0"),
        ],
    ),
    (
        "an invoice changed afterwards",
        lambda: Purchase.objects.filter(state="done").update(spent=3_700_000, received=19),
        [
            ("purchase ", "spent is 3700000, the moves make 3800000"),
            ("purchase ", "received is 19, the moves make 20"),
        ],
    ),
    (
        "goods that left and did not arrive",
        lambda: SupplyMove.objects.filter(kind="move_in").delete(),
        [
            ("supply line ", "received is 6, the moves make 0"),
            ("movement ", "quantity is 6, the moves make 0"),
        ],
    ),
    (
        "goods that arrived and did not leave",
        lambda: SupplyMove.objects.filter(kind="move_out").delete(),
        [
            ("supply line ", "moved is 6, the moves make 0"),
            ("movement ", "quantity is 6, the moves make 0"),
        ],
    ),
    (
        "a lost write-off",
        lambda: SupplyMove.objects.filter(kind="write_off").delete(),
        [("supply line ", "written_off is 3, the moves make 0")],
    ),
]


@pytest.fixture
def stocked(world: World) -> None:
    """20 bought for 3.8 of 4 million đồng reserved; 6 moved, 3 written off; another purchase planned."""
    by, money = world.user("coordinator"), buying.money_of(world)
    line = buying.bought(world, money=money, spent=3_800_000).supply_line
    buying.planned(world, 5, 200_000, money=money)
    day = clock.today()
    to = world.agency("UBND xã Ia Dom")
    move_stock(by=by, line=line, to=to, quantity=6, occurred_on=day, reason="Gần nơi trao")
    write_off_stock(by=by, line=line, quantity=4, occurred_on=day, reason="Mưa dột kho")
    restore_stock(by=by, line=line, quantity=1, reason="Tìm thấy lại")


def test_books_of_purchases_and_stock_in_order(stocked: None) -> None:
    assert said()[1] == ""


@pytest.mark.parametrize(("tamper", "lines"), [row[1:] for row in OF_STOCK], ids=[row[0] for row in OF_STOCK])
def test_what_is_off_of_the_stock_is_named(stocked: None, tamper, lines: list[tuple[str, str]]) -> None:
    tamper()
    found = said()[0].splitlines()
    assert len(found) == len(lines), found
    for line, (start, end) in zip(found, lines, strict=True):
        assert (line.startswith(start), line.endswith(end)) == (True, True), line


@pytest.mark.parametrize(("tamper", "lines"), [row[1:] for row in TAMPERED], ids=[row[0] for row in TAMPERED])
def test_what_is_off_is_named_with_both_figures(books: None, tamper, lines: list[tuple[str, str]]) -> None:
    tamper()
    out, error = said()
    found = out.splitlines()
    assert len(found) == len(lines)
    for line, (start, end) in zip(found, lines, strict=True):
        assert (line.startswith(start), line.endswith(end)) == (True, True), line
    assert error.startswith(f"exit 1: ledger off in {len(lines)} places of 1 needs")


def test_a_row_names_itself_as_people_call_it(books: None) -> None:
    NeedBalance.objects.update(covered=F("covered") + 1)
    assert "Thôn 1, xã Ia Dom" in said()[0]


def test_a_row_without_its_balance_is_named(books: None) -> None:
    AllocationMove.objects.all().delete()
    AllocationBalance.objects.all().delete()
    assert "has no balance" in said()[0]


def test_the_proof_costs_the_same_for_one_row_and_for_many(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert prove().faults == []
        return len(queries)

    build.delivered(world, 20)
    before = cost()
    for band in ("0-2", "6-10", "11-15"):
        build.delivered(world, 20, band=band)
    assert (cost(), before < 35) == (before, True)


def test_a_balance_of_another_place_than_its_need_is_named(books: None, world: World) -> None:
    wrong, right = world.school("Ia Tơi").pk, world.village("Ia Dom").pk
    NeedBalance.objects.update(place=wrong)
    assert f"place_id is {wrong}, the moves make {right}" in said()[0]
