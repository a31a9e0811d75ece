"""A kind of workbook for tests only: days off by their day, in the register of holidays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from directory import history
from directory.errors import Forbidden
from directory.models import Holiday
from directory.roles import Permission
from documents.imports import importer as kinds
from documents.imports.columns import Column, Type
from documents.imports.importer import Progress
from documents.imports.plan import Change, Fate, Plan, PlannedRow
from documents.imports.table import TableImporter, TypedRow


class DaysOff(TableImporter):
    kind = "days-off"
    title = "Ngày nghỉ (thử)"
    purpose = "Các ngày nghỉ của năm, mỗi ngày một dòng."
    permission = Permission.USE_WORKBOOKS
    columns = [
        Column("day", "Ngày", Type.DAY, required=True, width=12, also=("Ngày nghỉ",)),
        Column("name", "Tên ngày nghỉ", required=True, most=40, width=34, help="Ví dụ: Tết Dương lịch"),
    ]
    # What a test sets, to see what becomes of it.
    allowed = True
    stamped = ""
    fails = False

    def refuse_unless_allowed(self) -> None:
        super().refuse_unless_allowed()
        if not self.allowed:
            raise Forbidden("Không còn được phép.")

    def stamp(self) -> str:
        return self.stamped

    def plan_rows(self, rows: Sequence[TypedRow], progress: Progress) -> list[PlannedRow]:
        stored = {holiday.day: holiday.name for holiday in Holiday.objects.all()}
        planned = []
        for done, row in enumerate(rows, 1):
            planned.append(self._planned(row, stored))
            progress(done, len(rows))
        return planned

    @staticmethod
    def _planned(row: TypedRow, stored: dict[date, str]) -> PlannedRow:
        day: Any = row.get("day")
        name, label = row.get("name"), day.strftime("%d/%m/%Y") if day else ""
        if row.problems:
            return PlannedRow(row.page, row.number, label, Fate.REFUSED, problems=row.problems)
        changes = [Change("Tên", stored.get(day), name)]
        data = [day.isoformat(), name]
        if day not in stored:
            return PlannedRow(row.page, row.number, label, Fate.ADDED, changes, data=data)
        if stored[day] != name:
            return PlannedRow(row.page, row.number, label, Fate.CHANGED, changes, data=data)
        return PlannedRow(row.page, row.number, label, Fate.UNCHANGED)

    def save(self, plan: Plan) -> dict[str, object]:
        for row in plan.to_save:
            day, name = row.data
            holiday = Holiday.objects.filter(day=day).first() or Holiday(day=date.fromisoformat(day))
            holiday.name = name
            history.save(holiday, by=self.user)
        if self.fails:
            raise RuntimeError("the disk is full")
        return {"rows": len(plan.to_save)}

    def done_url(self) -> str:
        return "/"


class Another(DaysOff):
    """Which the user may not bring in."""

    kind = "another"
    permission = Permission.SIGN_SURVEY


@contextmanager
def registered(*importers: Any) -> Iterator[None]:
    """Within the block these kinds are there besides the portal's own."""
    before = dict(kinds._kinds)
    kinds.register(*importers)
    try:
        yield
    finally:
        kinds._kinds.clear()
        kinds._kinds.update(before)
