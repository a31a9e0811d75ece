"""What other rooms' tests build on: a round, a filled survey, an approved need, all through the actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from directory.models import Place, User
from needs.actions import (
    StatedNeed,
    approve_survey,
    correct_survey,
    note_warnings,
    open_round,
    save_row,
    start_survey,
    submit_survey,
)
from needs.checks import Grade, findings_in
from needs.contents import Contents
from needs.models import Need, Survey, SurveyRound, SurveyRow
from needs.notes import WrittenNote
from needs.states import SurveyState
from tests.remembered import step
from tests.world import World

CHILDREN_PER_BAND = 100  # of a village or school; the whole commune has those of its villages


@dataclass(frozen=True)
class Statement:
    """One stated need, by the names that a test would say."""

    place: Place
    item: str = "warm_clothing"
    band: str = "3-5"
    children: int = 20
    quantity: int = 20
    priority: int = 2
    reason: str = ""
    girls: int | None = None


def open_yearly_round(world: World, year: int = 2025) -> SurveyRound:
    """The district's yearly round, opened by the coordinator; the open one, if there is one."""
    found = SurveyRound.objects.filter(scope=world.district, year=year, kind="yearly").first()
    return found or open_round(
        by=world.user("coordinator"),
        scope=world.district,
        year=year,
        name=f"Rà soát nhu cầu năm {year}",
        opens_on=date(year, 1, 2),
        due_on=date(year, 6, 30),
    )


def officer_of(world: World, commune: str) -> User:
    names = {"Ia Dom": "officer.iadom", "Ia Đal": "officer.iadal", "Ia Tơi": "officer.iatoi"}
    return world.user(names[commune])


def started_survey(world: World, commune: str = "Ia Dom", year: int = 2025) -> Survey:
    return start_survey(
        by=officer_of(world, commune),
        survey_round=open_yearly_round(world, year),
        commune=world.commune(commune),
    )


@step
def filled_survey(
    world: World, commune: str = "Ia Dom", needs: Iterable[Statement] = (), year: int = 2025
) -> Survey:
    """A draft with 100 children in every band of every village and school, the ``needs`` stated, else
    nothing needed."""
    survey = _nothing_needed(world, commune, year)
    for need in needs:
        state_need(world, survey, need)
    return survey


@step
def _nothing_needed(world: World, commune: str, year: int) -> Survey:
    return _answered(started_survey(world, commune, year))


def _answered(survey: Survey) -> Survey:
    contents = Contents(survey)
    villages = sum(1 for place in contents.places if place.kind == Place.Kind.VILLAGE)
    for place in contents.places:
        children = CHILDREN_PER_BAND * (villages if place.kind == Place.Kind.COMMUNE else 1)
        counts = {(band.pk, contents.total.pk): children for band in contents.bands}
        _save(survey, place, None, counts)
        for area in contents.areas:
            _save(survey, place, area, {}, nothing=True)
    return survey


@step
def approved_supplement(
    world: World, needs: Iterable[Statement], commune: str = "Ia Dom", year: int = 2025
) -> Survey:
    """The commune's survey in a round after a storm, for the places of the ``needs`` only."""
    needs = list(needs)
    survey_round = open_round(
        by=world.user("coordinator"),
        scope=world.district,
        year=year,
        kind=SurveyRound.Kind.SUPPLEMENTARY,
        name="Rà soát sau lốc xoáy",
        event="Lốc xoáy ngày 20/2",
        opens_on=date(year, 2, 21),
        due_on=date(year, 3, 31),
        places=[need.place for need in needs],
    )
    officer = officer_of(world, commune)
    survey = _answered(start_survey(by=officer, survey_round=survey_round, commune=world.commune(commune)))
    for need in needs:
        state_need(world, survey, need)
    survey = submit_survey(by=officer, survey=survey)
    return approve_survey(by=world.user("coordinator"), survey=survey)


def state_need(world: World, survey: Survey, need: Statement) -> SurveyRow:
    """Write one stated need into a draft, as the commune's officer."""
    item = world.item(need.item)
    stated = StatedNeed(need.children, need.quantity, need.priority, need.reason, need.girls)
    return _save(survey, need.place, item.area, {(item.pk, world.band(need.band).pk): stated})


def _save(survey: Survey, place: Place, area: object, cells: dict, nothing: bool | None = None) -> SurveyRow:
    row = SurveyRow.objects.filter(survey=survey, place=place, area=area).first()
    return save_row(
        by=survey.created_by,
        survey=survey,
        place=place,
        area=area,
        version=row.version if row else 0,
        cells=cells,
        nothing=nothing,
    )


def note_all(survey: Survey, text: str = "Đã kiểm tra, số liệu đúng") -> None:
    """Say the same to each warning that stands."""
    warnings = findings_in(Contents(survey), Grade.WARNING)
    notes = [WrittenNote(warning.key, warning.figures, text) for warning in warnings]
    note_warnings(by=survey.created_by, survey=survey, notes=notes)


@step
def submitted_survey(world: World, commune: str = "Ia Dom", needs: Iterable[Statement] = ()) -> Survey:
    survey = filled_survey(world, commune, needs)
    note_all(survey)
    return submit_survey(by=survey.created_by, survey=survey)


@step
def signing_survey(world: World, commune: str = "Ia Dom", needs: Iterable[Statement] = ()) -> Survey:
    """Handed in, in a round that asks for the chair: it waits for the chair's sign-off."""
    survey_round = open_yearly_round(world)
    SurveyRound.objects.filter(pk=survey_round.pk).update(asks_chair=True)
    return submitted_survey(world, commune, needs)


@step
def approved_survey(world: World, commune: str = "Ia Dom", needs: Iterable[Statement] = ()) -> Survey:
    return approve_survey(by=world.user("coordinator"), survey=submitted_survey(world, commune, needs))


@step
def approved_need(
    world: World,
    commune: str = "Ia Dom",
    item: str = "warm_clothing",
    band: str = "3-5",
    children: int = 20,
    quantity: int = 20,
    priority: int = 2,
    place: Place | None = None,
    year: int = 2025,
) -> Need:
    """A need in force at ``place`` (the commune's first village), its survey approved.

    Called again for the same commune it approves a correction, so that earlier needs stand.
    """
    place = place or world.village(commune)
    statement = Statement(place, item, band, children, quantity, priority)
    survey = _draft(world, commune, year)
    state_need(world, survey, statement)
    note_all(survey)
    submit_survey(by=survey.created_by, survey=survey)
    survey = approve_survey(by=world.user("coordinator"), survey=survey)
    return Need.objects.get(round=survey.round, place=place, item=world.item(item), age_band=world.band(band))


def _draft(world: World, commune: str, year: int) -> Survey:
    newest = (
        Survey.objects.filter(round=open_yearly_round(world, year), commune=world.commune(commune))
        .order_by("-version")
        .first()
    )
    if newest and newest.state == SurveyState.APPROVED:
        return correct_survey(by=officer_of(world, commune), survey=newest)
    return newest or filled_survey(world, commune, year=year)
