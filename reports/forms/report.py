"""Edit a section, issue the report."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.fields import VietnameseDateField, WholeNumberField

LONGEST = 20_000


class SectionForm(forms.Form):
    """``version`` is the one that the writer had read."""

    heading = forms.CharField(label=_("Heading"), max_length=200, strip=True)
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class IssueForm(forms.Form):
    """Number and date as the clerk's register gives them."""

    number = WholeNumberField(
        label=_("Number"),
        min_value=1,
        max_digits=5,
        help_text=_("From the clerk's register; the next free one is suggested."),
    )
    dated = VietnameseDateField(label=_("Date of the report"))
