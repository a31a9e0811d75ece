"""Compile, edit and issue the district's report."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import Agency, RequestKey, User
from documents.actions import draft_paper, freeze_paper, prepare_issue
from documents.models import Paper
from documents.snapshot import Snapshot
from documents.states import PaperState
from reports.figures import Figures
from reports.models import DistrictReport, ReportingPeriod, ReportSection
from reports.outline import OUTLINE, default_text
from reports.papers import KIND, signer_of, snapshot_of, subject_of
from reports.permissions import has_written, may_edit, may_issue, may_report_for

COMPILE, EDIT = gettext_noop("compile the report"), gettext_noop("edit section")
ISSUE = gettext_noop("issue the report")


@action
def compile_report(*, by: User, period: ReportingPeriod, key: uuid.UUID | None = None) -> DistrictReport:
    """Start the period's report: a draft paper and the outline's sections with text from the figures.

    If the period's report is issued already, the new one replaces it (a content error in an issued document
    needs a replacing document [ND 30/2020]). Raises ``Forbidden`` outside the own scope, ``WrongState``
    while a draft exists, ``Refusal`` if the unit has no people's committee on the period's last day.
    """
    if not may_report_for(by, period.scope):
        raise Forbidden(
            _("Only the coordinating office of %(scope)s compiles its report.") % {"scope": period.scope}
        )
    # Two at the same moment wait for one another here; the second then finds the first one's draft.
    ReportingPeriod.objects.select_for_update(no_key=True).get(pk=period.pk)
    replaced = _replaceable(period)
    agency = _issuing_agency(period)
    paper = draft_paper(
        by=by,
        kind=KIND,
        agency=agency,
        symbol=f"BC-{agency.symbol}",
        title=subject_of(period),
        snapshot={},  # type: ignore[typeddict-item]
        replaces=replaced,
    )
    report = DistrictReport.objects.create(period=period, paper=paper, compiled_by=by)
    text = default_text(Figures(period))
    ReportSection.objects.bulk_create(
        ReportSection(report=report, code=part.code, order=order, heading=part.heading, body=text[part.code])
        for order, part in enumerate(OUTLINE, start=1)
    )
    history.record(report, COMPILE, by=by, to_state=PaperState.DRAFT)
    return report


def _replaceable(period: ReportingPeriod) -> Paper | None:
    """The issued paper in force, which a new one would replace. Raises ``WrongState`` if a draft exists."""
    papers = Paper.objects.filter(report__period=period, replaced_by=None).order_by("-pk")
    if draft := papers.filter(state=PaperState.DRAFT).first():
        message = _("The report of %(period)s is being written already, begun by %(who)s. Edit that draft.")
        raise WrongState(message % {"period": period, "who": draft.report.compiled_by}, code="draft_exists")
    return papers.first()


def _issuing_agency(period: ReportingPeriod) -> Agency:
    """The people's committee of the unit on the period's last day."""
    committees = Agency.objects.on(period.ends_on).filter(unit=period.scope, kind=Agency.Kind.COMMITTEE)
    if (committee := committees.first()) is None:
        message = _(
            "%(scope)s has no people's committee on %(day)s, so nobody can issue the report. "
            "Ask an administrator to enter it."
        )
        day = date_format(period.ends_on, "SHORT_DATE_FORMAT")
        raise Refusal(message % {"scope": period.scope, "day": day}, code="no_agency")
    return committee


@action
def save_section(*, by: User, section: ReportSection, body: str, heading: str, version: int) -> ReportSection:
    """Save one section over the ``version`` that the editor has read.

    Raises ``Forbidden``, ``WrongState`` once the report is issued, ``Stale`` with both texts if somebody
    else has saved since.
    """
    # An issue holds the sections until it is done: what it froze is seen only after this lock.
    ReportSection.objects.select_for_update(no_key=True).get(pk=section.pk)
    report = DistrictReport.objects.select_related("paper", "period__scope").get(pk=section.report_id)
    _demand_editable(by, report)
    if not heading.strip():
        raise Refusal(_("The heading is empty. Type one, or take the usual one back."), place="heading")
    saved = ReportSection.objects.filter(pk=section.pk, version=version).update(
        body=body.strip(),
        heading=heading.strip(),
        version=F("version") + 1,
        saved_by=by,
        saved_at=clock.now(),
    )
    before = section
    section = ReportSection.objects.select_related("saved_by").get(pk=section.pk)
    if not saved:
        raise _stale(section, body, heading)
    history.record(
        section.report,
        EDIT,
        by=by,
        section=section.code,
        heading=section.heading,
        before=before.body,
        after=section.body,
    )
    return section


def _demand_editable(by: User, report: DistrictReport) -> None:
    if report.paper.state != PaperState.DRAFT:
        message = _(
            "The report %(reference)s is issued and is never changed. Compile a report that replaces it."
        )
        raise WrongState(message % {"reference": report.paper.reference})
    if not may_edit(by, report):
        raise Forbidden(
            _("Only the coordinating office of %(scope)s edits its report.") % {"scope": report.period.scope}
        )


def _stale(section: ReportSection, body: str, heading: str) -> Stale:
    saved_at = section.saved_at or clock.now()
    message = _(
        "%(who)s saved this section at %(when)s, after you opened it. Nothing of yours was saved: "
        "compare the two texts below and save again."
    )
    when = date_format(localtime(saved_at), "SHORT_DATETIME_FORMAT")
    return Stale(
        message % {"who": section.saved_by or "", "when": when},
        theirs={"heading": section.heading, "body": section.body},
        yours={"heading": heading, "body": body},
        by=section.saved_by,
        at=saved_at,
        version=section.version,
    )


def issue_report(
    *, by: User, report: DistrictReport, number: int, dated: date, key: uuid.UUID | None = None
) -> DistrictReport:
    """Issue the report under number and date from the clerk's register: figures, text and PDF are frozen.

    The PDF takes seconds, so it is made before the transaction. Raises ``Forbidden`` for whoever may not
    issue or has written in it, ``WrongState`` if it is issued already or its data have not closed,
    ``Stale`` if somebody edited it meanwhile, and what ``issue_paper`` raises (number taken, no PDF).
    """
    if key is not None and RequestKey.objects.filter(key=key).exists():
        # The same form again: no second PDF, the first result comes back.
        return freeze_report(by=by, report=report, prepared=None, key=key)
    _demand_issuable(by, report)
    _refuse_before_cut_off(report, dated)
    if signer_of(report, dated) is None:
        raise _no_signer(report, dated)
    versions = _versions(report)
    snapshot = snapshot_of(report, on=dated)
    pdf = prepare_issue(by=by, paper=report.paper, number=number, dated=dated, snapshot=snapshot)
    prepared = Prepared(number, dated, snapshot, pdf, versions)
    return freeze_report(by=by, report=report, prepared=prepared, key=key)


@dataclass(frozen=True)
class Prepared:
    """What is about to be frozen; ``versions`` of the sections that the text was read from."""

    number: int
    dated: date
    snapshot: Snapshot
    pdf: bytes
    versions: dict[int, int]


@action
def freeze_report(
    *, by: User, report: DistrictReport, prepared: Prepared | None, key: uuid.UUID | None = None
) -> DistrictReport:
    """The second half of ``issue_report``: everything is checked again and written at once."""
    if prepared is None:
        raise Refusal(_("Nothing was prepared to be issued. Open the form again."), code="not_prepared")
    list(ReportSection.objects.select_for_update(no_key=True).filter(report=report).order_by("pk"))
    report = DistrictReport.objects.select_related("period__scope", "paper__agency").get(pk=report.pk)
    _demand_issuable(by, report)
    if _versions(report) != prepared.versions:
        raise Stale(_("Somebody edited the report meanwhile. Look at the draft again, then issue it."))
    freeze_paper(
        by=by,
        paper=report.paper,
        number=prepared.number,
        dated=prepared.dated,
        snapshot=prepared.snapshot,
        pdf=prepared.pdf,
    )
    history.record(
        report,
        ISSUE,
        by=by,
        from_state=PaperState.DRAFT,
        to_state=PaperState.ISSUED,
        number=prepared.number,
        dated=prepared.dated.isoformat(),
    )
    report.paper.refresh_from_db()
    return report


def _versions(report: DistrictReport) -> dict[int, int]:
    return dict(ReportSection.objects.filter(report=report).values_list("pk", "version"))


def _demand_issuable(by: User, report: DistrictReport) -> None:
    period = report.period
    if report.paper.state != PaperState.DRAFT:
        message = _("The report of %(period)s is issued already, under %(reference)s. Download it instead.")
        raise WrongState(message % {"period": period, "reference": report.paper.reference})
    if has_written(by, report):
        raise Forbidden(
            _(
                "You have compiled or edited this report, so somebody else has to issue it. "
                "Ask another leader."
            ),
            code="own_work",
        )
    if not may_issue(by, report):
        raise Forbidden(_("Only a leader of %(scope)s issues its report.") % {"scope": period.scope})
    if clock.today() < period.cut_off:
        message = _(
            "The data of %(period)s close on %(day)s, so its figures may still change. "
            "Issue the report on that day or later."
        )
        day = date_format(period.cut_off, "SHORT_DATE_FORMAT")
        raise WrongState(message % {"period": period, "day": day}, code="data_open")


def _refuse_before_cut_off(report: DistrictReport, dated: date) -> None:
    """A report says on which day its data closed, so it cannot bear an earlier one."""
    cut_off = report.period.cut_off
    if dated < cut_off:
        message = _(
            "The date %(day)s lies before the close of the data on %(cut_off)s. "
            "A paper bears the day on which it is issued: correct the date."
        )
        days = {"day": dated, "cut_off": cut_off}
        shown = {name: date_format(value, "SHORT_DATE_FORMAT") for name, value in days.items()}
        raise Refusal(message % shown, code="before_cut_off", place="dated")


def _no_signer(report: DistrictReport, dated: date) -> Refusal:
    message = _(
        "Nobody is entered who signs for %(agency)s on %(day)s. Choose another date, or ask an administrator "
        "to enter the signer."
    )
    day = date_format(dated, "SHORT_DATE_FORMAT")
    return Refusal(message % {"agency": report.paper.agency, "day": day}, code="no_signer", place="dated")
