"""Logging in, and choosing a password of one's own."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _


class PortalLoginForm(LoginForm):
    """allauth's form without sign-up, e-mail and placeholders in place of labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username")
        self.fields["password"].label = _("Password")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        user: AbstractBaseUser | None = self.user
        if user is not None and not user.is_active:
            # Whoever reads this has typed the right password, so it tells a stranger nothing.
            raise forms.ValidationError(
                _("This account was deactivated. Ask an administrator of the portal to reactivate it."),
                code="inactive",
            )
        return cleaned

    def is_over_limit(self) -> bool:
        return self.has_error("__all__", "too_many_login_attempts")


class OwnPasswordForm(ChangePasswordForm):
    """The old password, and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Current password"),
            "password1": _("New password"),
            "password2": _("New password, again"),
        }
        for name, field in self.fields.items():
            field.label = labels[name]
            field.widget.attrs.pop("placeholder", None)
        self.fields["oldpassword"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        new = cleaned.get("password1")
        if new and new == cleaned.get("oldpassword"):
            self.add_error("password1", _("This is the password that you have now. Choose one that is new."))
        return cleaned
