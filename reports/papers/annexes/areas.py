"""Annexes III (health and nutrition) and IV (play), as far as deliveries give figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

from directory.models import Place
from documents.snapshot import Annex, Cell, Column, Row
from reports.figures import Figures
from reports.figures import names as names_of
from reports.figures.facts import BUDGETS, FUND, GIFT
from reports.figures.figure import added
from reports.papers.annexes.shape import annex, area_pk
from reports.papers.tables import TOTAL, column, row, total
from reports.wording import number

OTHER_SOURCES = (FUND, *BUDGETS)


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
        area = area_pk(figures, "health_nutrition")
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
    return annex(
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
        area = area_pk(figures, "play")
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
    return annex("IV", "Vui chơi, giải trí", "Đơn vị tính: điểm, buổi, lượt trẻ, đồng", columns, rows, [])


def _by_place(
    figures: Figures, area_code: str, cells: Callable[[int | None, int | None], list[Cell]]
) -> list[Row]:
    """A row for each commune and, below it, for each of its places that was served; then the total."""
    area = area_pk(figures, area_code)
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


def _item_pk(figures: Figures, code: str) -> int:
    """The item's id; 0, which no delivery has, if the catalogue lacks it."""
    return next((item.pk for item in figures.items.values() if item.code == code), 0)
