"""The whole chains, built by the portal's own actions once in each worker, and put back for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from directory import clock
from tests.day import SameDayInEveryThread
from tests.portal.chains import Chains, build_chains
from tests.portal.sides import ISSUED_ON
from tests.remembered import remembered
from tests.world import World


@pytest.fixture
def chains(world: World) -> Chains:
    with clock.standing_on(SameDayInEveryThread.day):
        return remembered(build_chains, world)


@pytest.fixture
def after_the_issue() -> Iterator[None]:
    """The day on which the reports of the chains were issued."""
    with clock.standing_on(ISSUED_ON):
        yield
