"""Support plans: propose, accept, look back, undo."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_POST, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import accept_plan, undo_plan
from distributions.actions.support_plan_undo import stays_of
from distributions.forms import AcceptForm, BoardForm, ProposalForm, UndoForm
from distributions.models import SupportPlan
from distributions.permissions import may_plan_support
from distributions.proposal_words import first_few
from distributions.support_plan import Draft, DraftLine
from distributions.support_plan_file import SUPPORT_PLAN, rows_of
from distributions.support_plan_token import signed
from distributions.wording import number
from documents.exports import in_words, list_response
from needs.reporting import reporting_of

LINES_A_PAGE, PLANS_A_PAGE, GAPS_SHOWN = 50, 25, 100
Pairs = set[tuple[int, int]]


@access(Permission.ALLOCATE)
@require_safe
def support_plan_propose(request: Request) -> HttpResponse:
    return _proposal(request)


@access(Permission.ALLOCATE)
@require_POST
def support_plan_accept(request: Request) -> HttpResponse:
    form, chosen = AcceptForm(request.POST, user=request.user), []
    try:
        offered = form.offered()
        chosen = form.chosen(offered)
        plan = accept_plan(
            by=request.user,
            scope=offered.of.scope,
            year=offered.of.year,
            lines=chosen,
            gaps=offered.gaps,
            declined=form.declined(offered),
            narrowed_to=offered.narrowed_to,
            proposed=len(offered.lines),
            proposed_at=offered.made_at,
            reasons=offered.reasons,
            key=client_key_of(request),
        )
    except Refusal as refusal:
        ticked = {(line.supply_line.pk, line.need.pk) for line in chosen}
        return _proposal(request, refusal, ticked)
    return _after_accepting(request, plan, chosen)


def _after_accepting(request: Request, plan: SupportPlan, chosen: Sized) -> HttpResponse:
    accepted = ngettext(
        "%(count)s line of the proposal is accepted and allocated: plan %(year)s, version %(version)s.",
        "%(count)s lines of the proposal are accepted and allocated: plan %(year)s, version %(version)s.",
        len(chosen),
    ) % {"count": number(len(chosen)), "year": plan.year, "version": plan.version}
    messages.success(request, accepted)
    return redirect("support_plan_detail", pk=plan.pk)


def _proposal(request: Request, refusal: Refusal | None = None, ticked: Pairs | None = None) -> HttpResponse:
    """``ticked``: the lines that were chosen when it was refused; None: all that are not in doubt."""
    form = ProposalForm(request.GET, user=request.user)
    of = form.of_what()
    context: dict[str, Any] = {"form": form, "of": of, "refusal": refusal}
    if of is not None:
        draft = Draft(request.user, of, form.sieve(), form.reasons())
        page = Paginator(list(enumerate(draft.lines)), LINES_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "rows": [(index, line, _is_ticked(line, ticked)) for index, line in page],
            "excepted": sum(bool(line.outside or line.beside) for line in draft.lines),
            "doubtful": sum(line.is_doubtful for line in draft.lines),
            "draft": draft,
            "reporting": reporting_of(request.user, form.sieve().commune),
            "gaps": draft.gaps[:GAPS_SHOWN],
            "gap_count": len(draft.gaps),
            "several_rounds": len({need.round_id for need in draft.needs.values()}) > 1,
            "signed": signed(draft, _narrowed_to(request)),
        }
    status = refusal.status if refusal else 200
    return render(request, "distributions/support_plan_propose.html", context, status=status)


def _narrowed_to(request: Request) -> str:
    """The filters in words; the record speaks the office's language, whatever the reader's."""
    with override(settings.LANGUAGE_CODE):
        return "; ".join(in_words(BoardForm(request.GET, user=request.user)))


def _is_ticked(line: DraftLine, ticked: Pairs | None) -> bool:
    """What is overdue may never come: it is for the reader to tick."""
    return not line.is_doubtful if ticked is None else line.pair in ticked


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def support_plan_list(request: Request) -> HttpResponse:
    plans = SupportPlan.objects.visible_to(request.user).for_list()
    page = Paginator(plans, PLANS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "distributions/support_plan_list.html", {"page": page})


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def support_plan_detail(request: Request, pk: int) -> HttpResponse:
    return _detail(request, _plan(request, pk))


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def support_plan_export(request: Request, pk: int, format: str) -> HttpResponse:
    """Lines and what stayed uncovered, as a file."""
    plan = _plan(request, pk)
    notes = [_("Plan %(year)s, version %(version)s") % {"year": plan.year, "version": plan.version}]
    if plan.narrowed_to:
        notes.append(plan.narrowed_to)
    return list_response(request, SUPPORT_PLAN, rows_of(plan), format, notes)


@access(Permission.ALLOCATE)
@require_POST
def support_plan_undo(request: Request, pk: int) -> HttpResponse:
    plan, form, status = _plan(request, pk), UndoForm(request.POST), 422
    chosen = form.chosen()
    lines = None if chosen is None else list(plan.lines.with_names().filter(pk__in=chosen))
    if form.is_valid():
        try:
            undo_plan(
                by=request.user, plan=plan, lines=lines, key=client_key_of(request), **form.cleaned_data
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            return _after_undoing(request, plan, lines)
    return _detail(request, plan, form, status)


def _after_undoing(request: Request, plan: SupportPlan, lines: list[Any] | None) -> HttpResponse:
    messages.success(request, _("Taken back: free again in the pledges, lacking again at the places."))
    rows = plan.lines.with_names()
    stays = stays_of(rows if lines is None else rows.filter(pk__in=[line.pk for line in lines]))
    if stays:
        message = _("This stays, because it is planned, sent or delivered: %(what)s")
        messages.warning(request, message % {"what": " ".join(first_few(stays))})
    return redirect("support_plan_detail", pk=plan.pk)


def _plan(request: Request, pk: int) -> SupportPlan:
    return within_reach(SupportPlan.objects.visible_to(request.user).for_list(), pk=pk)


def _detail(
    request: Request, plan: SupportPlan, form: UndoForm | None = None, status: int = 200
) -> HttpResponse:
    lines = Paginator(plan.lines.with_names(), LINES_A_PAGE).get_page(request.GET.get("page"))
    ticked = (form.chosen() or []) if form else []
    context = {
        "plan": plan,
        "page": lines,
        "rows": [(line, str(line.pk) in ticked) for line in lines],
        "gaps": plan.gaps.with_names()[:GAPS_SHOWN],
        "gap_count": plan.gaps.count(),
        "declined": plan.declined.with_names()[:GAPS_SHOWN],
        "declined_count": plan.declined.count(),
        "form": form or UndoForm(),
        "may_undo": plan.undone < plan.made and may_plan_support(request.user, plan.scope),  # type: ignore[attr-defined]
    }
    return render(request, "distributions/support_plan_detail.html", context, status=status)
