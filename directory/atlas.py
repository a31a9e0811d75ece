"""The directory of units as of a day, by ids: read in one query, walked in memory.

Reach asks it on every page. What stands under a unit, what it absorbed and what took its place are chains of
any length; asked layer by layer they would cost a dozen queries. A province has some hundred units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Case, IntegerField, QuerySet, Value, When

from directory.models.agency import AgencySuccession
from directory.models.area import LeadArea, SupportArea
from directory.models.unit import CoordinationScope, Succession, Unit
from directory.prepared import Prepared

T = TypeVar("T")
Links = Mapping[int, set[int]]

NOTHING = Value(None, output_field=IntegerField())
IS_COMMUNE = Case(When(level=Unit.Level.COMMUNE, then=1), default=0)


@dataclass(frozen=True)
class Atlas:
    """Successions up to the day; leads (area, scope) and coordinated units of the day itself, by agency."""

    communes: frozenset[int]
    areas: frozenset[int]
    leads: Mapping[int, set[tuple[int, int]]]
    coordinated: Links
    _above: Links
    _below: Links
    _heirs: Links
    _absorbed: Links
    _agencies_absorbed: Links

    @classmethod
    def on(cls, day: date) -> Atlas:
        found: dict[str, list[list[int]]] = defaultdict(list)
        for kind, *ids in ROWS.ask(day=day):
            found[kind].append(ids)
        standing = [(unit, parent) for unit, parent, _commune in found["unit"] if parent is not None]
        ended = [(before, after) for before, after, _nothing in found["succession"]]
        return cls(
            communes=frozenset(unit for unit, _parent, is_commune in found["unit"] if is_commune),
            areas=frozenset(area for area, *_nothing in found["area"]),
            leads=_grouped((agency, (area, scope)) for agency, area, scope in found["lead"]),
            coordinated=_grouped((agency, unit) for agency, unit, _nothing in found["coordination"]),
            _above=_grouped(standing),
            _below=_grouped((parent, unit) for unit, parent in standing),
            _heirs=_grouped(ended),
            _absorbed=_grouped((after, before) for before, after in ended),
            _agencies_absorbed=_grouped((after, before) for before, after, _nothing in found["agency"]),
        )

    def predecessors(self, ids: Iterable[int]) -> set[int]:
        """The units, and every one that had ended in one of them."""
        return _chained(ids, self._absorbed)

    def agency_predecessors(self, ids: Iterable[int]) -> set[int]:
        """The agencies, and every one whose duties had gone to one of them."""
        return _chained(ids, self._agencies_absorbed)

    def within(self, ids: Iterable[int]) -> set[int]:
        """The units, what ever stood under them or under what had ended in them, and what those absorbed."""
        return self.predecessors(_chained(self.predecessors(ids), self._below))

    def communes_within(self, ids: Iterable[int]) -> set[int]:
        return self.within(ids) & self.communes

    def around(self, ids: Iterable[int]) -> set[int]:
        """The units, all those above them, and what had taken the place of those above: a commune that
        stays keeps its row when its district ends."""
        found = set(ids)
        layer = set(found)
        while layer:
            layer = _chained(_next(layer, self._above), self._heirs) - found
            found |= layer
        return found


def _rows(day: Any) -> QuerySet[Any, Any]:
    """Kind and three ids of everything that is looked at, in one statement."""
    units = _of("unit", Unit.objects.all(), "pk", "parent", IS_COMMUNE)
    return units.union(
        _of("succession", Succession.objects.by(day), "predecessor", "successor", NOTHING),
        _of("agency", AgencySuccession.objects.by(day), "predecessor", "successor", NOTHING),
        _of("lead", LeadArea.objects.on(day), "agency", "area", "scope"),
        _of("coordination", CoordinationScope.objects.on(day), "agency", "unit", NOTHING),
        _of("area", SupportArea.objects.all(), "pk", NOTHING, NOTHING),
        all=True,
    )


# Every page asks it and most deeds do: to compile the six takes longer than their answer.
ROWS = Prepared[tuple[Any, ...]](_rows)


def _of(kind: str, rows: QuerySet[Any, Any], *columns: Any) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(Value(kind), *columns)


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, set[T]]:
    groups: dict[int, set[T]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return dict(groups)


def _next(ids: Iterable[int], links: Links) -> set[int]:
    return set().union(*(links.get(pk, ()) for pk in ids))


def _chained(ids: Iterable[int], links: Links) -> set[int]:
    """The ids, and all that the links lead to from them, however far."""
    found = set(ids)
    layer = set(found)
    while layer:
        layer = _next(layer, links) - found
        found |= layer
    return found
