"""The district's report: list, edit section by section, look at the draft, issue."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory import clock
from directory.access import access, within_reach
from directory.errors import Forbidden, Refusal, Stale
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from documents.actions import suggest_number
from documents.pdf import render as render_pdf
from reports.actions import compile_report, issue_report, save_section
from reports.figures import Figures
from reports.forms.report import IssueForm, SectionForm
from reports.listing import periods_of
from reports.models import DistrictReport, ReportingPeriod, ReportSection
from reports.papers import signer_of, snapshot_of
from reports.permissions import has_written, may_edit, may_issue, may_report_for, may_see_draft
from reports.texts import Text, texts_of


@access(Permission.VIEW_REPORTS)
@require_safe
def report_list(request: Request) -> HttpResponse:
    return render(request, "reports/report_list.html", {"periods": periods_of(request.user)})


@access(Permission.COMPILE_REPORT)
@require_POST
def report_create(request: Request, pk: int) -> HttpResponse:
    period = within_reach(ReportingPeriod.objects.visible_to(request.user), pk=pk)
    report = compile_report(by=request.user, period=period, key=client_key_of(request))
    messages.success(request, _("The draft is made. Read each section and save what you change."))
    return redirect("report_edit", pk=report.pk)


@access(Permission.COMPILE_REPORT)
@require_safe
def report_edit(request: Request, pk: int) -> HttpResponse:
    report = _draft(request, pk)
    return render(request, "reports/report_edit.html", _editing(request, report))


@access(Permission.COMPILE_REPORT)
@require_POST
def report_section_save(request: Request, pk: int) -> HttpResponse:
    section = within_reach(ReportSection.objects.visible_to(request.user), pk=pk)
    form = SectionForm(request.POST)
    status, stale = 422, None
    if form.is_valid():
        try:
            section = save_section(by=request.user, section=section, **form.cleaned_data)
        except Stale as refusal:
            status, stale = show_refusal(form, refusal), refusal
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            return _saved(request, section)
    typed = {"section": section, "form": form, "stale": stale}
    if request.htmx:
        context = {"entry": _entry(request, section, typed), "report": section.report}
        return render(request, "reports/section.html", context, status=status)
    return render(
        request, "reports/report_edit.html", _editing(request, section.report, typed), status=status
    )


def _saved(request: Request, section: ReportSection) -> HttpResponse:
    if request.htmx:
        context = {"entry": _entry(request, section), "saved": True, "report": section.report}
        return render(request, "reports/section.html", context)
    messages.success(request, _("The section “%(heading)s” is saved.") % {"heading": section.heading})
    return redirect(f"{reverse('report_edit', args=[section.report_id])}#section-{section.pk}")


def _editing(request: Request, report: DistrictReport, typed: dict | None = None) -> dict:
    """The page with all sections; ``typed`` is what was refused in one of them, kept as it was."""
    entries = [
        _shown(text, typed if typed and typed["section"].pk == text.section.pk else None)
        for text in texts_of(report, Figures(report.period))
    ]
    may = may_issue(request.user, report)
    return {"report": report, "period": report.period, "entries": entries, "may_issue": may}


def _entry(request: Request, section: ReportSection, typed: dict | None = None) -> dict:
    report = section.report
    text = next(t for t in texts_of(report, Figures(report.period)) if t.section.pk == section.pk)
    return _shown(text, typed)


def _shown(text: Text, typed: dict | None) -> dict:
    """A section and its form; after a stale edit the form carries the newer version."""
    section = text.section
    initial = {"heading": section.heading, "body": text.body, "version": section.version}
    prefix = f"s{section.pk}"
    if typed is None:
        form = SectionForm(initial=initial, auto_id=f"{prefix}-%s")
        return {"text": text, "section": section, "form": form, "stale": None}
    form = typed["form"]
    form.auto_id = f"{prefix}-%s"
    if typed["stale"]:
        form.data = {**form.data.dict(), "version": section.version}
    return {"text": text, "section": section, "form": form, "stale": typed["stale"]}


@access(Permission.COMPILE_REPORT, Permission.ISSUE_REPORT)
@require_safe
def report_preview(request: Request, pk: int) -> HttpResponse:
    """The draft as PDF, number and date blank."""
    report = _visible(request, pk)
    if report.paper.is_issued:
        return redirect("paper_file", pk=report.paper_id, kind="pdf")
    if not may_see_draft(request.user, report):
        raise Forbidden(_("Only the coordinating office and the leaders see a draft."))
    response = HttpResponse(render_pdf(snapshot_of(report)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{report.period.code}-draft.pdf"'
    return response


@access(Permission.ISSUE_REPORT)
@require_http_methods(["GET", "POST"])
def report_issue(request: Request, pk: int) -> HttpResponse:
    report = _visible(request, pk)
    if report.paper.is_issued and request.method != "POST":
        return redirect("report_list")
    today = clock.today()
    initial = {"number": suggest_number(report.paper.agency, report.paper.symbol, today.year), "dated": today}
    form = IssueForm(request.POST or None, initial=initial)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            report = issue_report(
                by=request.user, report=report, key=client_key_of(request), **form.cleaned_data
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            text = _("The report %(reference)s is issued. Download it from this page.")
            messages.success(request, text % {"reference": report.paper.reference})
            return redirect("report_list")
    context = {
        "form": form,
        "report": report,
        "period": report.period,
        "signer": signer_of(report, today),
        "missing": Figures(report.period).missing,
        "own_work": has_written(request.user, report),
    }
    return render(request, "reports/report_issue.html", context, status=status)


def _visible(request: Request, pk: int) -> DistrictReport:
    reports = DistrictReport.objects.visible_to(request.user)
    return within_reach(reports.select_related("period__scope", "paper__agency", "compiled_by"), pk=pk)


def _draft(request: Request, pk: int) -> DistrictReport:
    report = _visible(request, pk)
    if not may_report_for(request.user, report.period.scope):
        raise Forbidden(
            _("Only the coordinating office of %(scope)s edits its report.") % {"scope": report.period.scope}
        )
    if not may_edit(request.user, report):
        text = _(
            "The report %(reference)s is issued and is never changed. Compile a report that replaces it."
        )
        raise Refusal(text % {"reference": report.paper.reference}, code="issued")
    return report
