"""What a plan could aim at: approved needs that nothing covers yet, at reference prices, each explained.

A commune's plan looks at its own needs, that of an agency which leads areas at those, any other (a fund, a
union, the coordinating office) at the whole scope. Sums by item, or finely: by item, place and age band,
where the place is a whole commune unless the plan is a commune's own. Never a child.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Max, Min, QuerySet, Sum
from django.utils.translation import gettext as _

from directory import clock
from directory.models import CoordinationScope, LeadArea, Place, Unit
from donors.mobilisation.targets import PlannedTarget
from donors.models import MobilisationPlan, MobilisationTarget
from donors.numbers import grouped
from needs.models import AgeBand, Need, ReferencePrice, SupportItem

# What the sums are over, by whether the plan is a commune's own.
BY_PLACE = {True: ("item", "place", "age_band"), False: ("item", "place__unit", "age_band")}


@dataclass(frozen=True)
class Price:
    """Whole đồng for one unit of an item, of the newest year up to the plan's that has one."""

    year: int
    amount: int


@dataclass(frozen=True)
class Proposal:
    """``target`` is what could stand in the plan; the rest says where its figures come from."""

    target: PlannedTarget
    needed: int
    covered: int
    years: tuple[int, int]
    price: Price | None
    others: int
    is_planned: bool = False

    @property
    def key(self) -> str:
        """“7”, or “7-12-3” of a place and an age band: what a tick says."""
        item, place, band = self.target.item, self.target.place, self.target.age_band
        assert item is not None
        return "-".join(str(part.pk) for part in (item, place, band) if part)

    @property
    def what(self) -> str:
        """“Đồ ấm, xã Ia Đal, 3-5 tuổi”."""
        target = self.target
        place = target.place.full_name if target.place else ""
        return ", ".join(filter(None, (str(target.item), place, str(target.age_band or ""))))

    @property
    def left(self) -> int:
        return self.needed - self.covered

    @property
    def unit(self) -> str:
        return self.target.item.unit if self.target.item else ""

    @property
    def explanation(self) -> str:
        first, last = self.years
        message = _(
            "%(needed)s %(unit)s needed by the reviews of %(years)s, %(covered)s of them covered; %(left)s "
            "are left, for %(children)s children."
        )
        shown = {
            "needed": grouped(self.needed),
            "covered": grouped(self.covered),
            "left": grouped(self.left),
            "unit": self.unit,
            "years": str(first) if first == last else f"{first}-{last}",
            "children": grouped(self.target.children or 0),
        }
        return " ".join(filter(None, (message % shown, self._price_in_words, self._others_in_words)))

    @property
    def _price_in_words(self) -> str:
        if self.price is None:
            return _("The item has no reference price, so no amount is proposed.")
        message = _("At the reference price of %(year)s, %(amount)s đồng each.")
        return message % {"year": self.price.year, "amount": grouped(self.price.amount)}

    @property
    def _others_in_words(self) -> str:
        if not self.others:
            return ""
        message = _("Other units plan %(others)s %(unit)s of it already.")
        return message % {"others": grouped(self.others), "unit": self.unit}


def proposals(
    plan: MobilisationPlan, planned: Iterable[PlannedTarget], *, finely: bool = False
) -> list[Proposal]:
    """In the order of the catalogue. ``planned``: what the plan says already; those lines are marked.

    ``finely``: by place and age band. What needs no longer name a place of today is in the sums alone.
    """
    rows = list(_uncovered(plan, BY_PLACE[_is_of_commune(plan)] if finely else ("item",)))
    items = SupportItem.objects.catalogue().in_bulk([row["item"] for row in rows])
    prices, others = _prices(items, plan.year), _planned_by_others(plan, items)
    places, bands = (_places(plan, rows), AgeBand.objects.in_bulk()) if finely else ({}, {})
    known, found = list(planned), []
    for row in rows:
        place = places.get(row.get("place", row.get("place__unit")))
        if finely and place is None:
            continue
        band = bands.get(row.get("age_band"))
        of_item = items[row["item"]], prices.get(row["item"]), others.get(row["item"], 0)
        found.append(_proposal(row, *of_item, known, place, None if band and band.is_all else band))
    return sorted(found, key=_in_order)


def _is_of_commune(plan: MobilisationPlan) -> bool:
    return plan.agency.unit.level == Unit.Level.COMMUNE


