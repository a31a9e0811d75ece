"""Login, logout and the change of one's own password: allauth's views, without its other pages."""

from __future__ import annotations

from http import HTTPStatus

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from directory.access import access
from directory.actions.account import choose_own_password
from directory.forms.session import OwnPasswordForm, PortalLoginForm


class PortalLogin(LoginView):
    """Wrong passwords over the limit are refused as such: 429, with what to do."""

    def get_form_class(self) -> type[PortalLoginForm]:
        return PortalLoginForm

    def form_invalid(self, form: PortalLoginForm) -> HttpResponse:
        response = super().form_invalid(form)
        over = form.is_over_limit()
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS if over else HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class PortalLogout(LogoutView):
    http_method_names = ["post", "options"]


class OwnPassword(PasswordChangeView):
    """Whoever got a one-time password lands here first and goes nowhere else."""

    def get_form_class(self) -> type[OwnPasswordForm]:
        return OwnPasswordForm

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        user = choose_own_password(by=form.user, password=form.cleaned_data["password1"])
        update_session_auth_hash(self.request, user)  # this session goes on, all others end
        messages.success(self.request, _("Your new password is in force."))
        return redirect("/")

    def form_invalid(self, form: OwnPasswordForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


login = access.public(PortalLogin.as_view())
logout = access.signed_in(PortalLogout.as_view())
change_password = access.signed_in(OwnPassword.as_view())
