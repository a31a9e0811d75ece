"""The overlap guard: who else serves the place, and LĐTBXH's reason where some goes there all the same."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from directory import clock
from directory.deeds import acting
from directory.models import HistoryEntry, Place, User
from distributions.actions import PlannedLine, Reasons, allocate, plan_distribution
from distributions.models import Allocation
from distributions.overlap import Others, others_beside
from donors.models import FundingSource, SupplyLine
from needs.models import Need, NeedBalance, NeedMove, SurveyRound
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.donors import build as donors
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

WHY = "Hội LHPN chỉ có đồ cho một nửa số trẻ"


def of_the_union(world: World, quantity: int = 30, **line: object) -> SupplyLine:
    """A pledge of today that the women's union mobilised."""
    pledge = donors.pledged(
        world,
        "warm_clothing",
        quantity,
        mobilised_by=world.agency("Hội LHPN"),
        pledged_on=clock.today(),
        **line,
    )
    return donors.supply_of(pledge)


def for_the_village(world: World, number: int = 1) -> dict[str, object]:
    return {"earmark": "place", "earmark_place": world.village("Ia Dom", number)}


def refused(world: World, need: Need, line: SupplyLine) -> bool:
    by = world.user("coordinator")
    refusal = refusal_of(lambda: allocate(by=by, supply_line=line, need=need, quantity=5))
    assert (refusal.code, places_of(refusal)) == ("overlap", ["overlap_reason"])
    return True


def test_what_another_agency_promised_the_place_is_named(world: World, coordinator: User) -> None:
    of_the_union(world, **for_the_village(world))
    need, line = build.need_of(world, 50), build.supply_of(world, 50)
    with override("en"):
        refusal = refusal_of(lambda: allocate(by=coordinator, supply_line=line, need=need, quantity=5))
    assert (refusal.code, places_of(refusal)) == ("overlap", ["overlap_reason"])
    assert "already gets bộ warm clothing" in str(refusal)
    assert "(Hội LHPN: pledge CK-2025-001)" in str(refusal)


def test_the_page_of_a_need_names_what_else_serves_its_place(
    world: World, coordinator: User, officer: User, client_of: Callable[[User], Client]
) -> None:
    """What is allocated to the need itself is counted there, and is not named. Who may not see the pledge
    learns only who it is."""
    of_the_union(world, **for_the_village(world))
    need, elsewhere = build.need_of(world, 50), build.need_of(world, 50, place=world.village("Ia Dom", 2))
    build.allocated(world, 5, need=elsewhere)

    def beside(user: User, of: Need) -> list[tuple[bool, bool]]:
        labels = client_of(user).get(reverse("need_detail", args=[of.pk])).context["beside"]
        return [("Hội LHPN" in label, "CK-2025-001" in label) for label in labels]

    assert [beside(coordinator, each) for each in (need, elsewhere)] == [[(True, True)], []]
    assert [beside(officer, each) for each in (need, elsewhere)] == [[(True, False)], []]


def test_with_a_reason_it_goes_there_and_both_are_kept(world: World, coordinator: User) -> None:
    of_the_union(world, **for_the_village(world))
    need, line = build.need_of(world, 50), build.supply_of(world, 50)
    with override("en"):
        allocation = allocate(
            by=coordinator, supply_line=line, need=need, quantity=5, overlap_reason=f" {WHY} "
        )
    assert (allocation.overlap_with, allocation.overlap_reason) == ("Hội LHPN: pledge CK-2025-001", WHY)
    assert HistoryEntry.objects.of(allocation).get().reason == WHY
    assert list(Allocation.objects.overlapping()) == [allocation]


@pytest.mark.parametrize("purpose", [{}, {"village": 2}])
def test_elsewhere_is_no_overlap(world: World, coordinator: User, purpose: dict[str, int]) -> None:
    of_the_union(world, **(for_the_village(world, purpose["village"]) if purpose else {}))
    need, line = build.need_of(world, 50), build.supply_of(world, 50)
    allocation = allocate(by=coordinator, supply_line=line, need=need, quantity=5, overlap_reason="Không cần")
    assert (allocation.overlap_with, allocation.overlap_reason) == ("", "")


def test_another_age_or_year_is_no_overlap(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world, 50)
    other = build.need_of(world, 50, band="0-2")
    of_the_union(world, earmark="need", earmark_need=other)
    of_the_union(world, **for_the_village(world))
    with clock.standing_on(date(2024, 6, 3)):
        donors.pledged(
            world, mobilised_by=world.agency("Hội LHPN"), pledged_on=clock.today(), **for_the_village(world)
        )
    assert refused(world, need, line)
    assert refused(world, other, line)
    found = Others(world.district, 2025, [need]).at(need)
    assert len(found) == 1


def test_what_the_agency_itself_promised_is_no_overlap(world: World, coordinator: User) -> None:
    bound = of_the_union(world, **for_the_village(world))
    need = build.need_of(world, 50)
    allocation = allocate(by=coordinator, supply_line=bound, need=need, quantity=5)
    assert allocation.overlap_reason == ""


