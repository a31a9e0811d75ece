"""The needs room: the grid, the needs list, row saves. docs/benchmarks.md says what each line means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from scripts.benchmarks.databases import Databases
from scripts.benchmarks.portal import Portal
from scripts.benchmarks.table import Line, at_most
from scripts.benchmarks.timing import Ratio, Series, in_turns, ratio_of

MOST_QUERIES, MOST_BYTES, MOST_RATIO = 12, 60 * 1024, 1.5
KB = 1024
BARE_TIMES = 10  # a bare upsert takes so much less that it is done more often
Span = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """How needs lie: over years, places of each commune, items, and bands of each item."""

    name: str
    years: int
    places: int
    items: int
    bands: int


@dataclass(frozen=True)
class Sizes:
    small: int
    large: int
    shapes: tuple[Shape, ...]
    requests: int
    warm_ups: int
    places: int
    warm_items: tuple[int, ...]
    officers: int
    save_rounds: int
    rows_each: int
    saves_of_a_row: int


WHOLE = Sizes(
    small=1_000,
    large=100_000,
    shapes=(Shape("20 years", 20, 40, 14, 3), Shape("one round", 1, 180, 45, 5)),
    requests=120,
    warm_ups=5,
    places=40,
    warm_items=(4, 4, 4, 1),
    officers=8,
    save_rounds=6,
    rows_each=5,
    saves_of_a_row=4,
)
QUICK = Sizes(
    small=10,
    large=100,
    shapes=(Shape("2 years", 2, 5, 5, 2),),
    requests=4,
    warm_ups=1,
    places=10,
    warm_items=(2, 1),
    officers=2,
    save_rounds=2,
    rows_each=1,
    saves_of_a_row=1,
)


def measure(databases: Databases, sizes: Sizes) -> Iterator[Line]:
    yield from _grid(databases, sizes)
    yield from _lists(databases, sizes)


# The grid --------------------------------------------------------------------------------------


def _grid(databases: Databases, sizes: Sizes) -> Iterator[Line]:
    data = databases.fill("grid", "needs_data.grid", sizes.officers, sizes.places, sizes.warm_items)
    with databases.portal("grid") as portal:
        yield from _page(portal, data, sizes)
    with ExitStack() as stack:
        portals = [stack.enter_context(databases.portal("grid")) for _ in data["officers"]]
        yield _saves("each in a survey of their own", portals, _apart(data, sizes), sizes)
        yield _saves("all in one survey", portals, _together(data, sizes), sizes)


def _page(portal: Portal, data: dict[str, Any], sizes: Sizes) -> Iterator[Line]:
    user = data["officers"][0]
    path = portal.call("needs_pages.path_of", "survey_grid", data["drafts"][0], "warm_clothing")
    bare = portal.call("needs_pages.path_of", "account_change_password")
    columns = portal.call("needs_pages.cells_of", user, path) // sizes.places
    name = f"Grid of {sizes.places} places × {columns} columns with last year's values"
    queries = portal.call("needs_pages.queries_of", user, path)
    of_bare = portal.call("needs_pages.queries_of", user, bare)
    yield Line(
        f"{name}: queries", str(queries), f"bare page {of_bare}", None, *at_most(MOST_QUERIES, queries)
    )
    raw, sent = portal.call("needs_pages.bytes_of", user, path)
    promise, kept = at_most(MOST_BYTES / KB, sent / KB)
    yield Line(f"{name}: KB gzipped", f"{sent / KB:.1f}", f"raw {raw / KB:.0f}", None, promise, kept)
    grid, page = in_turns(
        lambda: portal.call("needs_pages.time_of", user, path),
        lambda: portal.call("needs_pages.time_of", user, bare),
        sizes.requests,
        sizes.warm_ups,
    )
    yield Line(f"{name}: time, p50", str(grid), f"bare page: {page}", ratio_of(grid, page, _p50))


# Row saves -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Writer:
    user: str
    survey: int
    bare: int
    places: list[int]


def _apart(data: dict[str, Any], sizes: Sizes) -> list[Writer]:
    chosen = zip(data["officers"], data["drafts"], data["bare"], data["places"], strict=True)
    return [Writer(user, draft, bare, places[: sizes.rows_each]) for user, draft, bare, places in chosen]


def _together(data: dict[str, Any], sizes: Sizes) -> list[Writer]:
    """Different rows of one survey."""
    draft, bare, places, each = data["drafts"][0], data["bare"][0], data["places"][0], sizes.rows_each
    return [
        Writer(user, draft, bare, places[number * each : (number + 1) * each])
        for number, user in enumerate(data["together"])
    ]


def _saves(name: str, portals: list[Portal], writers: list[Writer], sizes: Sizes) -> Line:
    """Rounds of saves through the portal and of bare upserts in turns, all writers at once in each."""
    ours: list[list[Span]] = []
    bare: list[list[Span]] = []
    for turn in range(-1, sizes.save_rounds):  # the first is for warming up
        sides = [(ours, _save), (bare, _upsert)]
        for spans, write in sides if turn % 2 else reversed(sides):
            spans.append(write(portals, writers, sizes.saves_of_a_row))
    del ours[0], bare[0]
    parts = [_rate(one) / _rate(other) for one, other in zip(ours, bare, strict=True)]
    ratio = Ratio(median(map(_rate, ours)) / median(map(_rate, bare)), min(parts), max(parts))
    return Line(f"Row saves, {len(writers)} officers at once, {name}", _said(ours), _said(bare), ratio)


def _save(portals: list[Portal], writers: list[Writer], times: int) -> list[Span]:
    forms = [
        portal.call("needs_pages.row_forms", writer.user, writer.survey, writer.places)
        for portal, writer in zip(portals, writers, strict=True)
    ]
    return _at_once(portals, "needs_pages.save_rows", writers, forms, times)


def _upsert(portals: list[Portal], writers: list[Writer], times: int) -> list[Span]:
    forms = [
        portal.call("needs_pages.bare_forms", writer.bare, writer.places)
        for portal, writer in zip(portals, writers, strict=True)
    ]
    return _at_once(portals, "needs_pages.upsert_rows", writers, forms, times * BARE_TIMES)


def _at_once(
    portals: list[Portal], function: str, writers: list[Writer], forms: list[Any], times: int
) -> list[Span]:
    for portal, writer, form in zip(portals, writers, forms, strict=True):
        portal.ask(function, writer.user, form, times)
    return [span for portal in portals for span in portal.answer()]


def _rate(spans: list[Span]) -> float:
    """Saves a second while all were at work."""
    return len(spans) / (max(end for _start, end in spans) - min(start for start, _end in spans))


def _said(rounds: list[list[Span]]) -> str:
    series = Series([end - start for spans in rounds for start, end in spans])
    return f"{median(map(_rate, rounds)):.0f}/s; {series}"


# The needs list --------------------------------------------------------------------------------


def _lists(databases: Databases, sizes: Sizes) -> Iterator[Line]:
    for shape in sizes.shapes:
        names = {}
        for count in (sizes.small, sizes.large):
            names[count] = f"{shape.name} {count}"
            user = databases.fill(
                names[count], "needs_data.needs", count, shape.years, shape.places, shape.items, shape.bands
            )
        with (
            databases.portal(names[sizes.large]) as large,
            databases.portal(names[sizes.small]) as small,
        ):
            path = large.call("needs_pages.path_of", "need_list")
            for what, query in (("as it opens", ""), ("all rounds", "?round=all")):
                yield _list(f"{shape.name}, {what}", large, small, user, path + query, sizes)


def _list(what: str, large: Portal, small: Portal, user: str, path: str, sizes: Sizes) -> Line:
    many, few = in_turns(
        lambda: large.call("needs_pages.time_of", user, path),
        lambda: small.call("needs_pages.time_of", user, path),
        sizes.requests,
        sizes.warm_ups,
    )
    ratio = ratio_of(many, few, _p95)
    name = f"Needs list of {sizes.large:,} needs ({what}): time, p95"
    return Line(name, str(many), f"{sizes.small:,} needs: {few}", ratio, *at_most(MOST_RATIO, ratio.value))


def _p50(series: Series) -> float:
    return series.p50


def _p95(series: Series) -> float:
    return series.p95
