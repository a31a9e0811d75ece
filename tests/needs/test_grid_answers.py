"""What stands beside the cells, and what counts as an answer: last year's value, girls, “nothing needed”."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Place, User
from needs.actions import StatedNeed, approve_survey, close_round, save_row, submit_survey
from needs.models import ChildCount, NeedStatement, Survey, SurveyRow
from tests.needs.build import Statement, filled_survey, started_survey, state_need
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def tab(survey: Survey, section: str = "warm_clothing") -> str:
    return reverse("survey_grid", args=[survey.pk, section])


def row(survey: Survey, place: Place, section: str = "warm_clothing") -> str:
    return reverse("survey_row_save", args=[survey.pk, section, place.pk])


def key(world: World, item: str = "warm_clothing", band: str = "3-5") -> str:
    return f"{world.item(item).pk}-{world.band(band).pk}"


def reviewed_in(world: World, year: int, needs: Iterable[Statement] = ()) -> Survey:
    survey = filled_survey(world, needs=needs, year=year)
    submit_survey(by=survey.created_by, survey=survey)
    return approve_survey(by=world.user("coordinator"), survey=survey)


def by_sex(world: World) -> None:
    item = world.item("warm_clothing")
    item.by_sex = True
    item.save()


def beside(page: str, cell: str) -> str | None:
    """Last year's value that the page shows under the cell, and that its description names."""
    found = re.search(rf'<small id="e{re.escape(cell)}"[^>]*>([^<]*)</small>', page)
    described = f'aria-describedby="y e{cell}"' in page
    assert described == bool(found)
    return found.group(1) if found else None


# Last year's value --------------------------------------------------------------------------------


def test_last_years_count_stands_beside_the_cell(world: World, officer: User, client_of: ClientOf) -> None:
    before, place = reviewed_in(world, 2024), world.village("Ia Dom")
    ChildCount.objects.filter(survey=before, place=place, age_band=world.band("0-2")).update(value=0)
    page = client_of(officer).get(tab(started_survey(world), "children")).content.decode()
    total, girls = world.subgroup("total").pk, world.subgroup("girls").pk
    shown = {
        (band, group): beside(page, f"{place.pk}.c{world.band(band).pk}-{group}")
        for band, group in (("0-2", total), ("3-5", total), ("3-5", girls))
    }
    assert shown == {("0-2", total): "0", ("3-5", total): "100", ("3-5", girls): None}
    assert page.count('<span id="y">year 2024</span>') == 1


def test_last_years_need_stands_beside_the_cell_with_priority_and_reason(
    world: World, officer: User, client_of: ClientOf
) -> None:
    place, other = world.village("Ia Dom"), world.village("Ia Dom", 2)
    by_sex(world)
    before = filled_survey(world, year=2024)
    cell = (world.item("warm_clothing").pk, world.band("3-5").pk)
    save_row(
        by=officer,
        survey=before,
        place=place,
        area=world.area("warm_clothing"),
        version=1,
        cells={cell: StatedNeed(9, 18, 1, "Rét đậm", girls=0)},
    )
    submit_survey(by=officer, survey=before)
    approve_survey(by=world.user("coordinator"), survey=before)
    page = client_of(officer).get(tab(started_survey(world))).content.decode()
    names = [f"n{key(world)}", f"g{key(world)}", f"q{key(world)}", "p", "r", "z"]
    assert [beside(page, f"{place.pk}.{name}") for name in names] == ["9", "0", "18", "1", "Rét đậm", None]
    assert [beside(page, f"{other.pk}.{name}") for name in names] == [None] * 5 + ["nothing"]


def test_whoever_only_reads_sees_last_years_value_too(
    world: World, leader: User, client_of: ClientOf
) -> None:
    reviewed_in(world, 2024, [Statement(world.village("Ia Dom"), quantity=37)])
    page = client_of(leader).get(tab(started_survey(world))).content.decode()
    assert page.count("<small><b>2024: </b>37</small>") == 1
    assert 'id="y"' not in page


