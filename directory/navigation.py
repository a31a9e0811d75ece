"""The main menu: each room registers its entries when it starts; a user sees those the role allows."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from directory.models import User
from directory.roles import Permission


@dataclass(frozen=True)
class NavigationItem:
    """One entry. ``order`` follows the chain: home 0, then each room its tens, the directory last."""

    order: int
    label: str | Promise
    url_name: str
    permissions: tuple[Permission, ...] = ()
    # Where further pages of the entry begin, if not below its own address: “/support-plans/”.
    also: tuple[str, ...] = ()


_items: dict[str, NavigationItem] = {}


def register(*items: NavigationItem) -> None:
    for item in items:
        _items[item.url_name] = item


def navigation_of(user: User) -> list[NavigationItem]:
    """The entries that the user may open, in the order of the chain."""
    allowed = (i for i in _items.values() if not i.permissions or any(user.may(p) for p in i.permissions))
    return sorted(allowed, key=lambda item: item.order)
