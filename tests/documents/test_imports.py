"""From an uploaded file to saved rows: what is previewed is what is saved, once, or nothing is."""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation
from openpyxl import load_workbook

from directory import clock
from directory.deeds import acting
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, Holiday, User
from documents import actions
from documents.imports import work
from documents.imports.columns import Column, reader_of
from documents.imports.plan import Change, Fate, Plan, PlannedRow
from documents.models import WorkbookImport
from documents.reading import reader
from donors.workbooks.donor import DonorImporter
from tests.documents.days_off import (  # noqa: F401
    AFTER,
    BEFORE,
    HEADINGS,
    MIXED,
    NATIONAL,
    file,
    holidays,
    kinds,
    plan_of,
    previewed,
    state_of,
    stored,
    uploaded,
)
from tests.documents.files import workbook
from tests.documents.importers import DaysOff

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("kinds", "stored")]


# Upload and preview -------------------------------------------------------------------------------


def test_an_upload_keeps_the_file_and_saves_nothing(officer: User) -> None:
    found = uploaded(officer)
    assert (found.state, found.total, found.size, found.by) == ("planning", 7, len(MIXED), officer)
    assert bytes(found.content or b"") == MIXED
    assert holidays() == BEFORE


def test_what_is_no_workbook_is_not_kept(officer: User) -> None:
    with pytest.raises(Refusal) as caught:
        uploaded(officer, b"%PDF-1.7")
    assert caught.value.code == "not_a_workbook"
    assert WorkbookImport.objects.count() == 0


def test_the_same_form_twice_uploads_once(officer: User) -> None:
    key = uuid.uuid4()
    first = uploaded(officer, key=key)
    assert uploaded(officer, key=key) == first
    assert WorkbookImport.objects.count() == 1
    with pytest.raises(Refusal) as caught:
        uploaded(officer, file([NATIONAL, "Khác"]), key=key)
    assert caught.value.code == "key_reused"


def test_who_may_not_does_not_upload(leader: User) -> None:
    with pytest.raises(Forbidden):
        uploaded(leader)
    assert WorkbookImport.objects.count() == 0


def test_an_unknown_kind_is_refused(officer: User) -> None:
    with pytest.raises(Refusal) as caught:
        actions.upload_workbook(by=officer, kind="nothing", file_name="a.xlsx", content=MIXED)
    assert caught.value.code == "unknown_kind"


def test_the_preview_says_row_by_row_what_would_be(officer: User) -> None:
    found = previewed(officer)
    assert (found.state, found.added, found.changed, found.unchanged, found.refused) == (
        "previewed",
        1,
        1,
        1,
        2,
    )
    plan = plan_of(found)
    told = [(row.number, row.label, row.fate.value, row.changes) for row in plan.rows]
    assert told == [
        (3, "02/09/2025", "added", [Change("Tên", None, "Quốc khánh")]),
        (4, "01/05/2025", "changed", [Change("Tên", "Ngày 1/5", "Quốc tế lao động")]),
        (5, "01/01/2025", "unchanged", []),
        (6, "", "refused", []),
        (7, "30/04/2025", "refused", []),
    ]
    assert [[problem.column for problem in row.problems] for row in plan.rows] == [[], [], [], [0], [1]]
    assert (plan.heading_rows, plan.sheets, plan.error_columns) == ({0: 2}, ["Sheet1"], {})
    assert holidays() == BEFORE


def test_all_columns_in_any_order_with_notes_on_what_was_not_read(officer: User) -> None:
    content = workbook([["TEN NGAY NGHI *", "Ghi chú", "ngày nghỉ:"], ["Quốc khánh", "x", NATIONAL]])
    plan = plan_of(previewed(officer, content))
    assert [row.fate for row in plan.rows] == [Fate.ADDED]
    assert ["Ghi chú" in note for note in plan.notes] == [True]


