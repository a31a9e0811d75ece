"""The roll-up as the screen shows it: by area, place and item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Unpack

from django.utils.http import urlencode

from directory.models import Place
from reports.figures import Figure, Figures, percent
from reports.figures.facts import BUDGETS, FUND, GIFT
from reports.figures.rollup import Where


@dataclass(frozen=True)
class Row:
    """A line of a table. ``needed``, ``covered`` are None where nothing was reported.

    ``by_budget``: of the quantity the services that budgets paid for, of which ``covered`` knows nothing.
    Goods that a budget pledged are allocated and covered like others.
    """

    name: str
    turns: Figure
    value: Figure
    by_source: tuple[Figure, Figure, Figure]
    needed: int | None
    covered: int | None
    link: str
    quantity: Figure | None = None
    unit: str = ""
    difficult: bool | None = None
    below: tuple[Row, ...] = ()
    by_budget: Figure | None = None

    @property
    def share(self) -> str | None:
        """Covered of needed, per cent."""
        return percent(self.covered, self.needed)


def by_area(figures: Figures) -> list[Row]:
    """A row for each support area; needs are counted in numbers of needs."""
    rows = []
    for area in figures.areas:
        needs = (figures.needs_counted(c, area.pk).now for c in (False, True))
        row = _row(figures, str(area), *needs, area=area.pk)
        rows.append(replace(row, turns=figures.with_past(f"turns-{area.code}", row.turns)))
    return rows


def by_place(figures: Figures) -> list[Row]:
    """A row for each commune, with its places that were served below it."""
    names = Place.objects.in_bulk({row.place for row in figures.deliveries})
    rows = []
    for unit in figures.communes.present:
        needs = figures.needed(commune=unit.pk)
        known = unit.pk in figures.known
        places = [
            names[pk]
            for pk in {
                row.place
                for row in figures.deliveries
                if figures.communes.current(row.commune) == unit.pk and row.window != "last_year"
            }
        ]
        below = [
            _row(figures, place.name, None, None, place=place.pk)
            for place in sorted(places, key=lambda p: (p.order, p.name))
            if place.kind != Place.Kind.COMMUNE
        ]
        rows.append(
            _row(
                figures,
                unit.name,
                len(needs) if known else None,
                len([need for need in needs if need.covered >= need.quantity]) if known else None,
                commune=unit.pk,
                difficult=unit.pk in figures.communes.difficult,
                below=tuple(below),
            )
        )
    return rows


def by_item(figures: Figures) -> list[Row]:
    """A row for each item that is needed or was handed over; needs in the item's unit."""
    used = {row.item for row in figures.deliveries} | {need.item for need in figures.needed()}
    items = [item for item in figures.items.values() if item.pk in used]
    rows = []
    for item in sorted(items, key=lambda i: (i.area_id, i.order, i.pk)):
        needs = figures.needed(item=item.pk)
        row = _row(
            figures,
            str(item),
            sum(need.quantity for need in needs) if figures.known else None,
            sum(need.covered for need in needs) if figures.known else None,
            item=item.pk,
            quantity=figures.delivered("quantity", item=item.pk),
            unit=item.unit,
        )
        services = figures.delivered("quantity", item=item.pk, sources=BUDGETS, allocated=False)
        rows.append(replace(row, by_budget=services))
    return rows


def _row(
    figures: Figures,
    name: str,
    needed: int | None,
    covered: int | None,
    *,
    difficult: bool | None = None,
    quantity: Figure | None = None,
    unit: str = "",
    below: tuple[Row, ...] = (),
    **where: Unpack[Where],
) -> Row:
    sources = [(GIFT,), (FUND,), BUDGETS]
    gift, fund, budget = (figures.delivered("value", sources=s, **where) for s in sources)
    return Row(
        name,
        figures.delivered("turns", **where),
        figures.delivered("value", **where),
        (gift, fund, budget),
        needed,
        covered,
        urlencode({name: str(value) for name, value in where.items()}),
        quantity,
        unit,
        difficult,
        below,
    )
