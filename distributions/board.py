"""What the allocation board shows: needs on one side, supply on the other, and what fits together."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from directory.models import SupportArea, Unit, User
from distributions.actions.allocation import earmark_text, obeys_earmark
from donors.models import PledgeLine, SupplyLine
from needs.models import Need, SupportItem

# More lines of one item than anybody reads; the filters narrow them.
SUGGESTIONS = 30


@dataclass(frozen=True)
class Sieve:
    """What the board is narrowed to; None: everything within reach."""

    item: SupportItem | None = None
    area: SupportArea | None = None
    commune: Unit | None = None


@dataclass(frozen=True)
class Suggestion:
    """A supply line for the chosen need: how much could go, why it fits or why it must not."""

    line: SupplyLine
    quantity: int
    reason: str
    allowed: bool
    rank: int


def open_needs(user: User, sieve: Sieve) -> QuerySet[Need]:
    """Needs that are not closed (a round closes its own) and not covered, most urgent first."""
    needs = Need.objects.visible_to(user).open_needs()
    if sieve.item:
        needs = needs.filter(item=sieve.item)
    if sieve.area:
        needs = needs.filter(item__area=sieve.area)
    if sieve.commune:
        needs = needs.filter(place__unit=sieve.commune)
    return needs.select_related("round", "item__area", "age_band", "place__unit", "balance").order_by(
        "priority", "place__unit__name", "place__order", "item__order", "age_band__from_year", "pk"
    )


def supply(user: User, sieve: Sieve) -> QuerySet[SupplyLine]:
    """Supply lines with something left, oldest first. A commune narrows away what is bound elsewhere."""
    lines = SupplyLine.objects.visible_to(user).available()
    if sieve.item:
        lines = lines.filter(item=sieve.item)
    if sieve.area:
        lines = lines.filter(item__area=sieve.area)
    if sieve.commune:
        bound = PledgeLine.objects.filter(earmark_hard=True, earmark_place__isnull=False)
        lines = lines.exclude(pledge_line__in=bound.exclude(earmark_place__unit=sieve.commune))
    return lines.select_related(
        "item__area",
        "balance",
        "pledge_line__pledge__donor",
        "pledge_line__pledge__source",
        "pledge_line__earmark_area",
        "pledge_line__earmark_place__unit",
        "pledge_line__earmark_need__item",
        "pledge_line__earmark_need__age_band",
        "pledge_line__earmark_need__place__unit",
    ).order_by(F("pledge_line__pledge__due_on").asc(nulls_last=True), "opened_at", "pk")


def suggestions(user: User, need: Need) -> list[Suggestion]:
    """Supply of the need's item: meant for it first, then in stock, then due soonest; forbidden ones last."""
    found = [_suggest(line, need) for line in supply(user, Sieve(item=need.item))[:SUGGESTIONS]]
    return sorted(found, key=lambda suggestion: suggestion.rank)


def _suggest(line: SupplyLine, need: Need) -> Suggestion:
    quantity = min(need.balance.uncovered, line.balance.unallocated)
    earmark, fits = earmark_text(line.pledge_line), obeys_earmark(line.pledge_line, need)
    facts = {"purpose": earmark}
    in_stock = line.balance.in_stock > 0
    if earmark and fits:
        return Suggestion(line, quantity, _("given for %(purpose)s") % facts, True, 0)
    if earmark and line.pledge_line.earmark_hard:
        return Suggestion(line, 0, _("bound by the donor to %(purpose)s") % facts, False, 4)
    if earmark:
        reason = _("the donor would rather have it go to %(purpose)s") % facts
        return Suggestion(line, quantity, reason, True, 3)
    reason = _("free to use, in stock") if in_stock else _("free to use, still to come")
    return Suggestion(line, quantity, reason, True, 1 if in_stock else 2)
