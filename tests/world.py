"""A small true-to-life district for tests: the plan as loaded, plus villages, schools and accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.management import call_command

from directory.models import Agency, AreaStatus, Place, SupportArea, Unit, User
from directory.roles import Role
from needs.models import AgeBand, Subgroup, SupportItem
from tests.remembered import from_nothing

PASSWORD = "mot-mat-khau-dai-2025"

# username, role, short name of the agency ("" for none)
ACCOUNTS = [
    ("officer.iadom", Role.COMMUNE_OFFICER, "UBND xã Ia Dom"),
    ("officer.iadom.2", Role.COMMUNE_OFFICER, "UBND xã Ia Dom"),
    ("officer.iadal", Role.COMMUNE_OFFICER, "UBND xã Ia Đal"),
    ("officer.iatoi", Role.COMMUNE_OFFICER, "UBND xã Ia Tơi"),
    ("chair.iadom", Role.LEADER, "UBND xã Ia Dom"),
    ("coordinator", Role.COORDINATOR, "LĐTBXH"),
    ("coordinator.2", Role.COORDINATOR, "LĐTBXH"),
    ("leader", Role.LEADER, "UBND huyện"),
    ("health", Role.AGENCY_OFFICER, "TTYT"),
    ("culture", Role.AGENCY_OFFICER, "VH-TT-DL&TT"),
    ("union", Role.AGENCY_OFFICER, "Hội LHPN"),
    ("administrator", Role.ADMINISTRATOR, ""),
]


@dataclass
class World:
    """Look-ups by the names that a test would say."""

    district: Unit

    def user(self, username: str) -> User:
        return User.objects.get(username=username)

    def commune(self, name: str) -> Unit:
        """``world.commune("Ia Dom")``"""
        return Unit.objects.communes().get(name=f"xã {name}", parent=self.district)

    def village(self, commune: str, number: int = 1) -> Place:
        return Place.objects.get(unit=self.commune(commune), kind=Place.Kind.VILLAGE, name=f"Thôn {number}")

    def school(self, commune: str) -> Place:
        return Place.objects.get(unit=self.commune(commune), kind=Place.Kind.SCHOOL)

    def agency(self, short_name: str) -> Agency:
        return Agency.objects.get(short_name=short_name)

    def area(self, code: str) -> SupportArea:
        return SupportArea.objects.get(code=code)

    def item(self, code: str) -> SupportItem:
        return SupportItem.objects.get(code=code)

    def band(self, code: str) -> AgeBand:
        return AgeBand.objects.get(code=code)

    def subgroup(self, code: str) -> Subgroup:
        return Subgroup.objects.get(code=code)


def build_world() -> World:
    """Built once by each worker, by the portal's own command; later tests get the same rows put back."""
    return from_nothing(_build)


def _build() -> World:
    call_command("load_plan", verbosity=0)
    district = Unit.objects.get(code="618")
    start = date(2019, 1, 1)
    for commune in Unit.objects.communes().filter(parent=district):
        for number in (1, 2):
            Place.objects.create(
                unit=commune, kind=Place.Kind.VILLAGE, name=f"Thôn {number}", valid_from=start, order=number
            )
        Place.objects.create(
            unit=commune,
            kind=Place.Kind.SCHOOL,
            name=f"Trường Mầm non {commune.short_name}",
            valid_from=start,
            order=10,
        )
    for name in ("Ia Dom", "Ia Đal"):
        AreaStatus.objects.create(
            unit=Unit.objects.get(name=f"xã {name}", parent=district),
            legal_basis="Quyết định số 861/QĐ-TTg",
            valid_from=date(2021, 1, 1),
            valid_to=date(2025, 12, 31),
        )
    for username, role, agency in ACCOUNTS:
        User.objects.create(
            username=username,
            full_name=username,
            role=role,
            agency=Agency.objects.get(short_name=agency) if agency else None,
            is_staff=role == Role.ADMINISTRATOR,
        )
    return World(district)
