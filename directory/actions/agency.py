"""Agencies: who takes over from whom."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock, history
from directory.actions.unit import hand_over
from directory.dated import day_before
from directory.deeds import action
from directory.errors import Problem, Refusal
from directory.models import Agency, AgencySuccession, CoordinationScope, LeadArea, User
from directory.permissions import demand_directory


@action
def succeed_agency(*, by: User, predecessor: Agency, successor: Agency, on: date, legal_basis: str) -> Agency:
    """End ``predecessor`` the day before ``on``; duties, records and accounts go to ``successor``.

    Its coordination and lead areas go on under the successor's name, its active accounts move with their
    roles, and its records come within the successor's reach. Raises ``Forbidden``; ``Refusal`` naming all
    that stands in the way.
    """
    demand_directory(by)
    predecessor = Agency.objects.select_for_update(no_key=True).get(pk=predecessor.pk)
    problems = _problems(predecessor, successor, on)
    if problems:
        raise Refusal(problems, code="invalid_succession")
    hand_over(
        CoordinationScope.objects.filter(agency=predecessor).overlapping(on, None), on, by, agency=successor
    )
    hand_over(LeadArea.objects.filter(agency=predecessor).overlapping(on, None), on, by, agency=successor)
    predecessor.valid_to = day_before(on)
    history.save(predecessor, by=by)
    AgencySuccession.objects.create(predecessor=predecessor, successor=successor, on=on)
    _move_accounts(predecessor, successor, by, legal_basis)
    day = on.isoformat()
    history.record(predecessor, "hand over", by=by, reason=legal_basis, successor=successor.name, on=day)
    history.record(successor, "take over", by=by, reason=legal_basis, predecessor=predecessor.name, on=day)
    return successor


def _move_accounts(predecessor: Agency, successor: Agency, by: User, legal_basis: str) -> None:
    for account in User.objects.filter(agency=predecessor, is_active=True).order_by("pk"):
        account.agency = successor
        history.save(account, by=by)
        history.record(account, "move to the successor", by=by, reason=legal_basis, agency=successor.name)


def _problems(predecessor: Agency, successor: Agency, on: date) -> list[Problem]:
    problems = []
    if on > clock.today():
        # Accounts and duties move with the deed itself, so it is entered when its day has come.
        message = _("A succession is entered on its day or later, not before %(day)s.")
        problems.append(Problem(message % {"day": date_format(on, "SHORT_DATE_FORMAT")}, "on"))
    if predecessor.valid_from >= on or predecessor.valid_to is not None:
        message = _("%(agency)s does not exist up to that day, so it cannot end on it. Choose another day.")
        problems.append(Problem(message % {"agency": predecessor}, "predecessor"))
    if successor == predecessor or not successor.is_valid_on(on):
        message = _("%(agency)s does not exist from that day on. Enter it first, with that day as its first.")
        problems.append(Problem(message % {"agency": successor}, "successor"))
    return problems
