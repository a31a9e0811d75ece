"""From the tables to a proposal: who is asked, what is offered, what stays out and why."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from directory import clock
from directory.models import Agency, Place, User
from distributions.actions import Reasons, accept_plan
from distributions.actions.allocation_checks import obeys_earmark
from distributions.board import Sieve
from distributions.support_plan import Draft, choices_for
from distributions.support_plan_sides import Purposes
from donors.actions import move_stock
from donors.models import PledgeLine, SupplyLine
from needs.actions import close_round
from needs.models import Need
from tests.distributions import build
from tests.distributions.test_overlap import for_the_village, of_the_union
from tests.donors import build as donors
from tests.donors.test_overlap import _plan as planned_by
from tests.merger import Merger
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def draft(world: World, *, reasons: Reasons | None = None, **sieve: object) -> Draft:
    by = world.user("coordinator")
    return Draft(by, choices_for(by)[0], Sieve(**sieve), reasons or Reasons())


def lines(found: Draft) -> list[tuple[int, int, int]]:
    return [(line.supply_line.pk, line.need.pk, line.share.quantity) for line in found.lines]


def gaps(found: Draft) -> list[tuple[int, int, str]]:
    return [(gap.need.pk, gap.lacking, gap.reason) for gap in found.gaps]


def test_what_is_bound_goes_where_it_must_and_the_free_to_the_rest_by_priority(world: World) -> None:
    later, first = build.need_of(world, 40, band="0-2", priority=2), build.need_of(world, 30)
    bound = build.supply_of(world, 10, earmark_hard=True, earmark="need", earmark_need=later)
    free = build.supply_of(world, 50, received=45)
    with override("en"):
        found = draft(world)
        assert lines(found) == [(free.pk, first.pk, 30), (bound.pk, later.pk, 10), (free.pk, later.pk, 20)]
        assert [line.reason for line in found.lines] == [
            "free to use; in stock; covers the need alone",
            f"given for {later} only; in stock",
            "free to use; 15 in stock, the rest still to come",
        ]
        assert gaps(found) == [(later.pk, 10, "all that may go there goes to needs that come first")]


def test_a_place_outside_the_difficult_communes_is_left_out_unless_asked_for(world: World) -> None:
    need, line = build.need_of(world, 10, commune="Ia Tơi"), build.supply_of(world, 50)
    with override("en"):
        found = draft(world)
    assert (lines(found), [gap[:2] for gap in gaps(found)]) == ([], [(need.pk, 10)])
    assert found.held_back
    assert lines(draft(world, reasons=Reasons("Sau bão"))) == [(line.pk, need.pk, 10)]


def test_lines_that_take_a_reason_say_so_and_no_others(world: World) -> None:
    """Outside the difficult communes, beside another agency, neither."""
    outside = build.need_of(world, 10, commune="Ia Tơi")
    of_the_union(world, 4, **for_the_village(world))
    beside, plain = build.need_of(world, 10), build.need_of(world, 10, commune="Ia Đal")
    build.supply_of(world, 50)
    found = draft(world, reasons=Reasons("Sau bão", "Hội chỉ đủ một phần"))
    said = {
        (line.need.pk, line.supply_line.pledge_line.pledge.mobilised_by.short_name): (
            line.outside,
            bool(line.beside),
            [reason in " ".join(line.exceptions) for reason in ("Sau bão", "Hội chỉ đủ một phần")],
        )
        for line in found.lines
    }
    assert said == {
        (outside.pk, "LĐTBXH"): (True, False, [True, False]),
        (beside.pk, "Hội LHPN"): (False, False, [False, False]),
        (beside.pk, "LĐTBXH"): (False, True, [False, True]),
        (plain.pk, "LĐTBXH"): (False, False, [False, False]),
    }
    kept = [line.reason.count("Sau bão") for line in found.proposed_lines() if line.need == outside]
    assert kept == [1]


def test_what_another_commune_keeps_goes_last(world: World, coordinator: User) -> None:
    """Also after that commune, or the need's, has gone into another."""
    need, line = build.need_of(world, 10), build.supply_of(world, 40)
    kept_in_ia_dal = _moved(line, world.agency("UBND xã Ia Đal"), 15, coordinator)
    assert lines(draft(world)) == [(line.pk, need.pk, 10)]
    kept_in_ia_dom = _moved(line, world.agency("UBND xã Ia Dom"), 12, coordinator)
    assert lines(draft(world)) == [(kept_in_ia_dom.pk, need.pk, 10)]
    with override("en"):
        [far] = draft(world, custodian=world.agency("UBND xã Ia Đal")).lines
    assert (far.supply_line.pk, far.share.far) == (kept_in_ia_dal.pk, True)
    assert far.reason.endswith(
        f"kept by {far.supply_line.custodian.short_name}, as nothing nearer fits as well"
    )


def _moved(line: SupplyLine, to: Agency, quantity: int, by: User) -> SupplyLine:
    facts = {"occurred_on": clock.today(), "reason": "Gần nơi phát"}
    return move_stock(by=by, line=line, to=to, quantity=quantity, **facts).target


def test_what_is_overdue_comes_last_and_says_so(world: World) -> None:
    first, second = build.need_of(world, 10), build.need_of(world, 10, commune="Ia Đal", priority=2)
    late = _promised(world, 15, date(2025, 5, 30))
    soon = _promised(world, 10, date(2025, 6, 30))
    with override("en"):
        found = draft(world)
        assert lines(found) == [(soon.pk, first.pk, 10), (late.pk, second.pk, 10)]
    assert [line.is_doubtful for line in found.lines] == [False, True]
    assert ["overdue since" in line.reason for line in found.lines] == [False, True]
    assert not found.held_back


