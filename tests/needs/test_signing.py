"""The chair's sign-off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from directory import clock, history
from directory.actions.delegation import delegate
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, Unit, User
from directory.roles import Permission
from needs import permissions
from needs.actions import (
    approve_survey,
    close_round,
    correct_survey,
    return_survey,
    save_row,
    send_back_survey,
    sign_survey,
    start_survey,
    submit_survey,
)
from needs.models import Survey, SurveyRound
from needs.states import SurveyState
from needs.todo import todo
from tests.merger import Merger
from tests.needs.build import filled_survey, open_yearly_round, signing_survey, submitted_survey
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def asking_round(world: World) -> SurveyRound:
    survey_round = open_yearly_round(world)
    SurveyRound.objects.filter(pk=survey_round.pk).update(asks_chair=True)
    return survey_round


def rows_of(survey: Survey) -> list[dict[str, object]]:
    return list(Survey.objects.filter(pk=survey.pk).values())


def test_a_survey_goes_to_the_chair_first(world: World, officer: User, chair: User) -> None:
    survey = signing_survey(world)
    assert (survey.state, survey.submitted_by, survey.signed_by) == (SurveyState.SIGNING, officer, None)
    entry = HistoryEntry.objects.of(survey).first()
    assert entry is not None
    assert (entry.verb, entry.from_state, entry.to_state) == ("ask_chair", "draft", "signing")
    survey = sign_survey(by=chair, survey=survey)
    assert (survey.state, survey.submitted_by, survey.signed_by) == (SurveyState.SUBMITTED, officer, chair)
    entry = HistoryEntry.objects.of(survey).first()
    assert entry is not None
    assert (entry.verb, entry.by, entry.to_state) == ("sign_survey", chair, "submitted")


def test_a_round_that_does_not_ask_goes_without_the_chair(world: World) -> None:
    assert submitted_survey(world).state == SurveyState.SUBMITTED


def test_what_comes_from_paper_goes_straight(world: World, coordinator: User) -> None:
    start_survey(
        by=coordinator,
        survey_round=asking_round(world),
        commune=world.commune("Ia Dom"),
        on_behalf_of=world.agency("UBND xã Ia Dom"),
    )
    survey = submit_survey(by=coordinator, survey=filled_survey(world))
    assert (survey.state, survey.signed_by) == (SurveyState.SUBMITTED, None)


def test_who_enters_from_paper_does_not_pass_the_chair_by(
    world: World, officer: User, coordinator: User
) -> None:
    survey = signing_survey(world)
    Survey.objects.filter(pk=survey.pk).update(on_behalf_of=world.agency("UBND xã Ia Dom"))
    with pytest.raises(WrongState):
        submit_survey(by=coordinator, survey=survey)
    survey.refresh_from_db()
    assert survey.state == SurveyState.SIGNING


def test_the_chair_sends_back_with_a_reason(world: World, officer: User, chair: User) -> None:
    survey = send_back_survey(by=chair, survey=signing_survey(world), reason=" Thiếu thôn 2 ")
    assert (survey.state, survey.return_reason) == (SurveyState.RETURNED, "Thiếu thôn 2")
    assert (survey.returned_by, survey.returned_at) == (chair, clock.now())
    assert (survey.reviewed_by, survey.reviewed_at) == (None, None)
    entry = HistoryEntry.objects.of(survey).first()
    assert entry is not None
    assert (entry.verb, entry.by, entry.reason) == ("send_back_survey", chair, "Thiếu thôn 2")
    assert submit_survey(by=officer, survey=survey).state == SurveyState.SIGNING


def test_sending_back_needs_a_reason(world: World, chair: User) -> None:
    survey = signing_survey(world)
    before = rows_of(survey)
    with pytest.raises(Refusal) as refusal:
        send_back_survey(by=chair, survey=survey, reason=" ")
    assert (refusal.value.code, rows_of(survey)) == ("reason_missing", before)


@pytest.mark.parametrize("username", ["officer.iadom", "officer.iadal", "leader", "coordinator", "health"])
def test_only_the_communes_chair_signs(world: World, username: str) -> None:
    survey = signing_survey(world)
    before = rows_of(survey)
    with pytest.raises(Forbidden):
        sign_survey(by=world.user(username), survey=survey)
    with pytest.raises(Forbidden):
        send_back_survey(by=world.user(username), survey=survey, reason="Sai")
    assert rows_of(survey) == before


def test_nobody_signs_what_they_handed_in(world: World, chair: User) -> None:
    survey = signing_survey(world)
    Survey.objects.filter(pk=survey.pk).update(submitted_by=chair)
    for deed in (
        lambda: sign_survey(by=chair, survey=survey),
        lambda: send_back_survey(by=chair, survey=survey, reason="Sai"),
    ):
        with pytest.raises(Forbidden) as refusal:
            deed()
        assert refusal.value.code == "own_submission"
    survey.refresh_from_db()
    assert survey.state == SurveyState.SIGNING


@pytest.mark.parametrize("state", ["draft", "returned", "submitted", "approved"])
def test_only_what_waits_for_the_chair_is_signed(world: World, chair: User, state: str) -> None:
    survey = signing_survey(world)
    Survey.objects.filter(pk=survey.pk).update(state=state)
    before = rows_of(survey)
    with pytest.raises(WrongState):
        sign_survey(by=chair, survey=survey)
    with pytest.raises(WrongState):
        send_back_survey(by=chair, survey=survey, reason="Sai")
    assert rows_of(survey) == before


def test_nothing_is_signed_in_a_closed_round(world: World, chair: User) -> None:
    survey = signing_survey(world)
    SurveyRound.objects.filter(pk=survey.round_id).update(state="closed")
    with pytest.raises(WrongState) as refusal:
        sign_survey(by=chair, survey=survey)
    assert refusal.value.code == "round_closed"


def test_while_it_waits_nothing_is_changed_nor_handed_in_again(world: World, officer: User) -> None:
    survey = signing_survey(world)
    row = survey.rows.filter(area=None).first()
    assert row is not None
    with pytest.raises(WrongState):
        save_row(by=officer, survey=survey, place=row.place, area=None, version=row.version, cells={})
    with pytest.raises(WrongState):
        submit_survey(by=officer, survey=survey)


@pytest.mark.parametrize("gone", ["none", "inactive", "self"])
def test_without_a_chair_nothing_is_handed_in(world: World, officer: User, chair: User, gone: str) -> None:
    asking_round(world)
    survey, by = filled_survey(world), officer
    if gone == "none":
        User.objects.filter(pk=chair.pk).delete()
    elif gone == "inactive":
        User.objects.filter(pk=chair.pk).update(is_active=False)
    else:
        today = clock.today()
        delegate(by=officer, to_user=chair, valid_from=today, valid_to=today, reason="nghỉ phép")
        by = User.objects.get(pk=chair.pk)
    before = rows_of(survey)
    with pytest.raises(Refusal) as refusal:
        submit_survey(by=by, survey=survey)
    assert (refusal.value.code, rows_of(survey)) == ("no_chair", before)


def test_the_round_stops_asking(world: World, officer: User) -> None:
    """Then who waits for a chair hands in once more, and it goes."""
    survey = signing_survey(world)
    SurveyRound.objects.filter(pk=survey.round_id).update(asks_chair=False)
    assert submit_survey(by=officer, survey=survey).state == SurveyState.SUBMITTED


def test_a_return_takes_the_signature_back(
    world: World, officer: User, chair: User, coordinator: User
) -> None:
    survey = sign_survey(by=chair, survey=signing_survey(world))
    survey = return_survey(by=coordinator, survey=survey, reason="Sai")
    survey.refresh_from_db()
    assert (survey.signed_by, survey.signed_at) == (None, None)
    assert submit_survey(by=officer, survey=survey).state == SurveyState.SIGNING


def test_a_correction_is_signed_anew(world: World, officer: User, chair: User, coordinator: User) -> None:
    survey = sign_survey(by=chair, survey=signing_survey(world))
    survey = approve_survey(by=coordinator, survey=survey)
    assert survey.signed_by == chair
    draft = correct_survey(by=officer, survey=survey)
    assert (draft.signed_by, submit_survey(by=officer, survey=draft).state) == (None, SurveyState.SIGNING)


def test_who_deputises_for_the_chair_signs_and_still_fills_in(world: World, chair: User) -> None:
    deputy, today = world.user("officer.iadom.2"), clock.today()
    delegate(by=chair, to_user=deputy, valid_from=today, valid_to=today, reason="công tác")
    survey = signing_survey(world)
    deputy = User.objects.get(pk=deputy.pk)
    assert permissions.may_fill_in(deputy, survey)
    assert sign_survey(by=deputy, survey=survey).signed_by == deputy


def _signs(survey: Survey, chair: User) -> object:
    return sign_survey(by=chair, survey=survey)


def _sends_back(survey: Survey, chair: User) -> object:
    return send_back_survey(by=chair, survey=survey, reason="Sai")


@pytest.mark.parametrize("deed", [_signs, _sends_back])
def test_without_its_history_nothing_happens(
    world: World, chair: User, monkeypatch: pytest.MonkeyPatch, deed: Callable[[Survey, User], object]
) -> None:
    survey = signing_survey(world)
    before = rows_of(survey)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        deed(survey, chair)
    assert rows_of(survey) == before


def test_after_a_merger_the_successors_chair_signs(world: World, merger: Merger) -> None:
    """The chair of Ia Dom moved to the committee of the new Ia Tơi, with all accounts of the old one."""
    old, chair = Unit.objects.get(code="23537", level="commune"), world.user("chair.iadom")
    assert chair.agency == merger.committee
    assert list(permissions.chairs_of(old)) == [chair]
    assert permissions.may_sign(chair, Survey(commune=old))
    User.objects.filter(pk=chair.pk).update(agency=world.agency("UBND xã Ia Đal"))
    assert list(permissions.chairs_of(old)) == []
    assert not permissions.may_sign(world.user("chair.iadom"), Survey(commune=old))


def test_the_chair_reaches_the_commune_alone(world: World, chair: User) -> None:
    commune = world.commune("Ia Dom")
    assert (chair.reach.communes, chair.reach.scopes) == ({commune.pk}, {commune.pk})
    survey = signing_survey(world)
    for deed in (Permission.ALLOCATE, Permission.REVIEW_SURVEY, Permission.MANAGE_ROUNDS):
        assert not chair.may(deed)
    assert not permissions.reviews(chair, survey)
    assert not permissions.may_close(chair, survey.round)
    with pytest.raises(Forbidden):
        approve_survey(by=chair, survey=survey)
    with pytest.raises(Forbidden):
        close_round(by=chair, survey_round=survey.round, reason="Hết năm")
    with pytest.raises(Forbidden):
        submit_survey(by=chair, survey=survey)


def test_it_waits_on_the_chairs_task_list(world: World, officer: User, chair: User, leader: User) -> None:
    survey = signing_survey(world)
    assert [task.url for task in todo(chair)] == [f"/surveys/{survey.pk}/check/"]
    assert (todo(officer), todo(leader)) == ([], [])
    sign_survey(by=chair, survey=survey)
    assert todo(chair) == []
