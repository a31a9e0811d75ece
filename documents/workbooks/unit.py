"""Administrative units as a workbook: matched by code and first day, never by a name."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.actions.register_list import enter_units
from directory.models import Unit
from directory.models.unit import UnitQuerySet
from directory.roles import Permission
from documents.imports.columns import Column, Type
from documents.imports.dated import DatedImporter, Draft
from documents.imports.register import Values, stamp_of
from documents.imports.table import TypedRow

LEVELS = list(Unit.Level.values)


class UnitImporter(DatedImporter):
    kind = "units"
    title = gettext_lazy("Administrative units")
    purpose = gettext_lazy(
        "Provinces, districts and communes with their codes, from a day on. What goes on after a merger is "
        "entered under “Reorganisation”."
    )
    permission = Permission.MANAGE_DIRECTORY
    order = 80
    model = Unit
    links = ("parent",)
    waves = len(LEVELS)
    columns = [
        Column(
            "level", gettext_lazy("Level"), Type.CHOICE, required=True, choices=Unit.Level.choices, width=12
        ),
        Column("code", gettext_lazy("GSO code"), required=True, most=10, width=12),
        Column("name", gettext_lazy("Name"), required=True, most=100, width=30),
        Column(
            "parent",
            gettext_lazy("Superior unit"),
            most=120,
            width=14,
            help=gettext_lazy("its code, for example 618"),
        ),
        Column("valid_from", gettext_lazy("Exists from"), Type.DAY, required=True, width=14),
        Column("valid_to", gettext_lazy("Last day"), Type.DAY, width=14),
    ]

    def stored(self) -> UnitQuerySet:
        return Unit.objects.visible_to(self.user).select_related("parent")

    def stamp(self) -> str:
        return stamp_of(Unit.history.order_by("-history_id").values_list("history_id", flat=True).first())

    def describe(self, row: Any) -> Values:
        return {
            **{name: getattr(row, name) for name in ("level", "code", "name", "valid_from", "valid_to")},
            "parent": row.parent.code if row.parent else "",
        }

    def draft(self, row: TypedRow, known: Sequence[Any]) -> Draft:
        draft = Draft(row, str(row.get("name") or row.get("code") or ""))
        if row.problems:
            return draft
        if parent := row.get("parent"):
            row.values["parent"] = str(parent).split()[0]  # “618 huyện Ia H'Drai” is said by its code
        code, day = row.get("code"), row.get("valid_from")
        draft.stored = next((unit for unit in known if (unit.code, unit.valid_from) == (code, day)), None)
        draft.meant = copy(draft.stored) or Unit()
        self.assign(draft.meant, row.values)
        return draft

    def assign(self, row: Any, values: Values) -> None:
        for name, value in values.items():
            if name != "parent":
                setattr(row, name, value)

    def connect(self, drafts: Sequence[Draft], known: Sequence[Any]) -> None:
        changed = {draft.stored.pk for draft in drafts if draft.stored is not None}
        standing = [unit for unit in known if unit.pk not in changed]
        for draft in drafts:
            if draft.stands and "parent" in draft.row.values:
                self._find_parent(draft, drafts, standing)

    def _find_parent(self, draft: Draft, drafts: Sequence[Draft], standing: Sequence[Unit]) -> None:
        code, unit = draft.row.get("parent"), draft.meant
        if code is None or (draft.stored and draft.stored.parent and draft.stored.parent.code == code):
            unit.parent = None if code is None else draft.stored.parent
            return
        other = next((each for each in drafts if each.meant and _is_above(each.meant, unit, code)), None)
        above = other.meant if other else _first_above(standing, unit, code)
        if above is None:
            message = _("No unit has the code “%(code)s” on that day. Correct the code or the day.")
            draft.row.refuse(message % {"code": code}, "parent")
            return
        if other is not None and other.stored is None:
            draft.refers["parent"] = other
        unit.parent = other.stored if other is not None and other.stored is not None else above

    def wave_of(self, row: Any) -> int:
        return LEVELS.index(row.level)

    def write(self, added: Sequence[Any], changed: Sequence[Any]) -> None:
        fields = ["level", "code", "name", "parent", "valid_from", "valid_to"]
        enter_units(by=self.user, added=added, changed=changed, fields=fields)

    def done_url(self) -> str:
        return reverse("admin:directory_unit_changelist")


def _is_above(other: Any, unit: Unit, code: object) -> bool:
    return other.code == code and other.is_valid_on(unit.valid_from)


def _first_above(units: Sequence[Unit], unit: Unit, code: object) -> Unit | None:
    return next((each for each in units if _is_above(each, unit, code)), None)
