"""Distributions: the list, a new one in two steps, one of them, send and cancel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory import clock
from directory.access import access, within_reach
from directory.errors import Forbidden, Refusal
from directory.http import Request
from directory.models import Agency, Place, SupportArea
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import cancel_distribution, plan_distribution, send_distribution
from distributions.forms import CancelForm, DistributionForm, ListForm, StartForm
from distributions.models import Allocation, Distribution, DistributionLine
from distributions.models.distribution import DistributionQuerySet
from distributions.permissions import may_confirm, may_distribute_for
from distributions.scope import absorbed_by, lead_agency_of, same_place
from distributions.states import DistributionState
from distributions.workbooks import DISTRIBUTIONS
from documents.exports import in_words, list_response

ROWS_A_PAGE = 25


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def distribution_list(request: Request) -> HttpResponse:
    form = ListForm(request.GET)
    page = Paginator(_listed(request, form).with_names(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "distributions/distribution_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def distribution_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file, a row for each line of a distribution."""
    form = ListForm(request.GET)
    lines = DistributionLine.objects.listed(_listed(request, form))
    return list_response(request, DISTRIBUTIONS, lines, format, in_words(form))


def _listed(request: Request, form: ListForm) -> DistributionQuerySet:
    rows = Distribution.objects.visible_to(request.user)
    if form.is_valid() and form.cleaned_data["state"]:
        rows = rows.filter(state=form.cleaned_data["state"])
    return rows


@access(Permission.DISTRIBUTE)
@require_http_methods(["GET", "POST"])
def distribution_create(request: Request) -> HttpResponse:
    start = StartForm(request.GET or None, user=request.user)
    if not start.is_valid():
        return render(request, "distributions/distribution_start.html", {"start": start})
    area, place = start.cleaned_data["area"], start.cleaned_data["place"]
    agency = _leading(request, area, place)
    allocations = _open_for(request, area, place)
    form = DistributionForm(
        request.POST or None,
        user=request.user,
        area=area,
        allocations=allocations,
        initial=_first_guess(place, allocations),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                distribution = plan_distribution(
                    by=request.user,
                    area=area,
                    lead_agency=agency,
                    place=place,
                    planned_on=form.cleaned_data["planned_on"],
                    note=form.cleaned_data["note"],
                    lines=form.lines(),
                    key=client_key_of(request),
                )
            except Refusal as refusal:
                status = show_refusal(form, refusal)
            else:
                messages.success(request, _("%(code)s is planned.") % {"code": distribution.code})
                return redirect("distribution_detail", pk=distribution.pk)
    context = {"form": form, "area": area, "place": place, "agency": agency}
    return render(request, "distributions/distribution_form.html", context, status=status)


def _leading(request: Request, area: SupportArea, place: Place) -> Agency:
    agency = lead_agency_of(area, place.unit, clock.today())
    if agency is None or not may_distribute_for(request.user, agency):
        raise Forbidden(
            _("Your agency does not lead “%(area)s” in %(commune)s. Choose an area that it leads.")
            % {"area": area, "commune": place.unit.name}
        )
    return agency


def _open_for(request: Request, area: SupportArea, place: Place) -> list[Allocation]:
    """Allocations of the area to the commune with something free; those of the very place first."""
    rows = Allocation.objects.visible_to(request.user).with_names().plannable()
    rows = rows.filter(need__item__area=area, need__place__unit__in=absorbed_by(place.unit, clock.today()))
    return sorted(rows, key=lambda row: (not same_place(row.need.place, place), row.need.place.order, row.pk))


def _first_guess(place: Place, allocations: Sequence[Allocation]) -> dict[str, Any]:
    """Today, and everything that is in stock for the very place."""
    guess: dict[str, Any] = {"planned_on": clock.today()}
    stock = {row.supply_line_id: row.supply_line.balance.in_stock for row in allocations}
    for row in allocations:
        if same_place(row.need.place, place):
            ready = min(row.plannable, stock[row.supply_line_id])  # type: ignore[attr-defined]
            stock[row.supply_line_id] -= ready
            guess[f"allocation-{row.pk}"] = ready or None
    return guess


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def distribution_detail(request: Request, pk: int) -> HttpResponse:
    return _detail(request, distribution_within_reach(request, pk))


@access(Permission.DISTRIBUTE)
@require_POST
def distribution_send(request: Request, pk: int) -> HttpResponse:
    distribution = distribution_within_reach(request, pk)
    try:
        send_distribution(by=request.user, distribution=distribution, key=client_key_of(request))
    except Refusal as refusal:
        return _detail(request, distribution_within_reach(request, pk), refusal=refusal)
    messages.success(
        request,
        _("%(code)s is sent. %(commune)s now confirms what arrives.")
        % {"code": distribution.code, "commune": distribution.place.unit.name},
    )
    return redirect("distribution_detail", pk=pk)


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
    return _detail(request, distribution_within_reach(request, pk), form=form, status=status)


def distribution_within_reach(request: Request, pk: int) -> Distribution:
    return within_reach(Distribution.objects.visible_to(request.user).with_names(), pk=pk)


def _detail(
    request: Request,
    distribution: Distribution,
    *,
    form: CancelForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    planned = distribution.state == DistributionState.PLANNED
    sent = distribution.state == DistributionState.SENT
    context = {
        "distribution": distribution,
        "lines": distribution.lines.with_names(),
        "form": form or CancelForm(),
        "refusal": refusal,
        "may_send": planned and may_distribute_for(request.user, distribution.lead_agency),
        "may_confirm": sent and may_confirm(request.user, distribution),
    }
    status = refusal.status if refusal else status
    return render(request, "distributions/distribution_detail.html", context, status=status)
