"""Targets, periods and reports: issued for 2023 and 2024, a draft for the first half of 2025."""

from __future__ import annotations

from datetime import date

from directory import clock
from reports.actions import compile_report, issue_report, open_period, save_section, set_targets
from reports.demo.stage import Stage, on
from reports.models import Indicator, ReportingPeriod

Kind = ReportingPeriod.Kind
TARGETS = {
    "donors": 6,
    "cash_received": 50_000_000,
    "goods_received": 250_000_000,
    "turns-health_nutrition": 900,
    "turns-play": 500,
    "turns-warm_clothing": 600,
    "quantity-coat": 400,
    "quantity-meal": 4000,
}
NUMBERS = {
    (2023, Kind.HALF_YEAR): 118,
    (2023, Kind.YEAR): 246,
    (2024, Kind.HALF_YEAR): 97,
    (2024, Kind.YEAR): 231,
}
EVALUATION = (
    "Các xã đã chủ động rà soát nhu cầu, cập nhật số liệu đúng thời hạn; việc bàn giao có xác nhận của xã "
    "nhận hỗ trợ (nội dung mẫu)."
)


def half_year(stage: Stage, year: int) -> None:
    by = stage.users["ldtbxh"]
    with clock.standing_on(on(year, 1, 8)):
        indicators = dict(Indicator.objects.values_list("code", "pk"))
        values = {indicators[code]: value + (year - 2023) * value // 20 for code, value in TARGETS.items()}
        set_targets(by=by, scope=stage.district, year=year, values=values)
    with clock.standing_on(on(year, 5, 20)):
        period = open_period(by=by, scope=stage.district, kind=Kind.HALF_YEAR, year=year)
    _report(stage, period, on(year, 6, 17))


def whole_year(stage: Stage, year: int) -> None:
    with clock.standing_on(on(year, 11, 20)):
        period = open_period(by=stage.users["ldtbxh"], scope=stage.district, kind=Kind.YEAR, year=year)
    _report(stage, period, on(year, 12, 17))


def _report(stage: Stage, period: ReportingPeriod, day: date) -> None:
    with clock.standing_on(day):
        report = compile_report(by=stage.users["ldtbxh"], period=period)
        section = report.sections.get(code="III.1")
        save_section(
            by=stage.users["ldtbxh2"],
            section=section,
            heading=section.heading,
            body=f"{section.body}\n{EVALUATION}",
            version=section.version,
        )
    number = NUMBERS.get((period.year, Kind(period.kind)))
    if number is not None:
        with clock.standing_on(period.district_due_on):
            issue_report(
                by=stage.users["lanhdao"], report=report, number=number, dated=period.district_due_on
            )
