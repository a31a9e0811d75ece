"""Filling many rows of a tab at once: with last year's figures, or with “nothing is needed”."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from directory import history
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from needs.actions import (
    StatedNeed,
    approve_survey,
    close_round,
    copy_earlier,
    correct_survey,
    save_row,
    state_nothing,
    submit_survey,
)
from needs.models import ChildCount, NeedStatement, Survey, SurveyRow
from tests.needs.build import (
    Statement,
    approved_supplement,
    filled_survey,
    started_survey,
    state_need,
    submitted_survey,
)
from tests.world import World

ONLY_THE_EVENT = (
    "State only what the event took: needs of the yearly review stand already, and both are added up."
)

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def reviewed_in(world: World, year: int, needs: Iterable[Statement] = ()) -> Survey:
    """Last year's review of Ia Dom, approved: 100 children everywhere, the ``needs``, else nothing needed."""
    survey = filled_survey(world, needs=needs, year=year)
    submit_survey(by=survey.created_by, survey=survey)
    return approve_survey(by=world.user("coordinator"), survey=survey)


def needs_of(survey: Survey) -> list[tuple]:
    columns = ("place__name", "children", "girls", "quantity", "priority", "reason")
    return list(NeedStatement.objects.filter(survey=survey).order_by("place", "pk").values_list(*columns))


# Copying last year's rows -----------------------------------------------------------------------------


def test_child_counts_are_copied_into_empty_rows(world: World, officer: User) -> None:
    before, survey = reviewed_in(world, 2024), started_survey(world)
    rows = copy_earlier(by=officer, survey=survey, area=None)
    columns = ("place", "age_band", "subgroup", "value")
    copied = ChildCount.objects.filter(survey=survey).order_by(*columns).values_list(*columns)
    assert list(copied) == list(
        ChildCount.objects.filter(survey=before).order_by(*columns).values_list(*columns)
    )
    assert {(row.version, row.saved_by, row.nothing) for row in rows} == {(1, officer, False)}
    assert len(rows) == ChildCount.objects.filter(survey=before).values("place").distinct().count()


def test_a_need_is_copied_with_priority_and_reason_and_nothing_too(world: World, officer: User) -> None:
    village, area = world.village("Ia Dom"), world.area("warm_clothing")
    reviewed_in(world, 2024, [Statement(village, children=7, quantity=14, priority=1, reason="Rét")])
    survey = started_survey(world)
    rows = copy_earlier(by=officer, survey=survey, area=area)
    assert needs_of(survey) == [("Thôn 1", 7, None, 14, 1, "Rét")]
    assert {row.place.name: row.nothing for row in rows} == {
        "Thôn 1": False,
        "Thôn 2": True,
        "Trường Mầm non Ia Dom": True,
        "xã Ia Dom": True,
    }


def test_girls_are_copied_where_they_are_asked_for(world: World, officer: User) -> None:
    item, village, band = world.item("warm_clothing"), world.village("Ia Dom"), world.band("3-5")
    item.by_sex = True
    item.save()
    before = filled_survey(world, year=2024)
    need = StatedNeed(7, 14, 2, "", girls=3)
    save_row(
        by=officer, survey=before, place=village, area=item.area, version=1, cells={(item.pk, band.pk): need}
    )
    submit_survey(by=officer, survey=before)
    approve_survey(by=world.user("coordinator"), survey=before)
    survey = started_survey(world)
    copy_earlier(by=officer, survey=survey, area=item.area, places=[village])
    assert needs_of(survey) == [("Thôn 1", 7, 3, 14, 2, "")]
    NeedStatement.objects.filter(survey=survey).delete()
    item.by_sex = False
    item.save()
    copy_earlier(by=officer, survey=survey, area=item.area, places=[village])
    assert needs_of(survey) == [("Thôn 1", 7, None, 14, 2, "")]


