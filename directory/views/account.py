"""Accounts, kept by administrators. A one-time password is shown once, in the answer itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.access import access, within_reach
from directory.actions import account as actions
from directory.errors import Refusal
from directory.forms.account import AccountForm, ChangeAccountForm, OptionalReasonForm, ReasonForm
from directory.http import Request
from directory.models import User
from directory.roles import ROLES, Permission
from directory.screens import client_key_of, show_refusal, status_of
from directory.search import accounts_found

ROWS_PER_PAGE = 50


@access(Permission.MANAGE_ACCOUNTS)
@require_safe
def account_list(request: Request) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    page = Paginator(accounts_found(request.user, query), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "directory/account_list.html", {"page": page, "query": query})


@access(Permission.MANAGE_ACCOUNTS)
@require_http_methods(["GET", "HEAD", "POST"])
def account_create(request: Request) -> HttpResponse:
    form = AccountForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        password = actions.one_time_password()
        try:
            account = actions.create_account(
                by=request.user, password=password, key=client_key_of(request), **form.cleaned_data
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _show_once(request, account, password)
    return render(request, "directory/account_create.html", {"form": form}, status=status_of(form))


@access(Permission.MANAGE_ACCOUNTS)
@require_safe
def account_detail(request: Request, pk: int) -> HttpResponse:
    account = within_reach(User.objects.visible_to(request.user).select_related("agency"), pk=pk)
    return _detail(request, account)


@access(Permission.MANAGE_ACCOUNTS)
@require_http_methods(["GET", "HEAD", "POST"])
def account_change(request: Request, pk: int) -> HttpResponse:
    account = within_reach(User.objects.visible_to(request.user), pk=pk)
    initial = {"full_name": account.full_name, "role": account.role, "agency": account.agency_id}
    form = ChangeAccountForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_account(by=request.user, account=account, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The account was changed."))
            return redirect("account_detail", pk=pk)
    context = {"form": form, "account": account}
    return render(request, "directory/account_change.html", context, status=status_of(form))


@access(Permission.MANAGE_ACCOUNTS)
@require_POST
def account_reset(request: Request, pk: int) -> HttpResponse:
    return _with_password(request, pk, "reset_form", OptionalReasonForm, actions.reset_password)


@access(Permission.MANAGE_ACCOUNTS)
@require_POST
def account_activate(request: Request, pk: int) -> HttpResponse:
    return _with_password(request, pk, "activate_form", ReasonForm, actions.activate_account)


@access(Permission.MANAGE_ACCOUNTS)
@require_POST
def account_deactivate(request: Request, pk: int) -> HttpResponse:
    account = within_reach(User.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.deactivate_account(by=request.user, account=account, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The account was deactivated; its sessions have ended."))
            return redirect("account_detail", pk=pk)
    return _detail(request, account, deactivate_form=form)


def _with_password(
    request: Request, pk: int, name: str, form_class: type[forms.Form], action: Callable[..., User]
) -> HttpResponse:
    """Do ``action``, which gives a new one-time password, and show that once."""
    account = within_reach(User.objects.visible_to(request.user), pk=pk)
    form = form_class(request.POST)
    if form.is_valid():
        password = actions.one_time_password()
        try:
            account = action(
                by=request.user,
                account=account,
                password=password,
                reason=form.cleaned_data["reason"],
                key=client_key_of(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _show_once(request, account, password)
    return _detail(request, account, **{name: form})


def _detail(request: Request, account: User, **forms_with_errors: forms.Form) -> HttpResponse:
    context: dict[str, Any] = {
        "account": account,
        "purpose": ROLES[account.role].purpose,
        "reset_form": OptionalReasonForm(auto_id="reset_%s"),
        "deactivate_form": ReasonForm(auto_id="deactivate_%s"),
        "activate_form": ReasonForm(auto_id="activate_%s"),
        "wrong": next(iter(forms_with_errors.values()), None),
        **forms_with_errors,
    }
    status = max((status_of(form) for form in forms_with_errors.values()), default=200)
    return render(request, "directory/account_detail.html", context, status=status)


def _show_once(request: Request, account: User, password: str) -> HttpResponse:
    """The password stands in this answer only. A form sent twice did its deed once, with another password."""
    shown = password if account.check_password(password) else ""
    context = {"account": account, "password": shown}
    response = render(request, "directory/account_password.html", context)
    add_never_cache_headers(response)
    return response
