"""Goods that neither came nor went back: their need is open, and the coordinating office decides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from directory import history
from directory.deeds import acting
from directory.errors import Forbidden, NotEnough, Refusal, WrongState
from directory.models import HistoryEntry, User
from directory.templatetags.look import figures_in_words
from distributions.actions import (
    ConfirmedLine,
    confirm_delivery,
    correct_delivery,
    note_difference,
    send_distribution,
    settle_missing,
)
from distributions.actions.correction_checks import stands
from distributions.models import AllocationBalance, Distribution, DistributionLine
from distributions.plausible import expected_turns, far_above, hints_of, is_counted_in_turns
from distributions.proof import prove
from distributions.todo import todo
from needs.models import ChildCount, Need, Subgroup
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
WHY = "Xe hỏng, năm bộ để lại dọc đường"


@pytest.fixture
def short(world: World, officer: User) -> DistributionLine:
    """Of 20 sent 12 were received, 3 go back, 5 are missing."""
    distribution = build.sent(world, 20)
    confirmed = ConfirmedLine(
        distribution.lines.get(),
        12,
        returned=3,
        missing=5,
        difference_reason=WHY,
        child_turns={world.band("3-5").pk: 12},
    )
    confirm_delivery(
        by=officer, distribution=distribution, occurred_on=distribution.planned_on, lines=[confirmed]
    )
    return distribution.lines.get()


def books_of(line: DistributionLine) -> tuple[int, ...]:
    """(delivered, returned, lost, missing) of the allocation, (covered) of the need, (in stock)."""
    parts = AllocationBalance.objects.get(allocation=line.allocation)
    need, supply = line.allocation.need.balance, line.allocation.supply_line.balance
    need.refresh_from_db()
    supply.refresh_from_db()
    return (parts.delivered, parts.returned, parts.lost, parts.missing, need.covered, supply.in_stock)


def test_what_is_missing_reopens_its_need_at_once(world: World, short: DistributionLine) -> None:
    assert books_of(short) == (12, 3, 0, 5, 12, 3)
    build.delivered(world, 8, allocation=build.allocated(world, 8, need=short.allocation.need))
    assert books_of(short) == (12, 3, 0, 5, 20, 3)
    assert prove().faults == []


def test_it_came_back_in_part_and_the_rest_is_lost(short, second_coordinator) -> None:
    settled = settle_missing(by=second_coordinator, line=short, returned=2, reason="Thôn trả lại kho")
    assert (settled.returned, settled.lost, settled.missing) == (5, 0, 3)
    assert books_of(short) == (12, 5, 0, 3, 12, 5)
    settle_missing(by=second_coordinator, line=short, lost=3, reason="Công an xã xác nhận mất")
    assert books_of(short) == (12, 5, 3, 0, 12, 5)
    assert list(short.moves.order_by("pk").values_list("kind", "quantity", "reason")) == [
        ("send", 20, ""),
        ("deliver", 12, WHY),
        ("return", 3, WHY),
        ("miss", 5, WHY),
        ("return", 2, "Thôn trả lại kho"),
        ("miss", -2, "Thôn trả lại kho"),
        ("lose", 3, "Công an xã xác nhận mất"),
        ("miss", -3, "Công an xã xác nhận mất"),
    ]
    entry = HistoryEntry.objects.of(short.distribution)[0]
    assert (entry.verb, entry.reason, entry.details["lost"]) == (
        "settle missing",
        "Công an xã xác nhận mất",
        3,
    )
    assert prove().faults == []


def test_what_came_back_is_allocated_anew(world, short, second_coordinator) -> None:
    settle_missing(by=second_coordinator, line=short, returned=5, reason="Đã về kho")
    again = build.allocated(world, 8, need=short.allocation.need, supply_line=short.allocation.supply_line)
    build.delivered(world, 8, allocation=again)
    assert (books_of(short)[4:], prove().faults) == ((20, 0), [])


@pytest.mark.parametrize("username", ["officer.iadom", "health", "leader"])
def test_only_the_coordinating_office_decides(world, short, username) -> None:
    by = world.user(username)
    refusal = refusal_of(lambda: settle_missing(by=by, line=short, returned=1, reason="x"))
    assert type(refusal) is Forbidden


def test_who_sent_them_does_not_say_that_they_are_lost(short, coordinator) -> None:
    assert short.distribution.sent_by == coordinator
    refusal = refusal_of(lambda: settle_missing(by=coordinator, line=short, lost=1, reason="Mất"))
    assert type(refusal) is Forbidden
    assert settle_missing(by=coordinator, line=short, returned=1, reason="Về kho").missing == 4


@pytest.mark.parametrize(
    ("returned", "lost", "reason", "kind", "places"),
    [
        (0, 0, "x", Refusal, ["returned"]),
        (-1, 2, "x", Refusal, ["returned"]),
        (3, 3, "x", NotEnough, ["returned"]),
        (3, 3, " ", Refusal, ["returned", "reason"]),
        (1, 0, "", Refusal, ["reason"]),
    ],
)
def test_what_does_not_add_up_is_refused(
    short, second_coordinator, returned, lost, reason, kind, places
) -> None:
    refusal = refusal_of(
        lambda: settle_missing(by=second_coordinator, line=short, returned=returned, lost=lost, reason=reason)
    )
    assert (type(refusal), places_of(refusal)) == (kind, places)


def test_nothing_is_settled_if_the_history_fails(monkeypatch, short, second_coordinator) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise Refusal("no history")

    monkeypatch.setattr(history, "record", fail)
    refusal_of(lambda: settle_missing(by=second_coordinator, line=short, returned=5, reason="x"))


def test_everything_received_leaves_nothing_to_settle(world, second_coordinator) -> None:
    line = build.delivered(world, 20).lines.get()
    refusal = refusal_of(lambda: settle_missing(by=second_coordinator, line=line, returned=1, reason="x"))
    assert (refusal.code, refusal.details) == ("not_missing", {"left": 0, "whole": 20})


# The sender is told ---------------------------------------------------------------------------------


def labels(user: User, distribution: Distribution) -> list[str]:
    url = reverse("distribution_detail", args=[distribution.pk])
    return [str(task.label) for task in todo(user) if task.url == url]


def test_the_sender_is_told_until_it_is_noted_and_the_office_until_it_has_decided(
    world: World, short: DistributionLine, coordinator: User, second_coordinator: User
) -> None:
    """Who does both has one task at a time, first to decide."""
    distribution = short.distribution
    [decide] = labels(coordinator, distribution)
    assert labels(world.user("officer.iadom"), distribution) == []
    settle_missing(by=second_coordinator, line=short, returned=5, reason="Về kho")
    [read] = labels(world.user("coordinator"), distribution)
    assert read != decide
    assert "12/20" in read
    note_difference(by=coordinator, distribution=distribution)
    assert labels(world.user("coordinator"), distribution) == []
    distribution.refresh_from_db()
    assert distribution.difference_noted_by == coordinator


def test_the_newest_difference_is_told_first(world: World, health_officer: User) -> None:
    """And each with its own figures, whoever decides what became of the missing."""
    for received, band in ((15, "3-5"), (18, "0-2")):
        build.delivered(world, 20, received=received, item="meal", band=band)
    told = [str(task.label) for task in todo(health_officer)]
    assert [re.findall("[0-9]+/20", label) for label in told[:2]] == [["18/20"], ["15/20"]]


def test_a_difference_is_noted_by_its_sender_and_once(world, short, coordinator, health_officer) -> None:
    distribution = short.distribution
    refusal = refusal_of(lambda: note_difference(by=health_officer, distribution=distribution))
    assert type(refusal) is Forbidden
    note_difference(by=coordinator, distribution=distribution)
    assert type(refusal_of(lambda: note_difference(by=coordinator, distribution=distribution))) is WrongState
    full = build.delivered(world, 5, band="0-2")
    assert type(refusal_of(lambda: note_difference(by=coordinator, distribution=full))) is WrongState


# Many child-turns -----------------------------------------------------------------------------------


def confirm_turns(world: World, distribution: Distribution, turns: int, note: str = "") -> Distribution:
    line = distribution.lines.get()
    band = line.allocation.need.age_band if line.allocation else world.band("all")
    by = world.user("officer.iadom")
    confirmed = ConfirmedLine(line, line.planned, child_turns={band.pk: turns}, turns_note=note)
    return confirm_delivery(
        by=by, distribution=distribution, occurred_on=distribution.planned_on, lines=[confirmed]
    )


def test_far_more_children_than_pieces_is_asked_about_and_a_note_answers(world: World) -> None:
    distribution = build.sent(world, 20)
    refusal = refusal_of(lambda: confirm_turns(world, distribution, 31))
    line = distribution.lines.get()
    assert (refusal.code, places_of(refusal)) == ("many_turns", [f"line-{line.pk}-turns_note"])
    confirm_turns(world, distribution, 31, "Áo dùng chung cho hai buổi trực")
    line.refresh_from_db()
    assert line.turns_note == "Áo dùng chung cho hai buổi trực"


def test_half_as_many_again_is_not_asked_about(world: World) -> None:
    assert confirm_turns(world, build.sent(world, 20), 30).state == "confirmed"


def test_a_play_area_is_for_all_children_of_the_place(world: World) -> None:
    """Nobody has counted them here: nothing to compare with. Of a service the times are."""
    assert confirm_turns(world, build.sent(world, 1, item="play_area", band="all"), 60).state == "confirmed"


def test_a_child_counts_once_however_many_pieces_it_got(world: World) -> None:
    """24 children need 480 meals: 400 meals are no 400 child-turns."""
    need = build.need_of(world, 480, item="meal")
    Need.objects.filter(pk=need.pk).update(children=24)
    allocation = build.allocated(world, 400, need=need, item="meal")
    distribution = build.sent(world, 400, allocation=allocation)
    assert refusal_of(lambda: confirm_turns(world, distribution, 400)).code == "many_turns"
    line = distribution.lines.get()
    said = hints_of([line])[line.pk]
    assert ("24" in said, "480" in said) == (True, True)
    confirm_turns(world, distribution, 24)


@pytest.mark.parametrize("turns", [113, 119])
def test_what_is_counted_in_turns_has_just_as_many(world: World, turns: int) -> None:
    service = send_distribution(by=world.user("health"), distribution=build.serving(world, 118))
    refusal = refusal_of(lambda: confirm_turns(world, service, turns))
    line = service.lines.get()
    assert (refusal.code, places_of(refusal)) == ("other_turns", [f"line-{line.pk}-turns_note"])
    confirm_turns(world, service, turns, "Năm trẻ được khám hai lần")


@pytest.mark.parametrize(
    ("unit", "counted"),
    [
        ("Lượt", True),
        (unicodedata.normalize("NFD", "lượt"), True),
        ("lượt biểu diễn", False),
        ("buổi", False),
    ],
)
def test_the_unit_says_whether_turns_are_counted(world: World, unit: str, counted: bool) -> None:
    line = build.serving(world, 5).lines.get()
    line.item.unit = unit
    assert is_counted_in_turns(line) is counted


def test_how_many_are_far_too_many_is_a_setting(settings) -> None:
    assert [far_above(turns, 20) for turns in (30, 31)] == [False, True]
    settings.TURNS_FAR_PERCENT = 200
    assert [far_above(turns, 20) for turns in (40, 41)] == [False, True]


def test_of_another_service_the_children_of_the_place_are_expected(world: World) -> None:
    """Without a count as many as were given."""
    by = world.user("health")
    meals = send_distribution(by=by, distribution=build.serving(world, 90, item="meal"))
    line = meals.lines.get()
    assert expected_turns(line, 90) == 90
    _count_children(world, 30)
    assert (expected_turns(line, 90), expected_turns(line, 20)) == (30, 20)


def _count_children(world: World, number: int) -> None:
    school = world.school("Ia Dom")
    survey = build.need_of(world, 5, place=school).survey
    with acting():
        ChildCount.objects.create(
            survey=survey,
            place=school,
            age_band=world.band("3-5"),
            subgroup=Subgroup.objects.get(is_total=True),
            value=number,
        )


# The pages ------------------------------------------------------------------------------------------


def test_the_commune_types_what_is_missing(
    world: World, officer: User, client_of: Callable[[User], Client]
) -> None:
    distribution = build.sent(world, 20)
    line = distribution.lines.get()
    band = f"line-{line.pk}-band-{world.band('3-5').pk}"
    typed = {"received": "15", "returned": "0", "missing": "5", "difference_reason": "Thiếu một bao"}
    body = {"occurred_on": "02/06/2025", band: "15", **{f"line-{line.pk}-{k}": v for k, v in typed.items()}}
    answer = client_of(officer).post(reverse("delivery_confirm", args=[distribution.pk]), body)
    assert answer.status_code == 302
    line.refresh_from_db()
    assert (line.received, line.missing) == (15, 5)


def test_the_page_asks_the_office_what_became_of_it(
    short: DistributionLine, second_coordinator: User, client_of: Callable[[User], Client]
) -> None:
    client, page = client_of(second_coordinator), reverse("distribution_detail", args=[short.distribution_id])
    assert [form.line for form in client.get(page).context["settle_forms"]] == [short]
    settle = reverse("missing_settle", args=[short.pk])
    assert client.post(settle, {"returned": "9", "reason": "x"}).status_code == 409
    assert client.post(settle, {"returned": "3", "lost": "2", "reason": "Biên bản 03"})["Location"] == page
    short.refresh_from_db()
    assert (short.returned, short.lost, short.missing) == (6, 2, 0)
    shown = client.get(page)
    assert shown.context["settle_forms"] == []
    assert f"{reverse('allocation_board')}?need={short.allocation.need_id}" in shown.content.decode()
    settled = HistoryEntry.objects.of(short.distribution)[0].details
    assert re.findall(r"[0-9]+", figures_in_words(settled)) == ["3", "2"]


def test_the_page_of_the_sender_takes_the_note(
    short: DistributionLine, coordinator: User, officer: User, client_of: Callable[[User], Client]
) -> None:
    page = reverse("distribution_detail", args=[short.distribution_id])
    assert client_of(officer).get(page).context["may_note"] is False
    client = client_of(coordinator)
    assert client.get(page).context["may_note"] is True
    assert client.post(reverse("difference_note", args=[short.distribution_id]))["Location"] == page
    assert client.get(page).context["may_note"] is False


def test_an_upgrade_goes_back_and_forth_with_what_is_missing(short: DistributionLine, officer: User) -> None:
    """An earlier portal left what is missing in transit, and its need covered."""
    upgrade = import_module("distributions.migrations.0007_reopen_the_needs_of_what_is_missing")
    before = books_of(short)
    with acting():
        upgrade.cover_again(apps, None)
        balance = AllocationBalance.objects.get()
        assert (balance.in_transit, balance.missing) == (5, 0)
        upgrade.reopen(apps, None)
    assert (books_of(short), prove().faults) == (before, [])
    turns = {short.child_turns.get().age_band_id: 11}
    right = ConfirmedLine(short, 12, returned=3, missing=5, difference_reason=WHY, child_turns=turns)
    correct_delivery(by=officer, line=short, right=right, seen=stands(short))
    with pytest.raises(RuntimeError):
        upgrade.cover_again(apps, None)
