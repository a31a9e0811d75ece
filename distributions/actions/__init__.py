"""Every write of this room, one function per verb."""

from distributions.actions.allocation import allocate, reverse_allocation
from distributions.actions.checklist import add_question, change_question, retire_question
from distributions.actions.correction import correct_delivery
from distributions.actions.default import default_pledge
from distributions.actions.delivery import confirm_delivery
from distributions.actions.delivery_checks import ConfirmedLine
from distributions.actions.distribution import (
    PlannedLine,
    call_back_distribution,
    cancel_distribution,
    plan_distribution,
    send_distribution,
)
from distributions.actions.recommendation import (
    Recommended,
    answer_recommendation,
    close_recommendation,
    recommend,
    send_back_recommendation,
)
from distributions.actions.replanning import replan_distribution
from distributions.actions.sample import draw_sample
from distributions.actions.scan import keep_scan, take_scan_away, tell_distribution
from distributions.actions.shortfall import note_difference, settle_missing
from distributions.actions.support_plan import ProposedGap, ProposedLine, Reasons, accept_plan
from distributions.actions.support_plan_undo import undo_plan
from distributions.actions.visit import cancel_visit, plan_visit, record_visit
from distributions.actions.visit_checks import Found
from distributions.actions.visit_correction import RightVisit, correct_visit

__all__ = [
    "ConfirmedLine",
    "Found",
    "PlannedLine",
    "ProposedGap",
    "ProposedLine",
    "Reasons",
    "Recommended",
    "RightVisit",
    "accept_plan",
    "add_question",
    "allocate",
    "answer_recommendation",
    "call_back_distribution",
    "cancel_distribution",
    "cancel_visit",
    "change_question",
    "close_recommendation",
    "confirm_delivery",
    "correct_delivery",
    "correct_visit",
    "default_pledge",
    "draw_sample",
    "keep_scan",
    "note_difference",
    "plan_distribution",
    "plan_visit",
    "recommend",
    "record_visit",
    "replan_distribution",
    "retire_question",
    "reverse_allocation",
    "send_back_recommendation",
    "send_distribution",
    "settle_missing",
    "take_scan_away",
    "tell_distribution",
    "undo_plan",
]
