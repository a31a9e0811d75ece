"""Contacts of a donor, and what it can give in a year: lines of a table, some empty ones below."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.errors import Refusal
from directory.fields import WholeNumberField
from directory.forms.rows import RowsForm
from directory.models import SupportArea
from donors.actions.contact import (
    CapacityRow,
    ContactRow,
    problems_of_capacities,
    problems_of_contacts,
    rows_version,
)
from donors.forms.choices import What, what_choices
from donors.models import Donor, DonorCapacity, DonorContact
from donors.numbers import DONG_DIGITS
from needs.forms.catalogue import VersionedForm
from needs.models import SupportItem

EMPTY_ROWS, MOST_ROWS = 3, 60


class DonorRowsForm(RowsForm, VersionedForm):
    """Lines of ``stored`` rows and some empty ones; lines left empty are ignored."""

    def __init__(self, stored: int, initial: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial, **kwargs)
        for _number in range(max(stored + EMPTY_ROWS, self._posted_rows())):
            self.add_row(self.row_fields())

    def row_fields(self) -> dict[str, forms.Field]:
        raise NotImplementedError

    def _posted_rows(self) -> int:
        numbers = [name.split("-")[1] for name in self.data if name.startswith("lines-")]
        return min(max((int(n) + 1 for n in numbers if n.isascii() and n.isdigit()), default=0), MOST_ROWS)

    def show(self, refusal: Refusal) -> int:
        """The action counts the filled lines only: each problem goes back to the line it was typed in."""
        return super().show(self.at_own_places(refusal))

    def _say(self, problems: Any) -> None:
        """What the action would refuse, said together with what cannot be read."""
        refusal = Refusal(list(problems))
        self.add_problems(self.at_own_places(refusal).problems)


class ContactsForm(DonorRowsForm):
    FIELDS = ("name", "office", "phone", "email")

    def __init__(self, donor: Donor, *args: Any, **kwargs: Any) -> None:
        stored = list(donor.contacts.for_page())
        initial: dict[str, Any] = {"version": rows_version(DonorContact, donor)}
        for number, row in enumerate(stored):
            initial |= {f"lines-{number}-{name}": getattr(row, name) for name in self.FIELDS}
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

    @property
    def filled_rows(self) -> list[int]:
        """A line whose words were all cleared is taken out, although it still knows its number."""
        return [
            number
            for number in super().filled_rows
            if self.row_is_wrong(number) or any(self.values_of(number)[name] for name in self.FIELDS)
        ]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._say(problems_of_contacts(self.contacts()))
        return values

    def contacts(self) -> list[ContactRow]:
        return [ContactRow(**self.values_of(number)) for number in self.filled_rows]


class CapacitiesForm(DonorRowsForm):
    FIELDS = ("quantity", "amount", "note")

    def __init__(self, donor: Donor, *args: Any, **kwargs: Any) -> None:
        stored = list(donor.capacities.for_page())
        self._whats = what_choices([row.item for row in stored if row.item])
        initial: dict[str, Any] = {"version": rows_version(DonorCapacity, donor)}
        for number, row in enumerate(stored):
            initial |= {f"lines-{number}-{name}": getattr(row, name) for name in self.FIELDS}
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
            self._say(problems_of_capacities(self.capacities()))
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
