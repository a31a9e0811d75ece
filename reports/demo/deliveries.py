"""What was allocated, brought and confirmed, each on its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from directory import clock
from directory.models import Place, User
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    Reasons,
    accept_plan,
    allocate,
    cancel_distribution,
    confirm_delivery,
    plan_distribution,
    reverse_allocation,
    send_distribution,
    undo_plan,
)
from distributions.board import Sieve
from distributions.models import Allocation, Distribution, DistributionLine
from distributions.support_plan import Draft, Of
from needs.models import Need
from reports.demo import supervision
from reports.demo.stage import Stage, on

OUT_OF_SCOPE = "Trẻ em vùng bị ảnh hưởng mưa lũ (dữ liệu mẫu)"
BESIDE = "Bổ sung ngoài suất theo chính sách của Nhà nước (dữ liệu mẫu)"
SHORT = "Một số trẻ theo gia đình đi làm xa, không có mặt"
MEALS_FOR_ONE = 20
CHILDREN_AT_A_PLAY_AREA = 60
BUDGET = "local_budget"


def first_half(stage: Stage, year: int) -> None:
    """In 2025 only Ia Dom has approved needs, and some of its distributions are still under way."""
    communes = ["Ia Dom"] if year == 2025 else ["Ia Dom", "Ia Đal"]
    for number, commune in enumerate(communes):
        _hand_over(stage, year, commune, "coat", 60, on(year, 3, 18 + number))
        _hand_over(stage, year, commune, "meal", 900, on(year, 4, 15 + number))
        _hand_over(stage, year, commune, "milk", 150, on(year, 4, 22 + number), short=year == 2024)
        _hand_over(stage, year, commune, "play_area", 1, on(year, 5, 20 + number))
        _hand_over(stage, year, commune, "blanket", 15, on(year, 5, 8 + number))
        _serve(stage, commune, "check_up", 80, on(year, 3, 26 + number))
        _serve(stage, commune, "meal", 1200, on(year, 5, 28))
    _late(stage, year, "Ia Dom", "socks", 25, on(year, 6, 9))
    if year == 2025:
        _under_way(stage, year)
    else:
        _hand_over(stage, year, "Ia Tơi", "coat", 20, on(year, 5, 14))

    supervision.first_half(stage, year)


def second_half(stage: Stage, year: int) -> None:
    for number, commune in enumerate(["Ia Đal", "Ia Dom"]):
        _hand_over(stage, year, commune, "coat", 55, on(year, 11, 5 + number))
        _hand_over(stage, year, commune, "toys", 2, on(year, 10, 14 + number))
        _serve(stage, commune, "check_up", 70, on(year, 10, 3 + number))
        _serve(stage, commune, "activity", 2, on(year, 9, 28))


def _late(stage: Stage, year: int, commune: str, item: str, quantity: int, occurred: date) -> None:
    """Delivered in the first half, confirmed after its close: the next report's supplement."""
    _hand_over(stage, year, commune, item, quantity, occurred, confirmed=occurred + timedelta(days=21))


def _under_way(stage: Stage, year: int) -> None:
    """Some only allocated, one sent and not confirmed, one planned, one cancelled, one partly reversed."""
    by = stage.users["ldtbxh"]
    for item, quantity in (("meal", 300), ("play_area", 1)):
        list(_allocations(stage, year, "Ia Dom", item, quantity, on(year, 6, 2)))
    allocations = list(_allocations(stage, year, "Ia Dom", "coat", 40, on(year, 6, 3)))
    with clock.standing_on(on(year, 6, 5)):
        sent = _planned(stage, "warm_clothing", allocations[:1])
        send_distribution(by=by, distribution=sent)
    with clock.standing_on(on(year, 6, 6)):
        if allocations[1:]:
            _planned(stage, "warm_clothing", allocations[1:2])
    _short(stage, year)
    (blanket, *_rest) = _allocations(stage, year, "Ia Dom", "blanket", 8, on(year, 6, 4))
    with clock.standing_on(on(year, 6, 10)):
        plan = _planned(stage, "warm_clothing", [blanket])
        cancel_distribution(by=by, distribution=plan, reason="Mưa lớn, đường vào thôn bị chia cắt.")
        reverse_allocation(by=by, allocation=blanket, quantity=2, reason="Hai hộ đã được họ hàng tặng chăn.")
    _support_plan(stage, year)


def _short(stage: Stage, year: int) -> None:
    """One arrived short, and nobody knows yet what became of the rest."""
    (allocation, *_rest) = _allocations(stage, year, "Ia Dom", "socks", 12, on(year, 6, 2))
    with clock.standing_on(on(year, 6, 5)):
        distribution = _planned(stage, "warm_clothing", [allocation])
        send_distribution(by=stage.users["ldtbxh"], distribution=distribution)
    supervision.short(stage, distribution, on(year, 6, 6))


