"""The file that somebody uploads."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from directory.errors import Refusal
from documents.reading import refuse_too_large


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Workbook"),
        help_text=_("Excel (.xlsx) or CSV, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("No file was chosen. Choose the workbook on your computer."),
            "empty": _("The file is empty. Choose another one."),
        },
    )

    def clean_file(self) -> UploadedFile:
        """Before its bytes are read into memory."""
        file: UploadedFile = self.cleaned_data["file"]
        try:
            refuse_too_large(file.size or 0, file.name or "")
        except Refusal as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None
        return file
