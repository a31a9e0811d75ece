"""Who acts in the sample, and where: look-ups by the names that the story uses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from directory import clock
from directory.models import Agency, Place, SupportArea, Unit, User
from donors.models import Donor, FundingSource, SupplyLine
from needs.models import AgeBand, Subgroup, SupportItem, SurveyRound

OFFICERS = {"Ia Dom": "canbo.iadom", "Ia Đal": "canbo.iadal", "Ia Tơi": "canbo.iatoi"}
CHAIRS = {"Ia Dom": "chutich.iadom", "Ia Đal": "chutich.iadal", "Ia Tơi": "chutich.iatoi"}
LEADS = {"health_nutrition": "ytehuyen", "play": "vanhoa", "warm_clothing": "ldtbxh"}


@dataclass
class Stage:
    """``shelf``: what came in and may be handed over, by year and item."""

    district: Unit
    rounds: dict[int, SurveyRound] = field(default_factory=dict)
    shelf: dict[tuple[int, str], list[SupplyLine]] = field(default_factory=lambda: defaultdict(list))
    donors: dict[str, Donor] = field(default_factory=dict)

    @cached_property
    def users(self) -> dict[str, User]:
        return {user.username: user for user in User.objects.select_related("agency__unit")}

    @cached_property
    def communes(self) -> dict[str, Unit]:
        return {unit.short_name: unit for unit in Unit.objects.communes().filter(parent=self.district)}

    @cached_property
    def items(self) -> dict[str, SupportItem]:
        return {item.code: item for item in SupportItem.objects.select_related("area")}

    @cached_property
    def areas(self) -> dict[str, SupportArea]:
        return {area.code: area for area in SupportArea.objects.all()}

    @cached_property
    def bands(self) -> dict[str, AgeBand]:
        return {band.code: band for band in AgeBand.objects.all()}

    @cached_property
    def subgroups(self) -> dict[str, Subgroup]:
        return {group.code: group for group in Subgroup.objects.all()}

    @cached_property
    def agencies(self) -> dict[str, Agency]:
        return {agency.short_name: agency for agency in Agency.objects.all()}

    @cached_property
    def sources(self) -> dict[str, FundingSource]:
        return {source.kind: source for source in FundingSource.objects.order_by("-name")}

    def places(self, commune: str, kind: str) -> list[Place]:
        found = Place.objects.on(clock.today()).filter(unit=self.communes[commune], kind=kind)
        return list(found.select_related("unit").order_by("order"))

    def officer(self, commune: str) -> User:
        return self.users[OFFICERS[commune]]

    def chair(self, commune: str) -> User:
        return self.users[CHAIRS[commune]]

    def lead(self, area: str) -> User:
        return self.users[LEADS[area]]


def on(year: int, month: int, day: int) -> date:
    return date(year, month, day)
