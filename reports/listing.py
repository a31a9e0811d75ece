"""What the list of reports shows: every period with its reports, and the files of the issued ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models.functions import Length

from directory.models import User
from documents.models import PaperFile
from documents.states import PaperState
from reports.models import DistrictReport, IndicatorTarget, ReportingPeriod
from reports.permissions import may_edit, may_issue, may_see_draft


@dataclass(frozen=True)
class Listed:
    """A report with what this user may do to it; ``size`` in bytes of the issued PDF."""

    report: DistrictReport
    sha256: str = ""
    size: int = 0
    may_edit: bool = False
    may_issue: bool = False

    @property
    def is_issued(self) -> bool:
        return self.report.paper.state != PaperState.DRAFT


@dataclass(frozen=True)
class PeriodReports:
    period: ReportingPeriod
    reports: list[Listed] = field(default_factory=list)


def periods_of(user: User) -> list[PeriodReports]:
    """Every period that the user may see, newest first, with its reports."""
    periods = ReportingPeriod.objects.visible_to(user).select_related("scope")
    reports: dict[int, list[Listed]] = {}
    for listed in _listed(user):
        reports.setdefault(listed.report.period_id, []).append(listed)
    return [PeriodReports(period, reports.get(period.pk, [])) for period in periods]


def reports_of(user: User, period: ReportingPeriod) -> list[Listed]:
    """The reports of one period that the user may see, newest first."""
    return _listed(user, period=period)


def _listed(user: User, **chosen: ReportingPeriod) -> list[Listed]:
    rows = (
        DistrictReport.objects.visible_to(user)
        .filter(**chosen)
        .select_related("period__scope", "paper__replaces", "paper__agency", "compiled_by")
    )
    reports = [r for r in rows if r.paper.state != PaperState.DRAFT or may_see_draft(user, r)]
    files = PaperFile.objects.filter(
        paper_id__in=[report.paper_id for report in reports], kind=PaperFile.Kind.PDF
    )
    facts = {
        paper: (sha256, size)
        for paper, sha256, size in files.annotate(size=Length("content")).values_list(
            "paper_id", "sha256", "size"
        )
    }
    return [
        Listed(report, *facts.get(report.paper_id, ("", 0)), may_edit(user, report), _may_issue(user, report))
        for report in reports
    ]


def _may_issue(user: User, report: DistrictReport) -> bool:
    return report.paper.state == PaperState.DRAFT and may_issue(user, report)


def targets_of(period: ReportingPeriod) -> dict[str, int]:
    """Initial values of the targets' form: the targets of the period's year by indicator id."""
    rows = IndicatorTarget.objects.filter(scope=period.scope, year=period.year)
    return {str(pk): value for pk, value in rows.values_list("indicator_id", "value")}
