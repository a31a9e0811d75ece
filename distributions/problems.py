"""Collect everything that is wrong before refusing, so that a person hears of all of it at once."""

from __future__ import annotations

from typing import Any

from directory.errors import Problem, Refusal


class Problems:
    """Problems found by an action, each with the kind of refusal that it alone would be.

    One problem is refused as its own kind and code; several together as a ``Refusal`` that lists them,
    or as their kind, if it is the same for all.
    """

    def __init__(self) -> None:
        self.found: list[tuple[type[Refusal], str, Problem]] = []
        self.details: dict[str, Any] = {}

    def add(
        self, code: str, message: str, place: str = "", kind: type[Refusal] = Refusal, **details: Any
    ) -> None:
        self.found.append((kind, code, Problem(message, place)))
        self.details |= details

    def refuse(self) -> None:
        """Raise what was found; nothing, if nothing was."""
        if not self.found:
            return
        kinds = {kind for kind, _, _ in self.found}
        codes = {code for _, code, _ in self.found}
        kind = kinds.pop() if len(kinds) == 1 else Refusal
        code = codes.pop() if len(codes) == 1 else ""
        raise kind([problem for _, _, problem in self.found], code=code, **self.details)
