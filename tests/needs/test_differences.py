"""What changed against last year, the version in force, and what was returned."""

from __future__ import annotations

import pytest

from directory.models import User
from needs.actions import return_survey
from needs.contents import Contents
from needs.said import said_in, said_when_returned
from tests.needs.build import Statement, submitted_survey
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_a_return_keeps_what_the_survey_said(world: World, coordinator: User) -> None:
    survey = submitted_survey(world, needs=[Statement(world.village("Ia Dom"), reason="Ở vùng cao")])
    assert said_when_returned(survey) is None
    survey = return_survey(by=coordinator, survey=survey, reason="Thiếu thôn 2")
    survey.refresh_from_db()
    kept = said_when_returned(survey)
    assert kept == said_in(Contents(survey))
    assert kept is not None
    assert (len(kept.counts), len(kept.statements), len(kept.nothing)) == (16, 1, 11)