def _promised(world: World, quantity: int, due_on: date) -> SupplyLine:
    return donors.supply_of(donors.pledged(world, quantity=quantity, due_on=due_on))


def test_what_is_left_and_lacking_runs_on_from_line_to_line(world: World) -> None:
    need, other = build.need_of(world, 30), build.need_of(world, 10, commune="Ia Đal", priority=2)
    small, large = build.supply_of(world, 8), build.supply_of(world, 27)
    found = draft(world)
    assert lines(found) == [(small.pk, need.pk, 3), (large.pk, need.pk, 27), (small.pk, other.pk, 5)]
    assert [(line.lacking_now, line.left_now) for line in found.lines] == [(30, 8), (27, 27), (10, 5)]
    assert [(line.lacking, line.left) for line in found.lines] == [(30, 8), (30, 27), (10, 8)]


def test_a_place_that_another_agency_serves_gets_only_what_that_agency_brings(world: World) -> None:
    theirs = of_the_union(world, 4, **for_the_village(world))
    need, ours = build.need_of(world, 10), build.supply_of(world, 50)
    with override("en"):
        found = draft(world)
        assert lines(found) == [(theirs.pk, need.pk, 4)]
        assert lines(draft(world, reasons=Reasons(overlap="x"))) == [
            (theirs.pk, need.pk, 4),
            (ours.pk, need.pk, 6),
        ]


def test_the_proposal_leaves_out_what_allocating_would_refuse_without_a_reason(
    world: World, coordinator: User
) -> None:
    """Served by a plan or by a service paid from a budget, which are of no pledge."""
    meal = world.item("meal")
    build.serving(world, 90, item="meal")
    served = build.need_of(world, 50, item="meal", place=world.school("Ia Dom"))
    build.need_of(world, 50, item="meal", place=world.school("Ia Đal"))
    planned_by(world, "Hội LHPN", place=world.village("Ia Dom"))
    also = build.need_of(world, 10)
    for item in ("meal", "warm_clothing"):
        build.supply_of(world, 60, item=item)
    found = draft(world)
    for line in SupplyLine.objects.all():
        for need in (served, also):
            if need.item_id == line.item_id:
                assert found.others.beside(need, line.pledge_line.pledge)
    assert [line.need.place for line in found.lines] == [world.school("Ia Đal")]
    assert {gap.need: gap.lacking for gap in found.gaps} == {served: 50, also: 10}
    assert meal in {gap.need.item for gap in found.gaps}
    accept_plan(by=coordinator, scope=world.district, year=2025, lines=found.proposed_lines())


def test_the_filters_of_the_board_narrow_both_sides(world: World) -> None:
    need, other = build.need_of(world, 10), build.need_of(world, 10, commune="Ia Đal")
    line, promised = build.supply_of(world, 50), build.supply_of(world, 50, received=0)
    assert lines(draft(world, commune=world.commune("Ia Đal"))) == [(line.pk, other.pk, 10)]
    assert lines(draft(world, whether="promised", commune=world.commune("Ia Dom"))) == [
        (promised.pk, need.pk, 10)
    ]


def test_a_closed_round_is_not_planned_for(world: World, coordinator: User) -> None:
    need = build.need_of(world, 10)
    assert [(of.scope, of.year) for of in choices_for(coordinator)] == [(world.district, 2025)]
    close_round(by=coordinator, survey_round=need.round, reason="Hết năm")
    assert choices_for(world.user("coordinator")) == []


def test_the_purposes_of_a_need_are_those_that_allocating_obeys(world: World, merger: Merger) -> None:
    """Before and after the merger: villages, whole communes, areas, single needs."""
    needs = [
        build.need_of(world, 10, band=band, place=place)
        for band, place in zip(("0-2", "3-5", "6-10"), _places(world), strict=False)
    ]
    earmarks = [
        *({"earmark": "place", "earmark_place": place} for place in _places(world)),
        *({"earmark": "need", "earmark_need": need} for need in needs),
        {"earmark": "area", "earmark_area": world.area("warm_clothing")},
    ]
    lines = [PledgeLine(kind="goods", earmark_hard=True, **earmark) for earmark in earmarks]
    purposes = Purposes(SupplyLine(pledge_line=line) for line in lines)
    for need in Need.objects.select_related("place__unit", "item"):
        for line in lines:
            key = (line.earmark, line.earmark_area_id or line.earmark_place_id or line.earmark_need_id)
            assert (key in purposes.of(need)) == obeys_earmark(line, need), (need, line.earmarked_for)


def _places(world: World) -> list[object]:
    return list(Place.objects.filter(unit__name__in=["xã Ia Dom", "xã Ia Tơi"]).order_by("pk"))


def test_a_proposal_costs_the_same_queries_whatever_its_length(world: World) -> None:
    def cost() -> int:
        by = world.user("coordinator")
        with CaptureQueriesContext(connection) as queries:
            found = Draft(by, choices_for(by)[0], Sieve(), Reasons())
            assert found.lines
            assert found.proposed_lines()
        return len(queries)

    def one(band: str, **earmark: object) -> None:
        build.need_of(world, 10, band=band)
        build.supply_of(world, 6, **earmark)

    one("0-2", **for_the_village(world))
    few = cost()
    one("3-5", **for_the_village(world, 2))
    one("6-10")
    assert cost() == few
