"""How many queries each main page may cost, session, account, delegations and reach included.

A page's number goes up only on purpose. The grid's is promised, with all that may stand on it at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock
from directory.actions.delegation import delegate
from directory.models import User
from needs.actions import approve_survey, submit_survey
from needs.actions.comment import comment_row
from needs.checks import Grade, findings_in
from needs.contents import Contents
from tests.needs.build import Statement, filled_survey
from tests.portal.chains import Chain, Chains
from tests.queries import queries_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]
THE_GRIDS = 12


# At most, by who opens it: one of each record within reach.
PAGES: dict[str, dict[str, int]] = {
    "officer.iadom": {
        "account_change_password": 2,
        "home": 19,
        "round_list": 10,
        "round_detail": 17,
        "survey_grid": THE_GRIDS,
        "survey_check": 14,
        "need_list": 18,
        "need_detail": 14,
        "distribution_list": 9,  # its filters, each with its choices
        "distribution_detail": 13,  # corrections, and whether the commune has noted them
    },
    "coordinator": {
        "home": 30,  # what arrived of what was sent
        "round_list": 10,
        "round_detail": 19,
        "survey_grid": THE_GRIDS,
        "survey_review": 19,
        "item_list": 6,
        "buying_list": 13,
        "need_list": 18,
        "donor_list": 5,
        "donor_detail": 22,
        "pledge_list": 10,
        "pledge_detail": 12,
        "supply_list": 7,
        "allocation_board": 19,  # both sides have filters, each with its choices; who has reported
        "allocation_list": 9,  # its filters, each with its choices
        "report_list": 6,
        "period_detail": 38,  # reports of earlier years beside
        "delegation_list": 3,
        "place_list": 4,
    },
    "leader": {"home": 11, "survey_grid": THE_GRIDS, "need_list": 18},
    "health": {"home": 17, "round_detail": 17, "need_list": 10, "allocation_board": 17},
    "administrator": {"home": 4, "account_list": 3, "account_detail": 4, "place_list": 3},
}


@pytest.fixture
def chain(chains: Chains) -> Chain:
    return chains.own


@pytest.mark.parametrize("username", PAGES)
def test_no_page_costs_more(world: World, chain: Chain, client_of: ClientOf, username: str) -> None:
    client = client_of(world.user(username))
    found = {name: queries_of(client, path_of(name, chain)) for name in PAGES[username]}
    dearer = {
        name: (cost, PAGES[username][name]) for name, cost in found.items() if cost > PAGES[username][name]
    }
    assert dearer == {}


def path_of(name: str, chain: Chain) -> str:
    if name == "survey_grid":
        return reverse(name, args=[chain.survey.pk, "warm_clothing"])
    noun, _, page = name.partition("_")
    of_one = page in ("detail", "edit", "check", "review")
    return reverse(name, args=[getattr(chain, noun).pk] if of_one else [])


def test_the_grid_with_everything_on_it(world: World, officer: User, client_of: ClientOf) -> None:
    """Last year's values, a warning, a comment, and a colleague's powers besides one's own."""
    village, today = world.village("Ia Dom"), clock.today()
    with clock.standing_on(today.replace(year=2024)):
        approved_in(world, 2024, Statement(village, children=20, quantity=20))
    survey = filled_survey(world, needs=[Statement(village, children=90, quantity=90)])
    area = world.area("warm_clothing")
    comment_row(by=officer, survey=survey, place=village, area=area, text="Thôn có thêm hộ mới đến.")
    delegate(
        by=world.user("officer.iadom.2"),
        to_user=officer,
        valid_from=today,
        valid_to=today + timedelta(days=9),
        reason="nghỉ phép",
    )
    contents = Contents(survey)
    assert (contents.earlier.year, len(contents.comments)) == (2024, 1)
    assert [finding.place for finding in findings_in(contents, Grade.WARNING)] == [village]
    assert queries_of(client_of(officer), reverse("survey_grid", args=[survey.pk, area.code])) <= THE_GRIDS


def approved_in(world: World, year: int, need: Statement) -> None:
    survey = filled_survey(world, needs=[need], year=year)
    submit_survey(by=survey.created_by, survey=survey)
    approve_survey(by=world.user("coordinator"), survey=survey)
