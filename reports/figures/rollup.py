"""The roll-up of a period: facts, and every way in which a report asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import TypedDict, Unpack

from directory.models import Place, Succession, SupportArea, Unit, User
from distributions.models import Allocation
from needs.models import AgeBand, SupportItem
from reports.figures import corrected, facts, names, past, policy, supervision
from reports.figures.corrected import Corrected
from reports.figures.facts import BUDGETS, FUND, GIFT, Delivered, Given, Needed
from reports.figures.figure import Figure, added
from reports.figures.names import Communes
from reports.figures.supervision import Followed, Visited
from reports.figures.windows import Windows, windows_of
from reports.models import ReportingPeriod

MEASURES: dict[str, Callable[[Delivered], int | None]] = {
    "turns": lambda row: row.turns,
    "quantity": lambda row: row.quantity,
    "value": lambda row: row.value,
}


class Where(TypedDict, total=False):
    """Which deliveries are meant, by id; None means all."""

    area: int | None
    item: int | None
    commune: int | None
    place: int | None
    in_scope: bool | None
    allocated: bool | None


class Figures:
    """All figures of ``period``; with ``user`` only what is within that user's reach.

    Facts are read when they are first asked for, each kind by one query.
    """

    def __init__(self, period: ReportingPeriod, user: User | None = None) -> None:
        self.period, self.user = period, user
        self.communes = Communes(period.scope, period.ends_on, user.reach.communes if user else None)

    @cached_property
    def windows(self) -> Windows:
        return windows_of(self.period)

    @cached_property
    def scopes(self) -> set[int]:
        """Ids of the units whose pledges and receipts count."""
        return Unit.objects.under(
            Succession.objects.predecessors([self.period.scope_id], self.period.ends_on)
        )

    @cached_property
    def areas(self) -> list[SupportArea]:
        return list(SupportArea.objects.all())

    @cached_property
    def items(self) -> dict[int, SupportItem]:
        return SupportItem.objects.in_bulk()

    @cached_property
    def deliveries(self) -> list[Delivered]:
        return facts.deliveries(self.windows, self.communes.ids, self.user)

    @cached_property
    def reversed(self) -> Corrected:
        """The part of the cumulative figures that corrects what an earlier report has counted."""
        return corrected.reversed_in(self.windows, self.communes.ids, self.user)

    @cached_property
    def gifts(self) -> list[Given]:
        return facts.gifts(self.windows, self.scopes, self.user)

    @cached_property
    def needs(self) -> list[Needed]:
        """Of this year's rounds, and of last year's as they stood then."""
        rows = facts.needs("now", self.windows.now, self.period.year, self.communes.ids, self.user)
        if before := self.windows.last_year:
            rows += facts.needs("last_year", before, self.period.year - 1, self.communes.ids, self.user)
        return rows

    @cached_property
    def overlaps(self) -> list[Allocation]:
        """What was allocated in the period beside another agency, with LĐTBXH's reason."""
        return facts.overlaps(self.windows.now, self.communes.ids, self.user)

    @cached_property
    def surveyed(self) -> set[int]:
        """Ids of the communes, as they stand, with an approved survey."""
        rows = facts.surveyed(self.windows.now, self.period.year, self.communes.ids)
        return {self.communes.current(pk) for pk in rows}

    @cached_property
    def surveyed_last_year(self) -> int | None:
        if (before := self.windows.last_year) is None:
            return None
        rows = facts.surveyed(before, self.period.year - 1, self.communes.ids)
        return len({self.communes.current(pk) for pk in rows})

    @cached_property
    def children(self) -> dict[int, int]:
        """Children (persons) by place id."""
        return facts.children(self.windows.now, self.period.year, self.communes.ids)

    def children_of(self, commune: int) -> int | None:
        """Children (persons) of a commune: as counted for the whole, else those of its villages.

        Never of its schools too: their pupils live in the villages. None if none of them is counted.
        """
        own = [p for p in self.counted_places.values() if self.communes.current(p.unit_id) == commune]
        for kind in (Place.Kind.COMMUNE, Place.Kind.VILLAGE):
            if counted := [self.children[place.pk] for place in own if place.kind == kind]:
                return sum(counted)
        return None

    @cached_property
    def counted_places(self) -> dict[int, Place]:
        """The places whose children are counted."""
        return names.places(self.children)

    @cached_property
    def bands(self) -> dict[int, AgeBand]:
        return names.age_bands()

    @property
    def missing(self) -> list[Unit]:
        """The communes without an approved survey of the yearly review."""
        return [unit for unit in self.communes.present if unit.pk not in self.surveyed]

    @cached_property
    def known(self) -> set[int]:
        """Ids of the communes, as they stand, that were reviewed or have needs of a disaster at least."""
        return self.surveyed | {self.communes.current(need.commune) for need in self.needed()}

    @property
    def silent(self) -> list[Unit]:
        """The communes whose needs are not reported at all, which is not 0."""
        return [unit for unit in self.communes.present if unit.pk not in self.known]

    @property
    def partly(self) -> list[Unit]:
        """The communes of which only needs of a supplementary round are known."""
        return [unit for unit in self.missing if unit.pk in self.known]

    # What was inspected ------------------------------------------------------------------------
    @cached_property
    def visits(self) -> dict[str, list[Visited]]:
        """Supervision visits of the period, and of the year so far."""
        windows = {"now": self.windows.now, "cumulative": self.windows.cumulative}
        return {name: supervision.visits(window, self.communes.ids) for name, window in windows.items()}

    @cached_property
    def followed(self) -> Followed:
        """The recommendations of the year so far."""
        return supervision.followed(self.windows.cumulative, self.communes.ids)

    def visited(self, area: int, commune: int | None) -> int | None:
        """Visits of the year to a commune that looked at an area, or at all; None: none anywhere."""
        rows = self.visits["cumulative"]
        found = [
            row
            for row in rows
            if row.area in (None, area) and commune in (None, self.communes.current(row.commune))
        ]
        return len(found) if rows else None

    # What was delivered -----------------------------------------------------------------------
    def is_policy(self, row: Delivered) -> bool:
        """A meal that the state pays for: told apart, in no total."""
        return policy.is_policy(row.source, self.items[row.item].code)

    def mobilised(self, window: str = "now") -> list[Delivered]:
        """What was handed over in a window, without the state's meals."""
        return [row for row in self.deliveries if row.window == window and not self.is_policy(row)]

    def delivered(
        self,
        measure: str,
        *,
        sources: Iterable[str] | None = None,
        policy: bool = False,
        **where: Unpack[Where],
    ) -> Figure:
        """The sum of ``turns``, ``quantity`` or ``value`` (đồng) over the rows that the arguments choose."""
        wanted = None if sources is None else set(sources)
        chosen = [(name, value) for name, value in where.items() if value is not None]
        rows = [
            row
            for row, own in self._placed
            if own["policy"] == policy
            and (wanted is None or row.source in wanted)
            and all(own[name] == value for name, value in chosen)
        ]
        return self.figure(lambda window: added(MEASURES[measure](r) for r in rows if r.window == window))

    @cached_property
    def _placed(self) -> list[tuple[Delivered, dict[str, object]]]:
        """Each delivery with what it may be chosen by; the commune as it stands on the period's last day."""
        return [
            (
                row,
                {
                    "area": row.area,
                    "item": row.item,
                    "commune": self.communes.current(row.commune),
                    "place": row.place,
                    "in_scope": row.in_scope,
                    "allocated": row.allocated,
                    "policy": self.is_policy(row),
                },
            )
            for row in self.deliveries
        ]

    @cached_property
    def past(self) -> dict[str, int]:
        """The same period a year before as an older report gives it, by code of the indicator.

        Of the whole scope only, and of its predecessor if one alone has such figures.
        """
        if self.user is not None:
            return {}
        return past.figures(self.period)

    def with_past(self, code: str, figure: Figure) -> Figure:
        """``figure`` with the historical value of an indicator where the portal has counted none."""
        value = self.past.get(code)
        if figure.last_year is not None or value is None:
            return figure
        return replace(figure, last_year=value, historical=True)

    def total(self, measure: str) -> Figure:
        """``delivered`` over all areas. Last year's is historical only if an older report says all of it."""
        figure = self.delivered(measure)
        values = [self.past.get(f"{measure}-{area.code}") for area in self.areas]
        if figure.last_year is not None or None in values:
            return figure
        return replace(figure, last_year=added(values), historical=True)

    def figure(self, total: Callable[[str], int | None]) -> Figure:
        """A figure from a function of the window; last year is not reported if it had no such period."""
        return Figure(
            total("now"),
            total("cumulative"),
            total("supplement"),
            total("last_year") if self.windows.last_year else None,
        )

    # What came in -----------------------------------------------------------------------------
    def received(self, measure: str, sources: Iterable[str] = (GIFT,)) -> Figure:
        """đồng in ``cash`` or worth of ``goods`` that came in from the sources."""
        wanted = set(sources)
        return self.figure(
            lambda window: sum(
                getattr(row, measure) for row in self.gifts if row.window == window and row.source in wanted
            )
        )

    def donors(self) -> Figure:
        """Donors from whom something came in."""
        return self.figure(
            lambda window: len({r.donor for r in self.gifts if r.window == window and r.donor})
        )

    # What is needed ---------------------------------------------------------------------------
    def needed(
        self,
        *,
        area: int | None = None,
        item: int | None = None,
        commune: int | None = None,
        year: str = "now",
    ) -> list[Needed]:
        """The approved needs that the arguments choose; ``year`` is “now” or “last_year”."""
        return [
            row
            for row in self.needs
            if row.window == year
            and (area is None or row.area == area)
            and (item is None or row.item == item)
            and (commune is None or self.communes.current(row.commune) == commune)
        ]

    def needs_counted(self, covered: bool, area: int) -> Figure:
        """How many needs of an area were approved, or are covered in full, at the close of data."""

        def count(year: str) -> int:
            rows = self.needed(area=area, year=year)
            return len([row for row in rows if not covered or row.covered >= row.quantity])

        now = count("now") if self.known else None
        before = count("last_year") if self.surveyed_last_year or self.needed(year="last_year") else None
        return Figure(now, now, 0, before)


FUNDS_AND_BUDGETS = (FUND, *BUDGETS)
