"""What goes where. One file per noun."""

from distributions.models.allocation import Allocation, AllocationBalance, AllocationMove
from distributions.models.distribution import ChildTurns, Distribution, DistributionLine

__all__ = [
    "Allocation",
    "AllocationBalance",
    "AllocationMove",
    "ChildTurns",
    "Distribution",
    "DistributionLine",
]
