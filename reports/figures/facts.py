"""The rows behind a report, summed by the database: one query for each kind of fact.

Every fact comes once for each window (now, cumulative, supplement, last year, carried).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from directory.models import User
from distributions.models import Allocation, AllocationMove, ChildTurns, Distribution, DistributionLine
from distributions.states import DistributionState
from donors.models import FundingSource, Receipt, ReceiptLine
from needs.models import ChildCount, Need, NeedMove, Survey
from reports.figures import corrected
from reports.figures.corrected import Corrected
from reports.figures.windows import Window, Windows

GIFT, FUND = "gift", "fund"
BUDGETS = ("central_budget", "local_budget")
"""Where support comes from: donors' gifts, funds, budgets. They are never added up silently."""


@dataclass(frozen=True)
class Delivered:
    """What was handed over at a place of one item from one kind of source. đồng and the item's unit.

    ``turns`` is None where something was handed over and nobody has reported child-turns. ``allocated``: it
    was allocated to a need, which it covers; else it is a service that a budget or fund paid for.
    """

    window: str
    area: int
    item: int
    place: int
    commune: int
    in_scope: bool
    source: str
    allocated: bool
    lines: int = 0
    quantity: int = 0
    value: int = 0
    turns: int | None = None


@dataclass(frozen=True)
class Given:
    """What one donor, fund or budget gave in all: đồng in cash, đồng worth of goods."""

    window: str
    donor: int | None
    source: str
    origin: str
    cash: int
    goods: int


@dataclass(frozen=True)
class Needed:
    """One approved need and how far it was covered at the close of data, in the item's unit."""

    window: str
    need: int
    area: int
    item: int
    place: int
    commune: int
    age_band: int
    children: int
    priority: int
    closed: bool
    quantity: int
    covered: int


def deliveries(windows: Windows, communes: Iterable[int], user: User | None) -> list[Delivered]:
    """Confirmed lines of distributions to the communes; with ``user`` only what is within reach."""
    lines = DistributionLine.objects.filter(
        distribution__state=DistributionState.CONFIRMED, distribution__place__unit_id__in=communes
    )
    turns = ChildTurns.objects.filter(
        line__distribution__state=DistributionState.CONFIRMED,
        line__distribution__place__unit_id__in=communes,
    )
    if user is not None:
        reach = Distribution.objects.visible_to(user)
        lines, turns = lines.filter(distribution__in=reach), turns.filter(line__distribution__in=reach)
    counted = _child_turns(turns, windows)
    found: dict[tuple, Delivered] = {}
    for row in _grouped(lines, "", windows):
        for name in windows.named():
            if number := row[f"{name}_lines"]:
                found[name, *_key(row)] = Delivered(
                    name,
                    *_key(row),
                    lines=number,
                    quantity=row[f"{name}_quantity"] or 0,
                    value=row[f"{name}_value"] or 0,
                    turns=counted.get((name, *_key(row))),
                )
    rows = corrected.corrections(communes, user)
    for key, difference in corrected.by_window(rows, windows, _keyed, _key).items():
        found[key] = _corrected(found.get(key) or Delivered(*key), difference)
    return list(found.values())


def _corrected(row: Delivered, by: Corrected) -> Delivered:
    """Child-turns that nobody has reported stay so, unless a correction reports them."""
    turns = row.turns if by.turns is None else (row.turns or 0) + by.turns
    return replace(row, quantity=row.quantity + by.quantity, value=row.value + by.value, turns=turns)


def _key(row: dict[str, Any]) -> tuple[int, int, int, int, bool, str, bool]:
    where = (row["area"], row["item"], row["place"], row["commune"])
    return (*where, row["in_scope"], row["source"], row["allocated"])


