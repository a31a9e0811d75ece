"""The chain, walked from each of its links both ways, within reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock
from directory.models import User
from directory.ways import ways_from
from distributions.actions import (
    ConfirmedLine,
    PlannedLine,
    confirm_delivery,
    correct_delivery,
    plan_distribution,
    reverse_allocation,
    send_distribution,
)
from distributions.actions.correction_checks import stands
from distributions.models import AllocationBalance
from donors.actions import move_stock
from donors.models import Receipt
from needs.fill import Fill, fill_of_each
from needs.models import Need
from reports.actions import open_period
from reports.chain import Chain, address
from tests.distributions import build
from tests.donors.buying import bought
from tests.queries import queries_of
from tests.reports.build import correct
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
SECOND_HALF = date(2025, 6, 15)
PARTS = ("delivered", "in_transit", "open", "missing", "returned", "reversed")
ClientOf = Callable[[User], Client]


class Links:
    """One whole chain: 30 needed, 25 allocated of 40 (20 come), 15 delivered, a period that counts them."""

    def __init__(self, world: World) -> None:
        self.need = build.need_of(world, 30)
        line = build.supply_of(world, 40, received=20)
        self.allocation = build.allocated(world, 25, need=self.need, supply_line=line)
        self.distribution = build.delivered(world, 15, allocation=self.allocation)
        self.pledge = line.pledge_line.pledge
        self.receipt = Receipt.objects.get()
        self.period = open_period(
            by=world.user("coordinator"), scope=world.district, kind="half_year", year=2025
        )

    def named(self) -> list[tuple[str, Model]]:
        nouns = ("need", "pledge", "receipt", "allocation", "distribution")
        return [(noun, getattr(self, noun)) for noun in nouns]


@pytest.fixture
def links(world: World) -> Links:
    return Links(world)


def pages(user: User, noun: str, subject: Model) -> list[list[str]]:
    """The addresses that each step links to."""
    return [[link.url for link in step.links] for step in Chain(user, noun, subject).steps()]


def test_all_of_an_allocation_is_told_wherever_it_is(
    world: World, links: Links, coordinator: User, client_of: ClientOf
) -> None:
    """25 allocated: 15 delivered, 1 in transit; of 4 sent 2 came, 1 went back, 1 is missing; 1 taken back."""
    build.sent(world, 1, allocation=links.allocation)
    short = build.sent(world, 4, allocation=links.allocation)
    line = short.lines.get()
    arrived = ConfirmedLine(
        line, 2, returned=1, missing=1, difference_reason="Rách", child_turns={world.band("3-5").pk: 2}
    )
    confirm_delivery(
        by=build.officer_of(world, short), distribution=short, occurred_on=clock.today(), lines=[arrived]
    )
    reverse_allocation(by=coordinator, allocation=links.allocation, quantity=1, reason="Trùng")
    balance = AllocationBalance.objects.get(pk=links.allocation.pk)
    names = [balance._meta.get_field(name).verbose_name for name in PARTS]
    told = list(zip(map(str, names), [17, 1, 4, 1, 1, 1], strict=True))
    assert balance.whereabouts == told
    assert sum(quantity for _name, quantity in told) == balance.quantity == 25
    client = client_of(coordinator)
    [link] = Chain(coordinator, "need", links.need).steps()[3].links
    assert link.facts == ", ".join(f"{name} {quantity}" for name, quantity in told)
    page = client.get(reverse("allocation_list")).content.decode()
    assert all(f"{name} {quantity}" in page for name, quantity in told[3:])


def test_pledges_and_receipts_say_how_much(links: Links, coordinator: User) -> None:
    steps = Chain(coordinator, "need", links.need).steps()
    of = f"{links.need.item.unit} {links.need.item}"
    assert [links_of.facts.rpartition(": ")[2] for links_of in (steps[1].links[0], steps[2].links[0])] == [
        f"40 {of}",
        f"20 {of}",
    ]


def test_from_each_link_to_all_the_others(links: Links, coordinator: User) -> None:
    rows = reverse("period_rows", args=[links.period.pk])
    area, commune = links.distribution.area_id, links.distribution.place.unit_id
    whole = [[reverse(f"{noun}_detail", args=[subject.pk])] for noun, subject in links.named()]
    for noun, subject in links.named():
        assert pages(coordinator, noun, subject) == [*whole, [f"{rows}?area={area}&commune={commune}"]], noun


def test_another_chain_of_the_same_pledge_is_its_neighbour_only_there(
    world: World, links: Links, coordinator: User
) -> None:
    line = links.allocation.supply_line
    second = build.allocated(world, 5, need=build.need_of(world, 5, band="0-2"), supply_line=line)
    from_pledge, from_need = (pages(coordinator, n, s) for n, s in links.named()[1::-1])
    assert [len(step) for step in from_pledge] == [2, 1, 1, 2, 1, 1]
    assert reverse("need_detail", args=[second.need_id]) in from_pledge[0]
    assert [len(step) for step in from_need] == [1, 1, 1, 1, 1, 1]


def test_the_bar_counts_each_piece_once(world: World, links: Links, coordinator: User) -> None:
    """25 allocated: 15 delivered, 5 lie in the stock for it, 5 are still to come; the next gets none."""
    line = links.allocation.supply_line
    other = build.need_of(world, 10, band="0-2")
    build.allocated(world, 10, need=other, supply_line=line)
    fills = fill_of_each(Need.objects.select_related("balance"))
    met = Fill(needed=30, promised=5, stock=5, delivered=15)
    assert fills == {links.need.pk: met, other.pk: Fill(needed=10, promised=10, stock=0, delivered=0)}
    (link,) = Chain(coordinator, "need", links.need).steps()[0].links
    assert link.fill == met
    assert (link.here, link.chain) == (True, "")


def test_what_is_on_its_way_has_come(world: World, links: Links) -> None:
    build.sent(world, 5, allocation=links.allocation)
    (fill,) = fill_of_each(Need.objects.select_related("balance")).values()
    assert (fill.promised, fill.stock, fill.delivered) == (5, 5, 15)


def test_the_list_and_the_page_of_the_need_show_the_same(
    links: Links, officer: User, client_of: ClientOf
) -> None:
    client, met = client_of(officer), Fill(needed=30, promised=5, stock=5, delivered=15)
    assert client.get(reverse("need_detail", args=[links.need.pk])).context["fill"] == met
    assert client.get(reverse("need_list")).context["rows"] == [(links.need, met)]


def test_a_link_without_the_others_is_a_chain_too(world: World, coordinator: User) -> None:
    need, line = build.need_of(world, 5), build.supply_of(world, 9)
    assert [len(step) for step in pages(coordinator, "need", need)] == [1, 0, 0, 0, 0, 0]
    pledge = line.pledge_line.pledge
    assert [len(step) for step in pages(coordinator, "pledge", pledge)] == [0, 1, 1, 0, 0, 0]
    receipt = Receipt.objects.get()
    assert [len(step) for step in pages(coordinator, "receipt", receipt)] == [0, 1, 1, 0, 0, 0]


def test_bought_goods_hang_on_the_money_and_on_what_became_of_them(world: World, coordinator: User) -> None:
    """Also once they were moved; another purchase with the same money is no part of it."""
    purchase = bought(world)
    other = bought(world, quantity=5, money=purchase.cash_line)
    movement = move_stock(
        by=coordinator,
        line=purchase.supply_line,
        to=world.agency("UBND xã Ia Dom"),
        quantity=8,
        occurred_on=clock.today(),
        reason="Gần nơi phát",
    )
    moved = movement.target
    allocation = build.allocated(world, 3, need=build.need_of(world, 10), supply_line=moved)
    receipt = Receipt.objects.get()
    whole = [1, 1, 1, 1, 1, 0, 0]
    for noun, subject in (("need", allocation.need), ("allocation", allocation), ("purchase", purchase)):
        found = pages(coordinator, noun, subject)
        assert [len(step) for step in found] == whole, noun
        assert found[3] == [reverse("purchase_detail", args=[purchase.pk])]
    for noun, subject in (("pledge", purchase.cash_line.pledge), ("receipt", receipt)):
        assert [len(step) for step in pages(coordinator, noun, subject)] == [1, 1, 1, 2, 1, 0, 0], noun
    assert [len(step) for step in pages(coordinator, "purchase", other)] == [0, 1, 1, 1, 0, 0, 0]


def test_a_chain_ends_where_reach_ends(
    world: World, links: Links, officer: User, stranger: User, client_of: ClientOf
) -> None:
    """The commune sees its need and what it got, not the district's pledge; a stranger nothing."""
    assert [len(step) for step in pages(officer, "need", links.need)] == [1, 0, 0, 1, 1, 1]
    assert client_of(stranger).get(address("need", links.need.pk)).status_code == 404
    assert client_of(officer).get(address("pledge", links.pledge.pk)).status_code == 404


