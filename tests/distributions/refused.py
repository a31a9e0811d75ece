"""A refusal changes nothing: a picture of every table that an action of this room writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from directory.errors import Refusal
from directory.models import Counter, HistoryEntry, RequestKey
from distributions.models import (
    Allocation,
    AllocationBalance,
    AllocationMove,
    ChildTurns,
    CorrectedTurns,
    DeliveryCorrection,
    DeliveryScan,
    Distribution,
    DistributionLine,
    Finding,
    Recommendation,
    SupervisionSample,
    SupervisionVisit,
    SupportPlan,
    SupportPlanDeclined,
    SupportPlanGap,
    SupportPlanLine,
)
from donors.models import SupplyBalance
from needs.models import NeedBalance

WRITTEN = [
    Allocation,
    AllocationBalance,
    AllocationMove,
    ChildTurns,
    CorrectedTurns,
    Counter,
    DeliveryCorrection,
    DeliveryScan,
    Distribution,
    DistributionLine,
    Finding,
    HistoryEntry,
    NeedBalance,
    Recommendation,
    RequestKey,
    SupervisionSample,
    SupervisionVisit,
    SupplyBalance,
    SupportPlan,
    SupportPlanDeclined,
    SupportPlanGap,
    SupportPlanLine,
]


def picture() -> list[list[dict[str, object]]]:
    return [list(model._default_manager.order_by("pk").values()) for model in WRITTEN]


@contextmanager
def nothing_changed() -> Iterator[None]:
    before = picture()
    yield
    assert picture() == before


def refusal_of(deed: Callable[[], object]) -> Refusal:
    """The refusal that ``deed`` meets, having changed nothing."""
    with nothing_changed(), pytest.raises(Refusal) as caught:
        deed()
    return caught.value


def places_of(refusal: Refusal) -> list[str]:
    return [problem.place for problem in refusal.problems]
