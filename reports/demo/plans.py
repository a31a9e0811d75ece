"""Mobilisation plans of each year, proposed from what the reviews of needs left uncovered [plan II.4]."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from directory import clock
from directory.models import User
from donors.actions.plan import approve_plan, save_targets, start_plan, submit_plan
from donors.mobilisation.proposal import proposals
from donors.models import MobilisationPlan
from reports.demo.stage import Stage, on

OFFICE = "Dựa trên kết quả rà soát nhu cầu đã duyệt (dữ liệu mẫu)."
COMMUNE = "Xã tự vận động trên địa bàn (dữ liệu mẫu)."
UNION = "Hội viên quyên góp đồ ấm (dữ liệu mẫu)."
# What a unit mobilises itself: a part, so that the guard against overlap has little to ask of the others.
OF_COMMUNE, OF_UNION = ("milk", "toys"), ("blanket", "socks")
LAST_YEAR = 2025


def of_year(stage: Stage, year: int) -> None:
    """The office's and a commune's are in force; of 2025 the commune's waits and a union still writes."""
    leader = stage.users["lanhdao"]
    office = _handed_in(stage, stage.users["ldtbxh"], year, on(year, 2, 14), OFFICE)
    commune = _handed_in(stage, stage.officer("Ia Dom"), year, on(year, 2, 17), COMMUNE, OF_COMMUNE)
    approved = [office] if year == LAST_YEAR else [office, commune]
    for plan in approved:
        with clock.standing_on(on(year, 2, 20)):
            approve_plan(by=leader, plan=plan)
    if year == LAST_YEAR:
        _written(stage, stage.users["phunu"], year, on(year, 6, 3), UNION, OF_UNION)


def _handed_in(
    stage: Stage, by: User, year: int, day: date, note: str, items: Sequence[str] = ()
) -> MobilisationPlan:
    plan = _written(stage, by, year, day, note, items)
    with clock.standing_on(day):
        return submit_plan(by=by, plan=plan, edits=plan.edits)


def _written(
    stage: Stage, by: User, year: int, day: date, note: str, items: Sequence[str] = ()
) -> MobilisationPlan:
    """Aims at all that is uncovered, or at ``items`` of it."""
    assert by.agency is not None
    with clock.standing_on(day):
        plan = start_plan(by=by, scope=stage.district, agency=by.agency, year=year)
        found = [proposal.target for proposal in proposals(plan, [])]
        targets = [target for target in found if not items or (target.item and target.item.code in items)]
        return save_targets(by=by, plan=plan, edits=plan.edits, targets=targets, note=note)
