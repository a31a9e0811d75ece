"""What was measured, as a table of Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass

import django

from scripts.benchmarks.timing import Ratio

HEADINGS = ("What", "Measured", "Beside it", "Ratio", "Promise", "Kept")


@dataclass(frozen=True)
class Line:
    """``beside``: what it is compared with, in the same run. ``kept`` None: nothing was promised."""

    what: str
    measured: str
    beside: str = ""
    ratio: Ratio | None = None
    promise: str = ""
    kept: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        ratio = ""
        if self.ratio:
            ratio = f"{self.ratio.value:.3g} ({self.ratio.low:.3g} to {self.ratio.high:.3g})"
        kept = {None: "", True: "yes", False: "**no**"}[self.kept]
        return (self.what, self.measured, self.beside, ratio, self.promise, kept)


def at_most(limit: float, value: float) -> tuple[str, bool]:
    """A promise, and whether it is kept."""
    return f"≤ {limit:g}", value <= limit


def at_least(limit: float, value: float) -> tuple[str, bool]:
    return f"≥ {limit:g}", value >= limit


def table(lines: Iterable[Line]) -> str:
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(line.cells for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def machine(postgresql: str) -> str:
    python = platform.python_version()
    return f"{os.cpu_count()} cores, PostgreSQL {postgresql}, Python {python}, Django {django.__version__}."
