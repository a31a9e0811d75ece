"""Every write of this room, one function per verb."""

from distributions.actions.allocation import allocate, reverse_allocation
from distributions.actions.delivery import confirm_delivery
from distributions.actions.delivery_checks import ConfirmedLine
from distributions.actions.distribution import (
    PlannedLine,
    cancel_distribution,
    plan_distribution,
    send_distribution,
)
from distributions.actions.replanning import replan_distribution
from distributions.actions.scan import keep_scan, remove_scan
from distributions.actions.shortfall import note_difference, settle_missing
from distributions.actions.support_plan import ProposedGap, ProposedLine, Reasons, accept_plan
from distributions.actions.support_plan_undo import undo_plan

__all__ = [
    "ConfirmedLine",
    "PlannedLine",
    "ProposedGap",
    "ProposedLine",
    "Reasons",
    "accept_plan",
    "allocate",
    "cancel_distribution",
    "confirm_delivery",
    "keep_scan",
    "note_difference",
    "plan_distribution",
    "remove_scan",
    "replan_distribution",
    "reverse_allocation",
    "send_distribution",
    "settle_missing",
    "undo_plan",
]
