"""A record (biên bản) is signed side by side by its parties, not by an office."""

from __future__ import annotations

from typing import Any

from documents import pdf
from tests.documents.build import small_snapshot
from tests.documents.reader import read

PARTIES: list[Any] = [
    {"role": "Đại diện bên giao", "agency": "Phòng Lao động", "name": ""},
    {"role": "Đại diện bên nhận", "agency": "UBND xã Ia Dom", "name": "Người nhận"},
]


def test_the_boxes_stand_side_by_side_and_leave_room_for_a_pen() -> None:
    (page,) = read(pdf.render(small_snapshot(parties=PARTIES)))
    left, right = page.starting("ĐẠI DIỆN BÊN GIAO"), page.starting("ĐẠI DIỆN BÊN NHẬN")
    assert (left.top == right.top, left.right < right.left) == (True, True)
    assert page.starting("Phòng Lao động").top > left.top
    assert page.starting("Người nhận").top - page.starting("UBND xã Ia Dom").top > 60


def test_nobody_else_signs_a_record() -> None:
    without, with_parties = small_snapshot(), small_snapshot(parties=PARTIES)
    office = without["signature"]["office"].upper()
    assert office in pdf.as_html(without)
    assert office not in pdf.as_html(with_parties)
