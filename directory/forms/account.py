"""What administrators type about an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.models import Agency, User
from directory.roles import Role


class AccountForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=_("Username"),
        max_length=60,
        help_text=_("Small letters without marks, digits, dots or hyphens, for example iadal.nguyen."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    full_name = forms.CharField(label=_("Full name"), max_length=120)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    agency: forms.ModelChoiceField = forms.ModelChoiceField(
        None,
        label=_("Agency"),
        required=False,
        help_text=_("Only administrators have none."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("unit__level", "unit", "name")
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class ChangeAccountForm(AccountForm):
    """Another name, role or agency of an account; the username stays."""

    username = None  # type: ignore[assignment]
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ReasonForm(forms.Form):
    """Why an account is closed or opened again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class OptionalReasonForm(forms.Form):
    """Why a password is replaced, if there is something to say."""

    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
