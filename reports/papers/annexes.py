"""The annexes I to VI of the report, each with its own TỔNG CỘNG [field: the usual columns].

What the portal does not hold yet (weights and heights, inspections, existing play areas) is “chưa báo cáo”,
which is not 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

from directory.models import Place
from documents.snapshot import Annex, Cell, Column, Row
from donors.models import Donor, ReceiptLine
from needs.models import AgeBand
from reports.figures import Figures, facts, lines_of
from reports.figures import names as names_of
from reports.figures.facts import BUDGETS, FUND, GIFT, Needed
from reports.figures.figure import Figure, added
from reports.papers.tables import TOTAL, column, percent_cell, row, total
from reports.wording import day, number, span

UNIT_DONG = "Đơn vị tính: đồng"
ORIGINS = {
    Donor.Origin.IN_DISTRICT: "trong huyện",
    Donor.Origin.IN_COUNTRY: "ngoài huyện",
    Donor.Origin.FOREIGN: "nước ngoài",
}
UNNAMED = "Nhà hảo tâm (đề nghị không nêu tên)"
KINDS = {"fund": "quỹ", "central_budget": "ngân sách Trung ương", "local_budget": "ngân sách địa phương"}
PRIORITIES = {1: "1 - rất cấp thiết", 2: "2 - cấp thiết", 3: "3 - cần thiết", 4: "4 - bổ sung"}
OTHER_SOURCES = (FUND, *BUDGETS)


def all_of(figures: Figures) -> list[Annex]:
    """The annexes in order. VII (recognition) waits for its room."""
    return [build(figures) for build in (summary, resources, health, play, clothing, next_needs)]


def _annex(
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


# I ------------------------------------------------------------------------------------------------
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
    for index, line in enumerate(lines_of(figures), start=1):
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
                _supplement_note(figure),
            )
        )
    for unit, measure in (("lượt trẻ em", "turns"), ("đồng", "value")):
        figure = figures.delivered(measure)
        cells = ["", figure.now, figure.cumulative, "", figure.last_year, _supplement_note(figure)]
        rows.append(total("", f"{TOTAL} (hỗ trợ đã trao)", unit, *cells))
    return _annex(
        "I",
        f"Tổng hợp kết quả thực hiện {span(figures.period)}",
        "Đơn vị tính: theo từng chỉ tiêu",
        columns,
        rows,
        _counting_notes(figures),
    )


def _supplement_note(figure: Figure) -> str:
    return f"bổ sung {number(figure.supplement)}" if figure.supplement else ""


def _counting_notes(figures: Figures) -> list[str]:
    period = figures.period
    notes = [
        f"Kỳ này: từ {day(period.starts_on)} đến {day(period.ends_on)}, được xác nhận đến hết ngày "
        f"{day(period.cut_off)}. Lũy kế: từ {day(period.year_starts_on)}. Bổ sung: thuộc kỳ trước trong năm, "
        "xác nhận sau ngày chốt số liệu của kỳ đó, đã gồm trong lũy kế."
    ]
    if figures.missing:
        names = ", ".join(unit.name for unit in figures.missing)
        notes.append(f"Chưa có phiếu rà soát nhu cầu được duyệt: {names}.")
    if carried := [r for r in figures.deliveries if r.window == "carried" and not figures.is_policy(r)]:
        turns, value = added(r.turns for r in carried), sum(r.value for r in carried)
        notes.append(
            f"Của năm trước, xác nhận sau báo cáo năm: {number(turns)} lượt trẻ em, {number(value)} đồng; "
            "không cộng vào số liệu năm nay."
        )
    return notes


# II -----------------------------------------------------------------------------------------------
def resources(figures: Figures) -> Annex:
    """II. Nguồn lực: each receipt of the period; donors first, funds and budgets apart."""
    columns = [
        column("Nhà tài trợ", 18, "left"),
        column("Loại", 8, "left"),
        column("Tiền", 11),
        Column(
            title="Hiện vật",
            children=[column("Tên", 12, "left"), column("ĐVT", 6, "center"), column("SL", 6)],
        ),
        column("Quy đổi", 11),
        column("Nội dung", 10, "left"),
        column("Đơn vị tiếp nhận", 9, "left"),
        column("Ngày", 9, "center"),
    ]
    lines = list(facts.receipts(figures.windows.now, figures.scopes))
    rows: list[Row] = []
    for title, of_donors in (("Nhà tài trợ", True), ("Quỹ, ngân sách (không phải nhà tài trợ)", False)):
        part = [line for line in lines if bool(line.receipt.pledge.donor_id) == of_donors]
        if not part:
            continue
        rows.append(Row(kind="group", cells=[title]))
        rows += [_receipt_row(line) for line in part]
        rows.append(_receipt_total(f"Cộng {title.split(' (')[0].lower()}", part))
    rows.append(_receipt_total(TOTAL, lines))
    return _annex("II", "Nguồn lực vận động, tiếp nhận trong kỳ", UNIT_DONG, columns, rows, [])


def _receipt_row(line: ReceiptLine) -> Row:
    pledge, item = line.receipt.pledge, line.supply_line.item if line.supply_line else None
    giver = UNNAMED if pledge.anonymous else str(pledge.giver)
    kind = ORIGINS[Donor.Origin(pledge.donor.origin)] if pledge.donor else KINDS[pledge.source.kind]  # type: ignore[union-attr]
    goods: list[Cell] = [item.name, item.unit, line.accepted] if item else ["", "", ""]
    cash: Cell = "" if item else line.amount
    worth: Cell = line.accepted * line.unit_value if item else ""
    purpose = line.pledge_line.purpose or (item.area.name if item else "")
    custodian = line.receipt.custodian.short_name
    return row(giver, kind, cash, *goods, worth, purpose, custodian, day(line.receipt.occurred_on))


def _receipt_total(title: str, lines: list[ReceiptLine]) -> Row:
    cash = sum(line.amount for line in lines)
    worth = sum(line.accepted * line.unit_value for line in lines)
    return total(title, "", cash, "", "", "", worth, "", "", "")


# III, IV ------------------------------------------------------------------------------------------
def health(figures: Figures) -> Annex:
    """III. Khám chữa bệnh, dinh dưỡng, as far as deliveries give figures."""
    columns = [
        column("Xã/trường", 17, "left"),
        column("Trẻ em", 7),
        column("Được khám", 7),
        column("Nhẹ cân", 7),
        column("Thấp còi", 7),
        column("Gầy còm", 7),
        column("Thừa cân", 7),
        Column(title="Bữa ăn", children=[column("Trẻ (lượt)", 7), column("Suất", 7)]),
        Column(title="Kinh phí (đồng)", children=[column("Tài trợ", 10), column("Quỹ, ngân sách", 10)]),
        column("Trước/sau", 7),
    ]

    def cells(commune: int | None, place: int | None) -> list[Cell]:
        area = _area_pk(figures, "health_nutrition")
        here = partial(figures.delivered, commune=commune, place=place)
        check, meal = _item_pk(figures, "check_up"), _item_pk(figures, "meal")
        return [
            _children(figures, commune, place),
            here("turns", item=check).now,
            *[None] * 4,
            here("turns", item=meal).now,
            here("quantity", item=meal).now,
            here("value", area=area, sources=(GIFT,)).now,
            here("value", area=area, sources=OTHER_SOURCES).now,
            None,
        ]

    meals, cost = (figures.delivered(m, policy=True) for m in ("quantity", "value"))
    notes = [
        "Các thể suy dinh dưỡng chồng lên nhau, không cộng. Lượt trẻ em được cộng; số trẻ em không cộng "
        "giữa các hoạt động.",
        f"Bữa ăn theo chính sách của Nhà nước (tách riêng, không cộng): {number(meals.now)} suất, "
        f"{number(cost.now)} đồng.",
    ]
    rows = _by_place(figures, "health_nutrition", cells)
    return _annex(
        "III", "Khám chữa bệnh, dinh dưỡng", "Đơn vị tính: lượt trẻ em, suất, đồng", columns, rows, notes
    )


def play(figures: Figures) -> Annex:
    """IV. Vui chơi, giải trí, as far as deliveries give figures."""
    columns = [
        column("Xã/thôn/điểm trường", 22, "left"),
        column("Điểm hiện có", 9),
        column("Làm mới", 9),
        column("Sửa chữa", 9),
        column("Đạt hướng dẫn", 9),
        Column(title="Hoạt động", children=[column("Số buổi", 10), column("Lượt trẻ", 10)]),
        Column(title="Kinh phí (đồng)", children=[column("Tài trợ", 11), column("Quỹ, ngân sách", 11)]),
    ]

    def cells(commune: int | None, place: int | None) -> list[Cell]:
        area = _area_pk(figures, "play")
        here = partial(figures.delivered, commune=commune, place=place)
        new, activity = _item_pk(figures, "play_area"), _item_pk(figures, "activity")
        return [
            None,
            here("quantity", item=new).now,
            None,
            None,
            here("quantity", item=activity).now,
            here("turns", area=area).now,
            here("value", area=area, sources=(GIFT,)).now,
            here("value", area=area, sources=OTHER_SOURCES).now,
        ]

    rows = _by_place(figures, "play", cells)
    return _annex("IV", "Vui chơi, giải trí", "Đơn vị tính: điểm, buổi, lượt trẻ, đồng", columns, rows, [])


def _by_place(
    figures: Figures, area_code: str, cells: Callable[[int | None, int | None], list[Cell]]
) -> list[Row]:
    """A row for each commune and, below it, for each of its places that was served; then the total."""
    area = _area_pk(figures, area_code)
    served: dict[int, set[int]] = defaultdict(set)
    for delivery in figures.deliveries:
        if delivery.window == "now" and delivery.area == area:
            served[figures.communes.current(delivery.commune)].add(delivery.place)
    names = names_of.places([pk for places in served.values() for pk in places])
    rows = []
    for unit in figures.communes.present:
        rows.append(row(unit.name, *cells(unit.pk, None)))
        for place in sorted((names[pk] for pk in served[unit.pk]), key=lambda p: (p.order, p.name)):
            if place.kind != Place.Kind.COMMUNE:
                rows.append(row(f"- {place.name}", *cells(unit.pk, place.pk)))
    return [*rows, total(TOTAL, *cells(None, None))]


def _children(figures: Figures, commune: int | None, place: int | None) -> Cell:
    """Children (persons) as surveyed; None if no approved survey counts them."""
    if place is not None:
        return figures.children.get(place)
    return added(
        figures.children_of(unit.pk) for unit in figures.communes.present if commune in (None, unit.pk)
    )


def _area_pk(figures: Figures, code: str) -> int:
    return next(area.pk for area in figures.areas if area.code == code)


def _item_pk(figures: Figures, code: str) -> int:
    """The item's id; 0, which no delivery has, if the catalogue lacks it."""
    return next((item.pk for item in figures.items.values() if item.code == code), 0)


