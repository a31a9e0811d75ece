"""What falls when a donor does not keep a pledge: read for the preview, and again under the deed's locks.

What came stays, and so does what was sent or delivered. Of what is allocated and not yet sent, the stock that
is there covers the most urgent needs first, the oldest allocation of the same urgency before the newer one;
the rest falls, and with it what is planned of it, the latest distribution first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import User
from directory.roles import Permission
from directory.ways import Way
from distributions.models import Allocation, Distribution, DistributionLine
from distributions.states import DistributionState
from donors.models import CashBalance, Pledge, PledgeLine, SupplyBalance, SupplyLine
from donors.states import PledgeState


@dataclass(frozen=True)
class LetGo:
    """A line of the pledge: what came of it stays, ``to_come`` (pieces or đồng) is expected no more."""

    line: PledgeLine
    came: int
    to_come: int


@dataclass(frozen=True)
class Falling:
    """``falls`` of an allocation is reversed; ``stays`` is open on: the stock that is there covers it."""

    allocation: Allocation
    falls: int
    stays: int


@dataclass(frozen=True)
class TakenOut:
    """``taken`` pieces go out of a line of a planned distribution; ``left`` stay planned."""

    line: DistributionLine
    taken: int
    left: int


@dataclass(frozen=True)
class Fall:
    lines: list[LetGo] = field(default_factory=list)
    allocations: list[Falling] = field(default_factory=list)
    plans: list[TakenOut] = field(default_factory=list)

    def figures(self) -> dict[str, int]:
        """All that falls, by what it is of: a form carries it back, so that a change meanwhile is seen."""
        return {
            **{f"line-{each.line.pk}": each.to_come for each in self.lines},
            **{f"allocation-{each.allocation.pk}": each.falls for each in self.allocations},
            **{f"plan-{each.line.pk}": each.taken for each in self.plans},
        }

    @property
    def reversed_ones(self) -> list[Falling]:
        return [each for each in self.allocations if each.falls]

    @property
    def given_up(self) -> set[int]:
        """The distributions of which nothing stays planned."""
        gone = {each.line.pk for each in self.plans if not each.left}
        of = {each.line.distribution_id for each in self.plans}
        kept = DistributionLine.objects.filter(distribution_id__in=of).exclude(pk__in=gone)
        return of - set(kept.values_list("distribution_id", flat=True))


def may_default(user: User, pledge: Pledge) -> bool:
    """Only the coordinating office of the scope reverses allocations."""
    return user.may(Permission.ALLOCATE) and pledge.scope_id in user.reach.scopes


def way_to_default(user: User, subject: Model) -> Way | None:
    """The button on the page of a pledge that is open."""
    if isinstance(subject, Pledge) and subject.state == PledgeState.OPEN and may_default(user, subject):
        return Way(_("Not kept"), reverse("pledge_default", args=[subject.pk]))
    return None


def supply_of(pledge: Pledge) -> list[SupplyBalance]:
    """The balances of what was promised; a surplus has come, and what was bought was paid for."""
    promised = SupplyBalance.objects.filter(
        line__pledge_line__pledge=pledge, line__origin=SupplyLine.Origin.PLEDGE
    )
    return list(promised.select_related("line__pledge_line__item").order_by("pk"))


def cash_of(pledge: Pledge) -> list[CashBalance]:
    return list(CashBalance.objects.filter(line__pledge=pledge).select_related("line").order_by("pk"))


def open_on(supply: Iterable[SupplyBalance]) -> list[Allocation]:
    """The allocations of the supply lines of which something is not yet sent."""
    lines = [balance.pk for balance in supply]
    return list(Allocation.objects.open_ones().filter(supply_line_id__in=lines).with_names().order_by("pk"))


def fall_of(pledge: Pledge) -> Fall:
    """What falls as things stand now."""
    supply = supply_of(pledge)
    lines = [LetGo(balance.line.pledge_line, balance.received, balance.to_come) for balance in supply] + [
        LetGo(money.line, money.received, money.to_come) for money in cash_of(pledge)
    ]
    allocations = open_on(supply)
    stock = {balance.pk: balance.in_stock for balance in supply}
    falling = sorted(_fall(allocations, stock), key=lambda each: each.allocation.pk)
    return Fall(sorted(lines, key=lambda each: each.line.pk), falling, list(_taken_out(falling)))


def _fall(allocations: Iterable[Allocation], stock: Mapping[int, int]) -> Iterator[Falling]:
    left = dict(stock)
    for allocation in sorted(allocations, key=lambda each: (each.need.priority, each.at, each.pk)):
        stays = min(allocation.balance.open, left[allocation.supply_line_id])
        left[allocation.supply_line_id] -= stays
        yield Falling(allocation, allocation.balance.open - stays, stays)


def planned_lines(allocations: Iterable[int]) -> list[DistributionLine]:
    """Lines of distributions that are planned and not sent, the latest first."""
    lines = DistributionLine.objects.filter(
        allocation_id__in=allocations, distribution__state=DistributionState.PLANNED
    )
    names = ("distribution__lead_agency", "distribution__place__unit", "allocation__need__item")
    return list(lines.select_related(*names).order_by("-distribution__planned_on", "-pk"))


def _taken_out(falling: Iterable[Falling]) -> Iterator[TakenOut]:
    stays = {each.allocation.pk: each.stays for each in falling if each.falls}
    lines = planned_lines(stays)
    too_much = {pk: -left for pk, left in stays.items()}
    for line in lines:
        too_much[line.allocation_id or 0] += line.planned
    for line in lines:
        taken = min(line.planned, max(too_much[line.allocation_id or 0], 0))
        if taken:
            too_much[line.allocation_id or 0] -= taken
            yield TakenOut(line, taken, line.planned - taken)


def distributions_of(pledge: Pledge) -> list[int]:
    """The planned distributions that carry something of the pledge."""
    lines = DistributionLine.objects.filter(allocation__supply_line__pledge_line__pledge=pledge)
    planned = Distribution.objects.planned().filter(pk__in=lines.values("distribution_id"))
    return list(planned.order_by("pk").values_list("pk", flat=True))
