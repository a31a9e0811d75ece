"""Communes as they are called, and as they stand together, on a day.

A report of 2024 goes on naming Ia Dom after the merger; a report of the successor counts what its
predecessors left.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from directory.models import AreaStatus, Place, Succession, Unit
from needs.models import AgeBand, ReferencePrice


class Communes:
    """The communes of ``scope`` as of ``day``; with ``within`` only those of these ids."""

    def __init__(self, scope: Unit, day: date, within: frozenset[int] | None = None) -> None:
        self.scope, self.day, self.within = scope, day, within

    @cached_property
    def ids(self) -> set[int]:
        """All rows whose records count: the communes, and those that ended in one of them by the day."""
        under = Unit.objects.under(Succession.objects.predecessors([self.scope.pk], self.day))
        everything = Succession.objects.predecessors(under, self.day)
        found = set(Unit.objects.communes().filter(pk__in=everything).values_list("pk", flat=True))
        return found if self.within is None else found & self.within

    @cached_property
    def present(self) -> list[Unit]:
        """The communes that stand on the day, in the order of their codes."""
        return list(Unit.objects.on(self.day).filter(pk__in=self.ids).order_by("code", "pk"))

    @cached_property
    def difficult(self) -> set[int]:
        """Ids of the specially difficult ones on the day."""
        rows = AreaStatus.objects.on(self.day).filter(unit_id__in=self.ids).values_list("unit_id", flat=True)
        return {self.current(pk) for pk in rows}

    @cached_property
    def _successors(self) -> dict[int, int]:
        rows = Succession.objects.filter(predecessor_id__in=self.ids, on__lte=self.day).order_by("share")
        return dict(rows.values_list("predecessor_id", "successor_id"))

    def current(self, pk: int) -> int:
        """The id under which a commune's records stand on the day."""
        while pk in self._successors:
            pk = self._successors[pk]
        return pk


def places(ids: Iterable[int]) -> dict[int, Place]:
    """Places by id, with their communes."""
    return Place.objects.select_related("unit").in_bulk(set(ids))


def age_bands() -> dict[int, AgeBand]:
    """By id, the youngest first, all ages last."""
    return {band.pk: band for band in AgeBand.objects.order_by("is_all", "from_year")}


def prices(year: int) -> dict[int, int]:
    """The newest reference price of each item up to the year: đồng per unit, by item id."""
    rows = ReferencePrice.objects.filter(year__lte=year).order_by("year")
    return dict(rows.values_list("item_id", "amount"))
