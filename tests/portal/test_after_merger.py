"""After 01/07/2025 the next round and the next report begin without a change to the code; 2025-H1 stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock
from directory.models import User
from distributions.scope import lead_agency_of
from documents.models import PaperFile
from needs.actions import open_round, start_survey
from needs.contents import Contents
from needs.models import SurveyRound
from reports.actions import compile_report, open_period
from tests.merger import DAY, Merger, merge
from tests.portal.chains import Chains
from tests.world import World

pytestmark = pytest.mark.django_db

COMMUNES = ("xã Ia Dom", "xã Ia Tơi", "xã Ia Đal")


@dataclass
class Afterwards:
    chains: Chains
    merger: Merger
    pdf: bytes
    coordinator: User


@pytest.fixture
def afterwards(world: World, chains: Chains, administrator: User) -> Iterator[Afterwards]:
    """Everything was recorded before; then the day came."""
    pdf = bytes(PaperFile.objects.get(paper=chains.own.paper).content)
    with clock.standing_on(date(2025, 7, 2)):
        merger = merge(world, administrator)
        yield Afterwards(chains, merger, pdf, world.user("coordinator"))


def page(browser: Client, name: str, pk: int) -> list[str]:
    """The communes that a page names."""
    text = browser.get(reverse(name, args=[pk])).content.decode()
    return [commune for commune in COMMUNES if commune in text]


def next_round(afterwards: Afterwards) -> SurveyRound:
    return open_round(
        by=afterwards.coordinator,
        scope=afterwards.merger.province,
        year=2026,
        name="Rà soát 2026",
        opens_on=DAY,
        due_on=date(2025, 12, 1),
    )


def test_what_was_reported_before_reads_as_it_was(afterwards: Afterwards, client_of: object) -> None:
    own, browser = afterwards.chains.own, client_of(afterwards.coordinator)
    assert page(browser, "period_detail", own.period.pk) == list(COMMUNES)
    assert page(browser, "round_detail", own.round.pk) == list(COMMUNES)
    answer = browser.get(reverse("paper_file", args=[own.paper.pk, "pdf"]))
    assert b"".join(answer.streaming_content if answer.streaming else [answer.content]) == afterwards.pdf


def test_the_next_round_has_the_communes_and_villages_of_its_day(
    world: World, afterwards: Afterwards, client_of: object
) -> None:
    survey_round = next_round(afterwards)
    browser = client_of(afterwards.coordinator)
    assert page(browser, "round_detail", survey_round.pk) == ["xã Ia Tơi", "xã Ia Đal"]
    villages = {}
    for username, commune in (
        ("officer.iadom", afterwards.merger.commune),
        ("officer.iadal", world.commune("Ia Đal")),
    ):
        survey = start_survey(by=world.user(username), survey_round=survey_round, commune=commune)
        villages[username] = len([p for p in Contents(survey).places if p.kind == "village"])
    assert villages == {"officer.iadom": 4, "officer.iadal": 2}


def test_the_next_report_is_the_successors(afterwards: Afterwards, client_of: object) -> None:
    scope, by = afterwards.merger.province, afterwards.coordinator
    period = open_period(by=by, scope=scope, kind="year", year=2025)
    report = compile_report(by=by, period=period)
    assert report.paper.agency.name == "Ủy ban nhân dân tỉnh Quảng Ngãi"
    browser = client_of(by)
    assert page(browser, "period_detail", period.pk) == ["xã Ia Tơi", "xã Ia Đal"]
    assert browser.get(reverse("report_preview", args=[report.pk])).status_code == 200


def test_the_areas_are_led_for_a_commune_that_stays(world: World, afterwards: Afterwards) -> None:
    stays, area = world.commune("Ia Đal"), world.area("warm_clothing")
    before = lead_agency_of(area, stays, date(2025, 6, 30))
    after = lead_agency_of(area, stays, DAY)
    assert (before, after) == (world.agency("LĐTBXH"), afterwards.merger.health)
