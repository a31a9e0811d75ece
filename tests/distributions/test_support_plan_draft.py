"""From the tables to a proposal: who is asked, what is offered, what stays out and why."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from directory.models import Place, User
from distributions.actions import Reasons, accept_plan
from distributions.actions.allocation_checks import obeys_earmark
from distributions.board import Sieve
from distributions.support_plan import Draft, choices_for
from distributions.support_plan_sides import Purposes
from donors.models import PledgeLine, SupplyLine
from needs.actions import close_round
from needs.models import Need
from tests.distributions import build
from tests.distributions.test_overlap import for_the_village, of_the_union
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
    assert lines(draft(world, reasons=Reasons("Sau bão"))) == [(line.pk, need.pk, 10)]


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
