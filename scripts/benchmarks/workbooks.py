"""Workbooks in: a list of donors previewed and saved. docs/benchmarks.md says what each line means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.benchmarks.databases import Databases
from scripts.benchmarks.portal import Portal
from scripts.benchmarks.table import Line, at_least, at_most
from scripts.benchmarks.timing import Once, Ratio, Series, in_turns, ratio_of

MOST_OVER_BARE, LEAST_UNDER_STOCK = 4.0, 8.0


@dataclass(frozen=True)
class Sizes:
    rows: int
    times: int
    stock_times: int
    warm_ups: int


# The library takes minutes for one run: what it is compared with is far from the promise.
WHOLE = Sizes(rows=10_000, times=6, stock_times=1, warm_ups=1)
QUICK = Sizes(rows=100, times=3, stock_times=1, warm_ups=1)


def measure(databases: Databases, sizes: Sizes) -> Iterator[Line]:
    databases.fill("workbooks", "workbooks_work.fill")
    with databases.portal("workbooks") as portal:
        portal.call("workbooks_work.prepare", sizes.rows)
        what = f"Preview and import of {sizes.rows:,} donors, all new"
        ours, bare = in_turns(_once(portal, "ours"), _once(portal, "bare"), sizes.times, sizes.warm_ups)
        ratio = ratio_of(ours, bare, _p50)
        yield Line(
            f"{what}: time, p50",
            str(ours),
            f"calamine and bulk_create: {bare}",
            ratio,
            *at_most(MOST_OVER_BARE, ratio.value),
        )
        stock, ours = in_turns(_once(portal, "stock"), _once(portal, "ours"), sizes.stock_times, 0)
        ratio = _ratio(stock, ours)
        yield Line(
            "The same by stock django-import-export (dry run, import): time, p50",
            str(stock),
            f"the portal: {ours}",
            ratio,
            *at_least(LEAST_UNDER_STOCK, ratio.value),
        )
        ours, unchanged = in_turns(_once(portal, "ours"), _once(portal, "unchanged"), sizes.stock_times, 0)
        yield Line(
            "Preview of the same list once it is saved, all unchanged: time, p50",
            str(unchanged),
            f"preview and import: {ours}",
            _ratio(unchanged, ours),
        )


def _once(portal: Portal, side: str) -> Once:
    return lambda: float(portal.call(f"workbooks_work.{side}"))


def _p50(series: Series) -> float:
    return series.p50


def _ratio(one: Series, other: Series) -> Ratio:
    """Of a run or two there is no spread to tell."""
    value = one.p50 / other.p50
    return Ratio(value, value, value)