def test_without_a_year_before_nothing_stands_beside(
    world: World, officer: User, client_of: ClientOf
) -> None:
    page = client_of(officer).get(tab(started_survey(world))).content.decode()
    table = page[page.index("<table") : page.index("</table>")]
    assert ("<small" in table, "aria-describedby" in table) == (False, False)
    assert 'name="copy"' not in page


# Part A: enrolment --------------------------------------------------------------------------------


def test_schools_are_a_group_of_their_own_that_counts_the_enrolled(
    world: World, officer: User, client_of: ClientOf
) -> None:
    answer = client_of(officer).get(tab(started_survey(world), "children"))
    bodies = answer.context["grid"].bodies
    assert [(body.label, len(body.rows), body.enrolled) for body in bodies] == [
        ("Whole commune", 1, False),
        ("Villages", 2, False),
        ("Schools and school sites", 1, True),
    ]
    page, school = answer.content.decode(), world.school("Ia Dom").pk
    assert page.count(f'aria-labelledby="p{school} enrolled ') == 20
    assert page.count(" enrolled c") == 20
    assert page.count('<b id="enrolled">') == 1
    labels = [total.label for total in answer.context["grid"].totals]
    assert labels == ["All villages", "All schools"]


# Girls --------------------------------------------------------------------------------------------


