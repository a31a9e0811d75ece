"""The file that somebody uploads, and why a stored one is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from directory.errors import Refusal
from documents.models import Removable, Removal
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


class TakeAwayForm(forms.Form):
    """What is wrong with a stored file; what was set aside can only still be erased."""

    how = forms.ChoiceField(label=_("What is wrong with the file"), widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("How you know"), max_length=300, help_text=_("Everybody reads it: never a child's name.")
    )

    def __init__(self, data: Any = None, *, file: Removable) -> None:
        super().__init__(data, auto_id=f"id_file{file.pk}_%s")
        self.file = file
        aside = (
            Removal.ASIDE,
            _("It is not of this record: set it aside. Only the coordinating office can still open it."),
        )
        erase = (
            Removal.ERASED,
            _("It shows names of children: erase it for good. Its checksum and this reason stay."),
        )
        self.fields["how"].choices = [aside, erase] if file.is_kept else [erase]  # type: ignore[attr-defined]


Filed = tuple[Removable, TakeAwayForm | None]


def with_forms(
    files: Iterable[Any], may_take_away: Callable[[Any], bool], refused: forms.Form | None = None
) -> list[Filed]:
    """Each file with the form that takes it away, if there is something left to take."""

    def form_of(file: Removable) -> TakeAwayForm | None:
        if file.removed_as == Removal.ERASED or not may_take_away(file):
            return None
        if isinstance(refused, TakeAwayForm) and refused.file.pk == file.pk:
            return refused
        return TakeAwayForm(file=file)

    return [(file, form_of(file)) for file in files]
