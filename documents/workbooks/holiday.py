"""The table of days off as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from directory.actions.register_list import enter_rows, lock_rows
from directory.models import Holiday
from directory.roles import Permission
from documents.imports.columns import Column, Type
from documents.imports.importer import Progress
from documents.imports.plan import Fate, Plan, PlannedRow
from documents.imports.register import (
    RegisterImporter,
    Values,
    heard,
    refuse_repeated,
    refusing_overlaps,
    stamp_of,
)
from documents.imports.table import TypedRow


class HolidayImporter(RegisterImporter):
    kind = "holidays"
    title = gettext_lazy("Holidays")
    purpose = gettext_lazy("Days off: a deadline on one of them moves to the next working day.")
    permission = Permission.MANAGE_DIRECTORY
    order = 82
    columns = [
        Column("day", gettext_lazy("Day"), Type.DAY, required=True, width=14),
        Column("name", gettext_lazy("Name"), required=True, most=120, width=34),
    ]

    def listed(self) -> Iterable[Values]:
        return ({"day": holiday.day, "name": holiday.name} for holiday in Holiday.objects.in_order())

    def stamp(self) -> str:
        return stamp_of(Holiday.history.order_by("-history_id").values_list("history_id", flat=True).first())

    def plan_rows(self, rows: Sequence[TypedRow], progress: Progress) -> list[PlannedRow]:
        known = {holiday.day: holiday for holiday in Holiday.objects.in_order()}
        seen: dict[date, int] = {}
        return [self._planned(row, known, seen) for row in heard(rows, progress)]

    def _planned(self, row: TypedRow, known: dict[date, Holiday], seen: dict[date, int]) -> PlannedRow:
        day = row.get("day")
        if not isinstance(day, date):
            return self.decide(row, str(row.get("name") or ""), None)
        refuse_repeated(row, day, seen, "day")
        label = f"{date_format(day, 'SHORT_DATE_FORMAT')} {row.get('name') or ''}"
        if (holiday := known.get(day)) is None:
            return self.decide(row, label, None)
        return self.decide(row, label, {"day": day, "name": holiday.name}, holiday.pk)

    def save(self, plan: Plan) -> dict[str, object]:
        changed = [row for row in plan.to_save if row.fate is Fate.CHANGED]
        stored = lock_rows(Holiday, [row.data["key"] for row in changed])
        for row in changed:
            holiday = stored[row.data["key"]]
            self.refuse_moved(row, {"day": holiday.day, "name": holiday.name})
            holiday.name = self.values_of(row)["name"]
        added = [Holiday(**self.values_of(row)) for row in plan.to_save if row.fate is Fate.ADDED]
        with refusing_overlaps():
            enter_rows(by=self.user, added=added, changed=list(stored.values()), fields=["name"])
        return {}

    def done_url(self) -> str:
        return reverse("admin:directory_holiday_changelist")