def test_girls_are_asked_for_items_by_sex_and_totalled(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    assert f'name="{place.pk}.g' not in client_of(officer).get(tab(survey)).content.decode()
    by_sex(world)
    data = {f"{place.pk}.{part}{key(world)}": value for part, value in zip("ngq", "932", strict=True)}
    assert client_of(officer).post(row(survey, place), data | {f"{place.pk}.v": "0"}).status_code == 200
    need = NeedStatement.objects.get()
    assert (need.children, need.girls, need.quantity) == (9, 3, 2)
    grid = client_of(officer).get(tab(survey)).context["grid"]
    first = [column.label for column in grid.columns][:6]
    assert first == ["children", "of them girls", "quantity"] * 2
    assert grid.totals[0].values[:6] == [None, None, None, 9, 3, 2]


@pytest.mark.parametrize(
    ("typed", "cell"), [(("", "3", ""), "n"), (("9", "ba", "9"), "g"), (("9", "-1", "9"), "g")]
)
def test_girls_are_refused_at_their_cell(
    world: World, officer: User, client_of: ClientOf, typed: tuple[str, str, str], cell: str
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    by_sex(world)
    data = {f"{place.pk}.{part}{key(world)}": value for part, value in zip("ngq", typed, strict=True)}
    answer = client_of(officer).post(row(survey, place), data | {f"{place.pk}.v": "0"})
    assert answer.status_code == 422
    assert f'data-cell="{place.pk}.{cell}{key(world)}"' in answer.content.decode()
    assert NeedStatement.objects.count() == 0


def test_girls_of_an_item_that_is_not_by_sex_are_refused(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    data = {f"{place.pk}.{part}{key(world)}": "3" for part in "ngq"}
    answer = client_of(officer).post(row(survey, place), data)
    assert answer.status_code == 422
    assert f'data-cell="{place.pk}.g{key(world)}"' in answer.content.decode()


def test_girls_stay_where_the_page_did_not_ask_for_them(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    by_sex(world)
    client = client_of(officer)
    data = {f"{place.pk}.{part}{key(world)}": "3" for part in "ngq"}
    client.post(row(survey, place), data | {f"{place.pk}.v": "0"})
    old_page = {f"{place.pk}.n{key(world)}": "4", f"{place.pk}.q{key(world)}": "4", f"{place.pk}.v": "1"}
    client.post(row(survey, place), old_page)
    assert NeedStatement.objects.values_list("children", "girls").get() == (4, 3)


# Nothing needed -----------------------------------------------------------------------------------


def test_a_tick_answers_the_row_and_its_absence_takes_it_back(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, place, client = started_survey(world), world.village("Ia Dom"), client_of(officer)
    empty = {f"{place.pk}.n{key(world)}": "", f"{place.pk}.q{key(world)}": ""}
    client.post(row(survey, place), empty | {f"{place.pk}.v": "0", f"{place.pk}.z": "1"})
    assert SurveyRow.objects.get().nothing is True
    assert client.get(tab(survey)).content.decode().count(" checked ") == 1
    client.post(row(survey, place), empty | {f"{place.pk}.v": "1"})
    assert SurveyRow.objects.get().nothing is False


def test_a_tick_beside_a_need_is_refused_at_the_tick(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    data = {f"{place.pk}.n{key(world)}": "0", f"{place.pk}.q{key(world)}": "0", f"{place.pk}.z": "1"}
    answer = client_of(officer).post(row(survey, place), data | {f"{place.pk}.v": "0"})
    assert answer.status_code == 422
    assert f'data-cell="{place.pk}.z"' in answer.content.decode()
    assert (NeedStatement.objects.count(), SurveyRow.objects.count()) == (0, 0)
    page = client_of(officer).post(tab(survey), data | {f"{place.pk}.v": "0"}).content.decode()
    assert re.search(rf'id="{place.pk}\.z"[^>]* checked [^>]*aria-invalid="true"', page)


def test_two_people_differ_about_the_tick(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    area = world.area("warm_clothing")
    colleague = world.user("officer.iadom.2")
    save_row(by=colleague, survey=survey, place=place, area=area, version=0, cells={}, nothing=True)
    data = {f"{place.pk}.n{key(world)}": "4", f"{place.pk}.q{key(world)}": "4", f"{place.pk}.v": "0"}
    answer = client_of(officer).post(row(survey, place), data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'data-cell="{place.pk}.z" data-theirs="1"' in page
    assert '<td class="num">✓</td><td class="num">–</td>' in page


def test_readers_see_what_is_answered_and_how(world: World, leader: User, client_of: ClientOf) -> None:
    survey, area = started_survey(world), world.area("warm_clothing")
    officer, place = world.user("officer.iadom"), world.village("Ia Dom")
    save_row(by=officer, survey=survey, place=place, area=area, version=0, cells={}, nothing=True)
    state_need(world, survey, Statement(world.village("Ia Dom", 2)))
    page = client_of(leader).get(tab(survey)).content.decode()
    assert page.count("<strong>nothing needed</strong>") == 1
    assert page.count('<span class="row-state state-unanswered">Not answered</span>') == 2


# Deeds on many rows -------------------------------------------------------------------------------


def copy_url(survey: Survey, section: str = "warm_clothing") -> str:
    return reverse("survey_copy", args=[survey.pk, section])


def nothing_url(survey: Survey, section: str = "warm_clothing") -> str:
    return reverse("survey_nothing", args=[survey.pk, section])


def test_last_years_rows_are_copied_by_a_button(world: World, officer: User, client_of: ClientOf) -> None:
    reviewed_in(world, 2024, [Statement(world.village("Ia Dom"))])
    survey, client = started_survey(world), client_of(officer)
    page = client.get(tab(survey)).content.decode()
    assert page.count('name="copy"') == 5
    answer = client.post(copy_url(survey), {"copy": ""}, follow=True)
    assert answer.redirect_chain == [(tab(survey), 302)]
    assert "4 rows were filled with the figures of 2024" in answer.content.decode()
    assert 'name="copy"' not in answer.content.decode()
    again = client.post(copy_url(survey), {"copy": ""}, follow=True).content.decode()
    assert "Nothing was copied" in again


def test_one_row_is_copied_and_shown(world: World, officer: User, client_of: ClientOf) -> None:
    reviewed_in(world, 2024)
    survey, place = started_survey(world), world.village("Ia Dom", 2)
    answer = client_of(officer).post(copy_url(survey, "children"), {"copy": str(place.pk)})
    assert answer["Location"] == f"{tab(survey, 'children')}#p{place.pk}"
    assert list(SurveyRow.objects.filter(survey=survey).values_list("place", flat=True)) == [place.pk]


def test_what_is_typed_is_saved_before_a_copy(world: World, officer: User, client_of: ClientOf) -> None:
    place = world.village("Ia Dom")
    reviewed_in(world, 2024, [Statement(place)])
    survey = started_survey(world)
    data = {f"{place.pk}.n{key(world)}": "5", f"{place.pk}.q{key(world)}": "6", f"{place.pk}.v": "0"}
    page = client_of(officer).post(copy_url(survey), data | {"copy": ""}, follow=True).content.decode()
    assert "1 row was saved." in page
    assert "3 rows were filled" in page
    need = NeedStatement.objects.get(survey=survey, place=place)
    assert (need.children, need.quantity) == (5, 6)


@pytest.mark.parametrize("deed", ["copy", "nothing"])
def test_a_refused_row_holds_the_deed_back(
    world: World, officer: User, client_of: ClientOf, deed: str
) -> None:
    place = world.village("Ia Dom")
    reviewed_in(world, 2024)
    survey = started_survey(world)
    url = copy_url(survey) if deed == "copy" else nothing_url(survey)
    answer = client_of(officer).post(url, {f"{place.pk}.n{key(world)}": "ba", f"{place.pk}.v": "0"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="ba"' in page
    assert f'<form method="post" action="{tab(survey)}"' in page
    assert not SurveyRow.objects.filter(survey=survey).exists()


@pytest.mark.parametrize("copy", ["x", "²", "999999"])
def test_a_row_that_is_not_there_is_not_copied(
    world: World, officer: User, client_of: ClientOf, copy: str
) -> None:
    assert client_of(officer).post(copy_url(started_survey(world)), {"copy": copy}).status_code == 404


def test_without_a_year_before_the_copy_says_why(world: World, officer: User, client_of: ClientOf) -> None:
    answer = client_of(officer).post(copy_url(started_survey(world)), {"copy": ""})
    assert answer.status_code == 422
    assert "No earlier review of these places is approved" in answer.content.decode()


def test_nothing_in_all_other_rows(world: World, officer: User, client_of: ClientOf) -> None:
    survey, client = started_survey(world), client_of(officer)
    state_need(world, survey, Statement(world.village("Ia Dom")))
    page = client.post(nothing_url(survey), {"nothing": "rest"}, follow=True).content.decode()
    assert "“Nothing needed” was ticked in 3 rows" in page
    assert page.count(" checked ") == 3
    assert 'name="nothing"' not in page
    again = client.post(nothing_url(survey), {"nothing": "rest"}, follow=True).content.decode()
    assert "Every row is answered already" in again


def test_child_counts_know_no_nothing(world: World, officer: User, client_of: ClientOf) -> None:
    survey = started_survey(world)
    assert client_of(officer).post(nothing_url(survey, "children")).status_code == 404


def test_a_closed_round_takes_no_deed(
    world: World, officer: User, coordinator: User, client_of: ClientOf
) -> None:
    survey = started_survey(world)
    close_round(by=coordinator, survey_round=survey.round, reason="Hết năm")
    assert client_of(officer).post(copy_url(survey)).status_code == 409
    assert client_of(officer).post(nothing_url(survey)).status_code == 409
    assert "formaction" not in client_of(officer).get(tab(survey)).content.decode()


# Without JavaScript -------------------------------------------------------------------------------


def test_a_refused_row_among_saved_ones_is_named_on_top(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey = started_survey(world)
    first, second = world.village("Ia Dom"), world.village("Ia Dom", 2)
    band, group = world.band("3-5").pk, world.subgroup("total").pk
    cell = f"{first.pk}.c{band}-{group}"
    answer = client_of(officer).post(
        tab(survey, "children"), {cell: "ba", f"{second.pk}.c{band}-{group}": "20"}
    )
    page = answer.content.decode()
    assert "1 row was saved." in page
    assert "1 row was not saved" in page
    assert f'<a href="#{cell}">Thôn 1: ' in page
    assert page.index("Thôn 1: ") < page.index("<table")
