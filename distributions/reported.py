"""What closed reports have counted of a visit: apps above say so, without an import upstairs.

``reports`` registers when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributions.models import SupervisionVisit

Provider = Callable[["SupervisionVisit", date], Iterable[str]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider`` name the periods that another day of a visit would belie. Twice changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def belied_by(visit: SupervisionVisit, done_on: date) -> list[str]:
    """The closed periods that have counted the visit and would lose it, or would get it too late."""
    return [period for provider in _providers for period in provider(visit, done_on)]
