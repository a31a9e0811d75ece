"""A proposed support plan for a user: what is asked and offered, the proposal, and each line in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.utils.translation import override

from directory import clock
from directory.models import Unit, User
from directory.scope import difficult_among
from distributions import board
from distributions.actions import ProposedGap, ProposedLine, Reasons
from distributions.overlap import Others, Service
from distributions.proposal import Gap, Lack, Proposal, Share, Shortfall, propose
from distributions.proposal_words import exceptions_of, gap_of, reason_of
from distributions.support_plan_sides import Group, Purposes, Stores, groups_of, is_overdue, offer_of
from distributions.wording import listed
from donors.models import SupplyLine
from needs.models import Need, SurveyRound


@dataclass(frozen=True)
class Of:
    """What a support plan is of: the needs of one year within a scope."""

    scope: Unit
    year: int

    @property
    def key(self) -> str:
        return f"{self.scope.pk}-{self.year}"


def choices_for(user: User) -> list[Of]:
    """What the user may plan for: each year of a running round within the own scopes, newest first."""
    rounds = SurveyRound.objects.in_hand().filter(scope_id__in=user.reach.scopes).select_related("scope")
    found = {
        (each.scope_id, each.year): Of(each.scope, each.year) for each in rounds.order_by("-year", "scope")
    }
    return list(found.values())


@dataclass(frozen=True)
class DraftLine:
    """One line of the proposal. ``left`` and ``lacking``: of its two sides, before the plan; ``left_now``
    and ``lacking_now``: after the lines before it. ``outside`` the difficult communes; ``beside``: who else
    serves the place; ``exceptions``: LĐTBXH's reasons for both, in words."""

    share: Share
    supply_line: SupplyLine
    need: Need
    reason: str
    left_now: int
    lacking_now: int
    outside: bool = False
    beside: Sequence[Service] = ()
    exceptions: Sequence[str] = ()

    @property
    def is_doubtful(self) -> bool:
        """A part of it was to have come by now: nobody should accept it unseen."""
        return self.share.at_hand < self.share.quantity and is_overdue(self.supply_line)

    @property
    def left(self) -> int:
        return self.supply_line.balance.unallocated

    @property
    def lacking(self) -> int:
        return self.need.balance.uncovered

    @property
    def pair(self) -> tuple[int, int]:
        return (self.share.offer, self.share.need)


@dataclass(frozen=True)
class DraftGap:
    need: Need
    lacking: int
    reason: str


