"""A table of lines that a form changes as a whole: what is stored, and some empty lines below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from directory.errors import Problem, Refusal
from directory.forms.rows import RowsForm
from directory.forms.versioned import VersionedForm
from directory.posted import number_in

EMPTY_ROWS, MOST_ROWS = 5, 120


class TableForm(RowsForm, VersionedForm):
    """Lines of which none of ``TYPED`` is filled are ignored: a stored one is taken out by clearing it."""

    TYPED: tuple[str, ...] = ()

    def __init__(self, stored: int, initial: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial, **kwargs)
        for _number in range(max(stored + EMPTY_ROWS, self._posted_rows())):
            self.add_row(self.row_fields())

    def row_fields(self) -> dict[str, forms.Field]:
        raise NotImplementedError

    @property
    def filled_rows(self) -> list[int]:
        return [
            number
            for number in super().filled_rows
            if self.row_is_wrong(number)
            or any(self.values_of(number)[name] not in (None, "") for name in self.TYPED)
        ]

    def say(self, problems: Iterable[Problem]) -> None:
        """What the action would refuse, said together with what cannot be read."""
        self.add_problems(self.at_own_places(Refusal(list(problems))).problems)

    def show(self, refusal: Refusal) -> int:
        """The action counts the filled lines only: each problem goes back to the line it was typed in."""
        return super().show(self.at_own_places(refusal))

    def _posted_rows(self) -> int:
        numbers = [number_in(name.split("-")[1]) for name in self.data if name.startswith("lines-")]
        return min(max((n + 1 for n in numbers if n is not None), default=0), MOST_ROWS)
