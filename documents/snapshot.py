"""The shape of a paper's snapshot: everything that is printed, as plain JSON.

Rooms above build it (``papers.py``), ``documents`` prints it; neither knows the other's inside. Whatever
a person typed is text here and is escaped when printed. The form itself is not in it: capitals, "./.",
";" after each ground and recipient, "- Như trên;" and the rules come from the template [ND 30/2020].
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, NotRequired, TypedDict


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
    """``group``: a heading row inside the table. ``total``: bold; the last one is TỔNG CỘNG.

    A row with fewer cells than the table has columns: its first cell spans what is missing.
    """

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
    """Running text; each line of it is printed as a paragraph of its own."""

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
    """Names as they are written (printed in capitals): “Ủy ban nhân dân huyện Ia H'Drai”.

    ``superior`` is empty for UBND huyện and xã [ND 30/2020]; ``locality`` is the địa danh. A line break
    in a name is kept; without one a committee's name is broken after “Ủy ban nhân dân”.
    """

    superior: str
    agency: str
    locality: str


class Signature(TypedDict):
    power: str
    for_office: str
    office: str
    name: str


class Party(TypedDict):
    """A box for a pen at the end of a record (biên bản): “Đại diện bên giao”, whose, and who signs.

    ``name`` is empty where the pen writes it too.
    """

    role: str
    agency: str
    name: str


class Replaced(TypedDict):
    """The issued paper that this one replaces; ``dated`` in ISO form. Set by the actions, not by callers."""

    type: str
    reference: str
    dated: str


class Annex(TypedDict):
    """``numeral`` is empty for a paper's only annex; ``unit_note``: “Đơn vị tính: …”."""

    numeral: str
    title: str
    unit_note: str
    landscape: bool
    columns: list[Column]
    rows: list[Row]
    notes: NotRequired[list[str]]


class Snapshot(TypedDict):
    """A whole official document. Number and date are not in it: the paper has them, a draft has none.

    symbol: “BC-UBND”. type: “Báo cáo”. subject: the trích yếu. addressees: whom it is sent up to (Kính
    gửi). recipients: Nơi nhận without “Như trên” and “Lưu”. archive: what follows “Lưu: ”, “VT, LĐTBXH”.
    parties: who signs a record side by side; then nothing of ``signature`` is printed.
    """

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
    parties: NotRequired[list[Party]]
    replaces: NotRequired[Replaced]


def canonical(snapshot: Snapshot | dict[str, Any]) -> str:
    """The one JSON text of a snapshot: sorted keys, no spaces, letters as they are."""
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(snapshot: Snapshot | dict[str, Any]) -> str:
    return hashlib.sha256(canonical(snapshot).encode()).hexdigest()
