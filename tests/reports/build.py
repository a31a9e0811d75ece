"""Periods and reports for tests, through the actions; figures come from the rooms below."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from directory import clock
from directory.models import User
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    confirm_delivery,
    plan_distribution,
    send_distribution,
)
from distributions.models import DeliveryCorrection, Distribution
from donors.models import FundingSource, SupplyLine
from needs.models import Need
from reports.actions import compile_report, issue_report, open_period, save_section
from reports.models import DistrictReport, ReportingPeriod, ReportSection
from tests.distributions.build import allocated, corrected, delivered, need_of, supply_of
from tests.remembered import step
from tests.world import World

HALF, YEAR = ReportingPeriod.Kind.HALF_YEAR, ReportingPeriod.Kind.YEAR
PLENTY = 1000
MARCH = date(2025, 3, 10)
CUT_OFF = date(2025, 6, 16)  # of 2025-H1, whose window is 15/12/2024 to 14/06/2025


@step
def period(world: World, kind: str = HALF, year: int = 2025, **dates: date) -> ReportingPeriod:
    return open_period(by=world.user("coordinator"), scope=world.district, kind=kind, year=year, **dates)


@step
def draft(world: World, of: ReportingPeriod | None = None, by: str = "coordinator") -> DistrictReport:
    """A draft compiled by the coordinator, of 2025-H1 unless given."""
    return compile_report(by=world.user(by), period=of or period(world))


@step
def issued(
    world: World, of: ReportingPeriod | None = None, number: int = 12, on: date = date(2025, 6, 18)
) -> DistrictReport:
    """A report issued by the leader on a day after the cut-off."""
    report = draft(world, of)
    with clock.standing_on(on):
        return issue_report(by=world.user("leader"), report=report, number=number, dated=on)


@step
def delivery(
    world: World,
    quantity: int,
    occurred: date,
    confirmed: date | datetime,
    *,
    commune: str = "Ia Dom",
    item: str = "warm_clothing",
    band: str = "3-5",
    supply: SupplyLine | None = None,
    **given: Any,
) -> Distribution:
    """``quantity`` handed over on one day and confirmed on another; as many child-turns unless given."""
    with clock.standing_on(occurred):
        need = Need.objects.filter(
            place=world.village(commune), item=world.item(item), age_band=world.band(band)
        ).first() or need_of(world, PLENTY, commune=commune, item=item, band=band)
        supply = supply or supply_of(world, quantity, item=item)
        allocation = allocated(world, quantity, need=need, supply_line=supply)
    with clock.standing_on(confirmed):
        return delivered(world, quantity, occurred_on=occurred, allocation=allocation, **given)


@step
def service(
    world: World, item: str, quantity: int, *, turns: int, kind: str = "local_budget"
) -> Distribution:
    """A service at Ia Dom, paid from a budget, confirmed in March."""
    by = world.user("health")
    source = FundingSource.objects.get(kind=kind)
    line = PlannedLine(quantity, service=world.item(item), funding_source=source, unit_value=10_000)
    with clock.standing_on(MARCH):
        distribution = plan_distribution(
            by=by,
            area=world.area("health_nutrition"),
            lead_agency=by.agency,
            place=world.village("Ia Dom"),
            planned_on=MARCH,
            lines=[line],
        )
        send_distribution(by=by, distribution=distribution)
    with clock.standing_on(MARCH + timedelta(days=2)):
        return confirm_delivery(
            by=world.user("officer.iadom"),
            distribution=distribution,
            occurred_on=MARCH,
            lines=[
                ConfirmedLine(distribution.lines.get(), quantity, child_turns={world.band("3-5").pk: turns})
            ],
        )


@step
def correct(
    world: World, of: Distribution, received: int, on: date | datetime, turns: int | None = None
) -> DeliveryCorrection:
    """``corrected`` on a day."""
    with clock.standing_on(on):
        return corrected(world, of, received, turns)


def saved(by: User, section: ReportSection, body: str, version: int | None = None) -> ReportSection:
    """A section saved over the version given, or the one in hand."""
    return save_section(
        by=by,
        section=section,
        body=body,
        heading=section.heading,
        version=section.version if version is None else version,
    )
