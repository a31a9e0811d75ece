"""The data of the distributions room's benchmark, the same at every run, written in bulk past the actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from directory.models import Agency, AreaStatus, Place, SupportArea, Unit, User
from donors.models import Donor, Pledge, PledgeLine, SupplyBalance, SupplyLine
from needs.models import Need, NeedBalance, SupportItem
from scripts.benchmarks import needs_data

YEAR = needs_data.YEAR
Earmark = PledgeLine.Earmark


@transaction.atomic
def board(needs: int, lines: int, places: int, items: int, bands: int) -> str:
    """``needs`` of one open round, nothing covered, and ``lines`` of supply; who looks at them.

    Of ten lines four are free, three meant for a village (one of them only for it), one only for a
    commune, one only for a need, one for an area. One of eight was mobilised by the women's union, the others
    by the coordinating office; a third is in stock. Together they cover about two thirds.
    """
    username = needs_data.needs(needs, 1, places, items, bands)
    NeedBalance.objects.update(covered=0, delivered=0)
    AreaStatus.objects.bulk_create(
        AreaStatus(unit=unit, legal_basis="861/QĐ-TTg", valid_from=date(2021, 1, 1))
        for unit in Unit.objects.communes()
    )
    asked = _asked()
    by_item: dict[int, list[Need]] = {}
    for need in Need.objects.select_related("place").order_by("pk"):
        by_item.setdefault(need.item_id, []).append(need)
    _supply(User.objects.get(username=username), lines, by_item, asked)
    return username


def _asked() -> int:
    return sum(NeedBalance.objects.values_list("quantity", flat=True))


def _supply(by: User, lines: int, by_item: dict[int, list[Need]], asked: int) -> None:
    scope = Unit.objects.get(level=Unit.Level.DISTRICT)
    office, union = (Agency.objects.get(short_name=name) for name in ("LĐTBXH", "Hội LHPN"))
    donor = Donor.objects.create(
        scope=scope, kind="enterprise", origin="in_country", name="Công ty Thử", registered_by=office
    )
    items = SupportItem.objects.in_bulk(by_item)
    pledges = Pledge.objects.bulk_create(
        Pledge(
            code=f"CK-{YEAR}-{number:04d}",
            scope=scope,
            donor=donor,
            mobilised_by=union if number % 8 == 7 else office,
            pledged_on=date(YEAR, 1, 15),
            due_on=date(YEAR, 1 + number % 12, 28),
            recorded_by=by,
        )
        for number in range(lines)
    )
    keys = sorted(by_item)
    each = 2 * asked // (3 * lines)
    pledged = PledgeLine.objects.bulk_create(
        PledgeLine(
            pledge=pledge,
            kind="goods",
            item=items[item],
            quantity=1 + each // 2 + number % (each + 1),
            unit_value=100_000,
            **_earmark(number, items[item].area, by_item[item]),
        )
        for number, pledge in enumerate(pledges)
        for item in [keys[number % len(keys)]]
    )
    made = SupplyLine.objects.bulk_create(
        SupplyLine(pledge_line=line, item=line.item, custodian=office, unit_value=100_000) for line in pledged
    )
    SupplyBalance.objects.bulk_create(
        SupplyBalance(
            line=line,
            quantity=line.pledge_line.quantity or 0,
            received=0 if number % 3 else line.pledge_line.quantity or 0,
        )
        for number, line in enumerate(made)
    )


def _earmark(number: int, area: SupportArea, needs: list[Need]) -> dict[str, Any]:
    need = needs[number * 7 % len(needs)]
    kind = number % 10
    if kind < 4:
        return {}
    if kind < 7:
        return {"earmark": Earmark.PLACE, "earmark_place": need.place, "earmark_hard": kind == 4}
    if kind == 7:
        whole = Place.objects.get(unit=need.place.unit_id, kind=Place.Kind.COMMUNE)
        return {"earmark": Earmark.PLACE, "earmark_place": whole, "earmark_hard": True}
    if kind == 8:
        return {"earmark": Earmark.NEED, "earmark_need": need, "earmark_hard": True}
    return {"earmark": Earmark.AREA, "earmark_area": area}


@transaction.atomic
def pairs(count: int) -> dict[str, Any]:
    """``count`` needs, each of a village, with a supply line of its own; more than anybody takes of both."""
    communes = len(Unit.objects.communes())
    places = 2 + count // communes  # one of them is the commune itself, which touches all others
    username = needs_data.needs(communes * places, 1, places, 1, 1)
    by = User.objects.get(username=username)
    NeedBalance.objects.update(quantity=10**9, covered=0, delivered=0)
    AreaStatus.objects.bulk_create(
        AreaStatus(unit=unit, legal_basis="861/QĐ-TTg", valid_from=date(2021, 1, 1))
        for unit in Unit.objects.communes()
    )
    needs = list(Need.objects.exclude(place__kind=Place.Kind.COMMUNE).order_by("pk")[:count])
    _supply(by, 10 * count, {needs[0].item_id: needs}, 10)
    free = SupplyLine.objects.filter(
        pledge_line__earmark=Earmark.NONE, pledge_line__pledge__mobilised_by=by.agency
    )
    lines = list(free.order_by("pk").values_list("pk", flat=True)[:count])
    SupplyBalance.objects.filter(pk__in=lines).update(quantity=10**9)
    # What others meant for these places would make every allocation ask for a reason.
    PledgeLine.objects.exclude(supply_lines__in=lines).update(
        earmark=Earmark.NONE, earmark_place=None, earmark_need=None, earmark_area=None
    )
    return {"user": username, "pairs": list(zip(lines, (need.pk for need in needs), strict=True))}
