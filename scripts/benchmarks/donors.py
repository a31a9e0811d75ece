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
    ("Receipts", "receipt_list", ""),
)
# It adds up every line: more of them cost more, nothing is promised.
SUM = ("Stock by custodian", "stock_list", "?has=stock")


@dataclass(frozen=True)
class Sizes:
    small: int
    large: int
    requests: int
    warm_ups: int


WHOLE = Sizes(small=1_000, large=100_000, requests=60, warm_ups=5)
QUICK = Sizes(small=40, large=400, requests=4, warm_ups=1)


def measure(databases: Databases, sizes: Sizes) -> Iterator[Line]:
    names = {count: f"lists {count}" for count in (sizes.small, sizes.large)}
    for count, name in names.items():
        user = databases.fill(name, "donors_data.lists", count)
    with databases.portal(names[sizes.large]) as large, databases.portal(names[sizes.small]) as small:
        for page in LISTS:
            yield _list(large, small, user, page, sizes, promised=True)
        yield _list(large, small, user, SUM, sizes, promised=False)


def _list(
    large: Portal, small: Portal, user: str, page: tuple[str, str, str], sizes: Sizes, *, promised: bool
) -> Line:
    what, name, query = page
    path = large.call("needs_pages.path_of", name) + query
    many, few = in_turns(
        lambda: large.call("needs_pages.time_of", user, path),
        lambda: small.call("needs_pages.time_of", user, path),
        sizes.requests,
        sizes.warm_ups,
    )
    ratio = ratio_of(many, few, _p95)
    label = f"{what}, of {sizes.large:,}: time, p95"
    promise = at_most(MOST_RATIO, ratio.value) if promised else ()
    return Line(label, str(many), f"of {sizes.small:,}: {few}", ratio, *promise)


def _p95(series: Series) -> float:
    return series.p95
