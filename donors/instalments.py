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
    """What comes fills the earliest instalment first; what was withdrawn is taken off the last ones.

    ``stands``: what of the line was not withdrawn; ``came``: what arrived of it. Pieces or đồng.
    """
    dues = []
    for instalment in sorted(instalments, key=lambda each: each.due_on):
        size = min(instalment.size, stands)
        filled = min(size, came)
        dues.append(Due(instalment.due_on, size, filled))
        stands, came = stands - size, came - filled
    return dues
