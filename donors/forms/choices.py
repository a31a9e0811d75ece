"""What may be given, in one list: each support area as a whole, and its goods and services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from directory.models import SupportArea
from needs.models import SupportItem


@dataclass(frozen=True)
class What:
    """An area as a whole, or one item of it."""

    area: SupportArea
    item: SupportItem | None = None

    @property
    def key(self) -> str:
        return f"item-{self.item.pk}" if self.item else f"area-{self.area.pk}"


class WhatChoices(dict[str, What]):
    """By key, with ``choices`` for a select: a group for each area."""

    @property
    def choices(self) -> list[Any]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, what in self.items():
            whole = f"{what.area} ({_('the area as a whole')})"
            label = f"{what.item} ({what.item.unit})" if what.item else whole
            groups.setdefault(str(what.area), []).append((key, label))
        return [("", "—"), *groups.items()]


def what_choices(also: Iterable[SupportItem] = ()) -> WhatChoices:
    """Every area with its items in use, and the items of ``also``, which may be retired. Two queries."""
    items = [*SupportItem.objects.in_use().select_related("area"), *also]
    by_area: dict[int, list[SupportItem]] = {}
    for item in {item.pk: item for item in items}.values():
        by_area.setdefault(item.area_id, []).append(item)
    found = WhatChoices()
    for area in SupportArea.objects.in_order():
        for what in (What(area), *(What(area, item) for item in by_area.get(area.pk, []))):
            found[what.key] = what
    return found
