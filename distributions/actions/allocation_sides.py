"""Both sides of an allocation, held until the transaction ends, and what is written once they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from directory import clock, history
from directory.models import AreaStatus, HistoryEntry, Place, User
from directory.prepared import Prepared, Slot
from directory.prepared_writes import PreparedInsert, add_together
from directory.scope import difficult_among
from distributions import ledger
from distributions.models import Allocation
from distributions.overlap import Service, in_words
from donors.models import SupplyBalance, SupplyLine
from needs.models import Need, NeedBalance

OF_A_PLEDGE_LINE = (
    "earmark",
    "earmark_hard",
    "earmark_area",
    "earmark_need",
    "earmark_place__kind",
    "earmark_place__unit",
    "pledge__code",
    "pledge__scope",
    "pledge__mobilised_by",
)
OF_A_NEED = (
    "item",
    "age_band",
    "closed_at",
    "survey__commune",
    "round__state",
    "round__year",
    "round__scope",
    "place__name",
    "place__kind",
    "place__valid_from",
    "place__valid_to",
    "place__unit__name",
    "place__unit__valid_from",
    "place__unit__valid_to",
    "place__lies_in",
    "place__continues__unit",
)


def _held_supply() -> QuerySet[SupplyBalance]:
    return SupplyBalance.objects.select_for_update(no_key=True)


def _supply_line() -> QuerySet[SupplyLine]:
    related = SupplyLine.objects.select_related("pledge_line__pledge", "pledge_line__earmark_place")
    return related.only("item", *(f"pledge_line__{name}" for name in OF_A_PLEDGE_LINE))


def _held_need(today: date | Slot, *held: str) -> QuerySet[NeedBalance]:
    """A round that is being closed waits for us, or we for it: the need's own row is locked with its
    balance, and read anew. ``held``: what is locked after them."""
    rows = NeedBalance.objects.select_for_update(of=("self", "need", *held), no_key=True)
    difficult = AreaStatus.objects.on(today).filter(unit_id=OuterRef("need__place__unit_id"))
    related = ("need__round", "need__survey", "need__place__unit", "need__place__continues")
    columns = ("quantity", "covered", *(f"need__{name}" for name in OF_A_NEED))
    return rows.annotate(difficult=Exists(difficult)).select_related(*related).only(*columns)


def _held_needs(today: date) -> QuerySet[NeedBalance]:
    """Of a plan, whose overlaps are looked at closely."""
    return _held_need(today).select_related("need__item__area", "need__age_band")


def _hold_places(needs: Iterable[Need]) -> None:
    """Once all needs are held: of two agencies that come at once for two needs of a place, the second is to
    see the first when it asks who else serves it [plan II.4]."""
    places = Place.objects.filter(pk__in={need.place_id for need in needs})
    list(places.select_for_update(no_key=True).order_by("pk").values_list("pk"))


# Of one allocation, which many make at once; those of a plan are asked for together.
HELD_SUPPLY = Prepared(lambda pk: _held_supply().filter(pk=pk))
SUPPLY_LINE = Prepared(lambda pk: _supply_line().filter(pk=pk))
HELD_NEED = Prepared(lambda pk, today: _held_need(today, "need__place").filter(pk=pk))
ALLOCATIONS = PreparedInsert(Allocation)


@dataclass(frozen=True)
class Sides:
    """Supply lines and needs by id, each with its balance; ``difficult``: ids of difficult communes today."""

    supply: dict[int, SupplyLine]
    needs: dict[int, Need]
    difficult: set[int]


@dataclass(frozen=True)
class Wanted:
    """``quantity`` (item's unit) of a supply line for a need, both held."""

    supply_line: SupplyLine
    need: Need
    quantity: int

    def allocation(
        self, by: User, sides: Sides, out_of_scope_reason: str, others: Sequence[Service], overlap_reason: str
    ) -> Allocation:
        """The row to be; it says only the reasons that it needs."""
        outside = self.need.place.unit_id not in sides.difficult
        return Allocation(
            supply_line=self.supply_line,
            need=self.need,
            quantity=self.quantity,
            by=by,
            out_of_scope_reason=out_of_scope_reason.strip() if outside else "",
            overlap_with=in_words(others),
            overlap_reason=overlap_reason.strip() if others else "",
        )


def hold(supply_lines: Iterable[int], needs: Iterable[int], *, taken: bool = False) -> Sides:
    """Lock supply lines, needs and their places in the order of the ledger, in three queries (many: in four).

    What a supply line is meant for is read once it is held: it may have changed while we waited. Only what
    the checks ask is read; what a refusal says besides is read when it is said. ``taken``: the ledger has
    taken up what is wanted, which locks the supply lines; what they have left is not asked.
    """
    held, wanted, today = set(supply_lines), set(needs), clock.today()
    balances = {} if taken else {each.pk: each for each in _of(held, HELD_SUPPLY, _held_supply)}
    lines = {each.pk: each for each in _of(held, SUPPLY_LINE, _supply_line)}
    for pk, balance in balances.items():
        lines[pk].balance = balance
    rows = _of(wanted, HELD_NEED, _held_needs, today=today)
    found = {row.pk: row.need for row in rows}
    if len(wanted) > 1:
        _hold_places(found.values())
    inside = {row.need.place.unit_id for row in rows if row.difficult}
    return Sides(lines, found, inside | _difficult_heirs(found.values()))


def _of(ids: set[int], one: Prepared[Any], many: Callable[..., QuerySet[Any]], **values: Any) -> list[Any]:
    if len(ids) == 1:
        return one.ask(pk=next(iter(ids)), **values)
    return list(many(**values).filter(pk__in=ids).order_by("pk"))


def _difficult_heirs(needs: Iterable[Need]) -> set[int]:
    """Of communes that have ended by now their successors are asked."""
    units = {need.place.unit_id: need.place.unit for need in needs}
    ended = [unit for unit in units.values() if not unit.is_valid_on(clock.today())]
    return difficult_among(ended, clock.today()) if ended else set()


def set_aside(by: User, allocations: Sequence[Allocation], *, taken: bool = False) -> list[Allocation]:
    """Write the rows, move the balances (unless ``taken``) by guarded updates, tell the history of each."""
    made = ALLOCATIONS.add_all(allocations)
    if not taken:
        ledger.take_all(made)
    rows = ledger.rows_of(made, ledger.Deed(by, clock.today()))
    add_together(*rows, (history.ENTRIES, [_told(by, each) for each in made]))
    return made


def _told(by: User, allocation: Allocation) -> HistoryEntry:
    reasons = [allocation.out_of_scope_reason, allocation.overlap_reason]
    return history.entry(
        allocation,
        "allocate",
        by=by,
        reason="; ".join(filter(None, reasons)),
        quantity=allocation.quantity,
        pledge=allocation.supply_line.pledge_line.pledge.code,
        place=allocation.need.place.full_name,
    )
