"""Whose three chains the tests of the portal build: two communes of the district, one of another district."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from directory.models import (
    Agency,
    AreaStatus,
    CoordinationScope,
    LeadArea,
    Place,
    Signer,
    SupportArea,
    Unit,
    User,
)
from directory.roles import Role
from tests.world import World

START = date(2019, 1, 1)
DAY = date(2025, 6, 2)
ISSUED_ON = date(2025, 6, 18)
# In what is the district's own business; in what any official may read of the directory.
NEIGHBOUR, FOREIGN, FOREIGN_NAME = "CHIMHOANGMI-DAL", "CHIMHOANGMI-SATHAY", "TENHUYENBAN"


@dataclass
class Side:
    """Whose chain it is, and what stands in every text of it."""

    district: Unit
    commune: Unit
    village: Place
    officer: User
    coordinator: User
    leader: User
    mark: str


def own_side(world: World) -> Side:
    return _side_of(world, "Ia Dom", "officer.iadom", "")


def neighbour_side(world: World) -> Side:
    return _side_of(world, "Ia Đal", "officer.iadal", NEIGHBOUR)


def _side_of(world: World, commune: str, officer: str, mark: str) -> Side:
    return Side(
        world.district,
        world.commune(commune),
        world.village(commune),
        world.user(officer),
        world.user("coordinator"),
        world.user("leader"),
        mark,
    )


def foreign_side(world: World) -> Side:
    """Huyện Sa Thầy: the same shape, other people."""
    district = Unit.objects.create(
        level="district",
        code="616",
        name=f"huyện Sa Thầy {FOREIGN_NAME}",
        parent=world.district.parent,
        valid_from=START,
    )
    commune = Unit.objects.create(
        level="commune", code="23500", name=f"xã Mô Rai {FOREIGN_NAME}", parent=district, valid_from=START
    )
    AreaStatus.objects.create(unit=commune, legal_basis="Quyết định số 861/QĐ-TTg", valid_from=START)
    village = Place.objects.create(
        unit=commune, kind="village", name=f"Làng Le {FOREIGN_NAME}", valid_from=START
    )
    committee = _agency(district, "Ủy ban nhân dân huyện Sa Thầy", "UBND", "committee")
    labour = _agency(district, "Phòng LĐTBXH Sa Thầy", "LĐTBXH", "department")
    communal = _agency(commune, "Ủy ban nhân dân xã Mô Rai", "UBND", "committee")
    CoordinationScope.objects.create(unit=district, agency=labour, valid_from=START)
    area = SupportArea.objects.get(code="warm_clothing")
    LeadArea.objects.create(area=area, agency=labour, scope=district, valid_from=START)
    Signer.objects.create(
        agency=committee, name=f"Người ký {FOREIGN_NAME}", office="CHỦ TỊCH", valid_from=START
    )
    return Side(
        district,
        commune,
        village,
        _user("sathay.officer", Role.COMMUNE_OFFICER, communal),
        _user("sathay.coordinator", Role.COORDINATOR, labour),
        _user("sathay.leader", Role.LEADER, committee),
        FOREIGN,
    )


def _agency(unit: Unit, name: str, symbol: str, kind: str) -> Agency:
    return Agency.objects.create(
        unit=unit,
        name=f"{name} {FOREIGN_NAME}",
        short_name=f"{name} {FOREIGN_NAME}",
        symbol=symbol,
        kind=kind,
        reports_every="half_year",
        valid_from=START,
    )


def _user(username: str, role: str, agency: Agency) -> User:
    return User.objects.create(
        username=username, full_name=f"{username} {FOREIGN_NAME}", role=role, agency=agency
    )
