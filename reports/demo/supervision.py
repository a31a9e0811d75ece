"""A short delivery, a sample, two visits, and what they recommended, each on its day."""

from __future__ import annotations

from datetime import date, timedelta

from directory import clock
from directory.models import User
from distributions.actions import (
    ConfirmedLine,
    Found,
    Recommended,
    answer_recommendation,
    close_recommendation,
    confirm_delivery,
    draw_sample,
    plan_visit,
    record_visit,
)
from distributions.actions.visit import questions_for
from distributions.models import Distribution, SupervisionVisit
from reports.demo.stage import Stage, on

TEAM = "Đoàn giám sát: Phòng LĐTBXH, Huyện đoàn, Hội LHPN huyện"
WRONG = "Sổ theo dõi hàng tại kho xã chưa cập nhật"
ASKED = "Cập nhật sổ theo dõi hàng chưa phát tại kho xã"
LEFT_BEHIND = "Xe bị lầy, một bao hàng gửi lại dọc đường, chưa rõ còn hay mất"


def first_half(stage: Stage, year: int) -> None:
    """Drawn by chance from what was delivered in March to May."""
    commune, day = "Ia Dom", on(year, 6, 11)
    with clock.standing_on(on(year, 6, 9)):
        sample = draw_sample(
            by=stage.users["ldtbxh2"],
            scope=stage.district,
            from_on=on(year, 3, 1),
            to_on=on(year, 5, 31),
            size=3,
            seed=year,
        )
        drawn = list(sample.distributions.filter(place__unit=stage.communes[commune]).order_by("code"))
        chosen = drawn[0] if drawn else None
        visit = plan_visit(
            by=stage.users["ldtbxh2"],
            place=chosen.place if chosen else stage.places(commune, "village")[0],
            planned_on=day,
            team=TEAM,
            distribution=chosen,
            sample=sample if chosen else None,
        )
    _record(stage, visit, commune, day)


def _record(stage: Stage, visit: SupervisionVisit, commune: str, day: date) -> None:
    by, officer = stage.users["ldtbxh2"], stage.officer(commune)
    questions = questions_for(visit.place)
    with clock.standing_on(day):
        record_visit(
            by=by,
            visit=visit,
            done_on=day,
            findings=[
                Found(item, "no", WRONG) if item == questions[-1] else Found(item, "yes")
                for item in questions
            ],
            conclusion="Hàng đến đúng đối tượng; việc theo dõi hàng chưa phát cần chấn chỉnh.",
            recommendations=[Recommended(ASKED, officer.agency, day + timedelta(days=20))],
        )
    if day.year < 2025:
        _settled(by, officer, visit, day)


def _settled(by: User, officer: User, visit: SupervisionVisit, day: date) -> None:
    """In the years before the commune has done it; in the last it is still to do."""
    asked = visit.recommendations.get()
    with clock.standing_on(day + timedelta(days=8)):
        answer_recommendation(
            by=officer, recommendation=asked, answer="Đã cập nhật sổ, có xác nhận của thôn."
        )
    with clock.standing_on(day + timedelta(days=12)):
        close_recommendation(by=by, recommendation=asked)


def short(stage: Stage, distribution: Distribution, occurred: date) -> None:
    """Two of the pieces neither came nor went back: the coordinating office has to decide."""
    lines = []
    for line in distribution.lines.select_related("allocation__need__age_band"):
        received = line.planned - min(2, line.planned)
        lines.append(
            ConfirmedLine(
                line,
                received,
                missing=line.planned - received,
                difference_reason=LEFT_BEHIND,
                child_turns={line.allocation.need.age_band_id: received},  # type: ignore[union-attr]
            )
        )
    by = stage.officer(distribution.place.unit.short_name)
    with clock.standing_on(occurred + timedelta(days=1)):
        confirm_delivery(by=by, distribution=distribution, occurred_on=occurred, lines=lines)
