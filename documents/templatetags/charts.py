"""``{% load charts %}{% chart block %}``: the chart of a snapshot on a page of the portal."""

from __future__ import annotations

from typing import Any

from django import template

from documents.chart import drawing_of
from documents.snapshot import Chart

register = template.Library()


@register.inclusion_tag("documents/chart.svg")
def chart(block: Chart) -> dict[str, Any]:
    return {"drawing": drawing_of(block)}
