"""The survey's pages around its workbook: the download, the upload, what waits, what comes back."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from directory.models import Place, User
from documents.models import WorkbookImport
from documents.states import ImportState
from needs.actions import correct_survey, save_row
from needs.contents import Contents
from needs.models import ChildCount, Survey, SurveyRow
from tests.needs.build import approved_survey, filled_survey, started_survey, submitted_survey
from tests.needs.workbook import Filled
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]


@pytest.fixture
def client(officer: User, client_of: ClientOf) -> Client:
    return client_of(officer)


def count(world: World) -> str:
    return f"c{world.band('3-5').pk}-{world.subgroup('total').pk}"


def upload(client: Client, survey: Survey, content: bytes) -> WorkbookImport:
    file = io.BytesIO(content)
    file.name = "phieu.xlsx"
    answer = client.post(reverse("survey_workbook", args=[survey.pk]), {"file": file})
    found = WorkbookImport.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, reverse("import_detail", args=[found.pk]))
    return found


def colleague_saves(world: World, survey: Survey, place: Place, value: int) -> None:
    save_row(
        by=world.user("officer.iadom.2"),
        survey=survey,
        place=place,
        area=None,
        version=SurveyRow.objects.get(survey=survey, place=place, area=None).version,
        cells={(world.band("3-5").pk, world.subgroup("total").pk): value},
    )


def test_the_workbook_is_named_after_commune_and_year(world: World, client: Client) -> None:
    survey = started_survey(world)
    answer = client.get(reverse("survey_template", args=[survey.pk]))
    assert answer["Content-Disposition"] == (
        'attachment; filename="phieu-khao-sat-23537-2025-dien-2025-06-02.xlsx"'
    )
    assert len(load_workbook(io.BytesIO(answer.content)).sheetnames) == 5


def test_an_upload_waits_on_the_surveys_pages_until_it_is_confirmed(
    world: World, client: Client, officer: User, client_of: ClientOf
) -> None:
    survey, village = started_survey(world), world.village("Ia Dom")
    file = Filled(officer, survey)
    file.write(village, None, {count(world): 7})
    found = upload(client, survey, file.content)
    link = f'href="{reverse("import_detail", args=[found.pk])}"'
    pages = [
        reverse("survey_grid", args=[survey.pk, "children"]),
        reverse("survey_check", args=[survey.pk]),
        reverse("survey_workbook", args=[survey.pk]),
    ]
    assert [link in client.get(page).content.decode() for page in pages] == [True] * 3
    colleague = client_of(world.user("officer.iadom.2"))
    assert [link in colleague.get(page).content.decode() for page in pages] == [False] * 3
    answer = client.post(reverse("import_confirm", args=[found.pk]))
    assert (answer.status_code, answer["Location"]) == (302, pages[1])
    assert [link in client.get(page).content.decode() for page in pages] == [False] * 3
    assert ChildCount.objects.get().value == 7


def test_the_way_to_the_workbook_is_shown_only_to_who_may_fill_it_in(
    world: World, client: Client, coordinator: User, client_of: ClientOf
) -> None:
    survey = started_survey(world)
    link = f'href="{reverse("survey_workbook", args=[survey.pk])}"'
    pages = [reverse("survey_grid", args=[survey.pk, "children"]), reverse("survey_check", args=[survey.pk])]
    assert [link in client.get(page).content.decode() for page in pages] == [True, True]
    office = client_of(coordinator)
    assert [link in office.get(page).content.decode() for page in pages] == [False, False]
    assert office.get(reverse("survey_workbook", args=[survey.pk])).status_code == 403


def test_a_stranger_finds_nothing(world: World, stranger: User, client_of: ClientOf) -> None:
    survey = started_survey(world)
    for name in ("survey_workbook", "survey_template"):
        assert client_of(stranger).get(reverse(name, args=[survey.pk])).status_code == 404


@pytest.mark.parametrize("made", [submitted_survey, approved_survey])
def test_what_is_handed_in_is_not_filled_in(
    world: World, client: Client, made: Callable[..., Survey]
) -> None:
    survey = made(world)
    for name in ("survey_workbook", "survey_template"):
        assert client.get(reverse(name, args=[survey.pk])).status_code == 409
    answer = client.post(reverse("survey_workbook", args=[survey.pk]), {"file": io.BytesIO(b"x")})
    assert (answer.status_code, WorkbookImport.objects.count()) == (409, 0)


def test_a_refused_workbook_says_why_and_where_to_upload_another(
    world: World, client: Client, officer: User, coordinator: User
) -> None:
    survey = approved_survey(world)
    draft = correct_survey(by=officer, survey=survey)
    old = Filled(officer, draft)
    old.stamp["survey"].value = str(survey.pk)
    old.stamp["version"].value = "1"
    found = upload(client, draft, old.content)
    page = client.get(reverse("import_detail", args=[found.pk])).content.decode()
    message = _(
        "The workbook was made from version %(theirs)s of this survey, and this is version %(ours)s. "
        "Download its workbook anew and copy what you want to change into it."
    )
    assert found.state == ImportState.REFUSED
    assert message % {"theirs": 1, "ours": 2} in page
    assert f'href="{reverse("survey_workbook", args=[draft.pk])}"' in page


def test_the_workbook_with_errors_shows_both_values_and_then_decides(
    world: World, client: Client, officer: User
) -> None:
    survey, village = filled_survey(world), world.village("Ia Dom")
    file = Filled(officer, survey)
    file.write(village, None, {count(world): 9})
    colleague_saves(world, survey, village, 7)
    found = upload(client, survey, file.content)
    errors = client.get(reverse("import_errors", args=[found.pk]))
    decided = upload(client, survey, errors.content)
    assert (found.refused, decided.refused, decided.changed) == (1, 0, 1)
    client.post(reverse("import_confirm", args=[decided.pk]))
    assert Contents(survey).count_of(village, world.band("3-5")) == 9


def test_what_was_changed_after_the_errors_were_shown_is_not_overwritten_either(
    world: World, client: Client, officer: User
) -> None:
    survey, village = filled_survey(world), world.village("Ia Dom")
    file = Filled(officer, survey)
    file.write(village, None, {count(world): 9})
    colleague_saves(world, survey, village, 7)
    errors = client.get(reverse("import_errors", args=[upload(client, survey, file.content).pk]))
    colleague_saves(world, survey, village, 8)
    assert upload(client, survey, errors.content).refused == 1
    assert Contents(survey).count_of(village, world.band("3-5")) == 8
