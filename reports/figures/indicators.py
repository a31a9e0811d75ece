"""The functions behind the indicators: ``Indicator.code`` is “function” or “function-subject”."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from directory.models import SupportArea
from needs.models import SupportItem
from reports.figures.figure import Figure, percent
from reports.figures.rollup import FUNDS_AND_BUDGETS, Figures
from reports.models import Indicator, IndicatorTarget


@dataclass(frozen=True)
class Line:
    """A line of annex I."""

    indicator: Indicator
    target: int | None
    figure: Figure

    @property
    def achieved(self) -> str | None:
        """Per cent of the year's target, from the cumulative figure."""
        return percent(self.figure.cumulative, self.target)


def lines_of(figures: Figures) -> list[Line]:
    """Every indicator that can be counted, with the target of the period's year."""
    targets = dict(
        IndicatorTarget.objects.filter(scope_id__in=figures.scopes, year=figures.period.year).values_list(
            "indicator_id", "value"
        )
    )
    indicators = Indicator.objects.select_related("area")
    return [
        Line(indicator, targets.get(indicator.pk), figures.with_past(indicator.code, figure))
        for indicator in indicators
        if (figure := count(figures, indicator.code)) is not None
    ]


def count(figures: Figures, code: str) -> Figure | None:
    """The figure of an indicator; None if its subject does not exist (any more)."""
    name, _dash, subject = code.partition("-")
    if name in GENERAL and not subject:
        return GENERAL[name](figures)
    if name in BY_AREA:
        area = next((area for area in figures.areas if area.code == subject), None)
        return BY_AREA[name](figures, area) if area else None
    if name in BY_ITEM:
        item = next((item for item in figures.items.values() if item.code == subject), None)
        return BY_ITEM[name](figures, item) if item else None
    return None


def _communes_surveyed(figures: Figures) -> Figure:
    now = len(figures.surveyed)
    return Figure(now, now, 0, figures.surveyed_last_year)


def _policy_meals(figures: Figures) -> Figure:
    return figures.delivered("quantity", policy=True)


GENERAL: dict[str, Callable[[Figures], Figure]] = {
    "communes_surveyed": _communes_surveyed,
    "donors": Figures.donors,
    "cash_received": lambda figures: figures.received("cash"),
    "goods_received": lambda figures: figures.received("goods"),
    "other_received": lambda f: (
        f.received("cash", FUNDS_AND_BUDGETS) + f.received("goods", FUNDS_AND_BUDGETS)
    ),
    "policy_meals": _policy_meals,
    "turns_out_of_scope": lambda figures: figures.delivered("turns", in_scope=False),
}
BY_AREA: dict[str, Callable[[Figures, SupportArea], Figure]] = {
    "needs_surveyed": lambda figures, area: figures.needs_counted(covered=False, area=area.pk),
    "needs_covered": lambda figures, area: figures.needs_counted(covered=True, area=area.pk),
    "turns": lambda figures, area: figures.delivered("turns", area=area.pk),
    "value": lambda figures, area: figures.delivered("value", area=area.pk),
}
BY_ITEM: dict[str, Callable[[Figures, SupportItem], Figure]] = {
    "quantity": lambda figures, item: figures.delivered("quantity", item=item.pk),
}
