"""Nobody reviews what they handed in, signed or typed themselves; who may instead."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from directory.models import User
from directory.roles import Role
from needs import permissions
from needs.models import Survey, SurveyRow


@dataclass(frozen=True)
class OwnWork:
    """Why somebody who reviews surveys does not review this one."""

    code: str
    message: str


def why_not_reviewer(user: User, survey: Survey) -> OwnWork | None:
    """The user's own part in this version; None if there is none, and they may review it."""
    if permissions.submitted_it(user, survey):
        return OwnWork(
            "own_submission",
            _(
                "You submitted this survey yourself, and nobody approves or returns what they submitted. "
                "%(others)s"
            )
            % {"others": _who_may(user, survey)},
        )
    if permissions.signed_it(user, survey):
        return OwnWork(
            "own_signature",
            _(
                "You signed this survey off for the commune yourself, and nobody reviews what they signed. "
                "%(others)s"
            )
            % {"others": _who_may(user, survey)},
        )
    if permissions.typed_it(user, survey):
        return OwnWork(
            "own_entry",
            _(
                "You entered rows of this version on the commune's behalf, and nobody reviews what they "
                "entered. %(others)s"
            )
            % {"others": _who_may(user, survey)},
        )
    return None


def _who_may(user: User, survey: Survey) -> str:
    """Colleagues of the same office who have had no part in it, by name."""
    typed = SurveyRow.objects.filter(survey=survey, saved_by__isnull=False).values("saved_by")
    others = User.objects.colleagues_of(user).filter(role=Role.COORDINATOR)
    others = others.exclude(pk__in=typed).order_by("full_name")
    handed_in = (survey.submitted_by_id, survey.signed_by_id)
    names = ", ".join(
        str(other)
        for other in others
        if other.pk not in handed_in and not permissions.overtaken(other, survey).exists()
    )
    if not names:
        return _(
            "No colleague of your office has an account that may: ask the administrator to open one for a "
            "second reviewer."
        )
    return _("It has to be reviewed by a colleague of the coordinating office: %(names)s.") % {"names": names}
