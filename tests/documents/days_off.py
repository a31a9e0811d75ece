"""A list of days off, stored in part: what the tests of imports take in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from directory.deeds import acting
from directory.models import Holiday, User
from documents import actions
from documents.imports.plan import Plan
from documents.models import WorkbookImport
from tests.documents.files import workbook
from tests.documents.importers import DaysOff, registered

HEADINGS = ["Ngày", "Tên ngày nghỉ"]
TET, LABOUR, NATIONAL = date(2025, 1, 1), date(2025, 5, 1), date(2025, 9, 2)


@pytest.fixture
def kinds() -> Iterator[None]:
    with registered(DaysOff):
        yield


@pytest.fixture
def stored(world: object) -> None:
    with acting():
        Holiday.objects.all().delete()
        Holiday.objects.create(day=TET, name="Tết Dương lịch")
        Holiday.objects.create(day=LABOUR, name="Ngày 1/5")


def file(*rows: list[Any], above: int = 1) -> bytes:
    return workbook([*[["DANH SÁCH"]] * above, HEADINGS, *rows])


# Row 3 added, 4 changed, 5 unchanged, 6 and 7 refused.
MIXED = file(
    [NATIONAL, "Quốc khánh"],
    ["01/05/2025", "Quốc tế lao động"],
    [TET, "Tết Dương lịch"],
    ["31/02/2025", "Không có"],
    [date(2025, 4, 30), None],
)


def uploaded(by: User, content: bytes = MIXED, **more: Any) -> WorkbookImport:
    return actions.upload_workbook(
        by=by, kind="days-off", file_name="ngày nghỉ.xlsx", content=content, **more
    )


def previewed(by: User, content: bytes = MIXED) -> WorkbookImport:
    return actions.plan_import(by=by, workbook_import=uploaded(by, content))


def plan_of(found: WorkbookImport) -> Plan:
    return Plan.from_json(WorkbookImport.objects.get(pk=found.pk).plan)


def holidays() -> dict[date, str]:
    return {holiday.day: holiday.name for holiday in Holiday.objects.all()}


def state_of(found: WorkbookImport) -> str:
    return WorkbookImport.objects.get(pk=found.pk).state


BEFORE = {TET: "Tết Dương lịch", LABOUR: "Ngày 1/5"}
AFTER = {TET: "Tết Dương lịch", LABOUR: "Quốc tế lao động", NATIONAL: "Quốc khánh"}
