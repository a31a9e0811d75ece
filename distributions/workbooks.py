"""The lists of this room as files. Quantities in the item's unit, values in whole đồng."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distributions.models import Allocation, DistributionLine
from distributions.states import DistributionState
from documents.exports import ListColumn, ListFile, local_day
from documents.spreadsheet import Value
from donors.models import SupplyLine

ALLOCATIONS = ListFile[Allocation](
    gettext_lazy("Allocations made"),
    "phan-bo",
    [
        ListColumn(gettext_lazy("Commune"), 18, lambda row: row.need.place.unit.name),
        ListColumn(gettext_lazy("Place"), 24, lambda row: row.need.place.name),
        ListColumn(gettext_lazy("Support item"), 28, lambda row: str(row.need.item)),
        ListColumn(gettext_lazy("Age"), 12, lambda row: row.need.age_band.heading),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda row: row.need.item.unit),
        ListColumn(gettext_lazy("Pledge"), 14, lambda row: row.supply_line.pledge_line.pledge.code),
        ListColumn(gettext_lazy("Source"), 34, lambda row: _giver(row.supply_line)),
        ListColumn(gettext_lazy("Kept by"), 20, lambda row: row.supply_line.custodian.short_name),
        ListColumn(gettext_lazy("Allocated"), 12, lambda row: row.quantity),
        ListColumn(gettext_lazy("Not yet sent"), 12, lambda row: row.balance.open),
        ListColumn(gettext_lazy("In transit"), 12, lambda row: row.balance.in_transit),
        ListColumn(gettext_lazy("Delivered"), 12, lambda row: row.balance.delivered),
        ListColumn(gettext_lazy("Returned to stock"), 12, lambda row: row.balance.returned),
        ListColumn(gettext_lazy("Lost"), 10, lambda row: row.balance.lost),
        ListColumn(gettext_lazy("Missing"), 10, lambda row: row.balance.missing),
        ListColumn(gettext_lazy("Taken back"), 10, lambda row: row.balance.reversed),
        ListColumn(gettext_lazy("Day"), 12, lambda row: local_day(row.at)),
        ListColumn(gettext_lazy("Why this place is helped"), 30, lambda row: row.out_of_scope_reason),
        ListColumn(gettext_lazy("Another agency serves the place"), 30, lambda row: row.overlap_with),
        ListColumn(gettext_lazy("Why it gets some from here too"), 30, lambda row: row.overlap_reason),
    ],
)

# A row for each line of a distribution.
DISTRIBUTIONS = ListFile[DistributionLine](
    gettext_lazy("Distributions"),
    "dot-ho-tro",
    [
        ListColumn(gettext_lazy("Code"), 14, lambda line: line.distribution.code),
        ListColumn(gettext_lazy("Commune"), 18, lambda line: line.distribution.place.unit.name),
        ListColumn(gettext_lazy("Place"), 24, lambda line: line.distribution.place.name),
        ListColumn(gettext_lazy("Support area"), 22, lambda line: str(line.distribution.area)),
        ListColumn(gettext_lazy("Lead agency"), 20, lambda line: line.distribution.lead_agency.short_name),
        ListColumn(gettext_lazy("Planned on"), 12, lambda line: line.distribution.planned_on),
        ListColumn(gettext_lazy("Delivered on"), 12, lambda line: line.distribution.occurred_on or ""),
        ListColumn(gettext_lazy("State"), 14, lambda line: line.distribution.get_state_display()),
        ListColumn(gettext_lazy("Support item"), 28, lambda line: str(line.item)),
        ListColumn(gettext_lazy("Age"), 12, lambda line: _age(line)),
        ListColumn(gettext_lazy("Source"), 34, lambda line: _source(line)),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda line: line.item.unit),
        ListColumn(gettext_lazy("Planned"), 10, lambda line: line.planned),
        ListColumn(gettext_lazy("Received"), 10, lambda line: _if_confirmed(line, line.arrived)),
        ListColumn(gettext_lazy("Returned to stock"), 12, lambda line: _if_confirmed(line, line.returned)),
        ListColumn(gettext_lazy("Lost"), 10, lambda line: _if_confirmed(line, line.lost)),
        ListColumn(gettext_lazy("Missing"), 10, lambda line: _if_confirmed(line, line.missing)),
        ListColumn(gettext_lazy("Reason of the difference"), 30, lambda line: line.difference_reason),
        ListColumn(gettext_lazy("Child-turns"), 10, lambda line: _if_confirmed(line, _turns(line))),
        ListColumn(gettext_lazy("Value (đồng)"), 18, lambda line: _if_confirmed(line, _value(line))),
        ListColumn(gettext_lazy("Corrected by"), 10, lambda line: _if_confirmed(line, line.corrected)),
        ListColumn(gettext_lazy("Note"), 34, lambda line: line.distribution.note),
    ],
)


def _giver(line: SupplyLine) -> str:
    return str(line.pledge_line.pledge.giver)


def _age(line: DistributionLine) -> str:
    return line.allocation.need.age_band.heading if line.allocation else ""


def _source(line: DistributionLine) -> str:
    return _giver(line.allocation.supply_line) if line.allocation else str(line.funding_source)


def _turns(line: DistributionLine) -> int | None:
    """None: the commune said none, which is not 0."""
    turns = [counted.standing for counted in line.child_turns.all()]
    return sum(turns) if turns else None


def _value(line: DistributionLine) -> Value:
    return line.value if line.unit_value or not line.arrived else _("not valued")


def _if_confirmed(line: DistributionLine, value: Value) -> Value:
    """Before the commune confirmed there is nothing to say."""
    return value if line.distribution.state == DistributionState.CONFIRMED else ""
