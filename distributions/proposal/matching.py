"""Needs and supplies of one item: who gets what, detours included."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from distributions.proposal.parts import (
    Detour,
    Gap,
    Lack,
    Offer,
    Proposal,
    Purpose,
    Share,
    Shortfall,
    Why,
)

Shelf = tuple[int, bool, Purpose | None, Hashable]  # who brought it, binding, what for, where it is kept
Rank = tuple[date, bool, int, int, int]
SAME, ABOVE, OTHER = range(3)  # the need's own commune keeps it, an office for all communes, another commune


class _Pile:
    """Supplies of one shelf that have something left, by the day they are there and by how much is left."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self.by_day: dict[date, list[tuple[int, int]]] = {}

    def put(self, offer: Offer, left: int) -> None:
        if offer.day not in self.by_day:
            insort(self.days, offer.day)
            self.by_day[offer.day] = []
        insort(self.by_day[offer.day], (left, offer.pk))

    def take(self, offer: Offer, left: int) -> None:
        rows = self.by_day[offer.day]
        rows.pop(bisect_left(rows, (left, offer.pk)))
        if not rows:
            del self.by_day[offer.day]
            self.days.remove(offer.day)

    def best(self, wanted: int, distance: int) -> Rank | None:
        """Of the first day: the smallest that is enough alone, or else the largest. Ends with its number.

        Between piles the nearer goes first, but not before one that needs fewer others beside it.
        """
        if not self.days:
            return None
        rows = self.by_day[self.days[0]]
        index = bisect_left(rows, (wanted, 0))
        if index < len(rows):
            left, pk = rows[index]
            return (self.days[0], False, distance, left, pk)
        left, pk = rows[-1]
        return (self.days[0], True, -left, distance, pk)


