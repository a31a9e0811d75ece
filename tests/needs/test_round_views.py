"""Rounds as pages: changing, reopening, what closing will do, the list."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import User
from needs.actions import close_round, open_round
from needs.models import NeedBalance, Reopening, SurveyRound
from tests.browser import violations
from tests.needs.build import approved_need, filled_survey, open_yearly_round, submitted_survey
from tests.needs.test_reopening import closed_round, reopened
from tests.needs.test_round import disaster
from tests.needs.test_screens import round_form
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def change_form(**changed: object) -> dict[str, object]:
    return {
        "version": 0,
        "name": "Rà soát nhu cầu năm 2025",
        "opens_on": "02/01/2025",
        "due_on": "30/06/2025",
    } | changed


def test_a_supplementary_round_is_opened_for_chosen_places(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    client = client_of(coordinator)
    page = client.get(reverse("round_create")).content.decode()
    for commune in ("Ia Dom", "Ia Đal", "Ia Tơi"):
        assert f"<legend>xã {commune}</legend>" in page
    places = [world.village("Ia Dom").pk, world.school("Ia Đal").pk]
    form = round_form(world, kind="supplementary", event="Lốc xoáy", places=places, asks_chair="on")
    assert client.post(reverse("round_create"), form).status_code == 302
    survey_round = SurveyRound.objects.get()
    assert sorted(place.pk for place in survey_round.places.all()) == sorted(places)
    assert survey_round.asks_chair


def test_a_round_is_changed(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey_round, client = open_yearly_round(world), client_of(coordinator)
    url = reverse("round_change", args=[survey_round.pk])
    page = client.get(url)
    assert page.context["form"].initial["version"] == 0
    assert sorted(page.context["form"].fields) == [
        "asks_chair",
        "due_on",
        "instructions",
        "name",
        "opens_on",
        "reason",
        "version",
    ]
    answer = client.post(url, change_form(due_on="31/07/2025", reason="Mưa lớn"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("round_detail", args=[survey_round.pk]))
    page = client.get(answer["Location"]).content.decode()
    assert "30/06/2025 → 31/07/2025" in page
    assert "Mưa lớn" in page


def test_a_refused_change_keeps_what_was_typed(world: World, coordinator: User, client_of: ClientOf) -> None:
    url = reverse("round_change", args=[open_yearly_round(world).pk])
    answer = client_of(coordinator).post(url, change_form(due_on="31/07/2025"))
    assert (answer.status_code, 'value="31/07/2025"' in answer.content.decode()) == (422, True)
    assert list(answer.context["form"].errors) == ["reason"]


def test_a_stale_change_is_409_and_shows_both_values(
    world: World, coordinator: User, second_coordinator: User, client_of: ClientOf
) -> None:
    url = reverse("round_change", args=[open_yearly_round(world).pk])
    client_of(coordinator).post(url, change_form(name="Rà soát A"))
    answer = client_of(second_coordinator).post(url, change_form(name="Rà soát B"))
    page = answer.content.decode()
    assert (answer.status_code, "Rà soát A" in page, 'value="Rà soát B"' in page) == (409, True, True)


def test_the_places_of_a_supplementary_round_are_changed(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    survey_round = open_round(**disaster(world))
    url, client = reverse("round_change", args=[survey_round.pk]), client_of(coordinator)
    checked = client.get(url).content.decode().count(" checked")
    form = change_form(
        opens_on="02/06/2025",
        due_on="30/09/2025",
        event="Lốc xoáy ngày 20/5",
        places=[world.village("Ia Dom").pk, world.village("Ia Đal").pk],
    )
    assert (checked, client.post(url, form).status_code) == (2, 302)
    assert {place.unit.name for place in survey_round.places.all()} == {"xã Ia Dom", "xã Ia Đal"}


def test_a_round_is_reopened_and_ended(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey_round, commune = closed_round(world), world.commune("Ia Dom")
    client, detail = client_of(coordinator), reverse("round_detail", args=[survey_round.pk])
    url = reverse("round_reopen", args=[survey_round.pk, commune.pk])
    assert url in client.get(detail).content.decode()
    assert client.get(url).status_code == 200
    assert client.post(url, {"due_on": "20/06/2025", "reason": ""}).status_code == 422
    assert client.post(url, {"due_on": "01/06/2025", "reason": "Bổ sung"}).status_code == 422
    answer = client.post(url, {"due_on": "20/06/2025", "reason": "Bổ sung thôn 2"})
    assert (answer.status_code, answer["Location"]) == (302, detail)
    assert client.post(url, {"due_on": "20/06/2025", "reason": "Bổ sung thôn 2"}).status_code == 409
    end = reverse("round_end_reopening", args=[survey_round.pk, commune.pk])
    page = client.get(detail).content.decode()
    assert (end in page, url in page) == (True, False)
    assert "Bổ sung thôn 2" in client.get(end).content.decode()
    assert client.post(end, {"reason": " "}).status_code == 422
    assert client.post(end, {"reason": "Đã đủ"}).status_code == 302
    assert not Reopening.objects.in_force().exists()


def test_the_officer_of_a_reopened_commune_goes_on(world: World, officer: User, client_of: ClientOf) -> None:
    survey = filled_survey(world)
    survey_round = closed_round(world)
    client, url = client_of(officer), reverse("survey_submit", args=[survey.pk])
    assert client.post(url, {"client_key": str(uuid.uuid4())}).status_code == 409
    reopened(world, survey_round)
    assert "20/06/2025" in client.get(reverse("survey_check", args=[survey.pk])).content.decode()
    assert client.post(url, {"client_key": str(uuid.uuid4())}).status_code == 302
    review = client_of(world.user("coordinator")).get(reverse("survey_review", args=[survey.pk]))
    assert review.context["waits"]


# Closing ------------------------------------------------------------------------------------------


def test_the_page_says_what_closing_will_do(world: World, coordinator: User, client_of: ClientOf) -> None:
    part, none, full = (approved_need(world, band=band, quantity=10) for band in ("0-2", "3-5", "6-10"))
    approved_need(world, "Ia Đal", item="meal", quantity=30)
    NeedBalance.objects.filter(pk=part.pk).update(covered=6, delivered=4)
    NeedBalance.objects.filter(pk=full.pk).update(covered=10, delivered=10)
    page = client_of(coordinator).get(reverse("round_detail", args=[none.round_id]))
    unmet = [
        (line.item.code, line.needs, line.uncovered, line.quantity, line.covered, line.delivered)
        for line in page.context["unmet"]
    ]
    assert unmet == [("meal", 1, 1, 30, 0, 0), ("warm_clothing", 2, 1, 20, 6, 4)]
    assert [line.commune.name for line in page.context["not_handed_in"]] == ["xã Ia Tơi"]
    assert page.context["waiting"] == []


def test_what_waits_is_named_before_closing(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world)
    page = client_of(coordinator).get(reverse("round_detail", args=[survey.round_id]))
    assert [line.commune.name for line in page.context["waiting"]] == ["xã Ia Dom"]
    assert [line.commune.name for line in page.context["not_handed_in"]] == ["xã Ia Tơi", "xã Ia Đal"]


@pytest.mark.parametrize(
    ("username", "items"), [("coordinator", 2), ("leader", 2), ("officer.iadom", 1), ("health", 1)]
)
def test_a_closed_round_says_what_was_not_met(
    world: World, coordinator: User, client_of: ClientOf, username: str, items: int
) -> None:
    need = approved_need(world)
    approved_need(world, "Ia Đal", item="meal")
    close_round(by=coordinator, survey_round=need.round, reason="Hết năm")
    page = client_of(world.user(username)).get(reverse("round_detail", args=[need.round_id]))
    assert [line.needs for line in page.context["unmet"]] == [1] * items


def test_what_is_open_again_is_not_unmet_yet(world: World, coordinator: User, client_of: ClientOf) -> None:
    need = approved_need(world)
    close_round(by=coordinator, survey_round=need.round, reason="Hết năm")
    reopened(world, need.round)
    page = client_of(coordinator).get(reverse("round_detail", args=[need.round_id]))
    assert page.context["unmet"] == []


def test_officers_see_no_closing_of_an_open_round(world: World, officer: User, client_of: ClientOf) -> None:
    need = approved_need(world)
    page = client_of(officer).get(reverse("round_detail", args=[need.round_id]))
    assert (page.context["unmet"], "btn-danger" in page.content.decode()) == ([], False)


# The list -----------------------------------------------------------------------------------------


def test_the_list_shows_how_far_each_round_is(world: World, coordinator: User, client_of: ClientOf) -> None:
    approved_need(world)
    submitted_survey(world, "Ia Đal")
    reopened(world, closed_round(world, 2024), "Ia Tơi")
    open_round(**disaster(world))
    lines = client_of(coordinator).get(reverse("round_list")).context["lines"]
    assert [
        (each.kind, each.state, totals.communes, totals.approved, totals.submitted) for each, totals in lines
    ] == [
        ("supplementary", "open", 1, 0, 0),
        ("yearly", "open", 3, 1, 1),
        ("yearly", "closed", 3, 0, 0),
    ]


def test_the_list_costs_the_same_with_rounds_of_both_kinds(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    open_round(**disaster(world))
    before = queries_of(client_of(coordinator), reverse("round_list"))
    open_round(**disaster(world, name="Lũ quét"))
    submitted_survey(world)
    open_yearly_round(world, 2024)
    assert queries_of(client_of(coordinator), reverse("round_list")) == before


# Looks --------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("phone", [False, True])
def test_nothing_stands_in_anybodys_way(
    world: World, coordinator: User, open_page: Callable, phone: bool
) -> None:
    submitted_survey(world)
    closed = closed_round(world, 2024)
    commune, supplementary = world.commune("Ia Dom").pk, open_round(**disaster(world))
    reopened(world, closed)
    addresses = [
        reverse("round_list"),
        reverse("round_create"),
        reverse("round_detail", args=[open_yearly_round(world).pk]),
        reverse("round_detail", args=[closed.pk]),
        reverse("round_change", args=[supplementary.pk]),
        reverse("round_reopen", args=[closed.pk, world.commune("Ia Đal").pk]),
        reverse("round_end_reopening", args=[closed.pk, commune]),
    ]
    page = open_page(addresses[0], coordinator, phone=phone)
    for address in addresses:
        page.goto(address)
        assert (address, violations(page)) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def test_what_a_supplementary_round_needs_is_not_called_optional(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    page = client_of(coordinator).get(reverse("round_create"))
    labels = [str(page.context["form"][name].label_tag()) for name in ("event", "places", "instructions")]
    assert ["label-optional" in label for label in labels] == [False, False, True]
