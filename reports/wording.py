"""Figures in Vietnamese sentences: the words that the report's text is made of."""

from __future__ import annotations

from datetime import date

from django.utils import translation
from django.utils.formats import number_format

from reports.models import ReportingPeriod

NOT_REPORTED = "chưa báo cáo"
HALF_YEAR, YEAR = "6 tháng đầu năm", "năm"


def number(value: int | None) -> str:
    """1.234.567; “chưa báo cáo” for None, which is not 0."""
    if value is None:
        return NOT_REPORTED
    with translation.override("vi"):
        return number_format(value, force_grouping=True)


def share(value: str | None) -> str:
    """A decimal string of per cent: “87,5%”."""
    return "không có căn cứ tính" if value is None else f"{value.replace('.', ',')}%"


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def span(period: ReportingPeriod) -> str:
    """“6 tháng đầu năm 2025”, “năm 2025”."""
    half = period.kind == ReportingPeriod.Kind.HALF_YEAR
    return f"{HALF_YEAR if half else YEAR} {period.year}"


def listed(words: list[str]) -> str:
    """“a, b và c”."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} và {words[-1]}"
