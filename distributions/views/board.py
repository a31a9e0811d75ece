"""The allocation board: needs on one side, supply on the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory import clock
from directory.access import access, within_reach
from directory.http import Request
from directory.models import User
from directory.roles import Permission
from directory.scope import difficult_among, is_difficult
from distributions import board
from distributions.by_budget import Given, given_by_budget
from distributions.claims import covered_by
from distributions.forms import AllocateForm, BoardForm
from distributions.overlap import Others, in_words
from distributions.permissions import may_allocate_to
from needs.models import Need, SurveyRound
from needs.reporting import reporting_of

NEEDS_A_PAGE, LINES_A_PAGE = 15, 15


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def allocation_board(request: Request) -> HttpResponse:
    return show_board(request, chosen_need(request, request.GET))


def chosen_need(request: Request, data: QueryDict) -> Need | None:
    pk = data.get("need")
    if not pk:
        return None
    needs = Need.objects.visible_to(request.user).select_related(
        "round__scope", "item__area", "age_band", "place__unit", "balance"
    )
    return within_reach(needs, pk=pk)


def show_board(
    request: Request,
    need: Need | None,
    tried: int | None = None,
    form: AllocateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """``tried`` and ``form``: the supply line that was just refused, and what was typed for it."""
    sieve_form = BoardForm(request.GET, user=request.user)
    sieve = sieve_form.sieve()
    needs = Paginator(board.open_needs(request.user, sieve), NEEDS_A_PAGE).get_page(request.GET.get("page"))
    supply = Paginator(board.supply(request.user, sieve), LINES_A_PAGE)
    context: dict[str, Any] = {
        "sieve_form": sieve_form,
        "needs": needs,
        "rows": _rows(needs, request.user),
        "sees_needs": bool(request.user.reach.communes and request.user.reach.areas),
        "reporting": reporting_of(request.user, sieve.commune),
        "several_rounds": SurveyRound.objects.visible_to(request.user).in_hand().count() > 1,
        "need": need,
        "form": form,
    }
    if need is None:
        context["left"] = board.remainders(request.user, sieve)
        context["supply"] = supply.get_page(request.GET.get("supply_page"))
    else:
        context |= _match(request, need, sieve, tried, form)
    return render(request, "distributions/board.html", context, status=status)


def _rows(needs: Iterable[Need], user: User) -> list[tuple[Need, bool, Given | None]]:
    """Each need of a page: whether it is outside the difficult communes, and what budgets gave there."""
    found = list(needs)
    difficult = difficult_among({need.place.unit for need in found}, clock.today())
    given = given_by_budget(found, user)
    return [(need, need.place.unit_id not in difficult, given.get(need.pk)) for need in found]


def _match(
    request: Request, need: Need, sieve: board.Sieve, tried: int | None, form: AllocateForm | None
) -> dict[str, Any]:
    """What fits the chosen need, and what takes a reason."""
    found = board.suggestions(request.user, need, sieve)
    may_allocate = may_allocate_to(request.user, need)
    others = Others(need.round.scope, need.round.year, [need]) if may_allocate else None
    rows = []
    for each in found.shown:
        beside = others.beside(need, each.line.pledge_line.pledge) if others else []
        rows.append((each, form if form and each.line.pk == tried else _fresh(each), in_words(beside)))
    if form is not None:
        _ask_for_reasons(form)
    return {
        "may_allocate": may_allocate,
        "out_of_scope": not is_difficult(need.place.unit, clock.today()),
        "covered_by": covered_by(need),
        "by_budget": given_by_budget([need], request.user).get(need.pk),
        "found": found,
        "suggestions": rows,
    }


def _fresh(suggestion: board.Suggestion) -> AllocateForm:
    form = AllocateForm(initial={"quantity": suggestion.quantity}, auto_id=f"id_{suggestion.line.pk}_%s")
    _ask_for_reasons(form)
    return form


def _ask_for_reasons(form: AllocateForm) -> None:
    """Shown only where they are needed, so never marked as optional."""
    for name in ("out_of_scope_reason", "overlap_reason"):
        form.fields[name].required = True
