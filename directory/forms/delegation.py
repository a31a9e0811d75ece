"""What one types to hand over one's powers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.fields import VietnameseDateField
from directory.models import User


class DelegationForm(forms.Form):
    to_user: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Colleague"), help_text=_("Somebody of your own agency.")
    )
    valid_from = VietnameseDateField(label=_("First day"))
    valid_to = VietnameseDateField(label=_("Last day"))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For example leave, or a mission.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.colleagues_of(user).order_by("full_name")
        self.fields["to_user"].queryset = colleagues  # type: ignore[attr-defined]
