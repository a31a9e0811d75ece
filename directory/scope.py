"""Difficult communes: the plan is for their children, as of a day [plan I, 582/QĐ-TTg]."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from directory.models import AreaStatus, Succession, Unit


def is_difficult(commune: Unit, day: date) -> bool:
    """Whether the commune is specially difficult on ``day``: the plan's support is for its children.

    Of a commune that has ended by then, its successor is asked.
    """
    return bool(difficult_among([commune], day))


def difficult_among(communes: Iterable[Unit], day: date) -> set[int]:
    """The ids of those of ``communes`` that are specially difficult on ``day``."""
    difficult = set(AreaStatus.objects.on(day).values_list("unit_id", flat=True))
    return {commune.pk for commune in communes if Succession.objects.heir_of(commune, day).pk in difficult}
