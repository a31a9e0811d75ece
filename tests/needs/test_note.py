"""What the commune says to warnings."""

from __future__ import annotations

import pytest

from directory import history
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from needs.actions import approve_survey, correct_survey, note_warnings, submit_survey
from needs.checks import Finding, Grade, findings_in
from needs.contents import Contents
from needs.models import CheckNote, ChildCount, Survey
from needs.notes import WrittenNote, unanswered
from needs.states import SurveyState
from tests.needs.build import Statement, filled_survey, note_all, submitted_survey
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def survey(world: World) -> Survey:
    """Complete, with two warnings: the school of Ia Dom asks for what two bands of its village ask for."""
    places = [world.village("Ia Dom"), world.school("Ia Dom")]
    return filled_survey(world, needs=[Statement(p, band=band) for p in places for band in ("3-5", "6-10")])


def warnings_of(survey: Survey) -> list[Finding]:
    return findings_in(Contents(survey), Grade.WARNING)


def open_in(survey: Survey) -> int:
    contents = Contents(survey)
    return len(unanswered(contents, findings_in(contents)))


def written(warning: Finding, text: str = "Trẻ ở thôn khác", read: str = "") -> WrittenNote:
    return WrittenNote(warning.key, warning.figures, text, read)


def children(survey: Survey, number: int) -> None:
    survey.statements.filter(place__kind="village", age_band__code="3-5").update(children=number)


def test_notes_are_saved_at_once(survey: Survey, officer: User) -> None:
    first, second = warnings_of(survey)
    assert (
        note_warnings(by=officer, survey=survey, notes=[written(first), written(second, "Trẻ nội trú")]) == 2
    )
    stored = CheckNote.objects.order_by("pk").values_list("check_code", "figures", "text", "by")
    assert list(stored) == [
        ("school_and_village", "20 + 20", "Trẻ ở thôn khác", officer.pk),
        ("school_and_village", "20 + 20", "Trẻ nội trú", officer.pk),
    ]
    entry = HistoryEntry.objects.of(survey).first()
    assert entry is not None
    assert (entry.verb, entry.by, entry.details["notes"]) == ("note_warnings", officer, 2)
    assert open_in(survey) == 0


def test_a_changed_figure_asks_anew(survey: Survey, officer: User) -> None:
    note_all(survey)
    children(survey, 19)
    assert open_in(survey) == 1
    [warning] = [each for each in warnings_of(survey) if each.figures == "20 + 19"]
    said = CheckNote.objects.get(check_code=warning.code, cell=warning.cell)
    note_warnings(by=officer, survey=survey, notes=[written(warning, said.text, said.text)])
    said.refresh_from_db()
    assert (said.figures, open_in(survey)) == ("20 + 19", 0)


def test_an_empty_text_takes_a_note_back(survey: Survey, officer: User) -> None:
    note_all(survey, "Đúng")
    first = warnings_of(survey)[0]
    note_warnings(by=officer, survey=survey, notes=[written(first, "", "Đúng")])
    assert (CheckNote.objects.count(), open_in(survey)) == (1, 1)


def test_what_was_left_alone_is_not_written(survey: Survey, officer: User) -> None:
    note_all(survey, "Đúng")
    before = HistoryEntry.objects.count()
    colleague = [written(warning, "", "") for warning in warnings_of(survey)]  # opened before, left empty
    same = [written(warning, "Đúng", "Đúng") for warning in warnings_of(survey)]
    assert note_warnings(by=officer, survey=survey, notes=[*colleague, *same]) == 0
    assert (CheckNote.objects.filter(text="Đúng").count(), HistoryEntry.objects.count()) == (2, before)


def test_another_note_is_not_overwritten(survey: Survey, officer: User, world: World) -> None:
    first, second = warnings_of(survey)
    note_warnings(by=world.user("officer.iadom.2"), survey=survey, notes=[written(first, "Của bạn")])
    with pytest.raises(Stale) as refusal:
        note_warnings(by=officer, survey=survey, notes=[written(first, "Của tôi"), written(second)])
    [problem] = refusal.value.problems
    assert problem.place == f"check/{first.key}"
    assert "Của bạn" in str(problem.message)
    assert "Của tôi" in str(problem.message)
    assert list(CheckNote.objects.values_list("text", flat=True)) == ["Của bạn"]


