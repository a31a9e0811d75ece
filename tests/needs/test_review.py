"""Approving and returning surveys, and what it does to needs."""

from __future__ import annotations

import pytest

from directory import history
from directory.errors import Forbidden, NotEnough, Refusal, WrongState
from directory.models import User
from needs import claims
from needs.actions import (
    approve_survey,
    correct_survey,
    return_survey,
    save_row,
    sign_survey,
    start_survey,
    submit_survey,
)
from needs.models import Need, NeedBalance, NeedMove, Survey, SurveyRow
from needs.states import SurveyState
from tests.needs.build import (
    Statement,
    approved_need,
    approved_survey,
    filled_survey,
    open_yearly_round,
    signing_survey,
    state_need,
    submitted_survey,
)
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def keyed_in(world: World, coordinator: User) -> Survey:
    """A complete draft that the coordinating office typed from paper on the commune's behalf."""
    start_survey(
        by=coordinator,
        survey_round=open_yearly_round(world),
        commune=world.commune("Ia Dom"),
        on_behalf_of=world.agency("UBND xã Ia Dom"),
    )
    return filled_survey(world)


def test_approved_statements_become_needs(world: World, coordinator: User) -> None:
    place = world.village("Ia Dom")
    need = approved_need(world, children=18, quantity=25, priority=1)
    assert (need.place, need.children, need.priority) == (place, 18, 1)
    assert (need.balance.quantity, need.balance.covered, need.balance.delivered) == (25, 0, 0)
    assert list(need.moves.values_list("kind", "delta")) == [("approve", 25)]


def test_zero_quantity_makes_no_need(world: World) -> None:
    approved_survey(world, needs=[Statement(world.village("Ia Dom"), children=0, quantity=0)])
    assert Need.objects.count() == 0


def test_nobody_approves_what_they_submitted(world: World, officer: User, coordinator: User) -> None:
    survey = keyed_in(world, coordinator)
    survey = submit_survey(by=coordinator, survey=survey)
    for deed in (approve_survey, lambda **kw: return_survey(reason="Sai số liệu", **kw)):
        with pytest.raises(Forbidden) as refusal:
            deed(by=coordinator, survey=survey)
        assert refusal.value.code == "own_submission"
    survey.refresh_from_db()
    assert (survey.state, Need.objects.count()) == (SurveyState.SUBMITTED, 0)


def test_nor_what_they_typed_on_the_communes_behalf(
    world: World, coordinator: User, second_coordinator: User
) -> None:
    survey = keyed_in(world, coordinator)
    survey = submit_survey(by=second_coordinator, survey=survey)
    for deed in (approve_survey, lambda **kw: return_survey(reason="Sai số liệu", **kw)):
        with pytest.raises(Forbidden) as refusal:
            deed(by=coordinator, survey=survey)
        assert refusal.value.code == "own_entry"
    survey.refresh_from_db()
    assert survey.state == SurveyState.SUBMITTED


def test_nor_what_they_typed_and_a_colleague_saved_once_more(
    world: World, coordinator: User, second_coordinator: User
) -> None:
    survey = start_survey(
        by=coordinator,
        survey_round=open_yearly_round(world),
        commune=world.commune("Ia Dom"),
        on_behalf_of=world.agency("UBND xã Ia Dom"),
    )
    filled_survey(world)
    for row in SurveyRow.objects.filter(survey=survey).select_related("place", "area"):
        save_row(
            by=second_coordinator,
            survey=survey,
            place=row.place,
            area=row.area,
            version=row.version,
            cells={},
        )
    survey = submit_survey(by=second_coordinator, survey=survey)
    with pytest.raises(Forbidden) as refusal:
        approve_survey(by=coordinator, survey=survey)
    assert refusal.value.code == "own_entry"
    assert not Survey.objects.to_review_by(coordinator).exists()


def test_nor_what_they_signed_off_as_chair_of_the_commune_then(world: World, chair: User) -> None:
    survey = sign_survey(by=chair, survey=signing_survey(world))
    User.objects.filter(pk=chair.pk).update(role="coordinator", agency=world.agency("LĐTBXH"))
    moved = world.user(chair.username)
    with pytest.raises(Forbidden) as refusal:
        approve_survey(by=moved, survey=survey)
    assert refusal.value.code == "own_signature"
    assert not Survey.objects.to_review_by(moved).exists()


def test_the_refusal_names_who_may(world: World, coordinator: User) -> None:
    survey = submitted_survey(world)
    Survey.objects.filter(pk=survey.pk).update(submitted_by=coordinator)
    with pytest.raises(Forbidden, match=r"coordinator\.2"):
        approve_survey(by=coordinator, survey=survey)


