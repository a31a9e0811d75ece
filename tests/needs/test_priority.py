"""The reviewer's priority stands beside the commune's own, and is in force."""

from __future__ import annotations

import pytest

from directory import history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from needs.actions import (
    StatedNeed,
    approve_survey,
    close_round,
    correct_survey,
    prioritise_need,
    prioritise_row,
    return_survey,
    save_row,
    submit_survey,
)
from needs.models import Need, NeedStatement, Survey, SurveyRow
from tests.needs.build import (
    Statement,
    approved_need,
    approved_survey,
    filled_survey,
    state_need,
    submitted_survey,
)
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def in_review(world: World) -> Survey:
    place = world.village("Ia Dom")
    return submitted_survey(world, needs=[Statement(place), Statement(place, band="6-10")])


def prioritised(world: World, survey: Survey, priority: int | None = 1, by: str = "coordinator") -> Survey:
    return prioritise_row(
        by=world.user(by),
        survey=survey,
        place=world.village("Ia Dom"),
        area=world.area("warm_clothing"),
        priority=priority,
        reason="Vùng cao, rét" if priority else "",
    )


def reviewed(survey: Survey) -> list[int | None]:
    statements = NeedStatement.objects.filter(survey=survey).order_by("age_band__from_year")
    return list(statements.values_list("reviewed_priority", flat=True))


def in_force() -> list[tuple[int, int]]:
    needs = Need.objects.order_by("age_band__from_year")
    return list(needs.values_list("priority", "stated_priority"))


def test_one_priority_for_the_row(world: World, coordinator: User) -> None:
    survey = prioritised(world, in_review(world))
    assert reviewed(survey) == [1, 1]
    entry = HistoryEntry.objects.of(survey).first()
    assert entry is not None
    assert (entry.verb, entry.details["priority"], entry.details["stated"], entry.details["why"]) == (
        "prioritise_row",
        1,
        2,
        "Vùng cao, rét",
    )
    approve_survey(by=coordinator, survey=survey)
    assert in_force() == [(1, 2), (1, 2)]


def test_it_is_taken_back(world: World, coordinator: User) -> None:
    survey = prioritised(world, prioritised(world, in_review(world)), None)
    assert reviewed(survey) == [None, None]
    approve_survey(by=coordinator, survey=survey)
    assert in_force() == [(2, 2), (2, 2)]


@pytest.mark.parametrize("username", ["officer.iadom", "leader", "health", "union", "administrator"])
def test_only_the_reviewer_prioritises(world: World, username: str) -> None:
    survey = in_review(world)
    with pytest.raises(Forbidden):
        prioritised(world, survey, by=username)
    assert reviewed(survey) == [None, None]


def test_not_who_submitted_it(world: World, coordinator: User) -> None:
    survey = in_review(world)
    Survey.objects.filter(pk=survey.pk).update(submitted_by=coordinator)
    with pytest.raises(Forbidden) as refusal:
        prioritised(world, survey)
    assert (refusal.value.code, reviewed(survey)) == ("own_submission", [None, None])


def test_only_while_it_waits_for_review(world: World) -> None:
    place = world.village("Ia Dom")
    survey = filled_survey(world, needs=[Statement(place)])
    other = approved_survey(world, "Ia Đal", needs=[Statement(world.village("Ia Đal"))])
    for each, commune in ((survey, "Ia Dom"), (other, "Ia Đal")):
        with pytest.raises(WrongState) as refusal:
            prioritise_row(
                by=world.user("coordinator"),
                survey=each,
                place=world.village(commune),
                area=world.area("warm_clothing"),
                priority=1,
                reason="Rét",
            )
        assert (refusal.value.code, reviewed(each)) == ("survey_not_submitted", [None])


def test_a_row_without_a_need_has_no_priority(world: World, coordinator: User) -> None:
    survey = in_review(world)
    with pytest.raises(Refusal) as refusal:
        prioritise_row(
            by=coordinator,
            survey=survey,
            place=world.village("Ia Dom", 2),
            area=world.area("warm_clothing"),
            priority=1,
            reason="Rét",
        )
    assert (refusal.value.code, reviewed(survey)) == ("no_need", [None, None])


@pytest.mark.parametrize(
    ("priority", "reason", "place"), [(5, "Rét", "priority"), (1, " ", "reason"), (1, "x" * 301, "reason")]
)
def test_a_priority_says_what_and_why(
    world: World, coordinator: User, priority: int, reason: str, place: str
) -> None:
    survey = in_review(world)
    with pytest.raises(Refusal) as refusal:
        prioritise_row(
            by=coordinator,
            survey=survey,
            place=world.village("Ia Dom"),
            area=world.area("warm_clothing"),
            priority=priority,
            reason=reason,
        )
    assert [problem.place for problem in refusal.value.problems] == [place]
    assert reviewed(survey) == [None, None]


def test_what_is_stated_anew_in_the_row_takes_its_priority(
    world: World, coordinator: User, officer: User
) -> None:
    survey = prioritised(world, in_review(world))
    survey = return_survey(by=coordinator, survey=survey, reason="Thiếu nhóm 11-15")
    state_need(world, survey, Statement(world.village("Ia Dom"), band="11-15", priority=4))
    assert reviewed(survey) == [1, 1, 1]


