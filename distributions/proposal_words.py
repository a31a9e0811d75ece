"""A proposal in words: why this supply for this need, and why a need stays uncovered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distributions.actions import Reasons
from distributions.overlap import Service, in_words
from distributions.proposal import Gap, Share, Shortfall, Why
from distributions.support_plan_sides import due_on, is_overdue
from distributions.wording import day, listed, number
from donors.models import SupplyLine
from needs.models import Need

WHY: dict[Why, str | Promise] = {
    Why.BOUND: gettext_lazy("given for %(purpose)s only"),
    Why.MEANT: gettext_lazy("the donor would like it to go to %(purpose)s"),
    Why.FREE: gettext_lazy("free to use"),
    Why.ELSEWHERE: gettext_lazy(
        "the donor would rather have it go to %(purpose)s, but nothing else is left for this need"
    ),
}
GAPS: dict[Gap, str | Promise] = {
    Gap.NO_SUPPLY: gettext_lazy("no supply of this item is left"),
    Gap.BOUND: gettext_lazy("what is left is bound by its donors to other purposes"),
    Gap.SPENT: gettext_lazy("all that may go there goes to needs that come first"),
    Gap.OUT_OF_SCOPE: gettext_lazy("outside the difficult communes: such a place takes a reason"),
    Gap.SERVED: gettext_lazy("another agency serves the place (%(others)s): that takes a reason"),
}


def reason_of(share: Share, line: SupplyLine, instead_of: SupplyLine | None, kept_for: Need | None) -> str:
    """“free to use; in stock; covers the need alone”. ``instead_of``, ``kept_for``: those of its detour."""
    parts = [WHY[share.why] % {"purpose": line.pledge_line.earmarked_for}, _whether_there(share, line)]
    if share.alone:
        parts.append(_("covers the need alone"))
    if instead_of and kept_for:
        kept = _("instead of pledge %(pledge)s, which %(place)s could not do without")
        facts = {"pledge": instead_of.pledge_line.pledge.code, "place": kept_for.place.full_name}
        parts.append(kept % facts)
    if share.far:
        words = _("kept by %(custodian)s, as nothing nearer fits as well")
        parts.append(words % {"custodian": line.custodian.short_name})
    return listed(parts)


def exceptions_of(outside: bool, beside: Sequence[Service], reasons: Reasons) -> list[str]:
    """What the line takes a reason for, each with LĐTBXH's."""
    parts = []
    if outside:
        words = _("outside the difficult communes, helped because: %(reason)s")
        parts.append(words % {"reason": reasons.out_of_scope.strip()})
    if beside:
        words = _("another agency serves the place (%(others)s), helped because: %(reason)s")
        parts.append(words % {"others": in_words(beside), "reason": reasons.overlap.strip()})
    return parts


def _whether_there(share: Share, line: SupplyLine) -> str:
    if share.at_hand == share.quantity:
        return _("in stock")
    coming = _coming(line)
    if not share.at_hand:
        return coming
    return _("%(quantity)s in stock, the rest %(coming)s") % {
        "quantity": number(share.at_hand),
        "coming": coming,
    }


def _coming(line: SupplyLine) -> str:
    if (due := due_on(line)) is None:
        return _("still to come")
    words = _("overdue since %(day)s") if is_overdue(line) else _("due on %(day)s")
    return words % {"day": day(due)}


def gap_of(shortfall: Shortfall, others: Sequence[Service]) -> str:
    return GAPS[shortfall.why] % {"others": in_words(others)}


def first_few(words: Iterable[str], most: int = 10) -> list[str]:
    """So many as anybody reads, and how many more there are."""
    found = list(words)
    more = len(found) - most
    return found if more <= 0 else [*found[:most], _("and %(count)s more") % {"count": number(more)}]
