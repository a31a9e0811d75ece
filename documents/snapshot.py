"""The shape of a paper's snapshot: everything that is printed, as plain JSON.

Rooms above build it (``papers.py``), ``documents`` prints it; neither knows the other's inside. Whatever
a person typed is text here and is escaped when printed.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class Percent(TypedDict):
    """A share, already recomputed from sums, as a decimal string of per cent: ``{"percent": "87.5"}``."""

    percent: str


# An int is printed the Vietnamese way (1.234.567), None as “chưa báo cáo” (0 is 0), text as it stands.
Cell = str | int | Percent | None


class Column(TypedDict):
    """A column head; with ``children`` it spans them. ``width`` in per cent of the table, on leaves."""

    title: str
    width: NotRequired[float]
    align: NotRequired[Literal["left", "center", "right"]]
    children: NotRequired[list[Column]]


class Row(TypedDict):
    """``group``: a heading row inside the table. ``total``: bold; the last one is TỔNG CỘNG."""

    kind: Literal["row", "group", "total"]
    cells: list[Cell]


class Table(TypedDict):
    kind: Literal["table"]
    caption: NotRequired[str]
    columns: list[Column]
    rows: list[Row]


class Heading(TypedDict):
    """Level 1: “I. …” (printed in capitals, bold); 2: “1. …” bold; 3: “3.1. …” bold; 4: “a) …” upright."""

    kind: Literal["heading"]
    level: Literal[1, 2, 3, 4]
    text: str


class Paragraph(TypedDict):
    kind: Literal["paragraph"]
    text: str


class Bar(TypedDict):
    """One group of the chart, e.g. a commune: a value for each of the chart's series."""

    label: str
    values: list[int]


class Chart(TypedDict):
    """A bar chart, drawn as SVG on screen and in the PDF alike."""

    kind: Literal["chart"]
    title: str
    unit: str
    series: list[str]
    bars: list[Bar]


Block = Heading | Paragraph | Table | Chart


class Letterhead(TypedDict):
    """``superior`` is empty for UBND huyện and xã [ND 30/2020]; ``locality`` is the địa danh."""

    superior: str
    agency: str
    locality: str


class Signature(TypedDict):
    power: str
    for_office: str
    office: str
    name: str


class Annex(TypedDict):
    numeral: str
    title: str
    unit_note: str
    landscape: bool
    columns: list[Column]
    rows: list[Row]
    notes: NotRequired[list[str]]


class Snapshot(TypedDict):
    """A whole official document. Number and date are not in it: the paper has them, a draft has none."""

    letterhead: Letterhead
    symbol: str
    type: str
    subject: str
    addressees: list[str]
    grounds: list[str]
    body: list[Block]
    signature: Signature
    recipients: list[str]
    archive: str
    annexes: list[Annex]