def stated_as(world: World, survey: Survey, **quantities: int | None) -> None:
    """The row of the first village says this by age band (“b3_5”); None: nothing is stated."""
    item, place = world.item("warm_clothing"), world.village("Ia Dom")
    bands = {world.band(band[1:].replace("_", "-")).pk: quantity for band, quantity in quantities.items()}
    cells = {(item.pk, band): StatedNeed(n, n, 4) if n else None for band, n in bands.items()}
    row = SurveyRow.objects.filter(survey=survey, place=place, area=item.area).first()
    version = row.version if row else 0
    officer = world.user("officer.iadom")
    save_row(by=officer, survey=survey, place=place, area=item.area, version=version, cells=cells)


def test_a_row_that_is_emptied_and_filled_again_keeps_it(world: World, coordinator: User) -> None:
    survey = prioritised(world, in_review(world))
    survey = return_survey(by=coordinator, survey=survey, reason="Sai nhóm tuổi")
    stated_as(world, survey, b3_5=None, b6_10=None, b11_15=5)
    assert reviewed(survey) == [1]
    stated_as(world, survey, b11_15=None)
    assert reviewed(survey) == []
    stated_as(world, survey, b3_5=5)
    assert reviewed(survey) == [1]


def test_so_does_one_of_a_correction(world: World, coordinator: User, officer: User) -> None:
    need = prioritise_need(by=coordinator, need=approved_need(world), priority=1, reason="Mưa lũ")
    draft = correct_survey(by=officer, survey=need.survey)
    stated_as(world, draft, b3_5=None)
    stated_as(world, draft, b3_5=20)
    approve_survey(by=coordinator, survey=submit_survey(by=officer, survey=draft))
    assert in_force() == [(1, 4)]


def test_a_correction_keeps_it(world: World, coordinator: User, officer: User) -> None:
    survey = approve_survey(by=coordinator, survey=prioritised(world, in_review(world)))
    draft = correct_survey(by=officer, survey=survey)
    assert reviewed(draft) == [1, 1]
    approve_survey(by=coordinator, survey=submit_survey(by=officer, survey=draft))
    assert in_force() == [(1, 2), (1, 2)]


# Needs --------------------------------------------------------------------------------------------


def test_the_priority_of_an_approved_need(world: World, coordinator: User) -> None:
    need = prioritise_need(by=coordinator, need=approved_need(world), priority=1, reason="Mưa lũ")
    need.refresh_from_db()
    assert (need.priority, need.stated_priority) == (1, 2)
    entry = HistoryEntry.objects.of(need).get()
    assert (entry.verb, entry.reason, entry.details["before"]) == ("prioritise_need", "Mưa lũ", 2)
    assert prioritise_need(by=coordinator, need=need, priority=None, reason="").priority == 2


def test_a_correction_keeps_that_too(world: World, coordinator: User, officer: User) -> None:
    need = approved_need(world)
    draft = correct_survey(by=officer, survey=need.survey)
    prioritise_need(by=coordinator, need=need, priority=1, reason="Mưa lũ")
    approve_survey(by=coordinator, survey=submit_survey(by=officer, survey=draft))
    assert in_force() == [(1, 2)]
    draft = correct_survey(by=officer, survey=Survey.objects.get(version=2))
    approve_survey(by=coordinator, survey=submit_survey(by=officer, survey=draft))
    assert in_force() == [(1, 2)]


@pytest.mark.parametrize("username", ["officer.iadom", "leader", "health", "union", "administrator"])
def test_only_the_coordinating_office_does_that(world: World, username: str) -> None:
    need = approved_need(world)
    with pytest.raises(Forbidden):
        prioritise_need(by=world.user(username), need=need, priority=1, reason="Mưa lũ")
    assert in_force() == [(2, 2)]


def test_a_closed_need_keeps_its_priority(world: World, coordinator: User) -> None:
    need = approved_need(world)
    close_round(by=coordinator, survey_round=need.round, reason="Hết năm")
    need.refresh_from_db()
    with pytest.raises(WrongState):
        prioritise_need(by=coordinator, need=need, priority=1, reason="Mưa lũ")
    assert in_force() == [(2, 2)]


def test_the_priority_of_a_need_has_a_reason(world: World, coordinator: User) -> None:
    need = approved_need(world)
    with pytest.raises(Refusal) as refusal:
        prioritise_need(by=coordinator, need=need, priority=1, reason=" ")
    assert (refusal.value.code, in_force()) == ("invalid_priority", [(2, 2)])


def test_priorities_are_written_with_their_history_or_not_at_all(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = approved_need(world, "Ia Đal")
    survey = in_review(world)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        prioritised(world, survey)
    with pytest.raises(RuntimeError):
        prioritise_need(by=coordinator, need=need, priority=1, reason="Mưa lũ")
    assert (reviewed(survey), in_force()) == ([None, None], [(2, 2)])
