"""Dated delegation: to a colleague, for a time, not onwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from directory import clock, history
from directory.actions.delegation import delegate, end_delegation
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import Delegation, HistoryEntry, User
from directory.roles import Permission, Role
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TODAY = date(2025, 6, 2)
NEXT_WEEK = TODAY + timedelta(days=7)


def hand_over(by: User, to_user: User, first: date = TODAY, last: date = NEXT_WEEK) -> Delegation:
    return delegate(by=by, to_user=to_user, valid_from=first, valid_to=last, reason="nghỉ phép")


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def assistant(world: World) -> User:
    """Of LĐTBXH too, but without the coordinator's role."""
    return User.objects.create(
        username="assistant", full_name="Trợ lý", role=Role.AGENCY_OFFICER, agency=world.agency("LĐTBXH")
    )


def test_the_delegate_has_the_powers_and_reach_for_these_days(coordinator: User, assistant: User) -> None:
    before = assistant.reach
    hand_over(coordinator, assistant)
    held = again(assistant)
    assert held.may(Permission.REVIEW_SURVEY)
    assert held.reach.scopes == coordinator.reach.scopes
    with clock.standing_on(NEXT_WEEK + timedelta(days=1)):
        over = again(assistant)
        assert not over.may(Permission.REVIEW_SURVEY)
        assert over.reach == before


def test_it_begins_on_its_first_day(coordinator: User, assistant: User) -> None:
    hand_over(coordinator, assistant, first=TODAY + timedelta(days=1))
    assert not again(assistant).may(Permission.REVIEW_SURVEY)


def test_an_end_before_the_last_day_holds_at_once(coordinator: User, assistant: User) -> None:
    delegation = hand_over(coordinator, assistant)
    end_delegation(by=coordinator, delegation=delegation)
    assert not again(assistant).may(Permission.REVIEW_SURVEY)
    with pytest.raises(WrongState):
        end_delegation(by=coordinator, delegation=delegation)
    hand_over(coordinator, assistant)  # the same days are free again


def test_powers_stay_within_the_agency(coordinator: User, health_officer: User) -> None:
    with pytest.raises(Refusal) as refused:
        hand_over(coordinator, health_officer)
    assert [problem.place for problem in refused.value.problems] == ["to_user"]
    assert not Delegation.objects.exists()


def test_it_lapses_when_one_of_them_moves(world: World, coordinator: User, assistant: User) -> None:
    hand_over(coordinator, assistant)
    User.objects.filter(pk=assistant.pk).update(agency=world.agency("TTYT"))
    assert not again(assistant).may(Permission.REVIEW_SURVEY)


def test_it_lapses_when_the_giver_is_deactivated(coordinator: User, assistant: User) -> None:
    hand_over(coordinator, assistant)
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert not again(assistant).may(Permission.REVIEW_SURVEY)


def test_what_was_delegated_is_not_handed_onwards(world: World, coordinator: User, assistant: User) -> None:
    third = User.objects.create(
        username="third", full_name="C", role=Role.AGENCY_OFFICER, agency=world.agency("LĐTBXH")
    )
    hand_over(coordinator, assistant)
    hand_over(again(assistant), third)
    assert not again(third).may(Permission.REVIEW_SURVEY)


@pytest.mark.parametrize(
    ("first", "last", "place"),
    [
        (TODAY - timedelta(days=1), NEXT_WEEK, "valid_from"),
        (NEXT_WEEK, TODAY, "valid_to"),
    ],
)
def test_days_in_the_wrong_order_are_refused(
    coordinator: User, assistant: User, first: date, last: date, place: str
) -> None:
    with pytest.raises(Refusal) as refused:
        hand_over(coordinator, assistant, first, last)
    assert [problem.place for problem in refused.value.problems] == [place]


def test_two_for_the_same_pair_may_not_overlap(coordinator: User, assistant: User) -> None:
    hand_over(coordinator, assistant)
    with pytest.raises(Refusal) as refused:
        hand_over(coordinator, assistant, NEXT_WEEK, NEXT_WEEK + timedelta(days=3))
    assert "02/06/2025" in str(refused.value)
    hand_over(coordinator, assistant, NEXT_WEEK + timedelta(days=1), NEXT_WEEK + timedelta(days=3))
    assert Delegation.objects.count() == 2


def test_nobody_delegates_to_oneself(coordinator: User) -> None:
    with pytest.raises(Refusal):
        hand_over(coordinator, coordinator)


def test_administrators_have_nothing_to_delegate(administrator: User, coordinator: User) -> None:
    with pytest.raises(Forbidden):
        hand_over(administrator, coordinator)


def test_a_third_person_does_not_end_it(coordinator: User, assistant: User, second_coordinator: User) -> None:
    delegation = hand_over(coordinator, assistant)
    with pytest.raises(Forbidden):
        end_delegation(by=second_coordinator, delegation=delegation)
    delegation.refresh_from_db()
    assert delegation.ended_at is None


def test_history_names_the_giver(coordinator: User, assistant: User) -> None:
    delegation = hand_over(coordinator, assistant)
    entry = history.record(delegation, "look at", by=again(assistant))
    assert entry.details == {"delegated_by": "coordinator"}
    assert HistoryEntry.objects.of(delegation).last().details["to"] == "Trợ lý"


def test_the_page_of_the_object_says_so_too(coordinator: User, assistant: User) -> None:
    entry = history.record(hand_over(coordinator, assistant), "look at", by=again(assistant))
    with translation.override("en"):
        assert "by delegation from coordinator" in render_to_string(
            "components/history.html", {"entries": [entry]}
        )


def test_history_names_nobody_who_adds_nothing(coordinator: User, second_coordinator: User) -> None:
    delegation = hand_over(coordinator, second_coordinator)
    assert history.record(delegation, "look at", by=again(second_coordinator)).details == {}


def test_nothing_is_saved_when_history_fails(
    coordinator: User, assistant: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        hand_over(coordinator, assistant)
    assert not Delegation.objects.exists()


# The screens ---------------------------------------------------------------------------------------


def test_from_the_form_to_the_end(coordinator: User, assistant: User, client_of: Any) -> None:
    browser = client_of(coordinator)
    form = {
        "to_user": assistant.pk,
        "valid_from": "02/06/2025",
        "valid_to": "09/06/2025",
        "reason": "nghỉ phép",
    }
    assert browser.get("/delegations/new/").status_code == 200
    assert browser.post("/delegations/new/", form)["Location"] == "/delegations/"
    assert browser.post("/delegations/new/", form).status_code == 422
    delegation = Delegation.objects.get()
    assert "Trợ lý" in client_of(assistant).get("/delegations/").content.decode()
    assert browser.post(f"/delegations/{delegation.pk}/end/")["Location"] == "/delegations/"
    assert not Delegation.objects.in_force(TODAY).exists()


def test_colleagues_of_other_agencies_are_not_offered(coordinator: User, client_of: Any) -> None:
    offered = client_of(coordinator).get("/delegations/new/").context["form"].fields["to_user"].queryset
    assert [user.username for user in offered] == ["coordinator.2"]


def test_a_stranger_sees_none_of_it(
    coordinator: User, assistant: User, health_officer: User, client_of: Any
) -> None:
    delegation = hand_over(coordinator, assistant)
    browser = client_of(health_officer)
    assert "Trợ lý" not in browser.get("/delegations/").content.decode()
    assert browser.post(f"/delegations/{delegation.pk}/end/").status_code == 404
