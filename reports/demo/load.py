"""The order of things: the register first, then year after year."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

import reports.plan
from directory.context import forget_banner
from directory.models import SampleData, Unit, User
from distributions.models import Distribution
from donors.models import Donor
from needs.models import Survey
from reports.demo import deliveries, gifts, papers, plans, register, surveys
from reports.demo.stage import Stage
from reports.models import ReportingPeriod

YEARS = (2023, 2024, 2025)


class NotEmpty(Exception):
    """The database holds real figures: nothing made up may be mixed in."""


def is_loaded() -> bool:
    return SampleData.objects.exists()


def _is_in_use() -> bool:
    """Anything that an office has entered, or an account under a name of the sample."""
    entered = any(model.objects.exists() for model in (Survey, Donor, Distribution, ReportingPeriod))
    names = [username for username, *_rest in register.ACCOUNTS]
    return entered or User.objects.filter(username__in=names).exists()


@transaction.atomic
def load(password: str, say: Callable[[str], None] = lambda text: None) -> Stage:
    """Load everything at once, or nothing. Raises ``NotEmpty`` over real figures."""
    if _is_in_use():
        raise NotEmpty
    SampleData.objects.create()
    district = Unit.objects.get(level=Unit.Level.DISTRICT)
    register.load(district, password)
    reports.plan.load()
    stage = Stage(district)
    for year in YEARS:
        say(str(year))
        surveys.of_year(stage, year)
        plans.of_year(stage, year)
        gifts.of_year(stage, year)
        deliveries.first_half(stage, year)
        papers.half_year(stage, year)
        if year < YEARS[-1]:
            deliveries.second_half(stage, year)
            papers.whole_year(stage, year)
            surveys.close(stage, year)
    forget_banner()
    return stage
