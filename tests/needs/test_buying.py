"""The buying list: what is uncovered, by item, age band, sex and size, and what it costs."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from directory import clock
from directory.models import User
from needs.actions import SizeRow, close_round, set_price, set_sizes
from needs.buying import BuyingList, buying_list, split
from needs.forms.buying import BuyingFilterForm
from needs.models import Need, SupportItem
from tests.distributions.build import allocated
from tests.merger import DAY, merge
from tests.needs.build import Statement, approved_need, approved_survey
from tests.world import World

database = [pytest.mark.django_db, pytest.mark.sqlite]


def buying(user: User) -> BuyingList:
    return buying_list(Need.objects.visible_to(user))


def told(found: BuyingList) -> list[tuple[str, str, str, str, int, int | None]]:
    return [
        (group.item.code, line.band.code, line.sex, line.size, line.quantity, line.value)
        for group in found.groups
        for line in group.lines
    ]


def by_sex(world: World) -> SupportItem:
    SupportItem.objects.filter(code="warm_clothing").update(by_sex=True)
    return world.item("warm_clothing")


# The split -----------------------------------------------------------------------------------------


@given(some.integers(0, 10**9), some.lists(some.integers(1, 100), min_size=1, max_size=12))
def test_parts_always_add_up_to_the_whole(whole: int, shares: list[int]) -> None:
    parts = split(whole, shares)
    assert sum(parts) == whole
    assert all(abs(part - whole * share / sum(shares)) < 1 for part, share in zip(parts, shares, strict=True))


@pytest.mark.parametrize(
    ("whole", "shares", "parts"),
    [
        (0, [50, 50], [0, 0]),
        (1, [50, 50], [1, 0]),
        (10, [33, 33, 34], [3, 3, 4]),
        (7, [60, 40], [4, 3]),
        (5, [0, 3], [0, 5]),
        (2, [10, 20, 70], [0, 1, 1]),
    ],
)
def test_the_largest_remainder_gets_what_is_left(whole: int, shares: list[int], parts: list[int]) -> None:
    assert split(whole, shares) == parts


# The list ------------------------------------------------------------------------------------------


class TestList:
    pytestmark = database

    def test_what_is_uncovered_by_size_at_the_price_of_the_year(
        self, world: World, coordinator: User
    ) -> None:
        item, band = world.item("warm_clothing"), world.band("3-5")
        rows = [SizeRow(band, "100", 30), SizeRow(band, "110", 70)]
        set_sizes(by=coordinator, item=item, version=0, rows=rows)
        set_price(by=coordinator, item=item, year=2025, amount=200_000)
        set_price(by=coordinator, item=item, year=2024, amount=1)
        approved_survey(
            world,
            needs=[
                Statement(world.village("Ia Dom"), quantity=4),
                Statement(world.village("Ia Dom", 2), quantity=7),
                Statement(world.village("Ia Dom"), band="6-10", quantity=3),
            ],
        )
        found = buying(coordinator)
        # 11 in all, split once: 3.3 and 7.7.
        assert told(found) == [
            ("warm_clothing", "3-5", "", "100", 3, 600_000),
            ("warm_clothing", "3-5", "", "110", 8, 1_600_000),
            ("warm_clothing", "6-10", "", "", 3, 600_000),
        ]
        assert (found.groups[0].quantity, found.value, found.unpriced) == (14, 2_800_000, [])

    def test_no_price_is_not_0(self, world: World, coordinator: User) -> None:
        set_price(by=coordinator, item=world.item("warm_clothing"), year=2025, amount=10)
        approved_survey(
            world,
            needs=[
                Statement(world.village("Ia Dom"), quantity=4),
                Statement(world.village("Ia Dom"), item="play_area", band="all", quantity=1),
            ],
        )
        found = buying(coordinator)
        assert told(found) == [
            ("play_area", "all", "", "", 1, None),
            ("warm_clothing", "3-5", "", "", 4, 40),
        ]
        assert found.value == 40
        assert [group.item.code for group in found.unpriced] == ["play_area"]

    def test_nothing_priced_has_no_value_at_all(self, world: World, coordinator: User) -> None:
        approved_need(world)
        assert buying(coordinator).value is None

    def test_after_a_merger_a_commune_has_what_its_predecessors_need(
        self, world: World, coordinator: User
    ) -> None:
        approved_need(world, quantity=20)
        with clock.standing_on(DAY):
            merged = merge(world, world.user("administrator"))
            User.objects.filter(pk=coordinator.pk).update(agency=merged.health)
            user = world.user("coordinator")
            form = BuyingFilterForm({"commune": str(merged.commune.pk)}, user=user)
            assert form.is_valid()
            found = buying_list(form.apply(Need.objects.visible_to(user)))
            assert [group.quantity for group in found.groups] == [20]

    def test_services_covered_and_closed_needs_are_not_bought(self, world: World, coordinator: User) -> None:
        need = approved_need(world, quantity=20)
        approved_need(world, item="meal", quantity=50)
        allocated(world, quantity=15, need=need)
        assert told(buying(coordinator)) == [("warm_clothing", "3-5", "", "", 5, None)]
        allocated(world, quantity=5, need=need)
        assert told(buying(coordinator)) == []
        approved_need(world, band="6-10")
        close_round(by=coordinator, survey_round=need.round, reason="hết đợt")
        assert told(buying(coordinator)) == []

    def test_girls_and_boys_in_the_ratio_of_the_children(self, world: World, coordinator: User) -> None:
        approved_survey(
            world,
            needs=[
                Statement(world.village("Ia Dom"), children=3, quantity=10),
                Statement(world.village("Ia Dom", 2), children=5, quantity=5),
            ],
        )
        # Asked by sex since; the second village has not said.
        item, band = by_sex(world), world.band("3-5")
        rows = [SizeRow(band, "F1", 50, "f"), SizeRow(band, "F2", 50, "f"), SizeRow(band, "U", 100)]
        set_sizes(by=coordinator, item=item, version=0, rows=rows)
        Need.objects.filter(place=world.village("Ia Dom")).update(girls=1)
        found = buying(coordinator)
        # Of 10 for 1 girl of 3 children: 3 and 7. The others are not told apart.
        assert told(found) == [
            ("warm_clothing", "3-5", "f", "F1", 2, None),
            ("warm_clothing", "3-5", "f", "F2", 1, None),
            ("warm_clothing", "3-5", "m", "U", 7, None),
            ("warm_clothing", "3-5", "", "U", 5, None),
        ]
        with translation.override("en"):
            words = [line.sex_in_words for line in found.groups[0].lines]
        assert words == ["Girls", "Girls", "Boys", "not reported"]

    def test_each_year_has_its_own_price(self, world: World, coordinator: User) -> None:
        item = world.item("warm_clothing")
        for year, amount in ((2025, 10), (2026, 11)):
            set_price(by=coordinator, item=item, year=year, amount=amount)
        approved_need(world, quantity=2)
        with clock.standing_on(date(2026, 2, 1)):
            approved_need(world, quantity=3, year=2026)
            found = buying(coordinator)
        assert [(group.year, group.quantity, group.value) for group in found.groups] == [
            (2025, 2, 20),
            (2026, 3, 33),
        ]
        assert found.years == [2025, 2026]

    def test_only_what_is_within_reach(
        self, world: World, officer: User, stranger: User, health_officer: User
    ) -> None:
        approved_need(world)
        assert [len(buying(user).groups) for user in (officer, stranger, health_officer)] == [1, 0, 0]
