"""./scripts/bench: that it runs and says what it promises. No time is asserted here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from scripts.benchmarks import __main__ as bench
from scripts.benchmarks.table import Line, at_most, table
from scripts.benchmarks.timing import Ratio, Series, in_turns, ratio_of

ROOT = Path(settings.BASE_DIR)


GRID = "Grid of 10 places × 6 columns with last year's values"
OF_NEEDS = [
    f"{GRID}: queries",
    f"{GRID}: KB gzipped",
    f"{GRID}: time, p50",
    "Row saves, 2 officers at once, each in a survey of their own",
    "Row saves, 2 officers at once, all in one survey",
    "Needs list of 100 needs (2 years, as it opens): time, p95",
    "Needs list of 100 needs (2 years, all rounds): time, p95",
]
OF_WORKBOOKS = [
    "Preview and import of 100 donors, all new: time, p50",
    "The same by stock django-import-export (dry run, import): time, p50",
    "Preview of the same list once it is saved, all unchanged: time, p50",
]


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_quick_run_prints_a_table_for_each_room() -> None:
    command = [sys.executable, "-m", "scripts.benchmarks", "needs", "workbooks", "--quick"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    head, *needs = [line.strip("| ").split(" | ") for line in run.stdout.splitlines() if line.startswith("|")]
    workbooks = needs[needs.index(head) + 2 :]
    needs = needs[1 : needs.index(head)]
    assert ([row[0] for row in needs], [row[0] for row in workbooks]) == (OF_NEEDS, OF_WORKBOOKS)
    # Counts do not depend on the machine, so these two may be asserted.
    assert [row[-1].rstrip(" |") for row in needs[:2]] == ["yes", "yes"]


def test_help_names_what_it_takes() -> None:
    run = subprocess.run([ROOT / "scripts" / "bench", "--help"], capture_output=True, text=True, check=True)
    assert "./scripts/bench ROOM … [--quick] [--strict] [--write]" in run.stdout


def test_both_sides_take_turns() -> None:
    asked: list[str] = []

    def side(name: str) -> float:
        asked.append(name)
        return len(asked)

    one, other = in_turns(lambda: side("a"), lambda: side("b"), times=3, warm_ups=1)
    assert "".join(asked) == "ab" + "ab" + "ba" + "ab"
    assert (one.seconds, other.seconds) == ([3, 6, 7], [4, 5, 8])


def test_percentiles_and_the_spread_of_a_ratio() -> None:
    series = Series([number / 1000 for number in range(1, 101)])
    assert (series.p50, series.p95) == (0.0505, 0.095)
    assert str(series) == "p50 50.5 ms, p95 95.0 ms, n 100"
    slow, fast = Series([2.0] * 15 + [6.0] * 15), Series([1.0] * 15 + [2.0] * 15)
    assert ratio_of(slow, fast, lambda series: series.p95) == Ratio(3.0, 2.0, 3.0)


def test_a_table_says_what_is_kept() -> None:
    lines = [
        Line("a", "13", "bare page 2", None, *at_most(12, 13)),
        Line("b", "1 ms", "2 ms", Ratio(0.5, 0.4, 0.61), *at_most(1.5, 0.5)),
        Line("c", "9/s"),
    ]
    assert table(lines).splitlines()[2:] == [
        "| a | 13 | bare page 2 |  | ≤ 12 | **no** |",
        "| b | 1 ms | 2 ms | 0.5 (0.4 to 0.61) | ≤ 1.5 | yes |",
        "| c | 9/s |  |  |  |  |",
    ]


def test_writing_replaces_the_rooms_table_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# x\n<!-- needs: begin -->\nold\n<!-- needs: end -->\ny\n")
    monkeypatch.setattr(bench, "PAGE", page)
    bench.write("needs", "| new |")
    bench.write("needs", "| newer |")
    assert page.read_text() == "# x\n<!-- needs: begin -->\n| newer |\n<!-- needs: end -->\ny\n"


def test_every_room_has_its_place_on_the_page() -> None:
    text = bench.PAGE.read_text()
    marks = [f"<!-- {room}: {mark} -->\n" for room in bench.ROOMS for mark in ("begin", "end")]
    assert [mark for mark in marks if text.count(mark) != 1] == []
