"""The proposal against brute force, and each of its preferences by itself. Plain data, no database."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributions.proposal import Detour, Gap, Lack, Offer, Proposal, Share, Shortfall, Why, propose

SPRING, SUMMER = date(2025, 3, 31), date(2025, 6, 30)
FEW = st.integers(min_value=1, max_value=3)
PURPOSES = st.integers(min_value=0, max_value=3)
COMMUNES = st.sampled_from(["A", "B"])
PRIORITIES = (1, 2, 3)


def lack(pk: int, quantity: int = 10, **more: object) -> Lack:
    return Lack(**{"pk": pk, "item": 1, "quantity": quantity, "priority": 1, "asked_on": SPRING} | more)


def offer(pk: int, quantity: int = 10, **more: object) -> Offer:
    return Offer(**{"pk": pk, "item": 1, "quantity": quantity} | more)


def shares(proposal: Proposal) -> list[tuple[int, int, int]]:
    """(supply, need, quantity)"""
    return [(share.offer, share.need, share.quantity) for share in proposal.shares]


# Brute force -------------------------------------------------------------------------------------


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[list[Lack], list[Offer]]:
    """Two items, so that they are seen to be apart; purposes that overlap in any way."""
    lacks = [
        lack(
            pk,
            draw(FEW),
            item=draw(st.sampled_from([1, 1, 2])),
            priority=draw(st.sampled_from(PRIORITIES)),
            asked_on=draw(st.sampled_from([SPRING, SUMMER])),
            purposes=tuple(sorted(draw(st.sets(PURPOSES, max_size=3)))),
            holders=draw(st.sampled_from([None, None, frozenset({7}), frozenset()])),
            left_out=draw(st.sampled_from([None, None, None, Gap.OUT_OF_SCOPE])),
            commune=draw(COMMUNES),
        )
        for pk in range(draw(st.integers(min_value=1, max_value=5)))
    ]
    offers = [
        offer(
            100 + pk,
            draw(FEW),
            item=draw(st.sampled_from([1, 1, 2])),
            at_hand=draw(st.integers(min_value=0, max_value=1)),
            due=draw(st.sampled_from([None, SPRING, SUMMER])),
            purpose=draw(st.none() | PURPOSES),
            binding=draw(st.booleans()),
            holder=draw(st.sampled_from([7, 8])),
            store=draw(st.none() | COMMUNES),
            overdue=draw(st.booleans()),
        )
        for pk in range(draw(st.integers(min_value=1, max_value=5)))
    ]
    return lacks, offers


def allowed(need: Lack, supply: Offer) -> bool:
    """The rules once more, in other words."""
    if need.left_out or need.item != supply.item:
        return False
    if need.holders is not None and supply.holder not in need.holders:
        return False
    return supply.purpose is None or not supply.binding or supply.purpose in need.purposes


def best_by_brute_force(lacks: list[Lack], offers: list[Offer]) -> tuple[int, ...]:
    """Every piece to every need that it may go to, or to none: the most for priority 1, then 2, then 3."""
    reached = {tuple(0 for _ in lacks)}
    for supply in offers:
        for _piece in range(supply.quantity):
            further = set()
            for covered in reached:
                for index, need in enumerate(lacks):
                    if covered[index] < need.quantity and allowed(need, supply):
                        further.add((*covered[:index], covered[index] + 1, *covered[index + 1 :]))
            reached |= further
    return max(by_priority(lacks, dict(enumerate(covered))) for covered in reached)


def by_priority(lacks: list[Lack], covered: dict[int, int]) -> tuple[int, ...]:
    return tuple(
        sum(covered.get(index, 0) for index, need in enumerate(lacks) if need.priority == priority)
        for priority in PRIORITIES
    )


def check_rules(lacks: list[Lack], offers: list[Offer], proposal: Proposal) -> Counter[int]:
    """No more than there is, no more than is lacking, nothing where it must not go. What each need gets."""
    needs, supplies = {need.pk: need for need in lacks}, {supply.pk: supply for supply in offers}
    used: Counter[int] = Counter()
    got: Counter[int] = Counter()
    at_hand: Counter[int] = Counter()
    for share in proposal.shares:
        assert share.quantity > 0
        assert allowed(needs[share.need], supplies[share.offer])
        assert 0 <= share.at_hand <= share.quantity
        used[share.offer] += share.quantity
        got[share.need] += share.quantity
        at_hand[share.offer] += share.at_hand
    assert all(used[pk] <= supplies[pk].quantity for pk in used)
    assert all(at_hand[pk] <= supplies[pk].at_hand for pk in used)
    lacking = {shortfall.need: shortfall.quantity for shortfall in proposal.shortfalls}
    assert lacking == {pk: need.quantity - got[pk] for pk, need in needs.items() if got[pk] < need.quantity}
    assert len({(share.offer, share.need) for share in proposal.shares}) == len(proposal.shares)
    return got


def compare(case: tuple[list[Lack], list[Offer]]) -> None:
    lacks, offers = case
    proposal = propose(lacks, offers)
    got = check_rules(lacks, offers, proposal)
    assert by_priority(lacks, got) == best_by_brute_force(lacks, offers)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(small_cases())
def test_no_plan_covers_more_of_a_higher_priority(case: tuple[list[Lack], list[Offer]]) -> None:
    compare(case)


@pytest.mark.deep
@settings(max_examples=20_000, deadline=None)
@given(small_cases())
def test_no_plan_covers_more_of_a_higher_priority_at_length(case: tuple[list[Lack], list[Offer]]) -> None:
    compare(case)


# What it keeps and prefers -------------------------------------------------------------------------


def test_what_only_one_need_may_use_goes_there_so_that_the_free_is_kept() -> None:
    bound, free = offer(1, purpose="place A", binding=True), offer(2)
    proposal = propose([lack(1, purposes=("place A",)), lack(2, purposes=("place B",))], [free, bound])
    assert shares(proposal) == [(1, 1, 10), (2, 2, 10)]
    assert [share.why for share in proposal.shares] == [Why.BOUND, Why.FREE]


def test_a_detour_is_taken_where_two_purposes_cross() -> None:
    """Both needs may use 1, only the first may use 2: taking the narrowest first does not help here."""
    lacks = [lack(1, purposes=("either", "first")), lack(2, purposes=("either",))]
    offers = [offer(1, purpose="either", binding=True), offer(2, purpose="first", binding=True)]
    proposal = propose(lacks, offers)
    assert shares(proposal) == [(2, 1, 10), (1, 2, 10)]
    assert [share.detour for share in proposal.shares] == [Detour(1, 2), None]


def test_a_detour_may_lead_over_several_needs() -> None:
    """1 and 2 are taken when the third comes: the first gives 1 up for 2, the second 2 for 3."""
    lacks = [lack(1, purposes=("a", "b")), lack(2, purposes=("b", "c")), lack(3, purposes=("a",))]
    offers = [offer(pk, purpose=purpose, binding=True) for pk, purpose in enumerate("abc", 1)]
    proposal = propose(lacks, offers)
    assert shares(proposal) == [(2, 1, 10), (3, 2, 10), (1, 3, 10)]


def test_the_higher_priority_comes_first_then_the_round_that_was_due_earlier() -> None:
    lacks = [
        lack(1, priority=2),
        lack(2, priority=1, asked_on=SUMMER),
        lack(3, priority=1, asked_on=SPRING),
    ]
    proposal = propose(lacks, [offer(1, 15)])
    assert shares(proposal) == [(1, 3, 10), (1, 2, 5)]
    assert proposal.shortfalls == [Shortfall(2, 5, Gap.SPENT), Shortfall(1, 10, Gap.SPENT)]


def test_what_is_at_hand_goes_before_what_is_due_and_the_sooner_due_before_the_later() -> None:
    offers = [offer(1, 4, due=SUMMER), offer(2, 4, due=SPRING), offer(3, 4, at_hand=4), offer(4, 4)]
    assert shares(propose([lack(1, 13)], offers)) == [(3, 1, 4), (2, 1, 4), (1, 1, 4), (4, 1, 1)]


def test_a_wish_is_followed_where_it_costs_no_one_anything() -> None:
    wished, free = offer(1, purpose="place B"), offer(2)
    lacks = [lack(1, purposes=("place A",)), lack(2, purposes=("place B",), priority=3)]
    proposal = propose(lacks, [wished, free])
    assert [(share.offer, share.need, share.why) for share in proposal.shares] == [
        (2, 1, Why.FREE),
        (1, 2, Why.MEANT),
    ]


def test_a_wish_is_passed_over_rather_than_a_higher_priority() -> None:
    lacks = [lack(1, purposes=("place A",)), lack(2, purposes=("place B",), priority=3)]
    proposal = propose(lacks, [offer(1, purpose="place B")])
    assert proposal.shares == [Share(1, 1, 10, 0, Why.ELSEWHERE, alone=True)]


def test_one_supply_that_is_enough_goes_before_two() -> None:
    offers = [offer(1, 6), offer(2, 30), offer(3, 12), offer(4, 5)]
    assert shares(propose([lack(1, 11)], offers)) == [(3, 1, 11)]
    assert shares(propose([lack(1, 33)], offers)) == [(2, 1, 30), (4, 1, 3)]


def test_what_is_kept_nearer_goes_before_another_communes_store() -> None:
    """In the commune itself, then by an office for all; what another commune keeps stays for that."""
    offers = [offer(1, 12, store="B"), offer(2, 20), offer(3, 30, store="A")]
    proposal = propose([lack(1, 45, commune="A")], offers)
    assert shares(proposal) == [(2, 1, 15), (3, 1, 30)]
    proposal = propose([lack(1, commune="A"), lack(2, 20, commune="B")], [offers[0], offers[1]])
    assert shares(proposal) == [(2, 1, 10), (1, 2, 12), (2, 2, 8)]
    assert [share.far for share in propose([lack(1, commune="A")], offers[:1]).shares] == [True]


def test_nearness_comes_after_all_that_the_office_promised() -> None:
    """The day, the donor's wish, fewer parts."""
    near, need = offer(1, 6, store="A", due=SUMMER), lack(1, commune="A", purposes=("A",))
    for better in (
        offer(2, 6, store="B", due=SPRING),
        offer(2, 6, store="B", due=SUMMER, purpose="A"),
        offer(2, 10, store="B", due=SUMMER),
    ):
        assert shares(propose([need], [near, better]))[0][:2] == (2, 1)


