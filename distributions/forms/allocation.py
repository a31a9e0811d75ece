"""Forms of one allocation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.fields import WholeNumberField


class AllocateForm(forms.Form):
    """One supply line for the chosen need."""

    quantity = WholeNumberField(label=_("Quantity"), min_value=1)
    out_of_scope_reason = forms.CharField(
        label=_("Why this place is helped"), required=False, max_length=300, strip=True
    )
    overlap_reason = forms.CharField(
        label=_("Why it gets some from here too"), required=False, max_length=300, strip=True
    )


class ReverseForm(forms.Form):
    quantity = WholeNumberField(label=_("Quantity to take back"), min_value=1)
    reason = forms.CharField(label=_("Reason"), max_length=300)
