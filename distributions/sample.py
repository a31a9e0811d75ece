"""Which deliveries a sample takes: the same days, size and seed always give the same ones.

The deliveries are put in the order of their codes and drawn without replacement by Python's generator
(Mersenne Twister, seeded), so that anybody can draw the same sample again.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import date

from directory.models import Unit
from distributions.models import Distribution

# A seed is short enough to be read out on the telephone.
SEEDS = 1_000_000


def drawn_from(scope: Unit, from_on: date, to_on: date) -> list[Distribution]:
    """The confirmed deliveries of some days in the scope, in the order in which they are drawn from."""
    communes = Unit.objects.under({scope.pk})
    rows = Distribution.objects.confirmed().filter(
        place__unit_id__in=communes, occurred_on__gte=from_on, occurred_on__lte=to_on
    )
    return list(rows.order_by("code"))


def draw(population: Collection[Distribution], size: int, seed: int) -> list[Distribution]:
    """``size`` of them, at most all."""
    rows = list(population)
    return random.Random(seed).sample(rows, min(size, len(rows)))  # noqa: S311 - to be drawn again, not secret
