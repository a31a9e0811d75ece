"""The receipt record (biên bản tiếp nhận) of goods or money, for the pens of both sides [ND 30/2020].

It names who hands over and who receives, never a child. Its own number comes from the clerk's register.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.formats import number_format

from directory.models import Agency
from documents.layout import date_of
from documents.number_words import dong_in_words
from documents.snapshot import Block, Cell, Column, Heading, Paragraph, Party, Row, Signature, Snapshot, Table
from donors.models import Pledge, Receipt, ReceiptLine, SupplyLine

KIND = "receipt_record"
TYPE = "Biên bản"
SUBJECT = "Tiếp nhận hỗ trợ trẻ em (lần tiếp nhận {code})"
NOBODY = Signature(power="", for_office="", office="", name="")
TITLES = ("Ông ", "Bà ")
NAME, OFFICE = "…" * 13, "…" * 8
QUALITY = {
    ReceiptLine.Quality.NEW: "Mới",
    ReceiptLine.Quality.GOOD: "Đã dùng, tốt",
    ReceiptLine.Quality.FAIR: "Đã dùng, còn dùng được",
}
CAME: list[Column] = [
    {"title": "STT", "width": 7, "align": "center"},
    {"title": "Nội dung", "width": 19},
    {"title": "ĐVT", "width": 8, "align": "center"},
    {"title": "Số lượng giao", "width": 8},
    {"title": "Thực nhận", "width": 8},
    {"title": "Không nhận", "width": 10},
    {"title": "Chất lượng", "width": 10},
    {"title": "Đơn giá (đồng)", "width": 14},
    {"title": "Thành tiền (đồng)", "width": 16},
]
TOTAL = "TỔNG CỘNG"
NOT_VALUED = "chưa định giá"
CLOSING = "Biên bản lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản"


def receipt_record(receipt: Receipt) -> Snapshot:
    """What is printed. ``receipt`` as ``for_list()`` loads it, with its giver."""
    keeper = receipt.custodian
    superior = keeper.superior_on(receipt.occurred_on)
    with translation.override("vi"):
        return Snapshot(
            letterhead={
                "superior": superior.name if superior else "",
                "agency": keeper.name,
                "locality": keeper.unit.short_name,
            },
            symbol=symbol_of(keeper),
            type=TYPE,
            subject=SUBJECT.format(code=receipt.code),
            addressees=[],
            grounds=[],
            body=_body(receipt, list(receipt.lines.all())),
            signature=NOBODY,
            parties=[
                Party(
                    role="Đại diện bên giao",
                    agency=_giver(receipt.pledge),
                    name=_person(receipt.handed_over_by),
                ),
                Party(role="Đại diện bên nhận", agency=keeper.name, name=_person(receipt.received_by)),
            ],
            recipients=["Hai bên (mỗi bên 01 bản)"],
            archive="VT",
            annexes=[],
        )


def symbol_of(keeper: Agency) -> str:
    """“BB-UBND”: the sign of a record with that of the agency."""
    return f"BB-{keeper.symbol}" if keeper.symbol else "BB"


def file_name(receipt: Receipt) -> str:
    return f"bien-ban-tiep-nhan-{receipt.code}"


def _giver(pledge: Pledge) -> str:
    return str(pledge.giver)


def _person(signer: str) -> str:
    """The name alone, as a paper signs: the office follows a comma, and there is no Ông or Bà."""
    name = signer.split(",")[0].strip()
    return next((name.removeprefix(title) for title in TITLES if name.startswith(title)), name)


def _body(receipt: Receipt, lines: Sequence[ReceiptLine]) -> list[Block]:
    place = receipt.custodian.name
    return [
        _text(f"Hôm nay, {date_of(receipt.occurred_on)}, tại {place}, chúng tôi gồm:"),
        _heading(f"1. Bên giao: {_giver(receipt.pledge)}"),
        _text(_signer(receipt.handed_over_by)),
        _heading(f"2. Bên nhận: {receipt.custodian.name}"),
        _text(_signer(receipt.received_by)),
        _heading("3. Nội dung tiếp nhận"),
        _text(_basis(receipt.pledge)),
        Table(
            kind="table",
            columns=CAME,
            rows=[*(_row(number, line) for number, line in enumerate(lines, 1)), _total(lines)],
        ),
        *_money_in_words(lines),
        *_refusals(lines),
        *([_text(f"Ghi chú: {receipt.note}")] if receipt.note else []),
        _text(CLOSING),
    ]


def _text(text: str) -> Paragraph:
    return Paragraph(kind="paragraph", text=text)


def _heading(text: str) -> Heading:
    return Heading(kind="heading", level=2, text=text)


def _signer(signer: str) -> str:
    """Name and office as they were typed, or room for a pen."""
    name, _comma, office = signer.partition(",")
    who = name.strip() if name.startswith(TITLES) else f"Ông (bà): {name.strip() or NAME}"
    return f"{who}. Chức vụ: {office.strip() or OFFICE}"


def _basis(pledge: Pledge) -> str:
    if pledge.walk_in:
        return "Hai bên thống nhất giao, nhận (không có cam kết trước):"
    return f"Hai bên thống nhất giao, nhận theo cam kết số {pledge.code} {date_of(pledge.pledged_on)}:"


def _row(number: int, line: ReceiptLine) -> Row:
    item = line.pledge_line.item
    if item is None:
        what = line.pledge_line.purpose
        name = f"Tiền mặt, chuyển khoản ({what})" if what else "Tiền mặt, chuyển khoản"
        cells: list[Cell] = [number, name, "đồng", "", "", "", "", "", line.amount]
        return Row(kind="row", cells=cells)
    over = line.supply_line is not None and line.supply_line.origin == SupplyLine.Origin.SURPLUS
    return Row(
        kind="row",
        cells=[
            number,
            f"{item.name} (ngoài cam kết)" if over else item.name,
            item.unit,
            line.accepted + line.refused,
            line.accepted,
            line.refused or "",
            QUALITY.get(ReceiptLine.Quality(line.quality), ""),
            line.unit_value or NOT_VALUED,
            line.value if line.unit_value else NOT_VALUED,
        ],
    )


def _total(lines: Sequence[ReceiptLine]) -> Row:
    """Goods of different units are not added up: only their value is."""
    return Row(kind="total", cells=[TOTAL, sum(line.value for line in lines)])


def _money_in_words(lines: Sequence[ReceiptLine]) -> list[Block]:
    """The money alone: goods are counted in pieces, and their value is no sum that changed hands."""
    amount = sum(line.amount for line in lines)
    if amount <= 0:
        return []
    shown = number_format(amount, force_grouping=True)
    return [_text(f"Số tiền thực nhận: {shown} đồng (bằng chữ: {dong_in_words(amount)}).")]


def _refusals(lines: Sequence[ReceiptLine]) -> list[Block]:
    refused = [line for line in lines if line.refused]
    if not refused:
        return []
    said = [
        f"{line.pledge_line.what}: không nhận {number_format(line.refused, force_grouping=True)}, lý do: "
        f"{line.refuse_reason}"
        for line in refused
    ]
    return [_heading("4. Phần không nhận"), *(_text(text) for text in said)]
