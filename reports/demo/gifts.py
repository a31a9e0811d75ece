"""Donors, their pledges and what came of them. Every donor is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from directory import clock
from donors.actions import (
    CapacityRow,
    ContactRow,
    PledgedLine,
    ReceivedLine,
    record_pledge,
    record_receipt,
    register_donor,
    set_capacities,
    set_contacts,
    withdraw_pledge,
)
from donors.models import Donor, Pledge, PledgeLine
from reports.demo import purchases
from reports.demo.stage import Stage, on

DonorKind, Origin = Donor.Kind, Donor.Origin
GOODS, CASH = PledgeLine.Kind.GOODS, PledgeLine.Kind.CASH
DONORS = [
    ("Công ty mẫu A", DonorKind.ENTERPRISE, Origin.IN_COUNTRY),
    ("Nông trường mẫu B", DonorKind.ENTERPRISE, Origin.IN_DISTRICT),
    ("Tổ chức mẫu C", DonorKind.ORGANISATION, Origin.FOREIGN),
    ("Nhóm thiện nguyện mẫu D", DonorKind.ORGANISATION, Origin.IN_COUNTRY),
    ("Nhà hảo tâm mẫu E", DonorKind.INDIVIDUAL, Origin.IN_DISTRICT),
]
# Item and pieces a year
CAPACITY = {
    "Công ty mẫu A": ("coat", 300),
    "Nông trường mẫu B": ("meal", 2000),
    "Tổ chức mẫu C": ("play_area", 2),
}
FUND = "fund"


@dataclass(frozen=True)
class Gift:
    """``came``: pieces that came (None: nothing yet); ``month`` of the pledge, the receipt a month later."""

    giver: str
    item: str
    quantity: int
    month: int
    came: int | None = None
    mobilised_by: str = "LĐTBXH"
    anonymous: bool = False
    due: date | None = None


def _both_halves(year: int) -> list[Gift]:
    """What comes in a whole year; ``year`` makes later years a little richer."""
    more = (year - 2023) * 10
    return [
        Gift("Công ty mẫu A", "coat", 160 + more, 2, 160 + more),
        Gift("Nông trường mẫu B", "meal", 2000 + more * 10, 2, 2000 + more * 10),
        Gift("Tổ chức mẫu C", "play_area", 2, 2, 2),
        Gift("Nhóm thiện nguyện mẫu D", "milk", 400, 2, 430, mobilised_by="Hội LHPN"),
        Gift("Nhà hảo tâm mẫu E", "socks", 80, 2, 80, anonymous=True),
        Gift(FUND, "blanket", 40 + more, 2, 40 + more),
        Gift("Công ty mẫu A", "coat", 120 + more, 9, 120 + more),
        Gift("Tổ chức mẫu C", "toys", 4, 9, 4),
    ]


OPEN_IN_2025 = [
    Gift("Công ty mẫu A", "coat", 200, 4, None, due=date(2025, 5, 30)),
    Gift("Nhóm thiện nguyện mẫu D", "blanket", 60, 5, None, mobilised_by="Hội LHPN", due=date(2025, 6, 15)),
    Gift("Nông trường mẫu B", "meal", 1500, 4, 600),
]


def of_year(stage: Stage, year: int) -> None:
    if not stage.donors:
        _register(stage)
    gifts = _both_halves(year)
    if year == 2025:
        gifts = [gift for gift in gifts if gift.month < 6] + OPEN_IN_2025
    for gift in gifts:
        _give(stage, year, gift)
    _give_cash(stage, year)
    if year == 2025:
        _withdrawn(stage, year)


def _register(stage: Stage) -> None:
    with clock.standing_on(on(2023, 1, 10)):
        for name, kind, origin in DONORS:
            stage.donors[name] = register_donor(
                by=stage.users["ldtbxh"], scope=stage.district, kind=kind, origin=origin, name=name
            )

    with clock.standing_on(on(2023, 1, 11)):
        for name in CAPACITY:
            _describe(stage, name)


def _describe(stage: Stage, name: str) -> None:
    """Whom to ask at the donor, and what it can give in a year."""
    by, donor = stage.users["ldtbxh"], stage.donors[name]
    contact = ContactRow(office="Văn phòng (dữ liệu mẫu)", email="mau@example.org")
    set_contacts(by=by, donor=donor, version=0, rows=[contact])
    code, quantity = CAPACITY[name]
    item = stage.items[code]
    set_capacities(by=by, donor=donor, version=0, rows=[CapacityRow(item.area, item, quantity=quantity)])


def _give(stage: Stage, year: int, gift: Gift) -> None:
    """Pledge, and if it came: the receipt; what came stands on the year's shelf."""
    by = stage.users["phunu" if gift.mobilised_by == "Hội LHPN" else "ldtbxh"]
    with clock.standing_on(on(year, gift.month, 12)):
        pledge = _pledge(stage, gift, PledgedLine(GOODS, stage.items[gift.item], gift.quantity))
    line = pledge.lines.get()
    if gift.came is not None:
        with clock.standing_on(on(year, gift.month + 1, 3)):
            record_receipt(
                by=by,
                pledge=pledge,
                custodian=stage.agencies[gift.mobilised_by],
                occurred_on=clock.today(),
                lines=[ReceivedLine(line, accepted=gift.came)],
            )
        stage.shelf[year, gift.item] += list(line.supply_lines.order_by("pk"))


def _pledge(stage: Stage, gift: Gift, *lines: PledgedLine) -> Pledge:
    """The coordinating office records for everyone: a union has no donors of its own in the sample."""
    return record_pledge(
        by=stage.users["ldtbxh"],
        scope=stage.district,
        mobilised_by=stage.agencies[gift.mobilised_by],
        pledged_on=clock.today(),
        donor=stage.donors.get(gift.giver),
        source=stage.sources[FUND] if gift.giver == FUND else None,
        due_on=gift.due,
        anonymous=gift.anonymous,
        lines=list(lines),
    )


def _give_cash(stage: Stage, year: int) -> None:
    amount = 30_000_000 + (year - 2023) * 5_000_000
    gift = Gift("Nông trường mẫu B", "", 0, 3)
    with clock.standing_on(on(year, 3, 5)):
        pledge = _pledge(
            stage, gift, PledgedLine(CASH, amount=amount, purpose="Mua áo ấm, bữa ăn cho trẻ em")
        )
    with clock.standing_on(on(year, 3, 20)):
        record_receipt(
            by=stage.users["ldtbxh"],
            pledge=pledge,
            custodian=stage.agencies["LĐTBXH"],
            occurred_on=clock.today(),
            lines=[ReceivedLine(pledge.lines.get(), amount=amount if year < 2025 else amount // 2)],
        )
    purchases.of_year(stage, year, pledge.lines.get())


def _withdrawn(stage: Stage, year: int) -> None:
    gift = Gift("Nhóm thiện nguyện mẫu D", "toys", 3, 3)
    with clock.standing_on(on(year, 3, 10)):
        pledge = _pledge(stage, gift, PledgedLine(GOODS, stage.items[gift.item], gift.quantity))
    with clock.standing_on(on(year, 4, 2)):
        withdraw_pledge(by=stage.users["ldtbxh"], pledge=pledge, reason="Nhà tài trợ chuyển sang năm sau.")