def _keyed(rows: QuerySet, prefix: str) -> QuerySet:
    """``rows`` (of lines, or of what hangs on a line by ``prefix``) grouped by what a report asks for."""
    pledge = f"{prefix}allocation__supply_line__pledge_line__pledge"
    source = Case(
        When(**{f"{pledge}__donor__isnull": False}, then=Value(GIFT)),
        default=Coalesce(f"{pledge}__source__kind", f"{prefix}funding_source__kind"),
    )
    return rows.order_by().values(
        area=F(f"{prefix}distribution__area_id"),
        item=Coalesce(f"{prefix}allocation__need__item_id", f"{prefix}service_id"),
        place=F(f"{prefix}distribution__place_id"),
        commune=F(f"{prefix}distribution__place__unit_id"),
        in_scope=F(f"{prefix}distribution__in_scope"),
        source=source,
        allocated=ExpressionWrapper(Q(**{f"{prefix}allocation__isnull": False}), BooleanField()),
    )


def _grouped(lines: QuerySet, prefix: str, windows: Windows) -> QuerySet:
    sums: dict[str, Any] = {}
    for name, window in windows.named().items():
        counts = _when(window, "distribution")
        sums[f"{name}_lines"] = Count("pk", filter=counts)
        sums[f"{name}_quantity"] = Sum("received", filter=counts)
        sums[f"{name}_value"] = Sum(F("received") * F("unit_value"), filter=counts)
    return _keyed(lines, prefix).annotate(**sums)


def _child_turns(turns: QuerySet, windows: Windows) -> dict[tuple, int]:
    """Sums by (window, *key); a key without any reported turns is missing."""
    sums = {
        name: Sum("turns", filter=_when(window, "line__distribution"))
        for name, window in windows.named().items()
    }
    rows = _keyed(turns, "line__").annotate(**{f"{name}_turns": total for name, total in sums.items()})
    return {
        (name, *_key(row)): row[f"{name}_turns"]
        for row in rows
        for name in sums
        if row[f"{name}_turns"] is not None
    }


def _when(window: Window, path: str) -> Q:
    return window.filter(f"{path}__occurred_on", f"{path}__confirmed_at")


def gifts(windows: Windows, scopes: Iterable[int], user: User | None) -> list[Given]:
    """What came in, by giver."""
    lines = _accepted(ReceiptLine.objects.filter(receipt__pledge__scope_id__in=scopes))
    if user is not None:
        lines = lines.filter(receipt__in=Receipt.objects.visible_to(user))
    sums: dict[str, Any] = {}
    for name, window in windows.named().items():
        counts = _when(window, "receipt")
        sums[f"{name}_lines"] = Count("pk", filter=counts)
        sums[f"{name}_cash"] = Sum("amount", filter=counts)
        sums[f"{name}_goods"] = Sum(F("accepted") * F("unit_value"), filter=counts)
    rows: QuerySet[ReceiptLine, Any] = (
        lines.order_by()
        .values(
            donor=F("receipt__pledge__donor_id"),
            source=F("receipt__pledge__source__kind"),
            origin=F("receipt__pledge__donor__origin"),
        )
        .annotate(**sums)
    )
    return [
        Given(
            name,
            row["donor"],
            row["source"] or GIFT,
            row["origin"] or "",
            row[f"{name}_cash"] or 0,
            row[f"{name}_goods"] or 0,
        )
        for row in rows
        for name in windows.named()
        if row[f"{name}_lines"]
    ]


def _accepted(lines: QuerySet[ReceiptLine]) -> QuerySet[ReceiptLine]:
    """Without what was refused to the last piece: nothing came in by it."""
    return lines.exclude(amount=0, accepted=0)


def receipts(window: Window, scopes: Iterable[int]) -> QuerySet[ReceiptLine]:
    """The lines that annex II lists: no management cost, which is no support [plan III]."""
    management = Q(receipt__pledge__source__kind=FundingSource.Kind.MANAGEMENT)
    return (
        _accepted(ReceiptLine.objects.filter(_when(window, "receipt"), receipt__pledge__scope_id__in=scopes))
        .exclude(management)
        .select_related(
            "receipt__pledge__donor",
            "receipt__pledge__source",
            "receipt__custodian",
            "supply_line__item__area",
            "pledge_line",
        )
        .order_by("receipt__occurred_on", "receipt_id", "pk")
    )


