"""The grid as a page: what it shows, saves, refuses, weighs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from directory.models import Place, User
from needs.actions import submit_survey
from needs.models import ChildCount, NeedStatement, Survey, SurveyRound, SurveyRow
from tests.needs.build import filled_survey, started_survey
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def tab(survey: Survey, section: str = "children") -> str:
    return reverse("survey_grid", args=[survey.pk, section])


def row(survey: Survey, place: Place, section: str = "children") -> str:
    return reverse("survey_row_save", args=[survey.pk, section, place.pk])


def count_name(world: World, place: Place, band: str = "3-5", group: str = "total") -> str:
    return f"{place.pk}.c{world.band(band).pk}-{world.subgroup(group).pk}"


def need_names(world: World, place: Place, item: str = "warm_clothing", band: str = "3-5") -> tuple[str, str]:
    key = f"{world.item(item).pk}-{world.band(band).pk}"
    return f"{place.pk}.n{key}", f"{place.pk}.q{key}"


def test_a_row_is_saved(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    answer = client_of(officer).post(
        row(survey, place), {f"{place.pk}.v": "0", count_name(world, place): "1.234"}
    )
    assert answer.status_code == 200
    assert ChildCount.objects.get().value == 1234
    assert f'name="{place.pk}.v" value="1"' in answer.content.decode()


def test_the_instructions_stand_open_until_something_is_saved(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, place, client = started_survey(world), world.village("Ia Dom"), client_of(officer)
    folded, unfolded = '<details class="grid-help">', '<details class="grid-help" open>'
    assert folded in client.get(tab(survey)).content.decode()
    SurveyRound.objects.filter(pk=survey.round_id).update(instructions="Hỏi từng nhà.")
    assert unfolded in client.get(tab(survey)).content.decode()
    client.post(row(survey, place), {f"{place.pk}.v": "0", count_name(world, place): "3"})
    pages = [client.get(tab(survey, section)).content.decode() for section in ("children", "warm_clothing")]
    assert [folded in page for page in pages] == [True, True]


def test_zero_is_stored_and_empty_is_not(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    client = client_of(officer)
    name = count_name(world, place)
    client.post(row(survey, place), {f"{place.pk}.v": "0", name: "0"})
    assert list(ChildCount.objects.values_list("value", flat=True)) == [0]
    client.post(row(survey, place), {f"{place.pk}.v": "1", name: ""})
    assert ChildCount.objects.count() == 0


@pytest.mark.parametrize("typed", ["mười", "-3", "1000000000000", "2,5"])
def test_what_is_no_count_is_refused_at_its_cell(
    world: World, officer: User, client_of: ClientOf, typed: str
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    name = count_name(world, place)
    answer = client_of(officer).post(row(survey, place), {f"{place.pk}.v": "0", name: typed})
    assert answer.status_code == 422
    assert f'data-cell="{name}"' in answer.content.decode()
    assert (ChildCount.objects.count(), SurveyRow.objects.count()) == (0, 0)


def test_a_stale_edit_shows_both_values(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    name, colleague = count_name(world, place), world.user("officer.iadom.2")
    client_of(colleague).post(row(survey, place), {f"{place.pk}.v": "0", name: "31"})
    answer = client_of(officer).post(row(survey, place), {f"{place.pk}.v": "0", name: "47"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'data-cell="{name}" data-theirs="31"' in page
    assert '<td class="num">47</td>' in page
    assert "officer.iadom.2" in page
    assert ChildCount.objects.get().value == 31


def test_a_conflict_with_oneself_names_no_other(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place, client = started_survey(world), world.village("Ia Dom"), client_of(officer)
    said = []
    for typed in ("31", "47"):
        answer = client.post(row(survey, place), {f"{place.pk}.v": "0", count_name(world, place): typed})
        said.append((answer.status_code, answer.context["state"].own))
    assert said == [(200, False), (409, True)]
    assert "officer.iadom" not in answer.content.decode()
    theirs = client_of(world.user("officer.iadom.2")).post(
        row(survey, place), {f"{place.pk}.v": "0", count_name(world, place): "47"}
    )
    assert (theirs.status_code, theirs.context["state"].own) == (409, False)


def test_the_same_save_twice_is_no_conflict(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    data = {f"{place.pk}.v": "0", count_name(world, place): "31"}
    client = client_of(officer)
    client.post(row(survey, place), data)
    assert client.post(row(survey, place), data).status_code == 200
    assert SurveyRow.objects.get().version == 1


def test_a_quantity_without_children_is_refused(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    children, quantity = need_names(world, place)
    answer = client_of(officer).post(
        row(survey, place, "warm_clothing"), {children: "", quantity: "12", f"{place.pk}.p": "1"}
    )
    assert answer.status_code == 422
    assert f'data-cell="{children}"' in answer.content.decode()
    assert NeedStatement.objects.count() == 0


def test_a_need_with_priority_and_reason(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    children, quantity = need_names(world, place)
    data = {children: "9", quantity: "18", f"{place.pk}.p": "1", f"{place.pk}.r": "Vùng cao, rét"}
    client_of(officer).post(row(survey, place, "warm_clothing"), data)
    need = NeedStatement.objects.get()
    assert (need.children, need.quantity, need.priority, need.reason) == (9, 18, 1, "Vùng cao, rét")


def test_a_reason_without_a_need_is_not_lost_silently(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    answer = client_of(officer).post(row(survey, place, "warm_clothing"), {f"{place.pk}.r": "Rét"})
    assert answer.status_code == 422


def test_an_error_is_saved_and_named(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    children, quantity = need_names(world, place)
    typed = {children: "101", quantity: "101", f"{place.pk}.p": "3", f"{place.pk}.v": "1"}
    answer = client_of(officer).post(row(survey, place, "warm_clothing"), typed)
    assert answer.status_code == 200
    assert f'data-cell="{children}"' in answer.content.decode()
    assert NeedStatement.objects.get().children == 101


def test_without_javascript_all_rows_are_saved(world: World, officer: User, client_of: ClientOf) -> None:
    survey = started_survey(world)
    first, second = world.village("Ia Dom"), world.village("Ia Dom", 2)
    data = {count_name(world, first): "10", count_name(world, second): "20"}
    answer = client_of(officer).post(tab(survey), data, follow=True)
    assert answer.redirect_chain == [(tab(survey), 302)]
    assert sorted(ChildCount.objects.values_list("value", flat=True)) == [10, 20]


def test_without_javascript_a_refused_row_keeps_what_was_typed(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey = started_survey(world)
    first, second = world.village("Ia Dom"), world.village("Ia Dom", 2)
    data = {count_name(world, first): "mười", count_name(world, second): "20"}
    answer = client_of(officer).post(tab(survey), data)
    assert answer.status_code == 422
    assert 'value="mười"' in answer.content.decode()
    assert list(ChildCount.objects.values_list("value", flat=True)) == [20]


@pytest.mark.parametrize(("button", "expected"), [("keep", 47), ("take", 31)])
def test_without_javascript_a_conflict_is_answered(
    world: World, officer: User, client_of: ClientOf, button: str, expected: int
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    name, client = count_name(world, place), client_of(officer)
    client.post(row(survey, place), {f"{place.pk}.v": "0", name: "31"})
    data = {f"{place.pk}.v": "0", name: "47"}
    assert client.post(tab(survey), data).status_code == 409
    value = f"{place.pk}:1" if button == "keep" else str(place.pk)
    assert client.post(tab(survey), data | {button: value}).status_code == 302
    assert ChildCount.objects.get().value == expected


def test_a_submitted_survey_takes_no_saves(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    submit_survey(by=officer, survey=survey)
    data = {f"{place.pk}.v": "1", count_name(world, place): "5"}
    answer = client_of(officer).post(row(survey, place), data)
    assert answer.status_code == 409
    assert not ChildCount.objects.filter(value=5).exists()
    page = client_of(officer).post(tab(survey), data)
    assert page.status_code == 409
    assert 'value="5"' in page.content.decode()


def test_a_strangers_survey_does_not_exist(world: World, stranger: User, client_of: ClientOf) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    client = client_of(stranger)
    assert client.get(tab(survey)).status_code == 404
    assert client.post(row(survey, place), {count_name(world, place): "5"}).status_code == 404
    assert client.get(reverse("survey_check", args=[survey.pk])).status_code == 404


def test_a_place_of_another_commune_is_not_found(world: World, officer: User, client_of: ClientOf) -> None:
    survey, place = started_survey(world), world.village("Ia Đal")
    assert client_of(officer).post(row(survey, place), {count_name(world, place): "5"}).status_code == 404


@pytest.mark.parametrize(
    ("username", "seen"),
    [
        ("health", ["health_nutrition"]),
        ("culture", ["play"]),
        ("leader", ["children", "health_nutrition", "play", "warm_clothing"]),
        ("coordinator", ["children", "health_nutrition", "play", "warm_clothing"]),
    ],
)
def test_others_read_their_tabs_only(
    world: World, client_of: ClientOf, username: str, seen: list[str]
) -> None:
    survey, client = filled_survey(world), client_of(world.user(username))
    sections = ["children", "health_nutrition", "play", "warm_clothing"]
    answers = {section: client.get(tab(survey, section)) for section in sections}
    assert [section for section in sections if answers[section].status_code == 200] == seen
    assert all(b"grid-form" not in answer.content for answer in answers.values())


def test_a_coordinator_does_not_write_into_the_communes_own_survey(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    answer = client_of(coordinator).post(row(survey, place), {count_name(world, place): "5"})
    assert answer.status_code == 403
    assert ChildCount.objects.count() == 0


def test_what_is_for_all_ages_says_so_in_full(world: World, officer: User, client_of: ClientOf) -> None:
    assert (world.band("3-5").heading, world.band("all").heading) == ("3-5", gettext("all ages"))
    grid = client_of(officer).get(tab(started_survey(world), "play")).context["grid"]
    assert world.band("all").heading in [head.label for head in grid.bands]


def test_the_whole_commune_types_its_own_total(world: World, officer: User, client_of: ClientOf) -> None:
    page = client_of(officer).get(tab(started_survey(world))).content.decode()
    own, compared = (
        gettext("The commune's own total, typed here and not added up by the portal."),
        gettext("It is compared with its villages before submitting."),
    )
    assert (page.count(own), page.count(compared)) == (1, 1)


def test_an_unknown_tab_is_not_found(world: World, officer: User, client_of: ClientOf) -> None:
    assert client_of(officer).get(tab(started_survey(world), "weather")).status_code == 404


@pytest.mark.parametrize("typed", ["²", "٣²", "9" * 5000])
def test_what_only_looks_like_a_number_is_refused_on_the_whole_page(
    world: World, officer: User, client_of: ClientOf, typed: str
) -> None:
    """Without JavaScript the refused page adds up what was typed."""
    survey, place = started_survey(world), world.village("Ia Dom")
    answer = client_of(officer).post(tab(survey), {count_name(world, place): typed})
    assert answer.status_code == 422
    assert ChildCount.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [(".v", "²", 302), (".p", "²", 422), (".r", "a\0b", 302), ("keep", "²", 302)],
)
def test_a_damaged_row_is_no_crash(
    world: World, officer: User, client_of: ClientOf, name: str, value: str, status: int
) -> None:
    survey, place = started_survey(world), world.village("Ia Dom")
    children, quantity = need_names(world, place)
    data = {children: "1", quantity: "1", f"{place.pk}.p": "1"}
    data |= {"keep": f"{place.pk}:{value}"} if name == "keep" else {f"{place.pk}{name}": value}
    assert client_of(officer).post(tab(survey, "warm_clothing"), data).status_code == status
