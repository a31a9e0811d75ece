"""The form on which the coordinating office decides what became of missing goods."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.fields import WholeNumberField, asked_sometimes
from distributions.models import DistributionLine


class SettleForm(forms.Form):
    returned = asked_sometimes(WholeNumberField(label=_("Came back to the stock"), required=False))
    lost = asked_sometimes(WholeNumberField(label=_("Lost"), required=False))
    reason = forms.CharField(label=_("How that is known"), max_length=300)

    def __init__(self, data: Any = None, *, line: DistributionLine) -> None:
        super().__init__(data, auto_id=f"id_{line.pk}_%s")
        self.line = line
