"""The list of needs as a working paper, Vietnamese always."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime

from directory import clock
from directory.models import User
from documents.listing import Listed, WorkingList
from documents.snapshot import Cell, Column, Row
from needs.forms.need import NeedFilterForm
from needs.listing import Listing
from needs.models import Need, SurveyRound

# Title and width in per cent.
COLUMNS: list[Column] = [
    {"title": "STT", "width": 4, "align": "center"},
    {"title": "Nội dung hỗ trợ", "width": 16},
    {"title": "Độ tuổi", "width": 6, "align": "center"},
    {"title": "Địa điểm", "width": 18},
    {"title": "Ưu tiên", "width": 6, "align": "center"},
    {"title": "Số trẻ em", "width": 7},
    {"title": "ĐVT", "width": 6, "align": "center"},
    {"title": "Nhu cầu", "width": 7},
    {"title": "Đã phân bổ", "width": 7},
    {"title": "Đã giao", "width": 7},
    {"title": "Lý do", "width": 16},
]
TOTALS: list[Column] = [
    {"title": "Nội dung hỗ trợ", "width": 30},
    {"title": "ĐVT", "width": 8, "align": "center"},
    {"title": "Nhu cầu", "width": 10},
    {"title": "Đã phân bổ", "width": 10},
    {"title": "Đã giao", "width": 10},
    {"title": "Còn thiếu", "width": 10},
    {"title": "Giá trị còn thiếu theo đơn giá tham khảo (đồng)", "width": 22, "align": "right"},
]
NOTES = [
    "Số lượng của các nội dung khác nhau không cộng với nhau (khác đơn vị tính); số trẻ em không cộng giữa "
    "các nội dung vì một em có thể có nhiều nhu cầu.",
    "Danh sách để làm việc, in từ phần mềm; số liệu thay đổi theo phân bổ và bàn giao sau thời điểm lập.",
]


def working_list(user: User, form: NeedFilterForm, listing: Listing) -> WorkingList:
    """What the list shows, with its filter in words. Of a valid form."""
    with translation.override("vi"):
        rounds = form.listed_rounds
        return WorkingList(
            agencies=_agencies(user),
            title="Danh sách nhu cầu hỗ trợ trẻ em",
            facts=_facts(form, rounds, listing.count()),
            tables=[
                Listed(COLUMNS, [_row(number, need, rounds) for number, need in _numbered(listing)]),
                Listed(TOTALS, list(_totals(listing)), "Tổng hợp theo nội dung hỗ trợ"),
            ],
            notes=NOTES,
        )


def _agencies(user: User) -> list[str]:
    agency = user.agency
    if agency is None:
        return []
    return [agency.superior.name, agency.name] if agency.superior else [agency.name]


def _facts(form: NeedFilterForm, rounds: Sequence[SurveyRound], count: int) -> list[str]:
    moment = date_format(localtime(clock.now()), "H:i d/m/Y")
    chosen = "; ".join(f"{each.label}: {each.value}" for each in form.chosen() if each.name != "round")
    return [
        f"Đợt rà soát: {'; '.join(each.name for each in rounds) or 'chưa có'}",
        f"Điều kiện lọc: {chosen or 'không'}",
        f"Lập lúc {moment}; {number_format(count, force_grouping=True)} nhu cầu",
    ]


def _numbered(listing: Listing) -> Iterable[tuple[int, Need]]:
    return enumerate(listing.in_portions(), 1)


def _row(number: int, need: Need, rounds: Sequence[SurveyRound]) -> Row:
    place = need.place.full_name
    balance = need.balance
    cells: list[Cell] = [
        number,
        need.item.name,
        need.age_band.heading,
        place if len(rounds) == 1 else f"{place} ({need.round.name})",
        _priority(need),
        _children(need),
        need.item.unit,
        balance.quantity,
        balance.covered,
        balance.delivered,
        need.reason + (" (đã đóng)" if need.closed_at else ""),
    ]
    return {"kind": "row", "cells": cells}


def _priority(need: Need) -> str:
    same = need.priority == need.stated_priority
    return str(need.priority) if same else f"{need.priority} (xã: {need.stated_priority})"


def _children(need: Need) -> Cell:
    if need.girls is None:
        return need.children
    return f"{number_format(need.children, force_grouping=True)} ({need.girls} nữ)"


def _totals(listing: Listing) -> Iterable[Row]:
    for total in listing.totals:
        value: Cell = "chưa có đơn giá" if total.value is None else total.value
        if total.unpriced and total.value is not None:
            known = number_format(total.value, force_grouping=True)
            value = f"{known} (chưa có đơn giá năm {total.unpriced_years})"
        sums: list[Cell] = [total.needed, total.covered, total.delivered, total.uncovered, value]
        yield {"kind": "row", "cells": [total.item.name, total.item.unit, *sums]}
    known_value: Cell = "chưa có đơn giá" if listing.value is None else listing.value
    yield {"kind": "total", "cells": ["Tổng giá trị còn thiếu (phần đã có đơn giá)", known_value]}
