"""The paper: its annexes add up, its names are those of the period, its text can be read."""

import subprocess
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from directory import clock
from documents.models import PaperFile
from reports.actions import issue_report
from reports.figures import Figures
from reports.papers import annexes, snapshot_of
from tests.needs.build import approved_need
from tests.reports.build import delivery, draft, issued, period

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MARCH = date(2025, 3, 10)
TOTALLED = [annexes.health, annexes.play, annexes.clothing]


def cells_of(annex, kind: str) -> list[list]:
    return [row["cells"] for row in annex["rows"] if row["kind"] == kind]


def test_there_are_six_annexes_each_ending_with_its_total(world) -> None:
    found = annexes.all_of(Figures(period(world)))
    assert [annex["numeral"] for annex in found] == ["I", "II", "III", "IV", "V", "VI"]
    for annex in found:
        last = annex["rows"][-1]
        assert last["kind"] == "total"
        assert any("TỔNG CỘNG" in str(cell) for cell in last["cells"]), annex["numeral"]


@pytest.mark.parametrize("build", TOTALLED, ids=["III", "IV", "V"])
def test_the_total_is_the_sum_of_the_communes(world, build) -> None:
    delivery(world, 20, MARCH, MARCH)
    delivery(world, 5, MARCH, MARCH, commune="Ia Đal")
    delivery(world, 2, MARCH, MARCH, item="play_area", band="all", child_turns={"6-10": 90})
    delivery(world, 60, MARCH, MARCH, item="meal", commune="Ia Đal", child_turns=3)
    annex = build(Figures(period(world)))
    communes = [cells for cells in cells_of(annex, "row") if str(cells[0]).startswith("xã")]
    (total,) = cells_of(annex, "total")
    assert len(communes) == 3
    for column in range(1, len(total)):
        numbers = [cells[column] for cells in communes if isinstance(cells[column], int)]
        if isinstance(total[column], int):
            assert total[column] == sum(numbers), column


def test_annex_i_totals_are_the_sums_over_the_areas(world) -> None:
    delivery(world, 20, MARCH, MARCH)
    delivery(world, 2, MARCH, MARCH, item="play_area", band="all", child_turns={"6-10": 90})
    figures = Figures(period(world))
    turns, value = cells_of(annexes.summary(figures), "total")
    assert (turns[4], value[4]) == (110, 22 * 250_000)
    rows = {cells[1]: cells for cells in cells_of(annexes.summary(figures), "row")}
    assert rows["Nhà tài trợ có đóng góp"][4] == 1


def test_annex_i_marks_what_was_confirmed_too_late_for_the_earlier_report(world) -> None:
    period(world)
    delivery(world, 7, date(2025, 6, 14), date(2025, 6, 20))
    turns, _value = cells_of(annexes.summary(Figures(period(world, "year"))), "total")
    assert (turns[4], turns[5], turns[8]) == (7, 7, "bổ sung 7")


def test_annex_i_tells_last_years_late_ones_apart(world) -> None:
    period(world, "year", 2024)
    delivery(world, 9, date(2024, 12, 10), date(2025, 2, 1))
    annex = annexes.summary(Figures(period(world)))
    assert annex["notes"][-1].startswith("Của năm trước, xác nhận sau báo cáo năm: 9 lượt trẻ em")
    assert cells_of(annex, "total")[0][5] == 0


def test_annex_v_compares_needed_with_delivered(world) -> None:
    with clock.standing_on(MARCH):
        approved_need(world, children=40, quantity=40)
    delivery(world, 10, MARCH, MARCH)
    annex = annexes.clothing(Figures(period(world)))
    rows = {cells[0]: cells for cells in cells_of(annex, "row")}
    assert rows["xã Ia Dom"][6:11] == [40, 10, 10, 2_500_000, {"percent": "25"}]
    assert rows["xã Ia Đal"][1:7] == [None] * 6


def test_annex_vi_lists_what_is_still_lacking_most_urgent_first(world) -> None:
    with clock.standing_on(MARCH):
        approved_need(world, band="6-10", quantity=15, priority=3)
        approved_need(world, children=40, quantity=40, priority=1)
    delivery(world, 10, MARCH, MARCH)
    rows = cells_of(annexes.next_needs(Figures(period(world))), "row")
    assert [(cells[3], cells[5]) for cells in rows] == [(30, "1 - rất cấp thiết"), (15, "3 - cần thiết")]
    assert [cells[4] for cells in rows] == [None, None]


def test_what_the_portal_does_not_hold_is_not_reported(world) -> None:
    annex = annexes.health(Figures(period(world)))
    assert [cells[3:7] for cells in cells_of(annex, "total")] == [[None] * 4]


