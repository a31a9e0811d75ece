"""Meals that the state pays for every month: apart from those socially mobilised, in no total [FIELD 3]."""

from __future__ import annotations

from django.db.models import Q

from reports.figures.facts import BUDGETS

ITEMS = frozenset({"meal"})


def is_policy(source: str, item: str) -> bool:
    """By the kind of the source and the code of the item."""
    return source in BUDGETS and item in ITEMS


def of_lines(prefix: str = "") -> Q:
    """The same of lines of distributions, or of what hangs on one by ``prefix``."""
    pledge = f"{prefix}allocation__supply_line__pledge_line__pledge"
    goods = {f"{prefix}allocation__need__item__code__in": ITEMS, f"{pledge}__source__kind__in": BUDGETS}
    service = {f"{prefix}service__code__in": ITEMS, f"{prefix}funding_source__kind__in": BUDGETS}
    return Q(**goods) | Q(**service)
