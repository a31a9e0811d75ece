"""What closing a round does to its needs, or has done: counted by item, before and after."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from directory.models import User
from needs.models import Need, SupportItem, SurveyRound


@dataclass(frozen=True)
class Unmet:
    """Needs of one item that are not delivered in full; quantities in the item's unit."""

    item: SupportItem
    needs: int
    uncovered: int
    quantity: int
    covered: int
    delivered: int

    @property
    def undelivered(self) -> int:
        return self.quantity - self.delivered


def unmet_in(survey_round: SurveyRound, user: User) -> list[Unmet]:
    """What would close unmet (of an open round) or what has (of a closed one), within the user's reach.

    What a reopening holds open is not in it. ``uncovered``: needs of which nothing is covered.
    """
    needs = Need.objects.visible_to(user).filter(round=survey_round)
    needs = needs.unmet() if survey_round.is_open else needs.closed_unmet()
    rows = needs.order_by("item__area__order", "item__order", "item").values("item")
    rows = rows.annotate(
        needs=Count("pk"),
        uncovered=Count("pk", filter=Q(balance__covered=0)),
        quantity=Sum("balance__quantity"),
        covered=Sum("balance__covered"),
        delivered=Sum("balance__delivered"),
    )
    found = list(rows)
    items = SupportItem.objects.in_bulk([row["item"] for row in found])
    return [Unmet(**{**row, "item": items[row["item"]]}) for row in found]