class Matching:
    """Needs and supplies of one item."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self.offers = {offer.pk: offer for offer in offers}
        self.left = {offer.pk: offer.quantity for offer in offers}
        self.at_hand = {offer.pk: offer.at_hand for offer in offers}
        self.spare = sum(self.left.values())
        self.given: dict[int, dict[int, int]] = defaultdict(dict)  # supply → need → quantity
        self.sources: dict[int, set[int]] = defaultdict(set)  # need → supplies
        self.detours: dict[tuple[int, int], Detour] = {}
        self.lacks: dict[int, Lack] = {}
        self.shelves: dict[Shelf, list[int]] = defaultdict(list)
        self.piles: dict[Shelf, _Pile] = defaultdict(_Pile)
        for offer in offers:
            self.shelves[_shelf(offer)].append(offer.pk)
            if offer.quantity:
                self.piles[_shelf(offer)].put(offer, offer.quantity)
        self.keepers = sorted({(offer.holder, offer.store) for offer in offers}, key=str)
        self.exhausted: set[Shelf] = set()  # no detour from there leads to anything that is left

    # Serving

    def serve(self, lack: Lack) -> None:
        self.lacks[lack.pk] = lack
        lacking = lack.quantity
        for shelves in self._ways(lack):
            while lacking and (pk := self._pick(shelves, lacking, lack.commune)) is not None:
                part = min(lacking, self.left[pk])
                self._give(pk, lack.pk, part)
                lacking -= part
        while lacking and self.spare and (chain := self._detour(lack)):
            lacking -= self._reroute(lack, chain, lacking)

    def _ways(self, lack: Lack) -> Iterator[list[Shelf]]:
        """The shelves that may serve the need, those that fit best first."""
        keepers = [each for each in self.keepers if lack.holders is None or each[0] in lack.holders]
        for binding in (True, False):
            for purpose in lack.purposes:
                yield self._stocked((holder, binding, purpose, store) for holder, store in keepers)
        yield self._stocked((holder, False, None, store) for holder, store in keepers)
        yield [shelf for shelf in self.piles if not shelf[1] and (shelf[0], shelf[3]) in set(keepers)]

    def _stocked(self, shelves: Iterable[Shelf]) -> list[Shelf]:
        return [shelf for shelf in shelves if shelf in self.piles]

    def _pick(self, shelves: Iterable[Shelf], wanted: int, commune: Hashable) -> int | None:
        stocked = (shelf for shelf in shelves if shelf in self.piles)
        ranks = (self.piles[shelf].best(wanted, _distance(shelf[3], commune)) for shelf in stocked)
        best = min((rank for rank in ranks if rank), default=None)
        return best[-1] if best else None

    def _give(self, pk: int, need: int, part: int) -> None:
        """From what is left of a supply."""
        offer, shelf = self.offers[pk], _shelf(self.offers[pk])
        self.piles[shelf].take(offer, self.left[pk])
        self.left[pk] -= part
        self.spare -= part
        if self.left[pk]:
            self.piles[shelf].put(offer, self.left[pk])
        if not self.piles[shelf].days:
            del self.piles[shelf]
        self._move(pk, need, part)

    def _move(self, pk: int, need: int, part: int) -> None:
        now = self.given[pk].get(need, 0) + part
        if now:
            self.given[pk][need] = now
            self.sources[need].add(pk)
        else:
            del self.given[pk][need]
            self.sources[need].discard(pk)

    # Detours

    def _detour(self, lack: Lack) -> list[tuple[int, int]]:
        """The shortest chain (need, supply), (need, supply) …: each need takes from the supply beside it what
        it gives up of the one before, and the last supply has something left. Empty: there is none."""
        seen, shelves, queue = {lack.pk}, set(self.exhausted), deque([lack.pk])
        came: dict[int, int] = {}  # supply → the need that asks for it
        gave: dict[int, int] = {}  # need → the supply that it would give up
        while queue:
            need = queue.popleft()
            for shelf in self._open_to(self.lacks[need], shelves):
                shelves.add(shelf)
                for pk in self.shelves[shelf]:
                    came[pk] = need
                    if self.left[pk]:
                        return _chain(pk, came, gave)
                    for other in self.given[pk].keys() - seen:
                        seen.add(other)
                        gave[other] = pk
                        queue.append(other)
        self.exhausted = shelves
        return []

    def _open_to(self, lack: Lack, known: set[Shelf]) -> list[Shelf]:
        """The shelves that may serve the need and are not yet known."""
        return [shelf for shelf in self.shelves if shelf not in known and _may(lack, shelf)]

    def _reroute(self, lack: Lack, chain: list[tuple[int, int]], lacking: int) -> int:
        """Move as much as the chain can carry; returns how much."""
        moves = list(
            zip(chain[1:], chain, strict=False)
        )  # (need, its new supply), (who waits, what it gives up)
        held = [self.given[old][need] for (need, _new), (_waiting, old) in moves]
        last_need, last = chain[-1]
        part = min([lacking, self.left[last], *held])
        self._give(last, last_need, part)
        for (need, new), (waiting, old) in reversed(moves):
            self._move(old, need, -part)
            self._move(old, waiting, part)
            self.detours[new, need] = Detour(old, waiting)
        return part

    # Telling

    def tell(self, lack: Lack, proposal: Proposal) -> None:
        """Write down what the need gets, and what it does not."""
        sources = sorted(
            self.sources.get(lack.pk, ()), key=lambda pk: (self._why(pk, lack), self.offers[pk].day, pk)
        )
        lacking = lack.quantity
        for pk in sources:
            part = self.given[pk][lack.pk]
            at_hand = min(part, self.at_hand[pk])
            self.at_hand[pk] -= at_hand
            lacking -= part
            why = _ORDER[self._why(pk, lack)]
            detour = self.detours.get((pk, lack.pk))
            far = _distance(self.offers[pk].store, lack.commune) == OTHER
            alone = part == lack.quantity
            proposal.shares.append(Share(pk, lack.pk, part, at_hand, why, alone, detour, far))
        if lacking:
            proposal.shortfalls.append(Shortfall(lack.pk, lacking, lack.left_out or self._gap(lack)))

    def _why(self, pk: int, lack: Lack) -> int:
        offer = self.offers[pk]
        if offer.purpose in lack.purposes and offer.purpose is not None:
            return _ORDER.index(Why.BOUND if offer.binding else Why.MEANT)
        return _ORDER.index(Why.FREE if offer.purpose is None else Why.ELSEWHERE)

    def _gap(self, lack: Lack) -> Gap:
        if not self.offers:
            return Gap.NO_SUPPLY
        if any(_may(lack, shelf) for shelf in self.shelves):
            return Gap.SPENT
        anybody = replace(lack, holders=None)
        return Gap.SERVED if any(_may(anybody, shelf) for shelf in self.shelves) else Gap.BOUND


_ORDER = list(Why)


def _shelf(offer: Offer) -> Shelf:
    return (offer.holder, offer.binding and offer.purpose is not None, offer.purpose, offer.store)


def _distance(store: Hashable, commune: Hashable) -> int:
    if store is None:
        return ABOVE
    return SAME if store == commune else OTHER


def _may(lack: Lack, shelf: Shelf) -> bool:
    """Whether what stands on the shelf may go to the need at all."""
    holder, binding, purpose, _store = shelf
    if lack.holders is not None and holder not in lack.holders:
        return False
    return not binding or purpose in lack.purposes


def _chain(pk: int, came: dict[int, int], gave: dict[int, int]) -> list[tuple[int, int]]:
    """Back from the supply that has something left to the need that lacks."""
    chain = [(came[pk], pk)]
    while (need := chain[-1][0]) in gave:
        pk = gave[need]
        chain.append((came[pk], pk))
    return chain[::-1]
