"""Who may do which verb on which object of this room, as sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Forbidden
from directory.models import Agency, Place, Succession, Unit, User
from directory.roles import Permission, Role
from distributions.models import (
    Allocation,
    DeliveryScan,
    Distribution,
    Recommendation,
    SupervisionVisit,
)
from distributions.scope import follows
from distributions.states import DistributionState
from donors.models import SupplyLine
from needs.models import Need


def may_allocate_to(user: User, need: Need) -> bool:
    """The coordinating office matches supply to the needs of its own scope."""
    return user.may(Permission.ALLOCATE) and need.place.unit_id in user.reach.communes


def may_allocate_from(user: User, supply_line: SupplyLine) -> bool:
    return user.may(Permission.ALLOCATE) and supply_line.pledge_line.pledge.scope_id in user.reach.scopes


def may_plan_support(user: User, scope: Unit) -> bool:
    """The coordinating office accepts and undoes the support plans of its own scope."""
    return user.may(Permission.ALLOCATE) and scope.pk in user.reach.scopes


def may_reverse(user: User, allocation: Allocation) -> bool:
    return may_allocate_to(user, allocation.need)


def may_distribute_for(user: User, agency: Agency) -> bool:
    """An agency's officers distribute for their own agency (and for what it has taken over)."""
    return user.may(Permission.DISTRIBUTE) and agency.pk in user.reach.agencies


def communes_received_for(user: User) -> set[int]:
    """The ids of the communes whose officer the user is, or stands in for, and of what these absorbed."""
    own = {
        principal.agency.unit_id
        for principal in user.principals
        if principal.role == Role.COMMUNE_OFFICER and principal.agency is not None
    }
    return Succession.objects.predecessors(own, clock.today())


def receives(user: User, distribution: Distribution) -> bool:
    """The user is an officer of the receiving commune, or stands in for one."""
    return distribution.place.unit_id in communes_received_for(user)


def may_confirm_for_commune(user: User, distribution: Distribution) -> bool:
    """The coordinating office may enter the commune's confirmation from the signed paper."""
    return (
        user.may(Permission.CONFIRM_DELIVERY)
        and any(principal.role == Role.COORDINATOR for principal in user.principals)
        and distribution.place.unit_id in user.reach.communes
    )


def may_correct(user: User, distribution: Distribution) -> bool:
    """Whoever may say what arrived may also say that it was said wrongly; never who sent it."""
    return distribution.state == DistributionState.CONFIRMED and may_confirm(user, distribution)


def may_keep_scan(user: User, distribution: Distribution) -> bool:
    """Whoever may confirm what arrives at the place, also after the confirmation."""
    return user.may(Permission.CONFIRM_DELIVERY) and (
        receives(user, distribution) or may_confirm_for_commune(user, distribution)
    )


def may_see_set_aside(user: User, distribution: Distribution) -> bool:
    """What is not of this record is no business of its readers: the coordinating office alone opens it."""
    return may_confirm_for_commune(user, distribution)


def may_take_scan_away(user: User, distribution: Distribution, scan: DeliveryScan) -> bool:
    """Who brought it, while it counts; the coordinating office also what was set aside."""
    if may_see_set_aside(user, distribution):
        return True
    return scan.is_kept and scan.is_from(user) and may_keep_scan(user, distribution)


def may_supervise(user: User, scope: Unit) -> bool:
    """The coordinating office inspects, within its own scope [plan II.3.3]."""
    return user.may(Permission.SUPERVISE) and scope.pk in user.reach.scopes


def may_supervise_at(user: User, place: Place) -> bool:
    return user.may(Permission.SUPERVISE) and place.unit_id in user.reach.communes


def may_inspect(user: User, visit: SupervisionVisit) -> bool:
    """The coordinating office writes down and corrects what was found; nobody of a delivery they sent."""
    sent_it = visit.distribution is not None and visit.distribution.sent_by_id == user.pk
    return may_supervise_at(user, visit.place) and not sent_it


def may_answer(user: User, recommendation: Recommendation) -> bool:
    """The officers of the agency that is to do it, or of its successor."""
    return user.may(Permission.ANSWER_RECOMMENDATION) and recommendation.owner_id in user.reach.agencies


def may_decide_missing(user: User, distribution: Distribution) -> bool:
    """The coordinating office decides what became of missing goods, within its own scope [plan II.4]."""
    return user.may(Permission.DECIDE_LOSS) and distribution.place.unit_id in user.reach.communes


def may_confirm(user: User, distribution: Distribution) -> bool:
    """Nobody confirms what they sent themselves."""
    if distribution.sent_by_id == user.pk or not user.may(Permission.CONFIRM_DELIVERY):
        return False
    return receives(user, distribution) or may_confirm_for_commune(user, distribution)


def check_may_confirm(by: User, distribution: Distribution, on_behalf_of: Agency | None) -> Agency | None:
    """Whose confirmation it is: None for the commune's own officers. Raises ``Forbidden``."""
    if distribution.sent_by_id == by.pk:
        raise Forbidden(
            _(
                "You sent %(code)s yourself, so somebody else must confirm it: an officer of %(commune)s, "
                "or a colleague from the signed paper."
            )
            % {"code": distribution.code, "commune": distribution.place.unit.name}
        )
    if by.may(Permission.CONFIRM_DELIVERY) and receives(by, distribution):
        return None
    unit = distribution.place.unit
    if not may_confirm_for_commune(by, distribution):
        raise Forbidden(
            _(
                "Only officers of %(commune)s confirm what arrived there, or the coordinating office from "
                "the signed paper. Ask one of them."
            )
            % {"commune": unit.name}
        )
    if on_behalf_of is None or not follows(on_behalf_of, unit, clock.today()):
        raise Forbidden(
            _(
                "The coordinating office confirms on behalf of the commune only: say that you enter this "
                "from the paper that %(commune)s signed."
            )
            % {"commune": unit.name}
        )
    return on_behalf_of
