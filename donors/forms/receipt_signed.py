"""The signed receipt record, cleaned to what is kept of it."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from directory.errors import Refusal
from documents.signed import SignedFile, clean

ACCEPTED = "application/pdf,image/jpeg,image/png,image/webp"


class SignedForm(forms.Form):
    signed = forms.FileField(
        label=_("Scan or PDF of the signed record"),
        help_text=_(
            "A photograph or scan (JPEG, PNG, WebP), or a PDF with its digital signature, at most 8 MB. An "
            "image is drawn anew without the place where it was taken; a PDF is kept as it is."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": _("No file was chosen. Choose the scan or the PDF.")},
    )

    def clean_signed(self) -> SignedFile:
        file = self.cleaned_data["signed"]
        try:
            return clean(file, file.size)
        except Refusal as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None
