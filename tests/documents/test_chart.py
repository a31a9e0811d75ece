"""The chart: one SVG for the screen and the paper."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from django.template import Context, Template
from django.utils import translation

from documents.chart import FILLS, drawing_of
from documents.snapshot import Chart

SVG = "{http://www.w3.org/2000/svg}"


def chart(*values: int) -> Chart:
    bars = [{"label": f"xã {n}", "values": [value, 0]} for n, value in enumerate(values)]
    return {  # type: ignore[return-value]
        "kind": "chart",
        "title": "Áo ấm <b>",
        "unit": "chiếc",
        "series": ["Nhu cầu", "Đã giao"],
        "bars": bars,
    }


def drawn(block: Chart, language: str = "vi") -> str:
    with translation.override(language):
        return Template("{% load charts %}{% chart block %}").render(Context({"block": block}))


def bars_of(svg: str) -> list[ET.Element]:
    """The rectangles after those of the legend."""
    return ET.fromstring(svg).findall(f"{SVG}rect")[2:]


def labels_of(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).findall(f"{SVG}text")]


def test_coordinates_are_plain_numbers_and_labels_are_vietnamese() -> None:
    svg = drawn(chart(1234567, 1000))
    numbers = [element.attrib[name] for element in bars_of(svg) for name in ("x", "y", "width", "height")]
    assert all(float(number) >= 0 for number in numbers)
    assert "1.234.567" in labels_of(svg)
    assert "1,234,567" in labels_of(drawn(chart(1234567, 1000), "en"))


def test_heights_are_in_proportion_and_zero_is_flat() -> None:
    heights = [float(bar.attrib["height"]) for bar in bars_of(drawn(chart(200, 50)))]
    assert heights == [140, 0, 35, 0]


def test_a_chart_of_zeros_or_of_nothing_can_be_drawn() -> None:
    assert [bar.attrib["height"] for bar in bars_of(drawn(chart(0)))] == ["0", "0"]
    assert bars_of(drawn(chart())) == []


def test_a_long_legend_takes_more_rows_and_never_meets_the_unit() -> None:
    block = {
        **chart(10),
        "series": ["Khám chữa bệnh, dinh dưỡng", "Vui chơi, giải trí", "Đồ ấm, chăn ấm"] * 2,
    }
    drawing = drawing_of(block)  # type: ignore[arg-type]
    edge = 612 - len("chiếc") * 7.6
    assert [item["row"] for item in drawing["legend"]] == ["0", "0", "0", "1", "1", "1"]
    assert max(float(item["text_x"]) + len(item["name"]) * 7.6 for item in drawing["legend"]) < edge


def test_there_is_no_style_attribute_and_text_is_escaped() -> None:
    svg = drawn(chart(1))
    assert " style=" not in svg
    assert "<style" not in svg
    assert "Áo ấm &lt;b&gt;" in svg


def test_the_chart_is_told_in_words_with_every_figure() -> None:
    words = ET.fromstring(drawn(chart(1200))).attrib["aria-label"]
    assert words == "Áo ấm <b> (chiếc). xã 0: Nhu cầu 1.200, Đã giao 0."


def test_the_first_three_fills_differ_in_grey() -> None:
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, middle, light = (grey(colour) for colour in FILLS[:3])
    assert middle - dark > 60
    assert light - middle > 60
