"""A pledge held with its balances, and the state that they make."""

from __future__ import annotations

from dataclasses import dataclass

from donors import ledger
from donors.models import CashBalance, Pledge, PledgeLine, SupplyBalance, SupplyLine
from donors.numbers import grouped
from donors.states import PledgeState


@dataclass(frozen=True)
class Balances:
    """What was promised, by pledge line, as it stands now and stays until the transaction ends."""

    supply: dict[int, SupplyBalance]
    cash: dict[int, CashBalance]

    @property
    def all(self) -> list[SupplyBalance | CashBalance]:
        return [*self.supply.values(), *self.cash.values()]

    @property
    def lines(self) -> set[int]:
        return {*self.supply, *self.cash}


def hold(pledge: Pledge) -> tuple[Pledge, Balances]:
    """The pledge and its balances as they are now, in the order of the locks."""
    pledge = ledger.lock_pledge(pledge)
    return pledge, Balances(ledger.lock_supply(pledge), ledger.lock_cash(pledge))


def state_of(balances: Balances) -> PledgeState:
    """Open while something is to come; received if anything came; withdrawn if nothing did."""
    for balance in balances.all:
        balance.refresh_from_db()
    if any(balance.to_come for balance in balances.all):
        return PledgeState.OPEN
    came = any(balance.received or getattr(balance, "refused", 0) for balance in balances.all)
    return PledgeState.RECEIVED if came else PledgeState.WITHDRAWN


def close_if_nothing_is_left(pledge: Pledge, balances: Balances) -> str:
    """Save the state that the balances make; returns the state before, empty if it did not change."""
    before, now = pledge.state, state_of(balances)
    if now == before:
        return ""
    pledge.state = now
    pledge.save(update_fields=["state"])
    return before


def to_come(balances: Balances) -> list[str]:
    """What each line still awaits, in words."""
    awaited = [named(balance.line, balance.to_come) for balance in balances.supply.values()]
    return awaited + [named(money.line, money.to_come) for money in balances.cash.values()]


def named(line: PledgeLine | SupplyLine, size: int) -> str:
    """“120 bộ Áo ấm”, “5.000.000 đồng”, as a history entry says it."""
    if isinstance(line, PledgeLine) and not line.item:
        return f"{grouped(size)} đồng"
    return f"{grouped(size)} {line.item.unit} {line.item}"  # type: ignore[union-attr]