def test_what_others_gave_to_the_same_need_is_counted_there(world: World, coordinator: User) -> None:
    need = build.need_of(world, 50)
    build.allocated(world, 20, need=need, supply_line=of_the_union(world))
    allocation = allocate(by=coordinator, supply_line=build.supply_of(world, 50), need=need, quantity=30)
    assert allocation.overlap_reason == ""


def test_what_others_gave_to_another_round_is_an_overlap(world: World, coordinator: User) -> None:
    need = build.need_of(world, 50)
    build.allocated(world, 20, need=need, supply_line=of_the_union(world))
    flood = after_the_flood(world, need)
    assert refused(world, flood, build.supply_of(world, 50))


def after_the_flood(world: World, need: Need) -> Need:
    """The same place, item and age band in a supplementary round of the year."""
    with acting():
        extra = SurveyRound.objects.create(
            scope=world.district,
            kind=SurveyRound.Kind.SUPPLEMENTARY,
            year=2025,
            name="Sau lũ",
            event="Lũ",
            opens_on=date(2025, 5, 1),
            due_on=date(2025, 6, 30),
        )
        values = {name: getattr(need, name) for name in ("place", "item", "age_band", "survey", "children")}
        flood = Need.objects.create(round=extra, priority=1, stated_priority=1, **values)
        NeedBalance.opening(flood, 40).save()
        NeedMove.objects.create(
            need=flood,
            kind=NeedMove.Kind.APPROVE,
            delta=40,
            survey=need.survey,
            by=world.user("coordinator"),
        )
    return flood


def test_a_service_that_another_agency_pays_there_is_an_overlap(world: World, health_officer: User) -> None:
    school = world.school("Ia Dom")
    item = world.item("meal")
    plan_distribution(
        by=health_officer,
        area=item.area,
        lead_agency=health_officer.agency,
        place=school,
        planned_on=clock.today(),
        lines=[PlannedLine(90, service=item, funding_source=FundingSource.objects.first())],
    )
    need = build.need_of(world, 50, item="meal", place=school)
    assert refused(world, need, build.supply_of(world, 50, item="meal"))


def test_a_plan_says_the_reason_at_the_lines_that_overlap(world: World) -> None:
    of_the_union(world, **for_the_village(world))
    line, served = build.supply_of(world, 50), build.need_of(world, 10)
    free = build.need_of(world, 10, commune="Ia Đal")
    lines = [build.proposed(line, served, 10), build.proposed(line, free, 10)]
    assert refusal_of(lambda: build.accepted(world, *lines)).code == "overlap"
    plan = build.accepted(world, *lines, reasons=Reasons(overlap=WHY))
    assert list(plan.lines.values_list("allocation__overlap_reason", flat=True)) == [WHY, ""]


def test_what_was_allocated_near_a_place_is_never_missed(world: World) -> None:
    """The quick question beside the close look, for every pair of places that have to do with each other."""
    village, school = world.village("Ia Dom"), world.school("Ia Dom")
    anew = [
        Place.objects.create(
            unit=village.unit, kind="village", name=name, continues=village, valid_from=date(2025, 1, 1)
        )
        for name in ("Thôn mới", "Thôn mới nữa")
    ]
    Place.objects.filter(pk=school.pk).update(lies_in=village)
    whole = Place.objects.get(unit=village.unit, kind=Place.Kind.COMMUNE)
    other = Place.objects.get(unit=world.commune("Ia Đal"), kind=Place.Kind.COMMUNE)
    places = [whole, village, school, *anew, world.village("Ia Dom", 2), other]
    needs = [build.need_of(world, 50, place=place) for place in places]
    pledge, line = build.supply_of(world, 50).pledge_line.pledge, of_the_union(world, 500)
    met = set()
    for served, need_served in enumerate(needs):
        with transaction.atomic():
            build.allocated(world, 1, need=need_served, supply_line=line)
            for asked, need in enumerate(needs):
                fresh = Need.objects.select_related("place__unit", "place__continues").get(pk=need.pk)
                found = others_beside(fresh, pledge)
                assert found == Others(world.district, 2025, [fresh]).beside(fresh, pledge)
                met |= {(served, asked)} if found else set()
            transaction.set_rollback(True)
    of_the_village = itertools.permutations(range(1, 5), 2)  # but the school is not of what continues it
    pairs = set(of_the_village) - {(2, 3), (3, 2), (2, 4), (4, 2)}
    assert met == pairs | {(0, place) for place in range(1, 6)} | {(place, 0) for place in range(1, 6)}


def test_an_allocation_takes_at_most_twelve_queries(world: World) -> None:
    """Those of its form's key included; who the user is and sees is read once for the request.

    PostgreSQL gets three of the eleven in one message.
    """
    need, line = build.need_of(world, 50), build.supply_of(world, 50)
    by = world.user("coordinator")
    allocate(by=by, supply_line=line, need=need, quantity=5)  # what a process reads once
    with CaptureQueriesContext(connection) as queries:
        allocate(by=by, supply_line=line, need=need, quantity=5, key=uuid.uuid4())
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    asked = [row["sql"] for row in queries if not row["sql"].startswith(control)]
    assert len(asked) == (9 if connection.vendor == "postgresql" else 11), "\n".join(
        sql[:150] for sql in asked
    )
