"""The file that somebody uploads."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Workbook"),
        help_text=_("Excel (.xlsx) or CSV, at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("No file was chosen. Choose the workbook on your computer."),
            "empty": _("The file is empty. Choose another one."),
        },
    )
