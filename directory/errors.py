"""Refusals: one standard for every "no" of the portal.

A refusal says what was refused, why, what is left or who holds it, and what to do. When several things
are wrong all are named, each with its place (a form field, a row, a cell).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the message, and the field, row or cell it stands at ("" for the whole)."""

    message: str | Promise
    place: str = ""


class Refusal(Exception):
    """An action was refused and nothing was changed.

    ``code`` names the refusal for tests and callers; ``details`` carries the figures behind the message.
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "refused"

    def __init__(
        self,
        message: str | Promise | Iterable[Problem],
        *,
        code: str = "",
        place: str = "",
        **details: Any,
    ) -> None:
        if isinstance(message, str | Promise):
            self.problems = [Problem(message, place)]
        else:
            self.problems = list(message)
        self.code = code or type(self).code
        self.details = details
        super().__init__("; ".join(str(problem.message) for problem in self.problems))


class Forbidden(Refusal):
    """This person may not do this deed on an object that they may see."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class WrongState(Refusal):
    """The object's state does not allow the deed (any more)."""

    status = HTTPStatus.CONFLICT
    code = "wrong_state"


class Stale(Refusal):
    """Somebody else saved a newer edit. ``details``: ``theirs`` and ``yours`` by field, ``by``, ``at``."""

    status = HTTPStatus.CONFLICT
    code = "stale"


class NotEnough(Refusal):
    """A scarce thing has less left than was asked for. ``details``: ``left``, ``whole``."""

    status = HTTPStatus.CONFLICT
    code = "not_enough"
