"""What tests of this and higher rooms set up of allocations and distributions, through the actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from directory import clock
from directory.deeds import acting
from directory.models import Place, User
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    ProposedLine,
    accept_plan,
    allocate,
    confirm_delivery,
    correct_delivery,
    plan_distribution,
    send_distribution,
)
from distributions.actions.correction_checks import stands
from distributions.models import Allocation, DeliveryCorrection, Distribution, SupportPlan
from distributions.scope import lead_agency_of
from donors.models import Donor, FundingSource, SupplyLine
from needs.models import Need, NeedBalance, NeedMove, Survey, SurveyRound
from needs.states import SurveyState
from tests.donors import build as donors
from tests.remembered import step
from tests.world import World

GIVER = "Công ty Cao su"
OUT_OF_SCOPE = "Vùng vừa trải qua thiên tai"


@step
def need_of(
    world: World,
    quantity: int = 200,
    *,
    commune: str = "Ia Dom",
    item: str = "warm_clothing",
    band: str = "3-5",
    priority: int = 1,
    place: Place | None = None,
) -> Need:
    """An approved need with its balance and its move, set up directly: a whole survey is slow.

    Through the actions: ``tests.needs.build.approved_need``.
    """
    by, place = world.user("coordinator"), place or world.village(commune)
    with acting():
        round_, _ = SurveyRound.objects.get_or_create(
            scope=world.district,
            year=2025,
            defaults={"name": "Rà soát 2025", "opens_on": date(2025, 1, 2), "due_on": date(2025, 3, 31)},
        )
        survey, _ = Survey.objects.get_or_create(
            round=round_,
            commune=place.unit,
            defaults={"state": SurveyState.APPROVED, "created_by": by},
        )
        need = Need.objects.create(
            round=round_,
            place=place,
            item=world.item(item),
            age_band=world.band(band),
            survey=survey,
            children=quantity,
            priority=priority,
            stated_priority=priority,
        )
        NeedBalance.opening(need, quantity).save()
        NeedMove.objects.create(need=need, kind=NeedMove.Kind.APPROVE, delta=quantity, survey=survey, by=by)
    return need


@step
def supply_of(
    world: World,
    quantity: int = 200,
    *,
    received: int | None = None,
    item: str = "warm_clothing",
    unit_value: int = 250_000,
    **earmark: object,
) -> SupplyLine:
    """The supply line of a pledge of today; ``received`` of it is in stock (None: all)."""
    today = clock.today()
    giver = Donor.objects.filter(name=GIVER).first() or donors.donor(world, GIVER)
    pledge = donors.pledged(
        world, item, quantity, giver=giver, pledged_on=today, unit_value=unit_value, **earmark
    )
    received = quantity if received is None else received
    if received:
        donors.received(world, pledge, received, occurred_on=today)
    return donors.supply_of(pledge)


@step
def allocated(
    world: World,
    quantity: int = 20,
    *,
    need: Need | None = None,
    supply_line: SupplyLine | None = None,
    by: User | None = None,
    commune: str = "Ia Dom",
    item: str = "warm_clothing",
    band: str = "3-5",
) -> Allocation:
    """``quantity`` allocated; a need and a received supply line of exactly that size, unless given."""
    need = need or need_of(world, quantity, commune=commune, item=item, band=band)
    return allocate(
        by=by or world.user("coordinator"),
        supply_line=supply_line or supply_of(world, quantity, item=item),
        need=need,
        quantity=quantity,
        out_of_scope_reason=OUT_OF_SCOPE if need.place.unit.name == "xã Ia Tơi" else "",
    )


def proposed(supply_line: SupplyLine, need: Need, quantity: int) -> ProposedLine:
    """A line as a proposal of this moment would say it."""
    supply_line.balance.refresh_from_db()
    need.balance.refresh_from_db()
    left, lacking = supply_line.balance.unallocated, need.balance.uncovered
    return ProposedLine(supply_line, need, quantity, "còn trong kho", left, lacking)


def accepted(world: World, *lines: ProposedLine, **more: object) -> SupportPlan:
    """A support plan of these lines; of one line of twenty, unless given."""
    lines = lines or (proposed(supply_of(world, 20), need_of(world, 20), 20),)
    given = {"by": world.user("coordinator"), "scope": world.district, "year": 2025, "lines": list(lines)}
    return accept_plan(**{**given, **more})


def officer_leading(world: World, allocation: Allocation) -> User:
    """An officer of the agency that leads the area of the allocation."""
    need = allocation.need
    agency = lead_agency_of(need.item.area, need.place.unit, clock.today())
    names = {"LĐTBXH": "coordinator", "TTYT": "health", "VH-TT-DL&TT": "culture"}
    assert agency is not None
    return world.user(names[agency.short_name])


def officer_of(world: World, distribution: Distribution) -> User:
    """The officer of the receiving commune."""
    names = {"xã Ia Dom": "officer.iadom", "xã Ia Đal": "officer.iadal", "xã Ia Tơi": "officer.iatoi"}
    return world.user(names[distribution.place.unit.name])


@step
def planned(
    world: World, quantity: int = 20, *, allocation: Allocation | None = None, **given: object
) -> Distribution:
    """A distribution planned for today of one line."""
    allocation = allocation or allocated(world, quantity, **given)  # type: ignore[arg-type]
    by = officer_leading(world, allocation)
    assert by.agency is not None
    return plan_distribution(
        by=by,
        area=allocation.need.item.area,
        lead_agency=by.agency,
        place=allocation.need.place,
        planned_on=clock.today(),
        lines=[PlannedLine(quantity, allocation=allocation)],
    )


@step
def sent(
    world: World, quantity: int = 20, *, allocation: Allocation | None = None, **given: object
) -> Distribution:
    """A distribution of one line that was planned and sent today."""
    distribution = planned(world, quantity, allocation=allocation, **given)
    return send_distribution(by=distribution.planned_by, distribution=distribution)


@step
def delivered(
    world: World,
    quantity: int = 20,
    *,
    received: int | None = None,
    child_turns: int | Mapping[str, int] | None = None,
    occurred_on: date | None = None,
    allocation: Allocation | None = None,
    **given: object,
) -> Distribution:
    """A distribution of one line, planned and sent on ``occurred_on`` and confirmed today by the commune.

    ``child_turns``: a number for the need's age band, or {code of the age band: number}; None: as many as
    were received. The rest of ``quantity`` over ``received`` returns to stock.
    """
    occurred_on = occurred_on or clock.today()
    with clock.standing_on(occurred_on):
        distribution = sent(world, quantity, allocation=allocation, **given)
    line = distribution.lines.get()
    assert line.allocation is not None
    received = quantity if received is None else received
    turns = received if child_turns is None else child_turns
    if isinstance(turns, int):
        turns = {line.allocation.need.age_band.code: turns}
    return confirm_delivery(
        by=officer_of(world, distribution),
        distribution=distribution,
        occurred_on=occurred_on,
        lines=[
            ConfirmedLine(
                line,
                received,
                returned=quantity - received,
                difference_reason="" if received == quantity else "Thừa so với số trẻ có mặt",
                child_turns={world.band(code).pk: number for code, number in turns.items()},
            )
        ],
    )


@step
def corrected(
    world: World, distribution: Distribution, received: int, turns: int | None = None
) -> DeliveryCorrection:
    """Its one line put right by the commune: the rest is missing, as many child-turns unless given."""
    line = distribution.lines.get()
    right = ConfirmedLine(
        line,
        received,
        missing=line.planned - received if line.allocation else 0,
        difference_reason="Gõ nhầm",
        child_turns={line.child_turns.get().age_band_id: received if turns is None else turns},
    )
    by = officer_of(world, distribution)
    return correct_delivery(by=by, line=line, right=right, seen=stands(line))


@step
def serving(
    world: World, quantity: int = 40, *, commune: str = "Ia Dom", item: str = "check_up"
) -> Distribution:
    """A distribution planned for today of one service, paid from the local budget, at a school."""
    service = world.item(item)
    by = world.user({"health_nutrition": "health", "play": "culture"}[service.area.code])
    assert by.agency is not None
    source = FundingSource.objects.filter(kind="local_budget", scope=world.district).first()
    return plan_distribution(
        by=by,
        area=service.area,
        lead_agency=by.agency,
        place=world.school(commune),
        planned_on=clock.today(),
        lines=[PlannedLine(quantity, service=service, funding_source=source, unit_value=30_000)],
    )
