"""The screens of this room, by noun."""

from distributions.views.allocation import (
    allocation_board,
    allocation_create,
    allocation_detail,
    allocation_export,
    allocation_list,
    allocation_reverse,
)
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

__all__ = [
    "allocation_board",
    "allocation_create",
    "allocation_detail",
    "allocation_export",
    "allocation_list",
    "allocation_reverse",
    "delivery_confirm",
    "distribution_cancel",
    "distribution_change",
    "distribution_create",
    "distribution_detail",
    "distribution_export",
    "distribution_list",
    "distribution_record",
    "distribution_send",
]
