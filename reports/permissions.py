"""Who may do which verb on which report. Roles: ``directory/roles.py``; reach: ``directory/reach.py``."""

from directory.models import Unit, User
from directory.roles import Permission
from documents.states import PaperState
from reports.models import DistrictReport


def may_report_for(user: User, scope: Unit) -> bool:
    """The coordinating office opens periods, sets targets and compiles within its scope."""
    return user.may(Permission.COMPILE_REPORT) and scope.pk in user.reach.scopes


def may_edit(user: User, report: DistrictReport) -> bool:
    """While it is a draft."""
    return report.paper.state == PaperState.DRAFT and may_report_for(user, report.period.scope)


def may_issue(user: User, report: DistrictReport) -> bool:
    """A leader of the scope, who has neither compiled the report nor written in it."""
    return (
        user.may(Permission.ISSUE_REPORT)
        and report.period.scope_id in user.reach.scopes
        and not has_written(user, report)
    )


def has_written(user: User, report: DistrictReport) -> bool:
    return report.compiled_by_id == user.pk or report.sections.filter(saved_by=user).exists()


def may_see_draft(user: User, report: DistrictReport) -> bool:
    return (
        user.may(Permission.COMPILE_REPORT) or user.may(Permission.ISSUE_REPORT)
    ) and report.period.scope_id in user.reach.scopes
