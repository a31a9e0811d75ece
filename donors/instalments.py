"""How far the instalments of a pledge line are filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from directory import clock

if TYPE_CHECKING:
    from donors.models import Instalment


@dataclass(frozen=True)
class Due:
    """``size`` pieces or đồng that are due by ``day``, and what of them came (or was refused at the door)."""

    day: date
    size: int
    came: int

    @property
    def left(self) -> int:
        return self.size - self.came

    @property
    def is_late(self) -> bool:
        return self.left > 0 and self.day < clock.today()


def schedule(instalments: Sequence[Instalment], stands: int, came: int) -> list[Due]:
    """What comes fills the instalment that it was received for, all else the earliest that is open.

    ``stands``: what of the line was not withdrawn, which is taken off the last open ones; ``came``: what
    arrived of it. Pieces or đồng.
    """
    rows = sorted(instalments, key=lambda each: each.due_on)
    sizes = _standing(rows, sum(row.size for row in rows) - stands)
    spare = came - sum(row.chosen for row in rows)
    dues = []
    for row, size in zip(rows, sizes, strict=True):
        filled = min(size, row.chosen + max(spare, 0))
        dues.append(Due(row.due_on, size, filled))
        spare -= max(filled - row.chosen, 0)
    return dues


def _standing(rows: Sequence[Instalment], withdrawn: int) -> list[int]:
    """What stands of each: the withdrawn part is taken off the last, as far as nothing came for it."""
    sizes = []
    for row in reversed(rows):
        gone = min(max(withdrawn, 0), row.size - row.chosen)
        sizes.append(row.size - gone)
        withdrawn -= gone
    return sizes[::-1]
