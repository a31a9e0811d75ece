"""Whether so many child-turns are plausible: a question that a note answers, never a refusal for good."""

from __future__ import annotations

from django.db.models import Sum

from distributions.models import DistributionLine
from needs.models import ChildCount
from needs.states import SurveyState

# Above this share of what was to be expected somebody has to say why [field].
FAR_PER_CENT = 150


def expected_turns(line: DistributionLine, received: int) -> int | None:
    """The child-turns that ``received`` of the line's thing suggest; None if nothing does.

    Goods: as many children for each piece as the need counts. A service, or a thing that all ages share: one
    child each time, or every child that the approved survey counts at the place.
    """
    if line.allocation is None:
        return max(received, counted_children(line) or 0)
    need = line.allocation.need
    counted = counted_children(line) if need.age_band.is_all else 0
    if counted is None:
        return None
    return max(received, -(-received * need.children // (need.balance.quantity or 1)), counted)


def far_above(turns: int, expected: int | None) -> bool:
    return expected is not None and turns * 100 > expected * FAR_PER_CENT


def counted_children(line: DistributionLine) -> int | None:
    """Children (persons) of the place in the newest approved survey that counts them."""
    counts = ChildCount.objects.filter(
        place=line.distribution.place,
        survey__state=SurveyState.APPROVED,
        subgroup__is_total=True,
        age_band__is_all=False,
    )
    newest = counts.order_by("-survey__round__year", "-survey_id").values_list("survey_id", flat=True)[:1]
    return counts.filter(survey_id__in=list(newest)).aggregate(total=Sum("value"))["total"]
