"""The registry of donors as a workbook: taken out, filled in, brought back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.errors import Forbidden
from directory.models import Unit
from directory.roles import Permission
from directory.text import unaccented
from documents.imports.columns import Column, Type
from documents.imports.importer import Progress
from documents.imports.plan import Fate, Plan, PlannedRow
from documents.imports.register import (
    RegisterImporter,
    Values,
    comparable,
    heard,
    refuse_all,
    refuse_repeated,
    stamp_of,
)
from documents.imports.table import TypedRow
from donors.actions.donor_list import FIELDS, change_donors, lock_donors, register_donors
from donors.donor_checks import problems_of_donor
from donors.models import Donor
from donors.models.donor import DonorQuerySet, phone_key, tax_key
from donors.permissions import may_change_donor, scopes_of
from donors.workbooks.same_donor import Registry, Said

YES_OR_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
# A spreadsheet takes such a number for one and drops its leading 0: how long it is without.
SHORT_OF_A_ZERO = {"tax_code": (9, 11), "phone": (9,)}


@dataclass(frozen=True)
class Typed:
    """A row as the registry keeps it. ``unit``: None if the row names none that the user may choose."""

    unit: Unit | None
    values: dict[str, str]
    other: bool

    @cached_property
    def said(self) -> Said:
        assert self.unit is not None
        values = self.values
        key = unaccented(values.get("name", ""))[:200]
        return Said(self.unit.pk, key, values.get("tax_code", ""), values.get("phone", ""), other=self.other)


class DonorImporter(RegisterImporter):
    kind = "donors"
    title = gettext_lazy("Donors")
    purpose = gettext_lazy(
        "Organisations, enterprises and people who give: new ones are registered, known ones are changed."
    )
    permission = Permission.RECORD_DONATIONS
    order = 20

    @cached_property
    def scopes(self) -> dict[str, Unit]:
        """The units in which the user may register, by code."""
        return {unit.code: unit for unit in scopes_of(self.user)}

    @cached_property
    def columns(self) -> Sequence[Column]:
        return [*self._within(), *DONOR_COLUMNS]

    def _within(self) -> Iterator[Column]:
        """Asked only of who works in several units."""
        if len(self.scopes) > 1:
            choices = [(unit.code, f"{unit.code} {unit.name}") for unit in self.scopes.values()]
            yield Column(
                "scope", gettext_lazy("Within"), Type.CHOICE, required=True, choices=choices, width=24
            )

    def refuse_unless_allowed(self) -> None:
        super().refuse_unless_allowed()
        if not self.scopes or self.user.agency is None:
            raise Forbidden(_("No coordination covers your office today. Ask an administrator to enter it."))

    # What is stored ----------------------------------------------------------------------------
    def _registered(self) -> DonorQuerySet:
        return Donor.objects.registered_in(self.scopes.values()).standing()

    def _visible(self) -> set[int]:
        return set(self._registered().visible_to(self.user).values_list("pk", flat=True))

    def listed(self) -> Iterator[Values]:
        for donor in self._registered().visible_to(self.user).select_related("scope").iterator():
            yield {"scope": donor.scope.code, **_stored(donor)}

    def stamp(self) -> str:
        reach = self.user.reach
        newest = Donor.history.order_by("-history_id").values_list("history_id", flat=True).first()
        return stamp_of(newest, sorted(self._visible()), sorted(reach.scopes), sorted(reach.agencies))

    # What the rows would do --------------------------------------------------------------------
    def plan_rows(self, rows: Sequence[TypedRow], progress: Progress) -> list[PlannedRow]:
        registry = Registry(self._registered().select_related("registered_by"), self._visible())
        taken: dict[int, int] = {}
        new: dict[Said, int] = {}
        return [self._planned(row, registry, taken, new) for row in heard(rows, progress)]

    def _planned(
        self, row: TypedRow, registry: Registry, taken: dict[int, int], new: dict[Said, int]
    ) -> PlannedRow:
        typed = self._typed(row, registry)
        refuse_all(
            row, problems_of_donor(name=typed.values.get("name") or "?", email=typed.values.get("email", ""))
        )
        label = typed.values.get("name") or _("without a name")
        if row.problems or typed.unit is None:
            return self.decide(row, label, None)
        donor = self._meant(row, typed, registry, taken)
        if donor is None:
            refuse_repeated(row, typed.said, new, "name")
            planned = self.decide(row, label, None, {"scope": typed.unit.pk})
        else:
            refuse_repeated(row, donor.pk, taken, "name")
            planned = self.decide(row, label, _stored(donor), {"donor": donor.pk})
        return self._refused_if_anothers(planned, row, donor)

    def _typed(self, row: TypedRow, registry: Registry) -> Typed:
        unit = (
            self.scopes.get(str(row.get("scope")))
            if len(self.scopes) > 1
            else next(iter(self.scopes.values()))
        )
        other = row.values.pop("other", None) == "yes"
        row.values.pop("scope", None)
        for name, key in (("tax_code", tax_key), ("phone", phone_key)):
            if isinstance(text := row.get(name), str):
                row.values[name] = _with_its_zero(name, key(text), unit, registry)
        return Typed(unit, {name: str(value or "") for name, value in row.values.items()}, other)

    def _meant(self, row: TypedRow, typed: Typed, registry: Registry, taken: dict[int, int]) -> Donor | None:
        found, problem = registry.find(typed.said)
        if problem is not None:
            refuse_all(row, [problem])
        free = [donor for donor in found if donor.pk not in taken] or found
        # Of several that look the same, the one that the row leaves as it is.
        return next((donor for donor in free if _says_the_same(donor, typed)), free[0] if free else None)

    def _refused_if_anothers(self, planned: PlannedRow, row: TypedRow, donor: Donor | None) -> PlannedRow:
        if donor is None or planned.fate is not Fate.CHANGED or may_change_donor(self.user, donor):
            return planned
        message = _(
            "It is registered by %(agency)s, which changes it, or the coordinating office. Ask there."
        )
        row.refuse(message % {"agency": donor.registered_by}, "name")
        return self.decide(row, planned.label, None)

    # Saving ------------------------------------------------------------------------------------
    def save(self, plan: Plan) -> dict[str, object]:
        added = [row for row in plan.to_save if row.fate is Fate.ADDED]
        changed = [row for row in plan.to_save if row.fate is Fate.CHANGED]
        self._save_changed(changed)
        register_donors(by=self.user, donors=[self._new(row) for row in added])
        return {}

    def _new(self, row: PlannedRow) -> Donor:
        said = {name: value or "" for name, value in self.values_of(row).items()}
        return Donor(scope_id=row.data["key"]["scope"], **said)

    def _save_changed(self, rows: Sequence[PlannedRow]) -> None:
        donors = lock_donors([row.data["key"]["donor"] for row in rows])
        for row in rows:
            donor = donors[row.data["key"]["donor"]]
            self.refuse_moved(row, _stored(donor))
            for name, value in self.values_of(row).items():
                setattr(donor, name, value or "")
        change_donors(by=self.user, donors=list(donors.values()))

    def done_url(self) -> str:
        return reverse("donor_list")


DONOR_COLUMNS = [
    Column("name", gettext_lazy("Name"), required=True, width=34, also=("Tên nhà tài trợ", "Tên")),
    Column("kind", gettext_lazy("Kind"), Type.CHOICE, required=True, choices=Donor.Kind.choices, width=16),
    Column(
        "origin",
        gettext_lazy("Where from"),
        Type.CHOICE,
        required=True,
        choices=Donor.Origin.choices,
        width=22,
    ),
    Column("tax_code", gettext_lazy("Tax code"), most=20, width=16, also=("MST",)),
    Column("phone", gettext_lazy("Telephone"), most=30, width=16, also=("SĐT", "Số điện thoại")),
    Column("email", gettext_lazy("E-mail"), most=254, width=26),
    Column("address", gettext_lazy("Address"), most=300, width=34),
    Column("note", gettext_lazy("Note"), most=30_000, width=34),
    Column(
        "other",
        gettext_lazy("Somebody else"),
        Type.CHOICE,
        choices=YES_OR_NO,
        width=12,
        help=gettext_lazy(
            "“yes” if a donor of the same name or telephone number is registered and it is not this one."
        ),
    ),
]


def _stored(donor: Donor) -> Values:
    return {name: getattr(donor, name) for name in FIELDS}


def _says_the_same(donor: Donor, typed: Typed) -> bool:
    return all(comparable(getattr(donor, name)) == comparable(value) for name, value in typed.values.items())


def _with_its_zero(name: str, text: str, unit: Unit | None, registry: Registry) -> str:
    """The number with the leading 0 that the spreadsheet dropped, unless it is registered without."""
    if unit is None or not text.isdecimal() or len(text) not in SHORT_OF_A_ZERO[name]:
        return text
    return text if registry.knows(unit.pk, name, text) else f"0{text}"
