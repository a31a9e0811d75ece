"""Merging two entries: which one stays is chosen by search, then what is moved is confirmed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class MergeForm(forms.Form):
    """``seen`` carries back the mark of the preview that was read."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)
    reason = forms.CharField(
        label=_("How do you know that it is one donor?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
    )
