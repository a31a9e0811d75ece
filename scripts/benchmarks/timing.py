"""Two sides measured in turns, so that the noise of the machine hits both alike."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Once = Callable[[], float]  # does it once; the seconds that it took
BLOCKS = 10
LEAST_OF_A_BLOCK = 3


@dataclass(frozen=True)
class Series:
    seconds: Sequence[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """The smallest of the measured times that 95 of 100 do not exceed."""
        return sorted(self.seconds)[math.ceil(0.95 * len(self.seconds)) - 1]

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1000:.1f} ms, p95 {self.p95 * 1000:.1f} ms, n {len(self.seconds)}"


@dataclass(frozen=True)
class Ratio:
    """``value`` over everything; ``low`` and ``high`` over parts of the run: how far it is to be trusted."""

    value: float
    low: float
    high: float


def in_turns(one: Once, other: Once, times: int, warm_ups: int) -> tuple[Series, Series]:
    """A B, B A, A B …"""
    for _ in range(warm_ups):
        one(), other()
    first, second = [], []
    for turn in range(times):
        if turn % 2:
            second.append(other())
            first.append(one())
        else:
            first.append(one())
            second.append(other())
    return Series(first), Series(second)


def ratio_of(one: Series, other: Series, of: Callable[[Series], float]) -> Ratio:
    """``of`` is ``p50`` or ``p95``; the spread is over blocks of the run in their order."""
    size = max(len(one.seconds) // BLOCKS, LEAST_OF_A_BLOCK)
    starts = range(0, len(one.seconds) - size + 1, size)
    parts = [of(_part(one, start, size)) / of(_part(other, start, size)) for start in starts]
    return Ratio(of(one) / of(other), min(parts), max(parts))


def _part(series: Series, start: int, size: int) -> Series:
    return Series(series.seconds[start : start + size])
