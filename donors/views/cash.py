"""The way of the money given: what came of each cash line, what it bought, and what is left."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from directory.access import access, within_reach
from directory.http import Request
from directory.roles import Permission
from documents.exports import in_words, list_response
from donors.forms import CashFilter
from donors.models import Pledge, PledgeLine
from donors.models.pledge_line import PledgeLineQuerySet
from donors.permissions import may_handle_pledge
from donors.stock import spendings_of
from donors.views.pages import chosen, page_of
from donors.workbooks.purchases import MONEY


@access(Permission.VIEW_DONORS)
@require_GET
def cash_list(request: Request) -> HttpResponse:
    form = CashFilter(request.GET)
    lines = _listed(request, form)
    context = {"form": form, "page": page_of(request, lines), "sums": lines.money()}
    return render(request, "donors/cash_list.html", context)


@access(Permission.VIEW_DONORS)
@require_GET
def cash_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    form = CashFilter(request.GET)
    return list_response(request, MONEY, _listed(request, form), format, in_words(form))


def _listed(request: Request, form: CashFilter) -> PledgeLineQuerySet:
    lines = PledgeLine.objects.money_of(Pledge.objects.visible_to(request.user))
    if chosen(form):
        lines = lines.with_money_left()
    return lines.order_by("-pledge__pledged_on", "-pledge_id", "pk")


@access(Permission.VIEW_DONORS)
@require_GET
def cash_detail(request: Request, pk: int) -> HttpResponse:
    """Every đồng that came of one cash line: reserved, spent, left; each purchase and its goods."""
    line = within_reach(PledgeLine.objects.money_of(Pledge.objects.visible_to(request.user)), pk=pk)
    moves = line.cash_moves.select_related("by", "purchase", "receipt_line__receipt")
    context = {
        "line": line,
        "pledge": line.pledge,
        "cash": line.cash,
        "spendings": spendings_of(line),
        "moves": moves.order_by("pk"),
        "may_handle": may_handle_pledge(request.user, line.pledge),
    }
    return render(request, "donors/cash_detail.html", context)
