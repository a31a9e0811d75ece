"""Rounds, their progress and a survey as files to read."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook

from directory.models import User
from needs.actions import comment_row
from tests.needs.build import Statement, filled_survey, started_survey, submitted_survey
from tests.portal.files import rows_of
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def office(coordinator: User, client_of: ClientOf) -> Client:
    return client_of(coordinator)


def book_of(answer: HttpResponse) -> Workbook:
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content))


def table_of(book: Workbook, page: str) -> list[list[object]]:
    rows = [[cell.value for cell in row] for row in book[page].iter_rows()]
    return rows[next(number for number, row in enumerate(rows) if not any(row)) + 1 :]


def survey_file(client: Client, pk: int, format: str = "xlsx") -> HttpResponse:
    return client.get(reverse("survey_export", args=[pk, format]))


# Rounds --------------------------------------------------------------------------------------------


def test_rounds_with_their_communes_by_state(world: World, office: Client) -> None:
    submitted_survey(world, "Ia Dom")
    _headings, row = rows_of(office.get(reverse("round_export", args=["xlsx"])))
    assert row[4:6] == [datetime(2025, 1, 2), datetime(2025, 6, 30)]
    assert row[7:] == [3, 0, 1, 0, 0]


def test_progress_says_how_much_of_each_section_is_given(world: World, office: Client) -> None:
    survey = started_survey(world, "Ia Dom")
    address = reverse("round_progress_export", args=[survey.round_id, "xlsx"])
    headings, *rows = rows_of(office.get(address))
    assert [row[0] for row in rows] == ["xã Ia Dom", "xã Ia Tơi", "xã Ia Đal"]
    own = dict(zip(headings, rows[0], strict=True))
    label = _("Child counts")
    asked = own[_("%(section)s: asked") % {"section": label}]
    assert (own[_("%(section)s: given") % {"section": label}], asked) == (0, 16)
    assert (own[_("State")], own[_("Version")], rows[1][2]) == (survey.get_state_display(), 1, None)


def test_progress_costs_the_same_queries_however_many_surveys(world: World, office: Client) -> None:
    survey = filled_survey(world, "Ia Dom")
    address = reverse("round_progress_export", args=[survey.round_id, "csv"])
    one = queries_of(office, address)
    filled_survey(world, "Ia Đal")
    assert queries_of(office, address) == one


# A survey ------------------------------------------------------------------------------------------


def test_a_page_for_each_section_and_what_is_said_to_it(world: World, office: Client) -> None:
    need = Statement(world.village("Ia Dom"), children=30, quantity=60, priority=1, reason="=rét đậm")
    survey = submitted_survey(world, "Ia Dom", [need])
    book = book_of(survey_file(office, survey.pk))
    assert book.sheetnames[0] == _("Child counts")
    assert book.sheetnames[-1] == _("Comments and warnings")
    _headings, *rows = table_of(book, str(world.area("warm_clothing")))
    row = next(row for row in rows if row[0] == "Thôn 1")
    assert [cell for cell in row[3:-3] if cell is not None] == [30, 60]
    assert row[-3:] == [1, None, "=rét đậm"]
    assert rows[-1][0] == _("Total")


def test_it_is_there_to_read_only(world: World, office: Client) -> None:
    book = book_of(survey_file(office, submitted_survey(world).pk))
    assert [page.protection.sheet for page in book.worksheets] == [True] * len(book.worksheets)


def test_counts_are_numbers_and_what_is_empty_stays_so(world: World, office: Client) -> None:
    survey = filled_survey(world, "Ia Dom")
    rows = table_of(book_of(survey_file(office, survey.pk)), _("Child counts"))
    village = next(row for row in rows if row[0] == "Thôn 1")
    assert set(village[2:]) == {100, None}


def test_last_years_figures_stand_beside_those_that_changed(world: World, office: Client) -> None:
    filled_survey_of_last_year(world)
    survey = filled_survey(world, "Ia Dom", [Statement(world.village("Ia Dom"), children=7, quantity=9)])
    book = book_of(survey_file(office, survey.pk))
    rows = table_of(book, _("Compared with %(year)s") % {"year": 2024})[1:]
    assert sorted((row[1], row[5:]) for row in rows) == [("Thôn 1", [7, 20, -13]), ("Thôn 1", [9, 20, -11])]


def filled_survey_of_last_year(world: World) -> None:
    from tests.needs.build import approved_need

    approved_need(world, year=2024)


def test_comments_come_along(world: World, office: Client, coordinator: User) -> None:
    survey = submitted_survey(world)
    place, area = world.village("Ia Dom"), world.area("warm_clothing")
    comment_row(by=coordinator, survey=survey, place=place, area=area, text="@xem lại")
    rows = table_of(book_of(survey_file(office, survey.pk)), _("Comments and warnings"))
    assert [str(area), "Thôn 1", "@xem lại", None, str(coordinator), datetime(2025, 6, 2), None] in rows


def test_an_agency_reads_its_own_area_only(world: World, health_officer: User, client_of: ClientOf) -> None:
    survey = submitted_survey(world, "Ia Dom", [Statement(world.village("Ia Dom"), reason="bí mật")])
    answer = survey_file(client_of(health_officer), survey.pk)
    pages = book_of(answer).sheetnames
    assert str(world.area("health_nutrition")) in pages
    assert str(world.area("warm_clothing")) not in pages
    assert "bí mật" not in survey_file(client_of(health_officer), survey.pk, "csv").content.decode()


def test_a_neighbour_finds_nothing(world: World, stranger: User, client_of: ClientOf) -> None:
    assert survey_file(client_of(stranger), submitted_survey(world).pk).status_code == 404
