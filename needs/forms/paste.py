"""The block that was pasted, and the cell where it begins."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.errors import Refusal
from directory.models import Place
from needs.clipboard import Line, read_block
from needs.paste import labels_of
from needs.sections import Section


class PasteForm(forms.Form):
    """Cleans to ``lines``, ``place`` and ``column``."""

    block = forms.CharField(
        label=gettext_lazy("Cells copied from Excel"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "wrap": "off", "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Nothing was pasted. Copy the cells in Excel, paste here.")},
    )
    place = forms.TypedChoiceField(
        label=gettext_lazy("First row"),
        help_text=gettext_lazy("Where the block begins. Not needed if its first column names the places."),
        error_messages={"invalid_choice": gettext_lazy("This place is not in the survey. Choose another.")},
    )
    column = forms.ChoiceField(
        label=gettext_lazy("First column"),
        help_text=gettext_lazy("Where the first column of figures goes."),
        error_messages={
            "invalid_choice": gettext_lazy("The survey has no such column (any more). Choose another.")
        },
    )

    def __init__(self, *args: Any, section: Section, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {str(place.pk): place for place in section.contents.places}
        self.lines: list[Line] = []
        places, columns = self.fields["place"], self.fields["column"]
        assert isinstance(places, forms.TypedChoiceField)
        assert isinstance(columns, forms.ChoiceField)
        places.choices = [(pk, place.name) for pk, place in self._places.items()]
        places.coerce = self._place
        columns.choices = list(labels_of(section).items())

    def _place(self, pk: str) -> Place:
        return self._places[pk]

    def clean_block(self) -> str:
        block: str = self.cleaned_data["block"]
        try:
            self.lines = read_block(block)
        except Refusal as refusal:
            problems = [str(problem.message) for problem in refusal.problems]
            raise forms.ValidationError(problems, code=refusal.code) from None
        if not self.lines:
            raise forms.ValidationError(
                _("The block holds empty cells only. Copy cells with figures in them.")
            )
        return block
