"""The second set of books, in plain Python, that the portal's ledger is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from inspect import getmembers
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st

from directory.errors import Refusal
from directory.models import Agency, User
from tests.distributions.books_rows import (
    Buying,
    Came,
    Gift,
    Giver,
    Money,
    Promise,
    Share,
    Supply,
    Trip,
    Wanted,
)
from tests.world import World

R = TypeVar("R")
WHICH = st.integers(min_value=0, max_value=399)
PIECES = st.integers(min_value=1, max_value=12)
PART = st.integers(min_value=0, max_value=9)
REFUSED = st.sampled_from([0, 0, 0, 1, 2])  # halves of what arrives


def deed(when: Callable[[Any], object], times: int = 1, **given: st.SearchStrategy[Any]) -> Any:
    """Something people do; ``when`` there is anything to do it with, ``times`` as often as others.

    Not a rule of hypothesis: of those it leaves most out of most runs, and a chain from pledge to correction
    needs many different ones.
    """

    def mark(function: Any) -> Any:
        function.when, function.times = when, times
        function.given = st.fixed_dictionaries(given)
        return function

    return mark


class PlainBooks:
    """What the deeds of a machine read and write; each kind of deed is a class beside it.

    ``deeds`` and ``moves`` count over all runs of a machine, so that its test can tell what was reached.
    """

    deeds: ClassVar[Counter[str]]
    moves: ClassVar[Counter[str]]
    all_deeds: ClassVar[list[Any]]
    world: World
    coordinator: User
    second: User
    behalves: dict[str, Agency]
    keepers: list[Agency | None]
    band: int
    days: int
    givers: list[Giver]
    gifts: list[Gift]
    supplies: list[Supply]
    wanted: list[Wanted]
    monies: list[Money]
    receipts: list[Came]
    buyings: list[Buying]
    shares: list[Share]
    trips: list[Trip]

    @property
    def promises(self) -> list[Promise]:
        return [*(supply for supply in self.supplies if supply.pledged), *self.monies]

    @classmethod
    def deeds_of(cls) -> list[Any]:
        return [one for _name, one in getmembers(cls, lambda member: hasattr(member, "given"))]

    def possible(self) -> list[Any]:
        """The deeds that may be done now, each as many times as it is to weigh."""
        return [one for one in self.all_deeds if one.when(self) for _time in range(one.times)]

    def tried(self, name: str, deed: Any, allowed: bool) -> Any:
        """What the deed returned, None if it was refused; refused exactly if it is not allowed."""
        try:
            done = deed()
        except Refusal:
            assert not allowed
            self.deeds[f"{name} refused"] += 1
            return None
        assert allowed
        self.deeds[name] += 1
        return done

    @staticmethod
    def pick(rows: Sequence[R], which: int, fits: Callable[[R], object]) -> R:
        """Mostly one with which the deed may be done, if there is one: else hardly anything would arrive."""
        fitting = [row for row in rows if fits(row)]
        number, odd = divmod(which, 8)
        chosen = fitting if fitting and odd < 7 else rows
        return chosen[number % len(chosen)]

    @staticmethod
    def some(left: int, part: int) -> int:
        """As many eighths of what is left, at least 1; of nine one too many, to see the refusal."""
        return left + 1 if part == 9 else max(left * part // 8, 1)
