"""Mobilisation plans on the screen: from the blank form to the plan in force, and all of them together."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import User
from donors.models import MobilisationPlan, MobilisationTarget
from donors.todo import todo
from tests.donors.build import goods, pledged
from tests.donors.build_plan import approved_plan, draft_plan, planned, submitted_plan, target
from tests.donors.counting import unchanged
from tests.needs.build import approved_need
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def _lines(world: World, **changes: str) -> dict[str, str]:
    clothes = world.item("warm_clothing")
    return {
        "version": "0",
        "lines-1-what": f"item-{clothes.pk}",
        "lines-1-source_kind": "gift",
        "lines-1-place": str(world.village("Ia Dom").pk),
        "lines-1-quantity": "1.200",
        "lines-1-children": "0",
        "lines-2-source_kind": "fund",
        **changes,
    }


def test_from_the_blank_form_to_the_plan_in_force(
    world: World, client_of: ClientOf, officer: User, chair: User
) -> None:
    browser, leads = client_of(officer), client_of(chair)
    begun = browser.post(reverse("plan_create"), {"agency": officer.agency.pk, "year": "2025"})
    plan = MobilisationPlan.objects.get()
    assert begun.url == reverse("plan_change", args=[plan.pk])
    saved = browser.post(begun.url, _lines(world))
    assert saved.url == reverse("plan_detail", args=[plan.pk])
    (row,) = planned(plan)
    assert (row.place, row.children, row.quantity, row.amount) == (world.village("Ia Dom"), 0, 1_200, None)
    address = {name: reverse(f"plan_{name}", args=[plan.pk]) for name in ("submit", "approve", "return")}
    assert browser.get(address["submit"]).context["progress"][0].target == row
    assert browser.post(address["submit"], {"edits": "0"}).status_code == 409
    assert browser.post(address["submit"], {"edits": "1"}).status_code == 302
    assert [task.url for task in todo(chair)] == [saved.url]
    assert leads.get(saved.url).context["may_decide"] is True
    assert leads.post(address["return"], {"reason": ""}).status_code == 422
    leads.post(address["return"], {"reason": "bổ sung chăn ấm"})
    assert [task.url for task in todo(officer)] == [saved.url]
    assert "bổ sung chăn ấm" in browser.get(saved.url).text
    browser.post(address["submit"], {"edits": "1"})
    assert leads.post(address["approve"]).url == saved.url
    plan.refresh_from_db()
    assert (plan.state, plan.approved_by) == ("approved", chair)
    assert todo(chair) == todo(officer) == []
    newer = browser.post(reverse("plan_next", args=[plan.pk]))
    second = MobilisationPlan.objects.get(version=2)
    assert newer.url == reverse("plan_change", args=[second.pk])
    page = browser.get(reverse("plan_detail", args=[second.pk])).context
    assert (page["former"], page["differences"]) == (plan, [])


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"lines-1-what": ""}, ["lines-1-what"]),
        ({"lines-1-quantity": "nhiều"}, ["lines-1-quantity"]),
        ({"lines-1-quantity": "", "lines-1-children": ""}, ["lines-1-children"]),
        ({"lines-3-children": "5"}, ["lines-3-what"]),
    ],
)
def test_the_grid_is_refused_at_its_cells(
    world: World, client_of: ClientOf, officer: User, changes: dict[str, str], places: list[str]
) -> None:
    plan = draft_plan(world, officer)
    with unchanged(MobilisationTarget):
        answer = client_of(officer).post(reverse("plan_change", args=[plan.pk]), _lines(world, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == places


def test_the_grid_over_a_newer_edit_shows_both_and_saves_once_more(
    world: World, client_of: ClientOf, officer: User, coordinator: User
) -> None:
    plan = draft_plan(world, officer)
    address = reverse("plan_change", args=[plan.pk])
    client_of(coordinator).post(address, _lines(world, **{"lines-1-quantity": "7"}))
    answer = client_of(officer).post(address, _lines(world))
    assert answer.status_code == 409
    assert ("7" in answer.text, "1.200" in answer.text) == (True, True)
    again = _lines(world, version=answer.context["form"].data["version"])
    assert client_of(officer).post(address, again).status_code == 302
    assert [row.quantity for row in planned(plan)] == [1_200]


def test_proposals_are_ticked_into_the_plan(world: World, client_of: ClientOf, officer: User) -> None:
    need = approved_need(world, quantity=30, children=20)
    plan = draft_plan(world, officer, target(world, "meal", quantity=5))
    browser, address = client_of(officer), reverse("plan_propose", args=[plan.pk])
    (proposal,) = browser.get(address).context["proposals"]
    assert proposal.explanation in browser.get(address).text
    assert browser.post(address).status_code == 200
    browser.post(address, {"item": [need.item_id]})
    assert {row.item.code: row.quantity for row in planned(plan)} == {"meal": 5, "warm_clothing": 30}
    assert browser.get(address).context["proposals"][0].is_planned


def test_proposals_by_place_are_ticked_too(world: World, client_of: ClientOf, coordinator: User) -> None:
    approved_need(world, quantity=30)
    approved_need(world, "Ia Đal", quantity=1_250)
    plan = draft_plan(world, coordinator)
    browser, address = client_of(coordinator), reverse("plan_propose", args=[plan.pk]) + "?by=place"
    found = browser.get(address).context["proposals"]
    browser.post(address, {"item": [row.key for row in found]})
    lines = [(row.place.unit.name, row.age_band.code, row.quantity) for row in planned(plan)]
    assert lines == [("xã Ia Dom", "3-5", 30), ("xã Ia Đal", "3-5", 1_250)]
    # Figures stand grouped in the grid, and come back so.
    page = browser.get(reverse("plan_change", args=[plan.pk]))
    assert page.context["form"]["lines-1-quantity"].value() == "1.250"
    assert 'value="1.250"' in page.text


def test_what_overlaps_is_shown_at_once_on_the_plan(
    world: World, client_of: ClientOf, officer: User, union_officer: User
) -> None:
    village = world.village("Ia Dom")
    pledged(
        world,
        lines=[goods(world, quantity=70, earmark="place", earmark_place=village)],
        mobilised_by=union_officer.agency,
    )
    plan = draft_plan(world, officer, target(world, quantity=30, place=village))
    browser = client_of(officer)
    for page in ("detail", "submit"):
        (found,) = browser.get(reverse(f"plan_{page}", args=[plan.pk])).context["overlaps"]
        assert (found.holder, found.name) == (union_officer.agency, "")
    theirs = approved_plan(world, union_officer, target(world, quantity=9, place=village))
    names = [row.url for row in browser.get(reverse("plan_detail", args=[plan.pk])).context["overlaps"]]
    assert reverse("plan_detail", args=[theirs.pk]) in names


def test_lists_and_files(world: World, client_of: ClientOf, officer: User, leader: User) -> None:
    mine = approved_plan(world, officer, target(world, quantity=30, amount=0))
    waiting = submitted_plan(world, world.user("union"), target(world, quantity=4, amount=1_000))
    browser = client_of(leader)
    for query, found in (
        ("", [waiting, mine]),
        ("?state=approved", [mine]),
        ("?year=2024", []),
    ):
        assert set(browser.get(reverse("plan_list") + query).context["page"]) == set(found)
    (whole,) = browser.get(reverse("plan_rollup")).context["rollups"]
    assert (whole.plans, whole.amount, len(whole.missing)) == ([mine], 0, 8)
    for name, args in (("plan_list_export", []), ("plan_rollup_export", []), ("plan_export", [mine.pk])):
        for format in ("csv", "xlsx"):
            assert browser.get(reverse(name, args=[*args, format])).status_code == 200
    lines = browser.get(reverse("plan_rollup_export", args=["csv"]))
    text = b"".join(lines.streaming_content).decode() if lines.streaming else lines.content.decode()
    assert "UBND xã Ia Dom" in text
    assert world.agency("MTTQ").name in text


def test_pages_cost_the_same_with_three(world: World, client_of: ClientOf, coordinator: User) -> None:
    browser, village, costs = client_of(coordinator), world.village("Ia Dom"), []
    pledged(
        world, lines=[goods(world, earmark="place", earmark_place=village)], mobilised_by=world.agency("MTTQ")
    )
    plan = draft_plan(world, coordinator, target(world, quantity=1, place=village))
    for others in ((), (world.user("union"), world.user("officer.iadom"))):
        for user in others:
            submitted_plan(world, user, target(world, quantity=1, place=village))
        addresses = (reverse("plan_list"), reverse("plan_detail", args=[plan.pk]))
        costs.append([queries_of(browser, address) for address in addresses])
    assert len(browser.get(addresses[1]).context["overlaps"]) == 3
    assert costs[0][0] == costs[1][0]
    # Plans are among what overlaps now: whether the reader sees them is one query more.
    assert costs[0][1] + 1 == costs[1][1]
