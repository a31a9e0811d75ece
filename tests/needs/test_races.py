"""Two officers at once, with real row locks."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from directory.errors import Stale
from directory.models import User
from needs.models import SurveyRow
from tests.needs.build import started_survey
from tests.needs.test_row import save_count
from tests.world import World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_of_two_at_once_one_wins(world: World, officer: User) -> None:
    survey, outcomes = started_survey(world), []
    together = threading.Barrier(4)

    def save(value: int) -> None:
        together.wait()
        try:
            save_count(world, survey, officer, value)
            outcomes.append("saved")
        except Stale:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "stale", "stale", "stale"]
    assert SurveyRow.objects.get().version == 1
