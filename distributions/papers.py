"""The handover record (biên bản bàn giao) of a distribution, for the pens of both sides [ND 30/2020].

It lists lines, never children: a list of those who signed for what they got stays with the commune.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import translation

from directory.models import Agency
from distributions.models import Distribution, DistributionLine
from distributions.scope import committee_of
from documents.layout import date_of
from documents.snapshot import Block, Cell, Column, Heading, Paragraph, Party, Row, Signature, Snapshot, Table
from needs.models import AgeBand

TYPE = "Biên bản"
SUBJECT = "Bàn giao hỗ trợ trẻ em (đợt hỗ trợ {code})"
NOBODY = Signature(power="", for_office="", office="", name="")
NAME, OFFICE, REASON = "…" * 13, "…" * 8, "…" * 30
BY_PEN = ""
UNNAMED_DONOR = "Nhà tài trợ không nêu tên"

LINES: list[Column] = [
    {"title": "STT", "width": 7, "align": "center"},
    {"title": "Nội dung hỗ trợ", "width": 23},
    {"title": "Độ tuổi", "width": 10, "align": "center"},
    {"title": "Nguồn", "width": 20},
    {"title": "ĐVT", "width": 9, "align": "center"},
    {"title": "Số lượng giao", "width": 10},
    {"title": "Thực nhận", "width": 10},
    {"title": "Ghi chú", "width": 11},
]
CLOSING = (
    "Danh sách trẻ em ký nhận (nếu có) do xã lập và lưu riêng, không thuộc biên bản này. Biên bản lập thành "
    "02 bản có giá trị như nhau, mỗi bên giữ 01 bản"
)


def handover_record(distribution: Distribution, bands: Sequence[AgeBand]) -> Snapshot:
    """What is printed: received quantities and child-turns are blank until the commune has confirmed them."""
    day = distribution.occurred_on or distribution.planned_on
    lines = list(distribution.lines.with_names())
    giver, taker = distribution.lead_agency, committee_of(distribution.place.unit, day)
    with translation.override("vi"):
        return Snapshot(
            letterhead={
                "superior": _superior(giver, day),
                "agency": giver.name,
                "locality": giver.unit.short_name,
            },
            symbol=f"BB-{giver.symbol}" if giver.symbol else "BB",
            type=TYPE,
            subject=SUBJECT.format(code=distribution.code),
            addressees=[],
            grounds=[],
            body=_body(distribution, giver, taker, lines, bands),
            signature=NOBODY,
            parties=[_party("giao", giver.name), _party("nhận", _name_of(taker, distribution))],
            recipients=[giver.short_name, taker.short_name if taker else distribution.place.unit.name],
            archive="VT",
            annexes=[],
        )


def _superior(agency: Agency, day: date) -> str:
    superior = agency.superior_on(day)
    return superior.name if superior else ""


def _name_of(taker: Agency | None, distribution: Distribution) -> str:
    return taker.name if taker else f"Ủy ban nhân dân {distribution.place.unit.name}"


def _party(side: str, agency: str) -> Party:
    return Party(role=f"Đại diện bên {side}", agency=agency, name="")


def _body(
    distribution: Distribution,
    giver: Agency,
    taker: Agency | None,
    lines: Sequence[DistributionLine],
    bands: Sequence[AgeBand],
) -> list[Block]:
    return [
        _text(f"Hôm nay, {_day_of(distribution)}, tại {distribution.place.full_name}, chúng tôi gồm:"),
        _heading(f"1. Bên giao: {giver.name}"),
        _text(f"Ông (bà): {NAME} Chức vụ: {OFFICE}"),
        _heading(f"2. Bên nhận: {_name_of(taker, distribution)}"),
        _text(f"Ông (bà): {NAME} Chức vụ: {OFFICE}"),
        _heading(f"3. Nội dung bàn giao ({distribution.area.name})"),
        Table(kind="table", columns=LINES, rows=[_row(n, line) for n, line in enumerate(lines, 1)]),
        _heading("4. Lượt trẻ em được hỗ trợ, theo độ tuổi"),
        Table(
            kind="table",
            columns=_turns_head(bands),
            rows=[_turns(n, line, bands) for n, line in enumerate(lines, 1)],
        ),
        *_remarks(distribution, lines),
        _text(CLOSING),
    ]


def _text(text: str) -> Paragraph:
    return Paragraph(kind="paragraph", text=text)


def _heading(text: str) -> Heading:
    return Heading(kind="heading", level=2, text=text)


def _day_of(distribution: Distribution) -> str:
    """The day of the handover if it is known, else blanks."""
    return date_of(distribution.occurred_on)


def _row(number: int, line: DistributionLine) -> Row:
    item = line.item
    cells: list[Cell] = [
        number,
        _content(line),
        line.allocation.need.age_band.heading if line.allocation else "",
        _source(line),
        item.unit,
        line.planned,
        BY_PEN if line.arrived is None else line.arrived,
        BY_PEN if line.arrived is None else _note(line),
    ]
    return Row(kind="row", cells=cells)


def _content(line: DistributionLine) -> str:
    """The item; with its place, if that is another one than the paper's: the same item may go to several."""
    there = line.allocation.need.place if line.allocation else line.distribution.place
    return line.item.name if there == line.distribution.place else f"{line.item.name} ({there.name})"


def _note(line: DistributionLine) -> str:
    """Why less arrived; and what was confirmed first, where that was corrected."""
    corrected = f"Đã xác nhận {line.received}, đính chính thành {line.arrived}" if line.corrected else ""
    return "; ".join(part for part in (line.difference_reason, corrected) if part)


def _source(line: DistributionLine) -> str:
    """Of which pledge, and who gave it; a donor who asked not to be named is not named on a paper that leaves
    the office.
    """
    if line.allocation is None:
        return str(line.funding_source)
    pledge = line.allocation.supply_line.pledge_line.pledge
    return f"{pledge.code}, {UNNAMED_DONOR if pledge.anonymous else pledge.giver}"


def _turns_head(bands: Sequence[AgeBand]) -> list[Column]:
    width = 60 / len(bands)
    heads = [
        Column(title="Chung" if band.is_all else f"{band.from_year}-{band.to_year} tuổi", width=width)
        for band in bands
    ]
    return [
        Column(title="STT", width=7, align="center"),
        Column(title="Nội dung hỗ trợ", width=33),
        *heads,
    ]


def _turns(number: int, line: DistributionLine, bands: Sequence[AgeBand]) -> Row:
    counted = {turns.age_band_id: turns.standing for turns in line.child_turns.all()}
    return Row(kind="row", cells=[number, _content(line), *(counted.get(band.pk, BY_PEN) for band in bands)])


def _remarks(distribution: Distribution, lines: Sequence[DistributionLine]) -> list[Block]:
    """Room for what is missing and why, until it is known."""
    if distribution.occurred_on is not None:
        return []
    return [_text(f"Số thiếu, hỏng (nếu có) và lý do:\n{REASON}")]


def file_name(distribution: Distribution) -> str:
    return f"bien-ban-ban-giao-{distribution.code}"
