"""Comments on a row: who may, until when, and where they are seen."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import User
from needs.actions import close_round, comment_row, return_survey, settle_comment
from needs.models import RowComment, Survey
from tests.needs.build import Statement, approved_survey, filled_survey, started_survey, submitted_survey
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]


def commented(
    world: World, survey: Survey, by: str = "coordinator", area: str = "warm_clothing"
) -> RowComment:
    return comment_row(
        by=world.user(by),
        survey=survey,
        place=world.village("Ia Dom"),
        area=world.area(area) if area else None,
        text="Xem lại số áo",
    )


def page_of(survey: Survey, place_id: int, section: str = "warm_clothing") -> str:
    return f"{reverse('survey_comment', args=[survey.pk])}?section={section}&place={place_id}"


def test_the_reviewer_comments_on_a_row(world: World, coordinator: User) -> None:
    survey = submitted_survey(world)
    comment = commented(world, survey)
    assert (comment.text, comment.by, comment.is_open) == ("Xem lại số áo", coordinator, True)


def test_the_commune_answers_while_it_fills_in(world: World, officer: User) -> None:
    survey = started_survey(world)
    commented(world, survey, "officer.iadom", area="")
    assert survey.comments.get().area is None


@pytest.mark.parametrize("username", ["officer.iadal", "leader", "health", "union", "administrator"])
def test_nobody_else_comments(world: World, username: str) -> None:
    survey = submitted_survey(world)
    with pytest.raises(Forbidden):
        commented(world, survey, username)
    assert RowComment.objects.count() == 0


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_an_empty_or_endless_comment_is_refused(world: World, coordinator: User, text: str) -> None:
    survey = submitted_survey(world)
    with pytest.raises(Refusal) as refusal:
        comment_row(by=coordinator, survey=survey, place=world.village("Ia Dom"), area=None, text=text)
    assert [problem.place for problem in refusal.value.problems] == ["text"]
    assert RowComment.objects.count() == 0


def test_a_place_of_another_commune_is_no_row(world: World, coordinator: User) -> None:
    survey = submitted_survey(world)
    with pytest.raises(Refusal) as refusal:
        comment_row(by=coordinator, survey=survey, place=world.village("Ia Đal"), area=None, text="Sai")
    assert (refusal.value.code, RowComment.objects.count()) == ("invalid_comment", 0)


def test_an_approved_survey_is_not_commented_on(world: World) -> None:
    survey = approved_survey(world)
    with pytest.raises(WrongState) as refusal:
        commented(world, survey)
    assert (refusal.value.code, RowComment.objects.count()) == ("survey_approved", 0)


def test_nor_one_of_a_closed_round(world: World, coordinator: User) -> None:
    survey = started_survey(world)
    close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    with pytest.raises(WrongState) as refusal:
        commented(world, survey)
    assert (refusal.value.code, RowComment.objects.count()) == ("round_closed", 0)


def test_settled_by_the_reviewer(world: World, second_coordinator: User) -> None:
    comment = settle_comment(by=second_coordinator, comment=commented(world, submitted_survey(world)))
    assert (comment.is_open, comment.settled_by) == (False, second_coordinator)


def test_the_commune_settles_only_what_it_has_in_hand(world: World, officer: User, coordinator: User) -> None:
    survey = submitted_survey(world)
    comment = commented(world, survey)
    with pytest.raises(Forbidden):
        settle_comment(by=officer, comment=comment)
    comment.refresh_from_db()
    assert comment.is_open
    return_survey(by=coordinator, survey=survey, reason="Sửa số áo")
    assert settle_comment(by=officer, comment=comment).settled_by == officer


@pytest.mark.parametrize("username", ["officer.iadal", "leader", "health", "union"])
def test_nobody_else_settles(world: World, username: str) -> None:
    comment = commented(world, filled_survey(world))
    with pytest.raises(Forbidden):
        settle_comment(by=world.user(username), comment=comment)
    comment.refresh_from_db()
    assert comment.is_open


def test_settling_twice_names_who_was_first(world: World, coordinator: User, officer: User) -> None:
    comment = settle_comment(by=officer, comment=commented(world, filled_survey(world)))
    with pytest.raises(WrongState, match=r"officer\.iadom") as refusal:
        settle_comment(by=coordinator, comment=comment)
    comment.refresh_from_db()
    assert (refusal.value.code, comment.settled_by) == ("settled_already", officer)


def test_a_comment_is_written_with_its_history_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = submitted_survey(world)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    comment = commented(world, survey)
    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        commented(world, survey)
    with pytest.raises(RuntimeError):
        settle_comment(by=world.user("coordinator"), comment=comment)
    assert [each.is_open for each in RowComment.objects.all()] == [True]


# Pages --------------------------------------------------------------------------------------------


def test_a_comment_is_sent_once(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey, place = submitted_survey(world), world.village("Ia Dom")
    client = client_of(coordinator)
    data = {
        "section": "warm_clothing",
        "place": place.pk,
        "text": "Xem lại",
        "client_key": str(uuid.uuid4()),
    }
    answers = [client.post(reverse("survey_comment", args=[survey.pk]), data) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [page_of(survey, place.pk)] * 2
    assert RowComment.objects.count() == 1
    assert "Xem lại" in client.get(page_of(survey, place.pk)).content.decode()


def test_what_was_typed_is_kept(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey, place = approved_survey(world), world.village("Ia Dom")
    data = {"section": "warm_clothing", "place": place.pk, "text": "Xem lại số áo"}
    answer = client_of(coordinator).post(reverse("survey_comment", args=[survey.pk]), data)
    assert answer.status_code == 409
    assert "Xem lại số áo" in answer.content.decode()


def test_a_row_that_is_none_is_not_found(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey, client = submitted_survey(world), client_of(coordinator)
    other = world.village("Ia Đal")
    assert client.get(page_of(survey, other.pk)).status_code == 404
    assert client.get(page_of(survey, world.village("Ia Dom").pk, "nonsense")).status_code == 404


def test_all_comments_on_one_page(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey, client = submitted_survey(world), client_of(coordinator)
    commented(world, survey)
    url = reverse("survey_comment", args=[survey.pk])
    assert "Xem lại số áo" in client.get(url).content.decode()
    answer = client.post(url, {"text": "Thiếu hàng"})
    assert (answer.status_code, RowComment.objects.count()) == (422, 1)
    assert "Thiếu hàng" in answer.content.decode()


def test_settled_on_the_page(world: World, coordinator: User, client_of: ClientOf) -> None:
    comment = commented(world, submitted_survey(world))
    answer = client_of(coordinator).post(reverse("comment_settle", args=[comment.pk]))
    assert answer["Location"] == page_of(comment.survey, comment.place_id)
    comment.refresh_from_db()
    assert not comment.is_open


def test_an_agency_sees_the_comments_of_its_areas_only(
    world: World, health_officer: User, client_of: ClientOf
) -> None:
    survey, place = submitted_survey(world), world.village("Ia Dom")
    commented(world, survey)
    comment_row(
        by=world.user("coordinator"),
        survey=survey,
        place=place,
        area=world.area("health_nutrition"),
        text="Bữa ăn",
    )
    client = client_of(health_officer)
    assert client.get(page_of(survey, place.pk)).status_code == 404
    own = client.get(page_of(survey, place.pk, "health_nutrition")).content.decode()
    assert ("Bữa ăn" in own, "Xem lại số áo" in own) == (True, False)
    assert list(RowComment.objects.visible_to(health_officer).values_list("text", flat=True)) == ["Bữa ăn"]
    check = client.get(reverse("survey_check", args=[survey.pk])).content.decode()
    assert "Xem lại số áo" not in check


def test_open_comments_are_counted_at_the_tabs_and_in_the_banner(
    world: World, officer: User, coordinator: User, client_of: ClientOf
) -> None:
    survey = submitted_survey(world)
    settle_comment(by=coordinator, comment=commented(world, survey))
    commented(world, survey)
    commented(world, survey, area="")
    return_survey(by=coordinator, survey=survey, reason="Sửa")
    page = client_of(officer).get(reverse("survey_check", args=[survey.pk]))
    assert [section.open_comments for section in page.context["sections"]] == [1, 0, 0, 1]
    assert page.context["sections"].open_comments == 2


def test_the_row_costs_the_same_with_more_comments(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    survey, client = submitted_survey(world), client_of(coordinator)
    url = page_of(survey, world.village("Ia Dom").pk)

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    commented(world, survey)
    before = queries()
    settle_comment(by=coordinator, comment=commented(world, survey))
    commented(world, survey)
    assert queries() == before


def test_the_row_shows_what_changed(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world, needs=[Statement(world.village("Ia Dom"), quantity=40)])
    survey = return_survey(by=coordinator, survey=survey, reason="Sửa")
    Survey.objects.get(pk=survey.pk).statements.update(quantity=10)
    page = client_of(coordinator).get(page_of(survey, world.village("Ia Dom").pk))
    assert [(each.before, each.now) for _comparison, each in _changes(page.context["line"])] == [(40, 10)]


def _changes(line: object) -> list:
    return [(comparison, change) for comparison, changes in line.changes for change in changes]
