"""Annex V: warm clothing needed and handed over."""

from __future__ import annotations

from documents.snapshot import Annex, Cell, Column
from needs.models import AgeBand
from reports.figures import Figures
from reports.papers.annexes.shape import annex, area_pk
from reports.papers.tables import TOTAL, column, percent_cell, row, total


def clothing(figures: Figures) -> Annex:
    """V. Đồ ấm: pieces needed by age band, pieces handed over, and their share."""
    bands = list(figures.bands.values())
    columns = [
        column("Xã", 14, "left"),
        Column(
            title="Nhu cầu theo nhóm tuổi",
            children=[*(column(_band_title(band), 7) for band in bands), column("Cộng", 8)],
        ),
        column("Đã hỗ trợ (lượt trẻ em)", 10),
        column("Số lượng", 9),
        column("Quy đổi (đồng)", 11),
        column("Tỷ lệ (%)", 7),
        column("Giám sát", 6),
    ]
    area = area_pk(figures, "warm_clothing")

    def cells(commune: int | None) -> list[Cell]:
        rows = figures.needed(area=area, commune=commune)
        known = commune in figures.known if commune else bool(figures.known)
        by_band: list[Cell] = [sum(r.quantity for r in rows if r.age_band == band.pk) for band in bands]
        needed = sum(r.quantity for r in rows)
        turns, quantity, value = (
            figures.delivered(m, area=area, commune=commune).cumulative
            for m in ("turns", "quantity", "value")
        )
        needs: list[Cell] = [*by_band, needed] if known else [None] * (len(bands) + 1)
        share = percent_cell(quantity, needed) if known else None
        return [*needs, turns, quantity, value, share, figures.visited(area, commune)]

    rows = [row(unit.name, *cells(unit.pk)) for unit in figures.communes.present]
    notes = [
        "Nhu cầu và số lượng cộng theo món (bộ, chiếc, đôi); kết quả hỗ trợ là số lũy kế từ đầu năm. Tỷ lệ "
        "tính trên tổng số, không lấy bình quân. Giám sát: số đợt giám sát đã thực hiện từ đầu năm."
    ]
    rows.append(total(TOTAL, *cells(None)))
    return annex("V", "Hỗ trợ đồ ấm", "Đơn vị tính: món, lượt trẻ em, đồng", columns, rows, notes)


def _band_title(band: AgeBand) -> str:
    return "Mọi lứa tuổi" if band.is_all else f"{band.from_year}-{band.to_year} tuổi"
