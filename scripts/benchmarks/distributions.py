"""The distributions room: proposals, the queries of an allocation, many allocators at once.

docs/benchmarks.md says what each line means.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from scripts.benchmarks.databases import Databases
from scripts.benchmarks.portal import Portal
from scripts.benchmarks.table import Line, at_most
from scripts.benchmarks.timing import Ratio

MOST_QUERIES, MOST_SECONDS, LEAST_THROUGHPUT = 12, 10, 0.5
Span = tuple[float, float]


@dataclass(frozen=True)
class Sizes:
    """``steps``: needs and supply lines, the smallest first. ``processes`` × ``threads`` allocators."""

    steps: tuple[tuple[int, int], ...]
    places: int
    items: int
    bands: int
    proposals: int
    processes: int
    threads: int
    rounds: int
    times: int


WHOLE = Sizes(
    steps=((625, 125), (1250, 250), (2500, 500), (5000, 1000)),
    places=60,
    items=14,
    bands=3,
    proposals=5,
    processes=5,
    threads=10,
    rounds=6,
    times=20,
)
QUICK = Sizes(
    steps=((20, 10), (40, 20)),
    places=5,
    items=3,
    bands=2,
    proposals=1,
    processes=2,
    threads=2,
    rounds=1,
    times=2,
)


def measure(databases: Databases, sizes: Sizes) -> Iterator[Line]:
    yield from _proposals(databases, sizes)
    yield from _allocations(databases, sizes)


# The proposal ----------------------------------------------------------------------------------


def _proposals(databases: Databases, sizes: Sizes) -> Iterator[Line]:
    first = 0.0
    for needs, lines in sizes.steps:
        name = f"board {needs}"
        shape = (needs, lines, sizes.places, sizes.items, sizes.bands)
        user = databases.fill(name, "distributions_data.board", *shape)
        with databases.portal(name) as portal:
            runs = [portal.call("distributions_deeds.proposal", user) for _time in range(sizes.proposals + 1)]
        whole, alone = (median(run[part] for run in runs[1:]) for part in ("whole", "alone"))
        first = first or whole
        yield _proposal(needs, lines, runs[-1], whole, alone, first, last=(needs, lines) == sizes.steps[-1])


def _proposal(
    needs: int, lines: int, run: dict[str, float], whole: float, alone: float, first: float, *, last: bool
) -> Line:
    growth = whole / first
    said = f"{whole:.2f} s, {alone:.2f} s of it proposing; {run['lines']:,.0f} lines, {run['gaps']:,.0f} gaps"
    promise, kept = at_most(MOST_SECONDS, whole) if last else ("", None)
    return Line(
        f"Proposal for {needs:,} needs × {lines:,} supply lines: time, p50",
        said,
        f"the smallest: {first:.2f} s",
        Ratio(growth, growth, growth),
        f"{promise} s" if promise else "",
        kept,
    )


# Allocations -----------------------------------------------------------------------------------


def _allocations(databases: Databases, sizes: Sizes) -> Iterator[Line]:
    count = sizes.processes * sizes.threads
    data = databases.fill("pairs", "distributions_data.pairs", count)
    with ExitStack() as stack:
        portals = [stack.enter_context(databases.portal("pairs")) for _ in range(sizes.processes)]
        queries = portals[0].call("distributions_deeds.queries_of_allocation", data["user"], data["pairs"][0])
        yield Line("An allocation: queries", str(queries), "", None, *at_most(MOST_QUERIES, queries))
        yield _throughput(portals, data, sizes, count)


def _throughput(portals: list[Portal], data: dict[str, Any], sizes: Sizes, count: int) -> Line:
    """Rounds of allocations by the action and of bare SQL in turns, all allocators at once in each."""
    ours: list[list[Span]] = []
    bare: list[list[Span]] = []
    for turn in range(-1, sizes.rounds):  # the first is for warming up
        sides = [(ours, "allocators"), (bare, "bare_updates")]
        for spans, name in sides if turn % 2 else reversed(sides):
            spans.append(_at_once(portals, f"distributions_deeds.{name}", data, sizes))
    del ours[0], bare[0]
    parts = [_rate(one) / _rate(other) for one, other in zip(ours, bare, strict=True)]
    ratio = Ratio(median(map(_rate, ours)) / median(map(_rate, bare)), min(parts), max(parts))
    return Line(
        f"{count} allocators at once on different rows: allocations a second",
        f"{median(map(_rate, ours)):.0f}/s",
        f"bare SQL {median(map(_rate, bare)):.0f}/s",
        ratio,
        f"≥ {LEAST_THROUGHPUT:g}",
        ratio.value >= LEAST_THROUGHPUT,
    )


def _at_once(portals: list[Portal], function: str, data: dict[str, Any], sizes: Sizes) -> list[Span]:
    for number, portal in enumerate(portals):
        pairs = data["pairs"][number * sizes.threads : (number + 1) * sizes.threads]
        portal.ask(function, data["user"], pairs, sizes.times)
    return [span for portal in portals for span in portal.answer()]


def _rate(spans: list[Span]) -> float:
    """Allocations a second while all were at work."""
    return len(spans) / (max(end for _start, end in spans) - min(start for start, _end in spans))
