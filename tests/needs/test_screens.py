"""Rounds, check and submit, review, needs: as pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import HistoryEntry, Unit, User
from needs.models import Need, Survey, SurveyRound
from needs.states import RoundState, SurveyState
from needs.todo import todo
from tests.needs.build import (
    Statement,
    approved_need,
    approved_survey,
    filled_survey,
    open_yearly_round,
    started_survey,
    submitted_survey,
)
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def round_form(world: World, **changed: object) -> dict[str, object]:
    return {
        "scope": world.district.pk,
        "kind": "yearly",
        "year": "2025",
        "name": "Rà soát 2025",
        "opens_on": "01/06/2025",
        "due_on": "30/09/2025",
        "client_key": str(uuid.uuid4()),
    } | changed


# Rounds -------------------------------------------------------------------------------------------


def test_a_round_is_opened(world: World, coordinator: User, client_of: ClientOf) -> None:
    answer = client_of(coordinator).post(reverse("round_create"), round_form(world))
    survey_round = SurveyRound.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("round_detail", args=[survey_round.pk]))
    assert (survey_round.year, survey_round.state) == (2025, RoundState.OPEN)


def test_a_round_is_opened_once_by_a_double_click(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    client, data = client_of(coordinator), round_form(world)
    first, second = (client.post(reverse("round_create"), data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert SurveyRound.objects.count() == 1


def test_a_second_yearly_round_is_refused_with_what_was_typed(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    open_yearly_round(world)
    answer = client_of(coordinator).post(reverse("round_create"), round_form(world))
    assert answer.status_code == 409
    assert 'value="Rà soát 2025"' in answer.content.decode()
    assert SurveyRound.objects.count() == 1


@pytest.mark.parametrize("username", ["officer.iadom", "leader", "health", "union", "administrator"])
def test_only_coordinators_open_rounds(world: World, client_of: ClientOf, username: str) -> None:
    assert client_of(world.user(username)).get(reverse("round_create")).status_code == 403


def test_the_matrix_shows_each_commune(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world)
    page = client_of(coordinator).get(reverse("round_detail", args=[survey.round_id]))
    lines = {line["progress"].commune.name: line["progress"] for line in page.context["lines"]}
    assert sorted(lines) == ["xã Ia Dom", "xã Ia Tơi", "xã Ia Đal"]
    assert (lines["xã Ia Dom"].percent, lines["xã Ia Dom"].to_count) == (100, 16)
    assert (lines["xã Ia Đal"].survey, lines["xã Ia Đal"].percent) == (None, 0)


def test_an_officer_sees_only_the_own_commune(world: World, officer: User, client_of: ClientOf) -> None:
    survey_round = open_yearly_round(world)
    page = client_of(officer).get(reverse("round_detail", args=[survey_round.pk]))
    assert [line["progress"].commune.name for line in page.context["lines"]] == ["xã Ia Dom"]


def test_the_matrix_costs_the_same_with_more_surveys(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    url = reverse("round_detail", args=[started_survey(world).round_id])
    before = queries_of(client_of(coordinator), url)
    started_survey(world, "Ia Đal")
    started_survey(world, "Ia Tơi")
    assert queries_of(client_of(coordinator), url) == before


def test_the_round_list_costs_the_same_with_more_rounds(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    open_yearly_round(world)
    before = queries_of(client_of(coordinator), reverse("round_list"))
    open_yearly_round(world, 2024)
    open_yearly_round(world, 2023)
    assert queries_of(client_of(coordinator), reverse("round_list")) == before


def test_a_round_is_closed_with_a_reason(world: World, coordinator: User, client_of: ClientOf) -> None:
    need = approved_need(world)
    url = reverse("round_close", args=[need.round_id])
    assert client_of(coordinator).post(url, {"reason": ""}).status_code == 422
    assert client_of(coordinator).post(url, {"reason": "Hết năm"}).status_code == 302
    need.refresh_from_db()
    assert (need.close_reason, need.round.state) == ("Hết năm", RoundState.CLOSED)


# Surveys ------------------------------------------------------------------------------------------


def start_url(world: World, survey_round: SurveyRound, commune: Unit) -> str:
    return reverse("survey_start", args=[survey_round.pk, commune.pk])


def test_an_officer_starts_the_survey(world: World, officer: User, client_of: ClientOf) -> None:
    survey_round = open_yearly_round(world)
    answer = client_of(officer).post(start_url(world, survey_round, world.commune("Ia Dom")))
    survey = Survey.objects.get()
    assert answer["Location"] == reverse("survey_grid", args=[survey.pk, "children"])
    assert survey.on_behalf_of is None


def test_a_coordinator_enters_on_behalf_of_the_commune(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    survey_round = open_yearly_round(world)
    client_of(coordinator).post(start_url(world, survey_round, world.commune("Ia Dom")))
    survey = Survey.objects.get()
    assert survey.on_behalf_of == world.agency("UBND xã Ia Dom")
    assert HistoryEntry.objects.of(survey).get().on_behalf_of == world.agency("UBND xã Ia Dom")


def test_a_strangers_commune_is_not_found(world: World, stranger: User, client_of: ClientOf) -> None:
    survey_round = open_yearly_round(world)
    answer = client_of(stranger).post(start_url(world, survey_round, world.commune("Ia Dom")))
    assert (answer.status_code, Survey.objects.count()) == (404, 0)


def test_the_check_page_names_what_is_empty(world: World, officer: User, client_of: ClientOf) -> None:
    survey = started_survey(world)
    page = client_of(officer).get(reverse("survey_check", args=[survey.pk]))
    assert [part.gaps for part in page.context["parts"]] == [16, 4, 4, 4]
    assert [len(findings) for _place, findings in page.context["parts"][0].missing] == [4] * 4
    place = world.village("Ia Dom")
    cell = f"{place.pk}.c{world.band('0-2').pk}-{world.subgroup('total').pk}"
    assert f"/surveys/{survey.pk}/children/#{cell}" in page.content.decode()


@pytest.mark.parametrize(("username", "sections"), [("health", ["health_nutrition"]), ("union", None)])
def test_agencies_check_only_their_areas(
    world: World, client_of: ClientOf, username: str, sections: list[str] | None
) -> None:
    survey = filled_survey(world)
    page = client_of(world.user(username)).get(reverse("survey_check", args=[survey.pk]))
    shown = [section.code for section in page.context["sections"]] if page.status_code == 200 else None
    assert shown == sections


def test_the_review_costs_the_same_with_more_needs(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    survey = submitted_survey(world, needs=[Statement(world.village("Ia Dom"))])
    other = submitted_survey(
        world,
        "Ia Đal",
        needs=[Statement(world.village("Ia Đal"), band=band) for band in ("0-2", "3-5", "6-10")],
    )
    first, second = (
        queries_of(client_of(coordinator), reverse("survey_review", args=[each.pk]))
        for each in (survey, other)
    )
    assert first == second


def test_an_incomplete_survey_is_not_submitted(world: World, officer: User, client_of: ClientOf) -> None:
    survey = started_survey(world)
    answer = client_of(officer).post(reverse("survey_submit", args=[survey.pk]))
    survey.refresh_from_db()
    assert (answer.status_code, survey.state) == (422, SurveyState.DRAFT)


def test_a_double_click_submits_once(world: World, officer: User, client_of: ClientOf) -> None:
    survey, client = filled_survey(world), client_of(officer)
    data = {"client_key": str(uuid.uuid4())}
    answers = [client.post(reverse("survey_submit", args=[survey.pk]), data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert HistoryEntry.objects.of(survey).filter(verb="submit_survey").count() == 1


def test_submitting_again_is_refused(world: World, officer: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world)
    answer = client_of(officer).post(
        reverse("survey_submit", args=[survey.pk]), {"client_key": str(uuid.uuid4())}
    )
    assert answer.status_code == 409


def test_a_correction_is_started(world: World, officer: User, client_of: ClientOf) -> None:
    survey = approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    answer = client_of(officer).post(reverse("survey_correct", args=[survey.pk]))
    draft = Survey.objects.get(version=2)
    assert answer["Location"] == reverse("survey_grid", args=[draft.pk, "children"])
    assert (draft.statements.count(), draft.child_counts.count()) == (1, 16)


# Review -------------------------------------------------------------------------------------------


def test_a_coordinator_approves(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world, needs=[Statement(world.village("Ia Dom"))])
    client = client_of(coordinator)
    assert client.get(reverse("survey_review", args=[survey.pk])).status_code == 200
    answer = client.post(reverse("survey_approve", args=[survey.pk]), follow=True)
    assert answer.status_code == 200
    assert Need.objects.get().survey == survey


def test_a_survey_is_returned_with_its_reason(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world)
    url = reverse("survey_return", args=[survey.pk])
    assert client_of(coordinator).post(url, {"reason": ""}).status_code == 422
    assert client_of(coordinator).post(url, {"reason": "Thiếu thôn 2"}).status_code == 302
    survey.refresh_from_db()
    assert (survey.state, survey.return_reason) == (SurveyState.RETURNED, "Thiếu thôn 2")


def test_nobody_approves_their_own_submission(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world)
    Survey.objects.filter(pk=survey.pk).update(submitted_by=coordinator)
    answer = client_of(coordinator).post(reverse("survey_approve", args=[survey.pk]))
    assert (answer.status_code, Need.objects.count()) == (403, 0)


def test_an_officer_does_not_review(world: World, officer: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world)
    client = client_of(officer)
    assert client.get(reverse("survey_review", args=[survey.pk])).status_code == 403
    assert client.post(reverse("survey_approve", args=[survey.pk])).status_code == 403


# Task list ----------------------------------------------------------------------------------------


def test_what_waits_for_whom(world: World, officer: User, coordinator: User) -> None:
    survey_round = open_yearly_round(world)
    assert [task.url for task in todo(officer)] == [f"/rounds/{survey_round.pk}/"]
    survey = filled_survey(world)
    assert [(task.url, task.due_on) for task in todo(officer)] == [
        (f"/surveys/{survey.pk}/children/", survey.round.due_on)
    ]
    submitted_survey(world, "Ia Đal")
    assert len(todo(coordinator)) == 1
    assert todo(world.user("leader")) == []