def _support_plan(stage: Stage, year: int) -> None:
    """Half of what is proposed for warm clothing is accepted; one line of it is undone."""
    by = stage.users["ldtbxh"]
    with clock.standing_on(on(year, 6, 11)):
        sieve = Sieve(area=stage.areas["warm_clothing"])
        draft = Draft(by, Of(stage.district, year), sieve, Reasons())
        lines = draft.proposed_lines()
        plan = accept_plan(
            by=by,
            scope=stage.district,
            year=year,
            lines=lines[: (len(lines) + 1) // 2],
            gaps=draft.proposed_gaps(),
            proposed=len(lines),
        )
    with clock.standing_on(on(year, 6, 12)):
        last = plan.lines.order_by("-position")[:1]
        undo_plan(by=by, plan=plan, lines=list(last), reason="Thôn sẽ nhận trong đợt sau.")


def _hand_over(
    stage: Stage,
    year: int,
    commune: str,
    item: str,
    quantity: int,
    occurred: date,
    *,
    confirmed: date | None = None,
    short: bool = False,
) -> None:
    """Allocate, send and confirm ``quantity`` of an item, a distribution for each place."""
    allocations = list(_allocations(stage, year, commune, item, quantity, occurred - timedelta(days=5)))
    area = stage.items[item].area.code
    for _place, part in groupby(allocations, key=lambda allocation: allocation.need.place_id):
        with clock.standing_on(occurred - timedelta(days=2)):
            distribution = _planned(stage, area, list(part))
        with clock.standing_on(occurred - timedelta(days=1)):
            send_distribution(by=stage.lead(area), distribution=distribution)
        with clock.standing_on(confirmed or occurred + timedelta(days=2)):
            _confirm(stage.officer(commune), distribution, occurred, short)


def _allocations(
    stage: Stage, year: int, commune: str, item: str, quantity: int, day: date
) -> Iterator[Allocation]:
    """From the year's shelf to the commune's needs, most urgent first, until ``quantity`` is set aside."""
    needs = Need.objects.open_needs().filter(
        round=stage.rounds[year], place__unit=stage.communes[commune], item=stage.items[item]
    )
    needs = needs.select_related("balance", "place__unit", "item__area", "age_band")
    for need in needs.order_by("priority", "place__order", "pk"):
        for line in stage.shelf[year, item]:
            line.balance.refresh_from_db()
            part = min(quantity, need.balance.quantity - need.balance.covered, line.balance.unallocated)
            if part > 0:
                with clock.standing_on(day):
                    reason = OUT_OF_SCOPE if commune == "Ia Tơi" else ""
                    yield allocate(
                        by=stage.users["ldtbxh"],
                        supply_line=line,
                        need=need,
                        quantity=part,
                        out_of_scope_reason=reason,
                        overlap_reason=BESIDE,
                    )
                need.balance.refresh_from_db()
                quantity -= part


def _planned(stage: Stage, area: str, allocations: list[Allocation]) -> Distribution:
    by = stage.lead(area)
    return plan_distribution(
        by=by,
        area=stage.areas[area],
        lead_agency=by.agency,  # type: ignore[arg-type]
        place=allocations[0].need.place,
        planned_on=clock.today() + timedelta(days=2),
        lines=[PlannedLine(allocation.quantity, allocation=allocation) for allocation in allocations],
    )


def _serve(stage: Stage, commune: str, item: str, quantity: int, occurred: date) -> None:
    """A service paid from the budget, at a school; the state's meals among them."""
    service = stage.items[item]
    area = service.area.code
    by = stage.lead(area)
    with clock.standing_on(occurred - timedelta(days=3)):
        distribution = plan_distribution(
            by=by,
            area=service.area,
            lead_agency=by.agency,  # type: ignore[arg-type]
            place=stage.places(commune, Place.Kind.SCHOOL)[0],
            planned_on=occurred,
            lines=[PlannedLine(quantity, service=service, funding_source=stage.sources[BUDGET])],
        )
        send_distribution(by=by, distribution=distribution)
    with clock.standing_on(occurred + timedelta(days=2)):
        _confirm(stage.officer(commune), distribution, occurred, short=False)


def _confirm(by: User, distribution: Distribution, occurred: date, short: bool) -> None:
    lines = []
    for line in distribution.lines.select_related("allocation__need__age_band", "service"):
        received = line.planned - line.planned // 10 if short else line.planned
        lines.append(
            ConfirmedLine(
                line,
                received,
                returned=line.planned - received,
                difference_reason=SHORT if received < line.planned else "",
                child_turns=_turns(line, received),
            )
        )
    confirm_delivery(by=by, distribution=distribution, occurred_on=occurred, lines=lines)


def _turns(line: DistributionLine, received: int) -> dict[int, int]:
    """Child-turns by age band: a coat is one, twenty meals are one, a play area serves a whole village."""
    code = line.item.code
    each = {"meal": MEALS_FOR_ONE, "milk": 10}.get(code, 1)
    turns = received * CHILDREN_AT_A_PLAY_AREA if code in ("play_area", "activity") else received // each
    if line.allocation is not None:
        band = line.allocation.need.age_band
        return {band.pk: turns} if not band.is_all else {_band("6-10"): turns}
    return {_band("3-5"): turns // 2, _band("6-10"): turns - turns // 2}


def _band(code: str) -> int:
    from needs.models import AgeBand

    return AgeBand.objects.get(code=code).pk
