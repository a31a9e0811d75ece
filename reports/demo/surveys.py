"""The yearly reviews of needs: 2023 and 2024 whole and closed, 2025 in the middle."""

from __future__ import annotations

from directory import clock
from directory.models import Place
from needs.actions import (
    StatedNeed,
    approve_survey,
    ask_opinion,
    close_round,
    comment_row,
    note_warnings,
    open_round,
    return_survey,
    save_row,
    sign_survey,
    start_survey,
    submit_survey,
)
from needs.checks import Grade, findings_in
from needs.contents import Contents
from needs.models import Survey
from needs.notes import WrittenNote
from reports.demo.stage import OFFICERS, Stage, on

Kind = Place.Kind
# children of a village of average size, by age band; a school has those of its ages
VILLAGE = {"0-2": 14, "3-5": 18, "6-10": 32, "11-15": 26}
SCHOOL = {
    Kind.SCHOOL: {"0-2": 0, "3-5": 70, "6-10": 120, "11-15": 0},
    Kind.SITE: {"0-2": 0, "3-5": 16, "6-10": 24, "11-15": 0},
}
# per cent of all children
PARTS = {"girls": 48, "minority": 70, "poor": 40, "disabled": 2}
# item, age bands, children in need (per cent), units for one child, priority
VILLAGE_NEEDS = {
    "warm_clothing": [
        ("coat", "0-2 3-5 6-10 11-15", 40, 1, 1),
        ("blanket", "all", 15, 1, 2),
    ],
    "health_nutrition": [("check_up", "0-2 3-5 6-10", 60, 1, 2), ("milk", "0-2 3-5", 30, 10, 2)],
}
SCHOOL_NEEDS = {
    "warm_clothing": [("socks", "3-5 6-10", 50, 1, 3)],
    "health_nutrition": [("meal", "3-5 6-10", 30, 20, 1)],
    "play": [("toys", "3-5 6-10", 100, 0, 3), ("play_area", "all", 100, 0, 3)],
}


NOTE = "Nhiều hộ mới đến lập nghiệp tại thôn trong năm qua (dữ liệu mẫu)."
COMMENT = "Số trẻ em hộ nghèo chưa khớp với năm trước (dữ liệu mẫu)."
QUESTION = "Đề nghị Trung tâm cho ý kiến về số suất ăn của các điểm trường (dữ liệu mẫu)."


def of_year(stage: Stage, year: int) -> None:
    """Open the round and fill in the surveys; in 2025 one is approved, one waits, one was returned."""
    with clock.standing_on(on(year, 1, 3)):
        stage.rounds[year] = open_round(
            by=stage.users["ldtbxh"],
            scope=stage.district,
            year=year,
            name=f"Rà soát nhu cầu năm {year} (dữ liệu mẫu)",
            opens_on=on(year, 1, 3),
            due_on=on(year, 2, 15),
            asks_chair=year >= 2025,
            instructions="Ghi 0 nếu không có; để trống nghĩa là chưa báo cáo.",
        )
    for number, commune in enumerate(OFFICERS):
        with clock.standing_on(on(year, 1, 15 + number)):
            survey = _filled(stage, year, commune)
        _lead_on(stage, year, commune, survey)


def close(stage: Stage, year: int) -> None:
    with clock.standing_on(on(year, 12, 22)):
        close_round(
            by=stage.users["ldtbxh"],
            survey_round=stage.rounds[year],
            reason="Hết năm; nhu cầu chưa đáp ứng được rà soát lại trong đợt sau.",
        )


