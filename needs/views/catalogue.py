"""The catalogue of support items: list, one item, and what the coordinating office does to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from directory import clock
from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from needs.actions import (
    change_item,
    create_item,
    delete_item,
    restore_item,
    retire_item,
    set_prices,
    set_sizes,
)
from needs.catalogue import bands_of, lines_by_area, size_groups
from needs.forms.catalogue import ItemForm, PricesForm, RetireForm, SizesForm
from needs.models import SupportItem
from needs.uses import uses_of


@access(Permission.VIEW_NEEDS)
@require_safe
def item_list(request: Request) -> HttpResponse:
    retired = request.GET.get("state") == "retired"
    areas = lines_by_area(clock.today().year, retired=retired)
    context = {"areas": list(areas.items()), "retired": retired}
    return render(request, "needs/item_list.html", context)


@access(Permission.VIEW_NEEDS)
@require_safe
def item_detail(request: Request, pk: int) -> HttpResponse:
    item = _item(pk)
    keeps = request.user.may(Permission.MANAGE_CATALOGUE)
    context = {
        "item": item,
        "bands": bands_of(item),
        "prices": item.prices.order_by("-year"),
        "sizes": size_groups(item),
        "uses": uses_of(item, request.user) if keeps else [],
        "keeps": keeps,
    }
    return render(request, "needs/item_detail.html", context)


@access(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_create(request: Request) -> HttpResponse:
    form = ItemForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            item = create_item(by=request.user, facts=form.facts(), key=client_key_of(request))
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("“%(item)s” is in the catalogue.") % {"item": item})
            return redirect("item_detail", item.pk)
    return render(request, "needs/item_form.html", {"form": form}, status=status_of(form))


@access(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_change(request: Request, pk: int) -> HttpResponse:
    item = _item(pk)
    form = ItemForm(request.POST or None, user=request.user, item=item)
    if request.method == "POST" and form.is_valid():
        try:
            change_item(by=request.user, item=item, version=form.read_version, facts=form.facts())
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _done(request, item, _("The change is saved."))
    context = {"form": form, "item": item, "uses": uses_of(item, request.user)}
    return render(request, "needs/item_form.html", context, status=status_of(form))


@access(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_prices(request: Request, pk: int) -> HttpResponse:
    item = _item(pk)
    form = PricesForm(item, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_prices(by=request.user, item=item, prices=form.prices())
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _done(request, item, _("The prices are saved."))
    context = {"form": form, "item": item}
    return render(request, "needs/item_prices.html", context, status=status_of(form))


@access(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_sizes(request: Request, pk: int) -> HttpResponse:
    item = _item(pk)
    form = SizesForm(item, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_sizes(by=request.user, item=item, rows=form.size_rows(), version=form.read_version)
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _done(request, item, _("The size table is saved."))
    context = {"form": form, "item": item}
    return render(request, "needs/item_sizes.html", context, status=status_of(form))


@access(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_retire(request: Request, pk: int) -> HttpResponse:
    item = _item(pk)
    form = RetireForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            retire_item(by=request.user, item=item, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _done(request, item, _("The item is retired."))
    context = {"form": form, "item": item}
    return render(request, "needs/item_retire.html", context, status=status_of(form))


@access(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_restore(request: Request, pk: int) -> HttpResponse:
    item = _item(pk)
    if request.method == "POST":
        restore_item(by=request.user, item=item)
        return _done(request, item, _("The item is in use again."))
    return redirect("item_detail", item.pk)


@access(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_delete(request: Request, pk: int) -> HttpResponse:
    item, context, status = _item(pk), dict[str, Any](), 200
    if request.method == "POST":
        try:
            delete_item(by=request.user, item=item)
        except Refusal as refusal:
            context["refusal"], status = refusal, refusal.status
        else:
            messages.success(request, _("“%(item)s” is deleted.") % {"item": item})
            return redirect("item_list")
    context |= {"item": item, "uses": uses_of(item, request.user)}
    return render(request, "needs/item_delete.html", context, status=status)


def _item(pk: int) -> SupportItem:
    return within_reach(SupportItem.objects.catalogue(), pk=pk)


def _done(request: Request, item: SupportItem, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("item_detail", item.pk)
