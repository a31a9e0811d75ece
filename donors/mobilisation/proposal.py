"""What a plan could aim at: approved needs that nothing covers yet, at reference prices, each explained.

A commune's plan looks at its own needs, that of an agency which leads areas at those, any other (a fund, a
union, the coordinating office) at the whole scope. Sums by item only: no place, no child.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Max, Min, QuerySet, Sum
from django.utils.translation import gettext as _

from directory import clock
from directory.models import CoordinationScope, LeadArea, Unit
from donors.mobilisation.targets import PlannedTarget
from donors.models import MobilisationPlan, MobilisationTarget
from donors.numbers import grouped
from needs.models import Need, ReferencePrice, SupportItem


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


def proposals(plan: MobilisationPlan, planned: Iterable[PlannedTarget]) -> list[Proposal]:
    """In the order of the catalogue. ``planned``: what the plan says already; those lines are marked."""
    rows = list(_uncovered(plan))
    items = SupportItem.objects.catalogue().in_bulk([row["item"] for row in rows])
    prices, others = _prices(items, plan.year), _planned_by_others(plan, items)
    known = {(target.item.pk if target.item else None, target.source_kind) for target in planned}
    found = [
        _proposal(row, items[row["item"]], prices.get(row["item"]), others.get(row["item"], 0), known)
        for row in rows
    ]
    return sorted(found, key=_in_order)


def _in_order(proposal: Proposal) -> tuple[int, int, str]:
    item = proposal.target.item
    assert item is not None
    return item.area.order, item.order, item.code


def _proposal(
    row: dict, item: SupportItem, price: Price | None, others: int, known: set[tuple[int | None, str]]
) -> Proposal:
    left = row["needed"] - row["was_covered"]
    target = PlannedTarget(
        item.area,
        item,
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
        (item.pk, target.source_kind) in known,
    )


def _uncovered(plan: MobilisationPlan) -> QuerySet:
    """Sums by item over the needs that are open and not covered in full."""
    needs = Need.objects.open_needs().filter(
        place__unit_id__in=_units(plan), round__year__lte=plan.year, round__scope=plan.scope
    )
    if areas := _led_areas(plan):
        needs = needs.filter(item__area_id__in=areas)
    return (
        needs.order_by()
        .values("item")
        .annotate(
            needed=Sum(F("balance__quantity")),
            was_covered=Sum(F("balance__covered")),
            for_children=Sum("children"),
            first=Min("round__year"),
            last=Max("round__year"),
        )
    )


def _units(plan: MobilisationPlan) -> set[int]:
    unit = plan.agency.unit
    root = unit.pk if unit.level == Unit.Level.COMMUNE else plan.scope_id
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
    """The targets of the proposals whose items were ticked."""
    wanted = set(keys)
    return [
        proposal.target
        for proposal in found
        if not proposal.is_planned and proposal.target.item and str(proposal.target.item.pk) in wanted
    ]
