"""Figures and names as the messages of this room say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Sum
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import clock
from directory.models import Unit, User
from distributions.models import AllocationBalance, Distribution
from distributions.models.allocation import AllocationQuerySet
from distributions.states import DistributionState
from needs.models import SupportItem


def number(value: int) -> str:
    """1.234 in Vietnamese, 1,234 in English."""
    return str(localize(value))


def day(value: date) -> str:
    return date_format(value, "SHORT_DATE_FORMAT")


def thing(item: SupportItem) -> str:
    """The item inside a sentence, with its unit: “bộ đồ ấm”."""
    name = str(item)
    return f"{item.unit} {name[:1].lower()}{name[1:]}"


def listed(parts: Iterable[str]) -> str:
    return "; ".join(parts)


# What an allocation still holds of its supply line: it came neither back nor was it reversed.
HELD = F("quantity") - F("returned") - F("reversed")


def held_by_communes(supply_line_id: int) -> list[tuple[str, int]]:
    """The communes that hold the allocated part of a supply line, and how much; the largest first."""
    held = (
        AllocationBalance.objects.filter(allocation__supply_line_id=supply_line_id)
        .values(unit=F("allocation__need__place__unit"))
        .annotate(held=Sum(HELD))
        .filter(held__gt=0)
        .order_by("-held", "unit")
    )
    names = Unit.objects.in_bulk([row["unit"] for row in held])
    return [(names[row["unit"]].name, row["held"]) for row in held]


def holders_of(supply_line_id: int) -> str:
    """Who holds the allocated part of a supply line: “188 đã phân bổ cho xã Ia Đal”."""
    return listed(
        _("%(quantity)s allocated to %(commune)s") % {"quantity": number(held), "commune": commune}
        for commune, held in held_by_communes(supply_line_id)
    )


def taken_meanwhile(allocations: AllocationQuerySet, by: User) -> str:
    """“Trần A allocated 430 of these at 14:05 today.”; "" if nobody else did, or nothing of it stands.

    ``allocations``: those from one supply line or to one need. The latest of those that still cover something
    is named, with what it covers now; what was left then is not known, for both sides move in many ways.
    """
    latest = allocations.covering().select_related("by", "balance").order_by("pk").last()
    if latest is None or latest.by_id == by.pk or timezone.localdate(latest.at) != clock.today():
        return ""
    return _("%(by)s allocated %(quantity)s of these at %(time)s today.") % {
        "by": latest.by,
        "quantity": number(latest.balance.covering),
        "time": date_format(timezone.localtime(latest.at), "TIME_FORMAT"),
    }


def state_refusal(distribution: Distribution, deed: str) -> str:
    """Why the state does not allow the deed (“be sent”, “be cancelled” …), and what to do instead."""
    facts = {"code": distribution.code, "deed": deed}
    if distribution.sent_on:
        facts |= {"sent": day(distribution.sent_on), "sender": str(distribution.sent_by)}
    if distribution.occurred_on:
        facts |= {"delivered": day(distribution.occurred_on), "confirmer": str(distribution.confirmed_by)}
    return _STATE_REFUSALS[DistributionState(distribution.state)] % facts


_STATE_REFUSALS = {
    DistributionState.PLANNED: gettext_lazy(
        "%(code)s has not been sent yet, so it cannot %(deed)s. The lead agency must send it first."
    ),
    DistributionState.SENT: gettext_lazy(
        "%(code)s was already sent on %(sent)s by %(sender)s, so it cannot %(deed)s. "
        "The receiving commune confirms what arrived."
    ),
    DistributionState.CONFIRMED: gettext_lazy(
        "%(code)s was already confirmed by %(confirmer)s as delivered on %(delivered)s, so it cannot "
        "%(deed)s. Open the distribution to see what was received."
    ),
    DistributionState.CANCELLED: gettext_lazy(
        "%(code)s was cancelled, so it cannot %(deed)s. Plan a new distribution instead."
    ),
}