def test_hidden_sheets_are_named_in_the_preview(officer: User) -> None:
    book = load_workbook(io.BytesIO(MIXED))
    book.create_sheet("Nháp").sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    assert ["Nháp" in note for note in plan_of(previewed(officer, content.getvalue())).notes] == [True]


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([["Khác", "Cột"], [1, 2]], "Tên ngày nghỉ"),
        ([["Tên ngày nghỉ"], ["a"]], "Ngày"),
        ([HEADINGS], "1"),
        ([[*HEADINGS, "Ngày"], [1, 2, 3]], "Ngày"),
    ],
    ids=["no headings", "one is missing", "no rows", "one twice"],
)
def test_a_file_that_is_not_of_its_kind_is_refused_whole(officer: User, rows: list[Any], word: str) -> None:
    found = previewed(officer, workbook(rows))
    assert (found.state, found.content, found.plan, len(found.problems)) == ("refused", None, None, 1)
    assert word in found.problems[0]
    with pytest.raises(WrongState):
        actions.confirm_import(by=officer, workbook_import=found)


def test_the_template_of_another_kind_is_named(officer: User) -> None:
    found = previewed(officer, DonorImporter(officer).template())
    with translation.override(found.language):
        title = str(DonorImporter.title)
    assert (found.state, len(found.problems), title in found.problems[0]) == ("refused", 1, True)


def test_a_plan_is_the_same_after_the_database(officer: User) -> None:
    row = PlannedRow(1, 5, "a", Fate.CHANGED, [Change("b", 0, None)], data={"c": [1]})
    plan = Plan([row], ["note"], {"d": 1}, {1: 4}, {1: 2}, ["x", "y"])
    assert Plan.from_json(plan.as_json()) == plan
    assert Plan.from_json(plan.as_json()).digest() == plan.digest()
    assert row.changes[0].empties


def test_control_characters_are_no_text() -> None:
    read = reader_of(Column("name", "Tên"))
    assert [read(cell) for cell in ("\x07 Áo\x00  ấm\n\x1f", "\x00 \x07", " ")] == ["Áo ấm", None, None]


# Confirmation -------------------------------------------------------------------------------------


def test_a_confirmation_saves_what_was_shown_and_leaves_out_what_was_refused(officer: User) -> None:
    found = actions.confirm_import(by=officer, workbook_import=previewed(officer))
    assert holidays() == AFTER
    assert (found.state, found.saved_at, found.details) == ("saved", clock.now(), {"rows": 2})
    entry = HistoryEntry.objects.of(found).get()
    assert (entry.by, entry.details) == (officer, {"added": 1, "changed": 1, "refused": 2})


def test_the_same_file_again_changes_nothing(officer: User) -> None:
    actions.confirm_import(by=officer, workbook_import=previewed(officer))
    again = previewed(officer)
    assert (again.added, again.changed, again.unchanged, again.refused) == (0, 0, 3, 2)


def test_twice_confirmed_is_once(officer: User) -> None:
    found, key = previewed(officer), uuid.uuid4()
    first = actions.confirm_import(by=officer, workbook_import=found, key=key)
    assert actions.confirm_import(by=officer, workbook_import=found, key=key) == first
    with pytest.raises(WrongState) as caught:
        actions.confirm_import(by=officer, workbook_import=found)
    assert caught.value.code == "import_over"
    assert Holiday.history.filter(day=NATIONAL).count() == 1


def test_strangers_neither_confirm_nor_drop(officer: User, coordinator: User) -> None:
    found = previewed(officer)
    for deed in (actions.confirm_import, actions.discard_import, actions.start_saving, actions.check_again):
        with pytest.raises(Forbidden):
            deed(by=coordinator, workbook_import=found)
    assert (state_of(found), holidays()) == ("previewed", BEFORE)


