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
        "confirm",
        DistributionState.SENT,
        DistributionState.CONFIRMED,
        Permission.CONFIRM_DELIVERY,
        "by the receiving commune, or on its behalf from the signed paper; not by the sender",
    ),
]
