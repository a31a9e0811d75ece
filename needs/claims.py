"""Why a need cannot shrink: apps above say what they claim of it, without an import upstairs.

``distributions`` registers its allocations when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from needs.models import Need


@dataclass(frozen=True)
class Claim:
    """``quantity`` (item's unit) of a need is covered by what ``label`` names, e.g. a pledge's code."""

    quantity: int
    label: str


Provider = Callable[[Sequence["Need"]], Iterable[tuple[int, Claim]]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider`` tell what it claims of some needs, by a need's id. Twice changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def claims_on_each(needs: Sequence[Need]) -> dict[int, list[Claim]]:
    """What covers each of the needs, by the need's id; as many queries for many needs as for one."""
    claims: dict[int, list[Claim]] = {need.pk: [] for need in needs}
    if needs:
        for provider in _providers:
            for need, claim in provider(needs):
                claims[need].append(claim)
    return claims


def claims_on(need: Need) -> list[Claim]:
    return claims_on_each([need])[need.pk]
