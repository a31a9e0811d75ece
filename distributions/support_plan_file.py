"""A support plan as a file: its lines, then what it left uncovered. Quantities in the item's unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from distributions.models import SupportPlan, SupportPlanDeclined, SupportPlanGap, SupportPlanLine
from documents.exports import ListColumn, ListFile
from documents.spreadsheet import Value
from donors.models import SupplyLine
from needs.models import Need


@dataclass(frozen=True)
class Row:
    """Of a need: a line of the plan; or (``line`` None) one that was declined, or what stayed uncovered."""

    need: Need
    reason: str
    line: SupportPlanLine | None = None
    lacking: int | None = None
    declined: SupportPlanDeclined | None = None

    def of_line(self, name: str) -> Value:
        return getattr(self.line.allocation.balance, name) if self.line else ""

    @property
    def supply(self) -> SupplyLine | None:
        if self.line:
            return self.line.allocation.supply_line
        return self.declined.supply_line if self.declined else None

    @property
    def pledge(self) -> str:
        return self.supply.pledge_line.pledge.code if self.supply else ""

    @property
    def custodian(self) -> str:
        return self.supply.custodian.short_name if self.supply else ""

    @property
    def giver(self) -> str:
        return str(self.supply.pledge_line.pledge.giver) if self.supply else ""


def rows_of(plan: SupportPlan) -> list[Row]:
    lines = [_of_line(line) for line in plan.lines.with_names()]
    declined = [_of_declined(row) for row in plan.declined.with_names()]
    return lines + declined + [_of_gap(gap) for gap in plan.gaps.with_names()]


def _of_line(line: SupportPlanLine) -> Row:
    return Row(line.allocation.need, line.reason, line)


def _of_declined(row: SupportPlanDeclined) -> Row:
    return Row(row.need, row.reason, declined=row)


def _of_gap(gap: SupportPlanGap) -> Row:
    return Row(gap.need, gap.reason, lacking=gap.lacking)


SUPPORT_PLAN = ListFile[Row](
    _("Support plan"),
    "phuong-an-ho-tro",
    [
        ListColumn(_("Priority"), 10, lambda row: row.need.priority),
        ListColumn(_("Commune"), 18, lambda row: row.need.place.unit.name),
        ListColumn(_("Place"), 24, lambda row: row.need.place.name),
        ListColumn(_("Support item"), 28, lambda row: str(row.need.item)),
        ListColumn(_("Age"), 12, lambda row: row.need.age_band.heading),
        ListColumn(_("Unit of measure"), 10, lambda row: row.need.item.unit),
        ListColumn(_("Survey round"), 24, lambda row: str(row.need.round)),
        ListColumn(_("Pledge"), 14, lambda row: row.pledge),
        ListColumn(_("Source"), 34, lambda row: row.giver),
        ListColumn(_("Kept by"), 20, lambda row: row.custodian),
        ListColumn(_("Allocated"), 12, lambda row: row.of_line("quantity")),
        ListColumn(_("Taken back"), 10, lambda row: row.of_line("reversed")),
        ListColumn(_("Delivered"), 12, lambda row: row.of_line("delivered")),
        ListColumn(
            _("Proposed, not accepted"), 12, lambda row: row.declined.quantity if row.declined else ""
        ),
        ListColumn(_("Stayed uncovered"), 12, lambda row: "" if row.lacking is None else row.lacking),
        ListColumn(_("Reason"), 60, lambda row: row.reason),
    ],
)
