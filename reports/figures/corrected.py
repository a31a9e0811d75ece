"""What corrections add to or take from the figures of deliveries, each on the day on which it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from directory.models import User
from distributions.models import CorrectedTurns, DeliveryCorrection, Distribution
from distributions.models.correction import DeliveryCorrectionQuerySet
from reports.figures.windows import Reversals, Window, Windows

Keyed = Callable[[QuerySet, str], QuerySet]
Key = Callable[[dict[str, Any]], tuple]


@dataclass(frozen=True)
class Corrected:
    """Signed sums: the item's unit, đồng, child-turns (None: none corrected)."""

    quantity: int = 0
    value: int = 0
    turns: int | None = None


def corrections(communes: Iterable[int], user: User | None) -> DeliveryCorrectionQuerySet:
    """Those of deliveries to the communes; with ``user`` only what is within reach."""
    rows = DeliveryCorrection.objects.filter(line__distribution__place__unit_id__in=communes)
    if user is not None:
        rows = rows.filter(line__distribution__in=Distribution.objects.visible_to(user))
    return rows


def counting(window: Window | Reversals, prefix: str = "") -> Q:
    """The corrections (or what hangs on one by ``prefix``) that count in a window."""
    delivery = f"{prefix}line__distribution"
    occurred, confirmed, made = f"{delivery}__occurred_on", f"{delivery}__confirmed_at", f"{prefix}at"
    if isinstance(window, Reversals):
        return window.filter(occurred, confirmed, made)
    return window.corrections(occurred, confirmed, made)


def by_window(
    rows: QuerySet[DeliveryCorrection], windows: Windows, keyed: Keyed, key: Key
) -> dict[tuple, Corrected]:
    """By (window, *key of the delivery), as ``keyed`` groups rows and ``key`` reads them; two queries."""
    sums: dict[str, Any] = {}
    of_turns: dict[str, Any] = {}
    for name, window in windows.named().items():
        counts = counting(window)
        sums[f"{name}_quantity"] = Sum("received", filter=counts)
        sums[f"{name}_value"] = Sum(F("received") * F("line__unit_value"), filter=counts)
        of_turns[f"{name}_turns"] = Sum("turns", filter=counting(window, "correction__"))
    turns = CorrectedTurns.objects.filter(correction__in=rows)
    counted = {
        (name, *key(row)): row[f"{name}_turns"]
        for row in keyed(turns, "correction__line__").annotate(**of_turns)
        for name in windows.named()
    }
    return {
        (name, *key(row)): Corrected(
            row[f"{name}_quantity"], row[f"{name}_value"], counted.get((name, *key(row)))
        )
        for row in keyed(rows, "line__").annotate(**sums)
        for name in windows.named()
        if row[f"{name}_quantity"] is not None
    }


def reversed_in(windows: Windows, communes: Iterable[int], user: User | None) -> Corrected:
    """What corrects figures that an earlier report has counted: it stays in that one."""
    counts = reduce(or_, map(counting, windows.reversals))
    rows = corrections(communes, user).filter(counts)
    sums = rows.aggregate(q=Sum("received"), v=Sum(F("received") * F("line__unit_value")))
    turns = CorrectedTurns.objects.filter(correction__in=rows).aggregate(t=Sum("turns"))["t"]
    return Corrected(sums["q"] or 0, sums["v"] or 0, turns)
