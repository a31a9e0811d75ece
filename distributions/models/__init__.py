"""What goes where. One file per noun."""

from distributions.models.allocation import Allocation, AllocationBalance, AllocationMove
from distributions.models.distribution import ChildTurns, Distribution, DistributionLine
from distributions.models.scan import DeliveryScan
from distributions.models.support_plan import SupportPlan, SupportPlanGap, SupportPlanLine

__all__ = [
    "Allocation",
    "AllocationBalance",
    "AllocationMove",
    "ChildTurns",
    "DeliveryScan",
    "Distribution",
    "DistributionLine",
    "SupportPlan",
    "SupportPlanGap",
    "SupportPlanLine",
]