class Draft:
    """A proposal as the figures are now. It changes nothing; accepting is ``accept_plan``."""

    def __init__(self, user: User, of: Of, sieve: board.Sieve, reasons: Reasons) -> None:
        self.of = of
        self.reasons = reasons
        self.made_at: datetime = clock.now()
        needs = board.open_needs(user, sieve).filter(round__scope=of.scope, round__year=of.year)
        lines = board.supply(user, sieve).filter(pledge_line__pledge__scope=of.scope)
        self.needs = {need.pk: need for need in _open_ones(needs.select_related("survey"))}
        items = {need.item_id for need in self.needs.values()}
        promises = ("pledge_line__instalments", "pledge_line__supply_lines__balance")
        lines = lines.filter(item__in=items).select_related("custodian__unit").prefetch_related(*promises)
        self.supply = {line.pk: line for line in lines}
        self.stores = Stores()
        self.others = Others(of.scope, of.year, list(self.needs.values()))

    @cached_property
    def proposal(self) -> Proposal:
        groups = groups_of(self.others, self.supply.values())
        offers = [
            offer_of(line, groups[line.pk].number, self.stores.of_line(line)) for line in self.supply.values()
        ]
        return propose(self._lacks({group.number: group for group in groups.values()}), offers)

    @cached_property
    def lines(self) -> list[DraftLine]:
        """Those that rest on what is overdue come last."""
        left: Counter[int] = Counter()
        lacking: Counter[int] = Counter()
        found = []
        for share in self._shares:
            line, need = self.supply[share.offer], self.needs[share.need]
            left_now = line.balance.unallocated - left[line.pk]
            lacking_now = need.balance.uncovered - lacking[need.pk]
            left[line.pk] += share.quantity
            lacking[need.pk] += share.quantity
            outside, beside = need.place.unit_id not in self._difficult, self._beside(line, need)
            reason = self._reason(share)
            exceptions = exceptions_of(outside, beside, self.reasons)
            sides = (line, need, reason, left_now, lacking_now)
            found.append(DraftLine(share, *sides, outside, beside, exceptions))
        return found

    @property
    def held_back(self) -> bool:
        """There is supply for a need that gets none without a reason of LĐTBXH."""
        items = {line.item_id for line in self.supply.values()}
        waiting = [gap for gap in self.proposal.shortfalls if gap.why in (Gap.OUT_OF_SCOPE, Gap.SERVED)]
        return any(self.needs[gap.need].item_id in items for gap in waiting)

    @cached_property
    def _shares(self) -> list[Share]:
        def is_late(share: Share) -> bool:
            return share.at_hand < share.quantity and is_overdue(self.supply[share.offer])

        return sorted(self.proposal.shares, key=is_late)

    @cached_property
    def gaps(self) -> list[DraftGap]:
        return [
            DraftGap(self.needs[gap.need], gap.quantity, self._gap(gap)) for gap in self.proposal.shortfalls
        ]

    def proposed_lines(self) -> list[ProposedLine]:
        """What ``accept_plan`` takes: the record speaks the office's language, whatever the reader's."""
        with override(settings.LANGUAGE_CODE):
            return [
                ProposedLine(
                    line.supply_line,
                    line.need,
                    line.share.quantity,
                    listed(
                        [self._reason(line.share), *exceptions_of(line.outside, line.beside, self.reasons)]
                    ),
                    line.left,
                    line.lacking,
                )
                for line in self.lines
            ]

    def proposed_gaps(self) -> list[ProposedGap]:
        with override(settings.LANGUAGE_CODE):
            return [
                ProposedGap(self.needs[gap.need], gap.quantity, self._gap(gap))
                for gap in self.proposal.shortfalls
            ]

    def _beside(self, line: SupplyLine, need: Need) -> list[Service]:
        """Without a reason for it nothing is proposed beside another agency."""
        return self.others.beside(need, line.pledge_line.pledge) if self.reasons.overlap.strip() else []

    @cached_property
    def _difficult(self) -> set[int]:
        return difficult_among({need.place.unit for need in self.needs.values()}, clock.today())

    def _reason(self, share: Share) -> str:
        detour = share.detour
        return reason_of(
            share,
            self.supply[share.offer],
            self.supply[detour.offer] if detour else None,
            self.needs[detour.need] if detour else None,
        )

    def _gap(self, shortfall: Shortfall) -> str:
        return gap_of(shortfall, self.others.at(self.needs[shortfall.need]))

    def _lacks(self, groups: Mapping[int, Group]) -> Iterator[Lack]:
        purposes = Purposes(self.supply.values())
        for need in self.needs.values():
            outside = need.place.unit_id not in self._difficult and not self.reasons.out_of_scope.strip()
            yield Lack(
                need.pk,
                need.item_id,
                need.balance.uncovered,
                need.priority,
                need.round.due_on,
                purposes.of(need),
                self._holders(need, groups),
                Gap.OUT_OF_SCOPE if outside else None,
                self.stores.of_need(need),
            )

    def _holders(self, need: Need, groups: Mapping[int, Group]) -> frozenset[int] | None:
        """Whose supply may go there without overlapping what others do."""
        served = [] if self.reasons.overlap.strip() else self.others.at(need)
        if not served:
            return None
        return frozenset(number for number, group in groups.items() if group.does_all(served))


def _open_ones(needs: Iterable[Need]) -> Iterator[Need]:
    """Those of a round that is open for their commune; what came back after its close stays."""
    rounds: dict[int, SurveyRound] = {}
    for need in needs:
        need.round = rounds.setdefault(need.round_id, need.round)
        if need.round.is_open_for(need.survey.commune_id):
            yield need
