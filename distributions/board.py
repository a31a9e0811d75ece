"""What the allocation board shows: needs on one side, supply on the other, and what fits together."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Agency, SupportArea, Unit, User
from distributions.actions.allocation_checks import earmark_text, obeys_earmark
from donors.models import Pledge, PledgeLine, SupplyBalance, SupplyLine
from donors.models.pledge_line import EARMARKS
from needs.models import AgeBand, Need, SupportItem, SurveyRound

# The best of them: nobody reads more, and the filters narrow them.
SUGGESTIONS = 30


class Whether(TextChoices):
    """Where supply is."""

    IN_STOCK = "in_stock", gettext_lazy("in stock")
    PROMISED = "promised", gettext_lazy("promised, still to come")


@dataclass(frozen=True)
class Sieve:
    """What the board is narrowed to; None or "": everything within reach.

    ``area``, ``item`` and ``commune`` narrow both sides; age band, priority and round the needs; ``giver`` (a
    part of the name or the code of the pledge), custodian and ``whether`` it is here the supply.
    """

    item: SupportItem | None = None
    area: SupportArea | None = None
    commune: Unit | None = None
    age_band: AgeBand | None = None
    priority: int | None = None
    round: SurveyRound | None = None
    giver: str = ""
    custodian: Agency | None = None
    whether: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A supply line for the chosen need: how much could go, why it fits or why it must not."""

    line: SupplyLine
    quantity: int
    reason: str
    allowed: bool
    rank: int


@dataclass(frozen=True)
class Remainders:
    """What is left on both sides, as narrowed. ``item``: only of one item are quantities added up."""

    needs: int
    lines: int
    item: SupportItem | None = None
    lacking: int = 0
    left: int = 0


@dataclass(frozen=True)
class Suggestions:
    """The best for a need, ``more`` that are not shown; ``fitting``: what all allowed ones have left."""

    shown: list[Suggestion]
    more: int
    fitting: int
    in_stock: int


def open_needs(user: User, sieve: Sieve) -> QuerySet[Need]:
    """Needs that are not closed (a round closes its own) and not covered, most urgent first."""
    needs = Need.objects.visible_to(user).open_needs()
    narrowed = {
        "item": sieve.item,
        "item__area": sieve.area,
        "place__unit": sieve.commune,
        "age_band": sieve.age_band,
        "priority": sieve.priority,
        "round": sieve.round,
    }
    needs = needs.filter(**{name: value for name, value in narrowed.items() if value is not None})
    return needs.select_related("round", "item__area", "age_band", "place__unit", "balance").order_by(
        "priority", "place__unit__name", "place__order", "item__order", "age_band__from_year", "pk"
    )


def supply(user: User, sieve: Sieve) -> QuerySet[SupplyLine]:
    """Supply lines with something left, oldest first. A commune narrows away what is bound elsewhere."""
    lines: QuerySet[SupplyLine] = SupplyLine.objects.visible_to(user).available()
    narrowed = {"item": sieve.item, "item__area": sieve.area, "custodian": sieve.custodian}
    lines = lines.filter(**{name: value for name, value in narrowed.items() if value is not None})
    if sieve.commune:
        bound = PledgeLine.objects.filter(earmark_hard=True, earmark_place__isnull=False)
        lines = lines.exclude(pledge_line__in=bound.exclude(earmark_place__unit=sieve.commune))
    if sieve.giver:
        lines = lines.filter(pledge_line__pledge__in=Pledge.objects.search(sieve.giver))
    if sieve.whether:
        lines = _where(lines, sieve.whether)
    return lines.select_related(
        "item__area",
        "balance",
        "custodian",
        "pledge_line__pledge__donor",
        "pledge_line__pledge__source",
        *(f"pledge_line__{name}" for name in EARMARKS),
    ).order_by(F("pledge_line__pledge__due_on").asc(nulls_last=True), "opened_at", "pk")


def remainders(user: User, sieve: Sieve) -> Remainders:
    needs, lines = open_needs(user, sieve).order_by(), supply(user, sieve).order_by()
    lacking = F("balance__quantity") - F("balance__covered")
    of_needs = needs.aggregate(count=Count("pk"), total=Sum(lacking, default=0))
    of_supply = lines.aggregate(count=Count("pk"), total=Sum("left", default=0))
    if sieve.item is None:
        return Remainders(of_needs["count"], of_supply["count"])
    return Remainders(
        of_needs["count"], of_supply["count"], sieve.item, of_needs["total"], of_supply["total"]
    )


def _where(lines: QuerySet[SupplyLine], whether: str) -> QuerySet[SupplyLine]:
    """Lines of which something is in stock, or is still to come."""
    of = {name: F(f"balance__{name}") for name in _PARTS}
    if whether == Whether.IN_STOCK:
        return lines.filter(balance__received__gt=of["sent"] + of["written_off"] + of["moved"])
    return lines.filter(balance__quantity__gt=of["received"] + of["refused"] + of["withdrawn"])


_PARTS = ("received", "refused", "withdrawn", "written_off", "moved", "sent")


def suggestions(user: User, need: Need, sieve: Sieve) -> Suggestions:
    """Supply of the need's item: meant for it first, then in stock, then due soonest; forbidden ones last.

    All of it is ranked before the best are taken. The sieve's supply side narrows it; its needs' side is said
    by the need.
    """
    of_supply = Sieve(item=need.item, giver=sieve.giver, custodian=sieve.custodian, whether=sieve.whether)
    found = sorted(
        (_suggest(line, need) for line in supply(user, of_supply)), key=lambda suggestion: suggestion.rank
    )
    allowed = [each for each in found if each.allowed]
    return Suggestions(
        found[:SUGGESTIONS],
        len(found[SUGGESTIONS:]),
        sum(each.line.balance.unallocated for each in allowed),
        sum(at_hand(each.line.balance) for each in allowed),
    )


def at_hand(balance: SupplyBalance) -> int:
    """How much is in stock and not yet allocated."""
    waiting = balance.allocated - balance.sent
    return max(0, min(balance.unallocated, balance.in_stock - waiting))


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
    return Suggestion(line, quantity, _where_it_is(line.balance), True, 1 if in_stock else 2)


def _where_it_is(balance: SupplyBalance) -> str:
    if balance.in_stock <= 0:
        return _("free to use, still to come")
    if balance.to_come > 0:
        return _("free to use, partly in stock, the rest still to come")
    return _("free to use, in stock")
