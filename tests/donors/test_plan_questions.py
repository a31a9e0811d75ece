"""What a plan could aim at, how far it is, and what all plans make together."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import Place, User
from distributions.actions import allocate
from donors.actions import CapacityRow, set_capacities
from donors.actions.plan import save_targets, start_plan, submit_plan
from donors.actions.source import SourceFacts, create_source
from donors.mobilisation.progress import progress_of
from donors.mobilisation.proposal import chosen_of, proposals
from donors.mobilisation.rollup import rollup
from donors.models import MobilisationPlan
from needs.models import ReferencePrice
from needs.uses import uses_of
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.donors.build_plan import approved_plan, draft_plan, planned, submitted_plan, target
from tests.needs.build import approved_need
from tests.world import World

pytestmark = pytest.mark.django_db


def _price(world: World, amount: int, year: int = 2024, item: str = "warm_clothing") -> None:
    ReferencePrice.objects.filter(item=world.item(item)).delete()
    ReferencePrice.objects.create(item=world.item(item), year=year, amount=amount)


# Proposals


def test_what_is_uncovered_is_proposed_at_the_reference_price(
    world: World, coordinator: User, officer: User
) -> None:
    _price(world, 150_000)
    need = approved_need(world, quantity=30, children=20)
    approved_need(world, "Ia Đal", quantity=50, children=50)
    supply = supply_of(pledged(world, quantity=12))
    allocate(by=coordinator, supply_line=supply, need=need, quantity=12)
    plan = draft_plan(world, officer)
    (own,) = proposals(plan, [])
    assert (own.needed, own.covered, own.left, own.price.amount, own.price.year) == (
        30,
        12,
        18,
        150_000,
        2024,
    )
    assert (own.target.children, own.target.quantity, own.target.amount) == (20, 18, 18 * 150_000)
    assert [word in own.explanation for word in ("30", "12", "18", "150.000", "2024")] == [True] * 5
    (of_all,) = proposals(draft_plan(world, coordinator), [])
    assert (of_all.left, of_all.target.children) == (68, 70)


def test_no_price_is_not_a_price_of_nothing(world: World, coordinator: User) -> None:
    ReferencePrice.objects.all().delete()
    approved_need(world, quantity=30)
    (proposal,) = proposals(draft_plan(world, coordinator), [])
    assert (proposal.price, proposal.target.amount) == (None, None)


def test_an_agency_that_leads_areas_is_shown_those_and_what_others_plan(
    world: World, health_officer: User, union_officer: User, officer: User, chair: User
) -> None:
    approved_need(world, quantity=30)
    approved_need(world, item="meal", quantity=100)
    approved_plan(world, officer, target(world, "meal", quantity=40), by=chair)
    plan = draft_plan(world, health_officer)
    (meals,) = proposals(plan, [])
    assert (meals.target.item.code, meals.others) == ("meal", 40)
    of_union = proposals(draft_plan(world, union_officer), [target(world, "meal", quantity=1)])
    assert {row.target.item.code: row.is_planned for row in of_union} == {
        "meal": True,
        "warm_clothing": False,
    }
    ids = [str(row.target.item.pk) for row in of_union]
    assert [row.item.code for row in chosen_of(of_union, ids)] == ["warm_clothing"]


def test_an_item_of_a_plan_or_of_a_donors_capacity_is_used(
    world: World, coordinator: User, officer: User, stranger: User
) -> None:
    clothes = world.item("warm_clothing")
    plan = draft_plan(world, officer, target(world, quantity=1))
    giver = donor(world)
    row = CapacityRow(clothes.area, clothes, 5)
    set_capacities(by=coordinator, donor=giver, version=0, rows=[row])
    assert {use.names for use in uses_of(clothes, coordinator)} == {(str(plan),), (giver.name,)}
    assert {use.names for use in uses_of(clothes, stranger)} == {()}


# Progress


def test_progress_counts_what_the_unit_itself_mobilised(
    world: World, coordinator: User, officer: User
) -> None:
    clothes = target(world, quantity=100, amount=20_000_000)
    area = target(world, area="warm_clothing", amount=50_000_000)
    play = target(world, area="play", amount=1_000_000)
    plan = draft_plan(world, coordinator, clothes, area, play)
    giver = donor(world)
    pledge = pledged(
        world,
        giver=giver,
        lines=[
            goods(world, quantity=40, unit_value=100_000),
            cash(5_000_000, earmark="area", earmark_area=world.area("warm_clothing")),
            cash(7_000_000),
        ],
    )
    received(world, pledge, 10)
    pledged(world, giver=donor(world, by=officer, name="Của xã"), by=officer, quantity=500)
    of_area, of_item, of_play = progress_of(plan, planned(plan))[1:] + progress_of(plan, planned(plan))[:1]
    assert of_play.target == play
    assert (of_item.pledged, of_item.received, of_item.pledged_amount, of_item.received_amount) == (
        40,
        10,
        4_000_000,
        1_000_000,
    )
    assert of_item.percent == 10
    assert (of_area.pledged, of_area.pledged_amount, of_area.received_amount) == (None, 9_000_000, 1_000_000)
    assert (of_play.pledged_amount, of_play.percent) == (0, 0)


def test_a_target_for_a_place_counts_only_what_is_earmarked_for_it(world: World, coordinator: User) -> None:
    village = world.village("Ia Dom")
    whole = Place.objects.get(unit=world.commune("Ia Dom"), kind=Place.Kind.COMMUNE)
    rows = [target(world, quantity=10, place=village), target(world, quantity=10, place=whole)]
    plan = draft_plan(world, coordinator, *rows)
    pledged(
        world,
        lines=[goods(world, quantity=3), goods(world, quantity=4, earmark="place", earmark_place=village)],
    )
    assert [row.pledged for row in progress_of(plan, planned(plan))] == [4, 4]


def test_management_cost_and_funds_are_no_gifts(world: World, coordinator: User) -> None:
    money = target(world, area="warm_clothing", amount=10_000_000)
    plan = draft_plan(world, coordinator, money)
    for kind in ("management", "fund"):
        source = create_source(by=coordinator, scope=world.district, facts=SourceFacts(kind, f"Nguồn {kind}"))
        line = cash(5_000_000, earmark="area", earmark_area=world.area("warm_clothing"))
        pledge = pledged(world, lines=[line])
        pledge.__class__.objects.filter(pk=pledge.pk).update(donor=None, source=source)
    assert [row.pledged_amount for row in progress_of(plan, [money])] == [0]
    fund = target(world, area="warm_clothing", amount=10_000_000, source_kind="fund")
    assert [row.pledged_amount for row in progress_of(plan, [fund])] == [5_000_000]


# All together


def test_the_plans_in_force_add_up_and_who_is_missing_is_named(
    world: World, officer: User, stranger: User, chair: User, leader: User, union_officer: User
) -> None:
    clothes = {"children": 20, "quantity": 30}
    approved_plan(world, officer, target(world, **clothes, amount=0), target(world, "meal", children=5))
    approved_plan(
        world, union_officer, target(world, **clothes), target(world, quantity=9, source_kind="fund")
    )
    submitted_plan(world, stranger, target(world, quantity=1_000))
    whole = rollup(leader, world.district, 2025)
    assert [
        (line.target.source_kind, line.target.children, line.target.quantity, line.target.amount)
        for line in whole.lines
        if line.target.item == world.item("warm_clothing")
    ] == [("fund", None, 9, None), ("gift", 40, 60, 0)]
    (meals,) = [line.target for line in whole.lines if line.target.item == world.item("meal")]
    assert (meals.children, meals.quantity, meals.amount) == (5, None, None)
    states = {row.agency.short_name: row.state for row in whole.missing}
    assert states.keys() == {
        *("UBND xã Ia Đal", "UBND xã Ia Tơi", "LĐTBXH"),
        *("MTTQ", "Hội CTĐ", "Huyện đoàn", "Quỹ BTTE"),
    }
    assert [name for name, state in states.items() if state] == ["UBND xã Ia Đal"]
    seen = rollup(stranger, world.district, 2025)
    assert len(seen.lines) == len(whole.lines)
    assert (seen.shows_progress, whole.shows_progress) == (False, True)
    assert rollup(leader, world.district, 2026).lines == []


def test_only_the_newest_approved_version_counts(world: World, officer: User, chair: User) -> None:
    first = approved_plan(world, officer, target(world, quantity=30), by=chair)
    second = start_plan(by=officer, scope=first.scope, agency=first.agency, year=2025)
    second = save_targets(by=officer, plan=second, edits=second.edits, targets=[target(world, quantity=50)])
    submit_plan(by=officer, plan=second, edits=second.edits)
    assert [line.target.quantity for line in rollup(chair, world.district, 2025).lines] == [30]
    assert list(MobilisationPlan.objects.reckoned()) == [second]


def test_as_many_queries_for_three_targets_as_for_one(
    world: World, coordinator: User, leader: User, officer: User, stranger: User
) -> None:
    assert leader.reach.scopes  # read once
    plan, costs = draft_plan(world, coordinator), []
    for targets in (
        [target(world, quantity=1)],
        [target(world, code, quantity=1) for code in ("meal", "warm_clothing")],
    ):
        plan = save_targets(by=coordinator, plan=plan, edits=plan.edits, targets=targets)
        pledged(world)
        approved_plan(world, {1: officer, 2: stranger}[len(targets)], *targets)
        with CaptureQueriesContext(connection) as queries:
            progress_of(plan, planned(plan))
            rollup(leader, world.district, 2025)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_needs_are_proposed_by_commune_and_age_too(world: World, coordinator: User, officer: User) -> None:
    _price(world, 100_000)
    approved_need(world, quantity=30, children=20)
    approved_need(world, "Ia Đal", quantity=50, children=50)
    plan = draft_plan(world, coordinator)
    found = proposals(plan, [], finely=True)
    assert [(row.target.place.kind, row.target.place.unit.name, row.target.quantity) for row in found] == [
        ("commune", "xã Ia Dom", 30),
        ("commune", "xã Ia Đal", 50),
    ]
    first = found[0]
    assert (first.target.children, first.target.amount, first.target.age_band.code) == (20, 3_000_000, "3-5")
    assert first.key == f"{first.target.item.pk}-{first.target.place.pk}-{first.target.age_band.pk}"
    assert chosen_of(found, [first.key]) == [first.target]
    # A commune's own plan names its villages.
    (own,) = proposals(draft_plan(world, officer), [], finely=True)
    assert (own.target.place.kind, own.target.quantity) == ("village", 30)


def test_what_the_plan_says_of_a_place_is_marked_there(world: World, coordinator: User) -> None:
    approved_need(world, quantity=30)
    approved_need(world, "Ia Đal", quantity=50)
    plan = draft_plan(world, coordinator)
    dom, dal = (row.target for row in proposals(plan, [], finely=True))
    clothes = target(world, quantity=1)
    older = target(world, quantity=1, place=dom.place, age_band=world.band("11-15"))
    marked = {
        "nothing": [],
        "all": [clothes],
        "a place": [target(world, quantity=1, place=dom.place)],
        "another age": [older],
        "a village": [target(world, quantity=1, place=world.village("Ia Dom"), age_band=dom.age_band)],
    }
    said = {
        name: [row.is_planned for row in proposals(plan, lines, finely=True)]
        for name, lines in marked.items()
    }
    assert said == {
        "nothing": [False, False],
        "all": [True, True],
        "a place": [True, False],
        "another age": [False, False],
        "a village": [True, False],
    }
    # The sum of the goods is in the plan as soon as a part of it is.
    assert [row.is_planned for row in proposals(plan, [dal])] == [True]
