"""What every page shows: the district's name from data, whether the figures are made up, the version."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from directory import clock
from directory.models import CoordinationScope, SampleData

CACHE_KEY = "portal-banner"
CACHE_SECONDS = 60


def portal(request: HttpRequest) -> dict[str, Any]:
    banner = cache.get(CACHE_KEY)
    if banner is None:
        scope = (
            CoordinationScope.objects.on(clock.today())
            .select_related("unit")
            .order_by("unit__level", "pk")
            .first()
        )
        banner = {"portal_unit": scope.unit.name if scope else "", "sample_data": SampleData.objects.exists()}
        cache.set(CACHE_KEY, banner, CACHE_SECONDS)
    return {**banner, "version": settings.VERSION}
