"""Approved needs: the list with its filters and totals, and one need with its history and claims."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.access import access, within_reach
from directory.http import Request
from directory.models import HistoryEntry
from directory.roles import Permission
from directory.screens import status_of
from documents import exports
from documents import listing as listing_pdf
from documents.download import file_response, sheet_response
from documents.exports import refuse_too_many
from needs import permissions
from needs.beside import served_beside
from needs.claims import claims_on
from needs.fill import fill_of, fill_of_each
from needs.forms.need import NeedFilterForm
from needs.forms.review import PriorityFields
from needs.listing import Listing
from needs.models import Need
from needs.papers import working_list
from needs.workbooks.need import sheet_of

PAGE = 50
FILE_NAME = "nhu-cau"
# A laid out page takes 0.2 s.
MOST_ROWS = {**exports.MOST_ROWS, "pdf": 1_000}


@access(Permission.VIEW_NEEDS)
@require_safe
def need_list(request: Request) -> HttpResponse:
    form = NeedFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "needs/need_list.html", {"form": form}, status=422)
    listing = Listing(request.user, form.sieve())
    pages: Paginator[Need] = Paginator(listing, PAGE)  # type: ignore[arg-type]
    page = pages.get_page(request.GET.get("page"))
    fills = fill_of_each(list(page))
    context = {
        "form": form,
        "listing": listing,
        "page": page,
        "rows": [(need, fills[need.pk]) for need in page],
        "chosen": [(chosen, _without(request, chosen.name)) for chosen in form.chosen()],
        "rounds": form.listed_rounds,
        "files": [(format.upper(), _export_address(request, format)) for format in MOST_ROWS],
    }
    return render(request, "needs/need_list.html", context)


@access(Permission.VIEW_NEEDS)
@require_safe
def need_export(request: Request, format: str) -> HttpResponseBase:
    """Exactly the filtered list as a file; too long a one is refused by name."""
    form = NeedFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "needs/need_list.html", {"form": form}, status=422)
    listing = Listing(request.user, form.sieve())
    refuse_too_many(listing.count(), format, MOST_ROWS)
    if format == "pdf":
        paper = listing_pdf.render(working_list(request.user, form, listing))
        return file_response(paper, "application/pdf", FILE_NAME, format)
    return sheet_response(sheet_of(request.user, form, listing), FILE_NAME, format)


def _export_address(request: Request, format: str) -> str:
    return reverse("need_export", args=[format]) + _asked(request)


def _without(request: Request, name: str) -> str:
    """The address of the same list without one filter; a place goes with its commune."""
    return _asked(request, name, *(["place"] if name == "commune" else []))


def _asked(request: Request, *left_out: str) -> str:
    """What was asked for, from the first page on, as short as it can be said."""
    asked = request.GET.copy()
    for name in list(asked):
        if not asked[name] or name in ("page", *left_out):
            del asked[name]
    return f"?{asked.urlencode()}"


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
        "beside": served_beside(request.user, need),
        "fill": fill_of(need),
        "may_prioritise": need.closed_at is None and permissions.prioritises(request.user, need),
        "was_prioritised": HistoryEntry.objects.of(need).exists(),
        "priority_form": form or PriorityFields(initial={"priority": set_now}),
    }
    return render(request, "needs/need_detail.html", context, status=status_of(form) if form else 200)
