"""What allocations claim of a need and of a supply line. The rooms below ask through their registries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from distributions.models import Allocation
from distributions.wording import held_by_communes, listed, number
from donors.models import SupplyLine
from needs.claims import Claim, claims_on
from needs.models import Need


def allocations_on(needs: Sequence[Need]) -> Iterator[tuple[int, Claim]]:
    """Each allocation that still covers a part of one of the needs, by pledge code and receiving place."""
    rows = (
        Allocation.objects.covering()
        .filter(need__in=needs)
        .annotate(covering=F("balance__open") + F("balance__in_transit") + F("balance__delivered"))
        .select_related("supply_line__pledge_line__pledge", "need__place__unit")
        .order_by("pk")
    )
    for row in rows:
        label = _("pledge %(pledge)s for %(place)s") % {
            "pledge": row.supply_line.pledge_line.pledge.code,
            "place": row.need.place.full_name,
        }
        yield row.need_id, Claim(row.covering, label)


def allocations_of(line: SupplyLine) -> Iterator[Claim]:
    """What each commune holds of a supply line: it was allocated and neither reversed nor returned."""
    for commune, held in held_by_communes(line.pk):
        yield Claim(held, commune)


def covered_by(need: Need) -> str:
    """“188: cam kết CK-2025-007 cho thôn 1, xã Ia Đal”, "" if nothing covers it."""
    return listed(f"{number(claim.quantity)}: {claim.label}" for claim in claims_on(need))
