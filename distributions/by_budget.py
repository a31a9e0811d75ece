"""What budgets have paid for in the commune of a need: services that no allocation stands behind.

They cover no need by themselves: they are given at schools, while the needs are those of villages. Whether
something is still lacking is for the next survey to say, but whoever looks at the need must know of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet, Sum

from directory import clock
from directory.atlas import Atlas
from directory.models import User
from distributions.models import ChildTurns, Distribution
from distributions.states import DistributionState
from needs.models import Need, SupportItem


@dataclass(frozen=True)
class Given:
    """Child-turns in the age band of a need (of all, if it is for all), and in which distributions."""

    turns: int
    codes: list[str]


def given_by_budget(needs: Sequence[Need], user: User) -> dict[int, Given]:
    """By the need's id, of the year of its round; only where something was given within reach of ``user``."""
    needs = [need for need in needs if need.item.kind == SupportItem.Kind.SERVICE]
    if not needs:
        return {}
    atlas = Atlas.on(clock.today())
    absorbed = {need.place.unit_id: atlas.predecessors([need.place.unit_id]) for need in needs}
    rows = list(_rows(needs, set().union(*absorbed.values()), user))
    found = {}
    for need in needs:
        of = [row for row in rows if row["commune"] in absorbed[need.place.unit_id] and _is_of(need, row)]
        if turns := sum(row["sum"] for row in of):
            found[need.pk] = Given(turns, [*dict.fromkeys(row["code"] for row in of)])
    return found


def _rows(needs: Sequence[Need], communes: Iterable[int], user: User) -> QuerySet[Any, Any]:
    distribution = "line__distribution"
    rows = ChildTurns.objects.filter(
        line__distribution__in=Distribution.objects.visible_to(user),
        line__service__in={need.item_id for need in needs},
        line__distribution__place__unit__in=communes,
        line__distribution__state=DistributionState.CONFIRMED,
        line__distribution__occurred_on__year__in={need.round.year for need in needs},
    )
    return (
        rows.order_by(f"{distribution}__code")
        .values(
            "age_band",
            all_ages=F("age_band__is_all"),
            item=F("line__service"),
            commune=F(f"{distribution}__place__unit"),
            year=F(f"{distribution}__occurred_on__year"),
            code=F(f"{distribution}__code"),
        )
        .annotate(sum=Sum(F("turns") + F("corrected")))
    )


def _is_of(need: Need, row: dict[str, Any]) -> bool:
    same_ages = need.age_band.is_all or row["all_ages"] or row["age_band"] == need.age_band_id
    return same_ages and row["item"] == need.item_id and row["year"] == need.round.year
