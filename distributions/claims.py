"""What allocations claim of a need and of a supply line. The rooms below ask through their registries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from distributions.models import Allocation
from distributions.wording import held_by_communes, listed, number
from donors.models import SupplyLine
from needs.claims import Claim, claims_on
from needs.models import Need


def allocations_on(needs: Sequence[Need]) -> Iterator[tuple[int, Claim]]:
    """What of each pledge still covers a part of one of the needs; whoever asks says the place himself."""
    pledge = "supply_line__pledge_line__pledge"
    rows = (
        Allocation.objects.covering()
        .filter(need__in=needs)
        .order_by()
        .values_list("need_id", f"{pledge}__code")
        .annotate(covering=Sum(F("balance__open") + F("balance__in_transit") + F("balance__delivered")))
        .order_by("need_id", f"{pledge}__code")
    )
    for need, code, covering in rows:
        yield need, Claim(covering, _("pledge %(pledge)s") % {"pledge": code})


def allocations_of(line: SupplyLine) -> Iterator[Claim]:
    """What each commune holds of a supply line: it was allocated and neither reversed nor returned."""
    for commune, held in held_by_communes(line.pk):
        yield Claim(held, commune)


def covered_by(need: Need) -> str:
    """“188: cam kết CK-2025-007”, "" if nothing covers it."""
    return listed(f"{number(claim.quantity)}: {claim.label}" for claim in claims_on(need))
