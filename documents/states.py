"""Statuses and transitions of a paper and of an import. Later rooms put sign-off before and signing after
the issue of a paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _
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


class ImportState(models.TextChoices):
    PLANNING = "planning", _("Being checked")
    PREVIEWED = "previewed", _("Waits for confirmation")
    SAVING = "saving", _("Being saved")
    SAVED = "saved", _("Saved")
    REFUSED = "refused", _("Refused")
    DISCARDED = "discarded", _("Discarded")
    EXPIRED = "expired", _("Expired")


# What goes on by itself: nobody waits for the user.
AT_WORK = frozenset({ImportState.PLANNING, ImportState.SAVING})
IMPORT_TONES = {
    ImportState.PLANNING: "info",
    ImportState.PREVIEWED: "warn",
    ImportState.SAVING: "info",
    ImportState.SAVED: "good",
    ImportState.REFUSED: "bad",
    ImportState.DISCARDED: "neutral",
    ImportState.EXPIRED: "neutral",
}

_WORKBOOKS = Permission.USE_WORKBOOKS
IMPORT_TRANSITIONS = [
    Transition("preview", ImportState.PLANNING, ImportState.PREVIEWED, _WORKBOOKS, "a workbook of its kind"),
    Transition("refuse", ImportState.PLANNING, ImportState.REFUSED, _WORKBOOKS, "said of the whole file"),
    Transition("confirm", ImportState.PREVIEWED, ImportState.SAVING, _WORKBOOKS, "by who uploaded it"),
    Transition("save", ImportState.SAVING, ImportState.SAVED, _WORKBOOKS, "all chosen rows, or none"),
    Transition(
        "preview again", ImportState.SAVING, ImportState.PREVIEWED, _WORKBOOKS, "it could not be saved"
    ),
    Transition(
        "check again", ImportState.PREVIEWED, ImportState.PLANNING, _WORKBOOKS, "what it changes has changed"
    ),
    Transition("discard", ImportState.PLANNING, ImportState.DISCARDED, _WORKBOOKS, "by who uploaded it"),
    Transition("discard", ImportState.PREVIEWED, ImportState.DISCARDED, _WORKBOOKS, "by who uploaded it"),
    Transition(
        "expire", ImportState.PLANNING, ImportState.EXPIRED, _WORKBOOKS, "its check never came to an end"
    ),
    Transition("expire", ImportState.PREVIEWED, ImportState.EXPIRED, _WORKBOOKS, "not confirmed in time"),
]