def _places(plan: MobilisationPlan, rows: Iterable[dict]) -> dict[int, Place]:
    """By the id of the place; unless the plan is a commune's own, the whole communes by that of the unit."""
    if _is_of_commune(plan):
        return Place.objects.select_related("unit").in_bulk({row["place"] for row in rows})
    return {place.unit_id: place for place in Place.objects.whole_communes_of(plan.scope, clock.today())}


def _in_order(proposal: Proposal) -> tuple[int, int, str, str, int]:
    item, place, band = proposal.target.item, proposal.target.place, proposal.target.age_band
    assert item is not None
    named = place.full_name if place else ""
    return item.area.order, item.order, item.code, named, band.from_year if band else -1


def _proposal(
    row: dict,
    item: SupportItem,
    price: Price | None,
    others: int,
    known: Iterable[PlannedTarget],
    place: Place | None,
    band: AgeBand | None,
) -> Proposal:
    left = row["needed"] - row["was_covered"]
    target = PlannedTarget(
        item.area,
        item,
        place=place,
        age_band=band,
        children=row["for_children"],
        quantity=left,
        amount=left * price.amount if price else None,
    )
    return Proposal(
        target,
        row["needed"],
        row["was_covered"],
        (row["first"], row["last"]),
        price,
        others,
        any(_plans(line, target) for line in known),
    )


def _plans(line: PlannedTarget, target: PlannedTarget) -> bool:
    """The plan has a line of the item, and it is not for other places or other ages only."""
    if (line.item, line.source_kind) != (target.item, target.source_kind):
        return False
    here = not (line.place and target.place) or _holds(line.place, target.place)
    bands = line.age_band, target.age_band
    return here and (not all(bands) or line.age_band == target.age_band or any(b and b.is_all for b in bands))


def _holds(place: Place, other: Place) -> bool:
    whole = Place.Kind.COMMUNE in (place.kind, other.kind)
    return place.pk == other.pk or (whole and place.unit_id == other.unit_id)


def _uncovered(plan: MobilisationPlan, by: Sequence[str]) -> QuerySet:
    """Sums over the needs that are open and not covered in full."""
    needs = Need.objects.open_needs().filter(
        place__unit_id__in=_units(plan), round__year__lte=plan.year, round__scope=plan.scope
    )
    if areas := _led_areas(plan):
        needs = needs.filter(item__area_id__in=areas)
    return (
        needs.order_by()
        .values(*by)
        .annotate(
            needed=Sum(F("balance__quantity")),
            was_covered=Sum(F("balance__covered")),
            for_children=Sum("children"),
            first=Min("round__year"),
            last=Max("round__year"),
        )
    )


def _units(plan: MobilisationPlan) -> set[int]:
    root = plan.agency.unit_id if _is_of_commune(plan) else plan.scope_id
    return Unit.objects.within([root], clock.today())


def _led_areas(plan: MobilisationPlan) -> set[int]:
    """Empty: all of them, as for the coordinating office, a commune, a fund or a union."""
    today = clock.today()
    if CoordinationScope.objects.on(today).filter(agency=plan.agency).exists():
        return set()
    return set(LeadArea.objects.on(today).filter(agency=plan.agency).values_list("area_id", flat=True))


def _prices(items: Iterable[int], year: int) -> dict[int, Price]:
    rows = ReferencePrice.objects.filter(item__in=items, year__lte=year).order_by("year")
    return {price.item_id: Price(price.year, price.amount) for price in rows}


def _planned_by_others(plan: MobilisationPlan, items: Iterable[int]) -> dict[int, int]:
    """Quantities by item in the plans that other units have handed in for the year."""
    plans = MobilisationPlan.objects.reckoned().filter(scope=plan.scope, year=plan.year)
    targets = MobilisationTarget.objects.filter(plan__in=plans.exclude(agency=plan.agency), item__in=items)
    sums = targets.order_by().values_list("item").annotate(quantity=Sum("quantity"))
    return {item: quantity or 0 for item, quantity in sums}


def chosen_of(found: Iterable[Proposal], keys: Iterable[str]) -> list[PlannedTarget]:
    """The targets of the proposals that were ticked."""
    wanted = set(keys)
    return [proposal.target for proposal in found if not proposal.is_planned and proposal.key in wanted]