def test_a_row_that_holds_anything_is_not_overwritten(world: World, officer: User) -> None:
    first, second = world.village("Ia Dom"), world.village("Ia Dom", 2)
    reviewed_in(world, 2024, [Statement(first, children=7), Statement(second, children=8)])
    survey, area = started_survey(world), world.area("warm_clothing")
    state_need(world, survey, Statement(first, children=1))
    save_row(by=officer, survey=survey, place=second, area=area, version=0, cells={}, nothing=True)
    rows = copy_earlier(by=officer, survey=survey, area=area)
    assert sorted(row.place.name for row in rows) == ["Trường Mầm non Ia Dom", "xã Ia Dom"]
    assert [need[1] for need in needs_of(survey)] == [1]


def test_only_the_chosen_places_are_filled(world: World, officer: User) -> None:
    reviewed_in(world, 2024)
    survey, place = started_survey(world), world.village("Ia Dom", 2)
    assert [row.place for row in copy_earlier(by=officer, survey=survey, area=None, places=[place])] == [
        place
    ]
    assert set(ChildCount.objects.filter(survey=survey).values_list("place", flat=True)) == {place.pk}
    assert copy_earlier(by=officer, survey=survey, area=None, places=[place]) == []


def test_what_is_asked_no_more_is_not_copied(world: World, officer: User) -> None:
    village, item = world.village("Ia Dom"), world.item("warm_clothing")
    reviewed_in(world, 2024, [Statement(village), Statement(village, band="0-2", children=4, quantity=4)])
    survey = started_survey(world)
    item.age_bands.remove(world.band("3-5"))
    copy_earlier(by=officer, survey=survey, area=item.area, places=[village])
    assert [need[1] for need in needs_of(survey)] == [4]


def test_without_an_earlier_review_there_is_nothing_to_copy(world: World, officer: User) -> None:
    survey = started_survey(world)
    with pytest.raises(Refusal) as refusal:
        copy_earlier(by=officer, survey=survey, area=None)
    assert refusal.value.code == "nothing_earlier"
    assert SurveyRow.objects.count() == 0


def test_needs_that_stand_already_are_not_copied_into_a_supplementary_round(
    world: World, officer: User, client: Client
) -> None:
    place, area = world.village("Ia Dom"), world.area("warm_clothing")
    reviewed_in(world, 2025, [Statement(place, quantity=10)])
    survey = correct_survey(by=officer, survey=approved_supplement(world, [Statement(place, quantity=3)]))
    NeedStatement.objects.filter(survey=survey).delete()
    SurveyRow.objects.filter(survey=survey).delete()
    ChildCount.objects.filter(survey=survey).delete()
    with pytest.raises(Refusal) as refusal:
        copy_earlier(by=officer, survey=survey, area=area)
    assert refusal.value.code == "stands_already"
    client.force_login(officer)
    grid = client.get(reverse("survey_grid", args=[survey.pk, "warm_clothing"]))
    assert 'name="copy"' not in grid.content.decode()
    assert gettext(ONLY_THE_EVENT) in grid.content.decode()
    children = client.get(reverse("survey_grid", args=[survey.pk, "children"]))
    assert 'name="copy"' in children.content.decode()
    assert len(copy_earlier(by=officer, survey=survey, area=None)) == 1


def test_a_copied_row_is_newer_than_the_page_that_was_read(world: World, officer: User) -> None:
    reviewed_in(world, 2024)
    survey, place = started_survey(world), world.village("Ia Dom")
    copy_earlier(by=world.user("officer.iadom.2"), survey=survey, area=None)
    key = (world.band("3-5").pk, world.subgroup("total").pk)
    with pytest.raises(Stale):
        save_row(by=officer, survey=survey, place=place, area=None, version=0, cells={key: 5})
    assert save_row(by=officer, survey=survey, place=place, area=None, version=1, cells={key: 5}).version == 2


def test_copying_is_told_in_the_history(world: World, officer: User) -> None:
    reviewed_in(world, 2024)
    survey = started_survey(world)
    rows = copy_earlier(by=officer, survey=survey, area=None)
    entry = HistoryEntry.objects.of(survey).get(verb="copy_earlier")
    assert entry.details == {"area": "", "rows": len(rows), "year": 2024}
    assert entry.by == officer


# Nothing is needed in all other rows ----------------------------------------------------------------------


