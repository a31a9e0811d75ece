"""Mobilisation plans as files: the list, the lines of one, and the plans of a year together.

An empty figure is “not said”, which is not 0.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from documents.exports import ListColumn, ListFile, local_day
from donors.mobilisation.progress import TargetProgress
from donors.mobilisation.rollup import RollupLine
from donors.mobilisation.targets import PlannedTarget
from donors.models import MobilisationPlan


def _counted(plan: MobilisationPlan) -> int:
    return plan.target_count  # type: ignore[attr-defined]


def _amount(plan: MobilisationPlan) -> int | None:
    return plan.amount  # type: ignore[attr-defined]


PLANS = ListFile[MobilisationPlan](
    gettext_lazy("Mobilisation plans"),
    "ke-hoach-van-dong",
    [
        ListColumn(gettext_lazy("Plan of"), 40, lambda plan: plan.agency.name),
        ListColumn(gettext_lazy("Year"), 8, lambda plan: plan.year),
        ListColumn(gettext_lazy("Version"), 10, lambda plan: plan.version),
        ListColumn(gettext_lazy("State"), 18, lambda plan: plan.get_state_display()),
        ListColumn(gettext_lazy("Targets"), 10, lambda plan: _counted(plan)),
        ListColumn(gettext_lazy("Đồng"), 18, lambda plan: _amount(plan)),
        ListColumn(gettext_lazy("Approved on"), 12, lambda plan: local_day(plan.approved_at)),
        ListColumn(gettext_lazy("Note"), 34, lambda plan: plan.note),
    ],
)


def _item(target: PlannedTarget) -> str:
    return str(target.item or "")


def _unit(target: PlannedTarget) -> str:
    return target.item.unit if target.item else ""


def _place(target: PlannedTarget) -> str:
    return target.place.full_name if target.place else ""


TARGETS = ListFile[TargetProgress](
    gettext_lazy("Mobilisation plan"),
    "ke-hoach-van-dong",
    [
        ListColumn(gettext_lazy("Support area"), 24, lambda row: str(row.target.area)),
        ListColumn(gettext_lazy("Goods or service"), 30, lambda row: _item(row.target)),
        ListColumn(gettext_lazy("Source"), 18, lambda row: row.target.source_label),
        ListColumn(gettext_lazy("Place"), 26, lambda row: _place(row.target)),
        ListColumn(gettext_lazy("Age"), 16, lambda row: str(row.target.age_band or "")),
        ListColumn(gettext_lazy("Children"), 10, lambda row: row.target.children),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda row: _unit(row.target)),
        ListColumn(gettext_lazy("Quantity planned"), 12, lambda row: row.target.quantity),
        ListColumn(gettext_lazy("Quantity pledged"), 12, lambda row: row.pledged),
        ListColumn(gettext_lazy("Quantity received"), 12, lambda row: row.received),
        ListColumn(gettext_lazy("Đồng planned"), 18, lambda row: row.target.amount),
        ListColumn(gettext_lazy("Đồng pledged"), 18, lambda row: row.pledged_amount),
        ListColumn(gettext_lazy("Đồng received"), 18, lambda row: row.received_amount),
        ListColumn(gettext_lazy("Note"), 34, lambda row: row.target.note),
    ],
)

ROLLUP = ListFile[RollupLine](
    gettext_lazy("Mobilisation plans of all units"),
    "ke-hoach-van-dong-tong-hop",
    [
        ListColumn(gettext_lazy("Support area"), 24, lambda row: str(row.target.area)),
        ListColumn(gettext_lazy("Goods or service"), 30, lambda row: _item(row.target)),
        ListColumn(gettext_lazy("Source"), 18, lambda row: row.target.source_label),
        ListColumn(gettext_lazy("Children"), 10, lambda row: row.target.children),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda row: _unit(row.target)),
        ListColumn(gettext_lazy("Quantity planned"), 12, lambda row: row.target.quantity),
        ListColumn(gettext_lazy("Đồng planned"), 18, lambda row: row.target.amount),
        ListColumn(gettext_lazy("Planned by"), 40, lambda row: ", ".join(row.units)),
    ],
)
