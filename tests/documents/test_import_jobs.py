"""Long files are checked and saved by jobs, which may fail, come too late or die."""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory import clock
from directory.deeds import acting
from directory.models import Holiday, User
from documents import actions
from documents.imports import work
from documents.models import WorkbookImport
from tests.documents.days_off import (  # noqa: F401
    AFTER,
    BEFORE,
    NATIONAL,
    holidays,
    kinds,
    previewed,
    state_of,
    stored,
    uploaded,
)
from tests.documents.importers import DaysOff

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("kinds", "stored")]


@pytest.fixture
def long_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a long one: jobs check and save it (in tests at once)."""
    monkeypatch.setattr(work, "AT_ONCE", 0)


def test_a_long_file_is_checked_and_saved_by_jobs(officer: User, long_files: None) -> None:
    found = uploaded(officer)
    work.check(found)
    assert state_of(found) == "previewed"
    work.save(WorkbookImport.objects.get(pk=found.pk), by=officer)
    assert (state_of(found), holidays()) == ("saved", AFTER)


def test_a_job_says_how_far_it_is(officer: User, long_files: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    monkeypatch.setattr(work, "SECONDS", 0)
    monkeypatch.setattr(
        "documents.actions.note_progress",
        lambda *, by, workbook_import, done, total: said.append((done, total)),
    )
    work.check(uploaded(officer))
    assert said == [(number, 5) for number in range(1, 6)]


def test_progress_is_of_the_check_alone(officer: User) -> None:
    found = uploaded(officer)
    actions.note_progress(by=officer, workbook_import=found, done=3, total=5)
    kept = WorkbookImport.objects.get(pk=found.pk)
    assert (kept.done, kept.total) == (3, 5)
    over = actions.discard_import(by=officer, workbook_import=found)
    actions.note_progress(by=officer, workbook_import=over, done=4, total=5)
    assert WorkbookImport.objects.get(pk=found.pk).done == 3


def test_a_job_that_finds_another_state_shows_the_preview_anew(officer: User, long_files: None) -> None:
    found = actions.start_saving(by=officer, workbook_import=previewed(officer))
    with acting():
        Holiday.objects.create(day=NATIONAL, name="Tết Độc lập")
    work.save_later.enqueue(found.pk)
    kept = WorkbookImport.objects.get(pk=found.pk)
    assert (kept.state, kept.added, kept.changed, len(kept.problems)) == ("previewed", 0, 2, 1)
    assert holidays() == BEFORE | {NATIONAL: "Tết Độc lập"}


def test_a_job_that_fails_says_so_and_saves_nothing(
    officer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(DaysOff, "fails", True)
    found = actions.start_saving(by=officer, workbook_import=previewed(officer))
    work.save_later.enqueue(found.pk)
    kept = WorkbookImport.objects.get(pk=found.pk)
    assert (kept.state, len(kept.problems), holidays()) == ("previewed", 1, BEFORE)
    assert "the disk is full" in caplog.text


def test_a_check_that_fails_says_so(
    officer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(DaysOff, "plan_rows", lambda *_arguments: 1 / 0)
    found = uploaded(officer)
    work.check(found)
    assert (state_of(found), "ZeroDivisionError" in caplog.text) == ("refused", True)


def test_a_job_that_comes_too_late_does_nothing(officer: User) -> None:
    found = actions.discard_import(by=officer, workbook_import=uploaded(officer))
    work.check_later.enqueue(found.pk)
    work.save_later.enqueue(found.pk)
    work.check(found)
    assert (state_of(found), holidays()) == ("discarded", BEFORE)


def test_another_job_goes_on_where_one_died(officer: User, long_files: None) -> None:
    found = actions.start_saving(by=officer, workbook_import=previewed(officer))
    work.go_on(found)  # it is still at work
    assert state_of(found) == "saving"
    with clock.standing_on(clock.now() + timedelta(minutes=3)):
        work.go_on(found)
    assert (state_of(found), holidays()) == ("saved", AFTER)


def test_another_job_is_asked_for_once(officer: User, coordinator: User) -> None:
    found = actions.start_saving(by=officer, workbook_import=previewed(officer))
    with clock.standing_on(clock.now() + timedelta(minutes=3)):
        asked = [
            actions.begin_again(by=user, workbook_import=found) for user in (coordinator, officer, officer)
        ]
    assert asked == [False, True, False]
