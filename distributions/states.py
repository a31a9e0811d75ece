"""Statuses and transitions as data; the diagrams in ``docs/`` are generated from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.roles import Permission
from directory.states import Transition


class DistributionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")


DISTRIBUTION_TRANSITIONS = [
    Transition(
        "send", DistributionState.PLANNED, DistributionState.SENT, Permission.DISTRIBUTE, "all goods in stock"
    ),
    Transition(
        "cancel", DistributionState.PLANNED, DistributionState.CANCELLED, Permission.DISTRIBUTE, "a reason"
    ),
    Transition(
        "call back",
        DistributionState.SENT,
        DistributionState.CANCELLED,
        Permission.DISTRIBUTE,
        "a reason; before the commune has confirmed",
    ),
    Transition(
        "confirm",
        DistributionState.SENT,
        DistributionState.CONFIRMED,
        Permission.CONFIRM_DELIVERY,
        "by the receiving commune, or on its behalf from the signed paper; not by the sender",
    ),
]


class VisitState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


VISIT_TRANSITIONS = [
    Transition(
        "record",
        VisitState.PLANNED,
        VisitState.DONE,
        Permission.SUPERVISE,
        "an answer to every question; not by who sent the delivery",
    ),
    Transition("cancel", VisitState.PLANNED, VisitState.CANCELLED, Permission.SUPERVISE, "a reason"),
]


class RecommendationState(models.TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


RECOMMENDATION_TRANSITIONS = [
    Transition(
        "answer",
        RecommendationState.OPEN,
        RecommendationState.ANSWERED,
        Permission.ANSWER_RECOMMENDATION,
        "by the agency that is to do it",
    ),
    Transition(
        "send back", RecommendationState.ANSWERED, RecommendationState.OPEN, Permission.SUPERVISE, "a reason"
    ),
    Transition(
        "close",
        RecommendationState.ANSWERED,
        RecommendationState.CLOSED,
        Permission.SUPERVISE,
        "not by who answered it",
    ),
    Transition(
        "withdraw", RecommendationState.OPEN, RecommendationState.CLOSED, Permission.SUPERVISE, "a reason"
    ),
]
