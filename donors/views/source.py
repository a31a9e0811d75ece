"""Funds and budgets: list, page, and what the coordinating office does to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from directory import clock
from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from documents.exports import list_response
from donors.actions.source import change_source, close_source, create_source, reopen_source
from donors.forms.source import CloseForm, SourceForm
from donors.models import FundingSource, Pledge, Receipt
from donors.permissions import demand_source_keeping, keeps_sources
from donors.workbooks.lists import SOURCES

SHOWN = 50


@access(Permission.VIEW_DONORS)
@require_GET
def source_list(request: Request) -> HttpResponse:
    rows = list(_listed(request))
    context = {
        "support": [row for row in rows if not row.is_management],
        "management": [row for row in rows if row.is_management],
        "keeps": request.user.may(Permission.RECORD_DONATIONS) and bool(request.user.reach.scopes),
    }
    return render(request, "donors/source_list.html", context)


@access(Permission.VIEW_DONORS)
@require_GET
def source_export(request: Request, format: str) -> HttpResponse:
    return list_response(request, SOURCES, _listed(request), format)


def _listed(request: Request) -> QuerySet[FundingSource]:
    return FundingSource.objects.visible_to(request.user).for_list(request.user)


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def source_create(request: Request) -> HttpResponse:
    form = SourceForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        scope = form.cleaned_data["scope"]
        try:
            source = create_source(
                by=request.user, scope=scope, facts=form.facts(), key=client_key_of(request)
            )
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("“%(source)s” is in the list.") % {"source": source})
            return redirect("source_detail", source.pk)
    return render(request, "donors/source_form.html", {"form": form}, status=status_of(form))


@access(Permission.VIEW_DONORS)
@require_GET
def source_detail(request: Request, pk: int) -> HttpResponse:
    source = _source(request, pk)
    pledges = Pledge.objects.visible_to(request.user).filter(source=source)
    receipts = Receipt.objects.visible_to(request.user).filter(pledge__source=source)
    context: dict[str, Any] = {
        "source": source,
        "is_closed": source.is_closed_on(clock.today()),
        "pledges": pledges.for_list()[:SHOWN],
        "receipts": receipts.for_list()[:SHOWN],
        "promised": pledges.totals(),
        "received": receipts.totals(),
        "keeps": keeps_sources(request.user, source.scope),
    }
    return render(request, "donors/source_detail.html", context)


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def source_change(request: Request, pk: int) -> HttpResponse:
    source = _kept(request, pk)
    form = SourceForm(request.user, request.POST or None, source=source)
    if request.method == "POST" and form.is_valid():
        try:
            change_source(by=request.user, source=source, version=form.read_version, facts=form.facts())
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _done(request, source, _("The change is saved."))
    context = {"form": form, "source": source}
    return render(request, "donors/source_form.html", context, status=status_of(form))


@access(Permission.RECORD_DONATIONS)
@require_http_methods(["GET", "POST"])
def source_close(request: Request, pk: int) -> HttpResponse:
    source = _kept(request, pk)
    form = CloseForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            close_source(by=request.user, source=source, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _done(request, source, _("The source is closed."))
    context = {"form": form, "source": source}
    return render(request, "donors/source_close.html", context, status=status_of(form))


@access(Permission.RECORD_DONATIONS)
@require_POST
def source_reopen(request: Request, pk: int) -> HttpResponse:
    source = _kept(request, pk)
    reopen_source(by=request.user, source=source)
    return _done(request, source, _("The source is open again."))


def _source(request: Request, pk: int) -> FundingSource:
    sources = FundingSource.objects.visible_to(request.user).select_related("agency", "scope")
    return within_reach(sources, pk=pk)


def _kept(request: Request, pk: int) -> FundingSource:
    source = _source(request, pk)
    demand_source_keeping(request.user, source.scope)
    return source


def _done(request: Request, source: FundingSource, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("source_detail", source.pk)
