"""What a user has to do now: each room lists its own in ``todo.py``, home shows them all, late ones first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from directory import clock


@dataclass(frozen=True)
class Todo:
    """One line of the task list: what, where to do it, how far it is ("34 %"), and until when."""

    label: str | Promise
    url: str
    status: str | Promise = ""
    due_on: date | None = None

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()


def in_order(todos: list[Todo]) -> list[Todo]:
    """Late ones first, then by due date, then those without."""
    return sorted(todos, key=lambda todo: (not todo.is_late, todo.due_on or date.max, str(todo.label)))
