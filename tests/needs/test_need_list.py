"""The list of needs: each filter, the search, the order, totals, reach, refusals, cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import clock
from directory.models import Place, User
from needs import listing
from needs.actions import close_round, open_round
from needs.listing import Total, words_of
from needs.models import Need, NeedBalance, ReferencePrice, SurveyRound
from tests.merger import DAY, merge
from tests.needs.build import (
    Statement,
    approved_need,
    approved_survey,
    open_yearly_round,
    submitted_survey,
)
from tests.remembered import remembered
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]
Ask = Callable[..., list[str]]
URL = "/needs/"


def named(need: Need) -> str:
    """“Ia Dom 1 warm_clothing 3-5”"""
    place = need.place.name.removeprefix("Thôn ").removeprefix("Trường ")
    return f"{need.place.unit.short_name} {place} {need.item.code} {need.age_band.code}"


@pytest.fixture
def needs(world: World) -> None:
    remembered(four_needs, world)


def four_needs(world: World) -> None:
    """Four needs of 2025 in two communes and three areas, none of them covered."""
    dom, dal = world.village("Ia Dom"), world.village("Ia Đal", 2)
    approved_survey(
        world,
        "Ia Dom",
        [
            Statement(dom, "warm_clothing", "3-5", quantity=20, priority=1),
            Statement(dom, "play_area", "all", quantity=1, priority=3, reason="chưa có sân chơi"),
        ],
    )
    approved_survey(
        world,
        "Ia Đal",
        [
            Statement(dal, "warm_clothing", "6-10", quantity=30, priority=2),
            Statement(dal, "meal", "3-5", quantity=40, priority=4),
        ],
    )


COAT, SWING, COAT_DAL, MEAL = (
    "Ia Dom 1 warm_clothing 3-5",
    "Ia Dom 1 play_area all",
    "Ia Đal 2 warm_clothing 6-10",
    "Ia Đal 2 meal 3-5",
)


@pytest.fixture
def ask(coordinator: User, client_of: ClientOf) -> Ask:
    client = client_of(coordinator)

    def asked(**parameters: object) -> list[str]:
        page = client.get(URL, parameters)
        assert page.status_code == 200, page.context["form"].errors
        return [named(need) for need in page.context["page"]]

    return asked


# Filters ------------------------------------------------------------------------------------------


def test_without_a_filter_the_most_urgent_comes_first(needs: None, ask: Ask) -> None:
    assert ask() == [COAT, COAT_DAL, SWING, MEAL]


def test_each_filter_alone(needs: None, world: World, ask: Ask) -> None:
    assert ask(commune=world.commune("Ia Đal").pk) == [COAT_DAL, MEAL]
    assert ask(place=world.village("Ia Dom").pk) == [COAT, SWING]
    assert ask(area=world.area("warm_clothing").pk) == [COAT, COAT_DAL]
    assert ask(item=world.item("meal").pk) == [MEAL]
    assert ask(age_band=world.band("3-5").pk) == [COAT, MEAL]
    assert ask(priority=3) == [SWING]


def test_filters_together(needs: None, world: World, ask: Ask) -> None:
    dal, clothing = world.commune("Ia Đal").pk, world.area("warm_clothing").pk
    assert ask(commune=dal, area=clothing) == [COAT_DAL]
    assert ask(commune=dal, area=clothing, priority=1) == []
    assert ask(q="đal", age_band=world.band("3-5").pk, round="all", scope="inside") == [MEAL]


@pytest.mark.parametrize(
    ("covered", "delivered", "closed", "matching"),
    [
        (0, 0, False, {"none", "lacking"}),
        (5, 0, False, {"part", "lacking"}),
        (20, 5, False, {"full"}),
        (20, 20, False, {"full", "delivered"}),
        (5, 5, True, {"part", "closed"}),
    ],
)
def test_coverage(
    world: World, ask: Ask, covered: int, delivered: int, closed: bool, matching: set[str]
) -> None:
    need = approved_need(world, quantity=20)
    NeedBalance.objects.filter(pk=need.pk).update(covered=covered, delivered=delivered)
    if closed:
        close_round(by=world.user("coordinator"), survey_round=need.round, reason="hết năm")
    kinds = ("lacking", "none", "part", "full", "delivered", "closed")
    assert {kind for kind in kinds if ask(coverage=kind)} == matching


def test_scope_is_that_of_the_day_the_round_opened(world: World, ask: Ask) -> None:
    """Ia Dom is difficult until the end of 2025 [rule: 861/QĐ-TTg is for 2021-2025]."""
    for commune in ("Ia Dom", "Ia Tơi"):
        approved_need(world, commune)
    with clock.standing_on(date(2026, 3, 1)):
        assert ask(scope="inside") == ["Ia Dom 1 warm_clothing 3-5"]
        assert ask(scope="outside") == ["Ia Tơi 1 warm_clothing 3-5"]


def test_over_several_rounds_scope_is_that_of_today(world: World, ask: Ask) -> None:
    for year in (2024, 2025):
        approved_need(world, year=year)
    assert len(ask(scope="inside", round="all")) == 2
    with clock.standing_on(date(2026, 3, 1)):
        assert ask(scope="inside", round="all") == []


def test_a_need_taken_back_to_nothing_is_not_listed(world: World, ask: Ask) -> None:
    need = approved_need(world)
    approved_need(world, quantity=0, children=0)
    assert (need.pk, ask()) == (Need.objects.get().pk, [])


def test_drafts_never_enter_the_list(world: World, ask: Ask) -> None:
    submitted_survey(world, needs=[Statement(world.village("Ia Dom"))])
    assert ask() == []


# Rounds -------------------------------------------------------------------------------------------


def storm(world: World) -> SurveyRound:
    return open_round(
        by=world.user("coordinator"),
        scope=world.district,
        kind="supplementary",
        year=2025,
        name="Sau bão số 3",
        event="Bão số 3",
        opens_on=date(2025, 5, 1),
        due_on=date(2025, 7, 1),
        places=[world.village("Ia Dom")],
    )


def test_needs_of_several_years_are_mixed_only_when_asked(world: World, ask: Ask) -> None:
    old = approved_need(world, year=2024, priority=1)
    approved_need(world, "Ia Đal", year=2025)
    new = "Ia Đal 1 warm_clothing 3-5"
    assert ask() == [new]
    assert ask(round=old.round_id) == [COAT]
    assert ask(round="all") == [COAT, new]


def test_open_supplementary_rounds_stand_beside_the_yearly_one(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    yearly, extra = open_yearly_round(world), storm(world)
    page = client_of(coordinator).get(URL)
    assert page.context["rounds"] == [yearly, extra]
    close_round(by=coordinator, survey_round=extra, reason="xong")
    assert client_of(coordinator).get(URL).context["rounds"] == [yearly]


def test_with_no_round_open_the_newest_yearly_one_is_shown(world: World, ask: Ask) -> None:
    need = approved_need(world, year=2024)
    close_round(by=world.user("coordinator"), survey_round=need.round, reason="hết năm")
    assert ask() == [COAT]


def test_after_a_merger_a_commune_and_its_places_keep_their_needs(
    world: World, administrator: User, client_of: ClientOf
) -> None:
    approved_need(world, "Ia Dom")
    approved_need(world, "Ia Đal")
    with clock.standing_on(DAY):
        merged = merge(world, administrator)
        officer = world.user("officer.iatoi")
        place = Place.objects.get(continues=world.village("Ia Dom"))
        for asked in ({"commune": merged.commune.pk}, {"place": place.pk}):
            page = client_of(officer).get(URL, asked)
            assert [named(need) for need in page.context["page"]] == [COAT]


# Search -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("do am", [COAT, COAT_DAL]),
        ("ĐỒ ẤM", [COAT, COAT_DAL]),
        ("am dom", [COAT]),
        ("thon 2 dal", [COAT_DAL, MEAL]),
        ("nutritious", [MEAL]),
        ("play_area", [SWING]),
        ("xa ia", [COAT, COAT_DAL, SWING, MEAL]),
        ("ao", []),
    ],
)
def test_search_without_diacritics(needs: None, ask: Ask, words: str, found: list[str]) -> None:
    assert ask(q=words) == found


def test_ao_am_finds_warm_coats(world: World, ask: Ask) -> None:
    item = world.item("warm_clothing")
    item.name = "Áo ấm"
    item.save()
    approved_need(world)
    assert ask(q="ao am") == ask(q="áo ấm") == ask(q="  AM   AO ") == [COAT]


def test_words() -> None:
    assert words_of(" Áo  ấm áo ") == ("ao", "am")


# Order and pages ----------------------------------------------------------------------------------


def test_sorting(needs: None, ask: Ask) -> None:
    by_need = {COAT: 20, SWING: 1, COAT_DAL: 30, MEAL: 40}
    assert ask(sort="place") == [COAT, SWING, COAT_DAL, MEAL]
    assert ask(sort="item") == [MEAL, SWING, COAT, COAT_DAL]
    assert ask(sort="uncovered") == sorted(by_need, key=lambda name: -by_need[name])


@pytest.mark.parametrize("sort", ["priority", "place", "item"])
def test_a_long_list_is_in_the_same_order_as_a_short_one(
    needs: None, world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    approved_need(world, "Ia Tơi", priority=1, place=world.school("Ia Tơi"))
    short = ask(sort=sort)
    monkeypatch.setattr(listing, "SHORT", 0)
    monkeypatch.setattr("needs.views.need.PAGE", 2)
    assert [name for page in (1, 2, 3) for name in ask(sort=sort, page=page)] == short
    assert len(short) == 5


# Totals -------------------------------------------------------------------------------------------


def totals(client: Client, **asked: object) -> list[Total]:
    return client.get(URL, asked).context["listing"].totals


def test_totals_by_item_with_the_value_of_what_is_uncovered(
    needs: None, world: World, coordinator: User, client_of: ClientOf
) -> None:
    ReferencePrice.objects.create(item=world.item("warm_clothing"), year=2025, amount=150_000)
    ReferencePrice.objects.create(item=world.item("meal"), year=2024, amount=25_000)
    NeedBalance.objects.filter(item=world.item("warm_clothing"), quantity=20).update(covered=15, delivered=5)
    found = totals(client_of(coordinator))
    assert [
        (each.item.code, each.needed, each.covered, each.delivered, each.uncovered) for each in found
    ] == [
        ("meal", 40, 0, 0, 40),
        ("play_area", 1, 0, 0, 1),
        ("warm_clothing", 50, 15, 5, 35),
    ]
    assert [(each.value, each.unpriced_years) for each in found] == [
        (None, "2025"),
        (None, "2025"),
        (35 * 150_000, ""),
    ]


def test_each_round_counts_at_the_prices_of_its_year(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    for year, price in ((2024, 100), (2025, 1000)):
        approved_need(world, year=year, quantity=2)
        ReferencePrice.objects.create(item=world.item("warm_clothing"), year=year, amount=price)
    (total,) = totals(client_of(coordinator), round="all")
    assert (total.needs, total.needed, total.value) == (2, 4, 2200)


def test_totals_are_those_of_the_filtered_list(
    needs: None, world: World, coordinator: User, client_of: ClientOf
) -> None:
    client = client_of(coordinator)
    for asked in ({"q": "dal"}, {"priority": 1}, {"age_band": world.band("3-5").pk}, {"coverage": "lacking"}):
        page = client.get(URL, asked)
        listed = sum(need.balance.quantity for need in page.context["page"])
        assert sum(total.needed for total in page.context["listing"].totals) == listed > 0
        assert page.context["page"].paginator.count == len(page.context["page"])


def test_an_empty_list_says_so_and_keeps_its_filters(
    needs: None, coordinator: User, client_of: ClientOf
) -> None:
    text = client_of(coordinator).get(URL, {"q": "khong co"}).content.decode()
    assert ('class="empty"' in text, 'class="chip"' in text, "<table" in text) == (True, True, False)


# What is shown ------------------------------------------------------------------------------------


def test_the_communes_own_priority_and_the_girls_stand_beside(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    need = approved_need(world, priority=3)
    Need.objects.filter(pk=need.pk).update(priority=1, girls=9)
    text = client_of(coordinator).get(URL, headers={"Accept-Language": "en"}).content.decode()
    assert (need.stated_priority, "9" in text) == (3, True)


def test_filters_in_use_can_be_removed_one_by_one(
    needs: None, world: World, coordinator: User, client_of: ClientOf
) -> None:
    commune, place = world.commune("Ia Dom").pk, world.village("Ia Dom").pk
    page = client_of(coordinator).get(URL, {"commune": commune, "place": place, "priority": 1, "page": 1})
    assert [(chosen.name, without) for chosen, without in page.context["chosen"]] == [
        ("commune", "?priority=1"),
        ("place", f"?commune={commune}&priority=1"),
        ("priority", f"?commune={commune}&place={place}"),
    ]


def test_the_places_of_the_chosen_commune_are_offered(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    client = client_of(coordinator)
    assert "place" not in client.get(URL).context["form"].fields
    form = client.get(URL, {"commune": world.commune("Ia Dom").pk}).context["form"]
    offered = [str(label) for _value, label in form.fields["place"].choices][1:]
    assert offered == ["xã Ia Dom", "Thôn 1", "Thôn 2", "Trường Mầm non Ia Dom"]


# Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"priority": "5"},
        {"round": "999999"},
        {"round": "x"},
        {"commune": "999999"},
        {"place": "999999"},
        {"coverage": "much"},
        {"scope": "here"},
        {"sort": "-pk"},
        {"age_band": "0-2"},
        {"q": "x" * 101},
    ],
)
def test_a_wrong_filter_is_refused_and_never_shows_all(
    needs: None, coordinator: User, client_of: ClientOf, asked: dict[str, str]
) -> None:
    answer = client_of(coordinator).get(URL, asked)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, set(asked))
    assert "page" not in answer.context
    assert "error-summary" in answer.content.decode()


def test_a_place_of_another_commune_is_refused(
    needs: None, world: World, coordinator: User, client_of: ClientOf
) -> None:
    asked = {"commune": world.commune("Ia Dom").pk, "place": world.village("Ia Đal").pk}
    answer = client_of(coordinator).get(URL, asked)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"place"})


# Reach --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "seen"),
    [
        ("officer.iadom", [COAT, SWING]),
        ("officer.iadal", [COAT_DAL, MEAL]),
        ("officer.iatoi", []),
        ("health", [MEAL]),
        ("culture", [SWING]),
        ("union", []),
        ("leader", [COAT, COAT_DAL, SWING, MEAL]),
    ],
)
def test_who_sees_which_needs(
    needs: None, world: World, client_of: ClientOf, username: str, seen: list[str]
) -> None:
    page = client_of(world.user(username)).get(URL)
    assert [named(need) for need in page.context["page"]] == seen
    assert sum(total.needs for total in page.context["listing"].totals) == len(seen)


@pytest.mark.parametrize(
    ("username", "status"), [("officer.iadom", 200), ("officer.iadal", 404), ("health", 404)]
)
def test_who_sees_one_need(
    needs: None, world: World, client_of: ClientOf, username: str, status: int
) -> None:
    need = Need.objects.get(priority=1)
    assert client_of(world.user(username)).get(reverse("need_detail", args=[need.pk])).status_code == status


def test_strangers_communes_places_and_items_are_not_offered(
    needs: None, world: World, officer: User, client_of: ClientOf
) -> None:
    client = client_of(officer)
    for asked in ({"commune": world.commune("Ia Đal").pk}, {"place": world.village("Ia Đal").pk}):
        assert client.get(URL, asked).status_code == 422
    health = client_of(world.user("health")).get(URL).context["form"]
    assert {str(item.code) for item in health.items} == {"check_up", "meal"}


# Cost ---------------------------------------------------------------------------------------------


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("url", [URL, f"{URL}?round=all&q=thon"])
def test_the_list_costs_the_same_with_more_needs(
    world: World, coordinator: User, client_of: ClientOf, url: str
) -> None:
    approved_need(world)
    before = cost(client_of(coordinator), url)
    approved_need(world, band="6-10")
    approved_need(world, "Ia Đal")
    assert cost(client_of(coordinator), url) == before


def test_open_rounds_that_are_not_shown_are_named(
    world: World, needs: None, coordinator: User, client_of: ClientOf
) -> None:
    client, older = client_of(coordinator), open_yearly_round(world)
    link = f'<a href="?round={older.pk}">{older}</a>'
    assert link not in client.get(URL).content.decode()
    newer = open_yearly_round(world, 2026)
    page = client.get(URL)
    assert page.context["rounds"] == [newer]
    assert link in page.content.decode()
    assert link not in client.get(URL, {"round": newer.pk}).content.decode()


def test_a_template_that_asks_for_a_figure_reads_no_page(world: World, coordinator: User) -> None:
    """Django asks ``listing["totals"]`` before ``listing.totals``."""
    approved_need(world)
    found = listing.Listing(coordinator, listing.Sieve(coordinator.reach.communes, [world.item("meal")]))
    with CaptureQueriesContext(connection) as queries, pytest.raises(TypeError):
        found["totals"]  # type: ignore[index]
    assert len(queries) == 0
