"""The lists of this room as files. Each shows what its page shows, and what the page links to.

Goods and money keep columns of their own: a piece is never added to a đồng.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.exports import ListColumn, ListFile, yes_or_no
from documents.spreadsheet import Value
from donors.models import Donor, FundingSource, Pledge, PledgeLine, ReceiptLine, SupplyLine
from donors.numbers import grouped
from donors.stock import Stock

DONORS = ListFile[Donor](
    gettext_lazy("Donors"),
    "nha-tai-tro",
    [
        ListColumn(gettext_lazy("Name"), 34, lambda donor: donor.name),
        ListColumn(gettext_lazy("Kind"), 16, lambda donor: donor.get_kind_display()),
        ListColumn(gettext_lazy("Where from"), 22, lambda donor: donor.get_origin_display()),
        ListColumn(gettext_lazy("Tax code"), 16, lambda donor: donor.tax_code),
        ListColumn(gettext_lazy("Telephone"), 16, lambda donor: donor.phone),
        ListColumn(gettext_lazy("E-mail"), 26, lambda donor: donor.email),
        ListColumn(gettext_lazy("Address"), 34, lambda donor: donor.address),
        ListColumn(gettext_lazy("Note"), 34, lambda donor: donor.note),
        ListColumn(gettext_lazy("Registered by"), 20, lambda donor: donor.registered_by.short_name),
        ListColumn(gettext_lazy("Pledges"), 10, lambda donor: _pledges(donor)),
    ],
)


def _pledges(row: Donor | FundingSource) -> int:
    return row.pledge_count  # type: ignore[union-attr]


def _state(line: PledgeLine) -> str:
    return _("Overdue") if line.overdue else line.pledge.get_state_display()  # type: ignore[attr-defined]


def _giver(pledge: Pledge) -> str:
    return str(pledge.giver)


SOURCES = ListFile[FundingSource](
    gettext_lazy("Funds and budgets"),
    "nguon-kinh-phi",
    [
        ListColumn(gettext_lazy("Name"), 44, lambda source: source.name),
        ListColumn(gettext_lazy("Kind"), 20, lambda source: source.get_kind_display()),
        ListColumn(gettext_lazy("Kept by"), 20, lambda source: _keeper(source)),
        ListColumn(gettext_lazy("Pledges"), 10, lambda source: _pledges(source)),
        ListColumn(gettext_lazy("Closed on"), 12, lambda source: source.closed_on or ""),
    ],
)


def _keeper(source: FundingSource) -> str:
    return source.agency.short_name if source.agency else ""


# A row for each line of a pledge.
PLEDGES = ListFile[PledgeLine](
    gettext_lazy("Pledges"),
    "cam-ket",
    [
        ListColumn(gettext_lazy("Code"), 14, lambda line: line.pledge.code),
        ListColumn(gettext_lazy("Giver"), 34, lambda line: _giver(line.pledge)),
        ListColumn(gettext_lazy("What is promised"), 30, lambda line: str(line.what)),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda line: line.unit),
        ListColumn(gettext_lazy("Quantity"), 12, lambda line: _pieces(line, line.quantity)),
        ListColumn(gettext_lazy("Value (đồng)"), 18, lambda line: _valued(line)),
        ListColumn(gettext_lazy("Meant for"), 30, lambda line: line.earmarked_for),
        ListColumn(gettext_lazy("Binding"), 10, lambda line: _binding(line)),
        ListColumn(gettext_lazy("Mobilised by"), 20, lambda line: line.pledge.mobilised_by.short_name),
        ListColumn(gettext_lazy("Pledged on"), 12, lambda line: line.pledge.pledged_on),
        ListColumn(gettext_lazy("Due on"), 12, lambda line: line.pledge.due_on or ""),
        ListColumn(gettext_lazy("State"), 16, lambda line: _state(line)),
        ListColumn(gettext_lazy("Not to be named in public"), 14, lambda line: _anonymous(line.pledge)),
        ListColumn(gettext_lazy("Note"), 34, lambda line: line.pledge.note),
    ],
)


def _pieces(line: PledgeLine, quantity: int | None) -> Value:
    return quantity if line.is_goods and quantity is not None else ""


def _valued(line: PledgeLine) -> Value:
    """Goods without a value are not worth 0."""
    return line.value or _("not valued")


def _binding(line: PledgeLine) -> str:
    return yes_or_no(line.earmark_hard) if line.earmarked_for else ""


def _anonymous(pledge: Pledge) -> str:
    return yes_or_no(pledge.anonymous)


# A row for each pledge of which something should have come and has not.
OVERDUE = ListFile[Pledge](
    gettext_lazy("Overdue pledges"),
    "cam-ket-qua-han",
    [
        ListColumn(gettext_lazy("Code"), 14, lambda pledge: pledge.code),
        ListColumn(gettext_lazy("Giver"), 34, lambda pledge: _giver(pledge)),
        ListColumn(gettext_lazy("Telephone"), 16, lambda pledge: pledge.donor.phone if pledge.donor else ""),
        ListColumn(gettext_lazy("Mobilised by"), 20, lambda pledge: pledge.mobilised_by.short_name),
        ListColumn(gettext_lazy("Due on"), 12, lambda pledge: pledge.due_day or ""),
        ListColumn(gettext_lazy("Days late"), 10, lambda pledge: pledge.days_late),
        ListColumn(gettext_lazy("Still to come"), 40, lambda pledge: _awaited(pledge)),
        ListColumn(gettext_lazy("Note"), 34, lambda pledge: pledge.note),
    ],
)


def _awaited(pledge: Pledge) -> str:
    """“120 bộ Áo ấm; 5.000.000 đồng”"""
    lines = [line for line in pledge.lines.all() if line.to_come]
    return "; ".join(f"{grouped(line.to_come)} {line.unit} {line.item or ''}".strip() for line in lines)


# A row for each line of a receipt.
RECEIPTS = ListFile[ReceiptLine](
    gettext_lazy("Receipts"),
    "tiep-nhan",
    [
        ListColumn(gettext_lazy("Code"), 14, lambda line: line.receipt.code),
        ListColumn(gettext_lazy("Received on"), 12, lambda line: line.receipt.occurred_on),
        ListColumn(gettext_lazy("Pledge"), 14, lambda line: line.receipt.pledge.code),
        ListColumn(gettext_lazy("Giver"), 34, lambda line: _giver(line.receipt.pledge)),
        ListColumn(gettext_lazy("Goods, service or money"), 30, lambda line: str(line.pledge_line.what)),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda line: line.pledge_line.unit),
        ListColumn(gettext_lazy("Accepted"), 12, lambda line: _pieces(line.pledge_line, line.accepted)),
        ListColumn(gettext_lazy("Quality"), 18, lambda line: _quality(line)),
        ListColumn(gettext_lazy("Refused"), 12, lambda line: _pieces(line.pledge_line, line.refused)),
        ListColumn(gettext_lazy("Reason of the refusal"), 26, lambda line: line.refuse_reason),
        ListColumn(gettext_lazy("Value (đồng)"), 18, lambda line: _received_value(line)),
        ListColumn(gettext_lazy("Kept by"), 20, lambda line: line.receipt.custodian.short_name),
        ListColumn(gettext_lazy("Note"), 34, lambda line: line.receipt.note),
    ],
)


def _quality(line: ReceiptLine) -> str:
    return str(line.get_quality_display()) if line.quality else ""


def _received_value(line: ReceiptLine) -> Value:
    return _("not valued") if line.accepted and not line.unit_value else line.value


SUPPLY = ListFile[SupplyLine](
    gettext_lazy("Supply"),
    "nguon-hang",
    [
        ListColumn(gettext_lazy("Support area"), 22, lambda line: str(line.item.area)),
        ListColumn(gettext_lazy("Goods or service"), 30, lambda line: str(line.item)),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda line: line.item.unit),
        ListColumn(gettext_lazy("How it came"), 18, lambda line: line.get_origin_display()),
        ListColumn(gettext_lazy("Pledge"), 14, lambda line: line.pledge_line.pledge.code),
        ListColumn(gettext_lazy("Giver"), 34, lambda line: _giver(line.pledge_line.pledge)),
        ListColumn(gettext_lazy("Meant for"), 30, lambda line: line.pledge_line.earmarked_for),
        ListColumn(gettext_lazy("Binding"), 10, lambda line: _binding(line.pledge_line)),
        ListColumn(gettext_lazy("Kept by"), 20, lambda line: line.custodian.short_name),
        ListColumn(gettext_lazy("Promised"), 12, lambda line: Stock.of(line.balance).promised),
        ListColumn(gettext_lazy("Received"), 12, lambda line: Stock.of(line.balance).received),
        ListColumn(gettext_lazy("To come"), 12, lambda line: line.balance.to_come),
        ListColumn(gettext_lazy("Sent"), 12, lambda line: line.balance.sent),
        ListColumn(gettext_lazy("Written off"), 12, lambda line: line.balance.written_off),
        ListColumn(gettext_lazy("In stock"), 12, lambda line: line.balance.in_stock),
        ListColumn(gettext_lazy("Allocated"), 12, lambda line: line.balance.allocated),
        ListColumn(gettext_lazy("Left to allocate"), 12, lambda line: line.balance.unallocated),
    ],
)
