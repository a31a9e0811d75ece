"""Distributions: the list, one of them, its handover record, send and cancel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory import clock
from directory.access import access, within_reach
from directory.errors import Refusal, WrongState
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import cancel_distribution
from distributions.actions.delivery import age_bands
from distributions.forms import CancelForm, ListForm, ScanForm, SettleForm
from distributions.models import DeliveryCorrection, DeliveryScan, Distribution, DistributionLine
from distributions.models.distribution import DistributionQuerySet
from distributions.papers import file_name, handover_record
from distributions.permissions import (
    may_confirm,
    may_correct,
    may_decide_missing,
    may_distribute_for,
    may_keep_scan,
    may_see_set_aside,
    may_supervise_at,
    may_take_scan_away,
    receives,
)
from distributions.scope import areas_led_by
from distributions.states import DistributionState
from distributions.wording import state_refusal
from distributions.workbooks import DISTRIBUTIONS
from documents.download import file_response
from documents.exports import in_words, list_response
from documents.forms import TakeAwayForm, with_forms
from documents.pdf import render as render_pdf

ROWS_A_PAGE = 25


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def distribution_list(request: Request) -> HttpResponse:
    form = ListForm(request.GET, user=request.user)
    page = Paginator(_listed(request, form).with_names(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    may_plan = request.user.may(Permission.DISTRIBUTE) and areas_led_by(request.user, clock.today()).exists()
    context = {"form": form, "page": page, "may_plan": may_plan}
    return render(request, "distributions/distribution_list.html", context)


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def distribution_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file, a row for each line of a distribution."""
    form = ListForm(request.GET, user=request.user)
    lines = DistributionLine.objects.listed(_listed(request, form))
    return list_response(request, DISTRIBUTIONS, lines, format, in_words(form))


def _listed(request: Request, form: ListForm) -> DistributionQuerySet:
    return form.narrow(Distribution.objects.visible_to(request.user))


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def distribution_detail(request: Request, pk: int) -> HttpResponse:
    return show_distribution(request, distribution_within_reach(request, pk))


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def distribution_record(request: Request, pk: int) -> HttpResponse:
    """The handover record to print and sign; number and date are the pen's until they are known."""
    distribution = distribution_within_reach(request, pk)
    if distribution.state == DistributionState.CANCELLED:
        raise WrongState(state_refusal(distribution, _("be handed over")))
    paper = render_pdf(handover_record(distribution, age_bands()), dated=distribution.occurred_on)
    return file_response(paper, "application/pdf", file_name(distribution), "pdf")


@access(Permission.DISTRIBUTE)
@require_POST
def distribution_cancel(request: Request, pk: int) -> HttpResponse:
    distribution = distribution_within_reach(request, pk)
    form, status = CancelForm(request.POST), 422
    if form.is_valid():
        try:
            cancel_distribution(
                by=request.user,
                distribution=distribution,
                key=client_key_of(request),
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("%(code)s is cancelled; its goods can be planned again.") % {"code": distribution.code},
            )
            return redirect("distribution_detail", pk=pk)
    return show_distribution(request, distribution_within_reach(request, pk), form=form, status=status)


def distribution_within_reach(request: Request, pk: int) -> Distribution:
    return within_reach(Distribution.objects.visible_to(request.user).with_names(), pk=pk)


def show_distribution(
    request: Request,
    distribution: Distribution,
    *,
    form: CancelForm | None = None,
    settling: SettleForm | None = None,
    scanning: ScanForm | TakeAwayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """One distribution; ``form``, ``settling``, ``scanning``: what was refused, as it was typed."""
    planned = distribution.state == DistributionState.PLANNED
    sent = distribution.state == DistributionState.SENT
    left = distribution.state in (DistributionState.SENT, DistributionState.CONFIRMED)
    leads = may_distribute_for(request.user, distribution.lead_agency)
    lines = list(distribution.lines.with_names())
    context = {
        "distribution": distribution,
        "lines": lines,
        "value": sum(line.planned_value if line.received is None else line.value for line in lines),
        "form": form or CancelForm(),
        "refused": form or settling or scanning,
        "may_send": planned and leads,
        "may_call_back": sent and leads,
        "may_visit": left and may_supervise_at(request.user, distribution.place),
        "may_confirm": sent and may_confirm(request.user, distribution),
    }
    if distribution.state == DistributionState.CONFIRMED:
        context |= _after(request, distribution, lines, settling, scanning)
    return render(request, "distributions/distribution_detail.html", context, status=status)


def _after(
    request: Request,
    distribution: Distribution,
    lines: Sequence[DistributionLine],
    settling: SettleForm | None,
    scanning: ScanForm | TakeAwayForm | None,
) -> dict[str, Any]:
    """What follows a confirmation: corrections, a difference to note, missing goods to settle, the scan."""
    short = [line for line in lines if (line.arrived or 0) < line.planned]
    missing = [line for line in lines if line.missing]
    corrections = list(DeliveryCorrection.objects.of(distribution).with_names())
    unread = any(row.on_behalf_of_id and row.noted_at is None for row in corrections)
    may_settle = bool(missing) and may_decide_missing(request.user, distribution)
    return {
        "short": short,
        "missing": missing,
        "corrections": corrections,
        "may_correct": may_correct(request.user, distribution),
        "may_read": unread and receives(request.user, distribution),
        "may_note": bool(short or corrections)
        and distribution.difference_noted_at is None
        and may_distribute_for(request.user, distribution.lead_agency),
        "settle_forms": [
            settling if settling and settling.line.pk == line.pk else SettleForm(line=line)
            for line in (missing if may_settle else [])
        ],
    } | _scans(request, distribution, scanning)


def _scans(
    request: Request, distribution: Distribution, scanning: ScanForm | TakeAwayForm | None
) -> dict[str, Any]:
    """All scans that there ever were, each with its form if it may go; room for one if none counts."""
    user, scans = request.user, list(DeliveryScan.objects.of(distribution))
    room = not any(scan.is_kept for scan in scans) and may_keep_scan(user, distribution)
    return {
        "scans": with_forms(scans, lambda scan: may_take_scan_away(user, distribution, scan), scanning),
        "may_see_set_aside": may_see_set_aside(user, distribution),
        "scan_form": (scanning if isinstance(scanning, ScanForm) else ScanForm()) if room else None,
    }
