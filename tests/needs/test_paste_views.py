"""The page that a block is pasted into: preview, confirm, and every way in which nothing is saved."""

from __future__ import annotations

import gzip
import re
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import HistoryEntry, Place, User
from needs.actions import submit_survey
from needs.clipboard import MOST_ROWS
from needs.models import ChildCount, NeedStatement, Survey, SurveyRow
from tests.needs.build import filled_survey, started_survey
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def page(survey: Survey, section: str = "children") -> str:
    return reverse("survey_paste", args=[survey.pk, section])


def form(world: World, block: str, band: str = "0-2", village: int = 1) -> dict[str, str]:
    return {
        "block": block,
        "place": str(world.village("Ia Dom", village).pk),
        "column": f"c{world.band(band).pk}-{world.subgroup('total').pk}",
        "client_key": str(uuid.uuid4()),
    }


def confirmation(answer: HttpResponse, sent: dict[str, str]) -> dict[str, str]:
    """The form of a preview with its hidden fields, sent by its “Save” button."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode())
    return sent | dict(hidden) | {"deed": "confirm"}


def values(survey: Survey) -> list[int]:
    return list(ChildCount.objects.filter(survey=survey).order_by("pk").values_list("value", flat=True))


def rows(survey: Survey) -> list[int]:
    return list(SurveyRow.objects.filter(survey=survey).order_by("pk").values_list("version", flat=True))


def test_the_empty_page_shows_the_columns_in_order(world: World, officer: User, client_of: ClientOf) -> None:
    survey = started_survey(world)
    start = {"place": world.village("Ia Dom", 2).pk}
    answer = client_of(officer).get(page(survey, "warm_clothing"), start)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.count("<li>") >= len(answer.context["columns"])
    assert f'<option value="{start["place"]}" selected>' in text


def test_a_preview_saves_nothing_and_its_confirmation_all(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, client = started_survey(world), client_of(officer)
    sent = form(world, "1.234\t61\r\n1 234\t0\r\n\r\n")
    preview = client.post(page(survey), sent)
    assert preview.status_code == 200
    assert (preview.context["preview"].changed, values(survey)) == (4, [])
    assert "<strong>1.234</strong>" in preview.content.decode()
    answer = client.post(page(survey), confirmation(preview, sent), follow=True)
    assert answer.redirect_chain == [(reverse("survey_grid", args=[survey.pk, "children"]), 302)]
    assert values(survey) == [1234, 61, 1234, 0]
    assert "2 " in str(next(iter(answer.context["messages"])))


def test_a_confirmation_sent_twice_changes_once_and_says_the_same(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, client = started_survey(world), client_of(officer)
    sent = form(world, "5\n6")
    confirmed = confirmation(client.post(page(survey), sent), sent)
    answers = [client.post(page(survey), confirmed, follow=True) for _time in range(2)]
    said = [[str(message) for message in answer.context["messages"]] for answer in answers]
    assert said[0] == said[1]
    assert (values(survey), rows(survey)) == ([5, 6], [1, 1])
    assert HistoryEntry.objects.filter(verb="paste_block").count() == 1


@pytest.mark.parametrize("block", ["5\t1.234,5", "12abc", "5\n-3"])
def test_a_refused_cell_holds_back_the_whole_block(
    world: World, officer: User, client_of: ClientOf, block: str
) -> None:
    survey, client = filled_survey(world), client_of(officer)
    before, sent = (values(survey), rows(survey)), form(world, block)
    preview = client.post(page(survey), sent)
    confirmed = client.post(page(survey), confirmation(preview, sent))
    assert (preview.status_code, confirmed.status_code) == (422, 422)
    assert 'value="confirm"' not in preview.content.decode()
    assert preview.content.decode().count('<li><a href="#paste-') == preview.context["preview"].refused
    assert (values(survey), rows(survey)) == before


def test_a_newer_save_is_not_overwritten_and_the_preview_is_of_today(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, client = started_survey(world), client_of(officer)
    first, second = world.village("Ia Dom"), world.village("Ia Dom", 2)
    sent = form(world, "5\n6")
    preview = client.post(page(survey), sent)
    colleague = client_of(world.user("officer.iadom.2"))
    name = f"{second.pk}.{sent['column']}"
    colleague.post(reverse("survey_row_save", args=[survey.pk, "children", second.pk]), {name: "31"})
    answer = client.post(page(survey), confirmation(preview, sent))
    assert answer.status_code == 409
    assert values(survey) == [31]
    problems = [str(problem) for problem in answer.context["form"].non_field_errors()]
    assert [second.name in problem for problem in problems] == [True]
    shown = [(change.before, change.after) for change in answer.context["preview"].changes]
    assert shown == [("", "5"), ("31", "6")]
    assert client.post(page(survey), confirmation(answer, sent)).status_code == 302
    assert ChildCount.objects.get(survey=survey, place=first).value == 5
    assert ChildCount.objects.get(survey=survey, place=second).value == 6


@pytest.mark.parametrize("changed", [{"block": "7\n8"}, {"seal": ""}, "column", "place"])
def test_what_was_not_previewed_is_not_saved(
    world: World, officer: User, client_of: ClientOf, changed: dict[str, str] | str
) -> None:
    survey, client = started_survey(world), client_of(officer)
    sent = form(world, "5\n6")
    other = form(world, "5\n6", "3-5", 2)
    change = changed if isinstance(changed, dict) else {changed: other[changed]}
    confirmed = confirmation(client.post(page(survey), sent), sent) | change
    answer = client.post(page(survey), confirmed)
    assert (answer.status_code, values(survey)) == (422, [])
    assert client.post(page(survey), confirmation(answer, confirmed)).status_code == 302


@pytest.mark.parametrize("version", ["²", "-1", "9" * 30, "7"])
def test_a_damaged_version_overwrites_nothing(
    world: World, officer: User, client_of: ClientOf, version: str
) -> None:
    survey, client = filled_survey(world), client_of(officer)
    sent = form(world, "5")
    confirmed = confirmation(client.post(page(survey), sent), sent)
    before = values(survey)
    answer = client.post(page(survey), confirmed | {f"{sent['place']}.v": version})
    assert (answer.status_code, values(survey)) == (409, before)


@pytest.mark.parametrize(
    "change",
    [
        {"block": ""},
        {"block": "\t\r\n\t\r\n"},
        {"block": "5\n" * (MOST_ROWS + 1)},
        {"place": "0"},
        {"place": ""},
        {"column": "p"},
        {"column": "c0-0"},
        {"block": "5\0"},
    ],
)
def test_a_form_that_cannot_be_read_is_shown_again(
    world: World, officer: User, client_of: ClientOf, change: dict[str, str]
) -> None:
    survey = started_survey(world)
    answer = client_of(officer).post(page(survey), form(world, "5") | change | {"deed": "confirm"})
    assert (answer.status_code, values(survey)) == (422, [])
    assert answer.context["preview"] is None
    assert answer.context["form"].errors


def test_a_survey_submitted_meanwhile_keeps_the_block_on_the_page(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, client = filled_survey(world), client_of(officer)
    sent = form(world, "5\t77")
    confirmed = confirmation(client.post(page(survey), sent), sent)
    submit_survey(by=officer, survey=survey)
    before = values(survey)
    answer = client.post(page(survey), confirmed)
    assert (answer.status_code, values(survey)) == (409, before)
    assert "5\t77</textarea>" in answer.content.decode()
    assert client.get(page(survey)).status_code == 409


@pytest.mark.parametrize(
    ("username", "status"),
    [("officer.iadal", 404), ("coordinator", 403), ("leader", 403), ("culture", 403), ("health", 403)],
)
def test_others_have_no_such_page(world: World, client_of: ClientOf, username: str, status: int) -> None:
    survey, client = started_survey(world), client_of(world.user(username))
    answers = [client.get(page(survey)), client.post(page(survey), form(world, "5") | {"deed": "confirm"})]
    assert [answer.status_code for answer in answers] == [status, status]
    assert values(survey) == []


def test_what_is_left_out_is_named_and_the_rest_can_be_saved(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, client = started_survey(world), client_of(officer)
    sent = form(world, "Thôn\tTrẻ\nthon 2\t6\nThôn 9\t7\nTổng cộng\t13")
    preview = client.post(page(survey), sent)
    assert [line in preview.content.decode() for line in preview.context["preview"].layout.left_out] == [
        True
    ] * 2
    assert client.post(page(survey), confirmation(preview, sent)).status_code == 302
    assert list(ChildCount.objects.values_list("place", "value")) == [(world.village("Ia Dom", 2).pk, 6)]


def test_cells_that_become_empty_are_said_loudly(world: World, officer: User, client_of: ClientOf) -> None:
    survey, client = filled_survey(world), client_of(officer)
    preview = client.post(page(survey), form(world, "\t5\n7\t\n", band="0-2"))
    assert preview.context["preview"].emptied == 1
    assert b"message-warning" in preview.content
    assert b"paste-emptied" in preview.content


def test_the_tab_leads_to_the_page_only_where_it_can_be_filled_in(
    world: World, officer: User, leader: User, client_of: ClientOf
) -> None:
    survey = started_survey(world)
    grid = reverse("survey_grid", args=[survey.pk, "children"])
    found = [page(survey) in client_of(user).get(grid).content.decode() for user in (officer, leader)]
    assert found == [True, False]


def test_a_preview_of_forty_places_costs_as_few_queries_as_one_of_one(
    world: World, officer: User, client_of: ClientOf
) -> None:
    Place.objects.bulk_create(
        Place(
            unit=world.commune("Ia Dom"), kind="village", name=f"Thôn {number}", valid_from=date(2019, 1, 1)
        )
        for number in range(3, 39)
    )
    survey, client = started_survey(world), client_of(officer)
    choices = client.get(page(survey, "warm_clothing")).context["form"].fields
    start = {"place": choices["place"].choices[0][0], "column": choices["column"].choices[0][0]}
    line = "\t".join(["7"] * (len(choices["column"].choices) - 2) + ["2", "Rét"])
    counts = []
    for height in (1, 40):
        block = "\n".join([line] * height)
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(page(survey, "warm_clothing"), start | {"block": block})
        counts.append(len([q for q in queries if '"needs_' in q["sql"] or '"directory_place"' in q["sql"]]))
    assert answer.context["preview"].changed == 40 * len(choices["column"].choices)
    assert counts[0] == counts[1] <= 12
    assert len(gzip.compress(answer.content)) <= 20 * 1024


def test_needs_with_priority_and_reason_are_pasted(world: World, officer: User, client_of: ClientOf) -> None:
    survey, client = started_survey(world), client_of(officer)
    names = list(client.get(page(survey, "warm_clothing")).context["form"].fields["column"].choices)
    line = ["9", "18"] + [""] * (len(names) - 4) + ["1", "Vùng cao, rét"]
    sent = form(world, "\t".join(["Thôn 1", *line])) | {"column": names[0][0]}
    preview = client.post(page(survey, "warm_clothing"), sent)
    client.post(page(survey, "warm_clothing"), confirmation(preview, sent))
    need = NeedStatement.objects.get()
    assert (need.children, need.quantity, need.priority, need.reason) == (9, 18, 1, "Vùng cao, rét")
