"""The screens of this room, by noun."""

from distributions.views.allocation import (
    allocation_create,
    allocation_detail,
    allocation_export,
    allocation_list,
    allocation_reverse,
)
from distributions.views.board import allocation_board
from distributions.views.correction import delivery_correct
from distributions.views.default import pledge_default
from distributions.views.delivery import delivery_confirm
from distributions.views.distribution import (
    distribution_cancel,
    distribution_detail,
    distribution_export,
    distribution_list,
    distribution_record,
)
from distributions.views.planning import distribution_change, distribution_create
from distributions.views.recommendation import (
    recommendation_answer,
    recommendation_close,
    recommendation_create,
    recommendation_detail,
    recommendation_export,
    recommendation_list,
    recommendation_send_back,
)
from distributions.views.scan import delivery_scan, delivery_scan_keep, delivery_scan_remove
from distributions.views.sending import distribution_call_back, distribution_send
from distributions.views.shortfall import difference_note, missing_settle
from distributions.views.supervision import (
    checklist,
    checklist_change,
    checklist_retire,
    sample_create,
    sample_detail,
)
from distributions.views.support_plan import (
    support_plan_accept,
    support_plan_detail,
    support_plan_export,
    support_plan_list,
    support_plan_propose,
    support_plan_undo,
)
from distributions.views.visit import (
    visit_cancel,
    visit_create,
    visit_detail,
    visit_export,
    visit_list,
    visit_record,
)
from distributions.views.visit_correction import visit_correct

__all__ = [
    "allocation_board",
    "allocation_create",
    "allocation_detail",
    "allocation_export",
    "allocation_list",
    "allocation_reverse",
    "checklist",
    "checklist_change",
    "checklist_retire",
    "delivery_confirm",
    "delivery_correct",
    "delivery_scan",
    "delivery_scan_keep",
    "delivery_scan_remove",
    "difference_note",
    "distribution_call_back",
    "distribution_cancel",
    "distribution_change",
    "distribution_create",
    "distribution_detail",
    "distribution_export",
    "distribution_list",
    "distribution_record",
    "distribution_send",
    "missing_settle",
    "pledge_default",
    "recommendation_answer",
    "recommendation_close",
    "recommendation_create",
    "recommendation_detail",
    "recommendation_export",
    "recommendation_list",
    "recommendation_send_back",
    "sample_create",
    "sample_detail",
    "support_plan_accept",
    "support_plan_detail",
    "support_plan_export",
    "support_plan_list",
    "support_plan_propose",
    "support_plan_undo",
    "visit_cancel",
    "visit_correct",
    "visit_create",
    "visit_detail",
    "visit_export",
    "visit_list",
    "visit_record",
]
