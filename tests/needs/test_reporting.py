"""Who has said nothing is not someone who needs nothing."""

from __future__ import annotations

import pytest

from directory import clock
from directory.models import User
from needs.reporting import reporting_of
from tests.merger import DAY, merge
from tests.needs import build
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def names(user: User, **more: object) -> list[str]:
    return [unit.name for unit in reporting_of(user, **more).silent]


def test_without_a_review_in_hand_nobody_is_asked(coordinator: User) -> None:
    found = reporting_of(coordinator)
    assert (found.silent, found.is_unknown) == ([], False)


def test_only_an_approved_survey_reports(world: World, coordinator: User, officer: User) -> None:
    build.submitted_survey(world, "Ia Dom")
    assert names(coordinator) == ["xã Ia Đal", "xã Ia Dom", "xã Ia Tơi"]
    assert reporting_of(officer).is_unknown
    build.approved_survey(world, "Ia Đal")
    assert names(coordinator) == ["xã Ia Dom", "xã Ia Tơi"]
    assert not reporting_of(coordinator).is_unknown
    assert names(coordinator, commune=world.commune("Ia Đal")) == []
    assert reporting_of(coordinator, world.commune("Ia Tơi")).is_unknown


def test_a_commune_has_reported_by_what_it_absorbed(world: World, administrator: User) -> None:
    build.approved_survey(world, "Ia Dom")
    with clock.standing_on(DAY):
        merged = merge(world, administrator)
        found = reporting_of(world.user("coordinator"))
    assert merged.commune not in found.silent
    assert [unit.name for unit in found.silent] == ["xã Ia Đal"]
