"""The data of the donors room's benchmark, the same at every run, written in bulk past the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from directory.models import Agency, Unit, User
from directory.roles import Role
from directory.text import unaccented
from donors.models import (
    Donor,
    Pledge,
    PledgeLine,
    Receipt,
    ReceiptLine,
    SupplyBalance,
    SupplyLine,
)
from donors.states import PledgeState
from needs.models import SupportItem

FIRST_YEAR, YEARS = 2006, 20
ITEMS = 14
BATCH = 5000


@transaction.atomic
def lists(count: int) -> str:
    """``count`` donors, each with a pledge of one line, its supply and its receipt, evenly over twenty years
    and over the offices of the district; who looks at them."""
    Agency.objects.update(valid_from=date(FIRST_YEAR, 1, 1))
    user = User.objects.create(
        username="coordinator", role=Role.COORDINATOR, agency=Agency.objects.get(short_name="LĐTBXH")
    )
    agencies = list(Agency.objects.order_by("pk"))
    pledges = _pledges(_donors(count, user), agencies, user)
    supply = _supply(pledges, agencies)
    _receipts(pledges, supply, user)
    return user.username


def _day(number: int, count: int) -> date:
    return date(FIRST_YEAR, 1, 1) + timedelta(days=number * YEARS * 365 // count)


def _donors(count: int, user: User) -> list[Donor]:
    district = Unit.objects.get(level=Unit.Level.DISTRICT)
    kinds, origins = list(Donor.Kind), list(Donor.Origin)
    names = [f"Công ty Cao su số {number * 7919 % count}" for number in range(count)]
    return Donor.objects.bulk_create(
        (
            Donor(
                scope=district,
                name=name,
                name_key=unaccented(name),
                kind=kinds[number % len(kinds)],
                origin=origins[number % len(origins)],
                registered_by=user.agency,
            )
            for number, name in enumerate(names)
        ),
        batch_size=BATCH,
    )


def _pledges(donors: Sequence[Donor], agencies: Sequence[Agency], user: User) -> list[Pledge]:
    """The last year's are open, the others came."""
    count = len(donors)
    return Pledge.objects.bulk_create(
        (
            Pledge(
                code=f"CK-{_day(number, count).year}-{number:06d}",
                scope=donor.scope,
                donor=donor,
                mobilised_by=agencies[number % len(agencies)],
                pledged_on=_day(number, count),
                due_on=_day(number, count) + timedelta(days=60),
                state=PledgeState.OPEN if number > count - count // YEARS else PledgeState.RECEIVED,
                recorded_by=user,
            )
            for number, donor in enumerate(donors)
        ),
        batch_size=BATCH,
    )


def _supply(pledges: Sequence[Pledge], agencies: Sequence[Agency]) -> list[SupplyLine]:
    items = _items()
    lines = PledgeLine.objects.bulk_create(
        (
            PledgeLine(
                pledge=pledge,
                kind=PledgeLine.Kind.GOODS,
                item=items[number % ITEMS],
                quantity=10 + number % 90,
                unit_value=10_000 * (1 + number % 30),
            )
            for number, pledge in enumerate(pledges)
        ),
        batch_size=BATCH,
    )
    supply = SupplyLine.objects.bulk_create(
        (
            SupplyLine(
                pledge_line=line,
                item=line.item,
                custodian=agencies[number % len(agencies)],
                unit_value=line.unit_value or 0,
                opened_at=datetime.combine(line.pledge.pledged_on, datetime.min.time(), UTC),
            )
            for number, line in enumerate(lines)
        ),
        batch_size=BATCH,
    )
    SupplyBalance.objects.bulk_create(
        (_balance(number, line, len(supply)) for number, line in enumerate(supply)), batch_size=BATCH
    )
    return supply


def _balance(number: int, line: SupplyLine, count: int) -> SupplyBalance:
    """Goods of earlier years were delivered, but for every tenth line; of this year's half is to come."""
    whole = line.pledge_line.quantity or 0
    old = number <= count - count // YEARS
    received = whole if old else whole // 2
    sent = received if old and number % 10 else received // 2
    return SupplyBalance(line=line, quantity=whole, received=received, allocated=sent, sent=sent)


def _items() -> list[SupportItem]:
    found = list(SupportItem.objects.select_related("area").order_by("pk"))
    SupportItem.objects.bulk_create(
        SupportItem(
            area=found[number % len(found)].area,
            code=f"item{number}",
            name=f"Áo ấm loại {number}",
            name_en=f"Coat {number}",
            unit="chiếc",
            order=number,
        )
        for number in range(len(found), ITEMS)
    )
    return list(SupportItem.objects.order_by("pk"))


def _receipts(pledges: Sequence[Pledge], supply: Sequence[SupplyLine], user: User) -> None:
    receipts = Receipt.objects.bulk_create(
        (
            Receipt(
                code=f"TN-{pledge.pledged_on.year}-{number:06d}",
                pledge=pledge,
                custodian_id=line.custodian_id,
                occurred_on=pledge.pledged_on + timedelta(days=14),
                confirmed_by=user,
            )
            for number, (pledge, line) in enumerate(zip(pledges, supply, strict=True))
        ),
        batch_size=BATCH,
    )
    ReceiptLine.objects.bulk_create(
        (
            ReceiptLine(
                receipt=receipt,
                pledge_line=line.pledge_line,
                supply_line=line,
                accepted=(line.pledge_line.quantity or 2) // 2,
                unit_value=line.unit_value,
            )
            for receipt, line in zip(receipts, supply, strict=True)
        ),
        batch_size=BATCH,
    )
