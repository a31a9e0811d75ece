"""Deeds on a pledge that rooms above offer on its page, without an import upstairs.

``distributions`` registers that a pledge is not kept, which reverses allocations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise

if TYPE_CHECKING:
    from directory.models import User
    from donors.models import Pledge


@dataclass(frozen=True)
class PledgeDeed:
    """A page of the URL ``name`` for a pledge, labelled, where ``offered`` says so."""

    name: str
    label: str | Promise
    offered: Callable[[User, Pledge], bool]


_deeds: dict[str, PledgeDeed] = {}


def register(deed: PledgeDeed) -> None:
    """Registering twice changes nothing."""
    _deeds[deed.name] = deed


def deeds_on(user: User, pledge: Pledge) -> list[tuple[str, str]]:
    """Address and label of each deed that is offered to the user."""
    return [
        (reverse(deed.name, args=[pledge.pk]), str(deed.label))
        for deed in _deeds.values()
        if deed.offered(user, pledge)
    ]
