"""Beside the visits: random samples of deliveries, and the checklist."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory import clock, history
from directory.access import access, within_reach
from directory.errors import Forbidden, Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import add_question, change_question, draw_sample, retire_question
from distributions.forms import QuestionForm, SampleForm
from distributions.models import ChecklistItem, Distribution, SupervisionSample, SupervisionVisit
from distributions.scope import scopes_inspected_by

FIRST_SIZE = 5


@access(Permission.SUPERVISE)
@require_http_methods(["GET", "POST"])
def sample_create(request: Request) -> HttpResponse:
    today = clock.today()
    initial = {"from_on": date(today.year, 1, 1), "to_on": today, "size": FIRST_SIZE}
    form = SampleForm(request.POST or None, user=request.user, initial=initial)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            sample = draw_sample(by=request.user, key=client_key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            return redirect("sample_detail", pk=sample.pk)
    samples = SupervisionSample.objects.visible_to(request.user).newest()
    context = {"form": form, "samples": samples}
    return render(request, "distributions/sample_create.html", context, status=status)


@access(Permission.SUPERVISE)
@require_safe
def sample_detail(request: Request, pk: int) -> HttpResponse:
    """The deliveries that were drawn, and how."""
    samples = SupervisionSample.objects.visible_to(request.user).select_related("scope", "by__agency")
    sample = within_reach(samples, pk=pk)
    visits = SupervisionVisit.objects.visible_to(request.user).standing()
    rows = Distribution.objects.visible_to(request.user).sampled_in(sample)
    rows = rows.prefetch_related(Prefetch("visits", visits))
    return render(request, "distributions/sample_detail.html", {"sample": sample, "rows": rows})


@access(Permission.SUPERVISE)
@require_http_methods(["GET", "POST"])
def checklist(request: Request) -> HttpResponse:
    """The questions that visits ask, and a new one."""
    scope = scopes_inspected_by(request.user).first()
    if scope is None:
        raise Forbidden(_("Your office coordinates no unit today, so it keeps no checklist."))
    items = ChecklistItem.objects.visible_to(request.user).in_use()
    form, status = QuestionForm(request.POST or None, initial={"order": items.count() + 1}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                add_question(by=request.user, scope=scope, key=client_key_of(request), **_typed(form))
            except Refusal as refusal:
                status = show_refusal(form, refusal)
            else:
                messages.success(request, _("The question is added: visits ask it from now on."))
                return redirect("checklist")
    return render(request, "distributions/checklist.html", {"items": items, "form": form}, status=status)


@access(Permission.SUPERVISE)
@require_http_methods(["GET", "POST"])
def checklist_change(request: Request, pk: int) -> HttpResponse:
    item = within_reach(ChecklistItem.objects.visible_to(request.user).select_related("scope"), pk=pk)
    read = {"question": item.question, "order": item.order, "version": history.version_of(item)}
    form = QuestionForm(request.POST or None, initial=read)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            key, version = client_key_of(request), form.read_version
            change_question(by=request.user, item=item, key=key, version=version, **_typed(form))
        except Refusal as refusal:
            status = form.show(refusal)
        else:
            messages.success(request, _("The question is changed; what was found before keeps its words."))
            return redirect("checklist")
    return render(request, "distributions/checklist_change.html", {"item": item, "form": form}, status=status)


@access(Permission.SUPERVISE)
@require_POST
def checklist_retire(request: Request, pk: int) -> HttpResponse:
    item = within_reach(ChecklistItem.objects.visible_to(request.user).select_related("scope"), pk=pk)
    retire_question(by=request.user, item=item, key=client_key_of(request))
    messages.success(request, _("The question is retired: visits do not ask it any more."))
    return redirect("checklist")


def _typed(form: QuestionForm) -> dict[str, Any]:
    return {"question": form.cleaned_data["question"], "order": form.cleaned_data["order"] or 0}
