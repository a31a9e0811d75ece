"""What every page shows: the district's name from data, whether the figures are made up, the version."""

from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from directory import clock
from directory.models import CoordinationScope, SampleData

CACHE_KEY = "portal-banner"


def forget_banner() -> None:
    """In this process; the others find out within a minute."""
    caches["worker"].delete(CACHE_KEY)


def portal(request: HttpRequest) -> dict[str, Any]:
    banner = caches["worker"].get(CACHE_KEY)
    if banner is None:
        scope = (
            CoordinationScope.objects.on(clock.today())
            .select_related("unit")
            .order_by("unit__level", "pk")
            .first()
        )
        banner = {"portal_unit": scope.unit.name if scope else "", "sample_data": SampleData.objects.exists()}
        caches["worker"].set(CACHE_KEY, banner)
    return {**banner, "version": settings.VERSION}
