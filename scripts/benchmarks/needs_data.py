"""The data of the needs room's benchmark, the same at every run, written in bulk past the actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from django.db import transaction

from directory.models import Agency, Place, SupportArea, Unit, User
from directory.roles import Role
from needs.models import (
    AgeBand,
    ChildCount,
    Need,
    NeedBalance,
    NeedStatement,
    ReferencePrice,
    Subgroup,
    SupportItem,
    Survey,
    SurveyRound,
    SurveyRow,
)
from needs.states import RoundState, SurveyState

LONG_AGO = date(2004, 1, 1)
YEAR = 2025
CHILDREN = 100
BATCH = 5000


@transaction.atomic
def grid(officers: int, places: int, warm_items: Iterable[int]) -> dict[str, Any]:
    """A commune for each officer with a draft and last year's approved survey, all cells filled, of warm
    clothing with ``warm_items`` age bands an item; surveys of another year for the bare upserts."""
    coordinator = _coordinator()
    _warm_items(warm_items)
    communes = [_commune(number, places) for number in range(officers)]
    apart = [_officer(f"officer.{number}", unit) for number, unit in enumerate(communes)]
    together = [_officer(f"together.{number}", communes[0]) for number in range(officers)]
    rounds = {year: _round(year) for year in (YEAR - 2, YEAR - 1, YEAR)}
    _surveys(rounds[YEAR - 1], communes, coordinator, SurveyState.APPROVED, filled=True)
    drafts = _surveys(rounds[YEAR], communes, coordinator, SurveyState.DRAFT, filled=True)
    bare = _surveys(rounds[YEAR - 2], communes, coordinator, SurveyState.APPROVED, filled=False)
    return {
        "drafts": [survey.pk for survey in drafts],
        "bare": [survey.pk for survey in bare],
        "places": [list(_places_of(unit).values_list("pk", flat=True)) for unit in communes],
        "officers": [user.username for user in apart],
        "together": [user.username for user in together],
    }


@transaction.atomic
def needs(count: int, years: int, places: int, items: int, bands: int) -> str:
    """``count`` needs, evenly over the last ``years`` (the newest round is open) and over ``places`` of each
    commune, ``items`` and ``bands`` of each item; who looks at them."""
    coordinator = _coordinator()
    communes = list(Unit.objects.communes().order_by("pk"))
    for unit in communes:
        _fill_up_places(unit, places)
    found = _items(items)
    ages = list(AgeBand.objects.order_by("pk")[:bands])
    keys: list[tuple[Survey, Place, SupportItem, AgeBand]] = []
    for year in range(YEAR - years + 1, YEAR + 1):
        state = RoundState.OPEN if year == YEAR else RoundState.CLOSED
        surveys = _surveys(_round(year, state), communes, coordinator, SurveyState.APPROVED, filled=False)
        for survey in surveys:
            where = list(_places_of(survey.commune))
            keys += [(survey, place, item, band) for place in where for item in found for band in ages]
        ReferencePrice.objects.bulk_create(
            ReferencePrice(item=item, year=year, amount=10_000 * (1 + item.pk % 30)) for item in found
        )
    _needs(keys[number * len(keys) // count] for number in range(count))
    return coordinator.username


def _needs(keys: Iterable[tuple[Survey, Place, SupportItem, AgeBand]]) -> None:
    made = Need.objects.bulk_create(
        (
            Need(
                round=survey.round,
                place=place,
                item=item,
                age_band=band,
                survey=survey,
                children=1 + number % 60,
                priority=1 + number % 4,
                stated_priority=1 + number % 4,
                reason="" if number % 3 else "Vùng cao, lạnh về mùa đông",
            )
            for number, (survey, place, item, band) in enumerate(keys)
        ),
        batch_size=BATCH,
    )
    NeedBalance.objects.bulk_create(
        (_balance(number, need) for number, need in enumerate(made)), batch_size=BATCH
    )


def _balance(number: int, need: Need) -> NeedBalance:
    """A third uncovered, a third covered in part, a third in full and half of it delivered."""
    balance = NeedBalance.opening(need, 2 + number % 79)
    balance.covered = (0, balance.quantity // 2, balance.quantity)[number % 3]
    balance.delivered = balance.covered // 2
    return balance


def _coordinator() -> User:
    agency = Agency.objects.get(short_name="LĐTBXH")
    return User.objects.create(username="coordinator", role=Role.COORDINATOR, agency=agency)


def _officer(username: str, commune: Unit) -> User:
    agency = Agency.objects.get(unit=commune, kind=Agency.Kind.COMMITTEE)
    return User.objects.create(username=username, role=Role.COMMUNE_OFFICER, agency=agency)


def _commune(number: int, places: int) -> Unit:
    unit = Unit.objects.create(
        level=Unit.Level.COMMUNE,
        code=f"x{number}",
        name=f"xã Thử {number}",
        parent=Unit.objects.get(level=Unit.Level.DISTRICT),
        valid_from=LONG_AGO,
    )
    name = f"Ủy ban nhân dân xã Thử {number}"
    Agency.objects.create(
        unit=unit,
        name=name,
        short_name=name,
        kind=Agency.Kind.COMMITTEE,
        reports_every=Agency.ReportsEvery.HALF_YEAR,
        valid_from=LONG_AGO,
    )
    Place.objects.create(unit=unit, kind=Place.Kind.COMMUNE, name=unit.name, valid_from=LONG_AGO)
    _fill_up_places(unit, places)
    return unit


def _fill_up_places(unit: Unit, places: int) -> None:
    """Villages, every fifth a school, until the commune has so many places."""
    Place.objects.filter(unit=unit).update(valid_from=LONG_AGO)
    missing = range(Place.objects.filter(unit=unit).count(), places)
    Place.objects.bulk_create(
        Place(
            unit=unit,
            kind=Place.Kind.VILLAGE if number % 5 else Place.Kind.SCHOOL,
            name=f"Thôn {number}" if number % 5 else f"Trường Mầm non số {number}",
            order=number,
            valid_from=LONG_AGO,
        )
        for number in missing
    )


def _places_of(unit: Unit) -> Any:
    return Place.objects.filter(unit=unit).order_by("pk")


def _warm_items(bands_of_each: Iterable[int]) -> None:
    """In place of the plan's one: so many age bands for the first, the second …"""
    area = SupportArea.objects.get(code="warm_clothing")
    SupportItem.objects.filter(area=area).delete()
    for number, bands in enumerate(bands_of_each):
        item = SupportItem.objects.create(
            area=area, code=f"warm{number}", name=f"Áo ấm số {number}", name_en=f"Coat {number}", unit="chiếc"
        )
        item.age_bands.set(islice(AgeBand.objects.counted(), bands))


