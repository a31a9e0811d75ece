"""Approved needs: the list with its filters and totals, and one need with its history and claims."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.access import access, within_reach
from directory.http import Request
from directory.roles import Permission
from directory.screens import status_of
from needs import permissions
from needs.claims import claims_on
from needs.forms.need import NeedFilterForm
from needs.forms.review import PriorityFields
from needs.listing import Listing
from needs.models import Need

PAGE = 50


@access(Permission.VIEW_NEEDS)
@require_safe
def need_list(request: Request) -> HttpResponse:
    form = NeedFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "needs/need_list.html", {"form": form}, status=422)
    listing = Listing(request.user, form.sieve())
    pages: Paginator[Need] = Paginator(listing, PAGE)  # type: ignore[arg-type]
    context = {
        "form": form,
        "listing": listing,
        "page": pages.get_page(request.GET.get("page")),
        "chosen": [(chosen, _without(request, chosen.name)) for chosen in form.chosen()],
        "rounds": form.listed_rounds,
    }
    return render(request, "needs/need_list.html", context)


def _without(request: Request, name: str) -> str:
    """The address of the same list without one filter; a place goes with its commune."""
    left = request.GET.copy()
    for parameter in {"page", name} | ({"place"} if name == "commune" else set()):
        left.pop(parameter, None)
    return f"?{left.urlencode()}"


@access(Permission.VIEW_NEEDS)
@require_safe
def need_detail(request: Request, pk: int) -> HttpResponse:
    return need_page(request, need_within_reach(request, pk))


def need_within_reach(request: Request, pk: int) -> Need:
    needs = Need.objects.visible_to(request.user).select_related(
        "place__unit", "item__area", "age_band", "balance", "round__scope", "survey__commune", "survey__round"
    )
    return within_reach(needs, pk=pk)


def need_page(request: Request, need: Need, form: PriorityFields | None = None) -> HttpResponse:
    set_now = "" if need.priority == need.stated_priority else need.priority
    context = {
        "need": need,
        "moves": need.moves.select_related("by", "survey").order_by("-at", "-pk"),
        "claims": claims_on(need),
        "may_prioritise": need.closed_at is None and permissions.prioritises(request.user, need),
        "priority_form": form or PriorityFields(initial={"priority": set_now}),
    }
    return render(request, "needs/need_detail.html", context, status=status_of(form) if form else 200)
