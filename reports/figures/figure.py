"""One figure of a report, in all its columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Figure:
    """None is “not reported”; 0 is 0. ``supplement`` is the part of ``cumulative`` marked “bổ sung”.

    ``historical``: ``last_year`` is from a report made without the portal, never added to a counted one.
    """

    now: int | None = 0
    cumulative: int | None = 0
    supplement: int | None = 0
    last_year: int | None = None
    historical: bool = False

    def __add__(self, other: Figure) -> Figure:
        return Figure(
            added([self.now, other.now]),
            added([self.cumulative, other.cumulative]),
            added([self.supplement, other.supplement]),
            added([self.last_year, other.last_year]) if self.historical == other.historical else None,
            self.historical and other.historical,
        )


def added(values: Iterable[int | None]) -> int | None:
    """The sum of what was reported; None if there was something and none of it was reported; 0 of nothing."""
    values = list(values)
    reported = [value for value in values if value is not None]
    return None if values and not reported else sum(reported)


def percent(part: int | None, whole: int | None) -> str | None:
    """``part`` of ``whole`` as a decimal string with one place: from sums, never an average of shares."""
    if part is None or not whole:
        return None
    share = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(share.to_integral_value() if share == share.to_integral_value() else share)
