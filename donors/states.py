"""Statuses and transitions as data; the diagrams in ``docs/`` are generated from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.roles import Permission
from directory.states import Transition


class PledgeState(models.TextChoices):
    OPEN = "open", _("Open")
    RECEIVED = "received", _("Received in full")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    DEFAULTED = "defaulted", _("Not kept")


PLEDGE_TRANSITIONS = [
    Transition(
        "receive", PledgeState.OPEN, PledgeState.RECEIVED, Permission.RECORD_DONATIONS, "nothing left to come"
    ),
    Transition(
        "withdraw",
        PledgeState.OPEN,
        PledgeState.WITHDRAWN,
        Permission.RECORD_DONATIONS,
        "a reason; nothing received or allocated",
    ),
    Transition(
        "reopen",
        PledgeState.RECEIVED,
        PledgeState.OPEN,
        Permission.RECORD_DONATIONS,
        "a receipt of it is taken back with a reason",
    ),
    Transition(
        "undo",
        PledgeState.RECEIVED,
        PledgeState.WITHDRAWN,
        Permission.RECORD_DONATIONS,
        "brought without a pledge; its receipt is taken back with a reason",
    ),
    Transition(
        "expire",
        PledgeState.OPEN,
        PledgeState.EXPIRED,
        Permission.RECORD_DONATIONS,
        "a reason; overdue; what has not come is not allocated",
    ),
    Transition(
        "default",
        PledgeState.OPEN,
        PledgeState.DEFAULTED,
        Permission.ALLOCATE,
        "a reason; reverses what is allocated and has not come",
    ),
]


class PurchaseState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


PURCHASE_TRANSITIONS = [
    Transition(
        "complete",
        PurchaseState.PLANNED,
        PurchaseState.DONE,
        Permission.RECORD_DONATIONS,
        "an invoice; what was received and spent",
    ),
    Transition(
        "cancel",
        PurchaseState.PLANNED,
        PurchaseState.CANCELLED,
        Permission.RECORD_DONATIONS,
        "a reason; nothing of it allocated",
    ),
    Transition(
        "take_back",
        PurchaseState.DONE,
        PurchaseState.PLANNED,
        Permission.RECORD_DONATIONS,
        "a reason; nothing of it sent, moved or written off",
    ),
]


class PlanState(models.TextChoices):
    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", _("Waits for approval")
    APPROVED = "approved", _("Approved")


MOBILISATION_PLAN_TRANSITIONS = [
    Transition(
        "submit", PlanState.DRAFT, PlanState.SUBMITTED, Permission.RECORD_DONATIONS, "at least one target"
    ),
    Transition("return", PlanState.SUBMITTED, PlanState.DRAFT, Permission.APPROVE_PLAN, "a reason"),
    Transition(
        "approve", PlanState.SUBMITTED, PlanState.APPROVED, Permission.APPROVE_PLAN, "not by who submitted it"
    ),
]