# V ------------------------------------------------------------------------------------------------
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
    area = _area_pk(figures, "warm_clothing")

    def cells(commune: int | None) -> list[Cell]:
        rows = figures.needed(area=area, commune=commune)
        known = commune in figures.surveyed if commune else bool(figures.surveyed)
        by_band: list[Cell] = [sum(r.quantity for r in rows if r.age_band == band.pk) for band in bands]
        needed = sum(r.quantity for r in rows)
        turns, quantity, value = (
            figures.delivered(m, area=area, commune=commune).cumulative
            for m in ("turns", "quantity", "value")
        )
        needs: list[Cell] = [*by_band, needed] if known else [None] * (len(bands) + 1)
        share = percent_cell(quantity, needed) if known else None
        return [*needs, turns, quantity, value, share, None]

    rows = [row(unit.name, *cells(unit.pk)) for unit in figures.communes.present]
    notes = [
        "Nhu cầu và số lượng cộng theo món (bộ, chiếc, đôi); kết quả hỗ trợ là số lũy kế từ đầu năm. Tỷ lệ "
        "tính trên tổng số, không lấy bình quân."
    ]
    rows.append(total(TOTAL, *cells(None)))
    return _annex("V", "Hỗ trợ đồ ấm", "Đơn vị tính: món, lượt trẻ em, đồng", columns, rows, notes)


