"""What goes where. One file per noun."""

from distributions.models.allocation import Allocation, AllocationBalance, AllocationMove
from distributions.models.checklist import ChecklistItem
from distributions.models.correction import CorrectedTurns, DeliveryCorrection
from distributions.models.distribution import ChildTurns, Distribution, DistributionLine
from distributions.models.recommendation import Recommendation
from distributions.models.sample import SupervisionSample
from distributions.models.scan import DeliveryScan
from distributions.models.support_plan import (
    SupportPlan,
    SupportPlanDeclined,
    SupportPlanGap,
    SupportPlanLine,
)
from distributions.models.visit import Finding, SupervisionVisit
from distributions.models.visit_correction import CorrectedFinding, VisitCorrection

__all__ = [
    "Allocation",
    "AllocationBalance",
    "AllocationMove",
    "ChecklistItem",
    "ChildTurns",
    "CorrectedFinding",
    "CorrectedTurns",
    "DeliveryCorrection",
    "DeliveryScan",
    "Distribution",
    "DistributionLine",
    "Finding",
    "Recommendation",
    "SupervisionSample",
    "SupervisionVisit",
    "SupportPlan",
    "SupportPlanDeclined",
    "SupportPlanGap",
    "SupportPlanLine",
    "VisitCorrection",
]
