"""The whole chains, built by the portal's own actions once in each worker, and put back for every test."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from directory import clock
from tests.day import SameDayInEveryThread
from tests.portal.chains import Chains, build_chains
from tests.world import World, build_world, remembered


@pytest.fixture
def chains(db: None) -> Chains:
    cache.clear()
    with clock.standing_on(SameDayInEveryThread.day):
        return remembered(build_chains)


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None) -> World:
    """The one in which the chains stand, where a test has chains."""
    if "chains" in request.fixturenames:
        return request.getfixturevalue("chains").world
    cache.clear()
    return build_world()
