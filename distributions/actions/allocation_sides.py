"""Both sides of an allocation, held until the transaction ends, and what is written once they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from directory import clock, history
from directory.models import AreaStatus, User
from directory.scope import difficult_among
from distributions import ledger
from distributions.models import Allocation
from distributions.overlap import Service, in_words
from donors.models import SupplyLine
from needs.models import Need, NeedBalance

OF_A_NEED = (
    "need__round",
    "need__survey",
    "need__item__area",
    "need__age_band",
    "need__place__unit",
    "need__place__continues",
)


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


def hold(supply_lines: Iterable[int], needs: Iterable[int]) -> Sides:
    """Lock supply lines and needs in the order of the ledger, in three queries.

    What a supply line is meant for is read once it is held: it may have changed while we waited. A round that
    is being closed waits for us, or we for it: the need's own row is locked with its balance, and read anew.
    """
    balances = ledger.lock(supply_lines).supply
    lines = SupplyLine.objects.select_related(
        "item", "pledge_line__pledge__scope", "pledge_line__earmark_place"
    ).in_bulk(balances)
    for pk, line in lines.items():
        line.balance = balances[pk]
    rows = NeedBalance.objects.select_for_update(of=("self", "need"), no_key=True).filter(pk__in=set(needs))
    difficult = AreaStatus.objects.on(clock.today()).filter(unit_id=OuterRef("need__place__unit_id"))
    rows = rows.annotate(difficult=Exists(difficult)).select_related(*OF_A_NEED).order_by("pk")
    held = {row.pk: row for row in rows}
    found = {pk: row.need for pk, row in held.items()}
    inside = {row.need.place.unit_id for row in held.values() if row.difficult}
    return Sides(lines, found, inside | _difficult_heirs(found.values()))


def _difficult_heirs(needs: Iterable[Need]) -> set[int]:
    """Of communes that have ended by now their successors are asked."""
    units = {need.place.unit_id: need.place.unit for need in needs}
    ended = [unit for unit in units.values() if not unit.is_valid_on(clock.today())]
    return difficult_among(ended, clock.today()) if ended else set()


def set_aside(by: User, allocations: Sequence[Allocation]) -> list[Allocation]:
    """Write the rows, move the balances by guarded updates, tell the history of each."""
    made = Allocation.objects.bulk_create(allocations)
    ledger.set_aside_all(made, ledger.Deed(by, clock.today()))
    for allocation in made:
        reasons = [allocation.out_of_scope_reason, allocation.overlap_reason]
        history.record(
            allocation,
            "allocate",
            by=by,
            reason="; ".join(filter(None, reasons)),
            quantity=allocation.quantity,
            pledge=allocation.supply_line.pledge_line.pledge.code,
            place=allocation.need.place.full_name,
        )
    return made
