"""A round after a disaster: its needs are needs like others, but it is no yearly review (decision 0008)."""

from __future__ import annotations

from datetime import date

import pytest

from directory import clock
from needs.actions import close_round
from reports import rollup
from reports.figures import Figures
from reports.outline import OUTLINE
from reports.papers import annexes
from tests.needs.build import Statement, approved_need, approved_supplement
from tests.reports.build import period
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
MARCH = date(2025, 3, 10)


def storm(world: World, quantity: int = 30, commune: str = "Ia Dom") -> None:
    with clock.standing_on(MARCH):
        need = Statement(world.village(commune), children=quantity, quantity=quantity, priority=1)
        approved_supplement(world, [need], commune)


def names(units: list) -> list[str]:
    return [unit.name for unit in units]


def test_a_supplementary_survey_is_no_yearly_review(world: World) -> None:
    storm(world)
    figures = Figures(period(world))
    assert figures.surveyed == set()
    assert names(figures.missing) == ["xã Ia Đal", "xã Ia Dom", "xã Ia Tơi"]


def test_its_needs_count_beside_the_years(world: World) -> None:
    with clock.standing_on(MARCH):
        approved_need(world, quantity=20)
    storm(world)
    figures = Figures(period(world))
    assert sorted(need.quantity for need in figures.needed()) == [20, 30]
    assert figures.needs_counted(covered=False, area=world.area("warm_clothing").pk).now == 2
    assert (names(figures.missing), names(figures.partly)) == (["xã Ia Đal", "xã Ia Tơi"], [])


def test_what_only_a_disaster_tells_is_known_in_part(world: World) -> None:
    """Neither “not reported” (30 are needed) nor reviewed: it stands in the totals, and the lists say so."""
    storm(world)
    figures = Figures(period(world))
    assert (names(figures.partly), names(figures.silent)) == (["xã Ia Dom"], ["xã Ia Đal", "xã Ia Tơi"])
    by_place = {row.name: row.needed for row in rollup.by_place(figures)}
    assert by_place == {"xã Ia Dom": 1, "xã Ia Đal": None, "xã Ia Tơi": None}
    assert [(row.name, row.needed) for row in rollup.by_item(figures)] == [("Đồ ấm", 30)]


def test_annex_v_counts_it(world: World) -> None:
    storm(world)
    annex = annexes.clothing(Figures(period(world)))
    rows = {row["cells"][0]: row["cells"][6] for row in annex["rows"] if row["kind"] == "row"}
    assert rows == {"xã Ia Dom": 30, "xã Ia Đal": None, "xã Ia Tơi": None}


def test_annex_vi_lists_what_is_open_of_all_rounds_of_the_year(world: World) -> None:
    with clock.standing_on(MARCH):
        approved_need(world, quantity=20, priority=3)
    storm(world)
    figures = Figures(period(world))
    annex = annexes.next_needs(figures)
    rows = [row["cells"] for row in annex["rows"] if row["kind"] == "row"]
    assert [(cells[3], cells[5][0]) for cells in rows] == [(30, "1"), (20, "3")]


def test_annex_vi_leaves_out_what_a_closing_closed(world: World) -> None:
    storm(world)
    with clock.standing_on(MARCH):
        survey_round = world.village("Ia Dom").rounds.get()
        close_round(by=world.user("coordinator"), survey_round=survey_round, reason="Đã khắc phục")
    annex = annexes.next_needs(Figures(period(world)))
    assert [row for row in annex["rows"] if row["kind"] == "row"] == []


def test_annex_vi_names_whom_it_knows_in_part_and_whom_not_at_all(world: World) -> None:
    storm(world)
    notes = annexes.next_needs(Figures(period(world)))["notes"][1:]
    assert [note.split(":")[0] for note in notes] == ["xã Ia Đal", "xã Ia Tơi", "xã Ia Dom"]
    assert "bổ sung" in notes[-1]


def test_the_report_says_it_in_words(world: World) -> None:
    storm(world)
    text = next(part for part in OUTLINE if part.code == "II.2").text(Figures(period(world)))
    assert "0/3 xã có phiếu rà soát được duyệt" in text
    assert "chỉ có nhu cầu của đợt bổ sung: xã Ia Dom" in text
