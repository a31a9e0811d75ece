"""Two merges at the same moment, and a pledge recorded while its donor is merged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from directory import clock
from directory.errors import Refusal
from donors.actions import merge_donors
from donors.merging import merge_plan
from donors.models import Donor, Pledge
from tests.donors.build import donor, pledged
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def world() -> World:
    return build_world()


def _at_once(*deeds: Callable[[], object]) -> list[object]:
    """Run the deeds in threads that start together; what each returned, or its refusal."""
    outcomes: list[object] = []
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        try:
            with clock.standing_on(date(2025, 6, 2)):
                start.wait()
                outcomes.append(deed())
        except Refusal as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(outcomes) == len(deeds)
    return outcomes


def _merging(world: World, gone: Donor, kept: Donor) -> Callable[[], object]:
    by, seen = world.user("coordinator"), merge_plan(gone, kept).seen
    return lambda: merge_donors(by=by, gone=gone, kept=kept, seen=seen, reason="cùng mã số thuế")


def test_of_two_merges_the_one_into_the_other_one_is_refused(world: World) -> None:
    one, other = donor(world, name="Đại Phát"), donor(world, name="Cty Đại Phát")
    outcomes = _at_once(_merging(world, one, other), _merging(world, other, one))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Donor", "WrongState"]
    assert Donor.objects.standing().count() == 1


def test_a_chain_of_merges_never_points_to_a_merged_entry(world: World) -> None:
    first, second, third = (donor(world, name=name) for name in ("Đại Phát A", "Đại Phát B", "Đại Phát C"))
    _at_once(_merging(world, first, second), _merging(world, second, third))
    assert not Donor.objects.filter(merged_into__merged_into__isnull=False).exists()


def test_no_pledge_stays_with_an_entry_that_is_merged_meanwhile(world: World) -> None:
    gone, kept = donor(world, name="Đại Phát"), donor(world, name="Cty Đại Phát")
    _at_once(_merging(world, gone, kept), *[lambda: pledged(world, giver=gone)] * 3)
    gone.refresh_from_db()
    holders = set(Pledge.objects.values_list("donor_id", flat=True))
    assert holders <= ({kept.pk} if gone.merged_into_id else {gone.pk})
