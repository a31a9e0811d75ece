"""Last year's values: read with the survey's own or by themselves, and over a merger."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory import clock
from directory.models import Place, User
from needs.actions import approve_survey, open_round, start_survey, submit_survey
from needs.contents import Contents
from needs.earlier import Earlier
from needs.models import AgeBand, Subgroup, Survey
from needs.models.catalogue import bands_and_subgroups
from tests.merger import DAY, merge
from tests.needs.build import Statement, filled_survey, started_survey
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def approved_in(world: World, commune: str, year: int, quantity: int) -> Survey:
    """With one need at the first village; nothing is needed elsewhere."""
    with clock.standing_on(date(year, 6, 2)):
        need = Statement(world.village(commune), children=20, quantity=quantity)
        survey = filled_survey(world, commune, [need], year)
        submit_survey(by=survey.created_by, survey=survey)
        return approve_survey(by=world.user("coordinator"), survey=survey)


def both_ways(survey: Survey) -> Earlier:
    """Read by themselves, and by the same queries as the survey's own, which stays what it is."""
    alone, compared = Contents(survey), Contents(survey, compared=True)
    assert alone.earlier == compared.earlier
    assert (alone.counts, alone.statements, alone.rows) == (
        compared.counts,
        compared.statements,
        compared.rows,
    )
    return compared.earlier


def test_nothing_approved_before(world: World) -> None:
    filled_survey(world, year=2024)
    assert both_ways(started_survey(world)) == Earlier()


def test_the_newest_year_counts(world: World) -> None:
    for year, quantity in ((2023, 40), (2024, 47)):
        approved_in(world, "Ia Dom", year, quantity)
    approved_in(world, "Ia Đal", 2024, 5)
    village, item, band = world.village("Ia Dom"), world.item("warm_clothing"), world.band("3-5")
    earlier = both_ways(started_survey(world))
    assert (earlier.year, len(earlier.counts)) == (2024, 16)
    assert {key: need.quantity for key, need in earlier.statements.items()} == {
        (village.pk, item.pk, band.pk): 47
    }
    assert len(earlier.nothing) == 4 * 3 - 1


def test_last_years_values_of_both_communes_stand_beside_the_merged_ones_places(
    world: World, administrator: User
) -> None:
    approved_in(world, "Ia Dom", 2024, 31)
    approved_in(world, "Ia Tơi", 2024, 47)
    old = {world.village(commune).pk: quantity for commune, quantity in (("Ia Dom", 31), ("Ia Tơi", 47))}
    with clock.standing_on(DAY):
        merger = merge(world, administrator)
        survey_round = open_round(
            by=world.user("coordinator"),
            scope=merger.province,
            year=2025,
            name="Rà soát nhu cầu năm 2025",
            opens_on=DAY,
            due_on=date(2025, 9, 30),
        )
        officer = world.user("officer.iadom")
        survey = start_survey(by=officer, survey_round=survey_round, commune=merger.commune)
        earlier = both_ways(survey)
    heirs = {place.continues_id: place.pk for place in Place.objects.filter(unit=merger.commune)}
    stated = {place: need.quantity for (place, _item, _band), need in earlier.statements.items()}
    assert stated == {heirs[place]: quantity for place, quantity in old.items()}


def test_a_compared_survey_costs_one_query_more(world: World) -> None:
    approved_in(world, "Ia Dom", 2024, 31)
    survey = Survey.objects.select_related("round", "commune").get(pk=started_survey(world).pk)

    def queries(compared: bool) -> int:
        contents = Contents(survey, compared)
        with CaptureQueriesContext(connection) as asked:
            assert all((contents.places, contents.item_bands, contents.bands, contents.subgroups))
            assert (contents.counts, contents.statements, contents.rows) == ({}, {}, {})
            assert (contents.earlier.year if compared else None) in (2024, None)
        return len(asked)

    assert (queries(compared=False), queries(compared=True)) == (5, 6)


def test_headings_come_in_order(world: World) -> None:
    bands, groups = bands_and_subgroups()
    assert (bands, groups) == (list(AgeBand.objects.counted()), list(Subgroup.objects.in_order()))
    plain = (list(AgeBand.objects.counted()), list(Subgroup.objects.in_order()))
    for found, expected in zip((bands, groups), plain, strict=True):
        assert [vars(row) | {"_state": None} for row in found] == [
            vars(row) | {"_state": None} for row in expected
        ]
        assert not any(row._state.adding for row in found)