def test_who_may_no_longer_does_not_confirm(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    found = previewed(officer)
    monkeypatch.setattr(DaysOff, "allowed", False)
    with pytest.raises(Forbidden):
        actions.confirm_import(by=officer, workbook_import=found)
    assert (state_of(found), holidays()) == ("previewed", BEFORE)


def test_a_failure_while_saving_saves_nothing(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    found = previewed(officer)
    monkeypatch.setattr(DaysOff, "fails", True)
    with pytest.raises(RuntimeError):
        actions.confirm_import(by=officer, workbook_import=found)
    assert (state_of(found), holidays(), HistoryEntry.objects.of(found).count()) == ("previewed", BEFORE, 0)


def test_without_its_history_nothing_is_saved(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    found = previewed(officer)
    monkeypatch.setattr("documents.actions.workbook_import.history.record", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.confirm_import(by=officer, workbook_import=found)
    assert (state_of(found), holidays()) == ("previewed", BEFORE)


def test_what_changed_meanwhile_is_shown_anew(officer: User) -> None:
    found = previewed(officer)
    with acting():
        Holiday.objects.create(day=NATIONAL, name="Tết Độc lập")
    with pytest.raises(Stale) as caught:
        actions.confirm_import(by=officer, workbook_import=found)
    assert caught.value.code == "preview_outdated"
    assert holidays() == BEFORE | {NATIONAL: "Tết Độc lập"}
    actions.check_again(by=officer, workbook_import=found)
    again = actions.plan_import(by=officer, workbook_import=found)
    assert plan_of(again).rows[0].changes == [Change("Tên", "Tết Độc lập", "Quốc khánh")]
    actions.confirm_import(by=officer, workbook_import=again)
    assert holidays() == AFTER


def test_a_change_that_does_not_matter_does_not_stop_it(officer: User) -> None:
    found = previewed(officer)
    with acting():
        Holiday.objects.create(day=date(2025, 12, 31), name="Khác")
    assert actions.confirm_import(by=officer, workbook_import=found).state == "saved"


def test_a_stamp_that_is_the_same_spares_the_second_check(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DaysOff, "stamped", "1")
    found = previewed(officer)
    monkeypatch.setattr(DaysOff, "plan", lambda *_arguments: 1 / 0)
    assert actions.confirm_import(by=officer, workbook_import=found).state == "saved"
    assert holidays() == AFTER


def test_a_file_is_read_once_if_it_is_checked_at_once(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    found = uploaded(officer)
    monkeypatch.setattr(reader, "_ask_child", lambda *_arguments: 1 / 0)
    assert actions.plan_import(by=officer, workbook_import=found).state == "previewed"


# The end ------------------------------------------------------------------------------------------


def test_dropping_keeps_neither_bytes_nor_rows(officer: User) -> None:
    for found in (uploaded(officer), previewed(officer)):
        over = actions.discard_import(by=officer, workbook_import=found)
        assert (over.state, over.content, over.plan) == ("discarded", None, None)
    assert holidays() == BEFORE
    with pytest.raises(WrongState):
        actions.discard_import(by=officer, workbook_import=over)


def test_a_preview_expires_after_a_day(officer: User) -> None:
    found = previewed(officer)
    with clock.standing_on(clock.now() + timedelta(hours=23)):
        assert actions.expire_import(by=officer, workbook_import=found).state == "previewed"
    with clock.standing_on(clock.now() + timedelta(hours=25)):
        with pytest.raises(WrongState):
            actions.confirm_import(by=officer, workbook_import=found)
        call_command("expire_imports", stdout=io.StringIO())
    kept = WorkbookImport.objects.get(pk=found.pk)
    assert (kept.state, kept.content, kept.plan) == ("expired", None, None)
    assert holidays() == BEFORE


def test_refused_rows_are_kept_for_a_day_and_no_longer(officer: User) -> None:
    found = actions.confirm_import(by=officer, workbook_import=previewed(officer))
    assert found.has_errors
    with clock.standing_on(clock.now() + timedelta(hours=25)):
        assert not found.has_errors
        assert work.clear() == 1
    kept = WorkbookImport.objects.get(pk=found.pk)
    assert (kept.state, kept.content, kept.plan, kept.refused) == ("saved", None, None, 2)


def test_nothing_is_kept_if_nothing_was_refused(officer: User) -> None:
    content = file([NATIONAL, "Quốc khánh"])
    found = actions.confirm_import(by=officer, workbook_import=previewed(officer, content))
    assert (found.state, found.content, found.plan) == ("saved", None, None)