def _band_title(band: AgeBand) -> str:
    return "Mọi lứa tuổi" if band.is_all else f"{band.from_year}-{band.to_year} tuổi"


# VI -----------------------------------------------------------------------------------------------
def next_needs(figures: Figures) -> Annex:
    """VI. Nhu cầu kỳ tới: what is approved and not yet covered, most urgent first."""
    columns = [
        column("Xã/trường", 22, "left"),
        column("Nội dung", 22, "left"),
        column("Đối tượng", 20, "left"),
        column("SL", 9),
        column("Kinh phí", 13),
        column("Mức độ ưu tiên", 14, "left"),
    ]
    open_ones = [n for n in figures.needed() if not n.closed and n.covered < n.quantity]
    places = names_of.places([need.place for need in open_ones])
    units = {unit.pk: unit for unit in figures.communes.present}
    groups: dict[tuple, list[Needed]] = defaultdict(list)
    for need in open_ones:
        place, unit = places[need.place], units[figures.communes.current(need.commune)]
        school = place.name if place.kind in (Place.Kind.SCHOOL, Place.Kind.SITE) else ""
        groups[(need.priority, unit.code, school, unit.name, need.item, need.age_band)].append(need)
    prices = names_of.prices(figures.period.year)
    rows, costs = [], []
    for (priority, _code, school, where, item, band), part in sorted(groups.items(), key=lambda g: g[0]):
        label = f"{school}, {where}" if school else where
        quantity = sum(need.quantity - need.covered for need in part)
        cost = quantity * prices[item] if item in prices else None
        costs.append(cost)
        children = number(sum(need.children for need in part))
        who = f"{children} trẻ, {figures.bands[band].name}"
        thing = figures.items[item]
        rows.append(row(label, f"{thing.name} ({thing.unit})", who, quantity, cost, PRIORITIES[priority]))
    rows.append(total(TOTAL, "", "", "", added(costs), ""))
    notes = ["Kinh phí ước tính theo đơn giá tham khảo của năm; nội dung chưa có đơn giá ghi “chưa báo cáo”."]
    notes += [f"{unit.name}: chưa có phiếu rà soát nhu cầu được duyệt." for unit in figures.missing]
    return _annex("VI", "Nhu cầu cần hỗ trợ kỳ tới", UNIT_DONG, columns, rows, notes)