def test_another_coordinator_approves(world: World, second_coordinator: User) -> None:
    survey = approve_survey(by=second_coordinator, survey=submitted_survey(world))
    assert (survey.state, survey.reviewed_by) == (SurveyState.APPROVED, second_coordinator)


@pytest.mark.parametrize("username", ["officer.iadom", "leader", "health", "union", "administrator"])
def test_only_coordinators_review(world: World, username: str) -> None:
    survey = submitted_survey(world)
    with pytest.raises(Forbidden):
        approve_survey(by=world.user(username), survey=survey)
    with pytest.raises(Forbidden):
        return_survey(by=world.user(username), survey=survey, reason="Sai")


def test_a_draft_is_not_approved(world: World, coordinator: User) -> None:
    with pytest.raises(WrongState):
        approve_survey(by=coordinator, survey=filled_survey(world))


def test_approving_twice_is_refused(world: World, coordinator: User) -> None:
    survey = approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    with pytest.raises(WrongState):
        approve_survey(by=coordinator, survey=survey)
    assert NeedMove.objects.count() == 1


def test_return_needs_a_reason(world: World, coordinator: User) -> None:
    survey = submitted_survey(world)
    with pytest.raises(Refusal) as refusal:
        return_survey(by=coordinator, survey=survey, reason="  ")
    assert refusal.value.code == "reason_missing"
    survey.refresh_from_db()
    assert survey.state == SurveyState.SUBMITTED


def test_returned_survey_is_submitted_again(world: World, officer: User, coordinator: User) -> None:
    survey = return_survey(by=coordinator, survey=submitted_survey(world), reason="Thiếu thôn 2")
    assert (survey.state, survey.return_reason) == (SurveyState.RETURNED, "Thiếu thôn 2")
    assert (survey.returned_by, survey.returned_at) == (coordinator, survey.reviewed_at)
    assert submit_survey(by=officer, survey=survey).state == SurveyState.SUBMITTED


def _correction(world: World, officer: User, quantity: int) -> None:
    need = Need.objects.get()
    draft = correct_survey(by=officer, survey=need.survey)
    state_need(world, draft, Statement(need.place, children=10, quantity=quantity, priority=4))
    submit_survey(by=officer, survey=draft)
    approve_survey(by=world.user("coordinator"), survey=draft)


@pytest.mark.parametrize("quantity", [30, 12])
def test_correction_moves_the_need(world: World, officer: User, quantity: int) -> None:
    approved_need(world, quantity=20)
    _correction(world, officer, quantity)
    need = Need.objects.get()
    assert (need.balance.quantity, need.children, need.priority) == (quantity, 10, 4)
    assert need.survey.version == 2
    assert list(need.moves.order_by("pk").values_list("kind", "delta")) == [
        ("approve", 20),
        ("correct", quantity - 20),
    ]


def test_correction_never_falls_below_what_is_covered(
    world: World, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = approved_need(world, quantity=20)
    NeedBalance.objects.filter(pk=need.pk).update(covered=15)
    monkeypatch.setattr(
        claims, "_providers", [lambda needs: [(needs[0].pk, claims.Claim(15, "CK-2025-007"))]]
    )
    with pytest.raises(NotEnough) as refusal:
        _correction(world, officer, 14)
    assert "CK-2025-007: 15" in str(refusal.value)
    need.balance.refresh_from_db()
    assert (need.balance.quantity, NeedMove.objects.count()) == (20, 1)


def test_correction_down_to_what_is_covered(world: World, officer: User) -> None:
    need = approved_need(world, quantity=20)
    NeedBalance.objects.filter(pk=need.pk).update(covered=15)
    _correction(world, officer, 15)
    need.balance.refresh_from_db()
    assert need.balance.quantity == 15


def test_needs_of_one_commune_stand_when_another_is_approved(world: World) -> None:
    approved_need(world, "Ia Dom", quantity=20)
    approved_need(world, "Ia Đal", quantity=7)
    approved_need(world, "Ia Dom", band="6-10", quantity=5)
    assert sorted(Need.objects.values_list("balance__quantity", flat=True)) == [5, 7, 20]


def test_approval_is_atomic(world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = submitted_survey(world, needs=[Statement(world.village("Ia Dom"))])

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        approve_survey(by=coordinator, survey=survey)
    survey.refresh_from_db()
    assert (survey.state, Need.objects.count(), NeedMove.objects.count()) == (SurveyState.SUBMITTED, 0, 0)
