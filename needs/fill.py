"""How far needs are met. What of it lies in stock the apps above say here, without an import upstairs.

``distributions`` registers when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from needs.models import Need


@dataclass(frozen=True)
class Fill:
    """Of one need, in its item's unit: what is delivered, in stock and promised does not overlap."""

    needed: int
    promised: int
    stock: int
    delivered: int


Provider = Callable[[Sequence["Need"]], Mapping[int, int]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider`` tell what has come for some needs and is not delivered, by a need's id.

    A need that it leaves out has nothing in stock. Twice changes nothing.
    """
    if provider not in _providers:
        _providers.append(provider)


def fill_of_each(needs: Sequence[Need]) -> dict[int, Fill]:
    """By the need's id; as many queries for many needs as for one. The needs come with their balance."""
    stock: dict[int, int] = {}
    waiting = [need for need in needs if need.balance.undelivered]
    for provider in _providers if waiting else ():
        for need, quantity in provider(waiting).items():
            stock[need] = stock.get(need, 0) + quantity
    return {need.pk: _fill(need, stock.get(need.pk, 0)) for need in needs}


def fill_of(need: Need) -> Fill:
    return fill_of_each([need])[need.pk]


def _fill(need: Need, stock: int) -> Fill:
    balance = need.balance
    return Fill(
        needed=balance.quantity,
        promised=max(balance.undelivered - stock, 0),
        stock=stock,
        delivered=balance.delivered,
    )
