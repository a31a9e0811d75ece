"""The largest tab foreseen, 40 places by 26 columns with last year's values: light to load and to send."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import Place, User
from needs.models import AgeBand, NeedStatement, SupportItem, Survey, SurveyRow
from tests.needs.build import started_survey
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PLACES, COLUMNS = 40, 26


@pytest.fixture
def survey(world: World) -> Survey:
    """Ia Dom with 40 places; of clothing 4 items in 13 age bands. Last year stated every one of them."""
    commune, area = world.commune("Ia Dom"), world.area("warm_clothing")
    Place.objects.bulk_create(
        Place(unit=commune, kind="village", name=f"Thôn {number}", valid_from=date(2019, 1, 1), order=number)
        for number in range(3, PLACES - 1)
    )
    bands = list(AgeBand.objects.counted())
    for number in (1, 2, 3):
        item = SupportItem.objects.create(
            area=area,
            code=f"item{number}",
            name=f"Chăn ấm số {number}",
            name_en="x",
            unit="chiếc",
            order=number,
        )
        item.age_bands.set(bands if number < 3 else bands[:1])
    for year in (2024, 2025):
        survey = started_survey(world, year=year)
        state_everything(survey, random.Random(year))
    Survey.objects.exclude(pk=survey.pk).update(state="approved")
    return survey


def state_everything(survey: Survey, dice: random.Random) -> None:
    places = list(survey.round.places_in([survey.commune_id]))
    asked = [
        (item, band)
        for item in SupportItem.objects.filter(area__code="warm_clothing")
        for band in item.age_bands.all()
    ]
    NeedStatement.objects.bulk_create(
        NeedStatement(
            survey=survey,
            place=place,
            item=item,
            age_band=band,
            children=dice.randint(1, 60),
            quantity=dice.randint(1, 120),
            reason="Vùng cao, rét đậm kéo dài",
        )
        for place in places
        for item, band in asked
    )
    area = asked[0][0].area
    SurveyRow.objects.bulk_create(
        SurveyRow(survey=survey, place=place, area=area, version=1) for place in places
    )


def tab(survey: Survey) -> str:
    return reverse("survey_grid", args=[survey.pk, "warm_clothing"])


def posted(page: HttpResponse) -> dict[str, str]:
    """What a browser without JavaScript sends: each named field of the page's form as it stands."""
    grid = page.context["grid"]  # type: ignore[attr-defined]
    data = {cell.name: cell.value for row in grid.rows for cell in row.cells}
    for row in grid.rows:
        data |= {
            f"{row.key}.v": str(row.state.version),
            f"{row.key}.p": str(row.choice),
            f"{row.key}.r": row.reason,
        }
        if row.nothing:
            data[f"{row.key}.z"] = "1"
    return data


def test_it_is_light(survey: Survey, officer: User, client_of: ClientOf) -> None:
    client = client_of(officer)
    client.get(tab(survey))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(tab(survey))
    page = answer.content.decode()
    assert (page.count("<tr data-row="), page.count('inputmode="numeric"')) == (PLACES, PLACES * COLUMNS)
    assert page.count("<small id=") == PLACES * (COLUMNS + 2)
    assert len(gzip.compress(answer.content)) <= 30 * 1024
    own = [q["sql"] for q in queries if '"needs_' in q["sql"] or '"directory_place"' in q["sql"]]
    assert len(own) <= 9
    assert len(queries) <= 12


def test_it_is_saved_at_once_without_javascript(survey: Survey, officer: User, client_of: ClientOf) -> None:
    client = client_of(officer)
    data = posted(client.get(tab(survey)))
    assert len(data) > PLACES * COLUMNS + 2 * PLACES
    changed = {name: "3" for name in data if name.partition(".")[2].startswith(("n", "q"))}
    assert client.post(tab(survey), data | changed).status_code == 302
    assert NeedStatement.objects.filter(survey=survey, children=3, quantity=3).count() == PLACES * 13


def test_an_unchanged_row_costs_no_query(survey: Survey, officer: User, client_of: ClientOf) -> None:
    client = client_of(officer)
    data = posted(client.get(tab(survey)))
    place = survey.round.places_in([survey.commune_id]).last()
    item, band = SupportItem.objects.get(code="item1"), AgeBand.objects.counted()[0]
    few = {name: value for name, value in data.items() if name.startswith(f"{place.pk}.")}

    def queries_to_save(fields: dict[str, str], children: str) -> int:
        versions = {f"{row.place_id}.v": str(row.version) for row in SurveyRow.objects.filter(survey=survey)}
        fields = fields | {name: versions[name] for name in fields if name in versions}
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(tab(survey), fields | {f"{place.pk}.n{item.pk}-{band.pk}": children})
        assert answer.status_code == 302
        return len(queries)

    queries_to_save(few, "58")
    assert queries_to_save(data, "59") == queries_to_save(few, "60")
