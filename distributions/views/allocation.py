"""Allocations: make one, look at one, take one back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import allocate, reverse_allocation
from distributions.actions.allocation import planned_of
from distributions.forms import AllocateForm, AllocationListForm, ReverseForm
from distributions.models import Allocation, Distribution
from distributions.permissions import may_reverse
from distributions.views.board import chosen_need, show_board
from distributions.wording import number, thing
from distributions.workbooks import ALLOCATIONS
from documents.exports import in_words, list_response
from donors.models import SupplyLine
from needs.models import Need

ROWS_A_PAGE = 25


@access(Permission.ALLOCATE)
@require_POST
def allocation_create(request: Request) -> HttpResponse:
    need = chosen_need(request, request.POST)
    line = within_reach(SupplyLine.objects.visible_to(request.user), pk=request.POST.get("supply_line"))
    if need is None:
        return redirect("allocation_board")
    form = AllocateForm(request.POST, auto_id=f"id_{line.pk}_%s")
    status = 422
    if form.is_valid():
        try:
            allocation = allocate(
                by=request.user,
                supply_line=line,
                need=need,
                key=client_key_of(request),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            return _after_allocating(request, allocation)
    return show_board(request, chosen_need(request, request.POST), line.pk, form, status)


def _after_allocating(request: Request, allocation: Allocation) -> HttpResponse:
    need = within_reach(
        Need.objects.visible_to(request.user).select_related("balance"), pk=allocation.need_id
    )
    messages.success(
        request,
        _("%(quantity)s %(thing)s allocated to %(place)s. Still lacking there: %(left)s.")
        % {
            "quantity": number(allocation.quantity),
            "thing": thing(allocation.need.item),
            "place": allocation.need.place.full_name,
            "left": number(need.balance.uncovered),
        },
    )
    query = request.GET.copy()
    query.pop("need", None)
    if need.balance.uncovered:
        query["need"] = str(need.pk)
    return redirect(f"{reverse('allocation_board')}?{query.urlencode()}")


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def allocation_list(request: Request) -> HttpResponse:
    form = AllocationListForm(request.GET, user=request.user)
    page = Paginator(_listed(request, form), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "distributions/allocation_list.html", {"form": form, "page": page})


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def allocation_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = AllocationListForm(request.GET, user=request.user)
    return list_response(request, ALLOCATIONS, _listed(request, form), format, in_words(form))


def _listed(request: Request, form: AllocationListForm) -> QuerySet[Allocation]:
    return form.narrow(Allocation.objects.visible_to(request.user)).with_names()


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def allocation_detail(request: Request, pk: int) -> HttpResponse:
    return _detail(request, _allocation(request, pk))


@access(Permission.ALLOCATE)
@require_POST
def allocation_reverse(request: Request, pk: int) -> HttpResponse:
    allocation = _allocation(request, pk)
    form, status = ReverseForm(request.POST), 422
    if form.is_valid():
        try:
            reverse_allocation(
                by=request.user, allocation=allocation, key=client_key_of(request), **form.cleaned_data
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("%(quantity)s taken back: free again in the pledge, lacking again at the place.")
                % {"quantity": number(form.cleaned_data["quantity"])},
            )
            return redirect("allocation_detail", pk=pk)
    return _detail(request, allocation, form, status)


def _allocation(request: Request, pk: int) -> Allocation:
    return within_reach(Allocation.objects.visible_to(request.user).with_names(), pk=pk)


def _detail(
    request: Request, allocation: Allocation, form: ReverseForm | None = None, status: int = 200
) -> HttpResponse:
    free = allocation.balance.open - planned_of(allocation.pk)
    reached = Distribution.objects.visible_to(request.user).carrying(allocation)
    moves = allocation.moves.select_related("by__agency", "distribution_line__distribution").order_by("pk")
    context = {
        "allocation": allocation,
        "free": free,
        "planned": allocation.balance.open - free,
        "moves": moves,
        # Whoever mobilised or keeps the goods sees the allocation, not always who carried them.
        "reached": set(reached.values_list("pk", flat=True)),
        "form": form or ReverseForm(initial={"quantity": free}),
        "may_reverse": free > 0 and may_reverse(request.user, allocation),
    }
    return render(request, "distributions/allocation_detail.html", context, status=status)
