"""What is timed of the needs room, inside a process of the portal: pages, row saves, bare upserts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import SupportArea, User
from needs.models import SupportItem, SurveyRow

SECTION = "warm_clothing"
Span = tuple[float, float]


@cache
def _client(username: str) -> Client:
    """Signed in, and asking for gzip as browsers do."""
    client = Client(SERVER_NAME="127.0.0.1", headers={"accept-encoding": "gzip"})
    client.force_login(User.objects.get(username=username))
    return client


def _get(username: str, path: str) -> Any:
    answer = _client(username).get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}.")
    return answer


def path_of(name: str, *arguments: Any) -> str:
    return reverse(name, args=arguments)


def time_of(username: str, path: str) -> float:
    """The seconds of one page."""
    start = perf_counter()
    _get(username, path)
    return perf_counter() - start


def queries_of(username: str, path: str) -> int:
    _get(username, path)
    with CaptureQueriesContext(connection) as queries:
        _get(username, path)
    return len(queries)


def bytes_of(username: str, path: str) -> tuple[int, int]:
    """Of the page as written, and as sent."""
    sent = len(_get(username, path).content)
    raw = _client(username).get(path, headers={"accept-encoding": "identity"})
    return len(raw.content), sent


def cells_of(username: str, path: str) -> int:
    """The inputs for numbers on the page of a grid."""
    page = _client(username).get(path, headers={"accept-encoding": "identity"}).content.decode()
    return len(re.findall(r'name="\d+\.[nq]\d', page))


def row_forms(username: str, survey: int, places: Iterable[int]) -> list[dict[str, Any]]:
    """For each row: where it is posted, the names of its cells, the version that stands."""
    path = reverse("survey_grid", args=[survey, SECTION])
    page = _client(username).get(path, headers={"accept-encoding": "identity"}).content.decode()
    versions = dict(
        SurveyRow.objects.filter(survey=survey, area__code=SECTION).values_list("place_id", "version")
    )
    return [
        {
            "url": reverse("survey_row_save", args=[survey, SECTION, place]),
            "place": place,
            "cells": re.findall(rf'name="({place}\.[nq]\d[^"]*)"', page),
            "version": versions[place],
        }
        for place in places
    ]


def save_rows(username: str, forms: list[dict[str, Any]], times: int) -> list[Span]:
    """Each row that often, each time with other numbers; start and end of each save."""
    client, spans = _client(username), []
    for time in range(times):
        for form in forms:
            place = form["place"]
            data = dict.fromkeys(form["cells"], str(1 + (form["version"] + time) % 90))
            data |= {f"{place}.v": str(form["version"] + time), f"{place}.p": "2", f"{place}.r": ""}
            start = perf_counter()
            answer = client.post(form["url"], data)
            spans.append((start, perf_counter()))
            if answer.status_code != 200:
                raise RuntimeError(f"{form['url']} answers {answer.status_code}.")
    return spans


ROW = """
    INSERT INTO needs_surveyrow (survey_id, place_id, area_id, version, nothing)
    VALUES (%(survey)s, %(place)s, %(area)s, 0, false) ON CONFLICT DO NOTHING
"""
GUARD = """
    UPDATE needs_surveyrow SET version = version + 1, saved_by_id = %(by)s, saved_at = now()
    WHERE survey_id = %(survey)s AND place_id = %(place)s AND area_id = %(area)s AND version = %(version)s
"""
CELLS = """
    INSERT INTO needs_needstatement (survey_id, place_id, item_id, age_band_id, children, quantity, priority,
                                     reason)
    VALUES {values}
    ON CONFLICT (survey_id, place_id, item_id, age_band_id) DO UPDATE SET
        children = EXCLUDED.children, quantity = EXCLUDED.quantity, priority = EXCLUDED.priority,
        reason = EXCLUDED.reason
"""


def bare_forms(survey: int, places: Iterable[int]) -> list[dict[str, Any]]:
    links = SupportItem.age_bands.through.objects.filter(supportitem__area__code=SECTION)
    stored = SurveyRow.objects.filter(survey=survey, area__code=SECTION)
    versions = dict(stored.values_list("place_id", "version"))
    return [
        {
            "survey": survey,
            "place": place,
            "area": SupportArea.objects.get(code=SECTION).pk,
            "cells": list(links.values_list("supportitem_id", "ageband_id")),
            "version": versions.get(place, 0),
        }
        for place in places
    ]


def upsert_rows(username: str, forms: list[dict[str, Any]], times: int) -> list[Span]:
    """The same rows written by SQL alone: what a save costs at the least."""
    by, spans = User.objects.get(username=username).pk, []
    for time in range(times):
        for form in forms:
            start = perf_counter()
            _upsert({**form, "by": by, "version": form["version"] + time})
            spans.append((start, perf_counter()))
    return spans


def _upsert(row: dict[str, Any]) -> None:
    number = 1 + row["version"] % 90
    values = [(row["survey"], row["place"], item, band, number, number, 2, "") for item, band in row["cells"]]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROW, row)
        cursor.execute(GUARD, row)
        if cursor.rowcount != 1:
            raise RuntimeError("Somebody else saved the row.")
        cursor.execute(CELLS.format(values=", ".join(["%s"] * len(values))), values)
