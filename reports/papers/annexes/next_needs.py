"""Annex VI: what is still lacking."""

from __future__ import annotations

from collections import defaultdict

from directory.models import Place
from documents.snapshot import Annex
from reports.figures import Figures
from reports.figures import names as names_of
from reports.figures.facts import Needed
from reports.figures.figure import added
from reports.papers.annexes.shape import UNIT_DONG, annex
from reports.papers.tables import TOTAL, column, row, total
from reports.wording import number

PRIORITIES = {1: "1 - rất cấp thiết", 2: "2 - cấp thiết", 3: "3 - cần thiết", 4: "4 - bổ sung"}

ONLY_SUPPLEMENTARY = (
    "chưa có phiếu rà soát hằng năm được duyệt; chỉ gồm nhu cầu của đợt rà soát bổ sung sau thiên tai."
)


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
    # Without a single approved survey nothing is known, which is not a need of 0 đồng.
    nobody_said = not costs and not figures.known
    rows.append(total(TOTAL, "", "", "", None if nobody_said else added(costs), ""))
    notes = ["Kinh phí ước tính theo đơn giá tham khảo của năm; nội dung chưa có đơn giá ghi “chưa báo cáo”."]
    notes += [f"{unit.name}: chưa có phiếu rà soát nhu cầu được duyệt." for unit in figures.silent]
    notes += [f"{unit.name}: {ONLY_SUPPLEMENTARY}" for unit in figures.partly]
    return annex("VI", "Nhu cầu cần hỗ trợ kỳ tới", UNIT_DONG, columns, rows, notes)