def needs(name: str, window: Window, year: int, communes: Iterable[int], user: User | None) -> list[Needed]:
    """The needs of the year's rounds as they stood at the close of data: approved and covered by then.

    A reversed allocation uncovers the need from the day on which it was reversed, a correction from that of
    its delivery: as long as the data are open, both count together.
    """
    rows = Need.objects.filter(round__year=year, place__unit_id__in=communes)
    if user is not None:
        rows = Need.objects.visible_to(user).filter(pk__in=rows)
    approved = _sum_by(NeedMove.objects.filter(need__in=rows, at__lt=window.closed_at), "need_id", "delta")
    plus, minus = AllocationMove.Kind.ALLOCATE, ("reverse", "return", "lose", "miss")
    occurred = Q(correction=None, occurred_on__lte=window.ends_on)
    of_delivery = Q(correction__line__distribution__occurred_on__lte=window.ends_on)
    moves = AllocationMove.objects.filter(
        occurred | of_delivery, allocation__need__in=rows, at__lt=window.closed_at
    )
    allocated = _sum_by(moves.filter(kind=plus), "allocation__need_id", "quantity")
    freed = _sum_by(moves.filter(kind__in=minus), "allocation__need_id", "quantity")
    return [
        Needed(
            name,
            need.pk,
            need.item.area_id,
            need.item_id,
            need.place_id,
            need.place.unit_id,
            need.age_band_id,
            need.children,
            need.priority,
            closed=need.closed_at is not None and need.closed_at < window.closed_at,
            quantity=approved[need.pk],
            covered=allocated.get(need.pk, 0) - freed.get(need.pk, 0),
        )
        for need in rows.select_related("item", "place").order_by("pk")
        if approved.get(need.pk, 0) > 0
    ]


def overlaps(window: Window, communes: Iterable[int], user: User | None) -> list[Allocation]:
    """Allocations of the window beside what another agency does there, each with its reason [plan II.4].

    What was taken back in full since is none.
    """
    rows = Allocation.objects.overlapping().covering().with_names()
    rows = rows if user is None else rows.visible_to(user)
    made = rows.filter(need__place__unit_id__in=communes, at__lt=window.closed_at)
    return list(made.filter(at__date__gte=window.starts_on, at__date__lte=window.ends_on).order_by("pk"))


def _sum_by(rows: QuerySet, key: str, column: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(key).annotate(total=Sum(column)))


def surveyed(window: Window, year: int, communes: Iterable[int]) -> set[int]:
    """Ids of the communes whose survey of the year's review was approved by the close of data.

    A supplementary round asks a few places after a disaster: it is no yearly review (decision 0008).
    """
    rows = Survey.objects.approved().filter(
        round__year=year, round__kind="yearly", commune_id__in=communes, reviewed_at__lt=window.closed_at
    )
    return set(rows.values_list("commune_id", flat=True))


def children(window: Window, year: int, communes: Iterable[int]) -> dict[int, int]:
    """Children (persons) by place, as the newest approved survey of the year counts them."""
    newest: dict[int, tuple[int, int]] = {}
    surveys = Survey.objects.approved().filter(
        round__year=year, round__kind="yearly", commune_id__in=communes, reviewed_at__lt=window.closed_at
    )
    for commune, version, pk in surveys.values_list("commune_id", "version", "pk"):
        newest[commune] = max(newest.get(commune, (0, 0)), (version, pk))
    counts = ChildCount.objects.filter(
        survey_id__in=[pk for _version, pk in newest.values()], subgroup__is_total=True
    )
    return _sum_by(counts, "place_id", "value")
