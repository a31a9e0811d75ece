"""The proposal, the plans, and the filters of the board, as pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import User
from distributions.models import Allocation, SupportPlan
from distributions.support_plan_token import SALT
from tests.distributions import build
from tests.distributions.test_overlap import WHY, after_the_flood, for_the_village, of_the_union
from tests.portal.files import rows_of
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
PROPOSAL = "/allocations/proposal/"


@pytest.fixture
def office(coordinator: User, client_of: ClientOf) -> Client:
    return client_of(coordinator)


def three_lines(world: World) -> None:
    for priority, band in enumerate(("0-2", "3-5", "6-10"), 1):
        build.need_of(world, 10, band=band, priority=priority)
    build.supply_of(world, 25)


def accept(client: Client, page: HttpResponse, **chosen: object) -> HttpResponse:
    data = {"proposal": page.context["signed"], "client_key": uuid.uuid4(), **chosen}
    return client.post(reverse("support_plan_accept"), data)


def test_the_proposal_shows_lines_with_reasons_and_what_stays_uncovered(world: World, office: Client) -> None:
    three_lines(world)
    page = office.get(PROPOSAL)
    assert [(line.share.quantity, ticked) for _index, line, ticked in page.context["rows"]] == [
        (10, True),
        (10, True),
        (5, True),
    ]
    assert [gap.lacking for gap in page.context["gaps"]] == [5]
    assert Allocation.objects.count() == 0


def test_without_a_round_there_is_nothing_to_plan(world: World, office: Client) -> None:
    page = office.get(PROPOSAL)
    assert (page.status_code, page.context["of"]) == (200, None)


@pytest.mark.parametrize(
    ("chosen", "quantities"),
    [
        ({"which": "all"}, [10, 10, 5]),
        ({"which": "chosen", "line": ["0", "2"]}, [10, 5]),
        ({"only": "1", "line": ["0", "1", "2"]}, [10]),
    ],
)
def test_all_some_or_one_are_accepted(world, office, chosen, quantities) -> None:
    three_lines(world)
    answer = accept(office, office.get(PROPOSAL), **chosen)
    plan = SupportPlan.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("support_plan_detail", args=[plan.pk]))
    assert list(plan.lines.values_list("allocation__quantity", flat=True)) == quantities
    assert (plan.proposed, plan.gaps.get().lacking) == (3, 5)


def test_a_stale_proposal_is_refused_and_offered_anew_with_what_was_ticked(world, office) -> None:
    three_lines(world)
    page = office.get(PROPOSAL)
    _first, second, _third = (line for _index, line, _ticked in page.context["rows"])
    build.allocated(
        world, 3, need=second.need, supply_line=second.supply_line, by=world.user("coordinator.2")
    )
    answer = accept(office, page, which="chosen", line=["0", "1"])
    assert (answer.status_code, SupportPlan.objects.count()) == (409, 0)
    assert "coordinator.2" in answer.content.decode()
    assert [(line.share.quantity, ticked) for _index, line, ticked in answer.context["rows"]] == [
        (10, True),
        (7, True),
        (5, False),
    ]
    again = accept(office, answer, which="chosen", line=["0", "1"])
    assert (again.status_code, SupportPlan.objects.get().lines.count()) == (302, 2)


@pytest.mark.parametrize("spoilt", ["", "x", "eyJvZiI6WzEsMjAyNV19:1tXyZ:abc"])
def test_a_proposal_that_was_tampered_with_is_refused(world, office, spoilt) -> None:
    three_lines(world)
    answer = office.post(reverse("support_plan_accept"), {"proposal": spoilt, "which": "all"})
    assert (answer.status_code, Allocation.objects.count()) == (422, 0)


def test_nothing_ticked_is_nothing_accepted(world: World, office: Client) -> None:
    three_lines(world)
    answer = accept(office, office.get(PROPOSAL), which="chosen", line=["99"])
    assert (answer.status_code, SupportPlan.objects.count()) == (409, 0)


def test_a_double_click_accepts_once(world: World, office: Client) -> None:
    three_lines(world)
    page, key = office.get(PROPOSAL), uuid.uuid4()
    answers = [accept(office, page, which="all", client_key=key).status_code for _time in range(2)]
    assert (answers, SupportPlan.objects.count()) == ([302, 302], 1)


def test_reasons_open_what_is_left_out(world: World, office: Client) -> None:
    of_the_union(world, **for_the_village(world))
    build.need_of(world, 50)
    build.need_of(world, 50, commune="Ia Tơi")
    build.supply_of(world, 100)
    asked = {"out_of_scope_reason": "Sau bão", "overlap_reason": WHY}
    page = office.get(PROPOSAL, asked)
    assert accept(office, page, which="all").status_code == 302
    assert set(Allocation.objects.values_list("out_of_scope_reason", "overlap_reason")) == {
        ("", ""),
        ("", WHY),
        ("Sau bão", ""),
    }


def test_only_the_coordinating_office_proposes(world, leader, officer, health_officer, client_of) -> None:
    for user in (leader, officer, health_officer):
        client = client_of(user)
        answers = [client.get(PROPOSAL), client.post(reverse("support_plan_accept"))]
        assert [answer.status_code for answer in answers] == [403, 403]


def test_the_plan_is_read_by_the_leader_and_not_by_others(world, leader, officer, client_of) -> None:
    plan = build.accepted(world)
    address = reverse("support_plan_detail", args=[plan.pk])
    page = client_of(leader).get(address)
    assert (page.status_code, page.context["may_undo"]) == (200, False)
    assert [line.allocation.quantity for line, _ticked in page.context["rows"]] == [20]
    assert client_of(officer).get(address).status_code == 404
    assert list(client_of(leader).get(reverse("support_plan_list")).context["page"]) == [plan]
    assert list(client_of(officer).get(reverse("support_plan_list")).context["page"]) == []


def test_the_plan_as_a_file_says_lines_and_gaps(world: World, office: Client) -> None:
    three_lines(world)
    accept(office, office.get(PROPOSAL), which="all")
    plan = SupportPlan.objects.get()
    for format in ("xlsx", "csv"):
        answer = office.get(reverse("support_plan_export", args=[plan.pk, format]))
        assert answer.status_code == 200
    rows = rows_of(office.get(reverse("support_plan_export", args=[plan.pk, "xlsx"])))[1:]
    assert [(row[0], row[10], row[14]) for row in rows] == [
        (1, 10, None),
        (2, 10, None),
        (3, 5, None),
        (3, None, 5),
    ]


def test_lines_and_the_whole_plan_are_undone(world: World, office: Client) -> None:
    three_lines(world)
    accept(office, office.get(PROPOSAL), which="all")
    plan = SupportPlan.objects.get()
    first, second, _third = plan.lines.order_by("position")
    build.sent(world, 4, allocation=second.allocation)
    address = reverse("support_plan_undo", args=[plan.pk])
    page = office.post(address, {"line": [first.pk], "reason": ""})
    assert (page.status_code, [ticked for _line, ticked in page.context["rows"]]) == (
        422,
        [True, False, False],
    )
    assert office.post(address, {"line": [first.pk], "reason": "Nhầm thôn"}).status_code == 302
    answer = office.post(address, {"whole": "1", "reason": "Đổi kế hoạch"}, follow=True)
    reversed_ = plan.lines.order_by("position").values_list("allocation__balance__reversed", flat=True)
    assert list(reversed_) == [10, 6, 5]
    assert [message.level_tag for message in answer.context["messages"]][-2:] == ["success", "warning"]
    assert office.post(address, {"whole": "1", "reason": "Nữa"}).status_code == 409
    untouched = office.post(address, {"reason": "Không chọn gì"})
    assert (untouched.status_code, untouched.context["form"].non_field_errors()) == (
        409,
        [_("Nothing was taken back: tick at least one line of the plan.")],
    )


def test_a_strangers_line_is_not_undone(world: World, office: Client) -> None:
    plan = build.accepted(world)
    line, need = build.supply_of(world, 5), build.need_of(world, 5, band="0-2")
    other = build.accepted(world, build.proposed(line, need, 5))
    address = reverse("support_plan_undo", args=[plan.pk])
    answer = office.post(address, {"line": [other.lines.get().pk], "reason": "Nhầm"})
    assert (answer.status_code, set(Allocation.objects.values_list("balance__reversed", flat=True))) == (
        409,
        {0},
    )


def test_pages_cost_the_same_for_one_line_and_for_three(world: World, office: Client) -> None:
    plan = build.accepted(world)
    addresses = [reverse("support_plan_list"), reverse("support_plan_detail", args=[plan.pk]), PROPOSAL]
    build.need_of(world, 10, band="0-2")
    build.supply_of(world, 4)
    before = [queries_of(office, address) for address in addresses]
    for band in ("6-10", "11-15"):
        line, need = build.supply_of(world, 5), build.need_of(world, 5, band=band)
        build.accepted(world, build.proposed(line, need, 5))
        build.need_of(world, 10, band=band, commune="Ia Đal")
    assert [queries_of(office, address) for address in addresses] == before


# The board's filters ---------------------------------------------------------------------------------


def board(office: Client, **chosen: object) -> HttpResponse:
    return office.get(f"{reverse('allocation_board')}?{urlencode(chosen)}")


def test_the_needs_side_is_narrowed_by_age_priority_and_round(world: World, office: Client) -> None:
    first = build.need_of(world, 10)
    second = build.need_of(world, 10, band="0-2", priority=3)
    assert list(board(office, age_band=second.age_band_id).context["needs"]) == [second]
    assert list(board(office, priority=1).context["needs"]) == [first]
    assert list(board(office, round=first.round_id).context["needs"]) == [first, second]


def test_the_supply_side_is_narrowed_by_giver_custodian_and_whether_it_is_here(world, office) -> None:
    ours, promised = build.supply_of(world, 10), build.supply_of(world, 10, received=0)
    theirs = of_the_union(world, 10)
    code = promised.pledge_line.pledge.code

    def found(**chosen: object) -> list[object]:
        return list(board(office, **chosen).context["supply"])

    assert found(giver="cong ty cao") == [ours, promised] + ([theirs] if _same_giver(ours, theirs) else [])
    assert found(giver=code) == [promised]
    assert found(custodian=theirs.custodian_id) == [theirs]
    assert found(whether="in_stock") == [ours]
    assert found(whether="promised") == [promised, theirs]


def _same_giver(one: object, other: object) -> bool:
    return one.pledge_line.pledge.donor_id == other.pledge_line.pledge.donor_id  # type: ignore[attr-defined]


def test_remainders_are_added_up_for_one_item_only(world: World, office: Client) -> None:
    build.allocated(world, 20, need=build.need_of(world, 50), supply_line=build.supply_of(world, 200))
    left = board(office).context["left"]
    assert (left.needs, left.lines, left.item) == (1, 1, None)
    left = board(office, item=world.item("warm_clothing").pk).context["left"]
    assert (left.lacking, left.left) == (30, 180)


def test_the_best_is_suggested_however_many_there_are(world: World, office: Client, monkeypatch) -> None:
    monkeypatch.setattr("distributions.board.SUGGESTIONS", 2)
    need = build.need_of(world, 50)
    for _time in range(3):
        build.supply_of(world, 5)
    meant = build.supply_of(world, 5, earmark="need", earmark_need=need)
    found = board(office, need=need.pk).context["found"]
    assert ([each.line for each in found.shown][:1], found.more, found.fitting) == ([meant], 2, 20)


def test_the_round_is_named_when_several_are_open(world: World, office: Client) -> None:
    need = build.need_of(world, 50)
    assert need.round.name not in board(office).content.decode().split("<table")[1]
    after_the_flood(world, need)
    assert need.round.name in board(office).content.decode().split("<table")[1]


def test_the_board_asks_why_where_another_agency_serves(world: World, office: Client) -> None:
    of_the_union(world, **for_the_village(world))
    need, line = build.need_of(world, 50), build.supply_of(world, 30)
    page = board(office, need=need.pk)
    fields = {
        each.line.pledge_line.pledge.mobilised_by.short_name: others
        for each, _form, others in page.context["suggestions"]
    }
    assert fields == {
        "Hội LHPN": "",
        "LĐTBXH": _("%(agency)s: %(kind)s %(code)s")
        % {"agency": "Hội LHPN", "kind": _("pledge"), "code": "CK-2025-001"},
    }
    data = {"need": need.pk, "supply_line": line.pk, "quantity": "5"}
    refused = office.post(reverse("allocation_create"), data)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["overlap_reason"])
    assert office.post(reverse("allocation_create"), data | {"overlap_reason": WHY}).status_code == 302
    assert Allocation.objects.get().overlap_reason == WHY


def test_a_proposal_that_was_signed_before_an_upgrade_is_accepted(world: World, office: Client) -> None:
    """It knows of no filters."""
    three_lines(world)
    page = office.get(PROPOSAL)
    facts = signing.loads(page.context["signed"], salt=SALT)
    del facts["narrowed_to"]
    old = signing.dumps(facts, salt=SALT, compress=True)
    assert accept(office, page, which="all", proposal=old).status_code == 302
    assert SupportPlan.objects.get().narrowed_to == ""


def test_a_plan_keeps_what_it_was_asked_for_and_what_was_declined(world: World, office: Client) -> None:
    three_lines(world)
    clothing = world.item("warm_clothing")
    page = office.get(PROPOSAL, {"item": clothing.pk})
    accept(office, page, which="chosen", shown=["0", "1", "2"], line=["1"])
    plan = SupportPlan.objects.get()
    assert plan.narrowed_to.endswith(f": {clothing.name}")
    declined = plan.declined.values_list("position", "quantity", "need__priority")
    assert list(declined) == [(1, 10, 1), (2, 5, 3)]
    rows = rows_of(office.get(reverse("support_plan_export", args=[plan.pk, "xlsx"])))[1:]
    assert [(row[0], row[10], row[13], row[14]) for row in rows] == [
        (2, 10, None, None),
        (1, None, 10, None),
        (3, None, 5, None),
        (3, None, None, 5),
    ]
    assert office.get(reverse("support_plan_detail", args=[plan.pk])).context["declined_count"] == 2


@pytest.mark.parametrize("chosen", [{"which": "all"}, {"only": "1"}])
def test_all_or_one_alone_declines_nothing(world: World, office: Client, chosen: dict[str, str]) -> None:
    three_lines(world)
    accept(office, office.get(PROPOSAL), shown=["0", "1", "2"], **chosen)
    assert SupportPlan.objects.get().declined.count() == 0
