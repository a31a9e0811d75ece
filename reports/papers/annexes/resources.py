"""Annex II: what came in, donors apart from funds and budgets."""

from __future__ import annotations

from documents.snapshot import Annex, Cell, Column, Row
from donors.models import Donor, ReceiptLine
from reports.figures import Figures, facts
from reports.papers.annexes.shape import UNIT_DONG, annex
from reports.papers.tables import TOTAL, column, row, total
from reports.wording import day

ORIGINS = {
    Donor.Origin.IN_DISTRICT: "trong huyện",
    Donor.Origin.IN_COUNTRY: "ngoài huyện",
    Donor.Origin.FOREIGN: "nước ngoài",
}
UNNAMED = "Nhà hảo tâm (đề nghị không nêu tên)"
KINDS = {"fund": "quỹ", "central_budget": "ngân sách Trung ương", "local_budget": "ngân sách địa phương"}


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
    return annex("II", "Nguồn lực vận động, tiếp nhận trong kỳ", UNIT_DONG, columns, rows, [])


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
