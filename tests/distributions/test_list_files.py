"""Allocations and distributions as files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.deeds import acting
from directory.models import User
from tests.distributions.build import allocated, delivered, sent
from tests.portal.files import notes_of, rows_of
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def ask(client: Client, name: str, format: str = "xlsx", **filters: str) -> HttpResponse:
    return client.get(reverse(f"{name}_export", args=[format]), filters)


@pytest.fixture
def office(coordinator: User, client_of: ClientOf) -> Client:
    return client_of(coordinator)


def test_an_allocation_says_where_its_pieces_are(world: World, office: Client) -> None:
    delivered(world, 20, received=18)
    _headings, row = rows_of(ask(office, "allocation"))
    assert row[:2] == ["xã Ia Dom", "Thôn 1"]
    assert row[8:17] == [20, 0, 0, 18, 2, 0, 0, 0, datetime(2025, 6, 2)]


def test_a_delivery_says_what_came(world: World, office: Client) -> None:
    distribution = delivered(world, 20, received=18, child_turns=17)
    _headings, row = rows_of(ask(office, "distribution"))
    assert row[0] == distribution.code
    assert row[5:7] == [datetime(2025, 6, 2), datetime(2025, 6, 2)]
    assert row[12:17] == [20, 18, 2, 0, 0]
    assert row[18:20] == [17, 4_500_000]


def test_before_the_commune_confirms_nothing_came_nor_nothing(world: World, office: Client) -> None:
    sent(world, 20)
    row = rows_of(ask(office, "distribution"))[1]
    assert (row[6], row[12:17], row[18:20]) == (None, [20, None, None, None, None], [None, None])


def test_turns_that_nobody_counted_are_not_reported(world: World, office: Client) -> None:
    line = delivered(world, 20).lines.get()
    with acting():
        line.child_turns.all().delete()
    assert rows_of(ask(office, "distribution"))[1][18] == _("not reported")


def test_the_state_narrows_the_file_too(world: World, office: Client) -> None:
    delivered(world, 5)
    waiting = sent(world, 6, commune="Ia Đal")
    answer = ask(office, "distribution", state="sent")
    assert [row[0] for row in rows_of(answer)[1:]] == [waiting.code]
    assert notes_of(answer)[2] == f"{_('State')}: {waiting.get_state_display()}"


def test_nobody_takes_away_what_they_do_not_see(world: World, stranger: User, client_of: ClientOf) -> None:
    delivered(world, 20)
    for name in ("allocation", "distribution"):
        assert rows_of(ask(client_of(stranger), name))[1:] == []


@pytest.mark.parametrize("name", ["allocation", "distribution"])
def test_a_file_costs_the_same_queries_whatever_its_length(world: World, office: Client, name: str) -> None:
    address = reverse(f"{name}_export", args=["xlsx"])
    delivered(world, 5)
    one = queries_of(office, address)
    delivered(world, 6, commune="Ia Đal", occurred_on=date(2025, 6, 1))
    allocated(world, 7, band="6-10")
    assert queries_of(office, address) == one
