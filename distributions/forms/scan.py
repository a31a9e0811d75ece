"""The field that takes the scan of a signed record, cleaned to an image drawn anew."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from directory.errors import Refusal
from documents.scan import CleanScan, clean

ACCEPTED = "image/jpeg,image/png,image/webp"


class WithScan(forms.Form):
    scan = forms.FileField(
        label=_("Scan of the signed record, only the page without names"),
        required=False,
        help_text=_(
            "A photograph or scan as JPEG, PNG or WebP, at most 8 MB. Never the list of children who signed: "
            "it stays with the commune."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )

    @property
    def choose_again(self) -> bool:
        """A file came, and the page comes back: browsers do not choose it again by themselves."""
        return bool(self.files.get("scan")) and not self.is_valid()

    def clean_scan(self) -> CleanScan | None:
        file = self.cleaned_data["scan"]
        if not file:
            return None
        try:
            return clean(file, file.size)
        except Refusal as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None


class ScanForm(WithScan):
    """The scan alone, after the confirmation."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["scan"].required = True