def test_what_is_overdue_goes_last() -> None:
    offers = [offer(1, 4, due=SPRING, overdue=True), offer(2, 4), offer(3, 4, due=SUMMER)]
    assert [pk for pk, _need, _quantity in shares(propose([lack(1, 12)], offers))] == [3, 2, 1]
    there = offer(4, 4, at_hand=4, due=SPRING, overdue=True)
    assert shares(propose([lack(1, 4)], [*offers, there])) == [(4, 1, 4)]


def test_of_what_is_not_enough_the_largest_goes_first_whoever_brought_it() -> None:
    offers = [offer(1, 2, holder=7), offer(2, 10, holder=8), offer(3, 10, holder=8)]
    assert shares(propose([lack(1, 20)], offers)) == [(2, 1, 10), (3, 1, 10)]


def test_what_is_bound_to_a_purpose_goes_before_what_is_wished_for_it() -> None:
    offers = [offer(1, purpose="place A"), offer(2, purpose="place A", binding=True)]
    assert shares(propose([lack(1, purposes=("place A",))], offers)) == [(2, 1, 10)]


@pytest.mark.parametrize(
    ("need", "why"),
    [
        ({"item": 2}, Gap.NO_SUPPLY),
        ({"purposes": ("place A",)}, Gap.BOUND),
        ({"left_out": Gap.OUT_OF_SCOPE}, Gap.OUT_OF_SCOPE),
        ({"purposes": ("place B",), "holders": frozenset({8})}, Gap.SERVED),
        ({"purposes": ("place B",), "priority": 2}, Gap.SPENT),
    ],
)
def test_what_stays_uncovered_is_told_with_why(need: dict[str, object], why: Gap) -> None:
    bound = offer(1, purpose="place B", binding=True, holder=7)
    proposal = propose([lack(1, **need), lack(2, purposes=("place B",))], [bound])
    assert [(gap.need, gap.why) for gap in proposal.shortfalls] == [(1, why)]


def test_how_much_is_at_hand_is_told_to_those_who_come_first() -> None:
    proposal = propose([lack(1, 6), lack(2, 6, priority=2)], [offer(1, 12, at_hand=8)])
    assert [(share.need, share.at_hand) for share in proposal.shares] == [(1, 6), (2, 2)]


def test_the_same_figures_give_the_same_plan() -> None:
    lacks = [lack(pk, 3, purposes=(pk % 2,)) for pk in range(20)]
    offers = [offer(pk, 5, purpose=pk % 3 or None) for pk in range(10)]
    assert propose(lacks, offers) == propose(lacks, offers[::-1])


def test_items_do_not_mix() -> None:
    got = defaultdict(int)
    for share in propose([lack(1), lack(2, item=2)], [offer(1, 4), offer(2, 4, item=2)]).shares:
        got[share.need] += share.quantity
    assert got == {1: 4, 2: 4}
