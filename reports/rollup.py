"""The roll-up as the screen shows it: by area, place and item, and the deliveries behind each figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Unpack

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from directory.models import Place, User
from distributions.models import DeliveryCorrection, Distribution, DistributionLine
from distributions.states import DistributionState
from reports.figures import Figure, Figures, corrected, percent
from reports.figures.facts import BUDGETS, FUND, GIFT
from reports.figures.rollup import Where

FILTERS = ("area", "item", "commune", "place")


@dataclass(frozen=True)
class Row:
    """A line of a table. ``needed``, ``covered`` are None where nothing was reported."""

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
        rows.append(
            _row(
                figures,
                str(item),
                sum(need.quantity for need in needs) if figures.known else None,
                sum(need.covered for need in needs) if figures.known else None,
                item=item.pk,
                quantity=figures.delivered("quantity", item=item.pk),
                unit=item.unit,
            )
        )
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


# More digits than any id has; SQLite would stumble over the number instead of finding nothing.
NO_SUCH_ID, ID_DIGITS = 0, 18


def _id(text: str) -> int:
    return int(text) if len(text) <= ID_DIGITS else NO_SUCH_ID


@dataclass(frozen=True)
class Chosen:
    """Which figure of the roll-up somebody follows downwards."""

    where: dict[str, int]
    window: str = "cumulative"

    @classmethod
    def from_query(cls, query: QueryDict) -> Chosen:
        given = {name: str(query.get(name, "")) for name in FILTERS}
        where = {name: _id(value) for name, value in given.items() if value.isdecimal()}
        window = query.get("window", "")
        return cls(where, window if window in ("now", "cumulative", "supplement") else "cumulative")


@dataclass(frozen=True)
class Behind:
    """A confirmed line behind a figure, or a correction of one (signed, on the day it was made).

    ``turns`` is None if nobody has reported child-turns. đồng and the item's unit.
    """

    line: DistributionLine
    source: str
    day: date
    quantity: int
    turns: int | None
    value: int
    reason: str = ""


def lines_behind(figures: Figures, chosen: Chosen, user: User) -> QuerySet[DistributionLine]:
    """The confirmed lines that make a figure, within the user's reach, newest first."""
    window = figures.windows.named().get(chosen.window)
    if window is None:
        return DistributionLine.objects.none()
    lines = DistributionLine.objects.filter(
        window.filter("distribution__occurred_on", "distribution__confirmed_at"),
        _lookups(chosen),
        distribution__in=Distribution.objects.visible_to(user),
        distribution__state=DistributionState.CONFIRMED,
        distribution__place__unit_id__in=_communes(figures, chosen),
    )
    pledge = "allocation__supply_line__pledge_line__pledge"
    found = lines.select_related(
        "distribution__place__unit",
        "allocation__need__item",
        f"{pledge}__donor",
        f"{pledge}__source",
        "service",
        "funding_source",
    )
    return found.prefetch_related("child_turns").order_by("-distribution__occurred_on", "-pk")


def corrections_behind(figures: Figures, chosen: Chosen, user: User) -> QuerySet[DeliveryCorrection]:
    """The corrections that are a part of a figure, newest first."""
    window = figures.windows.named().get(chosen.window)
    if window is None:
        return DeliveryCorrection.objects.none()
    rows = corrected.corrections(_communes(figures, chosen), user).with_names()
    rows = rows.filter(corrected.counting(window), _lookups(chosen, "line__"))
    return rows.order_by("-at", "-pk")


def behind(line: DistributionLine) -> Behind:
    """As it was confirmed: corrections are rows of their own."""
    turns = [counted.turns for counted in line.child_turns.all()]
    received, day = line.received or 0, line.distribution.occurred_on
    total = sum(turns) if turns else None
    return Behind(line, _source(line), day, received, total, received * line.unit_value)  # type: ignore[arg-type]


def correcting(row: DeliveryCorrection) -> Behind:
    day = timezone.localdate(row.at)
    return Behind(row.line, _source(row.line), day, row.received, row.child_turns, row.value, row.reason)


def _source(line: DistributionLine) -> str:
    pledge = line.allocation.supply_line.pledge_line.pledge if line.allocation else None
    return str(pledge.giver if pledge else line.funding_source)


def _communes(figures: Figures, chosen: Chosen) -> list[int]:
    """The chosen commune and what it absorbed; without a choice all of them."""
    commune = chosen.where.get("commune")
    return [pk for pk in figures.communes.ids if commune in (None, figures.communes.current(pk))]


def _lookups(chosen: Chosen, line: str = "") -> Q:
    """``line``: how a line is found from the rows."""
    found = Q()
    if area := chosen.where.get("area"):
        found &= Q(**{f"{line}distribution__area_id": area})
    if place := chosen.where.get("place"):
        found &= Q(**{f"{line}distribution__place_id": place})
    if item := chosen.where.get("item"):
        found &= Q(**{f"{line}allocation__need__item_id": item}) | Q(**{f"{line}service_id": item})
    return found


def title_of(figures: Figures, chosen: Chosen) -> str:
    """What the rows are of, in words."""
    names: list[str] = []
    names += [str(a) for a in figures.areas if a.pk == chosen.where.get("area")]
    names += [u.name for u in figures.communes.present if u.pk == chosen.where.get("commune")]
    if (item := figures.items.get(chosen.where.get("item", 0))) is not None:
        names.append(str(item))
    if place := Place.objects.filter(
        pk=chosen.where.get("place", 0), unit_id__in=figures.communes.ids
    ).first():
        names.append(place.full_name)
    return " – ".join(names) or _("all areas and places")
