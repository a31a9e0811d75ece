"""The donors room: its long lists. docs/benchmarks.md says what each line means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.benchmarks.databases import Databases
from scripts.benchmarks.portal import Portal
from scripts.benchmarks.table import Line, at_most
from scripts.benchmarks.timing import Series, in_turns, ratio_of

MOST_RATIO = 1.5
# What is opened, by the name of its address and what is asked of it.
LISTS = (
    ("Donors", "donor_list", ""),
    ("Pledges", "pledge_list", ""),
    ("Pledges still open", "pledge_list", "?state=open"),
    ("Supply", "supply_list", ""),
    ("Supply in stock", "supply_list", "?has=stock"),
    ("Stock by custodian", "stock_list", "?has=stock"),
    ("Receipts", "receipt_list", ""),
)


@dataclass(frozen=True)
class Sizes:
    small: int
    large: int
    requests: int
    warm_ups: int


WHOLE = Sizes(small=1_000, large=100_000, requests=30, warm_ups=3)
QUICK = Sizes(small=40, large=400, requests=4, warm_ups=1)


def measure(databases: Databases, sizes: Sizes) -> Iterator[Line]:
    names = {count: f"lists {count}" for count in (sizes.small, sizes.large)}
    for count, name in names.items():
        user = databases.fill(name, "donors_data.lists", count)
    with databases.portal(names[sizes.large]) as large, databases.portal(names[sizes.small]) as small:
        for what, name, query in LISTS:
            yield _list(what, large, small, user, name, query, sizes)


def _list(what: str, large: Portal, small: Portal, user: str, name: str, query: str, sizes: Sizes) -> Line:
    path = large.call("needs_pages.path_of", name) + query
    many, few = in_turns(
        lambda: large.call("needs_pages.time_of", user, path),
        lambda: small.call("needs_pages.time_of", user, path),
        sizes.requests,
        sizes.warm_ups,
    )
    ratio = ratio_of(many, few, _p95)
    label = f"{what}, of {sizes.large:,}: time, p95"
    return Line(label, str(many), f"of {sizes.small:,}: {few}", ratio, *at_most(MOST_RATIO, ratio.value))


def _p95(series: Series) -> float:
    return series.p95