def test_the_page_and_the_ways_to_it(links: Links, coordinator: User, client_of: ClientOf) -> None:
    client = client_of(coordinator)
    for noun, subject in links.named():
        url = address(noun, subject.pk)
        ways = [way.url for way in ways_from(coordinator, subject)]
        assert [way for way in ways if way.startswith("/chain/")] == [url]
        assert client.get(url).context["subject"] == subject
        assert f'href="{url}"' in client.get(reverse(f"{noun}_detail", args=[subject.pk])).content.decode()
    rows = client.get(reverse("period_rows", args=[links.period.pk])).content.decode()
    assert f'href="{address("distribution", links.distribution.pk)}"' in rows
    assert client.get("/chain/user/1/").status_code == 404


def test_a_long_chain_costs_no_more_and_says_what_it_leaves_out(
    world: World, links: Links, coordinator: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = client_of(coordinator), address("pledge", links.pledge.pk)
    before = queries_of(client, url)
    for band in ("0-2", "6-10", "11-15"):
        need = build.need_of(world, 5, band=band)
        build.allocated(world, 5, need=need, supply_line=links.allocation.supply_line)
    assert (queries_of(client, url), before <= 21) == (before, True)
    monkeypatch.setattr("reports.chain.AT_MOST", 2)
    needs = Chain(coordinator, "pledge", links.pledge).steps()[0]
    assert (len(needs.links), needs.more) == (2, 2)


def test_a_correction_is_told_and_leads_to_the_period_in_which_it_counts(
    world: World, links: Links, coordinator: User
) -> None:
    correct(world, links.distribution, 12, date(2025, 9, 1))
    year = open_period(by=coordinator, scope=world.district, kind="year", year=2025, starts_on=SECOND_HALF)
    *_before, deliveries, reports = Chain(coordinator, "need", links.need).steps()
    assert deliveries.links[0].facts.endswith(
        _("corrected by %(difference)s on %(day)s")
        % {"difference": "−3", "day": date_format(date(2025, 9, 1), "SHORT_DATE_FORMAT")}
    )
    rows = [reverse("period_rows", args=[period.pk]) for period in (links.period, year)]
    assert [link.url.partition("?")[0] for link in reports.links] == rows


def test_what_a_distribution_carried_to_others_is_no_part_of_the_chain(
    world: World, links: Links, coordinator: User
) -> None:
    """Two needs, one distribution: the line of the other was corrected."""
    day = clock.today()
    other = build.allocated(world, 5, need=build.need_of(world, 9, band="0-2"))
    distribution = plan_distribution(
        by=coordinator,
        area=other.need.item.area,
        lead_agency=coordinator.agency,
        place=other.need.place,
        planned_on=day,
        lines=[PlannedLine(5, allocation=row) for row in (links.allocation, other)],
    )
    send_distribution(by=coordinator, distribution=distribution)
    officer = world.user("officer.iadom")
    lines = distribution.lines.order_by("pk")
    confirmed = [ConfirmedLine(line, 5, child_turns={line.allocation.need.age_band_id: 5}) for line in lines]
    confirm_delivery(by=officer, distribution=distribution, occurred_on=day, lines=confirmed)
    line = lines.get(allocation=other)
    right = ConfirmedLine(
        line, 4, missing=1, difference_reason="Gõ nhầm", child_turns=confirmed[1].child_turns
    )
    correct_delivery(by=officer, line=line, right=right, seen=stands(line))
    said = [
        [link.facts.count("−1") for link in Chain(coordinator, noun, subject).steps()[4].links]
        for noun, subject in (
            ("need", links.need),
            ("allocation", other),
            ("distribution", distribution),
        )
    ]
    assert said == [[0, 0], [1], [1]]


def test_a_correction_of_what_did_not_arrive_is_told_without_a_difference(
    world: World, coordinator: User
) -> None:
    of = build.delivered(world, 15, received=12)
    line = of.lines.get()
    right = ConfirmedLine(
        line, 12, missing=3, difference_reason="Không thấy", child_turns={world.band("3-5").pk: 12}
    )
    committee = world.agency("UBND xã Ia Dom")
    other = world.user("coordinator.2")  # who sent it corrects nothing of it
    correct_delivery(by=other, line=line, right=right, seen=stands(line), on_behalf_of=committee)
    [said] = [link.facts for link in Chain(coordinator, "distribution", of).steps()[4].links]
    assert said.endswith(_("corrected on %(day)s") % {"day": date_format(clock.today(), "SHORT_DATE_FORMAT")})
