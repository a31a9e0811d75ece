"""Whether so many child-turns are plausible: a question that a note answers, never a refusal for good."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from distributions.models import DistributionLine
from distributions.wording import number
from needs.models import ChildCount, Need
from needs.states import SurveyState

# The unit of items that are counted in child-turns themselves, as the catalogue writes it [field].
TURN = "lượt"


def is_counted_in_turns(line: DistributionLine) -> bool:
    """An item whose unit is the turn itself (a check-up): one child each time, neither more nor less.

    The unit is “lượt” and nothing else, however it was typed (“Lượt”, accents apart from their letters): a
    “lượt biểu diễn” is watched by many.
    """
    return unicodedata.normalize("NFC", line.item.unit.strip()).casefold() == TURN


def expected_turns(line: DistributionLine, received: int) -> int | None:
    """The child-turns that ``received`` of the line's thing suggest; None if nothing does.

    A child counts once for a delivery, however many pieces it got: of goods as many for each piece as the
    need counts (24 children for 480 meals); of a thing or an event for all ages every child that the approved
    survey counts at the place, each time; of another service at most these.
    """
    if is_counted_in_turns(line):
        return received
    if line.allocation is not None:
        return _of_goods(line.allocation.need, line, received)
    children = counted_children(line)
    if _is_for_all(line):
        return None if children is None else children * received
    return received if children is None else min(received, children)


def _of_goods(need: Need, line: DistributionLine, received: int) -> int | None:
    counted = counted_children(line) if need.age_band.is_all else 0
    if counted is None:
        return None
    return max(-(-received * need.children // (need.balance.quantity or 1)), counted)


def _is_for_all(line: DistributionLine) -> bool:
    return any(band.is_all for band in line.item.age_bands.all())


def far_above(turns: int, expected: int | None) -> bool:
    """Whether somebody has to say why."""
    return expected is not None and turns * 100 > expected * settings.TURNS_FAR_PERCENT


def hints_of(lines: Sequence[DistributionLine]) -> dict[int, str]:
    """What a child-turn is for each line of a distribution, and how many children are known: beside the
    fields of the form, by the line's id."""
    asked = [line for line in lines if _need_for_some_ages(line) is None]
    children = counted_children(asked[0]) if asked else None
    return {line.pk: _hint(line, children) for line in lines}


def _need_for_some_ages(line: DistributionLine) -> Need | None:
    """The need of the line, if it says itself how many children there are."""
    need = line.allocation.need if line.allocation else None
    return need if need is not None and not need.age_band.is_all else None


def _hint(line: DistributionLine, children: int | None) -> str:
    """``children``: as counted at the place."""
    if is_counted_in_turns(line):
        return _("Each one given is one child-turn: all age bands together make what was received.")
    once = _("A child counts once for this delivery, however many pieces it got.")
    if (need := _need_for_some_ages(line)) is not None:
        known = _("The need counts %(children)s children for %(quantity)s %(unit)s.")
        facts = {"quantity": number(need.balance.quantity), "unit": need.item.unit}
        return f"{once} {known % (facts | {'children': number(need.children)})}"
    if children is None:
        return once
    known = _("The approved survey counts %(children)s children at this place.")
    return f"{once} {known % {'children': number(children)}}"


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
