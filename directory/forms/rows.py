"""A form with numbered lines of fields, all of one form: an error stands at ``lines-0-quantity``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from directory.errors import Problem, Refusal


class RowsForm(forms.Form):
    """``add_row`` in ``__init__``; the template walks ``rows``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows: list[list[str]] = []

    def add_row(self, fields: dict[str, forms.Field]) -> None:
        """Fields of the next line. Their label names the line, for the error summary."""
        number = len(self._rows)
        for name, field in fields.items():
            field.short_label = field.label  # type: ignore[attr-defined]
            field.label = format_lazy(_("line {number}: {label}"), number=number + 1, label=field.label)
            field.required = False
            self.fields[f"lines-{number}-{name}"] = field
        self._rows.append(list(fields))

    @property
    def rows(self) -> list[dict[str, BoundField]]:
        return [
            {name: self[f"lines-{number}-{name}"] for name in names}
            for number, names in enumerate(self._rows)
        ]

    @property
    def main_fields(self) -> list[BoundField]:
        return [field for field in self if not field.name.startswith("lines-")]

    def values_of(self, number: int) -> dict[str, Any]:
        """The cleaned values of a line by their short names."""
        return {name: self.cleaned_data.get(f"lines-{number}-{name}") for name in self._rows[number]}

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """What the actions would refuse, said together with what cannot be read."""
        for problem in problems:
            self.add_error(problem.place, forms.ValidationError(str(problem.message), code="refused"))

    def row_is_wrong(self, number: int) -> bool:
        return any(f"lines-{number}-{name}" in self.errors for name in self._rows[number])

    @property
    def filled_rows(self) -> list[int]:
        """The lines in which anything was typed or is wrong."""
        return [
            number
            for number in range(len(self._rows))
            if self.row_is_wrong(number)
            or any(value not in (None, "", False) for value in self.values_of(number).values())
        ]

    def at_own_places(self, refusal: Refusal) -> Refusal:
        """The action counts the filled lines only: put each problem back at the line it was typed in."""
        refusal.problems = [
            Problem(problem.message, self._place(problem.place)) for problem in refusal.problems
        ]
        return refusal

    def _place(self, place: str) -> str:
        if not place.startswith("lines-"):
            return place
        lines, number, name = place.split("-", 2)
        return f"{lines}-{self.filled_rows[int(number)]}-{name}"
