"""Who may do what to which donor or pledge.

Coordinators: all of their scope. Communes, agencies and unions: what they mobilise themselves
[plan IV.8, IV.9].
"""

from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Forbidden
from directory.models import Agency, CoordinationScope, Unit, User
from directory.roles import Permission
from documents.permissions import speaks_for
from donors.models import Donor, MobilisationPlan, Pledge, Receipt, SupplyLine


def scopes_of(user: User) -> list[Unit]:
    """The units coordinated today in which the user may record: their own, else the one around them.

    For a commune's officer that is the district, until a reorganisation says otherwise.
    """
    coordinated = CoordinationScope.objects.on(clock.today()).select_related("unit").order_by("unit__code")
    own = coordinated.filter(unit_id__in=user.reach.scopes)
    return [scope.unit for scope in own or coordinated.filter(unit_id__in=user.reach.around)]


def coordinates(user: User, scope: Unit) -> bool:
    """The whole coordination of the scope is the user's."""
    return scope.pk in user.reach.scopes


def may_register_donor(user: User, scope: Unit) -> bool:
    """Whoever records donations may register a donor in the scope that they work in."""
    return user.may(Permission.RECORD_DONATIONS) and scope in scopes_of(user)


def may_change_donor(user: User, donor: Donor) -> bool:
    """The coordinators of its scope, and the agency that registered it."""
    mine = donor.scope_id in user.reach.scopes or donor.registered_by_id in user.reach.agencies
    return user.may(Permission.RECORD_DONATIONS) and mine


def demand_donor_change(user: User, donor: Donor) -> None:
    """Raise ``Forbidden`` unless the user keeps the entry."""
    if not may_change_donor(user, donor):
        message = _(
            "The entry “%(donor)s” is kept by %(agency)s and the coordinating office. "
            "Tell one of them what to change."
        )
        raise Forbidden(message % {"donor": donor, "agency": donor.registered_by})


def merges_donors(user: User, scope: Unit) -> bool:
    """A merge moves pledges of many agencies: the coordinators of the scope alone."""
    return user.may(Permission.RECORD_DONATIONS) and coordinates(user, scope)


def demand_merging(user: User, donor: Donor) -> None:
    """Raise ``Forbidden`` unless the user may merge entries of the donor's scope."""
    if not merges_donors(user, donor.scope):
        message = _(
            "Entries are merged by the coordinating office, because pledges of several agencies may hang "
            "on them. Tell it that “%(donor)s” is registered twice."
        )
        raise Forbidden(message % {"donor": donor})


def keeps_sources(user: User, scope: Unit) -> bool:
    """The list of funds and budgets is the coordinators'; who keeps a fund sees its own."""
    return user.may(Permission.RECORD_DONATIONS) and coordinates(user, scope)


def demand_source_keeping(user: User, scope: Unit) -> None:
    """Raise ``Forbidden`` unless the user keeps the funds and budgets of the scope."""
    if not keeps_sources(user, scope):
        message = _(
            "The funds and budgets of %(scope)s are kept by its coordinating office. Tell it what to change."
        )
        raise Forbidden(message % {"scope": scope})


def planned_scopes_of(user: User) -> list[Unit]:
    """The coordinated units whose approved plans the user may read: the own ones, else those around."""
    return scopes_of(user)


def may_plan_for(user: User, scope: Unit, agency: Agency) -> bool:
    """An agency's own officers write its plan; coordinators that of any office in their scope, from paper."""
    if not user.may(Permission.RECORD_DONATIONS) or scope not in scopes_of(user):
        return False
    within = user.reach.communes | user.reach.scopes
    return agency.pk in user.reach.agencies or (coordinates(user, scope) and agency.unit_id in within)


def demand_planning(user: User, scope: Unit, agency: Agency) -> None:
    """Raise ``Forbidden`` unless the user may write the agency's mobilisation plan."""
    if not may_plan_for(user, scope, agency):
        message = _(
            "The plan of %(agency)s is written by its officers and the coordinating office. Ask them."
        )
        raise Forbidden(message % {"agency": agency})


def may_decide_plan(user: User, plan: MobilisationPlan) -> bool:
    """The agency's leader (a commune's chair) and the district's; nobody on what they handed in."""
    own = plan.agency_id in user.reach.agencies or plan.scope_id in user.reach.scopes
    return user.may(Permission.APPROVE_PLAN) and own and plan.submitted_by_id != user.pk


def may_record_pledge(user: User, scope: Unit, mobilised_by: Agency) -> bool:
    """Coordinators record for anyone in their scope; the others what their own agency mobilised."""
    mine = coordinates(user, scope) or mobilised_by.pk in user.reach.agencies
    return may_register_donor(user, scope) and mine


def may_handle_pledge(user: User, pledge: Pledge) -> bool:
    """Receive or withdraw it: the coordinators of its scope, and the agency that mobilised it."""
    mine = pledge.scope_id in user.reach.scopes or pledge.mobilised_by_id in user.reach.agencies
    return user.may(Permission.RECORD_DONATIONS) and mine


def demand_handling(user: User, pledge: Pledge) -> None:
    """Raise ``Forbidden`` unless the user may handle the pledge."""
    if not may_handle_pledge(user, pledge):
        raise Forbidden(
            _(
                "Pledge %(code)s is in the hands of %(agency)s and of the coordinating office. "
                "Ask one of them to do this."
            )
            % {"code": pledge.code, "agency": pledge.mobilised_by}
        )


def may_keep(user: User, line: SupplyLine) -> bool:
    """Hand goods over or write them off: their custodian, and the coordinators of the pledge's scope."""
    mine = line.custodian_id in user.reach.agencies or line.pledge_line.pledge.scope_id in user.reach.scopes
    return user.may(Permission.RECORD_DONATIONS) and mine


def demand_keeping(user: User, line: SupplyLine) -> None:
    """Raise ``Forbidden`` unless the user keeps the goods or coordinates."""
    if not may_keep(user, line):
        raise Forbidden(
            _(
                "These goods lie with %(agency)s: it hands them over or writes them off itself, or the "
                "coordinating office does. Ask one of them."
            )
            % {"agency": line.custodian}
        )


def may_issue_record(user: User, receipt: Receipt) -> bool:
    """The receipt record is the custodian's paper: its own people, and the coordinators of its unit."""
    return user.may(Permission.RECORD_DONATIONS) and speaks_for(user, receipt.custodian)


def prints_records(agency: Agency) -> bool:
    """Party-system bodies write under other rules: their papers are not printed here."""
    return agency.kind != Agency.Kind.MASS_ORGANISATION
