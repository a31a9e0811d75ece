"""A working list as PDF: landscape, its head on each page, “Trang x/y”. Always Vietnamese.

It is no official paper: no number, no national motto, nothing is stored. Who made it when and what it was
narrowed to stands on top.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from documents.pdf import UNPRINTABLE, Limits, lay_out
from documents.snapshot import Column, Row
from documents.tables import printed_table

# Long tables take WeasyPrint longer than a report does.
LIMITS = Limits(cpu_seconds=40, wait_seconds=50, megabytes=1536)


@dataclass(frozen=True)
class Listed:
    """A table with a caption; a row of kind “total” is bold."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    caption: str = ""


@dataclass(frozen=True)
class WorkingList:
    """``agencies``: who made it, the superior first; ``facts``: under the title; ``notes``: at the end."""

    agencies: Sequence[str]
    title: str
    facts: Sequence[str]
    tables: Sequence[Listed]
    notes: Sequence[str] = ()


def render(paper: WorkingList, *, limits: Limits = LIMITS) -> bytes:
    """PDF/UA-1. Raises ``Refusal`` (``render_failed``) if the layout fails or takes too much."""
    return lay_out(as_html(paper), limits=limits)


def as_html(paper: WorkingList) -> str:
    with translation.override("vi"):
        tables = [_printed(table) for table in paper.tables]
        html = render_to_string("documents/listing.html", {"paper": paper, "tables": tables})
    return unicodedata.normalize("NFC", html.translate(UNPRINTABLE))


def _printed(table: Listed) -> dict[str, Any]:
    return {"caption": table.caption, "table": printed_table(list(table.columns), list(table.rows))}
