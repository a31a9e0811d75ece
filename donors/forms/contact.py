"""Contacts of a donor, and what it can give in a year: lines of a table, some empty ones below."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.fields import WholeNumberField
from directory.models import SupportArea
from donors.actions.contact import (
    CapacityRow,
    ContactRow,
    problems_of_capacities,
    problems_of_contacts,
    rows_version,
)
from donors.forms.choices import What, what_choices
from donors.forms.table import TableForm
from donors.models import Donor, DonorCapacity, DonorContact
from donors.numbers import DONG_DIGITS
from needs.models import SupportItem


class ContactsForm(TableForm):
    TYPED = ("name", "office", "phone", "email")

    def __init__(self, donor: Donor, *args: Any, **kwargs: Any) -> None:
        stored = list(donor.contacts.for_page())
        initial: dict[str, Any] = {"version": rows_version(DonorContact, donor)}
        for number, row in enumerate(stored):
            initial |= {f"lines-{number}-{name}": getattr(row, name) for name in self.TYPED}
            initial[f"lines-{number}-pk"] = row.pk
        super().__init__(len(stored), initial, *args, **kwargs)

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "office": forms.CharField(label=_("Office"), max_length=120),
            "name": forms.CharField(label=_("Name"), max_length=120),
            "phone": forms.CharField(label=_("Telephone"), max_length=30),
            "email": forms.EmailField(label=_("E-mail")),
            "pk": forms.IntegerField(widget=forms.HiddenInput),
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self.say(problems_of_contacts(self.contacts()))
        return values

    def contacts(self) -> list[ContactRow]:
        return [ContactRow(**self.values_of(number)) for number in self.filled_rows]


class CapacitiesForm(TableForm):
    TYPED = ("what", "quantity", "amount", "note")

    def __init__(self, donor: Donor, *args: Any, **kwargs: Any) -> None:
        stored = list(donor.capacities.for_page())
        self._whats = what_choices([row.item for row in stored if row.item])
        initial: dict[str, Any] = {"version": rows_version(DonorCapacity, donor)}
        for number, row in enumerate(stored):
            initial |= {f"lines-{number}-{name}": getattr(row, name) for name in self.TYPED[1:]}
            initial[f"lines-{number}-what"] = What(row.area, row.item).key
        super().__init__(len(stored), initial, *args, **kwargs)

    def row_fields(self) -> dict[str, forms.Field]:
        dong = {"max_digits": DONG_DIGITS, "required": False}
        return {
            "what": forms.ChoiceField(label=_("Area or goods"), choices=self._whats.choices),
            "quantity": WholeNumberField(label=_("Quantity a year"), required=False),
            "amount": WholeNumberField(label=_("Đồng a year"), **dong),
            "note": forms.CharField(label=_("Note"), max_length=200),
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for number in self.filled_rows:
            if not self.values_of(number)["what"] and not self.row_is_wrong(number):
                self.add_error(f"lines-{number}-what", _("Choose the area or the goods."))
        if not self.errors:
            self.say(problems_of_capacities(self.capacities()))
        return values

    def capacities(self) -> list[CapacityRow]:
        return [self._row(number) for number in self.filled_rows]

    def _row(self, number: int) -> CapacityRow:
        row = self.values_of(number)
        area, item = self._chosen(row["what"])
        return CapacityRow(area, item, row["quantity"], row["amount"], row["note"])

    def _chosen(self, key: str) -> tuple[SupportArea, SupportItem | None]:
        what = self._whats[key]
        return what.area, what.item
