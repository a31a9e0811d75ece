"""Reporting periods: open one, see its roll-up, set the year's targets."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from documents.exports import list_response
from reports.actions import open_period, set_targets
from reports.behind import (
    Chosen,
    behind,
    correcting,
    corrections_behind,
    lines_behind,
    sums_of,
    title_of,
)
from reports.figures import Figures, lines_of
from reports.forms.period import PeriodForm
from reports.forms.target import TargetForm
from reports.listing import reports_of, targets_of
from reports.models import Indicator, ReportingPeriod
from reports.permissions import may_report_for
from reports.rollup import by_area, by_item, by_place
from reports.workbooks.delivery import DELIVERIES, totals_of

LINES_PER_PAGE = 50


@access(Permission.COMPILE_REPORT)
@require_http_methods(["GET", "POST"])
def period_create(request: Request) -> HttpResponse:
    form = PeriodForm(request.POST or None, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            period = open_period(
                by=request.user,
                scope=data["scope"],
                kind=data["kind"],
                year=data["year"],
                key=client_key_of(request),
                **form.dates,
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("The period is open: %(period)s.") % {"period": period})
            return redirect("period_detail", pk=period.pk)
    elif request.method == "POST":
        status = 422
    return render(request, "reports/period_create.html", {"form": form}, status=status)


@access(Permission.VIEW_REPORTS)
@require_safe
def period_detail(request: Request, pk: int) -> HttpResponse:
    period = within_reach(ReportingPeriod.objects.visible_to(request.user).select_related("scope"), pk=pk)
    whole = period.scope_id in request.user.reach.scopes
    figures = Figures(period, None if whole else request.user)
    indicators = lines_of(figures) if whole else []
    context = {
        "period": period,
        "whole": whole,
        "figures": figures,
        "areas": by_area(figures),
        "communes": by_place(figures),
        "items": by_item(figures),
        "indicators": indicators,
        "historical": any(line.figure.historical for line in indicators),
        "reports": reports_of(request.user, period),
        "may_compile": may_report_for(request.user, period.scope),
    }
    return render(request, "reports/period_detail.html", context)


@access(Permission.VIEW_REPORTS)
@require_safe
def period_rows(request: Request, pk: int) -> HttpResponse:
    """The deliveries behind one figure of the roll-up."""
    period = within_reach(ReportingPeriod.objects.visible_to(request.user).select_related("scope"), pk=pk)
    figures = Figures(period, request.user)
    chosen = Chosen.from_query(request.GET)
    lines = lines_behind(figures, chosen, request.user)
    corrections = corrections_behind(figures, chosen, request.user)
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    of_lines, whole = sums_of(lines, corrections)
    context = {
        "period": period,
        "page": page,
        "rows": [behind(line) for line in page],
        "corrections": [correcting(row) for row in corrections],
        "of_lines": of_lines,
        "whole": whole,
        "chosen": chosen,
        "title": title_of(figures, chosen),
    }
    return render(request, "reports/period_rows.html", context)


@access(Permission.VIEW_REPORTS)
@require_safe
def period_rows_export(request: Request, pk: int, format: str) -> HttpResponse:
    """The rows that make the figure as a file: without the state's meals."""
    period = within_reach(ReportingPeriod.objects.visible_to(request.user).select_related("scope"), pk=pk)
    figures = Figures(period, request.user)
    chosen = Chosen.from_query(request.GET)
    lines = lines_behind(figures, chosen, request.user).filter(policy=False)
    corrections = corrections_behind(figures, chosen, request.user).filter(policy=False)
    rows = [*map(behind, lines), *map(correcting, corrections)]
    notes = [str(period), title_of(figures, chosen)]
    _of_lines, whole = sums_of(lines, corrections)
    return list_response(request, DELIVERIES, rows, format, notes, [totals_of(whole, chosen)])


@access(Permission.COMPILE_REPORT)
@require_http_methods(["GET", "POST"])
def target_edit(request: Request, pk: int) -> HttpResponse:
    period = within_reach(ReportingPeriod.objects.visible_to(request.user).select_related("scope"), pk=pk)
    indicators = list(Indicator.objects.in_order())
    initial = targets_of(period)
    form = TargetForm(request.POST or None, indicators=indicators, initial=initial)
    if request.method == "POST" and form.is_valid():
        number = set_targets(by=request.user, scope=period.scope, year=period.year, values=form.values)
        text = _("Targets of %(year)s saved: %(number)s changed.")
        messages.success(request, text % {"year": str(period.year), "number": number})
        return redirect("period_detail", pk=period.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/target_edit.html", {"form": form, "period": period}, status=status)
