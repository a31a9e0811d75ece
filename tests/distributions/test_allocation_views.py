"""The board and the pages of allocations."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.errors import Refusal
from directory.models import User
from distributions.actions import ConfirmedLine, confirm_delivery, reverse_allocation, send_distribution
from distributions.by_budget import given_by_budget
from distributions.models import Allocation
from distributions.todo import todo
from distributions.wording import taken_meanwhile
from donors.actions import withdraw_pledge
from tests.distributions import build
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db


def test_the_list_is_narrowed_to_where_the_goods_are_for_whom_and_from_whom(
    world, coordinator, client_of
) -> None:
    there, sent = build.allocated(world, 20, commune="Ia Đal"), build.sent(world, 20).lines.get().allocation
    client, address = client_of(coordinator), reverse("allocation_list")

    def listed(**chosen: object) -> set[int]:
        return {row.pk for row in client.get(address, chosen).context["page"]}

    assert listed() == listed(giver=build.GIVER) == listed(year=2025) == {there.pk, sent.pk}
    assert (listed(where="in_transit"), listed(where="lost")) == ({sent.pk}, set())
    assert listed(commune=world.commune("Ia Đal").pk) == {there.pk}
    assert listed(giver=sent.supply_line.pledge_line.pledge.code) == {sent.pk}
    assert listed(item=world.item("play_area").pk) == listed(giver="Không ai") == set()


def test_the_board_shows_both_sides_with_what_is_left(world, coordinator, client_of) -> None:
    build.allocated(world, 20, need=build.need_of(world, 50), supply_line=build.supply_of(world, 200))
    page = client_of(coordinator).get(reverse("allocation_board"))
    assert page.status_code == 200
    assert [row.balance.uncovered for row in page.context["needs"]] == [30]
    assert [line.balance.unallocated for line in page.context["supply"]] == [180]


def test_a_chosen_need_gets_supply_of_its_item_up_to_what_both_have(world, coordinator, client_of) -> None:
    need = build.need_of(world, 50)
    line = build.supply_of(world, 30)
    build.supply_of(world, 30, item="play_area")
    page = client_of(coordinator).get(reverse("allocation_board"), {"need": need.pk})
    [(suggestion, form, _others)] = page.context["suggestions"]
    assert (suggestion.line, form.initial["quantity"]) == (line, 30)


def test_what_has_come_in_part_is_not_said_to_be_in_stock(world, coordinator, client_of) -> None:
    need = build.need_of(world, 50)
    for received in (0, 10, 30):
        build.supply_of(world, 30, received=received)
    page = client_of(coordinator).get(reverse("allocation_board"), {"need": need.pk})
    reasons = {each.line.balance.received: each.reason for each, *_more in page.context["suggestions"]}
    assert len(set(reasons.values())) == len(reasons) == 3


def test_binding_earmarks_are_shown_but_offer_nothing(world, coordinator, client_of) -> None:
    need = build.need_of(world, 50)
    build.supply_of(world, 30, earmark="place", earmark_hard=True, earmark_place=world.village("Ia Đal"))
    page = client_of(coordinator).get(reverse("allocation_board"), {"need": need.pk})
    [(suggestion, _form, _others)] = page.context["suggestions"]
    assert (suggestion.allowed, suggestion.quantity) == (False, 0)
    assert 'name="supply_line"' not in page.content.decode()


def post_allocation(client, need, line, quantity="20", **more):
    data = {"need": need.pk, "supply_line": line.pk, "quantity": quantity, "client_key": uuid.uuid4()}
    return client.post(reverse("allocation_create"), data | more)


def test_allocate_and_go_on_with_the_same_need(world, coordinator, client_of) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world, 200)
    answer = post_allocation(client_of(coordinator), need, line)
    assert (answer.status_code, answer.url) == (302, f"{reverse('allocation_board')}?need={need.pk}")
    assert Allocation.objects.get().quantity == 20


def test_a_double_click_allocates_once(world, coordinator, client_of) -> None:
    need, line, key = build.need_of(world, 50), build.supply_of(world, 200), uuid.uuid4()
    client = client_of(coordinator)
    answers = [post_allocation(client, need, line, client_key=key).status_code for _ in range(2)]
    assert (answers, Allocation.objects.count()) == ([302, 302], 1)


def test_a_refusal_shows_the_board_again_with_what_was_typed(world, coordinator, client_of) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world, 30)
    page = post_allocation(client_of(coordinator), need, line, quantity="31")
    assert (page.status_code, Allocation.objects.count()) == (409, 0)
    [(_suggestion, form, _others)] = page.context["suggestions"]
    assert (form["quantity"].value(), list(form.errors)) == ("31", ["quantity"])


@pytest.mark.parametrize("quantity", ["", "hai mươi", "-5", "0", "1000000000000", "1,5"])
def test_what_is_no_quantity_is_refused(world, coordinator, client_of, quantity) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world, 30)
    page = post_allocation(client_of(coordinator), need, line, quantity=quantity)
    assert (page.status_code, Allocation.objects.count()) == (422, 0)


def test_only_the_coordinating_office_allocates(world, leader, officer, client_of) -> None:
    need, line = build.need_of(world, 50), build.supply_of(world, 30)
    answers = [post_allocation(client_of(user), need, line).status_code for user in (leader, officer)]
    assert (answers, Allocation.objects.count()) == ([403, 403], 0)


def test_a_strangers_allocation_does_not_exist(world, stranger, client_of) -> None:
    allocation = build.allocated(world)
    url = reverse("allocation_detail", args=[allocation.pk])
    assert client_of(stranger).get(url).status_code == 404


def test_the_detail_shows_where_it_is_and_every_move(world, officer, client_of) -> None:
    distribution = build.delivered(world, 20, received=15)
    allocation = distribution.lines.get().allocation
    page = client_of(officer).get(reverse("allocation_detail", args=[allocation.pk]))
    assert [(move.kind, move.quantity) for move in page.context["moves"]] == [
        ("allocate", 20),
        ("send", 20),
        ("deliver", 15),
        ("return", 5),
    ]
    assert page.context["may_reverse"] is False


def test_reverse_needs_a_reason_and_keeps_what_was_typed(world, coordinator, client_of) -> None:
    allocation = build.allocated(world, 20)
    client, url = client_of(coordinator), reverse("allocation_reverse", args=[allocation.pk])
    page = client.post(url, {"quantity": "5", "reason": "", "client_key": uuid.uuid4()})
    assert (page.status_code, page.context["form"]["quantity"].value()) == (422, "5")
    key = uuid.uuid4()
    for _time in range(2):
        answer = client.post(url, {"quantity": "5", "reason": "Nhầm xã", "client_key": key})
        assert answer.status_code == 302
    allocation.balance.refresh_from_db()
    assert (allocation.balance.open, allocation.balance.reversed) == (15, 5)


def test_more_than_is_open_cannot_be_taken_back(world, coordinator, client_of) -> None:
    allocation = build.allocated(world, 20)
    url = reverse("allocation_reverse", args=[allocation.pk])
    page = client_of(coordinator).post(url, {"quantity": "21", "reason": "Nhầm xã"})
    assert (page.status_code, list(page.context["form"].errors)) == (409, ["quantity"])


def test_pages_cost_the_same_for_one_row_and_for_three(world: World, coordinator: User, client_of) -> None:
    client = client_of(coordinator)

    def costs() -> list[int]:
        board = reverse("allocation_board")
        need = Allocation.objects.order_by("pk").first().need_id
        return [
            queries_of(client, url) for url in (board, f"{board}?need={need}", reverse("allocation_list"))
        ]

    def one(band: str) -> None:
        need, line = build.need_of(world, 50, band=band), build.supply_of(world, 200)
        build.allocated(world, 20, need=need, supply_line=line)

    one("0-2")
    before = costs()
    one("3-5")
    one("6-10")
    assert costs() == before


def test_a_withdrawal_is_told_who_holds_the_goods(world, coordinator) -> None:
    promised = build.supply_of(world, 20, received=0)
    pledge = build.allocated(world, 20, supply_line=promised).supply_line.pledge_line.pledge
    with pytest.raises(Refusal) as refused:
        withdraw_pledge(by=coordinator, pledge=pledge, reason="x")
    assert "(20 xã Ia Dom)" in str(refused.value)


def test_going_back_and_changing_the_form_is_no_second_success(world, coordinator, client_of) -> None:
    allocation, key = build.allocated(world, 20), str(uuid.uuid4())
    client, url = client_of(coordinator), reverse("allocation_reverse", args=[allocation.pk])
    first = {"quantity": "5", "reason": "Thừa", "client_key": key}
    assert [client.post(url, first).status_code for _ in range(2)] == [302, 302]
    assert client.post(url, first | {"quantity": "12"}).status_code == 422
    allocation.balance.refresh_from_db()
    assert allocation.balance.reversed == 5


def test_urgent_needs_of_different_items_are_not_added_up(world, coordinator) -> None:
    for item, band in (("warm_clothing", "3-5"), ("play_area", "all")):
        build.need_of(world, 10, item=item, band=band)
        build.supply_of(world, 1, item=item)
    (task,) = [task for task in todo(coordinator) if task.url == reverse("allocation_board")]
    assert task.status == ""


def test_who_mobilised_the_goods_reads_who_carried_them_without_a_way_there(
    world: World, coordinator: User, client_of
) -> None:
    line = build.supply_of(world, 20, mobilised_by=world.agency("Hội LHPN"))
    allocation = build.allocated(world, 20, supply_line=line)
    distribution = build.sent(world, 20, allocation=allocation)
    ways = {
        username: reverse("distribution_detail", args=[distribution.pk]) in page
        for username in ("union", "coordinator")
        if distribution.code in (page := shown(client_of(world.user(username)), allocation))
    }
    assert ways == {"union": False, "coordinator": True}


def shown(client, allocation: Allocation) -> str:
    return client.get(reverse("allocation_detail", args=[allocation.pk])).content.decode()


def test_two_by_hand_the_second_is_told_who_was_faster(world, coordinator, client_of) -> None:
    need, line = build.need_of(world, 480), build.supply_of(world, 470)
    build.allocated(world, 40, need=need, supply_line=line, by=coordinator)
    build.allocated(world, 430, need=need, supply_line=line, by=world.user("coordinator.2"))
    page = post_allocation(client_of(coordinator), need, build.supply_of(world, 100), quantity="20")
    [(_suggestion, form, _others)] = [each for each in page.context["suggestions"] if each[1].errors]
    [said] = form.errors["quantity"]
    assert (said.count("coordinator.2"), said.count("430")) == (1, 1)
    mine = post_allocation(client_of(world.user("coordinator.2")), need, line, quantity="20")
    assert "coordinator.2" not in str(
        [form.errors for _suggestion, form, _others in mine.context["suggestions"]]
    )


def test_only_what_still_stands_of_a_colleagues_allocation_is_told(world, coordinator) -> None:
    """Nothing is said of what was left then: it has moved since."""
    need, line = build.need_of(world, 480), build.supply_of(world, 470)
    colleague = world.user("coordinator.2")
    first = build.allocated(world, 40, need=need, supply_line=line, by=colleague)
    second = build.allocated(world, 430, need=need, supply_line=line, by=colleague)
    reverse_allocation(by=colleague, allocation=second, quantity=30, reason="Nhầm")
    at = timezone.localtime(second.at).strftime("%H:%M")
    assert figures_in(taken_meanwhile(need.allocations.all(), coordinator), colleague) == [
        "400",
        *at.split(":"),
    ]
    reverse_allocation(by=colleague, allocation=second, quantity=400, reason="Nhầm")
    at = timezone.localtime(first.at).strftime("%H:%M")
    assert figures_in(taken_meanwhile(line.allocations.all(), coordinator), colleague) == [
        "40",
        *at.split(":"),
    ]
    reverse_allocation(by=colleague, allocation=first, quantity=40, reason="Nhầm")
    assert taken_meanwhile(need.allocations.all(), coordinator) == ""


def figures_in(said: str, by: User) -> list[str]:
    return re.findall(r"\d+", said.replace(str(by), ""))


def test_the_board_marks_places_outside_the_difficult_communes(world, coordinator, client_of) -> None:
    inside, outside = build.need_of(world, 5), build.need_of(world, 5, commune="Ia Tơi", priority=2)
    page = client_of(coordinator).get(reverse("allocation_board"))
    assert [(need, marked) for need, marked, _given in page.context["rows"]] == [
        (inside, False),
        (outside, True),
    ]


def test_what_is_not_reported_is_not_called_covered(world, coordinator, union_officer, client_of) -> None:
    """Ia Tơi has no approved survey; the union leads nothing and sees no need."""
    build.need_of(world, 5)
    silent = client_of(coordinator).get(reverse("allocation_board"), {"commune": world.commune("Ia Tơi").pk})
    assert silent.context["reporting"].is_unknown
    known = client_of(coordinator).get(reverse("allocation_board"), {"commune": world.commune("Ia Dom").pk})
    assert (known.context["reporting"].silent, known.context["left"].needs) == ([], 1)
    page = client_of(union_officer).get(reverse("allocation_board"))
    assert (page.status_code, page.context["sees_needs"]) == (200, False)
    covered = _("No open need here: all are covered, or the filter shows none.")
    assert [covered in each.content.decode() for each in (silent, page)] == [False, False]


def test_services_from_budgets_stand_beside_the_need(world, coordinator, client_of) -> None:
    """In its age band, in its commune, of its year; a planned one has given nothing yet."""
    need = build.need_of(world, 50, item="check_up")
    other = build.need_of(world, 50, item="check_up", band="0-2")
    build.need_of(world, 50, item="check_up", commune="Ia Đal")
    service = build.serving(world, 40)
    build.serving(world, 30)
    send_distribution(by=world.user("health"), distribution=service)
    turns = {world.band("3-5").pk: 38, world.band("0-2").pk: 2}
    line = ConfirmedLine(service.lines.get(), 40, child_turns=turns)
    confirm_delivery(
        by=world.user("officer.iadom"), distribution=service, occurred_on=service.planned_on, lines=[line]
    )
    client, url = client_of(coordinator), reverse("allocation_board")
    given = {each.pk: by.turns for each, _outside, by in client.get(url).context["rows"] if by}
    assert given == {need.pk: 38, other.pk: 2}
    chosen = client.get(url, {"need": need.pk}).context["by_budget"]
    assert (chosen.turns, chosen.codes) == (38, [service.code])
    seen = [given_by_budget([need], world.user(name)) for name in ("health", "officer.iadal", "culture")]
    assert [[given.turns for given in each.values()] for each in seen] == [[38], [], []]
