"""Approved needs: the list with its filters and totals, and one need with its history and claims."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Sum
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
from needs.models import Need
from needs.models.need import NeedQuerySet

PAGE = 50


@access(Permission.VIEW_NEEDS)
@require_safe
def need_list(request: Request) -> HttpResponse:
    form = NeedFilterForm(request.GET, user=request.user)
    needs = form.apply(Need.objects.visible_to(request.user).asked_for())
    shown = needs.select_related("place__unit", "item", "age_band", "balance", "round")
    order = ("priority", "place__unit__name", "place__order", "place__name", "item__order", "age_band", "pk")
    page = Paginator(shown.order_by(*order), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "totals": _totals(needs)}
    return render(request, "needs/need_list.html", context)


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


def _totals(needs: NeedQuerySet) -> list[dict[str, object]]:
    """Needed, covered and delivered by item: quantities of different items have different units."""
    sums = needs.order_by().values("item__name", "item__name_en", "item__unit", "item__order")
    totals = sums.annotate(
        needed=Sum("balance__quantity"), covered=Sum("balance__covered"), delivered=Sum("balance__delivered")
    )
    return list(totals.order_by("item__area__order", "item__order"))
