"""The handover record as it is printed, read back by pdftotext: lines and boxes, never a child's name."""

from __future__ import annotations

import re
import subprocess

import pytest
from django.urls import reverse

from directory import clock
from directory.models import User
from distributions.actions import PlannedLine, plan_distribution
from distributions.actions.delivery import age_bands
from distributions.models import Distribution
from distributions.papers import handover_record
from documents import pdf
from donors.models import Pledge
from tests.distributions import build
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def cells_of(distribution: Distribution) -> list[list[object]]:
    """The rows of the two tables."""
    body = handover_record(distribution, age_bands())["body"]
    return [row["cells"] for block in body if block["kind"] == "table" for row in block["rows"]]


def read(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode())


def test_the_paper_of_a_plan_leaves_number_date_and_receipt_to_the_pen(
    world: World, coordinator: User, client_of
) -> None:
    distribution = build.planned(world, 20)
    answer = client_of(coordinator).get(reverse("distribution_record", args=[distribution.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "private, no-store"
    text = read(answer.content)
    for words in (
        "PHÒNG LAO ĐỘNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: /BB-",
        "BIÊN BẢN",
        f"đợt hỗ trợ {distribution.code}",
        "tại Thôn 1, xã Ia Dom, chúng tôi gồm:",
        "2. Bên nhận: Ủy ban nhân dân xã Ia Dom",
        "ĐẠI DIỆN BÊN GIAO",
        "ĐẠI DIỆN BÊN NHẬN",
        "(Ký, ghi rõ họ tên)",
        "Thực",
        "./.",
    ):
        assert words in text, words
    assert not re.search(r"ngày \d", text)


def test_a_line_says_what_whence_and_how_much(world: World) -> None:
    distribution = build.planned(world, 20)
    item = world.item("warm_clothing")
    first, second = cells_of(distribution)
    source = f"{Pledge.objects.get().code}, {build.GIVER}"
    assert first == [1, item.name, "3-5", source, item.unit, 20, "", ""]
    assert second == [1, item.name, "", "", "", "", ""]


def test_lines_for_another_place_say_so(world: World, coordinator: User) -> None:
    """Three equal rows told nobody which goods were for whom."""
    there = world.village("Ia Dom", 2)
    lines = [
        PlannedLine(5, allocation=build.allocated(world, 5, need=build.need_of(world, 5, place=place)))
        for place in (world.village("Ia Dom"), there)
    ]
    distribution = plan_distribution(
        by=coordinator,
        area=world.area("warm_clothing"),
        lead_agency=coordinator.agency,
        place=world.village("Ia Dom"),
        planned_on=clock.today(),
        lines=lines,
    )
    item = world.item("warm_clothing").name
    assert [row[1] for row in cells_of(distribution)] == [item, f"{item} ({there.name})"] * 2


def test_once_confirmed_it_says_what_was_confirmed(world: World) -> None:
    distribution = build.delivered(world, 20, received=15, child_turns={"3-5": 14})
    first, second = cells_of(distribution)
    assert (first[5:], second[2:]) == ([20, 15, "Thừa so với số trẻ có mặt"], ["", 14, "", "", ""])
    html = pdf.as_html(handover_record(distribution, age_bands()), dated=distribution.occurred_on)
    assert "Hôm nay, ngày 02 tháng 6 năm 2025" in html
    assert "Số thiếu" not in html


def test_once_corrected_it_says_the_right_figure_and_the_first_one(world: World) -> None:
    distribution = build.delivered(world, 20)
    build.corrected(world, distribution, 18)
    first, second = cells_of(distribution)
    assert first[6:] == [18, "Đã xác nhận 20, đính chính thành 18"]
    assert second[3] == 18


def test_a_donor_who_is_not_to_be_named_is_not(world: World) -> None:
    distribution = build.planned(world, 20)
    Pledge.objects.update(anonymous=True)
    assert cells_of(distribution)[0][3] == f"{Pledge.objects.get().code}, Nhà tài trợ không nêu tên"


def test_a_service_names_what_pays_it(world: World, health_officer: User) -> None:
    distribution = build.serving(world, 40)
    assert cells_of(distribution)[0][1:6] == [
        world.item("check_up").name,
        "",
        distribution.lines.get().funding_source.name,
        world.item("check_up").unit,
        40,
    ]


def test_a_cancelled_one_is_handed_over_by_nobody(world: World, coordinator: User, client_of) -> None:
    distribution = build.planned(world, 20)
    client = client_of(coordinator)
    client.post(reverse("distribution_cancel", args=[distribution.pk]), {"reason": "Mưa"})
    answer = client.get(reverse("distribution_record", args=[distribution.pk]))
    assert answer.status_code == 409