def _lead_on(stage: Stage, year: int, commune: str, survey: Survey) -> None:
    reviewer = stage.users["ldtbxh"]
    with clock.standing_on(on(year, 1, 25)):
        _hand_in(stage, commune, survey)
    if (year, commune) == (2025, "Ia Đal"):
        with clock.standing_on(on(year, 2, 5)):
            ask_opinion(by=reviewer, survey=survey, area=stage.areas["health_nutrition"], question=QUESTION)
        return
    if commune == "Ia Tơi":
        with clock.standing_on(on(year, 2, 3)):
            comment_row(by=reviewer, survey=survey, place=_first(stage, commune), area=None, text=COMMENT)
            return_survey(
                by=reviewer,
                survey=survey,
                reason="Số trẻ em hộ nghèo của Thôn 1 chưa khớp với năm trước, đề nghị kiểm tra lại.",
            )
        if year == 2025:
            return
        with clock.standing_on(on(year, 2, 7)):
            _hand_in(stage, commune, survey)
    with clock.standing_on(on(year, 2, 10)):
        approve_survey(by=reviewer, survey=survey)


def _hand_in(stage: Stage, commune: str, survey: Survey) -> None:
    """Each warning has its note; since 2025 the chair of each commune signs off on the same day."""
    officer, warnings = stage.officer(commune), findings_in(Contents(survey), Grade.WARNING)
    notes = [WrittenNote(each.key, each.figures, NOTE) for each in warnings]
    note_warnings(by=officer, survey=survey, notes=notes)
    survey = submit_survey(by=officer, survey=survey)
    if survey.round.asks_chair:
        sign_survey(by=stage.chair(commune), survey=survey)


def _first(stage: Stage, commune: str) -> Place:
    return stage.places(commune, Kind.VILLAGE)[0]


def _filled(stage: Stage, year: int, commune: str) -> Survey:
    survey = start_survey(
        by=stage.officer(commune), survey_round=stage.rounds[year], commune=stage.communes[commune]
    )
    villages = stage.places(commune, Kind.VILLAGE)
    sizes = {place: _children(VILLAGE, index, year) for index, place in enumerate(villages)}
    if (year, commune) == (2025, "Ia Đal"):
        sizes[villages[-1]] = {band: 2 * number for band, number in sizes[villages[-1]].items()}
    whole = {band: sum(size[band] for size in sizes.values()) for band in VILLAGE}
    for place in stage.places(commune, Kind.COMMUNE):
        _count(stage, survey, place, whole)
        _state(stage, survey, place, whole, {})
    for place in villages:
        _count(stage, survey, place, sizes[place])
        _state(stage, survey, place, sizes[place], VILLAGE_NEEDS)
    for kind in (Kind.SCHOOL, Kind.SITE):
        for index, place in enumerate(stage.places(commune, kind)):
            size = _children(SCHOOL[kind], index, year)
            _count(stage, survey, place, size)
            _state(stage, survey, place, size, SCHOOL_NEEDS)
    return survey


def _children(average: dict[str, int], index: int, year: int) -> dict[str, int]:
    """Places differ and grow a little, always in the same way."""
    factor = 100 + 15 * (index % 3) + 2 * (year - 2023)
    return {band: number * factor // 100 for band, number in average.items()}


def _count(stage: Stage, survey: Survey, place: Place, size: dict[str, int]) -> None:
    cells = {}
    for band, number in size.items():
        cells[stage.bands[band].pk, stage.subgroups["total"].pk] = number
        for group, share in PARTS.items():
            cells[stage.bands[band].pk, stage.subgroups[group].pk] = number * share // 100
    save_row(by=survey.created_by, survey=survey, place=place, area=None, version=0, cells=cells)


def _state(stage: Stage, survey: Survey, place: Place, size: dict[str, int], needs: dict[str, list]) -> None:
    for code in stage.areas:
        cells = _needs_of(stage, size, needs.get(code, []))
        save_row(
            by=survey.created_by,
            survey=survey,
            place=place,
            area=stage.areas[code],
            version=0,
            cells=cells,
            nothing=not cells,
        )


def _needs_of(stage: Stage, size: dict[str, int], rows: list) -> dict:
    cells = {}
    for code, bands, share, each, priority in rows:
        for band in bands.split():
            number = sum(size.values()) if band == "all" else size[band]
            children = number * share // 100
            if children:
                girls = children * PARTS["girls"] // 100 if stage.items[code].by_sex else None
                need = StatedNeed(children, children * each or 1, priority, girls=girls)
                cells[stage.items[code].pk, stage.bands[band].pk] = need
    return cells
