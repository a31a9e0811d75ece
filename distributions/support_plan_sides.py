"""Supply and needs as the proposal sees them: who brings it, what it may be for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from directory import clock
from directory.models import Place, Succession, Unit
from distributions.board import at_hand
from distributions.overlap import Others, Service
from distributions.proposal import Offer, Purpose
from donors.models import PledgeLine, SupplyLine
from needs.models import Need

Earmark = PledgeLine.Earmark


# Who brings it ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Supply of one agency (``own``: with those that it took over); ``pledge``: of this pledge alone, which
    somebody else has bought for."""

    number: int
    own: frozenset[int]
    pledge: int | None

    def does_all(self, services: Sequence[Service]) -> bool:
        return all(each.agency_id in self.own or self._is_of_it(each) for each in services)

    def _is_of_it(self, service: Service) -> bool:
        """Budget-paid services and plans are of no pledge, and so of nobody's."""
        return self.pledge is not None and service.pledge_id == self.pledge


def groups_of(others: Others, lines: Iterable[SupplyLine]) -> dict[int, Group]:
    """The group of each supply line by id."""
    found: dict[tuple[int, int | None], Group] = {}
    of_line: dict[int, Group] = {}
    for line in lines:
        pledge = line.pledge_line.pledge
        own = frozenset(others.own(pledge.mobilised_by_id))
        key = (pledge.mobilised_by_id, pledge.pk if others.bought_by_others(pledge, own) else None)
        found.setdefault(key, Group(len(found), own, key[1]))
        of_line[line.pk] = found[key]
    return of_line


# Where it is kept ---------------------------------------------------------------------------------


class Stores:
    """Which commune keeps a supply, and in which a need is: as they stand today, after all mergers."""

    def __init__(self) -> None:
        rows = Succession.objects.filter(on__lte=clock.today()).order_by("share")
        self._heirs = dict(rows.values_list("predecessor_id", "successor_id"))

    def of_need(self, need: Need) -> int:
        return self._today(need.place.unit_id)

    def of_line(self, line: SupplyLine) -> int | None:
        """None: an office for all communes keeps it."""
        unit = line.custodian.unit
        return self._today(unit.pk) if unit.level == Unit.Level.COMMUNE else None

    def _today(self, pk: int) -> int:
        while pk in self._heirs:
            pk = self._heirs[pk]
        return pk


# What it may be for -------------------------------------------------------------------------------


def offer_of(line: SupplyLine, holder: int, store: int | None) -> Offer:
    balance, pledge_line = line.balance, line.pledge_line
    return Offer(
        line.pk,
        line.item_id,
        balance.unallocated,
        at_hand(balance),
        due_on(line),
        _purpose(pledge_line),
        pledge_line.earmark_hard,
        holder,
        store,
        is_overdue(line),
    )


def due_on(line: SupplyLine) -> date | None:
    """The first day on which something of it is to come; what was bought with a pledge's money has none
    of its own."""
    promised = line.origin == SupplyLine.Origin.PLEDGE
    return line.pledge_line.due_day if promised else line.pledge_line.pledge.due_on


def is_overdue(line: SupplyLine) -> bool:
    """Something of it was to come before today and has not, as the giver promised."""
    day = due_on(line) if line.origin == SupplyLine.Origin.PLEDGE and line.balance.to_come else None
    return day is not None and day < clock.today()


def _purpose(line: PledgeLine) -> Purpose | None:
    named = {
        Earmark.AREA: line.earmark_area_id,
        Earmark.PLACE: line.earmark_place_id,
        Earmark.NEED: line.earmark_need_id,
    }
    return (line.earmark, named[Earmark(line.earmark)]) if line.earmark in named else None


class Purposes:
    """Which of the purposes that donors named a need is in: as ``obeys_earmark`` says, for many at once."""

    def __init__(self, lines: Iterable[SupplyLine]) -> None:
        self._before = dict(Place.objects.filter(continues__isnull=False).values_list("pk", "continues_id"))
        self._whole: dict[int, list[int]] = defaultdict(list)  # commune → places that are all of it
        self._meets: dict[int, set[int]] = defaultdict(
            set
        )  # a place of before → named places that continue it
        self._named: set[int] = set()
        for line in lines:
            if (place := line.pledge_line.earmark_place) and place.pk not in self._named:
                self._named.add(place.pk)
                for pk in self._chain(place.pk):
                    self._meets[pk].add(place.pk)
                if place.kind == Place.Kind.COMMUNE:
                    self._whole[place.unit_id].append(place.pk)

    def of(self, need: Need) -> tuple[Purpose, ...]:
        """The narrowest first."""
        same = (set(self._chain(need.place_id)) & self._named) | self._meets.get(need.place_id, set())
        whole = [pk for pk in self._whole.get(need.place.unit_id, ()) if pk not in same]
        places = [(Earmark.PLACE, pk) for pk in [*sorted(same), *whole]]
        return ((Earmark.NEED, need.pk), *places, (Earmark.AREA, need.item.area_id))

    def _chain(self, pk: int) -> list[int]:
        """The place and what it continues."""
        chain = [pk]
        while (before := self._before.get(chain[-1])) is not None and before not in chain:
            chain.append(before)
        return chain
