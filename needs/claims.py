"""Why a need cannot shrink: apps above say what they claim of it, without an import upstairs.

``distributions`` registers its allocations when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from needs.models import Need


@dataclass(frozen=True)
class Claim:
    """``quantity`` (item's unit) of a need is covered by what ``label`` names, e.g. a pledge's code."""

    quantity: int
    label: str


Provider = Callable[["Need"], Iterable[Claim]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider`` tell what it claims of a need. Registering twice changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def claims_on(need: Need) -> list[Claim]:
    return [claim for provider in _providers for claim in provider(need)]
