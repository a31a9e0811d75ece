"""Statuses and transitions as data; the diagrams in ``docs/`` are generated from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.roles import Permission
from directory.states import Transition


class RoundState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class SurveyState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")


EDITABLE = frozenset({SurveyState.DRAFT, SurveyState.RETURNED})

SURVEY_TRANSITIONS = [
    Transition(
        "submit",
        SurveyState.DRAFT,
        SurveyState.SUBMITTED,
        Permission.ENTER_SURVEY,
        "complete and without errors",
    ),
    Transition(
        "submit",
        SurveyState.RETURNED,
        SurveyState.SUBMITTED,
        Permission.ENTER_SURVEY,
        "complete and without errors",
    ),
    Transition(
        "return",
        SurveyState.SUBMITTED,
        SurveyState.RETURNED,
        Permission.REVIEW_SURVEY,
        "a reason; not by the submitter",
    ),
    Transition(
        "approve",
        SurveyState.SUBMITTED,
        SurveyState.APPROVED,
        Permission.REVIEW_SURVEY,
        "not by the submitter",
    ),
]

ROUND_TRANSITIONS = [
    Transition(
        "close", RoundState.OPEN, RoundState.CLOSED, Permission.MANAGE_ROUNDS, "a reason for the unmet needs"
    ),
]

SURVEY_TONES = {
    SurveyState.DRAFT: "neutral",
    SurveyState.SUBMITTED: "info",
    SurveyState.RETURNED: "warn",
    SurveyState.APPROVED: "good",
}
