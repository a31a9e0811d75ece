"""Why a supply line cannot shrink: apps above say what they claim of it, without an import upstairs.

``distributions`` registers its allocations when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from needs.claims import Claim

if TYPE_CHECKING:
    from donors.models import SupplyLine

Provider = Callable[["SupplyLine"], Iterable[Claim]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider`` tell what it claims of a supply line. Registering twice changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def claims_on(line: SupplyLine) -> list[Claim]:
    return [claim for provider in _providers for claim in provider(line)]


def named(line: SupplyLine) -> str:
    """The claims as a message shows them: “188 xã Ia Đal, 12 thôn 3”; empty if nobody told."""
    return ", ".join(f"{claim.quantity} {claim.label}" for claim in claims_on(line))
