"""What home shows: the task list of this user now, and the counts that matter for the role."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

import distributions.todo
import donors.todo
import needs.todo
import reports.todo
from directory.models import User
from directory.roles import Permission
from directory.todo import Todo, in_order
from distributions.models import Distribution
from distributions.states import DistributionState
from donors.models import Pledge
from donors.states import PledgeState
from needs.forms.need import ALL_ROUNDS
from needs.listing import Coverage
from needs.models import Need, Survey
from needs.reporting import reporting_of
from needs.states import SurveyState

ROOMS = (needs.todo, donors.todo, distributions.todo, reports.todo)


@dataclass(frozen=True)
class Count:
    """A figure on home and the page that lists what it counts. ``value`` None: not reported."""

    label: str | Promise
    value: int | str | None
    url: str


def tasks_of(user: User) -> list[Todo]:
    """All that the user has to do now, from every room; late ones first."""
    return in_order([task for room in ROOMS for task in room.todo(user)])


def counts_of(user: User) -> list[Count]:
    """Figures within the user's reach; only those whose page the role may open."""
    counts = []
    for permission, label, url_name, count in _COUNTS:
        if user.may(permission) and (url := _url(url_name)):
            counts.append(Count(label, count(user), f"{url}{_NARROWED.get(url_name, '')}"))
    return counts


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _open_needs(user: User) -> int | str | None:
    """None while no commune within reach has an approved survey: that is not 0."""
    if not (user.reach.communes and user.reach.areas):
        return gettext("outside your reach")
    count = Need.objects.visible_to(user).open_needs().count()
    return None if not count and reporting_of(user).is_unknown else count


def _surveys_to_review(user: User) -> int:
    return Survey.objects.visible_to(user).filter(state=SurveyState.SUBMITTED).count()


def _open_pledges(user: User) -> int:
    return Pledge.objects.visible_to(user).filter(state=PledgeState.OPEN).count()


def _on_the_way(user: User) -> int:
    return Distribution.objects.visible_to(user).filter(state=DistributionState.SENT).count()


def _accounts(user: User) -> int:
    return User.objects.filter(is_active=True).count()


# The page opens with what was counted, not with all that it could list.
_NARROWED = {
    "need_list": "?" + urlencode({"round": ALL_ROUNDS, "coverage": Coverage.LACKING.value}),
    "pledge_list": "?" + urlencode({"state": PledgeState.OPEN.value}),
    "distribution_list": "?" + urlencode({"state": DistributionState.SENT.value}),
}

_COUNTS = [
    (Permission.VIEW_NEEDS, _("Needs not yet covered"), "need_list", _open_needs),
    (Permission.REVIEW_SURVEY, _("Surveys waiting for review"), "round_list", _surveys_to_review),
    (Permission.VIEW_DONORS, _("Pledges with something to come"), "pledge_list", _open_pledges),
    (Permission.VIEW_DISTRIBUTIONS, _("Deliveries not yet confirmed"), "distribution_list", _on_the_way),
    (Permission.MANAGE_ACCOUNTS, _("Accounts in use"), "account_list", _accounts),
]
