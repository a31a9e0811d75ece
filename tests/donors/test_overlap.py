"""The duplication guard: who else covers the same place, item, age band and year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.deeds import acting
from directory.models import Place, User
from donors import ledger
from donors.actions import withdraw_pledge
from donors.models import MobilisationPlan, MobilisationTarget, Pledge, Purchase, SupplyLine
from donors.overlap import (
    Coverage,
    Overlap,
    covered_by,
    near,
    overlaps,
    overlaps_of_plan,
    overlaps_of_pledge,
    overlaps_of_purchase,
)
from donors.states import PlanState
from tests.donors.build import cash, donor, goods, pledged, received
from tests.donors.counting import unchanged
from tests.needs.build import approved_need
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def _whole(world: World, commune: str = "Ia Dom") -> Place:
    return Place.objects.get(unit=world.commune(commune), kind=Place.Kind.COMMUNE)


def _asked(world: World, user: User, agency: str = "MTTQ", year: int = 2025, **own: object) -> list[Overlap]:
    """What stands in the way of 30 warm clothes for village 1 of Ia Dom, or of what ``own`` says."""
    fields = {"item": world.item("warm_clothing"), "place": world.village("Ia Dom"), "quantity": 30, **own}
    return overlaps(
        user,
        scope=world.district,
        agency=world.agency(agency),
        year=year,
        coverages=[Coverage(**fields)],  # type: ignore[arg-type]
    )


def _of_the_office(world: World, **line: object) -> Pledge:
    line = {"earmark": "place", "earmark_place": world.village("Ia Dom")} | line
    return pledged(world, lines=[goods(world, **line)])  # type: ignore[arg-type]


def _plan(world: World, agency: str, state: str = PlanState.SUBMITTED, **target: object) -> MobilisationPlan:
    by = world.user("coordinator")
    with acting():
        plan = MobilisationPlan.objects.create(
            scope=world.district, agency=world.agency(agency), year=2025, state=state, created_by=by
        )
        item = world.item("warm_clothing")
        fields = {"area": item.area, "item": item, "quantity": 40, **target}
        MobilisationTarget.objects.create(plan=plan, **fields)
    return plan


def _purchase(world: World, pledge: Pledge, **fields: object) -> Purchase:
    line, by = pledge.lines.get(), world.user("coordinator")
    item = world.item("warm_clothing")
    with acting():
        supply = ledger.open_supply(
            line,
            origin=SupplyLine.Origin.PURCHASE,
            quantity=20,
            unit_value=1_000,
            custodian=by.agency,
            by=by,
            occurred_on=date(2025, 3, 2),
            item=item,
        )
        return Purchase.objects.create(
            code="MS-2025-001",
            cash_line=line,
            item=item,
            quantity=20,
            unit_price=1_000,
            reserved=20_000,
            custodian=by.agency,
            supply_line=supply,
            planned_by=by,
            **fields,
        )


def test_a_pledge_for_the_same_place_is_found_with_who_holds_it(world: World, coordinator: User) -> None:
    pledge = _of_the_office(world)
    (found,) = _asked(world, coordinator)
    assert (found.holder, found.name) == (world.agency("LĐTBXH"), pledge.code)
    assert found.url == reverse("pledge_detail", args=[pledge.pk])
    assert (found.own.quantity, found.other.quantity) == (30, 200)


def test_who_may_not_see_it_learns_only_the_holder(world: World, union_officer: User) -> None:
    _of_the_office(world)
    (found,) = _asked(world, union_officer, "Hội LHPN")
    assert (found.holder, found.name, found.url) == (world.agency("LĐTBXH"), "", "")


def test_what_is_the_own_agencys_or_elsewhere_or_let_go_is_none(world: World, coordinator: User) -> None:
    pledge = _of_the_office(world)
    assert _asked(world, coordinator, "LĐTBXH") == []
    assert _asked(world, coordinator, year=2026) == []
    assert _asked(world, coordinator, item=world.item("meal")) == []
    assert _asked(world, coordinator, place=world.village("Ia Dom", 2)) == []
    assert _asked(world, coordinator, place=world.village("Ia Đal")) == []
    withdraw_pledge(by=coordinator, pledge=pledge, reason="nhà tài trợ đổi ý")
    assert _asked(world, coordinator) == []


def test_what_names_no_place_covers_none(world: World, coordinator: User) -> None:
    pledged(world)
    _plan(world, "LĐTBXH")
    assert _asked(world, coordinator) == []
    assert overlaps_of_pledge(coordinator, Pledge.objects.for_list().get()) == []


def test_a_commune_holds_its_villages_and_a_village_its_school(world: World, coordinator: User) -> None:
    _of_the_office(world)
    school = world.school("Ia Dom")
    assert len(_asked(world, coordinator, place=_whole(world))) == 1
    assert _asked(world, coordinator, place=school) == []
    Place.objects.filter(pk=school.pk).update(lies_in=world.village("Ia Dom"))
    assert len(_asked(world, coordinator, place=world.school("Ia Dom"))) == 1


def test_a_need_is_of_its_age_band_and_year(world: World, coordinator: User) -> None:
    need = approved_need(world, band="3-5")
    pledged(world, lines=[goods(world, quantity=20, earmark="need", earmark_need=need)])
    assert len(_asked(world, coordinator)) == 1
    assert len(_asked(world, coordinator, age_band=world.band("3-5"))) == 1
    assert _asked(world, coordinator, age_band=world.band("6-10")) == []


@pytest.mark.parametrize("years", [(2025, 2026), (2026, 2025), (2026, 2027)])
def test_two_pledges_to_one_need_meet_whatever_year_they_are_of(
    world: World, coordinator: User, years: tuple[int, int]
) -> None:
    need = approved_need(world, band="3-5")
    own, other = (
        pledged(
            world,
            mobilised_by=world.agency(agency),
            due_on=date(year, 12, 1),
            lines=[goods(world, quantity=20, earmark="need", earmark_need=need)],
        )
        for agency, year in zip(("LĐTBXH", "MTTQ"), years, strict=True)
    )
    for asked, found in ((own, other), (other, own)):
        loaded = Pledge.objects.for_list().get(pk=asked.pk)
        assert [held.name for held in overlaps_of_pledge(coordinator, loaded)] == [found.code]
    found_near = near(world.district, need.round.year, need.item_id, {need.place.unit_id}, 0)
    assert sum(rows.count() for rows in found_near) == 2


def test_a_communes_plan_without_a_place_is_for_the_commune(world: World, coordinator: User) -> None:
    plan = _plan(world, "UBND xã Ia Dom")
    (found,) = _asked(world, coordinator)
    assert (found.holder, found.other.place) == (plan.agency, _whole(world))
    assert overlaps_of_plan(coordinator, plan) == []
    other = _plan(world, "MTTQ", place=world.village("Ia Dom"))
    (seen,) = overlaps_of_plan(coordinator, plan)
    assert (seen.holder, seen.own.quantity) == (other.agency, 40)


def test_a_draft_of_others_does_not_count(world: World, coordinator: User) -> None:
    _plan(world, "UBND xã Ia Dom", PlanState.DRAFT)
    assert _asked(world, coordinator) == []


def test_a_purchase_counts_but_not_against_the_money_it_was_bought_with(
    world: World, coordinator: User
) -> None:
    pledge = pledged(world, lines=[cash(1_000_000)])
    received(world, pledge, amount=1_000_000)
    purchase = _purchase(world, pledge, place=_whole(world))
    (found,) = _asked(world, coordinator)
    assert (found.name, found.other.quantity) == ("MS-2025-001", 20)
    assert overlaps_of_purchase(coordinator, purchase) == []
    other = pledged(
        world,
        mobilised_by=world.agency("MTTQ"),
        lines=[goods(world, quantity=5, earmark="place", earmark_place=world.village("Ia Dom"))],
    )
    assert [held.name for held in overlaps_of_purchase(coordinator, purchase)] == [other.code]


def test_as_many_queries_for_three_as_for_one(world: World, coordinator: User) -> None:
    costs = []
    for number in (1, 3):
        for _number in range(number):
            _of_the_office(world)
        assert coordinator.reach.scopes  # read once
        with CaptureQueriesContext(connection) as queries:
            found = _asked(world, coordinator)
        costs.append(len(queries))
    assert len(found) == 4
    assert costs[0] == costs[1]


def test_the_form_asks_once_and_the_page_shows_it(
    world: World, client_of: ClientOf, coordinator: User, union_officer: User
) -> None:
    first = _of_the_office(world)
    donor(world, by=union_officer, name="Hội đồng hương")
    browser = client_of(coordinator)
    form = {
        "donor": first.donor_id,
        "mobilised_by": world.agency("MTTQ").pk,
        "pledged_on": "01/03/2025",
        "lines-0-item": world.item("warm_clothing").pk,
        "lines-0-quantity": "10",
        "lines-0-earmark": f"place-{world.village('Ia Dom').pk}",
    }
    with unchanged(Pledge):
        answer = browser.post(reverse("pledge_create"), form)
    assert answer.status_code == 422
    assert reverse("pledge_detail", args=[first.pk]) in answer.text
    browser.post(reverse("pledge_create"), {**form, "overlap_known": "on"})
    second = Pledge.objects.for_list().get(mobilised_by=world.agency("MTTQ"))
    assert covered_by(second.lines.all()) == [
        Coverage(world.item("warm_clothing"), world.village("Ia Dom"), None, 10)
    ]
    for pledge, other in ((first, second), (second, first)):
        page = browser.get(reverse("pledge_detail", args=[pledge.pk]))
        assert [held.name for held in page.context["overlaps"]] == [other.code]


def test_a_pledge_that_is_changed_to_what_others_cover_asks_once(
    world: World, client_of: ClientOf, coordinator: User
) -> None:
    theirs = _of_the_office(world)
    own = pledged(world, mobilised_by=world.agency("MTTQ"))
    browser, address = client_of(coordinator), reverse("pledge_change", args=[own.pk])
    form = browser.get(address).context["form"]
    sent = {name: value for name, value in form.initial.items() if value not in (None, "", False)}
    sent |= {"lines-0-earmark": f"place-{world.village('Ia Dom').pk}", "reason": "nhà tài trợ chỉ định nơi"}
    answer = browser.post(address, sent)
    assert (answer.status_code, [row.name for row in answer.context["form"].overlaps]) == (422, [theirs.code])
    assert browser.post(address, {**sent, "overlap_known": "on"}).status_code == 302
    assert own.lines.get().earmark_place == world.village("Ia Dom")
    again = browser.get(address).context["form"]
    sent = {name: value for name, value in again.initial.items() if value not in (None, "", False)}
    assert browser.post(address, {**sent, "note": "gọi lại sau", "reason": "ghi chú"}).status_code == 302
