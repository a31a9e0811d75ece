"""Instalments of a pledge: a row for each day, a column for each line."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.errors import Refusal
from directory.fields import VietnameseDateField, WholeNumberField
from directory.forms.rows import RowsForm
from directory.posted import carried
from donors.actions.instalment import Days, Part, instalments_of
from donors.forms.pledge_change import ReasonForm
from donors.models import Pledge
from donors.numbers import DONG_DIGITS

FEWEST_ROWS, SPARE_ROWS = 4, 2


class InstalmentForm(RowsForm, ReasonForm):
    """``pledge`` is loaded with its progress (``Pledge.objects.for_list()``)."""

    known = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, pledge: Pledge, *args: Any, **kwargs: Any) -> None:
        self.lines, self.stored = list(pledge.lines.all()), instalments_of(pledge)
        days = sorted({day for line in self.stored.values() for day in line})
        super().__init__(*args, initial=self._initial(days), **kwargs)
        for _row in range(max(FEWEST_ROWS, len(days) + SPARE_ROWS)):
            self.add_row(self._row_fields())

    def _row_fields(self) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {"due_on": VietnameseDateField(label=gettext_lazy("Due on"))}
        for line in self.lines:
            digits = {} if line.is_goods else {"max_digits": DONG_DIGITS}
            label = f"{line.what} ({line.unit})"
            fields[f"line-{line.pk}"] = WholeNumberField(label=label, required=False, **digits)
        return fields

    def _initial(self, days: list[date]) -> dict[str, Any]:
        values: dict[str, Any] = {"known": _carried(self.stored)}
        for number, day in enumerate(days):
            values[f"lines-{number}-due_on"] = day
            for pk, sizes in self.stored.items():
                values[f"lines-{number}-line-{pk}"] = sizes.get(day)
        return values

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for number in self.filled_rows:
            if not self.values_of(number)["due_on"] and not self.row_is_wrong(number):
                message = _("The day of this instalment is missing. Type it, or clear the row.")
                self.add_error(f"lines-{number}-due_on", forms.ValidationError(message, code="no_day"))
        return values

    def arguments(self) -> dict[str, Any]:
        """What ``set_instalments`` wants. Raises ``Refusal`` if the form came back damaged."""
        parts = []
        for number in self.filled_rows:
            row = self.values_of(number)
            sizes = {line.pk: row[f"line-{line.pk}"] or 0 for line in self.lines}
            parts.append(Part(row["due_on"], sizes, f"lines-{number}-"))
        return {"known": self._known(), "parts": parts, "reason": self.cleaned_data["reason"]}

    def _known(self) -> Days:
        try:
            lines = carried(self.cleaned_data["known"])
            return {
                int(pk): {date.fromisoformat(day): int(size) for day, size in days.items()}
                for pk, days in lines.items()
            }
        except (ValueError, TypeError, AttributeError):
            message = _(
                "The form came back damaged, so nothing was saved. Reload the page and fill it in again."
            )
            raise Refusal(message, code="bad_known") from None

    def carry_newer(self) -> None:
        """After a refused edit over a newer one: the next save is over what is stored now."""
        self.data = {**self.data, "known": _carried(self.stored)}


def _carried(days: Days) -> str:
    return json.dumps(
        {pk: {day.isoformat(): size for day, size in sizes.items()} for pk, sizes in days.items()}
    )
