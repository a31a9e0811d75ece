"""Planned, pledged and received: how far each target of a plan is.

What counts for a target: pledges of its year that the agency mobilised, from its kind of source, of its item
(or area). A target for a place or an age band counts only what is earmarked for it. Goods that were bought
count as goods of the money's giver; for an area as a whole their đồng stand there as cash already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from directory import clock
from directory.models import AgencySuccession, Place
from donors.mobilisation.targets import PlannedTarget
from donors.models import CashBalance, FundingSource, MobilisationPlan, Pledge, SupplyLine

GIFT = "gift"


@dataclass(frozen=True)
class Given:
    """A supply line or a cash line: pieces (None for cash) and whole đồng, standing promises and received."""

    area: int | None
    item: int | None
    source_kind: str
    place: int | None
    commune: int | None
    age_band: int | None
    pledged: int | None
    received: int | None
    pledged_amount: int
    received_amount: int
    # Bought with money that is meant for this area as a whole, or for a need of it.
    paid_for_area: int | None = None

    def counts_for(self, target: PlannedTarget) -> bool:
        if (self.area, self.source_kind) != (target.area.pk, target.source_kind):
            return False
        if target.item is None:
            return self._at(target) and self.paid_for_area != target.area.pk
        return self.item == target.item.pk and self._at(target)

    def _at(self, target: PlannedTarget) -> bool:
        place, band = target.place, target.age_band
        if band is not None and not band.is_all and self.age_band != band.pk:
            return False
        if place is None:
            return True
        whole = place.kind == Place.Kind.COMMUNE and self.commune == place.unit_id
        return self.place == place.pk or whole


@dataclass(frozen=True)
class TargetProgress:
    """``target`` beside what was pledged and received for it; pieces only of an item."""

    target: PlannedTarget
    pledged: int | None
    received: int | None
    pledged_amount: int
    received_amount: int

    @property
    def percent(self) -> int | None:
        """Received of planned, in pieces if the target counts pieces, else in đồng; None without a target."""
        pieces = self.target.quantity is not None
        planned = self.target.quantity if pieces else self.target.amount
        came = (self.received or 0) if pieces else self.received_amount
        return None if not planned else came * 100 // planned


def progress_of(plan: MobilisationPlan, targets: Iterable[PlannedTarget]) -> list[TargetProgress]:
    """Three queries, however many targets."""
    agencies = AgencySuccession.objects.predecessors([plan.agency_id], clock.today())
    return progress_among(list(given(Q(mobilised_by__in=agencies), plan.scope_id, plan.year)), targets)


def progress_among(rows: list[Given], targets: Iterable[PlannedTarget]) -> list[TargetProgress]:
    return [_progress(target, [row for row in rows if row.counts_for(target)]) for target in targets]


def _progress(target: PlannedTarget, rows: list[Given]) -> TargetProgress:
    pieces = target.item is not None
    return TargetProgress(
        target,
        sum(row.pledged or 0 for row in rows) if pieces else None,
        sum(row.received or 0 for row in rows) if pieces else None,
        sum(row.pledged_amount for row in rows),
        sum(row.received_amount for row in rows),
    )


def given(whose: Q, scope: int, year: int) -> Iterator[Given]:
    """Goods and cash of the pledges of a scope and year of which ``whose`` holds; management cost is none."""
    whose &= Q(scope=scope, pledged_on__year=year)
    whose &= Q(source__isnull=True) | ~Q(source__kind=FundingSource.Kind.MANAGEMENT)
    pledges = Pledge.objects.filter(whose).order_by()
    yield from map(_goods, _goods_rows(pledges))
    yield from map(_cash, _cash_rows(pledges))


def _goods_rows(pledges: Any) -> Any:
    lines = SupplyLine.objects.filter(pledge_line__pledge__in=pledges)
    return lines.exclude(origin=SupplyLine.Origin.MOVED).values(
        "item",
        "origin",
        "unit_value",
        area=F("item__area"),
        standing=F("balance__quantity") - F("balance__withdrawn") - F("balance__refused"),
        came=F("balance__received"),
        kind=F("pledge_line__pledge__source__kind"),
        bought_for_place=F("purchase__place"),
        bought_for_commune=F("purchase__place__unit"),
        bought_for_band=F("purchase__age_band"),
        **_earmarks("pledge_line__"),
    )


def _cash_rows(pledges: Any) -> Any:
    return CashBalance.objects.filter(line__pledge__in=pledges).values(
        "received",
        standing=F("amount") - F("withdrawn"),
        kind=F("line__pledge__source__kind"),
        **_earmarks("line__"),
    )


def _earmarks(prefix: str) -> dict[str, Any]:
    mark = f"{prefix}earmark_"
    return {
        "place": Coalesce(F(f"{mark}place"), F(f"{mark}need__place")),
        "commune": Coalesce(F(f"{mark}place__unit"), F(f"{mark}need__place__unit")),
        "band": F(f"{mark}need__age_band"),
        "meant_for": Coalesce(F(f"{mark}area"), F(f"{mark}need__item__area")),
    }


def _goods(row: dict[str, Any]) -> Given:
    bought = row["origin"] == SupplyLine.Origin.PURCHASE
    return Given(
        row["area"],
        row["item"],
        row["kind"] or GIFT,
        row["bought_for_place"] or row["place"],
        row["bought_for_commune"] or row["commune"],
        row["bought_for_band"] or row["band"],
        row["standing"],
        row["came"],
        row["standing"] * row["unit_value"],
        row["came"] * row["unit_value"],
        row["meant_for"] if bought else None,
    )


def _cash(row: dict[str, Any]) -> Given:
    return Given(
        row["meant_for"],
        None,
        row["kind"] or GIFT,
        row["place"],
        row["commune"],
        row["band"],
        None,
        None,
        row["standing"],
        row["received"],
    )