def test_nothing_is_stated_of_every_unanswered_row(world: World, officer: User) -> None:
    survey, area = started_survey(world), world.area("warm_clothing")
    first, second = world.village("Ia Dom"), world.village("Ia Dom", 2)
    state_need(world, survey, Statement(first))
    save_row(by=officer, survey=survey, place=second, area=area, version=0, cells={}, nothing=True)
    rows = state_nothing(by=officer, survey=survey, area=area)
    assert sorted((row.place.name, row.version, row.nothing) for row in rows) == [
        ("Trường Mầm non Ia Dom", 1, True),
        ("xã Ia Dom", 1, True),
    ]
    assert {row.saved_by for row in rows} == {officer}
    assert SurveyRow.objects.get(place=first).nothing is False
    assert SurveyRow.objects.get(place=second).version == 1
    assert HistoryEntry.objects.of(survey).get(verb="state_nothing").details == {
        "area": "warm_clothing",
        "rows": 2,
    }
    assert state_nothing(by=officer, survey=survey, area=area) == []


def test_a_cleared_row_counts_as_unanswered(world: World, officer: User) -> None:
    survey, area, place = started_survey(world), world.area("warm_clothing"), world.village("Ia Dom")
    save_row(by=officer, survey=survey, place=place, area=area, version=0, cells={}, nothing=True)
    save_row(by=officer, survey=survey, place=place, area=area, version=1, cells={}, nothing=False)
    rows = state_nothing(by=officer, survey=survey, area=area)
    assert {row.place: row.version for row in rows}[place] == 3


def test_a_number_over_nothing_by_a_colleague_is_stale(world: World, officer: User) -> None:
    survey, area, place = started_survey(world), world.area("warm_clothing"), world.village("Ia Dom")
    state_nothing(by=world.user("officer.iadom.2"), survey=survey, area=area)
    key = (world.item("warm_clothing").pk, world.band("3-5").pk)
    with pytest.raises(Stale) as refusal:
        save_row(
            by=officer,
            survey=survey,
            place=place,
            area=area,
            version=0,
            cells={key: StatedNeed(1, 1)},
            nothing=False,
        )
    assert refusal.value.details["theirs"]["z"] == 1
    assert NeedStatement.objects.count() == 0


# Both ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["officer.iadal", "coordinator", "leader", "health", "administrator"])
def test_others_fill_nothing(world: World, username: str) -> None:
    reviewed_in(world, 2024)
    survey, area = started_survey(world), world.area("warm_clothing")
    with pytest.raises(Forbidden):
        copy_earlier(by=world.user(username), survey=survey, area=area)
    with pytest.raises(Forbidden):
        state_nothing(by=world.user(username), survey=survey, area=area)
    assert not SurveyRow.objects.filter(survey=survey).exists()


def test_nothing_is_filled_after_submission_or_in_a_closed_round(
    world: World, officer: User, coordinator: User
) -> None:
    survey, area = submitted_survey(world), world.area("warm_clothing")
    for fill in (copy_earlier, state_nothing):
        with pytest.raises(WrongState) as refusal:
            fill(by=officer, survey=survey, area=area)
        assert refusal.value.code == "survey_not_editable"
    draft = started_survey(world, year=2024)
    close_round(by=coordinator, survey_round=draft.round, reason="Hết năm")
    for fill in (copy_earlier, state_nothing):
        with pytest.raises(WrongState) as refusal:
            fill(by=officer, survey=draft, area=area)
        assert refusal.value.code == "round_closed"
    assert not SurveyRow.objects.filter(survey=draft).exists()


def test_without_history_nothing_is_filled(
    world: World, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed_in(world, 2024)
    survey, area = started_survey(world), world.area("warm_clothing")

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(history, "record", fail)
    for fill, of_area in ((copy_earlier, None), (copy_earlier, area), (state_nothing, area)):
        with pytest.raises(RuntimeError):
            fill(by=officer, survey=survey, area=of_area)
    assert not SurveyRow.objects.filter(survey=survey).exists()
    assert not ChildCount.objects.filter(survey=survey).exists()
