"""Which supply should go to which need, and why: plain data in, plain data out.

Needs are served in the order of their priority, then of the day their round was due, then as they come.
Each takes from what fits it best (``Why`` in its order): bound to it by the donor, meant for it, free,
meant for another purpose; of these first what is at hand, then what is due soonest (what is overdue comes
last); and of these the one supply that is enough alone, so that less is split, kept in the commune itself
or by an office for all communes rather than by another commune. When nothing is left that may serve a need,
a *detour* is sought: a need that came before may take another supply instead of one that only it and this
need can use. What came before stays covered as it was. So no need of a priority lacks anything that another
plan could have given it without taking from a higher one: docs/decisions/0010 says why, and a test compares
with brute force.

Quantities are whole numbers in the item's unit. A donor's *purpose* is any key; a need knows those it is in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from distributions.proposal.matching import Matching
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

__all__ = [
    "Detour",
    "Gap",
    "Lack",
    "Offer",
    "Proposal",
    "Purpose",
    "Share",
    "Shortfall",
    "Why",
    "propose",
]


def propose(lacks: Iterable[Lack], offers: Iterable[Offer]) -> Proposal:
    """The whole plan. Different items have nothing to do with each other."""
    by_item: dict[int, list[Offer]] = defaultdict(list)
    for offer in offers:
        by_item[offer.item].append(offer)
    matchings = {item: Matching(found) for item, found in by_item.items()}
    ordered = sorted(lacks, key=lambda lack: (lack.priority, lack.asked_on))
    for lack in ordered:
        if lack.item in matchings and lack.left_out is None:
            matchings[lack.item].serve(lack)
    proposal, nothing = Proposal(), Matching([])
    for lack in ordered:
        matchings.get(lack.item, nothing).tell(lack, proposal)
    return proposal
