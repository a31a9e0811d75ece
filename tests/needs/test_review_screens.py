"""The review as a page: in order, for a busy reviewer; opinions, priorities, versions."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import User
from distributions.actions import allocate
from needs.actions import (
    approve_survey,
    ask_opinion,
    comment_row,
    correct_survey,
    give_opinion,
    prioritise_row,
    return_survey,
    submit_survey,
)
from needs.models import Need, NeedBalance, NeedMove, Opinion, Survey
from needs.states import SurveyState
from needs.todo import todo
from tests.distributions.build import supply_of
from tests.needs.build import (
    Statement,
    approved_need,
    approved_survey,
    officer_of,
    state_need,
    submitted_survey,
)
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def review_of(survey: Survey) -> str:
    return reverse("survey_review", args=[survey.pk])


def asked(world: World, survey: Survey, area: str = "health_nutrition") -> Opinion:
    return ask_opinion(
        by=world.user("coordinator"), survey=survey, area=world.area(area), question="Số bữa ăn?"
    )


# What changed -------------------------------------------------------------------------------------


def test_a_reviewer_chooses_what_to_compare_with(
    world: World, coordinator: User, officer: User, client_of: ClientOf
) -> None:
    draft = correct_survey(
        by=officer, survey=approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    )
    state_need(world, draft, Statement(world.village("Ia Dom"), quantity=15))
    survey = submit_survey(by=officer, survey=draft)
    survey = return_survey(by=coordinator, survey=survey, reason="Xem lại")
    client = client_of(coordinator)
    chosen = {
        against: client.get(review_of(survey), {"against": against}).context["differences"]
        for against in ("", "return", "version", "year")
    }
    assert {against: (each.chosen.against, each.number) for against, each in chosen.items()} == {
        "": ("return", 0),
        "return": ("return", 0),
        "version": ("version", 1),
        "year": ("return", 0),
    }


# Opinions -----------------------------------------------------------------------------------------


def test_an_agency_is_asked_once_by_a_double_click(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    survey, client = submitted_survey(world), client_of(coordinator)
    data = {
        "area": world.area("health_nutrition").pk,
        "question": "Số bữa ăn?",
        "client_key": str(uuid.uuid4()),
    }
    answers = [client.post(reverse("opinion_ask", args=[survey.pk]), data) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [review_of(survey)] * 2
    assert Opinion.objects.count() == 1


def test_a_question_that_cannot_be_asked_is_kept(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    survey = submitted_survey(world)
    data = {"area": world.area("warm_clothing").pk, "question": "Số áo có đủ?"}
    answer = client_of(coordinator).post(reverse("opinion_ask", args=[survey.pk]), data)
    assert (answer.status_code, Opinion.objects.count()) == (422, 0)
    assert "Số áo có đủ?" in answer.content.decode()


def test_the_agency_reads_its_area_and_answers(
    world: World, health_officer: User, client_of: ClientOf
) -> None:
    survey = submitted_survey(
        world, needs=[Statement(world.village("Ia Dom"), item="meal", quantity=33, children=20)]
    )
    opinion, client = asked(world, survey), client_of(health_officer)
    url = reverse("opinion_give", args=[opinion.pk])
    page = client.get(url)
    assert [grid.section.code for grid in page.context["grids"]] == ["health_nutrition"]
    assert "Số bữa ăn?" in page.content.decode()
    wrong = client.post(url, {"verdict": "disagrees", "text": ""})
    assert wrong.status_code == 422
    assert client.post(url, {"verdict": "disagrees", "text": "Quá nhiều"})["Location"] == url
    opinion.refresh_from_db()
    assert (opinion.verdict, opinion.given_by) == ("disagrees", health_officer)
    read = client.get(url).context["form"].initial["seen_at"]
    assert client.post(url, {"verdict": "agrees", "text": "", "seen_at": read}).status_code == 302
    opinion.refresh_from_db()
    assert opinion.verdict == "agrees"


def test_a_colleagues_newer_answer_is_shown(world: World, health_officer: User, client_of: ClientOf) -> None:
    opinion = asked(world, submitted_survey(world))
    give_opinion(by=health_officer, opinion=opinion, verdict="disagrees", text="Quá nhiều")
    client, url = client_of(health_officer), reverse("opinion_give", args=[opinion.pk])
    answer = client.post(url, {"verdict": "agrees", "text": "Được", "seen_at": ""})
    page = answer.content.decode()
    assert (answer.status_code, "Quá nhiều" in page, "Được" in page) == (409, True, True)
    again = client.post(
        url, {"verdict": "agrees", "text": "Được", "seen_at": answer.context["form"]["seen_at"].value()}
    )
    assert again.status_code == 302


def test_another_agency_does_not_see_the_question(
    world: World, culture_officer: User, client_of: ClientOf
) -> None:
    opinion = asked(world, submitted_survey(world))
    client = client_of(culture_officer)
    assert client.get(reverse("opinion_give", args=[opinion.pk])).status_code == 404


def test_who_finds_the_question_in_the_task_list(
    world: World, coordinator: User, health_officer: User, culture_officer: User
) -> None:
    survey = submitted_survey(world)
    opinion = asked(world, survey)
    assert [task.url for task in todo(health_officer)] == [reverse("opinion_give", args=[opinion.pk])]
    assert todo(culture_officer) == []
    assert [task.url for task in todo(coordinator)] == [review_of(survey)]
    give_opinion(by=health_officer, opinion=opinion, verdict="agrees", text="")
    assert todo(health_officer) == []
    found = sorted(task.url for task in todo(coordinator))
    assert found == [review_of(survey), f"{review_of(survey)}#opinions"]
    approve_survey(by=coordinator, survey=survey)
    assert todo(coordinator) == []


def test_the_task_list_costs_the_same_with_more_opinions(
    world: World, coordinator: User, health_officer: User
) -> None:
    def queries(user: User) -> int:
        with CaptureQueriesContext(connection) as captured:
            todo(User.objects.get(pk=user.pk))
        return len(captured)

    asked(world, submitted_survey(world))
    give_opinion(
        by=health_officer, opinion=asked(world, submitted_survey(world, "Ia Đal")), verdict="agrees", text=""
    )
    before = [queries(user) for user in (coordinator, health_officer)]
    third = submitted_survey(world, "Ia Tơi")
    asked(world, third, "play")
    give_opinion(by=health_officer, opinion=asked(world, third), verdict="agrees", text="")
    assert [queries(user) for user in (coordinator, health_officer)] == before


def test_the_page_says_which_opinions_are_outstanding(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    survey = submitted_survey(world)
    opinion = asked(world, survey)
    page = client_of(coordinator).get(review_of(survey))
    assert page.context["outstanding"] == [opinion]
    assert [asking.area.code for asking in page.context["askable"]] == ["play"]


# Priorities ---------------------------------------------------------------------------------------


def test_a_priority_is_set_on_the_row(world: World, coordinator: User, client_of: ClientOf) -> None:
    place = world.village("Ia Dom")
    survey, client = submitted_survey(world, needs=[Statement(place)]), client_of(coordinator)
    url = reverse("survey_prioritise", args=[survey.pk])
    data = {"section": "warm_clothing", "place": place.pk, "priority": "1", "reason": ""}
    wrong = client.post(url, data)
    assert (wrong.status_code, survey.statements.get().reviewed_priority) == (422, None)
    done = client.post(url, data | {"reason": "Vùng cao"}, follow=True)
    assert done.status_code == 200
    assert survey.statements.get().reviewed_priority == 1
    row = client.get(review_of(survey)).context["priorities"][0]
    assert (row.stated, row.reviewed, row.why) == (2, 1, "Vùng cao")


def test_a_priority_of_no_row_is_refused(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world, needs=[Statement(world.village("Ia Dom"))])
    url = reverse("survey_prioritise", args=[survey.pk])
    for section, place in (("children", "Ia Dom"), ("warm_clothing", "Ia Đal")):
        data = {"section": section, "place": world.village(place).pk, "priority": "1", "reason": "Rét"}
        assert client_of(coordinator).post(url, data).status_code == 422
    assert survey.statements.get().reviewed_priority is None


def test_the_priority_of_a_need_is_set_on_its_page(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    need, client = approved_need(world), client_of(coordinator)
    url = reverse("need_prioritise", args=[need.pk])
    assert client.post(url, {"priority": "1", "reason": ""}).status_code == 422
    assert client.post(url, {"priority": "1", "reason": "Mưa lũ"})["Location"] == reverse(
        "need_detail", args=[need.pk]
    )
    need.refresh_from_db()
    assert (need.priority, need.stated_priority) == (1, 2)
    assert "Mưa lũ" in client.get(reverse("need_detail", args=[need.pk])).content.decode()


def test_an_officer_sees_the_priority_but_no_form(world: World, officer: User, client_of: ClientOf) -> None:
    need = approved_need(world)
    page = client_of(officer).get(reverse("need_detail", args=[need.pk]))
    assert page.context["may_prioritise"] is False


# Versions -----------------------------------------------------------------------------------------


def below_what_is_covered(world: World, officer: User, quantity: int = 5) -> Survey:
    """A submitted correction of a need of which 15 of 20 are allocated."""
    need = approved_need(world, quantity=20)
    allocate(by=world.user("coordinator"), supply_line=supply_of(world, 15), need=need, quantity=15)
    draft = correct_survey(by=officer, survey=need.survey)
    state_need(world, draft, Statement(need.place, children=5, quantity=quantity))
    return submit_survey(by=officer, survey=draft)


@pytest.mark.sqlite
def test_a_correction_below_what_is_allocated_is_refused_with_the_allocation(
    world: World, coordinator: User, officer: User, client_of: ClientOf
) -> None:
    survey = below_what_is_covered(world, officer)
    client = client_of(coordinator)
    [shortfall] = client.get(review_of(survey)).context["shortfalls"]
    assert (shortfall.wanted, shortfall.covered) == (5, 15)
    assert [claim.quantity for claim in shortfall.claims] == [15]
    assert "CK-2025-001" in shortfall.message
    answer = client.post(reverse("survey_approve", args=[survey.pk]))
    assert answer.status_code == 409
    assert [problem.message for problem in answer.context["refusal"].problems] == [shortfall.message]
    survey.refresh_from_db()
    balance = NeedBalance.objects.get()
    assert (survey.state, balance.quantity, balance.covered) == (SurveyState.SUBMITTED, 20, 15)
    assert NeedMove.objects.count() == 1


def test_down_to_what_is_allocated_it_is_approved(
    world: World, coordinator: User, officer: User, client_of: ClientOf
) -> None:
    survey = below_what_is_covered(world, officer, quantity=15)
    client = client_of(coordinator)
    assert client.get(review_of(survey)).context["shortfalls"] == []
    assert client.post(reverse("survey_approve", args=[survey.pk])).status_code == 302
    assert NeedBalance.objects.get().quantity == 15


def test_shortfalls_cost_the_same_when_there_are_more(
    world: World, coordinator: User, officer: User, client_of: ClientOf
) -> None:
    bands = ("0-2", "3-5", "6-10")
    for commune, number in (("Ia Dom", 1), ("Ia Đal", 3)):
        place = world.village(commune)
        approved_survey(world, commune, needs=[Statement(place, band=band) for band in bands])
        for need in Need.objects.filter(place=place)[:number]:
            allocate(by=coordinator, supply_line=supply_of(world, 15), need=need, quantity=15)
        draft = correct_survey(by=officer_of(world, commune), survey=Survey.objects.get(commune=place.unit))
        for band in bands:
            state_need(world, draft, Statement(place, band=band, children=1, quantity=1))
    urls = [review_of(survey) for survey in Survey.objects.filter(version=2).order_by("pk")]
    client = client_of(coordinator)
    assert [len(client.get(url).context["shortfalls"]) for url in urls] == [1, 3]
    first, second = (queries_of(client, url) for url in urls)
    assert first == second


def test_all_versions_are_listed(world: World, coordinator: User, officer: User, client_of: ClientOf) -> None:
    draft = correct_survey(by=officer, survey=approved_survey(world))
    page = client_of(coordinator).get(review_of(draft))
    listed = [(each.version, each.state) for each in page.context["versions"]]
    assert listed == [(2, SurveyState.DRAFT), (1, SurveyState.APPROVED)]


# The page -----------------------------------------------------------------------------------------


def test_the_page_costs_the_same_with_more_of_everything(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    costs = []
    for commune, number in (("Ia Dom", 1), ("Ia Đal", 3)):
        first, second = world.village(commune), world.village(commune, 2)
        rows = [(first, "warm_clothing"), (second, "warm_clothing"), (first, "meal")][:number]
        survey = submitted_survey(world, commune, needs=[Statement(*row) for row in rows])
        for place, item in rows:
            area = world.item(item).area
            comment_row(by=coordinator, survey=survey, place=place, area=area, text="Xem lại")
            prioritise_row(by=coordinator, survey=survey, place=place, area=area, priority=1, reason="Rét")
        costs.append(queries_of(client_of(coordinator), review_of(survey)))
    assert costs[0] == costs[1]


def test_own_work_is_not_decided_on_and_the_page_says_who_may(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    survey = submitted_survey(world)
    Survey.objects.filter(pk=survey.pk).update(submitted_by=coordinator)
    page = client_of(coordinator).get(review_of(survey)).content.decode()
    assert "coordinator.2" in page
    assert reverse("survey_approve", args=[survey.pk]) not in page


def test_the_commune_sees_in_advance_what_would_be_refused(
    world: World, officer: User, health_officer: User, client_of: ClientOf
) -> None:
    survey = below_what_is_covered(world, officer)
    url = reverse("survey_check", args=[survey.pk])
    page = client_of(officer).get(url)
    assert [shortfall.wanted for shortfall in page.context["shortfalls"]] == [5]
    assert [version.version for version in page.context["versions"]] == [2, 1]
    assert client_of(health_officer).get(url).context["shortfalls"] == []
