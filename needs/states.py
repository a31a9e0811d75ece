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
    SIGNING = "signing", _("Waits for the chair")
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
        "complete, without errors, a note on each warning",
    ),
    Transition(
        "submit",
        SurveyState.RETURNED,
        SurveyState.SUBMITTED,
        Permission.ENTER_SURVEY,
        "complete, without errors, a note on each warning",
    ),
    Transition(
        "submit",
        SurveyState.SIGNING,
        SurveyState.SUBMITTED,
        Permission.ENTER_SURVEY,
        "the round does not ask for the chair any more",
    ),
    Transition(
        "ask chair",
        SurveyState.DRAFT,
        SurveyState.SIGNING,
        Permission.ENTER_SURVEY,
        "the round asks for the chair; complete, without errors, a note on each warning",
    ),
    Transition(
        "ask chair",
        SurveyState.RETURNED,
        SurveyState.SIGNING,
        Permission.ENTER_SURVEY,
        "the round asks for the chair; complete, without errors, a note on each warning",
    ),
    Transition(
        "sign",
        SurveyState.SIGNING,
        SurveyState.SUBMITTED,
        Permission.SIGN_SURVEY,
        "the commune's chair; not who asked for it",
    ),
    Transition(
        "send back",
        SurveyState.SIGNING,
        SurveyState.RETURNED,
        Permission.SIGN_SURVEY,
        "the commune's chair; a reason",
    ),
    Transition(
        "return",
        SurveyState.SUBMITTED,
        SurveyState.RETURNED,
        Permission.REVIEW_SURVEY,
        "a reason; not by who submitted it or typed rows of it",
    ),
    Transition(
        "approve",
        SurveyState.SUBMITTED,
        SurveyState.APPROVED,
        Permission.REVIEW_SURVEY,
        "not by who submitted it or typed rows of it",
    ),
]

ROUND_TRANSITIONS = [
    Transition(
        "close", RoundState.OPEN, RoundState.CLOSED, Permission.MANAGE_ROUNDS, "a reason for the unmet needs"
    ),
]

SURVEY_TONES = {
    SurveyState.DRAFT: "neutral",
    SurveyState.SIGNING: "info",
    SurveyState.SUBMITTED: "info",
    SurveyState.RETURNED: "warn",
    SurveyState.APPROVED: "good",
}
