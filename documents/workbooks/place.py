"""Villages, schools and sites as a workbook: matched within their commune, which its code names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import clock
from directory.actions.register_list import enter_places
from directory.errors import Forbidden
from directory.models import Place, Unit
from directory.models.place import PlaceQuerySet
from directory.permissions import demand_places_of, may_manage_directory
from directory.roles import Permission
from directory.text import unaccented
from documents.imports.columns import Column, Type
from documents.imports.dated import DatedImporter, Draft
from documents.imports.register import Values, comparable, stamp_of
from documents.imports.table import TypedRow

SAID = ("kind", "name", "valid_from", "valid_to", "order")


class PlaceImporter(DatedImporter):
    kind = "places"
    title = gettext_lazy("Places")
    purpose = gettext_lazy("Villages, schools and school sites of the communes that you keep.")
    permission = Permission.MANAGE_PLACES
    order = 81
    model = Place
    links = ("unit", "lies_in")
    waves = 2
    columns = [
        Column(
            "unit",
            gettext_lazy("Commune"),
            required=True,
            most=120,
            width=24,
            also=("Mã xã", "commune_code"),
            help=gettext_lazy("its code, for example 23537; the name behind it is for the reader"),
        ),
        Column(
            "kind", gettext_lazy("Kind"), Type.CHOICE, required=True, choices=Place.Kind.choices, width=16
        ),
        Column("name", gettext_lazy("Name"), required=True, most=120, width=30),
        Column(
            "lies_in",
            gettext_lazy("Lies in"),
            most=120,
            width=24,
            help=gettext_lazy("the village of a school"),
        ),
        Column("valid_from", gettext_lazy("Exists from"), Type.DAY, required=True, width=14),
        Column("valid_to", gettext_lazy("Last day"), Type.DAY, width=14),
        Column("order", gettext_lazy("Order in lists"), Type.WHOLE, most=4, width=10),
    ]

    def stored(self) -> PlaceQuerySet:
        places = Place.objects.visible_to(self.user).select_related("unit", "lies_in")
        return places.order_by("unit__code", "unit", "order", "name", "valid_from")

    @cached_property
    def communes(self) -> list[Unit]:
        """Those within reach, ended ones too."""
        return list(Unit.objects.visible_to(self.user).communes())

    def stamp(self) -> str:
        newest = [
            model.history.order_by("-history_id").values_list("history_id", flat=True).first()
            for model in (Place, Unit)
        ]
        return stamp_of(newest, sorted(unit.pk for unit in self.communes), sorted(self.user.reach.scopes))

    def offered(self, column: Column) -> Sequence[str]:
        if column.name == "unit":
            today = clock.today()
            return [_commune(unit) for unit in self.communes if unit.is_valid_on(today)]
        offered = super().offered(column)
        return offered[1:] if column.name == "kind" else offered  # a commune as a whole is a place by itself

    def describe(self, row: Any) -> Values:
        return {
            **{name: getattr(row, name) for name in SAID},
            "unit": _commune(row.unit),
            "lies_in": row.lies_in.name if row.lies_in else "",
        }

    # What a row means --------------------------------------------------------------------------
    def draft(self, row: TypedRow, known: Sequence[Any]) -> Draft:
        draft = Draft(row, str(row.get("name") or ""))
        if row.problems or (unit := self._commune_of(row)) is None:
            return draft
        row.values["unit"] = _commune(unit)
        if "order" in row.values:
            row.values["order"] = row.get("order") or 0
        draft.label = f"{draft.label}, {unit.name}"
        draft.stored = _same(row, unit, known)
        draft.meant = copy(draft.stored) or Place()
        draft.meant.unit = unit
        self.assign(draft.meant, row.values)
        self._refuse_unless_kept(draft)
        return draft

    def _commune_of(self, row: TypedRow) -> Unit | None:
        code, day = str(row.get("unit")).split()[0], row.get("valid_from")
        assert isinstance(day, date)
        for unit in self.communes:
            if unit.code == code and unit.is_valid_on(day):
                return unit
        name = unaccented(str(row.get("unit")))
        named = [unit for unit in self.communes if unaccented(unit.name) == name]
        message = _("No commune that you keep has the code “%(code)s” on %(day)s. Correct one of them.")
        if named:
            message = _("“%(code)s” is a name; communes of the same name exist. Write the code: %(codes)s.")
        codes = ", ".join(_commune(unit) for unit in named)
        shown = {"code": row.get("unit"), "codes": codes, "day": date_format(day, "SHORT_DATE_FORMAT")}
        row.refuse(message % shown, "unit")
        return None

    def _refuse_unless_kept(self, draft: Draft) -> None:
        stored, row = draft.stored, draft.row
        if stored is None and draft.meant.kind == Place.Kind.COMMUNE:
            row.refuse(_("Each commune is a place as a whole already. Leave this row out."), "kind")
        if stored is not None and not self.decide(row, draft.label, self.describe(stored)).is_saved:
            return
        try:
            demand_places_of(self.user, draft.meant.unit)
        except Forbidden as refusal:
            row.refuse(str(refusal), "unit")
        ended = stored is not None and stored.valid_to is not None and stored.valid_to <= clock.today()
        if ended and not may_manage_directory(self.user):
            message = _("%(place)s has ended on %(day)s already. Ask an administrator if that is wrong.")
            day = date_format(stored.valid_to, "SHORT_DATE_FORMAT")
            row.refuse(message % {"place": stored, "day": day})

    def assign(self, row: Any, values: Values) -> None:
        for name in SAID:
            if name in values:
                setattr(row, name, values[name])

    # In which village a school lies ------------------------------------------------------------
    def connect(self, drafts: Sequence[Draft], known: Sequence[Any]) -> None:
        changed = {draft.stored.pk for draft in drafts if draft.stored is not None}
        standing = [place for place in known if place.pk not in changed]
        for draft in drafts:
            if draft.stands and "lies_in" in draft.row.values:
                self._find_village(draft, drafts, standing)

    def _find_village(self, draft: Draft, drafts: Sequence[Draft], standing: Sequence[Place]) -> None:
        name, place = draft.row.get("lies_in"), draft.meant
        stored = draft.stored.lies_in if draft.stored else None
        if name is None or (stored and comparable(stored.name) == name):
            place.lies_in = stored if name else None
            return
        other = next((each for each in drafts if each.meant and _contains(each.meant, place, name)), None)
        if other is not None and other.stored is None:
            draft.refers["lies_in"], place.lies_in = other, other.meant
            return
        village = other.stored if other else next((v for v in standing if _contains(v, place, name)), None)
        if village is None:
            message = _("%(commune)s has no village “%(name)s” at that time. Correct it, or leave it empty.")
            draft.row.refuse(message % {"commune": place.unit, "name": name}, "lies_in")
        place.lies_in = village

    def wave_of(self, row: Any) -> int:
        return int(row.is_school)

    def write(self, added: Sequence[Any], changed: Sequence[Any]) -> None:
        enter_places(by=self.user, added=added, changed=changed, fields=[*SAID, "lies_in"])

    def done_url(self) -> str:
        return reverse("place_list")


def _commune(unit: Unit) -> str:
    """As a cell says a commune: the code counts, the name is for the reader."""
    return f"{unit.code} {unit.name}"


def _same(row: TypedRow, unit: Unit, known: Sequence[Place]) -> Place | None:
    """The stored place with the same name, else the only one that differs by nothing but its marks."""
    kind, day, name = row.get("kind"), row.get("valid_from"), str(row.get("name"))
    near = [p for p in known if (p.unit_id, p.kind, p.valid_from) == (unit.pk, kind, day)]
    exact: Iterator[Place] = (place for place in near if comparable(place.name) == name)
    alike = [place for place in near if unaccented(place.name) == unaccented(name)]
    return next(exact, alike[0] if len(alike) == 1 else None)


def _contains(village: Place, place: Place, name: object) -> bool:
    """A village of that name in the same commune, at the same time for a day at least."""
    same = village.kind == Place.Kind.VILLAGE and village.unit_id == place.unit_id
    return same and comparable(village.name) == name and village.meets(place)
