"""Plan a distribution in two steps, and change a plan before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.access import access
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.http import Request
from directory.models import Agency, Place, SupportArea
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import plan_distribution, replan_distribution
from distributions.actions.replanning import version_of
from distributions.forms import ChangeForm, DistributionForm, StartForm
from distributions.models import Allocation, Distribution
from distributions.permissions import may_distribute_for
from distributions.scope import absorbed_by, lead_agency_of, same_place
from distributions.states import DistributionState
from distributions.views.distribution import distribution_within_reach
from distributions.waiting import waiting_places
from distributions.wording import state_refusal


@access(Permission.DISTRIBUTE)
@require_http_methods(["GET", "POST"])
def distribution_create(request: Request) -> HttpResponse:
    start = StartForm(request.GET or None, user=request.user)
    if not start.is_valid():
        context = {"start": start, "waiting": waiting_places(request.user)}
        return render(request, "distributions/distribution_start.html", context)
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


def _open_for(
    request: Request, area: SupportArea, place: Place, besides: Distribution | None = None
) -> list[Allocation]:
    """Allocations of the area to the commune with something free; those of the very place first."""
    rows = Allocation.objects.visible_to(request.user).with_names().plannable(besides)
    rows = rows.filter(need__item__area=area, need__place__unit__in=absorbed_by(place.unit, clock.today()))
    return sorted(rows, key=lambda row: (*_here_first(row.need.place, place), row.pk))


def _here_first(there: Place, place: Place) -> tuple[bool, int, int]:
    return (not same_place(there, place), there.order, there.pk)


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


@access(Permission.DISTRIBUTE)
@require_http_methods(["GET", "POST"])
def distribution_change(request: Request, pk: int) -> HttpResponse:
    distribution = distribution_within_reach(request, pk)
    _check_changeable(request, distribution)
    form = _change_form(request, distribution)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                replan_distribution(
                    by=request.user,
                    distribution=distribution,
                    planned_on=form.cleaned_data["planned_on"],
                    note=form.cleaned_data["note"],
                    lines=form.lines(),
                    version=form.cleaned_data["version"],
                    key=client_key_of(request),
                )
            except Stale as refusal:
                status = show_refusal(form, refusal)
                form.data = {**request.POST.dict(), "version": refusal.details["version"]}
            except Refusal as refusal:
                status = show_refusal(form, refusal)
            else:
                messages.success(request, _("The plan of %(code)s is changed.") % {"code": distribution.code})
                return redirect("distribution_detail", pk=pk)
    context = {
        "form": form,
        "area": distribution.area,
        "place": distribution.place,
        "agency": distribution.lead_agency,
        "distribution": distribution,
    }
    return render(request, "distributions/distribution_form.html", context, status=status)


def _check_changeable(request: Request, distribution: Distribution) -> None:
    if not may_distribute_for(request.user, distribution.lead_agency):
        raise Forbidden(
            _("%(code)s is led by %(agency)s: only its officers change the plan. Ask them.")
            % {"code": distribution.code, "agency": distribution.lead_agency}
        )
    if request.method == "GET" and distribution.state != DistributionState.PLANNED:
        raise WrongState(state_refusal(distribution, _("be changed")))


def _change_form(request: Request, distribution: Distribution) -> ChangeForm:
    initial = {
        "planned_on": distribution.planned_on,
        "note": distribution.note,
        "version": version_of(distribution),
    }
    return ChangeForm(
        request.POST or None,
        user=request.user,
        area=distribution.area,
        allocations=_open_for(request, distribution.area, distribution.place, distribution),
        lines=list(distribution.lines.with_names()),
        initial=initial,
    )
