"""Number and date of a receipt record, and the record that it replaces."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.fields import VietnameseDateField, WholeNumberField
from documents.models import Paper
from donors.actions.receipt_record import replaceable
from donors.models import Receipt


class RecordForm(forms.Form):
    number = WholeNumberField(
        label=_("Number"),
        min_value=1,
        max_digits=5,
        help_text=_("From the clerk's register; the next free one is suggested."),
    )
    dated = VietnameseDateField(label=_("Date of the record"))
    replaces = forms.TypedChoiceField(
        label=_("It replaces"),
        required=False,
        help_text=_("The record of a receipt that was taken back."),
    )

    def __init__(self, receipt: Receipt, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers: dict[str, Paper] = {str(paper.pk): paper for paper in replaceable(receipt)}
        field = self.fields["replaces"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", _("no other record")), *((key, str(paper)) for key, paper in papers.items())]
        field.coerce, field.empty_value = (lambda key: papers[key]), None
        if not papers:
            del self.fields["replaces"]
