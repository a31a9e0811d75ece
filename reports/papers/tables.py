"""The tables and the chart that stand in the report's text."""

from __future__ import annotations

from collections.abc import Callable

from documents.snapshot import Bar, Block, Cell, Chart, Column, Row, Table
from reports.figures import Figures, percent
from reports.figures.facts import BUDGETS, FUND, GIFT
from reports.figures.figure import added

SOURCES = [("Nhà tài trợ", (GIFT,)), ("Quỹ", (FUND,)), ("Ngân sách nhà nước", BUDGETS)]
TOTAL = "TỔNG CỘNG"


def of_section(code: str, figures: Figures) -> list[Block]:
    """What follows the text of a section."""
    build = _SECTIONS.get(code)
    return build(figures) if build else []


def column(title: str, width: float, align: str = "right") -> Column:
    return Column(title=title, width=width, align=align)  # type: ignore[typeddict-item]


def row(*cells: Cell) -> Row:
    return Row(kind="row", cells=list(cells))


def total(*cells: Cell) -> Row:
    return Row(kind="total", cells=list(cells))


def percent_cell(part: int | None, whole: int | None) -> Cell:
    """A share as a cell; a dash where there is nothing to compare with."""
    share = percent(part, whole)
    return "–" if share is None else {"percent": share}


def _survey(figures: Figures) -> list[Block]:
    """Approved and covered needs by commune and area (numbers of needs)."""
    columns = [column("Xã", 28, "left")]
    for area in figures.areas:
        pair = [column("Nhu cầu", 12), column("Đủ nguồn", 12)]
        columns.append(Column(title=area.name, children=pair))
    rows = []
    for unit in figures.communes.present:
        cells: list[Cell] = []
        for area in figures.areas:
            needs = figures.needed(area=area.pk, commune=unit.pk)
            covered = len([n for n in needs if n.covered >= n.quantity])
            cells += [len(needs), covered] if unit.pk in figures.known else [None, None]
        rows.append(row(unit.name, *cells))
    sums = [added(r["cells"][i] for r in rows) for i in range(1, 1 + 2 * len(figures.areas))]  # type: ignore[misc]
    caption = f"Nhu cầu đã duyệt năm {figures.period.year} theo xã và lĩnh vực"
    if figures.silent:
        caption += " (tổng cộng chưa gồm các xã chưa báo cáo)"
    return [_table(caption, columns, [*rows, total(TOTAL, *sums)])]


def _support(figures: Figures) -> list[Block]:
    """Child-turns and value by commune, in and out of scope apart; then the chart."""
    columns = [
        column("Xã", 24, "left"),
        Column(
            title="Lượt trẻ em", children=[column("Kỳ này", 12), column("Lũy kế", 12), column("Bổ sung", 12)]
        ),
        Column(title="Giá trị (đồng)", children=[column("Kỳ này", 20), column("Lũy kế", 20)]),
    ]
    rows: list[Row] = []
    for in_scope, title in ((True, "Tại xã đặc biệt khó khăn"), (False, "Ngoài xã đặc biệt khó khăn")):
        part = []
        for unit in figures.communes.present:
            turns = figures.delivered("turns", commune=unit.pk, in_scope=in_scope)
            value = figures.delivered("value", commune=unit.pk, in_scope=in_scope)
            expected = (unit.pk in figures.communes.difficult) == in_scope
            if expected or turns.cumulative != 0 or value.cumulative:
                part.append(
                    row(unit.name, turns.now, turns.cumulative, turns.supplement, value.now, value.cumulative)
                )
        if part:
            rows += [Row(kind="group", cells=[title]), *part]
    turns, value = figures.delivered("turns"), figures.delivered("value")
    rows.append(total(TOTAL, turns.now, turns.cumulative, turns.supplement, value.now, value.cumulative))
    return [_table("Kết quả hỗ trợ theo xã", columns, rows), chart(figures)]


def chart(figures: Figures) -> Chart:
    """Child-turns of the period by commune and area; what is not reported has no bar."""
    bars = [
        Bar(
            label=unit.name,
            values=[figures.delivered("turns", area=a.pk, commune=unit.pk).now or 0 for a in figures.areas],
        )
        for unit in figures.communes.present
    ]
    return Chart(
        kind="chart",
        title="Lượt trẻ em được hỗ trợ trong kỳ theo xã và lĩnh vực",
        unit="lượt trẻ em",
        series=[area.name for area in figures.areas],
        bars=bars,
    )


def _area(code: str) -> Callable[[Figures], list[Block]]:
    """What was handed over in one area, by item."""

    def build(figures: Figures) -> list[Block]:
        area = next(area for area in figures.areas if area.code == code)
        rows = []
        for item in sorted(figures.items.values(), key=lambda item: (item.order, item.pk)):
            if item.area_id != area.pk:
                continue
            quantity = figures.delivered("quantity", item=item.pk)
            turns, value = (figures.delivered(m, item=item.pk) for m in ("turns", "value"))
            if quantity.cumulative or quantity.last_year:
                rows.append(
                    row(item.name, item.unit, quantity.now, quantity.cumulative, turns.now, value.now)
                )
        if not rows:
            return []
        turns, value = (figures.delivered(m, area=area.pk) for m in ("turns", "value"))
        columns = [
            column("Nội dung hỗ trợ", 28, "left"),
            column("ĐVT", 10, "center"),
            Column(title="Số lượng", children=[column("Kỳ này", 14), column("Lũy kế", 14)]),
            column("Lượt trẻ em trong kỳ", 14),
            column("Giá trị trong kỳ (đồng)", 20),
        ]
        return [_table("", columns, [*rows, total(TOTAL, "", "", "", turns.now, value.now)])]

    return build


def _funding(figures: Figures) -> list[Block]:
    """Value delivered by source: gifts, funds and budgets apart."""
    columns = [
        column("Nguồn", 40, "left"),
        column("Kỳ này (đồng)", 20),
        column("Lũy kế (đồng)", 20),
        column("Cùng kỳ năm trước (đồng)", 20),
    ]
    rows = []
    for name, sources in SOURCES:
        value = figures.delivered("value", sources=sources)
        rows.append(row(name, value.now, value.cumulative, value.last_year))
    value = figures.delivered("value")
    rows.append(total(TOTAL, value.now, value.cumulative, value.last_year))
    return [_table("Giá trị hỗ trợ đã trao theo nguồn", columns, rows)]


def _table(caption: str, columns: list[Column], rows: list[Row]) -> Table:
    return Table(kind="table", caption=caption, columns=columns, rows=rows)


_SECTIONS: dict[str, Callable[[Figures], list[Block]]] = {
    "II.2": _survey,
    "II.3": _support,
    "II.3.1": _area("health_nutrition"),
    "II.3.2": _area("play"),
    "II.3.3": _area("warm_clothing"),
    "II.6": _funding,
}
