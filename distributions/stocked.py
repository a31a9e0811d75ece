"""What has come for a need and is not delivered yet. ``needs`` asks through its registry."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from distributions.models import Allocation, AllocationBalance
from needs.models import Need


def in_stock_for(needs: Sequence[Need]) -> dict[int, int]:
    """How much of what is allocated to each need has come and is not delivered yet, by the need's id.

    What lies in a supply line's stock is given to its allocations first come, first served: it is counted
    once, whichever need asks. What is on its way has come.
    """
    asked = {need.pk for need in needs}
    lines = Allocation.objects.filter(need__in=asked).values("supply_line_id")
    waiting = AllocationBalance.objects.filter(
        Q(open__gt=0) | Q(in_transit__gt=0), allocation__supply_line_id__in=lines
    )
    left: dict[int, int] = {}
    found: dict[int, int] = {}
    for balance in waiting.select_related("allocation__supply_line__balance").order_by("pk"):
        line, need = balance.allocation.supply_line, balance.allocation.need_id
        part = min(balance.open, left.setdefault(line.pk, line.balance.in_stock))
        left[line.pk] -= part
        if need in asked:
            found[need] = found.get(need, 0) + balance.in_transit + part
    return found
