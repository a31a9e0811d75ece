"""What else serves the place of a need with its item and is not counted in it: apps above say so.

``distributions`` registers the plans, pledges, purchases and services from budgets that it knows of, when it
starts [plan II.4: no overlap].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from directory.models import User
    from needs.models import Need

Provider = Callable[["User", "Need"], Iterable[str]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider`` name who serves the place of a need too. Twice changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def served_beside(user: User, need: Need) -> list[str]:
    """Each once, e.g. “TTYT: distribution HT-2025-004”."""
    return list(dict.fromkeys(label for provider in _providers for label in provider(user, need)))