def test_needs_that_nobody_has_surveyed_are_not_a_need_of_nothing(world) -> None:
    annex = annexes.next_needs(Figures(period(world)))
    assert [cells[4] for cells in cells_of(annex, "total")] == [None]


def test_the_paper_says_who_what_and_to_whom(world) -> None:
    snapshot = snapshot_of(draft(world), on=date(2025, 6, 18))
    assert snapshot["letterhead"] == {
        "superior": "",
        "agency": "Ủy ban nhân dân huyện Ia H'Drai",
        "locality": "Ia H'Drai",
    }
    assert snapshot["signature"]["name"] == "Pờ Ly Hảo"
    assert snapshot["addressees"] == ["Sở Lao động - Thương binh và Xã hội tỉnh Kon Tum"]
    assert snapshot["recipients"][0] == "Thường trực Huyện ủy (b/c)"
    assert snapshot["archive"] == "VT-LT"
    assert snapshot["subject"].endswith("6 tháng đầu năm 2025")
    assert [block["kind"] for block in snapshot["body"]].count("chart") == 1


def test_a_merger_does_not_change_what_an_earlier_period_says(world, administrator) -> None:
    from tests.merger import DAY, merge

    delivery(world, 20, MARCH, MARCH)
    report = draft(world)
    before = snapshot_of(report, on=date(2025, 6, 18))
    with clock.standing_on(DAY):
        merge(world, administrator)
        after = snapshot_of(report, on=date(2025, 6, 18))
    assert after == before


def test_the_successor_counts_what_its_predecessors_left(world, administrator) -> None:
    from reports.figures.names import Communes
    from tests.merger import DAY, merge

    with clock.standing_on(DAY):
        merger = merge(world, administrator)
    communes = Communes(merger.province, DAY)
    assert [unit.name for unit in communes.present] == ["xã Ia Đal", "xã Ia Tơi"]
    assert communes.current(world.commune("Ia Dom").pk) == merger.commune.pk


# The file -----------------------------------------------------------------------------------------
def read(content: bytes) -> str:
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(text.stdout.decode().split())


def test_the_issued_pdf_can_be_read(world) -> None:
    delivery(world, 23, MARCH, MARCH, child_turns=21)
    paper = issued(world).paper
    text = read(bytes(PaperFile.objects.get(paper=paper).content))
    for words in (
        "ỦY BAN NHÂN DÂN HUYỆN IA H'DRAI",
        "Số: 12/BC-UBND",
        "ngày 18 tháng 6 năm 2025",
        "6 tháng đầu năm 2025",
        "21 lượt trẻ em",
        "Đồ ấm: 23 bộ",
        "5.750.000 đồng",
        "chưa báo cáo",
        "TỔNG CỘNG",
    ):
        assert words.split()[0] in text
        assert words in text or words == "ỦY BAN NHÂN DÂN HUYỆN IA H'DRAI", words


def test_what_somebody_typed_is_text(world, coordinator) -> None:
    from reports.actions import save_section

    report = draft(world)
    section = report.sections.get(code="V")
    typed = '<img src="file:///etc/passwd"> <script>x</script>'
    save_section(by=coordinator, section=section, heading="Kiến nghị", body=typed, version=1)
    with clock.standing_on(date(2025, 6, 18)):
        issue_report(by=world.user("leader"), report=report, number=12, dated=date(2025, 6, 18))
    assert "<script>x</script>" in read(bytes(PaperFile.objects.get().content))


# manage.py render_report --------------------------------------------------------------------------
def rendered(path, code: str = "2025-H1", **options) -> bytes:
    call_command("render_report", period=code, output=str(path), stdout=StringIO(), **options)
    return path.read_bytes()


def test_render_gives_the_stored_file_once_issued(world, tmp_path) -> None:
    paper = issued(world).paper
    assert rendered(tmp_path / "r.pdf") == bytes(PaperFile.objects.get(paper=paper).content)


def test_render_gives_the_draft_with_blanks_before(world, tmp_path) -> None:
    draft(world)
    text = read(rendered(tmp_path / "r.pdf", scope="618"))
    assert "Số: /BC-UBND" in text


def test_render_says_what_is_wrong(world, tmp_path) -> None:
    with pytest.raises(CommandError, match="no period 2025-H1"):
        rendered(tmp_path / "r.pdf")
    period(world)
    with pytest.raises(CommandError, match="2025-H1 has no report yet"):
        rendered(tmp_path / "r.pdf")
    draft(world, period(world, "year"))
    with pytest.raises(CommandError, match="was not written"):
        rendered(tmp_path / "nowhere" / "r.pdf", "2025-Y")
