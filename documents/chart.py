"""A grouped bar chart as SVG: the same template on screen and on paper.

Coordinates are plain text (never localised), labels are localised; colours go by attribute (CSP) and
differ in lightness enough to be told apart in black and white. Each bar also carries its figure.
"""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format

from documents.snapshot import Bar, Chart

# Lightness falls apart from one to the next: readable on a grey printer.
FILLS = ["#1d3557", "#7fa3c7", "#d9e4ef", "#4a4a4a", "#a8a8a8", "#ffffff"]
WIDTH, LEFT, TOP, PLOT = 620.0, 8.0, 48.0, 140.0
SLOT_PADDING = 10.0
LINE, LETTER, KEY = 17.0, 7.6, 17.0
LETTERS_PER_UNIT = 0.13


def drawing_of(chart: Chart) -> dict[str, Any]:
    """The context of ``documents/chart.svg``; coordinates as text."""
    top_value = max((value for bar in chart["bars"] for value in bar["values"]), default=0)
    slot = (WIDTH - 2 * LEFT) / max(len(chart["bars"]), 1)
    legend = _legend(chart["series"], chart["unit"])
    base = TOP + PLOT + LINE * int(legend[-1]["row"] if legend else 0)
    groups = [_group(bar, LEFT + slot * i, slot, base, top_value) for i, bar in enumerate(chart["bars"])]
    lines = max((len(group["lines"]) for group in groups), default=1)
    height = base + LINE * lines + 14
    return {
        "title": chart["title"],
        "unit": chart["unit"],
        "description": _in_words(chart),
        "width": _number(WIDTH),
        "height": _number(height),
        "base": _number(base),
        "left": _number(LEFT),
        "right": _number(WIDTH - LEFT),
        "legend": legend,
        "groups": groups,
    }


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _label(value: int) -> str:
    return number_format(value, force_grouping=True)


def _in_words(chart: Chart) -> str:
    """The chart for who cannot see it: every figure."""
    parts = []
    for bar in chart["bars"]:
        values = ", ".join(f"{s} {_label(v)}" for s, v in zip(chart["series"], bar["values"], strict=False))
        parts.append(f"{bar['label']}: {values}")
    return f"{chart['title']} ({chart['unit']}). {'; '.join(parts)}."


def _legend(series: list[str], unit: str) -> list[dict[str, str]]:
    """Keys and names in as many rows as they need, beside the unit in the corner."""
    edge = WIDTH - LEFT - len(unit) * LETTER - LINE
    x, row, items = LEFT, 0, []
    for index, name in enumerate(series):
        width = KEY + len(name) * LETTER
        if x > LEFT and x + width > edge:
            x, row = LEFT, row + 1
        items.append(
            {
                "x": _number(x),
                "y": _number(2 + row * LINE),
                "text_x": _number(x + KEY),
                "text_y": _number(13 + row * LINE),
                "fill": FILLS[index % len(FILLS)],
                "name": name,
                "row": str(row),
            }
        )
        x += width + KEY
    return items


def _group(bar: Bar, left: float, slot: float, base: float, top_value: int) -> dict[str, Any]:
    width = min((slot - 2 * SLOT_PADDING) / max(len(bar["values"]), 1), 52.0)
    start = left + (slot - width * len(bar["values"])) / 2
    columns = []
    for index, value in enumerate(bar["values"]):
        height = PLOT * value / top_value if top_value else 0.0
        x, y = start + index * width, base - height
        columns.append(
            {
                "x": _number(x),
                "y": _number(y),
                "width": _number(width),
                "height": _number(height),
                "fill": FILLS[index % len(FILLS)],
                "middle": _number(x + width / 2),
                "label_y": _number(y - 4),
                "label": _label(value),
            }
        )
    centre = _number(left + slot / 2)
    lines = _wrapped(bar["label"], max(int(slot * LETTERS_PER_UNIT), 6))
    texts = [{"text": text, "y": _number(base + LINE * (i + 1) + 1)} for i, text in enumerate(lines)]
    return {"columns": columns, "centre": centre, "lines": texts}


def _wrapped(label: str, letters: int) -> list[str]:
    """The label in lines of about so many letters."""
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
