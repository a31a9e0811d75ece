"""What all annexes share."""

from __future__ import annotations

from documents.snapshot import Annex, Column, Row
from reports.figures import Figures

UNIT_DONG = "Đơn vị tính: đồng"


def annex(
    numeral: str, title: str, unit_note: str, columns: list[Column], rows: list[Row], notes: list[str]
) -> Annex:
    return Annex(
        numeral=numeral,
        title=title,
        unit_note=unit_note,
        landscape=True,
        columns=columns,
        rows=rows,
        notes=notes,
    )


def area_pk(figures: Figures, code: str) -> int:
    return next(area.pk for area in figures.areas if area.code == code)
