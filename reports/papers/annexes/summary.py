"""Annex I: every indicator, its target and how far it is reached."""

from __future__ import annotations

from documents.snapshot import Annex, Cell, Row
from reports.figures import Figures, lines_of
from reports.figures.figure import Figure, added
from reports.papers.annexes.shape import annex
from reports.papers.tables import TOTAL, column, percent_cell, row, total
from reports.reversed import reversed_in_words
from reports.wording import day, number, span

HISTORICAL = "cùng kỳ theo báo cáo cũ"


def summary(figures: Figures) -> Annex:
    """I. Tổng hợp: every indicator, the year's target and how far it is reached."""
    columns = [
        column("STT", 5, "center"),
        column("Chỉ tiêu", 27, "left"),
        column("ĐVT", 9, "center"),
        column("Kế hoạch năm", 10),
        column("Thực hiện kỳ này", 11),
        column("Lũy kế", 11),
        column("So KH (%)", 7),
        column("Cùng kỳ năm trước", 11),
        column("Ghi chú", 9, "left"),
    ]
    rows: list[Row] = []
    area = None
    lines = lines_of(figures)
    for index, line in enumerate(lines, start=1):
        if line.indicator.area and line.indicator.area != area:
            area = line.indicator.area
            rows.append(Row(kind="group", cells=[area.name]))
        target: Cell = "" if line.target is None else line.target
        figure = line.figure
        rows.append(
            row(
                str(index),
                line.indicator.name,
                line.indicator.unit,
                target,
                figure.now,
                figure.cumulative,
                percent_cell(figure.cumulative, line.target),
                figure.last_year,
                _note(figure),
            )
        )
    for unit, measure in (("lượt trẻ em", "turns"), ("đồng", "value")):
        figure = figures.total(measure)
        cells = ["", figure.now, figure.cumulative, "", figure.last_year, _note(figure)]
        rows.append(total("", f"{TOTAL} (hỗ trợ đã trao)", unit, *cells))
    return annex(
        "I",
        f"Tổng hợp kết quả thực hiện {span(figures.period)}",
        "Đơn vị tính: theo từng chỉ tiêu",
        columns,
        rows,
        _counting_notes(figures, historical=any(line.figure.historical for line in lines)),
    )


def _note(figure: Figure) -> str:
    supplement = f"bổ sung {number(figure.supplement)}" if figure.supplement else ""
    return "; ".join(note for note in (supplement, HISTORICAL if figure.historical else "") if note)


def _counting_notes(figures: Figures, *, historical: bool) -> list[str]:
    period = figures.period
    notes = [
        f"Kỳ này: từ {day(period.starts_on)} đến {day(period.ends_on)}, được xác nhận đến hết ngày "
        f"{day(period.cut_off)}. Lũy kế: từ {day(period.year_starts_on)}. Bổ sung: thuộc kỳ trước trong năm, "
        "xác nhận sau ngày chốt số liệu của kỳ đó, đã gồm trong lũy kế."
    ]
    if historical:
        notes.append(
            f"Cùng kỳ năm trước, dòng ghi “{HISTORICAL}”: lấy từ báo cáo đã lập trước khi tổng hợp trên hệ "
            "thống, không cộng với số liệu do hệ thống tổng hợp."
        )
    if figures.missing:
        names = ", ".join(unit.name for unit in figures.missing)
        notes.append(f"Chưa có phiếu rà soát nhu cầu được duyệt: {names}.")
    if carried := [r for r in figures.deliveries if r.window == "carried" and not figures.is_policy(r)]:
        turns, value = added(r.turns for r in carried), sum(r.value for r in carried)
        notes.append(
            f"Của năm trước, xác nhận sau báo cáo năm: {number(turns)} lượt trẻ em, {number(value)} đồng; "
            "không cộng vào số liệu năm nay."
        )
    if note := reversed_in_words(figures):
        notes.append(note)
    return notes
