"""Who may do what, on one page.

A role says which *deeds* a person may do at all. On which *objects* is a second question: reach
(``directory/reach.py``) says what they see, each app's ``permissions.py`` what they may do to it.
"""

from dataclasses import dataclass
from enum import Enum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(Enum):
    """One deed, or one kind of page."""

    VIEW_SURVEYS = "see surveys within reach"
    ENTER_SURVEY = "fill in and submit a survey"
    SIGN_SURVEY = "sign off a commune's survey as its chair before it goes"
    REVIEW_SURVEY = "return or approve a survey"
    GIVE_OPINION = "give a lead agency's opinion on the needs of its area"
    MANAGE_ROUNDS = "open and close survey rounds"
    MANAGE_CATALOGUE = "keep the catalogue of support items"
    VIEW_NEEDS = "see approved needs within reach"
    VIEW_DONORS = "see donors, pledges and stock within reach"
    RECORD_DONATIONS = "register donors, record pledges and receipts"
    APPROVE_PLAN = "approve or return a mobilisation plan"
    ALLOCATE = "allocate supply to needs and reverse allocations"
    VIEW_DISTRIBUTIONS = "see distributions within reach"
    DISTRIBUTE = "plan and send distributions"
    CONFIRM_DELIVERY = "confirm what arrived"
    DECIDE_LOSS = "decide that goods are lost"
    SUPERVISE = "plan supervision visits, write down findings, follow recommendations"
    ANSWER_RECOMMENDATION = "answer the recommendations made to one's own agency"
    VIEW_REPORTS = "see and download issued reports"
    COMPILE_REPORT = "open periods, edit the text of the district's report"
    ISSUE_REPORT = "issue the district's report under a number and date"
    MANAGE_ACCOUNTS = "create, deactivate and reset accounts"
    MANAGE_DIRECTORY = "keep units, agencies, signers and holidays"
    MANAGE_PLACES = "enter and end villages and schools within reach"
    USE_WORKBOOKS = "upload workbooks; what they may hold follows from the other permissions"
    DELEGATE = "hand one's own powers to a colleague for a time"


class Role(models.TextChoices):
    COMMUNE_OFFICER = "commune_officer", _("Commune officer")
    AGENCY_OFFICER = "agency_officer", _("Agency officer")
    COORDINATOR = "coordinator", _("Coordinator (LĐTBXH)")
    LEADER = "leader", _("Leader")
    ADMINISTRATOR = "administrator", _("Administrator")


@dataclass(frozen=True)
class RoleDescription:
    """What a role is for, in plain words, and the deeds it may do."""

    purpose: Promise
    permissions: frozenset[Permission]


_SEE = {
    Permission.VIEW_SURVEYS,
    Permission.VIEW_NEEDS,
    Permission.VIEW_DONORS,
    Permission.VIEW_DISTRIBUTIONS,
    Permission.VIEW_REPORTS,
}

ROLES: dict[str, RoleDescription] = {
    Role.COMMUNE_OFFICER: RoleDescription(
        _("Surveys the needs of one commune, records what it mobilises itself, confirms what it receives."),
        frozenset(
            _SEE
            | {
                Permission.ENTER_SURVEY,
                Permission.RECORD_DONATIONS,
                Permission.CONFIRM_DELIVERY,
                Permission.ANSWER_RECOMMENDATION,
                Permission.USE_WORKBOOKS,
                Permission.DELEGATE,
            }
        ),
    ),
    Role.AGENCY_OFFICER: RoleDescription(
        _("Delivers in the areas that the agency leads; records what the agency mobilises."),
        frozenset(
            _SEE
            | {
                Permission.GIVE_OPINION,
                Permission.RECORD_DONATIONS,
                Permission.DISTRIBUTE,
                Permission.ANSWER_RECOMMENDATION,
                Permission.USE_WORKBOOKS,
                Permission.DELEGATE,
            }
        ),
    ),
    Role.COORDINATOR: RoleDescription(
        _("Runs the survey rounds, approves surveys, matches donors to needs, compiles the report."),
        frozenset(
            _SEE
            | {
                Permission.ENTER_SURVEY,
                Permission.REVIEW_SURVEY,
                Permission.MANAGE_ROUNDS,
                Permission.MANAGE_CATALOGUE,
                Permission.RECORD_DONATIONS,
                Permission.ALLOCATE,
                Permission.DISTRIBUTE,
                Permission.CONFIRM_DELIVERY,
                Permission.DECIDE_LOSS,
                Permission.SUPERVISE,
                Permission.ANSWER_RECOMMENDATION,
                Permission.COMPILE_REPORT,
                Permission.MANAGE_PLACES,
                Permission.USE_WORKBOOKS,
                Permission.DELEGATE,
            }
        ),
    ),
    Role.LEADER: RoleDescription(
        _(
            "Reads everything within the scope and issues the district's report; "
            "a commune's chair signs off its survey."
        ),
        frozenset(
            _SEE
            | {
                Permission.SIGN_SURVEY,
                Permission.APPROVE_PLAN,
                Permission.ISSUE_REPORT,
                Permission.DELEGATE,
            }
        ),
    ),
    Role.ADMINISTRATOR: RoleDescription(
        _("Keeps accounts and the directory; sees no survey, donor or delivery."),
        frozenset(
            {
                Permission.MANAGE_ACCOUNTS,
                Permission.MANAGE_DIRECTORY,
                Permission.MANAGE_PLACES,
                Permission.USE_WORKBOOKS,
            }
        ),
    ),
}


def permissions_of(role: str) -> frozenset[Permission]:
    return ROLES[role].permissions if role in ROLES else frozenset()
