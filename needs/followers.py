"""What apps above keep in step with the catalogue, in the same transaction, without an import upstairs.

``reports`` registers when it starts: each item has a line of its own in annex I.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from needs.models import SupportItem


class Follower(Protocol):
    def item_saved(self, item: SupportItem, former: SupportItem | None) -> None:
        """An item was entered (``former`` None) or changed from what it was before."""

    def item_deleted(self, item: SupportItem) -> None:
        """An item that nothing holds is deleted."""


_followers: list[Follower] = []


def register(follower: Follower) -> None:
    """Let ``follower`` hear of changes. Registering twice changes nothing."""
    if follower not in _followers:
        _followers.append(follower)


def item_saved(item: SupportItem, former: SupportItem | None) -> None:
    for follower in _followers:
        follower.item_saved(item, former)


def item_deleted(item: SupportItem) -> None:
    for follower in _followers:
        follower.item_deleted(item)
