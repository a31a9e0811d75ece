"""Places for which something is allocated that stands in no plan yet."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from directory import clock
from directory.models import Place, SupportArea, User
from distributions.models import Allocation
from distributions.scope import areas_led_by


@dataclass(frozen=True)
class Waiting:
    """``count`` allocations of an area to a place, and where they are planned."""

    area: SupportArea
    place: Place
    count: int

    @property
    def url(self) -> str:
        chosen = urlencode({"area": self.area.pk, "place": self.place.pk})
        return f"{reverse('distribution_create')}?{chosen}"


def waiting_places(user: User) -> list[Waiting]:
    """In the areas that the user's agency leads today."""
    areas = areas_led_by(user, clock.today())
    rows = Allocation.objects.visible_to(user).waiting().filter(need__item__area__in=areas)
    grouped = groupby(rows, key=lambda row: (row.need.item.area, row.need.place))
    return [Waiting(area, place, sum(1 for _row in found)) for (area, place), found in grouped]
