"""The duplication guard: who else covers the same place, item, age band and year [plan II.4].

A plan, a pledge with an earmark to a place or need, and a purchase for a place each *cover* something. What
names no place covers none: units that share a task for the whole district do not stand in each other's
way. A commune's own plan without a place is for the commune.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.models import Agency, AgencySuccession, Place, Unit
from directory.prepared import Slot
from donors.models import MobilisationPlan, MobilisationTarget, Pledge, PledgeLine, Purchase
from donors.models.pledge_line import EARMARKS
from donors.states import PlanState, PledgeState, PurchaseState
from needs.models import AgeBand, SupportItem

if TYPE_CHECKING:
    from directory.models import User
    from donors.actions.pledge import PledgedLine

One = int | Slot
Items = set[int] | One
PLAN, PLEDGE, PURCHASE = _("mobilisation plan"), _("pledge"), _("purchase")


@dataclass(frozen=True)
class Coverage:
    """``quantity`` (item's unit; None if not said) of an item at a place for an age band; None: all ages.

    ``year``: of the need that it is for, whenever that was pledged; None: the year of the record.
    """

    item: SupportItem
    place: Place
    age_band: AgeBand | None = None
    quantity: int | None = None
    year: int | None = None

    def meets(self, other: Coverage) -> bool:
        return (
            self.item.pk == other.item.pk
            and _bands_meet(self.age_band, other.age_band)
            and _places_meet(self.place, other.place)
        )


@dataclass(frozen=True)
class Held:
    """What a plan, pledge or purchase (``record``) of ``holder`` covers."""

    kind: str | Promise
    record: MobilisationPlan | Pledge | Purchase
    holder: Agency
    coverage: Coverage

    @property
    def name(self) -> str:
        """The year of a plan, or the code."""
        return str(self.record.year) if isinstance(self.record, MobilisationPlan) else self.record.code

    @property
    def pledge_id(self) -> int | None:
        """The pledge that it is, or that it was bought with."""
        if isinstance(self.record, Purchase):
            return self.record.cash_line.pledge_id
        return self.record.pk if isinstance(self.record, Pledge) else None


@dataclass(frozen=True)
class Overlap:
    """``own`` meets ``other``, which ``holder`` has. ``name``, ``url``: empty if out of reach."""

    own: Coverage
    other: Coverage
    kind: str | Promise
    holder: Agency
    name: str = ""
    url: str = ""


def overlaps(
    user: User,
    *,
    scope: Unit,
    agency: Agency,
    year: int,
    coverages: Sequence[Coverage],
    apart_from: Pledge | None = None,
) -> list[Overlap]:
    """What other agencies than ``agency`` have that covers the same within ``scope`` in ``year``.

    What is for a need is asked in the need's own year. ``apart_from``: this pledge and what was bought with
    it are the asker's own. No query if nothing is covered, and else as many for many as for one of a year.
    """
    of_year: dict[int, list[Coverage]] = defaultdict(list)
    for own in coverages:
        of_year[own.year or year].append(own)
    found = [
        (own, held)
        for asked, ours in sorted(of_year.items())
        for held in _held(scope, agency, asked, {own.item.pk for own in ours}, apart_from)
        for own in ours
        if own.meets(held.coverage)
    ]
    seen = _seen(user, [held for _own, held in found])
    return [_overlap(own, held, seen) for own, held in found]


def overlaps_of_plan(user: User, plan: MobilisationPlan) -> list[Overlap]:
    """Those of a stored plan; ask again with other coverages while it is being changed."""
    targets = MobilisationTarget.objects.filter(plan=plan).select_related(*TARGET)
    coverages = [held.coverage for held in _of_targets(targets)]
    return overlaps(user, scope=plan.scope, agency=plan.agency, year=plan.year, coverages=coverages)


def overlaps_of_pledge(user: User, pledge: Pledge) -> list[Overlap]:
    """``pledge`` with its lines, as ``for_list()`` loads them."""
    return overlaps(
        user,
        scope=pledge.scope,
        agency=pledge.mobilised_by,
        year=year_of(pledge.pledged_on, pledge.due_on),
        coverages=covered_by(pledge.lines.all()),
        apart_from=pledge,
    )


def overlaps_of_purchase(user: User, purchase: Purchase) -> list[Overlap]:
    """``purchase`` as ``for_list()`` loads it."""
    pledge = purchase.cash_line.pledge
    return overlaps(
        user,
        scope=pledge.scope,
        agency=purchase.custodian,
        year=year_of(purchase.planned_at.date(), purchase.due_on),
        coverages=[held.coverage for held in _of_purchases([purchase])],
        apart_from=pledge,
    )


def year_of(recorded_on: date, due_on: date | None) -> int:
    """The year that a pledge or purchase is for: of the day when it is due, else when it was recorded."""
    return (due_on or recorded_on).year


def covered_by(lines: Iterable[PledgedLine | PledgeLine]) -> list[Coverage]:
    """What lines of a pledge cover, recorded or only typed: goods for a place, and what is for a need."""
    return [coverage for line in lines if (coverage := _of_line(line))]


def _of_line(line: PledgedLine | PledgeLine) -> Coverage | None:
    if need := line.earmark_need:
        return Coverage(need.item, need.place, need.age_band, line.quantity, need.round.year)
    if line.item and line.earmark_place:
        return Coverage(line.item, line.earmark_place, None, line.quantity)
    return None


def _bands_meet(one: AgeBand | None, other: AgeBand | None) -> bool:
    if one is None or other is None or one.is_all or other.is_all:
        return True
    return one.pk == other.pk


def _places_meet(one: Place, other: Place) -> bool:
    """The same, also under the name it had before; a commune holds all its places, a village its schools."""
    if ({one.pk, one.continues_id} & {other.pk, other.continues_id}) - {None}:
        return True
    whole = Place.Kind.COMMUNE in (one.kind, other.kind)
    inside = other.pk == one.lies_in_id or one.pk == other.lies_in_id
    return one.unit_id == other.unit_id and (whole or inside)


# What others have ----------------------------------------------------------------------------------

TARGET = ("plan__agency__unit", "item", "place__unit", "age_band")
BOUGHT = ("item", "place__unit", "age_band", "custodian", *(f"cash_line__{name}" for name in EARMARKS))
STANDING = (PledgeState.OPEN, PledgeState.RECEIVED)


def held_in(scope: Unit, year: int, items: set[int]) -> Iterator[Held]:
    """All that plans, pledges and purchases of the scope cover of the items in the year, whoever has it."""
    yield from _of_targets(_targets(scope, year, items).select_related(*TARGET))
    for line in _lines(scope, year, items).select_related("pledge__mobilised_by", "item", *EARMARKS):
        if coverage := _of_line(line):
            yield Held(PLEDGE, line.pledge, line.pledge.mobilised_by, coverage)
    yield from _of_purchases(_purchases(scope, year, items).select_related(*BOUGHT))


def near(scope: Unit | Slot, year: int, item: One, communes: Iterable[One], agency: One) -> list[Any]:
    """Querysets of what other agencies may have that covers the item somewhere in the communes.

    Wider than the truth, and cheap: if all are empty there is nothing to ask ``held_in`` for.
    """
    planned = in_units("place__unit", *communes) | Q(in_units("plan__agency__unit", *communes), place=None)
    targets = MobilisationTarget.objects.filter(planned, item=item, plan__scope=scope, plan__year=year)
    bought = in_units("place__unit", *communes) | Q(place=None)
    return [
        targets.exclude(plan__agency=agency).exclude(plan__state=PlanState.DRAFT),
        # Not as one question with “or”: that would read all pledges of the scope.
        _standing(scope, _for_place(year, item) & in_units("earmark_place__unit", *communes), agency),
        _standing(scope, _for_need(year, item) & in_units("earmark_need__place__unit", *communes), agency),
        _purchases(scope, year, item).filter(bought).exclude(custodian=agency),
    ]


def of_items(path: str, items: Items) -> Q:
    return Q((f"{path}__in", items)) if isinstance(items, set) else Q((path, items))


def in_units(path: str, *units: One) -> Q:
    """Not ``__in``: a list has no place for a ``Slot``."""
    return reduce(or_, (Q((path, unit)) for unit in units))


def _held(
    scope: Unit, agency: Agency, year: int, items: set[int], apart_from: Pledge | None
) -> Iterator[Held]:
    own = AgencySuccession.objects.predecessors([agency.pk], clock.today())
    for held in held_in(scope, year, items):
        of_the_asker = apart_from is not None and held.pledge_id == apart_from.pk
        if held.holder.pk not in own and not of_the_asker:
            yield held


def _targets(scope: Unit | Slot, year: int, items: Items) -> Any:
    plans = MobilisationPlan.objects.reckoned()
    targets = MobilisationTarget.objects.filter(of_items("item", items), plan__in=plans)
    return targets.filter(plan__scope=scope, plan__year=year)


def _lines(scope: Unit | Slot, year: int, items: Items) -> Any:
    covering = _for_place(year, items) | _for_need(year, items)
    return _standing(scope, covering).order_by("pledge", "pk")


def _standing(scope: Unit | Slot, covering: Q, apart_from: One | None = None) -> Any:
    lines = PledgeLine.objects.filter(covering, pledge__scope=scope, pledge__state__in=STANDING)
    return lines if apart_from is None else lines.exclude(pledge__mobilised_by=apart_from)


def _for_place(year: int, items: Items) -> Q:
    of_year = Q(pledge__due_on__year=year) | Q(pledge__due_on=None, pledge__pledged_on__year=year)
    return Q(of_items("item", items), earmark_place__isnull=False) & of_year


def _for_need(year: int, items: Items) -> Q:
    here = Q(earmark_need__isnull=False)  # few are: PostgreSQL is not to read all pledges for them
    return here & Q(of_items("earmark_need__item", items), earmark_need__round__year=year)


def _purchases(scope: Unit | Slot, year: int, items: Items) -> Any:
    of_year = Q(due_on__year=year) | Q(due_on=None, planned_at__year=year)
    bought = Purchase.objects.filter(of_year, of_items("item", items), cash_line__pledge__scope=scope)
    return bought.exclude(state=PurchaseState.CANCELLED).order_by("pk")


def _of_targets(targets: Iterable[MobilisationTarget]) -> Iterator[Held]:
    targets = [target for target in targets if target.item is not None]
    communes = _communes([target for target in targets if target.place is None])
    for target in targets:
        place = target.place or communes.get(target.plan.agency.unit_id)
        if place and target.item:
            coverage = Coverage(target.item, place, target.age_band, target.quantity)
            yield Held(PLAN, target.plan, target.plan.agency, coverage)


def _communes(targets: Sequence[MobilisationTarget]) -> dict[int, Place]:
    """The place that is the whole commune, by unit, for what a commune plans without a place."""
    units = {target.plan.agency.unit for target in targets}
    communes = [unit for unit in units if unit.level == Unit.Level.COMMUNE]
    if not communes:
        return {}
    wholes = Place.objects.filter(unit__in=communes, kind=Place.Kind.COMMUNE).select_related("unit")
    return {place.unit_id: place for place in wholes.order_by("valid_from")}


def _of_purchases(purchases: Iterable[Purchase]) -> Iterator[Held]:
    for purchase in purchases:
        paid = _of_line(purchase.cash_line)
        place = purchase.place or purchase.cash_line.earmark_place or (paid.place if paid else None)
        if place:
            band = purchase.age_band or (paid.age_band if paid else None)
            coverage = Coverage(purchase.item, place, band, purchase.quantity)
            yield Held(PURCHASE, purchase, purchase.custodian, coverage)


# What the reader may read of it --------------------------------------------------------------------

PAGES: dict[type, str] = {
    MobilisationPlan: "plan_detail",
    Pledge: "pledge_detail",
    Purchase: "purchase_detail",
}


def _seen(user: User, found: Iterable[Held]) -> set[tuple[type, int]]:
    keys = {(type(held.record), held.record.pk) for held in found}
    seen: set[tuple[type, int]] = set()
    for model in {model for model, _pk in keys}:
        ours = [pk for kind, pk in keys if kind is model]
        rows = model.objects.visible_to(user).filter(pk__in=ours)
        seen |= {(model, pk) for pk in rows.values_list("pk", flat=True)}
    return seen


def _overlap(own: Coverage, held: Held, seen: set[tuple[type, int]]) -> Overlap:
    if (type(held.record), held.record.pk) not in seen:
        return Overlap(own, held.coverage, held.kind, held.holder)
    record = held.record
    page = PAGES.get(type(record))
    url = reverse(page, args=[record.pk]) if page else ""
    return Overlap(own, held.coverage, held.kind, held.holder, held.name, url)
