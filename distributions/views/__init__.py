"""The screens of this room, by noun."""

from distributions.views.allocation import (
    allocation_create,
    allocation_detail,
    allocation_export,
    allocation_list,
    allocation_reverse,
)
from distributions.views.board import allocation_board
from distributions.views.delivery import delivery_confirm
from distributions.views.distribution import (
    distribution_cancel,
    distribution_detail,
    distribution_export,
    distribution_list,
    distribution_record,
    distribution_send,
)
from distributions.views.planning import distribution_change, distribution_create
from distributions.views.scan import delivery_scan, delivery_scan_keep, delivery_scan_remove
from distributions.views.shortfall import difference_note, missing_settle
from distributions.views.support_plan import (
    support_plan_accept,
    support_plan_detail,
    support_plan_export,
    support_plan_list,
    support_plan_propose,
    support_plan_undo,
)

__all__ = [
    "allocation_board",
    "allocation_create",
    "allocation_detail",
    "allocation_export",
    "allocation_list",
    "allocation_reverse",
    "delivery_confirm",
    "delivery_scan",
    "delivery_scan_keep",
    "delivery_scan_remove",
    "difference_note",
    "distribution_cancel",
    "distribution_change",
    "distribution_create",
    "distribution_detail",
    "distribution_export",
    "distribution_list",
    "distribution_record",
    "distribution_send",
    "missing_settle",
    "support_plan_accept",
    "support_plan_detail",
    "support_plan_export",
    "support_plan_list",
    "support_plan_propose",
    "support_plan_undo",
]
