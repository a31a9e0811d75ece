"""Statuses and transitions as data; the diagrams in ``docs/`` are generated from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.roles import Permission
from directory.states import Transition


class PledgeState(models.TextChoices):
    OPEN = "open", _("Open")
    RECEIVED = "received", _("Received in full")
    WITHDRAWN = "withdrawn", _("Withdrawn")


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
]
