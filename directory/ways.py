"""Pages of upper rooms that a page of a lower one leads on to: each room registers its own at the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils.functional import Promise

if TYPE_CHECKING:
    from directory.models import User


@dataclass(frozen=True)
class Way:
    """A link; ``label`` says what is there."""

    label: str | Promise
    url: str


Offer = Callable[["User", Model], Way | None]
_ways: list[Offer] = []


def register(way: Offer) -> None:
    """``way`` answers with a link for the subjects that it knows and the user may go on from, else None."""
    if way not in _ways:
        _ways.append(way)


def ways_from(user: User, subject: Model) -> Iterator[Way]:
    yield from filter(None, (way(user, subject) for way in _ways))
