"""The deliveries behind a figure of the roll-up, and the corrections of such: together they make it.

Meals that the state pays for are in no figure [FIELD 3]: they are listed after all others, marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, Sum, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Place, User
from distributions.models import (
    ChildTurns,
    CorrectedTurns,
    Distribution,
    DistributionLine,
)
from distributions.states import DistributionState
from reports.figures import Figures, corrected, policy
from reports.figures.figure import added

FILTERS = ("area", "item", "commune", "place")
WINDOWS = {
    "now": gettext_lazy("this period alone"),
    "cumulative": gettext_lazy("since the start of the year"),
    "supplement": gettext_lazy("supplement of an earlier period"),
}
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
        return cls(where, window if window in WINDOWS else "cumulative")

    @property
    def of_one_item(self) -> bool:
        """Only then can quantities be added."""
        return "item" in self.where


@dataclass(frozen=True)
class Behind:
    """A confirmed line behind a figure, or a correction of one (signed, on the day it was made).

    ``turns`` is None if nobody has reported child-turns. đồng and the item's unit. ``policy``: a meal that
    the state pays for, no part of the figure.
    """

    line: DistributionLine
    source: str
    day: date
    quantity: int
    turns: int | None
    value: int
    policy: bool
    reason: str = ""


@dataclass(frozen=True)
class Sums:
    """Of rows that make a figure; ``reported`` child-turns (None: nobody has reported any)."""

    rows: int
    quantity: int
    reported: int | None
    value: int

    def __add__(self, other: Sums) -> Sums:
        reported = added([self.reported, other.reported])
        rows, quantity = self.rows + other.rows, self.quantity + other.quantity
        return Sums(rows, quantity, reported, self.value + other.value)

    @property
    def turns(self) -> int | None:
        return self.reported if self.rows else 0


def lines_behind(figures: Figures, chosen: Chosen, user: User) -> QuerySet[Any, Any]:
    """The confirmed lines that make a figure, within the user's reach, newest first; state meals last."""
    window = figures.windows.named().get(chosen.window)
    if window is None:
        return DistributionLine.objects.annotate(policy=_is_policy()).none()
    lines = DistributionLine.objects.filter(
        window.filter("distribution__occurred_on", "distribution__confirmed_at"),
        _lookups(chosen),
        distribution__in=Distribution.objects.visible_to(user),
        distribution__state=DistributionState.CONFIRMED,
        distribution__place__unit_id__in=_communes(figures, chosen),
    )
    pledge = "allocation__supply_line__pledge_line__pledge"
    found = lines.annotate(policy=_is_policy()).select_related(
        "distribution__place__unit",
        "allocation__need__item",
        f"{pledge}__donor",
        f"{pledge}__source",
        "service",
        "funding_source",
    )
    return found.prefetch_related("child_turns").order_by("policy", "-distribution__occurred_on", "-pk")


def corrections_behind(figures: Figures, chosen: Chosen, user: User) -> QuerySet[Any, Any]:
    """The corrections that are a part of a figure, newest first; those of state meals last."""
    rows = corrected.corrections(_communes(figures, chosen), user).with_names()
    rows = rows.annotate(policy=_is_policy("line__"))
    window = figures.windows.named().get(chosen.window)
    if window is None:
        return rows.none()
    rows = rows.filter(corrected.counting(window), _lookups(chosen, "line__"))
    return rows.order_by("policy", "-at", "-pk")


def _is_policy(prefix: str = "") -> Case:
    return Case(When(policy.of_lines(prefix), then=True), default=False, output_field=BooleanField())


def behind(line: Any) -> Behind:
    """A row of ``lines_behind``, as it was confirmed: corrections are rows of their own."""
    turns = [counted.turns for counted in line.child_turns.all()]
    received, day = line.received or 0, line.distribution.occurred_on
    total = sum(turns) if turns else None
    return Behind(line, _source(line), day, received, total, received * line.unit_value, line.policy)


def correcting(row: Any) -> Behind:
    """A row of ``corrections_behind``."""
    day, turns = timezone.localdate(row.at), row.child_turns
    return Behind(row.line, _source(row.line), day, row.received, turns, row.value, row.policy, row.reason)


def sums_of(lines: QuerySet[Any], corrections: QuerySet[Any]) -> tuple[Sums, Sums]:
    """Of the lines alone, and with the corrections: the latter is the figure."""
    lines, corrections = (rows.filter(policy=False).order_by() for rows in (lines, corrections))
    turns = ChildTurns.objects.filter(line__in=lines.values("pk"))
    corrected_turns = CorrectedTurns.objects.filter(correction__in=corrections.values("pk"))
    of_lines = _sums(lines, F("unit_value"), turns)
    return of_lines, of_lines + _sums(corrections, F("line__unit_value"), corrected_turns)


def _sums(rows: QuerySet[Any], unit_value: F, turns: QuerySet[Any]) -> Sums:
    found = rows.aggregate(
        rows=Count("pk"),
        quantity=Sum("received", default=0),
        value=Sum(F("received") * unit_value, default=0),
    )
    return Sums(found["rows"], found["quantity"], turns.aggregate(sum=Sum("turns"))["sum"], found["value"])


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
    return f"{' – '.join(names) or _('all areas and places')} ({WINDOWS[chosen.window]})"
