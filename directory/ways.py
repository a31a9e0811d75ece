"""Pages of upper rooms that a page of a lower one leads on to: each room registers its own at the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.utils.functional import Promise


@dataclass(frozen=True)
class Way:
    """A link; ``label`` says what is there."""

    label: str | Promise
    url: str


_ways: list[Callable[[Model], Way | None]] = []


def register(way: Callable[[Model], Way | None]) -> None:
    """``way`` answers with a link for the subjects that it knows, with None for all others."""
    if way not in _ways:
        _ways.append(way)


def ways_from(subject: Model) -> Iterator[Way]:
    yield from filter(None, (way(subject) for way in _ways))
