"""Two leaders and one number, two tabs and one preview, at the same moment."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection

from directory import clock
from directory.errors import Refusal
from directory.models import Holiday
from documents import actions
from documents.models import Paper, PaperFile, WorkbookImport
from donors.models import Donor
from tests.documents.build import ISSUED_ON, draft, small_snapshot
from tests.documents.files import workbook
from tests.documents.importers import DaysOff, registered
from tests.workbooks import file_of, previewed
from tests.world import build_world


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(5))
def test_a_number_asked_for_twice_at_once_is_given_once(round_: int) -> None:
    world = build_world()
    papers = [draft(world), draft(world)]
    leader, barrier, outcomes = world.user("leader"), Barrier(2), []

    def issue(paper: Paper) -> None:
        try:
            with clock.standing_on(ISSUED_ON):
                barrier.wait()
                actions.freeze_paper(
                    by=leader,
                    paper=paper,
                    number=12,
                    dated=ISSUED_ON,
                    snapshot=small_snapshot(),
                    pdf=b"%PDF-",
                )
                outcomes.append("issued")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=issue, args=[paper]) for paper in papers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["issued", "number_taken"]
    assert sorted(Paper.objects.values_list("state", "number")) == [("draft", None), ("issued", 12)]
    assert PaperFile.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_a_preview_confirmed_twice_at_once_is_saved_once(round_: int) -> None:
    officer = build_world().user("officer.iadom")
    content = workbook([["Ngày", "Tên ngày nghỉ"], [date(2025, 9, 2), "Quốc khánh"]])
    barrier, outcomes = Barrier(2), []

    def confirm() -> None:
        try:
            with clock.standing_on(ISSUED_ON):
                barrier.wait()
                outcomes.append(actions.confirm_import(by=officer, workbook_import=found).state)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    with registered(DaysOff):
        found = actions.upload_workbook(by=officer, kind="days-off", file_name="a.xlsx", content=content)
        found = actions.plan_import(by=officer, workbook_import=found)
        threads = [Thread(target=confirm) for _tab in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes) == ["import_over", "saved"]
    assert Holiday.history.filter(name="Quốc khánh").count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_files_that_add_the_same_at_once_add_it_once(round_: int) -> None:
    coordinator = build_world().user("coordinator")
    content = file_of(["Tên nhà tài trợ", "Kind", "Where from"], ["Ông A Bình", "individual", "in_country"])
    files = [previewed(coordinator, "donors", content) for _tab in range(2)]
    barrier, outcomes = Barrier(2), []

    def confirm(found: WorkbookImport) -> None:
        try:
            with clock.standing_on(ISSUED_ON):
                barrier.wait()
                outcomes.append(actions.confirm_import(by=coordinator, workbook_import=found).state)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=confirm, args=[found]) for found in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["preview_outdated", "saved"]
    assert Donor.objects.count() == 1