def test_a_note_to_other_figures_is_refused(survey: Survey, officer: User) -> None:
    first, second = warnings_of(survey)
    children(survey, 19)
    with pytest.raises(Stale) as refusal:
        note_warnings(by=officer, survey=survey, notes=[written(first), written(second)])
    assert [problem.place for problem in refusal.value.problems] == [f"check/{first.key}"]
    assert CheckNote.objects.count() == 0


def test_a_note_to_a_warning_that_is_gone_is_refused(survey: Survey, officer: User) -> None:
    first = warnings_of(survey)[0]
    survey.statements.filter(place__kind="village").delete()
    with pytest.raises(Stale) as refusal:
        note_warnings(by=officer, survey=survey, notes=[written(first)])
    assert "Trẻ ở thôn khác" in str(refusal.value)
    assert CheckNote.objects.count() == 0


@pytest.mark.parametrize(("length", "fits"), [(300, True), (301, False)])
def test_a_note_has_a_length(survey: Survey, officer: User, length: int, fits: bool) -> None:
    first, second = warnings_of(survey)
    notes = [written(first, "x" * length), written(second)]
    if fits:
        assert note_warnings(by=officer, survey=survey, notes=notes) == 2
        return
    with pytest.raises(Refusal) as refusal:
        note_warnings(by=officer, survey=survey, notes=notes)
    assert [problem.place for problem in refusal.value.problems] == [f"check/{first.key}"]
    assert CheckNote.objects.count() == 0


@pytest.mark.parametrize("username", ["officer.iadal", "chair.iadom", "coordinator", "leader", "health"])
def test_only_who_fills_in_writes_notes(world: World, survey: Survey, username: str) -> None:
    with pytest.raises(Forbidden):
        note_warnings(
            by=world.user(username), survey=survey, notes=[written(each) for each in warnings_of(survey)]
        )
    assert CheckNote.objects.count() == 0


def test_no_notes_on_what_was_handed_in(world: World, survey: Survey, officer: User) -> None:
    note_all(survey, "Đúng")
    submit_survey(by=officer, survey=survey)
    with pytest.raises(WrongState):
        note_warnings(by=officer, survey=survey, notes=[written(warnings_of(survey)[0], "Sai", "Đúng")])
    assert set(CheckNote.objects.values_list("text", flat=True)) == {"Đúng"}


def test_without_its_history_no_note_is_saved(
    survey: Survey, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no history")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        note_all(survey)
    assert CheckNote.objects.count() == 0


def test_each_warning_without_a_note_holds_the_survey_back(survey: Survey, officer: User) -> None:
    first, second = warnings_of(survey)
    note_warnings(by=officer, survey=survey, notes=[written(second)])
    with pytest.raises(Refusal) as refusal:
        submit_survey(by=officer, survey=survey)
    assert refusal.value.code == "incomplete"
    assert [problem.place for problem in refusal.value.problems] == [f"check/{first.key}"]
    survey.refresh_from_db()
    assert survey.state == SurveyState.DRAFT
    note_warnings(by=officer, survey=survey, notes=[written(first)])
    assert submit_survey(by=officer, survey=survey).state == SurveyState.SUBMITTED


def test_what_is_missing_wrong_and_unsaid_is_named_together(survey: Survey, officer: User) -> None:
    count = ChildCount.objects.filter(survey=survey, place__kind="school", age_band__code="0-2").get()
    count.delete()
    with pytest.raises(Refusal) as refusal:
        submit_survey(by=officer, survey=survey)
    places = [problem.place for problem in refusal.value.problems]
    cell = f"children/{count.place_id}.c{count.age_band_id}-{count.subgroup_id}"
    assert places == [cell, *(f"check/{warning.key}" for warning in warnings_of(survey))]


def test_a_correction_keeps_the_notes(world: World, survey: Survey, officer: User, coordinator: User) -> None:
    note_all(survey, "Đúng")
    submit_survey(by=officer, survey=survey)
    draft = correct_survey(by=officer, survey=approve_survey(by=coordinator, survey=survey))
    assert list(draft.notes.values_list("text", "by")) == [("Đúng", officer.pk)] * 2
    assert survey.notes.count() == 2
    assert open_in(draft) == 0


def test_build_hands_in_in_spite_of_warnings(world: World) -> None:
    needs = [Statement(world.village("Ia Dom")), Statement(world.school("Ia Dom"))]
    assert submitted_survey(world, needs=needs).state == SurveyState.SUBMITTED
