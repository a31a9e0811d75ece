"""Statuses and transitions of a paper. Later rooms put sign-off before and signing after the issue."""

from django.db import models
from django.utils.translation import pgettext_lazy

from directory.roles import Permission
from directory.states import Transition


class PaperState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("paper", "Draft")
    ISSUED = "issued", pgettext_lazy("paper", "Issued")


PAPER_TRANSITIONS = [
    Transition(
        "issue",
        PaperState.DRAFT,
        PaperState.ISSUED,
        Permission.ISSUE_REPORT,
        "number and date from the clerk's register; not by who compiled it",
    ),
]
