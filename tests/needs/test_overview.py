"""The overview of a round: how complete, how late, whose turn, and one click to what is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock
from directory.models import Place, User
from needs.actions import (
    StatedNeed,
    close_round,
    correct_survey,
    open_round,
    reopen_round,
    return_survey,
    save_row,
    start_survey,
)
from needs.contents import Contents
from needs.models import Survey, SurveyRound
from needs.overview import Overview
from needs.progress import Progress, progress_in, progress_of
from needs.states import SurveyState
from tests.needs.build import (
    Statement,
    approved_survey,
    filled_survey,
    officer_of,
    open_yearly_round,
    started_survey,
    state_need,
    submitted_survey,
)
from tests.needs.test_round import disaster
from tests.needs.test_row import save_count
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
AFTER_DUE = date(2025, 7, 5)  # due on 30/06


def line_of(
    world: World, user: User, commune: str = "Ia Dom", survey_round: SurveyRound | None = None
) -> Progress:
    overview = Overview(survey_round or open_yearly_round(world), user)
    return next(line for line in overview.lines if line.commune == world.commune(commune))


def shares(line: Progress) -> list[tuple[int, int] | None]:
    return [(cell.given, cell.to_give) if cell else None for cell in line.cells]


# Completeness -------------------------------------------------------------------------------------


def test_an_empty_survey_has_everything_to_give(world: World, coordinator: User) -> None:
    started_survey(world)
    overview = Overview(open_yearly_round(world), coordinator)
    assert [column.code for column in overview.columns] == [
        "children",
        "health_nutrition",
        "play",
        "warm_clothing",
    ]
    line = line_of(world, coordinator)
    assert (shares(line), line.percent) == ([(0, 16), (0, 4), (0, 4), (0, 4)], 0)


def test_a_full_one_has_given_everything(world: World, coordinator: User) -> None:
    filled_survey(world)
    line = line_of(world, coordinator)
    assert (shares(line), line.percent) == ([(16, 16), (4, 4), (4, 4), (4, 4)], 100)


def test_a_need_and_the_word_that_nothing_is_needed_both_answer(
    world: World, officer: User, coordinator: User
) -> None:
    """As ``Contents.is_answered`` says it, place by place."""
    survey = started_survey(world)
    state_need(world, survey, Statement(world.village("Ia Dom")))
    clothing = world.area("warm_clothing")
    nothing = {"area": clothing, "version": 0, "cells": {}, "nothing": True}
    save_row(by=officer, survey=survey, place=world.school("Ia Dom"), **nothing)
    empty = {"area": clothing, "version": 0, "cells": {}, "nothing": False}
    save_row(by=officer, survey=survey, place=world.village("Ia Dom", 2), **empty)
    contents = Contents(survey)
    answered = [place for place in contents.places if contents.is_answered(place, clothing)]
    assert shares(line_of(world, coordinator))[3] == (len(answered), len(contents.places)) == (2, 4)


def test_a_need_of_0_answers_too(world: World, officer: User, coordinator: User) -> None:
    survey, item = started_survey(world), world.item("warm_clothing")
    key = (item.pk, world.band("3-5").pk)
    save_row(
        by=officer,
        survey=survey,
        place=world.village("Ia Dom"),
        area=item.area,
        version=0,
        cells={key: StatedNeed(0, 0)},
    )
    assert shares(line_of(world, coordinator))[3] == (1, 4)


def test_an_item_retired_before_the_round_answers_nothing(world: World, coordinator: User) -> None:
    survey = started_survey(world)
    state_need(world, survey, Statement(world.village("Ia Dom")))
    type(world.item("warm_clothing")).objects.filter(code="warm_clothing").update(retired_on=date(2025, 1, 1))
    overview = Overview(open_yearly_round(world), coordinator)
    assert "warm_clothing" not in [column.code for column in overview.columns]


def test_the_other_subgroups_do_not_count(world: World, officer: User, coordinator: User) -> None:
    survey = started_survey(world)
    key = (world.band("3-5").pk, world.subgroup("girls").pk)
    place = world.village("Ia Dom")
    save_row(by=officer, survey=survey, place=place, area=None, version=0, cells={key: 3})
    assert shares(line_of(world, coordinator))[0] == (0, 16)


def test_what_is_not_started_has_no_link(world: World, coordinator: User) -> None:
    line = line_of(world, coordinator)
    assert ([cell.url for cell in line.cells if cell], line.percent) == (["", "", "", ""], 0)


# One click ----------------------------------------------------------------------------------------


def test_a_cell_leads_to_the_first_that_is_missing(world: World, officer: User, client_of: ClientOf) -> None:
    survey, village = started_survey(world), world.village("Ia Dom")
    commune = Place.objects.get(unit=world.commune("Ia Dom"), kind=Place.Kind.COMMUNE)
    contents = Contents(survey)
    counts = {(band.pk, contents.total.pk): 5 for band in contents.bands}
    save_row(by=officer, survey=survey, place=commune, area=None, version=0, cells=counts)
    first = {(contents.bands[0].pk, contents.total.pk): 5}
    save_row(by=officer, survey=survey, place=village, area=None, version=0, cells=first)
    cell = line_of(world, officer).cells[0]
    anchor = f"{village.pk}.c{contents.bands[1].pk}-{contents.total.pk}"
    assert cell is not None
    assert (cell.given, cell.url) == (5, f"/surveys/{survey.pk}/children/#{anchor}")
    assert f'id="{anchor}"' in client_of(officer).get(cell.url).content.decode()


def test_an_areas_cell_leads_to_the_first_place_without_an_answer(
    world: World, officer: User, client_of: ClientOf
) -> None:
    survey = started_survey(world)
    commune = Place.objects.get(unit=world.commune("Ia Dom"), kind=Place.Kind.COMMUNE)
    state_need(world, survey, Statement(commune))
    cell = line_of(world, officer).cells[3]
    item, band = world.item("warm_clothing"), world.band("0-2")
    anchor = f"{world.village('Ia Dom').pk}.n{item.pk}-{band.pk}"
    assert cell is not None
    assert cell.url == f"/surveys/{survey.pk}/warm_clothing/#{anchor}"
    assert f'id="{anchor}"' in client_of(officer).get(cell.url).content.decode()


def test_a_complete_cell_leads_to_its_section(world: World, coordinator: User) -> None:
    survey = filled_survey(world)
    urls = [cell.url for cell in line_of(world, coordinator).cells if cell]
    sections = ("children", "health_nutrition", "play", "warm_clothing")
    assert urls == [f"/surveys/{survey.pk}/{section}/" for section in sections]


def test_who_only_reads_is_led_to_the_row(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey = started_survey(world)
    commune = Place.objects.get(unit=world.commune("Ia Dom"), kind=Place.Kind.COMMUNE)
    cell = line_of(world, coordinator).cells[0]
    assert cell is not None
    assert cell.url == f"/surveys/{survey.pk}/children/#children.{commune.pk}"
    assert f'id="children.{commune.pk}"' in client_of(coordinator).get(cell.url).content.decode()


# Reach --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "sections", "communes"),
    [
        ("health", ["health_nutrition"], 3),
        ("culture", ["play"], 3),
        ("leader", ["children", "health_nutrition", "play", "warm_clothing"], 3),
        ("officer.iadom", ["children", "health_nutrition", "play", "warm_clothing"], 1),
        ("union", [], 0),
    ],
)
def test_who_sees_which_sections(world: World, username: str, sections: list[str], communes: int) -> None:
    overview = Overview(open_yearly_round(world), world.user(username))
    assert [column.code for column in overview.columns] == (sections if communes else [])
    assert len(overview.lines) == communes


# Lateness and whose turn it is --------------------------------------------------------------------


def test_late_is_who_has_not_handed_in(world: World, coordinator: User) -> None:
    submitted_survey(world)
    approved_survey(world, "Ia Đal")
    assert [line.days_late for line in progress_in(open_yearly_round(world), coordinator)] == [0, 0, 0]
    with clock.standing_on(AFTER_DUE):
        late = {
            line.commune.name: line.days_late for line in progress_in(open_yearly_round(world), coordinator)
        }
    assert late == {"xã Ia Dom": 0, "xã Ia Đal": 0, "xã Ia Tơi": 5}


@pytest.mark.parametrize(
    ("state", "late", "awaits"),
    [
        (SurveyState.DRAFT, True, "commune"),
        (SurveyState.RETURNED, True, "commune"),
        (SurveyState.SIGNING, True, "chair"),
        (SurveyState.SUBMITTED, False, "office"),
        (SurveyState.APPROVED, False, ""),
    ],
)
def test_whose_turn_it_is(
    world: World, coordinator: User, state: SurveyState, late: bool, awaits: str
) -> None:
    survey = filled_survey(world)
    Survey.objects.filter(pk=survey.pk).update(state=state)
    with clock.standing_on(AFTER_DUE):
        line = line_of(world, coordinator)
        assert (line.is_late, line.awaits) == (late, awaits)


def test_what_is_entered_from_paper_waits_for_the_office(world: World, coordinator: User) -> None:
    start_survey(
        by=coordinator,
        survey_round=open_yearly_round(world),
        commune=world.commune("Ia Dom"),
        on_behalf_of=world.agency("UBND xã Ia Dom"),
    )
    assert line_of(world, coordinator).awaits == "office"


def test_a_correction_under_way_is_not_late(world: World, officer: User, coordinator: User) -> None:
    correct_survey(by=officer, survey=approved_survey(world))
    with clock.standing_on(AFTER_DUE):
        line = line_of(world, coordinator)
    assert (line.is_late, line.is_approved, line.awaits) == (False, True, "commune")


def test_a_closed_round_is_late_for_nobody(world: World, coordinator: User) -> None:
    close_round(by=coordinator, survey_round=open_yearly_round(world), reason="Hết năm")
    with clock.standing_on(AFTER_DUE):
        line = line_of(world, coordinator)
        assert (line.is_late, line.awaits) == (False, "")


def test_a_reopened_commune_is_late_from_its_own_day(world: World, coordinator: User) -> None:
    survey_round = approved_survey(world).round
    close_round(by=coordinator, survey_round=survey_round, reason="Hết năm")
    with clock.standing_on(datetime(2025, 6, 10, tzinfo=clock.now().tzinfo)):
        reopen_round(
            by=coordinator,
            survey_round=survey_round,
            commune=world.commune("Ia Dom"),
            due_on=date(2025, 6, 20),
            reason="Bổ sung",
        )
    with clock.standing_on(date(2025, 6, 20)):
        line = line_of(world, coordinator)
        assert (line.days_late, line.awaits, line.due_on) == (0, "commune", date(2025, 6, 20))
    with clock.standing_on(date(2025, 6, 23)):
        assert line_of(world, coordinator).days_late == 3
    Survey.objects.filter(round=survey_round).update(reviewed_at=clock.noon(date(2025, 6, 22)))
    with clock.standing_on(date(2025, 6, 23)):
        line = line_of(world, coordinator)
        assert (line.days_late, line.awaits) == (0, "")


def test_the_totals_of_a_round(world: World, coordinator: User, officer: User) -> None:
    submitted_survey(world)
    correct_survey(by=world.user("officer.iadal"), survey=approved_survey(world, "Ia Đal"))
    with clock.standing_on(AFTER_DUE):
        overview = Overview(open_yearly_round(world), coordinator)
        totals = overview.totals
    assert (totals.communes, totals.approved, totals.submitted, totals.signing, totals.late) == (
        3,
        1,
        1,
        0,
        1,
    )
    assert [(cell.given, cell.to_give) for cell in overview.sums] == [(32, 48), (8, 12), (8, 12), (8, 12)]


# Several rounds at once, supplementary ones, queries ------------------------------------------------


def test_a_supplementary_round_asks_its_places_only(world: World, officer: User, coordinator: User) -> None:
    survey_round = open_round(**disaster(world))
    survey = start_survey(by=officer, survey_round=survey_round, commune=world.commune("Ia Dom"))
    save_count(world, survey, officer, 5)
    assert [line.commune for line in progress_in(survey_round, coordinator)] == [world.commune("Ia Dom")]
    assert shares(line_of(world, coordinator, survey_round=survey_round)) == [(1, 8), (0, 2), (0, 2), (0, 2)]


def test_several_rounds_say_the_same_as_each_alone(world: World, coordinator: User, officer: User) -> None:
    submitted_survey(world)
    rounds = [open_yearly_round(world, 2024), open_yearly_round(world), open_round(**disaster(world))]
    close_round(by=coordinator, survey_round=rounds[0], reason="Hết năm")
    day, commune = date(2025, 6, 20), world.commune("Ia Tơi")
    reopen_round(by=coordinator, survey_round=rounds[0], commune=commune, due_on=day, reason="Bổ sung")
    rounds = list(SurveyRound.objects.order_by("pk"))
    for user in (coordinator, officer, world.user("officer.iatoi")):
        together = progress_of(rounds, user)
        assert [together[each] for each in rounds] == [progress_in(each, user) for each in rounds]


def test_the_overview_costs_the_same_with_one_commune_and_with_three(
    world: World, coordinator: User, client_of: ClientOf
) -> None:
    """One commune with one place and one count, against three with three places each, all answered."""
    small = open_round(**disaster(world, places=[world.village("Ia Dom")]))
    survey = start_survey(by=world.user("officer.iadom"), survey_round=small, commune=world.commune("Ia Dom"))
    save_count(world, survey, world.user("officer.iadom"), 5)
    villages = Place.objects.exclude(kind=Place.Kind.COMMUNE).filter(unit__parent=world.district)
    large = open_round(**disaster(world, places=list(villages)))
    for name in ("Ia Dom", "Ia Đal", "Ia Tơi"):
        officer = officer_of(world, name)
        survey = start_survey(by=officer, survey_round=large, commune=world.commune(name))
        for place in Contents(survey).places:
            state_need(world, survey, Statement(place))
            state_need(world, survey, Statement(place, "meal"))
    client = client_of(coordinator)
    costs = [queries_of(client, reverse("round_detail", args=[each.pk])) for each in (small, large)]
    assert costs[0] == costs[1]


def test_a_returned_survey_is_the_communes_turn(world: World, coordinator: User) -> None:
    return_survey(by=coordinator, survey=submitted_survey(world), reason="Thiếu thôn 2")
    with clock.standing_on(open_yearly_round(world).due_on + timedelta(days=1)):
        line = line_of(world, coordinator)
        assert (line.days_late, line.awaits) == (1, "commune")
