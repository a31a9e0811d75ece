"""What happened on 01/07/2025 [FIELD section 2], done by the portal's own actions on the world of tests.

The district level ended and Kon Tum joined Quảng Ngãi; Ia Dom and Ia Tơi became one commune under the old
code 23538; Ia Đal stayed; child affairs went from the labour to the health sector.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from directory.actions.agency import succeed_agency
from directory.actions.register import enter_row
from directory.actions.unit import merge_units
from directory.models import Agency, Place, Unit, User
from tests.world import World

EARLIER, DAY = date(2019, 1, 1), date(2025, 7, 1)
BASIS = "Nghị quyết số 202/2025/QH15"


@dataclass
class Merger:
    """The new units and agencies; the old ones are still in ``world``."""

    province: Unit
    commune: Unit
    committee: Agency
    health: Agency


def merge(world: World, by: User) -> Merger:
    """Stand on the day itself or later."""
    kon_tum = world.district.parent
    province = Unit(level="province", code="51", name="tỉnh Quảng Ngãi", valid_from=EARLIER)
    enter_row(by=by, row=province, reason="danh mục đơn vị hành chính")
    merge_units(by=by, predecessors=[kon_tum], into=province, on=DAY, legal_basis=BASIS)
    merge_units(by=by, predecessors=[world.district], into=province, on=DAY, legal_basis=BASIS)
    old = [world.commune("Ia Dom"), world.commune("Ia Tơi")]
    # Two villages of each name meet: those of Ia Dom are counted on.
    names = {
        village.pk: f"Thôn {number}"
        for number, village in enumerate(
            Place.objects.filter(unit=old[0], kind="village").order_by("order"), 3
        )
    }
    new = Unit(level="commune", code="23538", name="xã Ia Tơi", parent=province, valid_from=DAY)
    commune = merge_units(by=by, predecessors=old, into=new, on=DAY, legal_basis=BASIS, place_names=names)
    committee = _agency(by, commune, "Ủy ban nhân dân xã Ia Tơi", "UBND xã Ia Tơi", "committee")
    province_committee = _agency(by, province, "Ủy ban nhân dân tỉnh Quảng Ngãi", "UBND tỉnh", "committee")
    health = _agency(by, province, "Sở Y tế tỉnh Quảng Ngãi", "SYT", "department", province_committee)
    for ending, successor in (
        (_committee_of(old[0]), committee),
        (_committee_of(old[1]), committee),
        (world.agency("UBND huyện"), province_committee),
        (world.agency("LĐTBXH"), health),
        (world.agency("TTYT"), health),
    ):
        succeed_agency(by=by, predecessor=ending, successor=successor, on=DAY, legal_basis=BASIS)
    return Merger(province, commune, committee, health)


def _committee_of(unit: Unit) -> Agency:
    return Agency.objects.get(unit=unit, kind="committee")


def _agency(
    by: User, unit: Unit, name: str, short_name: str, kind: str, superior: Agency | None = None
) -> Agency:
    row = Agency(
        unit=unit,
        name=name,
        short_name=short_name,
        kind=kind,
        superior=superior,
        symbol="UBND" if kind == "committee" else short_name,
        reports_every="half_year",
        valid_from=DAY,
    )
    return cast(Agency, enter_row(by=by, row=row, reason=BASIS))