def _items(count: int) -> list[SupportItem]:
    areas = list(SupportArea.objects.order_by("order"))
    SupportItem.objects.bulk_create(
        SupportItem(
            area=areas[number % len(areas)],
            code=f"item{number}",
            name=f"Áo ấm loại {number}",
            name_en=f"Coat {number}",
            unit="chiếc",
            order=number,
        )
        for number in range(SupportItem.objects.count(), count)
    )
    return list(SupportItem.objects.order_by("pk")[:count])


def _round(year: int, state: str = RoundState.OPEN) -> SurveyRound:
    survey_round = SurveyRound(
        scope=Unit.objects.get(level=Unit.Level.DISTRICT),
        year=year,
        name=f"Rà soát nhu cầu năm {year}",
        opens_on=date(year, 1, 2),
        due_on=date(year, 6, 30),
        state=state,
    )
    return SurveyRound.objects.bulk_create([survey_round])[0]


def _surveys(
    survey_round: SurveyRound, communes: Iterable[Unit], by: User, state: str, filled: bool
) -> list[Survey]:
    at = datetime(survey_round.year, 5, 1, tzinfo=UTC)
    handed_in: dict[str, Any] = {}
    if state == SurveyState.APPROVED:
        handed_in = {"submitted_by": by, "submitted_at": at, "reviewed_by": by, "reviewed_at": at}
    surveys = Survey.objects.bulk_create(
        Survey(round=survey_round, commune=unit, state=state, created_by=by, created_at=at, **handed_in)
        for unit in communes
    )
    if filled:
        for survey in surveys:
            _fill(survey, by, at)
    return surveys


def _fill(survey: Survey, by: User, at: datetime) -> None:
    """Every place has children in every band and states every need."""
    places, links = list(_places_of(survey.commune)), list(SupportItem.age_bands.through.objects.all())
    groups = list(Subgroup.objects.all())
    sections = [None, *SupportArea.objects.all()]
    SurveyRow.objects.bulk_create(
        SurveyRow(survey=survey, place=place, area=area, version=1, saved_by=by, saved_at=at)
        for place in places
        for area in sections
    )
    ChildCount.objects.bulk_create(
        ChildCount(survey=survey, place=place, age_band=band, subgroup=group, value=CHILDREN)
        for place in places
        for band in AgeBand.objects.counted()
        for group in groups
    )
    NeedStatement.objects.bulk_create(
        NeedStatement(
            survey=survey,
            place=place,
            item_id=link.supportitem_id,
            age_band_id=link.ageband_id,
            children=1 + (number + column) % 90,
            quantity=1 + (number + survey.round.year) * (column + 1) % 900,
            reason="Vùng cao, lạnh về mùa đông",
        )
        for number, place in enumerate(places)
        for column, link in enumerate(links)
    )
