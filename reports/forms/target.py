"""The year's targets, one field for each indicator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from directory.fields import WholeNumberField
from reports.models import Indicator

DIGITS = 13  # whole đồng


class TargetForm(forms.Form):
    """Empty: no target, which is not a target of 0."""

    def __init__(self, *args: Any, indicators: Iterable[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for indicator in indicators:
            self.fields[str(indicator.pk)] = WholeNumberField(
                label=str(indicator), help_text=indicator.unit, required=False, max_digits=DIGITS
            )

    @property
    def values(self) -> dict[int, int | None]:
        """Targets by indicator id."""
        return {int(name): value for name, value in self.cleaned_data.items()}
