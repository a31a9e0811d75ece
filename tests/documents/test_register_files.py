"""The registers of the directory as files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import User
from tests.portal.files import notes_of, rows_of
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def test_places_keep_their_days(world: World, coordinator: User, client_of: ClientOf) -> None:
    _headings, *rows = rows_of(client_of(coordinator).get(reverse("place_export", args=["xlsx"])))
    assert {row[2] for row in rows} == {"xã Ia Dom", "xã Ia Đal", "xã Ia Tơi"}
    village = next(row for row in rows if row[0] == "Thôn 1")
    assert village[4:] == [datetime(2019, 1, 1), None]


def test_the_search_narrows_the_file_too(world: World, coordinator: User, client_of: ClientOf) -> None:
    answer = client_of(coordinator).get(reverse("place_export", args=["csv"]), {"q": "mam non ia dal"})
    assert [row[0] for row in rows_of(answer)[1:]] == ["Trường Mầm non Ia Đal"]
    assert notes_of(answer)[2] == _("Search: %(text)s") % {"text": "mam non ia dal"}


def test_accounts_for_who_keeps_them(world: World, administrator: User, client_of: ClientOf) -> None:
    address = reverse("account_export", args=["csv"])
    _headings, row = rows_of(client_of(administrator).get(address, {"q": "officer.iadal"}))
    assert row[:2] == ["officer.iadal", "officer.iadal"]
    assert row[4] == _("Active")
    assert client_of(world.user("officer.iadom")).get(address).status_code == 403
