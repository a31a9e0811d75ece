"""Tables of a paper: heads of several levels, rows, and how a figure is printed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.formats import number_format

from documents.snapshot import Cell, Column, Row

NOT_REPORTED = "chưa báo cáo"


def printed_table(columns: list[Column], rows: list[Row]) -> dict[str, Any]:
    """Head rows, leaf columns and body rows, ready for ``documents/table.html``."""
    leaves = leaves_of(columns)
    return {
        "head": _head(columns),
        "columns": leaves,
        "fixed": all("width" in leaf for leaf in leaves),
        "rows": [_row(row, leaves) for row in rows],
    }


def leaves_of(columns: list[Column]) -> list[Column]:
    found: list[Column] = []
    for column in columns:
        found += leaves_of(column["children"]) if column.get("children") else [column]
    return found


def figure(value: Cell) -> str:
    """1.234.567; 87,5; “chưa báo cáo” for None, which is not 0; text as it stands."""
    if value is None:
        return NOT_REPORTED
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return number_format(Decimal(value["percent"]), force_grouping=True)
    return number_format(value, force_grouping=True)


def _depth(columns: list[Column]) -> int:
    return 1 + max((_depth(c["children"]) for c in columns if c.get("children")), default=0)


def _head(columns: list[Column]) -> list[list[dict[str, Any]]]:
    """Rows of head cells; a leaf reaches down to the last row."""
    depth = _depth(columns)
    head: list[list[dict[str, Any]]] = [[] for _ in range(depth)]
    _fill_head(head, columns, 0)
    return head


def _fill_head(head: list[list[dict[str, Any]]], columns: list[Column], level: int) -> None:
    for column in columns:
        children = column.get("children") or []
        cell = {"title": column["title"], "colspan": len(leaves_of([column])), "rowspan": 1}
        if not children:
            cell["rowspan"] = len(head) - level
        head[level].append(cell)
        _fill_head(head, children, level + 1)


def _row(row: Row, leaves: list[Column]) -> dict[str, Any]:
    spanned = len(leaves) - len(row["cells"]) + 1
    cells = []
    for index, value in enumerate(row["cells"]):
        leaf = leaves[index + spanned - 1 if index else 0] if leaves else Column(title="")
        cells.append(
            {
                "text": figure(value),
                "align": _alignment(row, index, value, leaf, spanned),
                "missing": value is None,
                "colspan": spanned if index == 0 else 1,
            }
        )
    return {"kind": row["kind"], "cells": cells}


def _alignment(row: Row, index: int, value: Cell, leaf: Column, spanned: int) -> str:
    """Figures to the right; the name of a total over several columns in the middle."""
    if index == 0 and spanned > 1:
        return "left" if row["kind"] == "group" else "center"
    return leaf.get("align") or ("left" if isinstance(value, str) else "right")
