"""Handing one's own powers to a colleague for a time."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Problem, Refusal, WrongState
from directory.models import Delegation, User
from directory.permissions import demand_delegation, demand_end_of_delegation


@action
def delegate(
    *,
    by: User,
    to_user: User,
    valid_from: date,
    valid_to: date,
    reason: str,
    key: uuid.UUID | None = None,
) -> Delegation:
    """Let ``to_user`` see and do what ``by`` may, from the first to the last day.

    Only what one's own role gives is handed on, never what a colleague has delegated. Raises ``Forbidden``;
    ``Refusal`` naming all that is wrong.
    """
    demand_delegation(by)
    # One row per pair at a time: the giver's is locked while the others are looked through.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    problems = [*_problems_of_person(by, to_user), *_problems_of_days(by, to_user, valid_from, valid_to)]
    if problems:
        raise Refusal(problems, code="invalid_delegation")
    delegation = Delegation.objects.create(
        from_user=by, to_user=to_user, valid_from=valid_from, valid_to=valid_to, reason=reason
    )
    history.record(
        delegation,
        "delegate",
        by=by,
        reason=reason,
        to=str(to_user),
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat(),
    )
    return delegation


@action
def end_delegation(*, by: User, delegation: Delegation, reason: str = "") -> Delegation:
    """End a delegation before its last day, from this moment on.

    The giver may, the receiver, and an administrator. Raises ``Forbidden``; ``WrongState`` if it is over.
    """
    delegation = Delegation.objects.select_for_update(no_key=True).get(pk=delegation.pk)
    demand_end_of_delegation(by, delegation)
    if delegation.ended_at or (delegation.valid_to and delegation.valid_to < clock.today()):
        raise WrongState(_("This delegation is over already; nothing was changed."))
    delegation.ended_at = clock.now()
    delegation.save(update_fields=["ended_at"])
    history.record(delegation, "end delegation", by=by, reason=reason)
    return delegation


def _problems_of_person(by: User, to_user: User) -> list[Problem]:
    if to_user == by:
        return [Problem(_("Nobody delegates to oneself. Choose a colleague."), "to_user")]
    if not to_user.is_active:
        message = _("The account of %(name)s is deactivated. Choose another colleague.")
    elif to_user.agency_id is None or to_user.agency_id != by.agency_id:
        message = _(
            "%(name)s works for another agency, and powers stay within the own one. "
            "Choose a colleague of your agency."
        )
    else:
        return []
    return [Problem(message % {"name": to_user}, "to_user")]


def _problems_of_days(by: User, to_user: User, valid_from: date, valid_to: date) -> list[Problem]:
    today = clock.today()
    if valid_from < today:
        message = _("A delegation cannot begin in the past. Begin it on %(today)s or later.")
        return [Problem(message % {"today": _shown(today)}, "valid_from")]
    if valid_to < valid_from:
        return [Problem(_("The last day lies before the first. Correct one of the two dates."), "valid_to")]
    others = Delegation.objects.filter(from_user=by, to_user=to_user).not_ended()
    other = others.overlapping(valid_from, valid_to).first()
    if other is None:
        return []
    message = _(
        "You have delegated to %(name)s from %(from)s to %(to)s already. End that first, or take other days."
    )
    days = {"from": _shown(other.valid_from), "to": _shown(other.valid_to) if other.valid_to else "…"}
    return [Problem(message % {"name": to_user, **days}, "valid_from")]


def _shown(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
