"""Every write of this room, one function per verb."""

from distributions.actions.allocation import allocate, reverse_allocation
from distributions.actions.delivery import ConfirmedLine, confirm_delivery
from distributions.actions.distribution import (
    PlannedLine,
    cancel_distribution,
    plan_distribution,
    send_distribution,
)
from distributions.actions.replanning import replan_distribution

__all__ = [
    "ConfirmedLine",
    "PlannedLine",
    "allocate",
    "cancel_distribution",
    "confirm_delivery",
    "plan_distribution",
    "replan_distribution",
    "reverse_allocation",
    "send_distribution",
]
